from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.errors import BusyError, LimitError
from statlas.service import tables
from statlas.wording import _

BY_AREA = "rows=AREA&columns=MONTH&periods=latest(3)"
HB = "/databases/hb_new"
DERIVED = (
    "rows=AREA&columns=TENURE&columns=MONTH&periods=latest(2)&total=TENURE&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN"
    "&derived=percentage;row&derived=change;previous&derived=change;year;percent&derived=rank;AREA"
    "&derived=formula;Twice;{V_F_HB_NEW}*2"
)
OTHERWISE = (
    "rows=AREA&columns=TENURE&wafers=MONTH&total=AREA&measure=LAHBAMT:SUM&measure=LAHBAMT:MEDIAN&measure=LAHBAMT:P90"
    "&derived=percentage;column&derived=percentage;total&derived=change;previous;percent&derived=change;year"
    "&derived=rank;AREA;smallest;LAHBAMT:P90"
)
"""A table with a total and everything that can be worked out; and all the other ways of it."""

REFUSED = "rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=AGE&wafers=MONTH"
WRONG = (
    "percentage;table",
    "percentage;row",
    "change;row",
    "rank;SEX",
    "formula;Half;{V_F_HB_NEW}/",
    "formula;X;sqr(2)",
)
MISTAKEN = (
    *("rows=AREA&release=99", "rows=AREA&periods=never", "rows=AREA&rows=AREA", "rows=AREA&items.AREA=nowhere"),
    *("rows=AREA&measure=NONE", "rows=AREA&measure=LAHBAMT:P33", "rows=AREA&total=SEX", "rows=NOTHING", "row=AREA"),
    *("rows=AREA&filter.MONTH=202502", "rows=AREA&derived=odd", *(f"rows=AREA&derived={one}" for one in WRONG)),
)
PAGES = (
    *("/", "/search", "/search?q=tenure+North", "/search?q=nothign+at+all", "/search?q=claimants&kind=field"),
    *("/search?q=women+tenure&part=list", "/catalogue", "/catalogue?find=rents", "/catalogue?find=nothing"),
    *(HB, "/databases/rents"),
    *("/releases", "/releases/published", "/releases/changes", "/releases?database=hb_new"),
    *("/help", "/help/tour", "/help/glossary", "/accessibility", "/about", "/privacy"),
    *("/errors/refused", "/errors/unknown-name", "/nothing"),
    *(f"{HB}/table", f"{HB}/table?{BY_AREA}", f"{HB}/table?rows=TENURE&rows=SEX&wafers=AGE"),
    *("/databases/rents/table", f"{HB}/table/cell?{BY_AREA}&cell.AREA=E12000001&cell.MONTH=202502"),
    *(f"{HB}/table/categories?{BY_AREA}&field=AREA&use=items", f"{HB}/table/formula?{BY_AREA}", "/upload"),
    *(f"{HB}/chart?{BY_AREA}", f"{HB}/map?{BY_AREA}", f"{HB}/motion?rows=AREA&columns=MONTH&periods=all"),
    *(f"{HB}/table?{one}" for one in (DERIVED, OTHERWISE, REFUSED, *MISTAKEN)),
    *(f"{HB}/chart?{DERIVED}&kind=bars", f"{HB}/map?{BY_AREA}&classes=99", f"{HB}/chart?rows=NOTHING"),
    *(f"{HB}/motion?rows=AREA", f"{HB}/table/cell?{DERIVED}&cell.AREA=E12000001"),
    *("/areas", "/areas?find=north", "/areas/E12000001", "/areas/E08000007", f"/jobs/new?database=hb_new&{BY_AREA}"),
)
"""Every public page that somebody opens, in the states that say most; those of accounts have a sweep of their own.

The page for programs is documentation, which is English.
"""


@pytest.fixture(scope="session")
def labels(home):
    """What is data on the pages of the test site."""
    return [label for database in tables.databases(home=home) for label in labels_of(database)] + ["Twice"]


@pytest.mark.parametrize("address", PAGES)
def test_every_sentence_of_a_page_can_be_translated(site, labels, address):
    """Nothing but data stands outside the brackets of the pseudo-language."""
    with wording.speaking(wording.PSEUDO):
        page = site.get(address).content.decode()
    assert untranslated(page, labels) == []


SIGNING_IN = (
    *("/account/sign-in", "/account/register", "/account/confirm", "/account/closed", "/account/password/reset"),
    *("/account/confirm/none", "/account", "/account/keys"),
)


@pytest.mark.parametrize("address", SIGNING_IN)
def test_every_sentence_on_the_way_in_can_be_translated(site, labels, db, address):
    """What a reader without an account, or with a wrong link, comes upon; and the forms sent empty."""
    sent = {"login": "nobody@example.org", "email": "no", "password": "x", "password1": "123456", "password2": "65"}
    with wording.speaking(wording.PSEUDO):
        pages = [site.get(address, follow=True).content.decode()]
        for email in ("no", "someone.else@example.org"):
            for password in ("123456", "someone.else@example.org"):
                answer = site.post(address, {**sent, "email": email, "password1": password}, follow=True)
                pages.append(answer.content.decode())
    assert [untranslated(page, [*labels, "no"]) for page in pages] == [[]] * 5


def test_a_table_that_is_too_large_and_a_busy_site_can_be_translated(site, labels, settings, monkeypatch):
    """So are limits, with their numbers in the midst of sentences."""
    settings.STATLAS = replace(settings.STATLAS, page_cells=1)
    with wording.speaking(wording.PSEUDO):
        pages = [site.get(f"{HB}/table?{BY_AREA}").content.decode()]
        for error in (BusyError(_("Other tables are being counted."), retry_after=1), _limit()):
            monkeypatch.setattr("statlas.web.asking.answer", _raiser(error))
            pages.append(site.get(f"{HB}/table?{BY_AREA}").content.decode())
    assert [untranslated(page, labels) for page in pages] == [[], [], []]


def _limit():
    return LimitError(_("There is no such job, or its time is over."), kind="jobs", limit=20, retry_after=512)


def _raiser(error):
    def answer(_query):
        raise error

    return answer


def test_a_permanent_link_of_everything_worked_out_can_be_translated(site, labels, db):
    """What is kept has labels of ours in English; the page says them in its own language."""
    kept = site.post(f"{HB}/table/permalink", parse_qs(DERIVED)).url
    english = site.get(kept).content.decode()
    with wording.speaking(wording.PSEUDO):
        page = site.get(kept).content.decode()
    assert untranslated(page, labels) == []
    assert "% of row" in english
    assert "% of row" not in page


LABELS = {
    DERIVED: ("Total", "Mean of", "% of row", "change on the period before", "% change on a year before", "place by"),
    OTHERWISE: (
        *("Total", "Sum of", "Median of", "90th percentile of", "% of column", "% of whole table"),
        *("% change on the period before", "change on a year before", "place by"),
    ),
}


@pytest.mark.parametrize("asked", [DERIVED, OTHERWISE])
def test_the_sweep_reads_every_label_of_what_is_worked_out(get, asked):
    """The tables are answered, and have these labels in English."""
    page = get(f"{HB}/table?{asked}")
    assert [label for label in LABELS[asked] if label not in page] == []
