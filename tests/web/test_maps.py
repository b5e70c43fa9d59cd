"""A table as a map: drawn by the server, read by keyboard, changed with scripts off, taken away, framed elsewhere."""

import csv
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from pseudo import untranslated

from statlas import wording
from statlas.geography.boundaries import Wanted
from statlas.model.boundary import Boundaries
from statlas.service.tables import boundaries
from statlas.web import links

BASE = "/databases/hb_new/map"
REGIONS = f"{BASE}?rows=AREA&columns=MONTH&periods=latest(1)"
AREAS = f"{BASE}?rows=AREA@V_AREA"
MOTION = f"{BASE}?rows=AREA&columns=MONTH&periods=latest(4)"
CHANGE = f"{BASE}?rows=AREA&against=202401"
PAIR = f"{BASE}?rows=AREA&with=202403"
NO_AREAS = f"{BASE}?rows=TENURE"
PAGES = (REGIONS, AREAS, MOTION, CHANGE, PAIR, NO_AREAS)


@pytest.fixture(scope="module", autouse=True)
def shapes(home, tmp_path_factory):
    """The regions as squares beside each other; local areas have no shapes."""
    path = tmp_path_factory.mktemp("shapes") / "regions.geojson"
    made = []
    for n in range(4):
        ring = [[n, 50], [n + 1, 50], [n + 1, 51], [n, 51], [n, 50]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        made.append({"type": "Feature", "properties": {"code": f"E1200000{n + 1}"}, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    about = Boundaries("region", "2024", "", 0, 0, source="A ruler", attribution="Drawn with a ruler.")
    boundaries.add(home=home, path=path, wanted=Wanted(), boundaries_as=about, progress=lambda _step, _part: None)
    yield
    boundaries.remove(home, "region", "2024")


def as_file(address, suffix):
    """The address of a map's file."""
    page, _, query = address.partition("?")
    return f"{page}.{suffix}?{query}"


def numbers(site, address):
    """The texts of the table's file, by label of the area and date."""
    table = site.get(address.replace("/map?", "/table.csv?")).getvalue().decode()
    return list(csv.DictReader(table.splitlines()))


# --- what the server answers ------------------------------------------------------------------------------------------


def test_every_area_is_drawn_with_its_number(site, get):
    """The title of each area in the drawing is that of the table beside it and of the table's file."""
    html = get(REGIONS)
    drawn = dict(re.findall(r"<title>([^<:]+): ([\d,]+)</title></path>", html))
    assert len(drawn) == 4 - len(re.findall(r"\[low\]</title>", html))
    values = {row["value"] for row in numbers(site, REGIONS)}
    assert {text.replace(",", "") for text in drawn.values()} <= values
    for label, text in drawn.items():
        assert re.search(rf'<th scope="row">{re.escape(label)}</th><td>{text}</td>', html)


def test_the_words_are_worked_out_from_the_numbers(site, get):
    """The highest and lowest number in the alternative text are the largest and smallest of the table."""
    said = unescape(re.search(r'<title id="map-1-title">([^<]+)</title>', get(REGIONS))[1])
    found = [int(text.replace(",", "")) for text in re.findall(r"(?:number|shown), ([\d,]+)", said)]
    shown = [int(row["value"]) for row in numbers(site, REGIONS) if row["value"]]
    assert found == [max(shown), min(shown)]


def test_what_is_not_shown_is_hatched_and_never_zero(get):
    """An area whose number is low has the lines of its symbol, a line in the legend, and no class."""
    html = get(AREAS)
    low = re.findall(r'<path class="klow" fill="url\(#map-1-low\)" data-c="\w+"[^>]*><title>([^<]+)</title>', html)
    assert low
    assert all(text.endswith("[low]") for text in low)
    assert "[low] fewer than" in html
    assert not re.search(r'class="k\d" fill', html)


def test_areas_without_shapes_are_tiles_and_it_says_so(site, get):
    """Each area is one tile of one size; the page says that nobody knows their shapes, and offers no GeoJSON."""
    html = get(AREAS)
    tiles = re.findall(r'd="M(\d+) (\d+)h(\d+)v(\d+)h-\d+z"', html)
    assert len(tiles) == 240
    assert len({(x, y) for x, y, _w, _h in tiles}) == 240
    assert len({(w, h) for _x, _y, w, h in tiles}) == 1
    assert "No boundaries are known for these areas" in html
    assert "GeoJSON" not in html
    assert site.get(as_file(AREAS, "geojson")).status_code == 404


def test_a_change_is_the_difference_of_two_dates(site, get):
    """Each number is that of the date less that of the one it is compared with, with its sign."""
    html = get(CHANGE)
    rows = numbers(site, f"{BASE}?rows=AREA&columns=MONTH&periods=all")
    label = next(name for name in rows[0] if rows[0][name] in ("North", "South"))
    month = next(name for name in rows[0] if rows[0][name] == "202401")
    by_place = {(row[label], row[month]): row["value"] for row in rows}
    for area in ("North", "South"):
        change = int(by_place[area, "202502"]) - int(by_place[area, "202401"])
        sign = "+" if change > 0 else "−" if change < 0 else ""
        assert f"<title>{area}: {sign}{abs(change):,}</title>" in html
    assert "change since January 2024" in html


def test_two_maps_share_their_classes(get):
    """Beside each other, two dates of one number have the same legend."""
    html = get(PAIR)
    legends = re.findall(r'<ul class="statlas-map__classes">(.*?)</ul>', html, re.DOTALL)
    bounds = [re.findall(r"<span>([^<\[]+?) ?<", legend) for legend in legends]
    assert len(bounds) == 2
    assert bounds[0] == bounds[1]
    assert "202403" in html


def test_a_second_map_may_be_of_another_table(get):
    """The address of a table of this site is drawn beside it; one that cannot be drawn is told, and the first stays."""
    html = get(f"{REGIONS}&with=%2Fdatabases%2Fhb_new%2Ftable%3Frows%3DAREA%26measure%3DLAHBAMT%3AMEAN")
    assert html.count('class="statlas-map__drawing"') == 2
    html = get(f"{REGIONS}&with=https%3A%2F%2Fexample.org%2F")
    assert html.count('class="statlas-map__drawing"') == 1
    assert "The second map cannot be drawn." in html


@pytest.mark.parametrize("classes", ["quantile", "equal", "natural", "own&breaks=10,100,300"])
def test_classes_hold_every_number(get, classes):
    """However areas are put into classes, the areas in the legend are all of them."""
    html = get(f"{AREAS}&classes={classes}")
    legend = re.search(r'<ul class="statlas-map__classes">(.*?)</ul>', html, re.DOTALL)[1]
    assert sum(int(n) for n in re.findall(r"\((\d+) areas?\)", legend)) == 240


def test_a_place_is_found_by_name_and_by_code(get):
    """It is outlined and its number said; a name that is nowhere is told."""
    for find in ("south", "E12000003"):
        html = get(f"{REGIONS}&find={find}")
        assert re.search(r'data-c="E12000003" data-found="1"', html)
        assert re.search(r"<strong>South: [\d,]+</strong>", html)
    assert "No area of this map is called Atlantis." in get(f"{REGIONS}&find=Atlantis")


def test_rates_without_residents_are_not_known(get):
    """Where nobody says how many live there, no rate is made up."""
    html = get(f"{REGIONS}&per=persons")
    assert "not known" in html
    assert "per 1,000 residents" in html


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("geojson", b"{"), ("json", b"{")],
)
def test_a_map_is_taken_away(site, suffix, begins):
    """Of each kind, under a name that says what it is."""
    answer = site.get(as_file(REGIONS, suffix))
    assert answer.status_code == 200, answer.content
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].endswith(f'.{suffix}"')


