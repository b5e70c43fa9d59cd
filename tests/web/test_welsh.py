"""Welsh is a translation file away: with every message translated, pages open in it and say nothing else."""

import re

import pytest
from catalogue import translate

from statlas import wording
from statlas.office.jobs.models import Job
from statlas.service.office.jobs import running

HB = "/databases/hb_new"
BY_AREA = "rows=AREA&columns=MONTH&periods=latest(3)"
WORKED_OUT = (
    "rows=AREA&columns=TENURE&total=TENURE&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row"
    "&derived=rank;AREA&derived=formula;Twice;{V_F_HB_NEW}*2"
)
TOO_FINE = "rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=AGE&wafers=MONTH"
PAGES = (
    *("/", "/search?q=tenure+North", "/search?q=nothign+at+all", "/catalogue", HB, "/databases/rents"),
    *("/help", "/help/tour", "/help/glossary", "/accessibility", "/about", "/privacy", "/upload"),
    *(f"{HB}/table", f"{HB}/table?{BY_AREA}", f"{HB}/table?{WORKED_OUT}", f"{HB}/table?rows=AREA&wafers=SEX"),
    *(f"{HB}/table/cell?{BY_AREA}&cell.AREA=E12000001&cell.MONTH=202502", f"{HB}/table/formula?{BY_AREA}"),
    *(f"{HB}/table/categories?{BY_AREA}&field=AREA&use=items", f"{HB}/chart?{BY_AREA}", f"{HB}/map?{BY_AREA}"),
    *(f"{HB}/motion?rows=AREA&columns=MONTH&periods=all", "/areas", "/areas/E12000001", "/areas?find=north"),
    f"/jobs/new?database=hb_new&{BY_AREA}",
)
REFUSED = (
    *(f"{HB}/table?rows=AREA&rows=NOTHING", f"{HB}/table?rows=AREA&periods=never", f"{HB}/table?rows=AREA&rows=AREA"),
    *(f"{HB}/table?rows=AREA&derived=formula;X;sqr(2)", f"{HB}/map?{BY_AREA}&classes=99", "/nothing"),
    *("/errors/refused", f"{HB}/table?{TOO_FINE}"),
)


SAME = re.compile(r"\[[a-z]+\]|Arrow|Parquet|JSON|JSON-stat 2.0")
"""What needs no translator: symbols, and names of formats."""


class Forgotten:
    """Behind a catalogue: notes what was said and is not in it."""

    def __init__(self):
        self.texts = set()

    def gettext(self, text):
        """The text itself, noted."""
        self.texts.add(text)
        return text

    def ngettext(self, one, many, n):
        """The form that English takes, noted."""
        self.texts.add(one)
        return one if n == 1 else many


@pytest.fixture(scope="session")
def locale(tmp_path_factory):
    """A folder with a Welsh catalogue in which every message is translated."""
    folder = tmp_path_factory.mktemp("locale")
    translate("cy", folder, "cy:")
    return folder


@pytest.fixture
def welsh(locale, monkeypatch):
    """A site that speaks Welsh; gives what is said that no translator was asked for."""
    monkeypatch.setattr(wording, "_catalogues", lambda: locale)
    wording._catalogue.cache_clear()
    forgotten = Forgotten()
    with wording.speaking("cy"):
        wording._catalogue("cy").add_fallback(forgotten)
        yield forgotten.texts
    wording._catalogue.cache_clear()


def _texts(page):
    """What stands between the tags of the main part."""
    main = page.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r"(?s)<(script|style|code|pre)\b.*?</\1>", " ", main)
    return [text.strip() for text in re.findall(r">([^<>]+)<", main) if text.strip()]


def _untold(forgotten):
    """What of it should have been in the catalogue; a text that is translated twice need not."""
    return {text for text in forgotten if "cy:" not in text and not SAME.fullmatch(text)}


@pytest.mark.parametrize("address", [*PAGES, *REFUSED])
def test_a_page_opens_in_a_language_that_is_one_file(site, welsh, address):
    """Without a mistake, with its text translated, and every text of it asked of a translator."""
    answer = site.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200 if address in PAGES else answer.status_code in (200, 400, 404, 422)
    assert '<html lang="cy"' in page
    assert any(text.startswith("cy:") for text in _texts(page))
    assert _untold(welsh) == set()


def test_answers_are_kept_in_no_language(home, welsh, site):
    """What is kept of a table that was first asked in Welsh holds our labels as they are for everybody."""
    page = site.get(f"{HB}/table?{WORKED_OUT}").content.decode()
    assert "cy:Total" in page
    with wording.speaking("en"):
        english = site.get(f"{HB}/table?{WORKED_OUT}").content.decode()
    assert "cy:" not in english
    assert ">Total<" in english


def test_days_are_written_as_the_language_writes_them(site, welsh):
    """By the calendar of its country, without anybody translating months."""
    page = site.get(f"{HB}/table?{BY_AREA}").content.decode()
    assert re.search(
        r"\b\d{1,2} (Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd)", page
    )


def test_a_file_for_people_speaks_and_one_for_programs_does_not(site, welsh):
    """*CSV as shown* has a translated total; the lines of *CSV* are the same in every language."""
    shown, tidy = (
        b"".join(site.get(f"{HB}/table.{suffix}?{WORKED_OUT}").streaming_content).decode("utf-8-sig")
        for suffix in ("shown.csv", "csv")
    )
    assert "cy:Total" in shown
    assert "cy:Total" not in tidy


def test_the_file_of_a_job_and_its_pages_speak(site, welsh, db):
    """Its form, its state and its end."""
    new = f"/jobs/new?database=hb_new&{BY_AREA}"
    address = site.post(new, {"format": "xlsx"})["Location"]
    waiting = site.get(address).content.decode()
    running.run(Job.objects.get().pk)
    made = site.get(address).content.decode()
    assert all(any(text.startswith("cy:") for text in _texts(page)) for page in (waiting, made))
    assert _untold(welsh) == set()
