"""Building a table in Chromium: by mouse, by dragging, by keyboard alone, by touch, and with scripts off."""

import re
from urllib.parse import unquote, urlsplit

import pytest

TABLE = "/databases/hb_new/table"
AREAS = f"{TABLE}?rows=AREA@V_REGION&rows=SEX@C_SEX&columns=MONTH"
REFUSED = f"{TABLE}?rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=AGE"
STATES = (
    *(TABLE, AREAS, REFUSED, f"{TABLE}?rows=NOPE", f"{TABLE}?columns=MONTH"),
    f"{AREAS}&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row&total=AREA&filter.TENURE=C_TENURE:1",
)


def _query(page):
    """What stands behind ? in the address bar, as one reads it."""
    return unquote(urlsplit(page.url).query)


def _settled(page, is_so):
    """Wait until the address bar says so, and htmx has finished."""
    page.wait_for_url(lambda url: is_so(unquote(urlsplit(url).query)), wait_until="commit")
    page.locator("#workbench:not([aria-busy])").wait_for(state="attached")
    page.locator("body:not(:has(.htmx-request, .htmx-swapping, .htmx-settling))").wait_for(state="attached")


def _focus(page):
    return page.evaluate("document.activeElement.id")


def _card(page, label):
    return page.locator(f'.statlas-field-card[data-label="{label}"]')


def _entry(page, label):
    return page.locator(f'.statlas-entry[data-label="{label}"]')


def _tab_to(page, selector, most=250):
    """Press Tab until the focus stands on the element."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


# --- by mouse ---------------------------------------------------------------------------------------------------------


def test_a_table_is_built_by_pressing(page):
    """Added, moved in, out and across, swapped, totalled, by a finer level and removed: the page is loaded once."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    loads = []
    page.on("load", lambda _page: loads.append(page.url))
    _entry(page, "Sex").get_by_role("button", name="Sex in rows").click()
    _settled(page, lambda query: query == "rows=AREA@V_REGION&rows=SEX&columns=MONTH")
    assert page.locator("tbody tr").count() == 8
    assert page.title().startswith("Housing Benefit Claimants by region and sex")
    _card(page, "Sex").get_by_role("button", name="Move Sex up").click()
    _settled(page, lambda query: query.startswith("rows=SEX&rows=AREA"))
    _card(page, "Sex").get_by_role("button", name="Move Sex to columns").click()
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH&columns=SEX")
    page.get_by_role("button", name="Swap rows and columns").click()
    _settled(page, lambda query: query == "rows=MONTH&rows=SEX&columns=AREA@V_REGION")
    _card(page, "Sex").get_by_role("button", name="Total of Sex").click()
    _settled(page, lambda query: "total=SEX" in query)
    _card(page, "Region and area").locator("summary").click()
    _card(page, "Region and area").get_by_role("button", name=re.compile("Region and area by Local area")).click()
    _settled(page, lambda query: "columns=AREA@V_AREA" in query)
    assert _card(page, "Region and area").locator("details").get_attribute("open") is not None
    _card(page, "Sex").get_by_role("button", name="Remove Sex").click()
    _settled(page, lambda query: "SEX" not in query)
    assert loads == []
    assert page.complaints == []


def test_what_changed_is_said_and_the_focus_stays(page):
    """In a live region; a button that goes away hands the focus to what it was about."""
    page.goto(AREAS)
    move = _card(page, "Sex").get_by_role("button", name="Move Sex to columns")
    move.focus()
    page.keyboard.press("Enter")
    _settled(page, lambda query: "columns=SEX" in query)
    page.locator("#announced", has_text="Sex moved to columns. 8 cells").wait_for(state="attached")
    assert page.evaluate("document.activeElement.closest('[data-label=Sex]') !== null")
    _card(page, "Sex").get_by_role("button", name="Remove Sex").click()
    _settled(page, lambda query: "SEX" not in query)
    assert _focus(page) == "axis-columns"


