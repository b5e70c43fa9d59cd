"""A table as a chart and in motion: drawn, read by keyboard, changed with scripts off, taken away, framed elsewhere."""

import csv
import json
import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from pseudo import untranslated

from statlas import wording

LINES = "/databases/hb_new/chart?rows=MONTH&columns=SEX&periods=latest(6)"
BARS = "/databases/hb_new/chart?rows=AREA&columns=MONTH"
REGIONS = "/databases/hb_new/chart?rows=AREA&columns=MONTH&periods=latest(1)"
PYRAMID = "/databases/hb_new/chart?rows=AGE&columns=SEX"
AREAS = "/databases/hb_new/chart?rows=AREA@V_AREA"
MOTION = "/databases/hb_new/motion?rows=AREA&columns=MONTH&periods=latest(5)"
BUBBLES = (
    "/databases/hb_new/motion?rows=AREA&columns=SEX&total=SEX&derived=percentage;row&wafers=MONTH&periods=latest(4)"
)
UNFIT = f"{REGIONS}&kind=pyramid"
WRONG = f"{REGIONS}&kind=pie"
PAGES = (LINES, PYRAMID, AREAS, f"{LINES}&kind=heat", f"{LINES}&kind=multiples", UNFIT, MOTION, BUBBLES)


def _as_file(address, suffix):
    page, _, query = address.partition("?")
    return f"{page}.{suffix}?{query}"


def _shown(page):
    """Wait until the script has drawn."""
    page.wait_for_selector("[data-chart] svg.marks")


# --- what the server answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [LINES, REGIONS, PYRAMID, AREAS, MOTION, BUBBLES])
def test_a_picture_says_what_it_is(site, address):
    """Where its numbers are from, that they are synthetic, and its own address at the release."""
    answer = site.get(_as_file(address, "svg"))
    assert answer.status_code == 200, answer.content
    said = unescape("".join(re.findall(r">([^<]*)<", answer.content.decode())))
    assert "Synthetic: these numbers are made up." in said
    assert "Source: A seeded generator." in said
    assert f"http://testserver{urlsplit(address).path}?" in said
    assert "release=1" in said


@pytest.mark.parametrize(
    ("suffix", "media", "begins"),
    [("svg", "image/svg+xml", b"<svg"), ("png", "image/png", b"\x89PNG"), ("pdf", "application/pdf", b"%PDF")],
)
def test_a_chart_is_taken_away_as_a_picture(site, suffix, media, begins):
    """Of each kind, under a name that says what it is."""
    answer = site.get(_as_file(LINES, suffix))
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == media
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].endswith(f'.{suffix}"')


def test_whoever_has_a_picture_gets_it_no_second_time(site):
    """Its tag is that of what is drawn, and nothing is drawn to say so."""
    first = site.get(_as_file(LINES, "svg"))
    again = site.get(_as_file(LINES, "svg"), HTTP_IF_NONE_MATCH=first["ETag"])
    other = site.get(_as_file(f"{LINES}&theme=dark", "svg"), HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)
    assert first["Cache-Control"] == "no-cache"


def test_the_specification_holds_the_numbers_of_the_table(site, get):
    """Every value of it stands in the table's file of the same address."""
    rows = json.loads(get(_as_file(LINES, "json")))["data"]["values"]
    table = site.get(LINES.replace("/chart?", "/table.csv?")).getvalue().decode()
    values = [line["value"] for line in csv.DictReader(table.splitlines())]
    assert len(rows) == len(values) == 12
    for row in rows:
        assert values[row["cell"]] == ("" if row["value"] is None else str(row["value"]))


