"""Pages of places: found by name, code or postcode, what they tell, and that it is what the tables print."""

import csv
import io
import re
from html import unescape

import pytest
from pseudo import labels_of, untranslated

from statlas import wording
from statlas.geography import postcodes
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.query import Dimension, Item, Query
from statlas.service import tables
from statlas.service.tables import areas

NORTH, LARGEST, EMPTY = "E12000001", "E08000001", "E08000240"


def _text(page):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _area(code, **parameters):
    query = "&".join(f"{name}={value}" for name, value in {"wait": "yes", **parameters}.items())
    return f"/areas/{code}?{query}"


def _printed(home, database, field, level, code, period):
    """What the table of a level prints for a place."""
    date = database.date
    query = Query(
        database.id,
        dimensions=(
            Dimension(field, valueset=level),
            Dimension(date.id, items=(Item((Node(date.valueset.id, period),)),)),
        ),
    )
    cube = tables.table(home=home, query=query, door="python")
    row = next(n for n, item in enumerate(cube.dimensions[0].items) if item.nodes[0].code == code)
    measure = cube.measures[0]
    shown = measure.status[row, 0] == CellStatus.SHOWN
    return int(measure.values[row, 0]) if shown else None


# --- finding ----------------------------------------------------------------------------------------------------------


def test_a_place_is_found_by_name_and_by_code(site, get):
    """A name lists those that have its words; a code leads to the place."""
    page = get("/areas?find=midl")
    assert 'href="/areas/E12000002"' in page
    assert "Midlands &amp; Wales" in page
    answer = site.get("/areas?find=e12000002")
    assert (answer.status_code, answer["Location"]) == (302, "/areas/E12000002")


def test_a_code_in_small_letters_leads_to_the_place(site):
    """As one types it."""
    answer = site.get("/areas/e12000002")
    assert (answer.status_code, answer["Location"]) == (302, "/areas/E12000002")


def test_a_misspelt_name_is_guessed(get):
    """One letter off is near enough."""
    assert 'href="/areas/E12000001"' in get("/areas?find=Nroth")


def test_nothing_found_says_what_to_do(get):
    """The text is repeated as text, and there is a way on."""
    page = get("/areas?find=<b>Atlantis</b>")
    assert "<b>Atlantis" not in page
    assert "No place found for <b>Atlantis</b>" in _text(page)
    assert "Check the spelling" in page


def test_a_full_postcode_is_cut_before_it_stands_in_an_address(site, monkeypatch):
    """Sent by the form or typed into an address: what follows has the district alone, and no page repeats the rest."""
    monkeypatch.setitem(postcodes._districts(), "QQ1", {LARGEST: 3, "E08000002": 1})
    sent = site.post("/areas", {"find": "qq1 7zz"})
    assert (sent.status_code, sent["Location"]) == (303, "/areas?find=QQ1")
    assert "7ZZ" not in sent.content.decode().upper()
    typed = site.get("/areas?find=12+Mill+Lane+QQ1+7ZZ")
    assert (typed.status_code, typed["Location"]) == (302, "/areas?find=QQ1")
    page = site.get(sent["Location"]).content.decode()
    assert "Postcodes QQ1 lie in several places" in _text(page)
    assert "Area 1 : 75% of the postcodes" in _text(page)
    assert f'href="/areas/{LARGEST}?district=QQ1"' in page
    assert "Royal Mail data" in page


def test_a_district_in_one_place_leads_to_it(site, get, monkeypatch):
    """With a word on the page of why; a district that does not lie there is not repeated."""
    monkeypatch.setitem(postcodes._districts(), "QQ2", {LARGEST: 3})
    answer = site.get("/areas?find=qq2")
    assert answer["Location"] == f"/areas/{LARGEST}?district=QQ2"
    page = get(answer["Location"])
    assert "Postcodes QQ2 lie in Area 1." in _text(page)
    assert "Royal Mail data" in page
    assert "lie in" not in _text(get(f"/areas/{LARGEST}?district=LS6"))