def test_numbers_are_chosen_and_worked_out(page):
    """Measures with their statistics, percentages, changes and ranks are buttons that stay pressed."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=TENURE@C_TENURE")
    page.get_by_role("button", name="Mean of Weekly Award Amount").click()
    _settled(page, lambda query: "measure=V_F_HB_NEW&measure=LAHBAMT:MEAN" in query)
    page.get_by_role("button", name="Per cent of each row").click()
    _settled(page, lambda query: "derived=percentage;row" in query)
    page.get_by_role("button", name="Rank by Region and area").first.click()
    _settled(page, lambda query: "derived=rank;AREA" in query)
    assert page.get_by_role("button", name="Per cent of each row").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Number of Housing Benefit Claimants").click()
    # What was worked out from the count went with it.
    _settled(page, lambda query: query.endswith("measure=LAHBAMT:MEAN"))


def test_dates_are_a_range_or_the_same_month_every_year(page):
    """Only the boxes of the chosen kind are shown; the line beneath tells the size before anything is sent."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION")
    assert not page.locator("#month").is_visible()
    page.get_by_label("The same month every year").check()
    page.locator("#dates-plan", has_text="8 cells").wait_for()
    page.get_by_role("button", name="Show these dates").click()
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH&periods=yearly")
    page.get_by_label("From one date to another").check()
    page.locator("#start").select_option("202402")
    page.locator("#end").select_option("202404")
    page.get_by_role("button", name="Show these dates").click()
    _settled(page, lambda query: "periods=202402..202404" in query)
    headers = page.locator("thead th[scope=col]").all_inner_texts()
    assert [header.partition("2024")[0].strip() for header in headers[-3:]] == ["February", "March", "April"]


def test_fields_are_found_as_one_types(page):
    """By any word of their name, group or levels; the rest is hidden, and what is found is shown."""
    page.goto(TABLE)
    page.locator("#find").fill("local")
    assert [one.get_attribute("data-label") for one in page.locator(".statlas-entry:visible").all()] == [
        "Region and area"
    ]
    page.locator("#find").fill("nothing of the kind")
    assert page.get_by_text("No field has these words.").is_visible()


# --- undo, redo, addresses --------------------------------------------------------------------------------------------


def test_another_wafer_is_shown_in_place_and_steps_can_still_be_taken_back(page):
    """The page is not loaded anew, the focus stays; a sorted table, which is a page of its own, has its steps too."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    _entry(page, "Sex").get_by_role("button", name="Sex in wafers").click()
    _settled(page, lambda query: "wafers=SEX" in query)
    loads = []
    page.on("load", lambda _page: loads.append(page.url))
    page.get_by_role("link", name="Next wafer").click()
    _settled(page, lambda query: "wafer=2" in query and "undo=" not in query)
    assert _focus(page) in ("wafer-after", "wafer")
    page.locator("#wafer").select_option("1")
    page.get_by_role("button", name="Show wafer").click()
    _settled(page, lambda query: "wafer=1" in query and "undo=" not in query)
    assert loads == []
    page.locator("thead .statlas-sort").last.click()
    _settled(page, lambda query: "sort=" in query and "undo=" not in query)
    page.get_by_role("link", name="Undo").click()
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH")
    assert page.complaints == []


def test_steps_are_taken_back_and_done_again(page):
    """By links, by keys outside of boxes, and past Start again; the address bar stays what one copies."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    page.get_by_role("button", name="Swap rows and columns").click()
    _settled(page, lambda query: query.startswith("rows=MONTH"))
    page.get_by_role("button", name="Start again").click()
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH")
    page.keyboard.press("Control+z")
    _settled(page, lambda query: query.startswith("rows=MONTH"))
    page.get_by_role("link", name="Undo").click()
    _settled(page, lambda query: query.startswith("rows=AREA"))
    assert _focus(page) == "redo"
    page.keyboard.press("Control+y")
    _settled(page, lambda query: query.startswith("rows=MONTH"))
    assert "undo" not in page.url
    page.locator("#find").focus()
    page.keyboard.press("Control+z")
    page.wait_for_timeout(200)
    assert _query(page).startswith("rows=MONTH")


