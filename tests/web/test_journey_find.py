"""Journey 1: find. By the mouse, by the keyboard alone, and with scripts off."""

import re
import time
from html import unescape
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from statlas.catalogue import Kind
from statlas.errors import HomeError
from statlas.service.tables.search_index import search_index
from statlas.service.tables.searching import search

PAGES = (
    *("/", "/search", "/search?q=social+tenants+North", "/search?q=nothing+like+it", "/search?q=area&kind=area"),
    *("/catalogue", "/catalogue?find=rents", "/databases/hb_new", "/databases/rents", "/nothing"),
)
QUESTION = "private rented South"


@pytest.fixture(autouse=True)
def _host(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def _text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def _tab_to(page, selector, most=60):
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


# --- what the search finds --------------------------------------------------------------------------------------------


def test_a_question_is_a_table(home):
    """A category and an area: the database, the field that is narrowed, the area, and nothing left out."""
    found = search(home=home, text=QUESTION).tables[0]
    assert found.database.id == "hb_new"
    assert [(field.id, node.code) for field, node in found.categories] == [("TENURE", "2")]
    assert [area.title for area in found.areas] == ["South"]
    assert found.left == ()


def test_a_ready_made_table_is_kept_to_the_area(home):
    """Its own rows become the area, where it is by area; else the records are narrowed."""
    ready = [one for one in search(home=home, text="tenure and age North").tables if one.ready]
    assert [one.ready.id for one in ready] == ["by-tenure-and-age"]
    assert [(f.field, [node.code for node in f.nodes]) for f in ready[0].query.filters] == [("AREA", ["E12000001"])]


def test_a_time_is_understood(home):
    """A year is its months; one without records is left out, and said to be."""
    [found, *_] = search(home=home, text="tenure 2024").tables
    assert (found.time.start, found.time.end) == ("202401", "202412")
    tables = search(home=home, text="tenure North 1990").tables
    assert tables[0].time is None
    assert tables[0].left == ("1990",)


def test_every_kind_is_found_by_its_name(home):
    """Databases, ready-made tables, fields, measures, categories and areas."""
    for text, kind in (
        ("housing benefit", Kind.DATABASE),
        ("mean award by region", Kind.TABLE),
        ("tenure", Kind.FIELD),
        ("weekly award", Kind.MEASURE),
        ("social rented", Kind.VALUE),
        ("Midlands & Wales", Kind.AREA),
        ("E08000007", Kind.AREA),
    ):
        sections = {section.kind: section for section in search(home=home, text=text).sections}
        assert sections[kind].hits, text


def test_a_misspelt_word_is_mended_and_said(home):
    """What was typed, and what it was taken for."""
    found = search(home=home, text="housng benefit")
    assert found.taken == (("housng", "housing"),)
    assert found.sections[0].hits[0].document.database == "hb_new"


def test_kinds_can_be_chosen(home):
    """Sections of other kinds are left out."""
    assert [one.kind for one in search(home=home, text="area", kinds=[Kind.AREA]).sections] == [Kind.AREA]


def test_the_index_follows_the_releases(home):
    """It is made once for what answers now, and lies in the cache, where older ones are forgotten."""
    path = search_index(home)
    (path.parent / f"{'0' * 32}.sqlite3").write_bytes(b"old")
    path.unlink()
    assert search_index(home) == path
    made = path.stat().st_mtime_ns
    assert search_index(home).stat().st_mtime_ns == made
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_damaged_index_is_made_again(home):
    """What a power cut left is no reason to fail."""
    whole = len(search(home=home, text="tenure"))
    search_index(home).write_bytes(b"SQLite format 3\0" + b"rubbish" * 500)
    assert len(search(home=home, text="tenure")) == whole


def test_an_index_that_cannot_be_kept_is_told(home, tmp_path, monkeypatch):
    """With the folder and what to do."""
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setattr("statlas.store.layout.catalogue_folder", lambda _home: tmp_path / "taken")
    with pytest.raises(HomeError, match="cannot be written"):
        search(home=home, text="tenure")


@given(st.text(max_size=300))
@trying(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_is_typed_is_answered(home, text):
    """No text fails, and none is syntax of anything."""
    found = search(home=home, text=text)
    assert len(found) >= 0
    assert len(found.text) <= 200


@pytest.mark.parametrize(
    "text", ['" OR 1', "a" * 9_000, "\0\r\n", "title:x NEAR(y)", "<script>alert(1)</script>", "'", "ﷺ" * 100, "%"]
)
def test_hostile_words_are_shown_as_they_are(site, text):
    """The page answers 200, quotes them without making marks of them, and so does the list."""
    for part in ("", "&part=list"):
        response = site.get(f"/search?q={quote(text)}{part}")
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


def test_a_postcode_is_cut_to_its_district(site):
    """Before anything is looked for; the other words stay."""
    response = site.get("/search?q=tenure+ls6+2as")
    assert response.status_code == 302
    assert response.headers["Location"] == "/search?q=tenure+ls6"


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_page_says_what_it_took_the_words_for(get):
    """Each table that fits with its database, category and area; each kind of result with how many."""
    said = _text(get(f"/search?q={quote(QUESTION)}"))
    for expected in ("Tables that fit", "Housing Benefit", "Private rented", "South (Region)", "Categories"):
        assert expected in said
    [address] = [
        link
        for link in re.findall(r'<a class="govuk-link" href="([^"]+)">', get(f"/search?q={quote(QUESTION)}"))
        if "filter.TENURE" in link and "E12000003" in link
    ]
    assert "<tbody" in get(unescape(address))


def test_no_result_says_what_to_do(get):
    """And offers other ways; nothing typed gives examples."""
    said = _text(get("/search?q=xylophone+quux"))
    assert "Nothing was found for “xylophone quux”." in said
    assert "Use fewer words" in said
    assert "For example" in _text(get("/search"))


def test_the_catalogue_can_be_filtered(get):
    """By the beginnings of all words; what is left is told."""
    said = _text(get("/catalogue?find=hous+ben"))
    assert "1 of 2 databases" in said
    assert "Private rents" not in said
    assert "No database has all of these words" in _text(get("/catalogue?find=zzz"))


def test_every_code_can_be_taken_away(site, database):
    """As CSV, with parents; of one field or of all."""
    lines = (
        b"".join(site.get("/databases/hb_new/codes.csv?field=AREA").streaming_content).decode("utf-8-sig").split("\r\n")
    )
    assert len(lines) == 1 + 4 + 240 + 1
    assert lines[1] == "AREA,Region and area,V_REGION,Region,E12000001,North,,,,"
    assert lines[5].split(",")[6:8] == ["V_REGION", "E12000001"]
    every = b"".join(site.get("/databases/hb_new/codes.csv").streaming_content).decode().count("\r\n")
    assert every == 1 + sum(len(valueset) for field in database.fields for valueset in field.classification)


def test_nothing_public_is_more_than_two_clicks_from_home(get):
    """Every room, and every database: from links of the first page, and links of those."""

    def reached(address):
        return {urlsplit(unescape(one)).path for one in re.findall(r'href="(/[^"]*)"', get(address))}

    first = reached("/")
    second = first.union(
        *(reached(address) for address in first if not address.startswith(("/static", "/api", "/account")))
    )
    rooms = ("/search", "/catalogue", "/areas", "/help", "/help/tour", "/help/glossary", "/about", "/privacy")
    assert {*rooms, "/accessibility", "/api/v1/docs", "/account", "/databases/hb_new", "/databases/rents"} <= second
    assert {"/databases/hb_new/table", "/databases/rents/table", "/databases/hb_new/codes.csv"} <= second


def test_a_search_is_quick(site):
    """Under 100 ms of a small site's time once the index is made; the best of five."""
    site.get("/search?q=tenure")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        site.get(f"/search?q={quote(QUESTION)}")
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1


# --- in a browser -----------------------------------------------------------------------------------------------------


def test_with_the_mouse_a_table_is_found_as_one_types(page):
    """The list under the box offers the table; a click opens it."""
    page.goto("/")
    page.fill("#q", QUESTION)
    offered = page.locator("#q-list a").first
    offered.wait_for()
    assert "South" in offered.inner_text()
    offered.click()
    page.wait_for_url("**/databases/hb_new/table?**")
    assert page.locator("tbody th").first.inner_text().startswith("South")
    assert page.complaints == []


def test_results_follow_what_is_typed(page):
    """On the page of results: the list, the sentence that is read out, and the address."""
    page.goto("/search")
    page.fill("#q", "tenure")
    page.locator("#results-field").wait_for()
    assert "results for “tenure”" in page.inner_text("#results-said")
    assert page.evaluate("document.activeElement.id") == "q"
    page.wait_for_url("**/search?q=tenure")
    assert page.complaints == []


def test_with_the_keyboard_alone_a_table_is_found(page):
    """From the first page: the box, words, Enter, the first table that fits, Enter."""
    page.goto("/")
    _tab_to(page, "#q")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=**")
    _tab_to(page, ".statlas-offer a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/databases/hb_new/table?**")
    assert page.locator("tbody th").first.inner_text().startswith("South")


def test_a_folder_and_a_field_open_by_keyboard(page):
    """The catalogue's folders and a database's fields are opened by Enter, and shut again."""
    page.goto("/databases/hb_new")
    _tab_to(page, "#field-TENURE summary")
    page.keyboard.press("Enter")
    assert page.locator("#field-TENURE a:has-text('Codes as CSV')").is_visible()
    page.keyboard.press("Enter")
    assert not page.locator("#field-TENURE a:has-text('Codes as CSV')").is_visible()


def test_with_scripts_off_a_table_is_found(browser, served):
    """The box in the head of any page leads to results, these to the table; the catalogue filters by its button."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/about")
    page.fill("#head-q", QUESTION)
    page.click(".statlas-head-search__button")
    page.locator(".statlas-offer a").first.click()
    assert page.locator("tbody th").first.inner_text().startswith("South")
    page.goto("/catalogue")
    page.fill("#find", "rents")
    page.click("button:text-is('Filter')")
    assert page.locator(".statlas-list__title").count() == 1
    page.goto("/")
    page.fill("#find", "South")
    page.click("button:has-text('Find')")
    assert "/areas" in page.url
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_finding_fit_and_satisfy_axe(browser, served, axe, address):
    """Nothing found, all opened, on a wide screen and at 320 pixels, and in the dark; none scrolls sideways."""
    for scheme, widths in (("light", (1280, 320)), ("dark", (320,))):
        context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = page.evaluate("axe.run(document)")["violations"]
            assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
        context.close()