def test_postcodes_of_northern_ireland_are_told_to_be_missing(get):
    """Not a bare nothing."""
    assert "Postcodes of Northern Ireland are not known here" in get("/areas?find=BT1")


def test_another_site_cannot_send_the_form(site):
    """As any form of a public page: it takes no cookie, and comes from here."""
    site.handler.enforce_csrf_checks = True
    assert site.post("/areas", {"find": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert site.post("/areas", {"find": "x"}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_places_can_be_looked_through(get):
    """The largest first, then every kind in its groups."""
    page = get("/areas")
    assert f'href="/areas/{NORTH}"' in page
    assert 'href="/areas?kind=Local+area"' in page or 'href="/areas?kind=Local%20area"' in page
    kind = get("/areas?kind=Local+area")
    assert kind.count('href="/areas/E08') == 240
    assert "Midlands &amp; Wales" in kind


# --- one place --------------------------------------------------------------------------------------------------------


def test_a_place_tells_what_the_table_prints(get, home, database):
    """Number, change and rank are those of the table of its level; the links lead to the same numbers."""
    page = get(_area(NORTH))
    now, before = (_printed(home, database, "AREA", "V_REGION", NORTH, period) for period in ("202502", "202402"))
    assert f'<span class="statlas-area__number">{now:,}</span>' in page
    word = "up" if now > before else "down"
    percent = f"{'+' if now > before else '−' if now < before else ''}{abs(100 * (now - before) / before):.1f}%"
    said = _text(page)
    assert f"{word} {abs(now - before):,} ({percent})" in said or f"{abs(now - before):,} ({percent})" in said
    regions = [_printed(home, database, "AREA", "V_REGION", f"E1200000{n}", "202502") for n in range(1, 5)]
    place = 1 + sum(other is not None and other > now for other in regions)
    assert f"{('', '1st', '2nd', '3rd')[place]} of {sum(one is not None for one in regions)}" in said
    table = re.search(r'href="([^"]*)">Table<', page)[1]
    assert f">{now:,}</td>" in get(unescape(table))


def test_every_figure_of_the_file_is_the_tables(get, home, site):
    """The CSV, recomputed from the tables of each level; hidden numbers are symbols, never zeros."""
    for code, level in ((NORTH, "V_REGION"), (LARGEST, "V_AREA"), ("E08000002", "V_AREA"), (EMPTY, "V_AREA")):
        answer = site.get(f"/areas/{code}.csv")
        assert answer["Content-Disposition"].endswith('.csv"')
        rows = [*csv.DictReader(io.StringIO(answer.content.decode()))]
        assert [row["database"] for row in rows] == ["hb_new"]
        found = tables.database(home=home, database_id="hb_new")
        for row in rows:
            for value, symbol, period in (
                ("value", "symbol", "period"),
                ("value_before", "symbol_before", "period_before"),
            ):
                printed = _printed(home, found, "AREA", level, code, row[period])
                assert row[value] == ("" if printed is None else str(printed))
                assert bool(row[symbol]) == (printed is None)
            both = [row["value"], row["value_before"]]
            assert row["change"] == (str(int(both[0]) - int(both[1])) if all(both) else "")
            assert row["table"].startswith("http://testserver/databases/hb_new/table?rows=AREA")


def test_a_hidden_number_is_told_with_its_symbol_and_meaning(get):
    """Never a bare zero, and no rank or share of it."""
    page = get(_area(EMPTY))
    said = _text(page)
    assert "[low] fewer than 5, or none" in said
    assert "not available, as one of the two numbers is not shown" in said
    assert '<span class="statlas-area__number">0<' not in page


def test_a_small_change_is_not_called_a_change(home):
    """What noise alone could have made is called about the same: within 1.96 standard deviations, a bound, of it."""
    found = [areas.figures(home, areas.area(home, f"E0800{n:04d}"), door="python").found[0] for n in range(1, 60)]
    told = [one for one in found if one.change.value is not None]
    assert len(told) > 10
    for one in told:
        sd = one.measure.sd.max()
        assert one.is_noise or abs(one.change.value) > 1.96 * sd
        assert not one.is_noise or abs(one.change.value) <= 1.96 * 2 * sd


def test_a_share_is_of_what_holds_the_place(home, database):
    """A local area's part of its region, from the two printed numbers."""
    figure = areas.figures(home, areas.area(home, LARGEST), door="python").found[0]
    whole = _printed(home, database, "AREA", "V_REGION", NORTH, "202502")
    assert figure.share == pytest.approx(100 * figure.now.value / whole)
    assert figure.share_of == "North"


def test_what_holds_a_place_and_what_it_holds(get):
    """Breadcrumbs up, lists down, others beside it; borders are not known here and the page says so."""
    local, region = get(_area(LARGEST)), get(_area(NORTH))
    assert f'href="/areas/{NORTH}">North</a>' in local
    assert "Others in North" in local
    assert "Borders are not known here" in local
    assert region.count('href="/areas/E08') >= 78
    assert "Inside North" in region


def test_neighbours_are_those_that_share_a_border(get, monkeypatch):
    """Where boundaries are known; and then its figures lead to maps."""
    monkeypatch.setattr("statlas.service.tables.boundaries.neighbours", lambda _home, _code: ("E08000005", "E0899"))
    monkeypatch.setattr("statlas.web.views.areas._is_drawn", lambda _code: True)
    page = get(_area(LARGEST))
    assert ">Neighbours</h2>" in page
    assert 'href="/areas/E08000005">Area 5</a>' in page
    assert "Borders are not known here" not in page
    assert '<optgroup label="Others of its kind">' in page
    assert 'href="/databases/hb_new/map?rows=AREA@V_AREA">Map<' in page


def test_a_line_shows_the_years_of_a_figure(home):
    """Oldest first, the latest two the same as in its change; of large levels those two alone."""
    figure = areas.figures(home, areas.area(home, NORTH), door="python").found[0]
    assert [period for period, _ in figure.series] == ["202402", "202502"]
    assert [number for _, number in figure.series] == [figure.before, figure.now]


def test_two_places_stand_side_by_side(get, home, database):
    """Each with its number; swapped by a link."""
    page = get(f"/areas/{NORTH}?with=E12000003")
    for code in (NORTH, "E12000003"):
        assert f"{_printed(home, database, 'AREA', 'V_REGION', code, '202502'):,}</span>" in page
    assert f'href="/areas/E12000003?with={NORTH}"' in page


def test_what_takes_long_comes_after_the_page(get, monkeypatch):
    """The page says how many are being counted, and a link waits for them; a script fetches the same by itself."""
    monkeypatch.setattr("statlas.web.views.areas.LEAST_S", 0)
    monkeypatch.setattr("statlas.web.views.areas.BUDGET_S", 0)
    monkeypatch.setattr("statlas.service.tables.area_figures.kept", lambda _key: None)
    page = get(f"/areas/{LARGEST}")
    assert "1 more database is being counted." in page
    assert f'href="/areas/{LARGEST}?wait=yes">Show them</a>' in page
    assert f'hx-get="/areas/{LARGEST}?wait=yes" hx-trigger="load" hx-select="#all-figures"' in page
    assert "being counted" not in get(f"/areas/{LARGEST}?wait=yes")


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("/areas/NOPE", "/areas/%3Cscript%3E", "/areas/" + "E" * 2_000, "/areas/ZZXXXXXXX", "/areas/E12000001%00"),
        *("/areas/E12000001?with=NOPE", "/areas/NOPE.csv", "/areas?kind=%3Cb%3E", "/areas/..%2F..%2Fetc", "/areas/%0A"),
    ],
)
def test_what_is_no_place_is_not_there(site, address):
    """404, and nothing of what was sent stands in the page as markup."""
    answer = site.get(address)
    assert answer.status_code == 404
    assert "<script>" not in answer.content.decode().replace('<script type="module"', "")


@pytest.mark.parametrize("text", ["x" * 10_000, "\x00", "'\"<>&", "%", "a" * 199 + "é", "🏴", "-", "  ", "١٢٣"])
def test_odd_texts_find_nothing_and_break_nothing(site, text):
    """Long, empty, unprintable."""
    assert site.get("/areas", {"find": text}).status_code == 200
    assert site.post("/areas", {"find": text}).status_code == 303


def test_public_pages_set_no_cookie(site):
    """Nor does the form."""
    for answer in (site.get("/areas"), site.get(_area(NORTH)), site.post("/areas", {"find": "x"})):
        assert not answer.cookies


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/areas", "/areas?find=area", "/areas?find=zzzz", "/areas?kind=Local+area", _area(NORTH), _area(LARGEST)],
)
def test_every_word_can_be_translated(get, home, address):
    """Pages of places say nothing that has not passed through the catalogue."""
    labels = [text for one in tables.databases(home=home) for text in labels_of(one)]
    with wording.speaking(wording.PSEUDO):
        page = get(address)
    assert untranslated(page, [*labels, "find", "area", "zzzz"]) == []