def test_no_page_forbids_frames_less_than_it_must(site):
    """The page for frames may be shown by any site; every other page by none."""
    embed = LINES.replace("/chart?", "/chart/embed?")
    answer, page = site.get(embed), site.get(LINES)
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert b"<form" not in answer.content
    assert b"<script" not in answer.content
    assert not answer.cookies


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (WRONG, 400),
        (f"{REGIONS}&x=NOPE", 400),
        (f"{REGIONS}&kind=bar&top=-1", 400),
        (f"{REGIONS}&at=SEX:F", 400),
        (f"{MOTION}&step=9", 400),
        (f"{MOTION}&step=x", 400),
        ("/databases/hb_new/motion?rows=AREA", 400),
        ("/databases/nope/chart", 404),
        (_as_file(REGIONS, "gif"), 404),
        (_as_file(MOTION, "gif"), 404),
        (_as_file(UNFIT, "svg"), 400),
    ],
)
def test_what_cannot_be_drawn_says_why(site, address, status):
    """A mistake in the address is the asker's; none is an error of ours."""
    answer = site.get(address)
    assert answer.status_code == status, answer.content
    assert b"Traceback" not in answer.content


def test_a_kind_that_does_not_fit_says_so_on_the_page_and_leads_on(get):
    """With what to do, and the kinds that fit."""
    page = get(UNFIT)
    assert 'id="misfit"' in page
    assert "A pyramid has two sides." in page or "need 2 fields" in page
    assert "kind=bar" in page


def test_the_ways_to_look_lead_to_one_another(get):
    """Table, chart and, where there are several dates, motion; each marks itself."""
    page = get(MOTION.replace("/motion?", "/table?"))
    assert 'aria-current="page">Table</a>' in page
    assert "/databases/hb_new/chart?rows=AREA" in unescape(page)
    assert "/databases/hb_new/motion?rows=AREA" in unescape(page)
    assert ">Motion</a>" not in get(REGIONS)
    assert 'aria-current="page">Chart</a>' in get(REGIONS)


def test_the_alternative_text_tells_the_largest_and_the_smallest_number(get):
    """Both are printed in the table."""
    page = unescape(get(REGIONS))
    alternative = re.search(r'<img class="statlas-chart__image"[^>]* alt="([^"]*)"', page)[1]
    high, low = re.search(
        r"largest number is ([\d,]+), .*; the smallest that is shown is ([\d,]+),", alternative
    ).groups()
    table = get(REGIONS.replace("/chart?", "/table?"))
    for figure in (high, low):
        assert f">{figure}<" in table


@pytest.mark.parametrize("address", [LINES, AREAS, UNFIT, WRONG, BUBBLES, LINES.replace("/chart?", "/chart/embed?")])
def test_every_sentence_of_a_chart_can_be_translated(site, settings, database, address):
    """Nothing of ours stands outside of the brackets of the pseudo-language."""
    with wording.speaking("en-XA"):
        html = site.get(address).content.decode()
    labels = [
        *(field.label for field in database.fields),
        *(code.label for field in database.fields for level in field.classification for code in level),
        *(level.label for field in database.fields for level in field.classification),
        *(measure.label for measure in database.measures),
        *(database.label, database.records.label, *(table.title for table in database.tables)),
        # Titles and headings are the model's words.
        *re.findall(r"Housing Benefit Claimants by [a-z ,]+", html),
        *("% of row", "Total"),
    ]
    assert untranslated(html, labels) == []


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_no_chart_makes_its_page_scroll_sideways_or_breaks_the_policy(page, address):
    """Drawn by the script on a narrow screen and seen on a wide one, without a complaint of the browser."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    if address is not UNFIT:
        _shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.complaints == []
    assert all(urlsplit(asked).netloc == urlsplit(page.url).netloc for asked in page.asked)


@pytest.mark.parametrize("address", [LINES, UNFIT, WRONG, BUBBLES, LINES.replace("/chart?", "/chart/embed?")])
def test_axe_finds_nothing(browser, served, axe, address):
    """Everything opened, on a wide screen in the light and on a narrow one in the dark."""
    context = browser.new_context(base_url=served, bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    if address in (LINES, BUBBLES):
        _shown(page)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("axe.run(document)")["violations"]
        assert not found, [(rule["id"], [node["html"][:300] for node in rule["nodes"]]) for rule in found]
    context.close()


def test_the_numbers_of_a_chart_are_read_with_the_arrow_keys(page, served):
    """A slider goes from one number to the next, says it, and marks it in the picture."""
    page.goto(LINES)
    _shown(page)
    page.focus("#chart-reader")
    first = page.inner_text(".statlas-chart__said")
    page.keyboard.press("ArrowRight")
    second = page.inner_text(".statlas-chart__said")
    assert first != second
    assert re.search(r": [\d,]+; 95% interval", second)
    assert page.get_attribute("#chart-reader", "aria-valuetext") == second
    assert page.locator(".statlas-chart__here").count() == 1


def test_a_pointer_finds_the_numbers(page):
    """Over a bar its number is told beside the pointer."""
    page.goto(REGIONS)
    _shown(page)
    page.locator("[data-chart] .mark-rect path").first.hover()
    tip = page.locator(".statlas-chart__tip")
    tip.wait_for(state="visible")
    assert re.search(r": [\d,]+", tip.inner_text())


def test_a_chart_is_changed_with_scripts_off(browser, served):
    """Another kind by its link, another field by the form; the picture is the server's, and its table beside it."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(LINES)
    assert page.locator(".statlas-chart__image").is_visible()
    assert page.evaluate("document.images[0].naturalWidth") > 300
    assert not page.locator(".statlas-chart__reader").is_visible()
    page.click(".statlas-kinds a:text-is('Heat map')")
    assert "kind=heat" in page.url
    page.select_option("select[name=x]", label="Month")
    page.select_option("select[name=colour]", label="Sex")
    page.click("button:text-is('Show chart')")
    assert "x=MONTH" in page.url
    page.click("summary:has-text('The numbers as a table')")
    assert page.locator("#numbers-of-chart tbody tr").count() == 6
    context.close()