def test_the_back_button_leads_to_the_table_before(page):
    """As on any page, table and builder both."""
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    page.get_by_role("button", name="Swap rows and columns").click()
    _settled(page, lambda query: query.startswith("rows=MONTH"))
    page.go_back()
    page.wait_for_url(lambda url: "rows=AREA" in url)
    page.locator('[data-axis=rows] .statlas-field-card[data-label="Region and area"]').wait_for()
    assert page.locator("tbody tr").count() == 4


# --- by dragging ------------------------------------------------------------------------------------------------------


def _drag(page, source, target, below=0.9):
    """Press on one, move over the other in steps, let go."""
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 4, start["y"] + start["height"] / 2)
    page.mouse.down()
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] * below
    page.mouse.move(x, y - 20)
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_fields_are_dragged_onto_axes_between_cards_and_away(page):
    """A drop asks for the same address as the buttons; Escape lets go of nothing."""
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    grip = ".statlas-grip"
    _drag(page, _entry(page, "Sex").locator(grip), page.locator("[data-axis=wafers]"))
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH&wafers=SEX")
    _drag(page, _card(page, "Sex").locator(grip), _card(page, "Region and area"), below=0.1)
    _settled(page, lambda query: query == "rows=SEX&rows=AREA@V_REGION&columns=MONTH")
    _drag(page, _card(page, "Sex").locator(grip), page.locator("#fields"), below=0.5)
    _settled(page, lambda query: query == "rows=AREA@V_REGION&columns=MONTH")
    page.mouse.move(*_middle(_entry(page, "Sex").locator(grip)))
    page.mouse.down()
    page.mouse.move(*_middle(page.locator("[data-axis=rows]")), steps=3)
    assert page.locator(".statlas-ghost").is_visible()
    assert page.locator(".statlas-over").get_attribute("data-axis") == "rows"
    page.keyboard.press("Escape")
    page.mouse.up()
    assert _query(page) == "rows=AREA@V_REGION&columns=MONTH"


def _middle(found):
    box = found.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_finger_drags_by_the_grip(browser, served):
    """Touch is a pointer too."""
    context = browser.new_context(base_url=served, viewport={"width": 390, "height": 9000}, has_touch=True)
    page = context.new_page()
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    (x, y), (to_x, to_y) = (
        _middle(_entry(page, "Sex").locator(".statlas-grip")),
        _middle(page.locator("[data-axis=rows]")),
    )
    touch = context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x, "y": y - 30}]),
        ("touchMove", [{"x": to_x, "y": to_y + 40}]),
        ("touchEnd", []),
    ):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    _settled(page, lambda query: query == "rows=AREA@V_REGION&rows=SEX&columns=MONTH")
    context.close()


# --- by keyboard alone ------------------------------------------------------------------------------------------------


def test_a_table_is_built_with_the_keyboard_alone(page):
    """From the page of the database: a field added, moved by an arrow key, dates chosen, everything read."""
    page.goto("/databases/hb_new")
    _tab_to(page, f'a[href="{TABLE}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{TABLE}")
    _tab_to(page, '[data-label="Tenure"] button[value="place;TENURE;rows"]')
    page.keyboard.press("Enter")
    _settled(page, lambda query: "rows=TENURE" in query)
    page.keyboard.press("Shift+Tab")
    _tab_to(page, "#workbench a, #workbench button")
    page.locator("#layout").focus()
    _tab_to(page, '[data-label="Tenure"] .statlas-press')
    page.keyboard.press("ArrowUp")
    _settled(page, lambda query: query.startswith("rows=TENURE&rows=AREA"))
    _tab_to(page, "#dates-latest")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "#n")
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    _settled(page, lambda query: "periods=latest(2)" in query)
    assert page.locator("thead th[scope=col]").all_inner_texts()[-1].startswith("February 2025")


