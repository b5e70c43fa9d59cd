import pytest
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.service import tables

BY_AREA = "rows=AREA&columns=MONTH&periods=latest(3)"
HB = "/databases/hb_new"
DERIVED = (
    "rows=AREA&columns=TENURE&columns=MONTH&periods=latest(2)&total=TENURE&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN"
    "&derived=percentage;row&derived=change;previous&derived=change;year;percent&derived=rank;AREA"
    "&derived=formula;Twice;{V_F_HB_NEW}*2"
)
"""A table with a total and everything that can be worked out."""

MISTAKEN_DERIVED = ("percentage;table", "change;row", "rank;SEX", "formula;Half;{V_F_HB_NEW}/", "formula;X;sqr(2)", "odd")
MISTAKEN = (
    *("rows=AREA&release=99", "rows=AREA&periods=never", "rows=AREA&rows=AREA", "rows=AREA&items.AREA=nowhere"),
    *("rows=AREA&measure=NONE", "rows=AREA&measure=LAHBAMT:P33", "rows=AREA&total=SEX", "rows=AREA&filter.MONTH=202502"),
)
PAGES = (
    *("/", "/search", "/search?q=tenure+North", "/search?q=nothign+at+all", "/search?q=claimants&kind=field"),
    *("/search?q=women+tenure&part=list", "/catalogue", "/catalogue?find=rents", "/catalogue?find=nothing"),
    *(HB, "/databases/rents"),
    *("/help", "/help/tour", "/help/glossary", "/accessibility", "/about", "/privacy"),
    *("/errors/refused", "/errors/unknown-name", "/nothing"),
    *(f"{HB}/table", f"{HB}/table?{BY_AREA}", f"{HB}/table?rows=TENURE&rows=SEX&wafers=AGE"),
    *("/databases/rents/table", f"{HB}/table/cell?{BY_AREA}&cell.AREA=E12000001&cell.MONTH=202502"),
    *(f"{HB}/table/categories?{BY_AREA}&field=AREA&use=items", f"{HB}/table/formula?{BY_AREA}", "/upload"),
    *(f"{HB}/chart?{BY_AREA}", f"{HB}/map?{BY_AREA}", f"{HB}/motion?rows=AREA&columns=MONTH&periods=all"),
    *(f"{HB}/table?{DERIVED}", f"{HB}/table?rows=AREA&rows=RES_AREA", f"{HB}/table?rows=NOTHING", f"{HB}/table?row=AREA"),
    *(f"{HB}/table?rows=AREA&derived={one}" for one in MISTAKEN_DERIVED),
    *(f"{HB}/table?{one}" for one in MISTAKEN),
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