@pytest.mark.parametrize("address", [REGIONS, AREAS, CHANGE])
def test_a_picture_says_what_it_is(site, address):
    """Where numbers and shapes are from, that they are synthetic, and its own address at the release."""
    svg = site.get(as_file(address, "svg")).content.decode()
    said = unescape(" ".join(re.findall(r">([^<]+)<", svg)))
    assert "Synthetic: these numbers are made up." in said
    assert "Source: A seeded generator." in said
    assert "release=1" in said.replace(" ", "")
    assert ("Drawn with a ruler." in said) == (address != AREAS)


def test_geojson_and_specification_have_the_numbers_of_the_table(site, get):
    """Values are those of the table's file, or null where none is printed."""
    values = {row["value"] for row in numbers(site, REGIONS)}
    areas = json.loads(get(as_file(REGIONS, "geojson")))["features"]
    rows = json.loads(get(as_file(REGIONS, "json")))["datasets"]["numbers"]
    assert len(areas) == len(rows) == 4
    for value in [*(area["properties"]["value"] for area in areas), *(row["value"] for row in rows)]:
        assert value is None or str(int(value)) in values


@pytest.mark.parametrize("address", [REGIONS, AREAS])
def test_the_specification_is_drawn_by_vega_lite(site, address):
    """The converter draws as many areas as the map has."""
    import vl_convert as vlc  # noqa: PLC0415 - slow to load

    svg = vlc.vegalite_to_svg(site.get(as_file(address, "json")).content.decode(), vl_version="6.4")
    assert svg.count("<path") >= (4 if address == REGIONS else 240)