# --- with scripts off -------------------------------------------------------------------------------------------------


def test_a_table_is_built_with_scripts_off(browser, served):
    """Pressed, searched for, dated, undone; the live line stands on the page after each step."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{TABLE}?rows=AREA@V_REGION&columns=MONTH")
    page.locator("#find").fill("sex")
    page.get_by_role("button", name="Find", exact=True).click()
    assert page.locator(".statlas-entry").count() == 1
    page.get_by_role("button", name="Sex in rows").click()
    assert _query(page).startswith("rows=AREA@V_REGION&rows=SEX&columns=MONTH")
    assert urlsplit(page.url).fragment.startswith("card-")
    assert page.locator("tbody tr").count() == 8
    assert page.locator(".statlas-plan").inner_text().startswith("8 cells")
    page.get_by_label("The latest few").check()
    page.locator("#n").fill("2")
    page.get_by_role("button", name="Show these dates").click()
    assert "periods=latest(2)" in _query(page)
    page.get_by_role("link", name="Undo").click()
    assert "periods" not in _query(page)
    page.get_by_role("link", name="Redo").click()
    assert "periods=latest(2)" in _query(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert "undo" not in download.value.url
    context.close()


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_refused_table_offers_what_to_drop(page):
    """One press does it."""
    page.goto(REFUSED)
    page.locator(".statlas-plan__changes a").first.click()
    _settled(page, lambda query: "items.AREA" not in query or "AGE" not in query)
    page.locator("tbody tr").first.wait_for()


def test_a_refused_step_is_told_in_place_and_undone(page):
    """The page of a table that cannot be is swapped in as any other, with its undo."""
    page.goto(f"{TABLE}?rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=MONTH")
    page.get_by_role("button", name="Age band in columns").click()
    page.locator(".govuk-error-summary").wait_for()
    assert "Error" in page.title()
    page.get_by_role("link", name="Undo").click()
    page.locator("tbody tr").first.wait_for()


def test_a_site_that_does_not_answer_is_told_in_place(page):
    """The table before stays, with a way to try again."""
    page.goto(AREAS)
    page.route("**/table?*", lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_role("button", name="Swap rows and columns").click()
    page.get_by_text("The site answered 503.").wait_for()
    page.unroute("**/table?*")
    page.route("**/table?*", lambda route: route.abort())
    page.get_by_role("button", name="Swap rows and columns").click()
    page.get_by_text("The site cannot be reached.").wait_for()
    assert page.locator("tbody tr").count() == 8
    page.unroute("**/table?*")
    page.get_by_role("button", name="Swap rows and columns").click()
    _settled(page, lambda query: query.startswith("rows=MONTH"))
    assert page.locator("#problem").inner_text() == ""


def test_a_number_of_dates_that_is_none_is_told_beside_the_table(page):
    """What was shown stays shown."""
    page.goto(AREAS)
    page.get_by_label("The latest few").check()
    page.locator("#n").fill("many")
    page.get_by_role("button", name="Show these dates").click()
    page.locator(".govuk-error-summary", has_text="latest(many)").wait_for()
    assert page.locator("tbody tr").count() == 8


# --- for everybody ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(browser, served, axe, scheme):
    """Tables shown, refused, mistaken and hardly begun; with everything unfolded."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for address in STATES:
        page.goto(address)
        page.evaluate("document.querySelectorAll('.statlas-builder__form details').forEach(one => one.open = true)")
        page.evaluate(axe)
        told = page.evaluate("axe.run(document)")
        found[address] = [(rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in told["violations"]]
    assert {address: rules for address, rules in found.items() if rules} == {}
    context.close()


@pytest.mark.parametrize("address", STATES)
def test_nothing_scrolls_sideways_on_a_narrow_screen(page, address):
    """320 pixels wide, which is a desk's screen at 400% too."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(address)
    page.evaluate("document.querySelectorAll('.statlas-builder__form details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