def test_motion_is_stepped_with_scripts_off(browser, served):
    """Every date is a page with its own picture; links lead to its neighbours, a list to any."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(MOTION)
    assert "step 5 of 5" in page.inner_text("[data-steps]")
    first = page.get_attribute(".statlas-chart__image", "src")
    page.click("text=One date back")
    assert "step=4" in page.url
    assert page.get_attribute(".statlas-chart__image", "src") != first
    page.select_option("#step", index=0)
    page.click("button:text-is('Show date')")
    assert "step 1 of 5" in page.inner_text("[data-steps]")
    assert not page.locator("[data-player]").is_visible()
    context.close()


def test_motion_is_played_by_keyboard_and_never_by_itself(page):
    """Steps by buttons and arrow keys, play and pause by Enter; the address follows, so does the picture."""
    page.goto(f"{MOTION}&step=1")
    _shown(page)
    said = page.locator(".statlas-player__said")
    first = said.inner_text()
    page.wait_for_timeout(700)
    assert said.inner_text() == first
    page.focus(".statlas-player__slider")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**step=2**")
    assert said.inner_text() != first
    page.locator("[data-after]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**step=3**")
    assert said.inner_text() in page.locator("[data-chart] svg").text_content()
    page.select_option("#player-speed", "4")
    page.locator("[data-play]").focus()
    page.keyboard.press("Enter")
    assert page.locator("[data-play]").inner_text() == "Pause"
    page.wait_for_url("**step=5**")
    page.wait_for_selector("[data-play]:text-is('Play')")
    assert page.complaints == []


def test_who_asks_for_less_motion_gets_less(browser, served):
    """At most one date a second, whatever the speed."""
    context = browser.new_context(base_url=served, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{MOTION}&step=1")
    _shown(page)
    page.select_option("#player-speed", "4")
    page.click("[data-play]")
    page.wait_for_timeout(1300)
    page.click("[data-play]")
    assert "step=2" in page.url or "step=3" in page.url
    context.close()


def test_a_printed_chart_is_the_picture_and_what_it_is(page):
    """No form, no player, no links to files on paper."""
    page.goto(LINES)
    _shown(page)
    page.emulate_media(media="print")
    for gone in (".statlas-builder__form", ".statlas-views", ".statlas-chart__reader", ".statlas-chart__take"):
        assert not page.locator(gone).is_visible()
    assert page.locator("[data-chart] svg").is_visible()