WRONG = {
    "classes=round": "unknown kind",
    "n=many": "whole number of classes",
    "breaks=1,x": "at most seven numbers",
    "breaks=nan": "at most seven numbers",
    "per=cats": "unknown kind",
    "against=199901": "not a code",
    "area=TENURE": "no areas of that name",
    "at=SEX:F": "not a field of the table",
    "theme=pink": "unknown kind",
    "step=9": "no such",
}


@pytest.mark.parametrize("part", WRONG)
def test_an_address_that_cannot_be_drawn_says_how_to_mend_it(site, part):
    """A wrong part is answered by a page of ours with a way out, and by no traceback."""
    answer = site.get(f"{MOTION}&{part}")
    assert answer.status_code == 400
    html = unescape(answer.content.decode())
    assert WRONG[part] in html
    assert "Draw the map in the usual way" in html


def test_a_table_without_areas_offers_maps_of_its_database(site):
    """It names the geographies by which it could be drawn."""
    answer = site.get(NO_AREAS)
    assert answer.status_code == 400
    assert f"{BASE}?rows=AREA" in answer.content.decode()


def test_other_sites_may_frame_the_map_alone(site):
    """The page for frames allows itself to be framed, has the map, and leads to its numbers."""
    answer = site.get(REGIONS.replace("/map?", "/map/embed?"))
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert "statlas-map__drawing" in answer.content.decode()


@pytest.mark.parametrize("address", [REGIONS, AREAS, MOTION, CHANGE, NO_AREAS])
def test_no_sentence_is_left_in_english(site, database, address):
    """Every sentence of ours passes the catalogue; labels are data, titles the model's words."""
    with wording.speaking("en-XA"):
        html = site.get(address).content.decode()
    labels = [
        *(field.label for field in database.fields),
        *(code.label for field in database.fields for level in field.classification for code in level),
        *(level.label for field in database.fields for level in field.classification),
        *(measure.label for measure in database.measures),
        *(database.label, database.records.label, *(table.title for table in database.tables)),
        *re.findall(r"Housing Benefit Claimants by [a-z ,]+", html),
        "Drawn with a ruler.",
        "Total",
    ]
    assert untranslated(html, labels) == []