# --- in a browser -----------------------------------------------------------------------------------------------------

PAGES = (
    "/areas",
    "/areas?find=area",
    "/areas?kind=Local+area",
    _area(NORTH),
    _area(EMPTY),
    f"/areas/{NORTH}?with={LARGEST}",
)


def test_a_journey_with_the_keyboard_alone(page):
    """From the first page to a place, its table, and beside another."""
    page.goto("/")
    page.get_by_role("link", name="Areas").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas")
    page.get_by_label("Place, postcode or code").focus()
    page.keyboard.type("midlands")
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas?find=midlands")
    page.get_by_role("link", name="Midlands & Wales").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas/E12000002")
    page.locator("#all-figures tbody th").first.wait_for()
    page.get_by_label("Compare Midlands & Wales with").focus()
    page.keyboard.type("South")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas/E12000002?with=E12000003")
    assert page.locator("tbody tr").count() == 1


def test_a_journey_with_scripts_off(browser, served):
    """A postcode is typed, its place opened, its figure opened as a table with the same number."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/areas")
    page.fill("#find", "Area 1")
    page.click("button:text-is('Find')")
    page.click("a:text-is('Area 1')")
    if page.get_by_text("Show them").count():
        page.click("text=Show them")
    number = page.locator("#all-figures .statlas-area__number").first.inner_text()
    page.locator("#all-figures a:has-text('Table')").first.click()
    assert number in page.locator("tbody tr").first.inner_text()
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(page, address):
    """Down to 320 pixels, as at four times the size on a wide screen."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browser, served, axe, address):
    """Wide and narrow, light and dark, everything opened."""
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate("axe.run(document)")["violations"]
            assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
        context.close()


def test_paper_has_the_table_without_what_is_clicked(page):
    """On a sheet as wide as a tablet."""
    page.set_viewport_size({"width": 800, "height": 1000})
    page.goto(_area(NORTH))
    page.emulate_media(media="print")
    assert page.get_by_role("columnheader", name="Rank").is_visible()
    for gone in (".statlas-area__open", ".statlas-areas__find", ".statlas-areas__compare", ".statlas-area__jumps"):
        assert not page.locator(gone).first.is_visible()


def test_figures_stay_a_table_for_those_who_hear_it(page):
    """On a phone, where they look like cards."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(_area(NORTH))
    rows = page.get_by_role("table").get_by_role("row")
    assert rows.count() >= 2
    assert page.get_by_role("rowheader", name=re.compile("Housing Benefit")).count() == 1
    assert page.get_by_role("columnheader").count() == 6