def test_ready_made_tables_for_maps_lead_to_them(database):
    """Where the publisher says map, the link is that of the map."""
    ready = replace(database.tables[0], view="map")
    assert links.ready(database, ready).startswith(f"{BASE}?rows=AREA")


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [REGIONS, AREAS, MOTION, PAIR, NO_AREAS, REGIONS.replace("/map?", "/map/embed?")])
def test_axe_finds_nothing(browser, served, axe, address):
    """Everything opened, on a wide screen in the light and on a narrow one in the dark; nothing runs off sideways."""
    context = browser.new_context(base_url=served, bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = page.evaluate("axe.run(document)")["violations"]
        assert not found, [(rule["id"], [node["html"][:300] for node in rule["nodes"]]) for rule in found]
    context.close()


def test_the_map_is_read_by_keyboard(page):
    """Arrow keys go from area to area and read each out; plus comes closer, Escape goes back."""
    page.goto(REGIONS)
    said = page.locator("[data-said]")
    page.locator("[data-canvas]").focus()
    page.keyboard.press("ArrowRight")
    first = said.inner_text()
    page.keyboard.press("ArrowLeft")
    second = said.inner_text()
    assert re.search(r"^[\w& ]+: ([\d,]+|\[\w+\])", first)
    assert first != second
    whole = page.get_attribute(".statlas-map__drawing", "viewBox")
    page.keyboard.press("+")
    assert page.get_attribute(".statlas-map__drawing", "viewBox") != whole
    page.keyboard.press("Escape")
    assert page.get_attribute(".statlas-map__drawing", "viewBox") == whole
    assert page.complaints == []


def test_the_map_is_read_by_pointer_and_moved(page):
    """An area pointed at is read out; close up, the map follows the pointer."""
    page.goto(REGIONS)
    page.locator("path[data-c=E12000003]").hover()
    assert page.inner_text("[data-said]").startswith("South: ")
    page.click("[data-in]")
    page.click("[data-in]")
    before = page.get_attribute(".statlas-map__drawing", "viewBox")
    box = page.locator(".statlas-map__drawing").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 40, middle[1], steps=4)
    page.mouse.up()
    assert page.get_attribute(".statlas-map__drawing", "viewBox") != before
    page.click("[data-all]")


def test_a_place_is_found_without_a_new_page(page):
    """The place is outlined, read out, and the map has the keyboard."""
    page.goto(REGIONS)
    page.fill("#find", "south")
    page.keyboard.press("Enter")
    assert page.inner_text("[data-said]").startswith("South: ")
    assert page.evaluate("document.activeElement.matches('[data-canvas]')")
    assert "find=" not in page.url


def test_the_map_plays_through_its_dates(page, site, get):
    """A step by keyboard paints every area and its number in the table anew, as the page of that date has them."""
    page.goto(f"{MOTION}&step=1")
    first = page.inner_text("tr[data-row=E12000003] td")
    page.locator("[data-after]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**step=2**")
    second = page.inner_text("tr[data-row=E12000003] td")
    there = get(f"{MOTION}&step=2")
    assert f"South: {second}</title>" in there
    assert f"South: {first}</title>" in get(f"{MOTION}&step=1")
    drawn = page.evaluate(
        "[...document.querySelectorAll('path[data-c]')].map((one) => [one.dataset.c, one.className.baseVal])"
    )
    assert dict(drawn) == {code: key for key, code in re.findall(r'<path class="(k\w+)"[^>]*? data-c="(\w+)"', there)}
    assert page.complaints == []


def test_everything_is_reached_with_scripts_off(browser, served):
    """Level, number, place and date are changed by links and forms; the server draws each."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(MOTION)
    page.click("text=One date back")
    assert "step=3" in page.url
    page.click(".statlas-map__levels a:text-is('Local area')")
    assert page.locator("path[data-c]").count() == 240
    page.fill("#find", "Area 17")
    page.click("button:text-is('Find')")
    assert page.inner_text(".statlas-map__found").startswith("Area 17")
    page.select_option("select[name=classes]", label="Equal steps")
    page.select_option("select[name=n]", label="7")
    page.click("button:text-is('Show map')")
    assert "classes=equal" in page.url
    assert not page.locator("[data-zoom]").is_visible()
    context.close()


def test_nothing_is_fetched_from_elsewhere(page):
    """Shapes and scripts are the site's own."""
    page.goto(REGIONS)
    assert all(urlsplit(asked).netloc == urlsplit(page.url).netloc for asked in page.asked)
    assert page.complaints == []


def test_paper_has_the_map_and_its_numbers(page):
    """No form and nothing to press in print."""
    page.goto(REGIONS)
    page.emulate_media(media="print")
    for gone in (".statlas-builder__form", ".statlas-map__zoom", ".statlas-map__find", ".statlas-views"):
        assert not page.locator(gone).is_visible()
    assert page.locator(".statlas-map__drawing").is_visible()
    assert page.locator(".statlas-map__numbers table").is_visible()
