"""The journey *see*: a table is read, sorted, asked about cell by cell, its notes opened; with and without scripts."""

import re

import pytest

TABLE = "/databases/hb_new/table"
BY_AREA = f"{TABLE}?rows=AREA@V_AREA&columns=MONTH&periods=latest(3)&empty=shown"
NOTED = f"{TABLE}?rows=AREA&columns=TENURE&columns=MONTH&periods=latest(3)"
NESTED = f"{TABLE}?rows=TENURE&rows=AGE&columns=AREA&total=AGE"
WAFERS = f"{TABLE}?rows=AREA&columns=AGE&wafers=SEX"
STATES = (NOTED, NESTED, WAFERS, BY_AREA, f"{NOTED}&ask=on", f"{NESTED}&sort=-2")
CELL = f"{TABLE}/cell?rows=AREA&columns=AGE&periods=latest&cell=7;V_F_HB_NEW".replace("&periods=latest", "")
SCRIPTLESS = {"java_script_enabled": False}


def _column(page, n):
    """The texts of a column of numbers."""
    return page.locator(f"#shown-table tbody tr td:nth-of-type({n})").all_inner_texts()


def _numbers(texts):
    return [int(re.sub(r"[^0-9].*", "", text.replace(",", ""))) for text in texts if text[0].isdigit()]


@pytest.fixture
def plain(browser, served):
    """A page without scripts."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900}, **SCRIPTLESS)
    yield context.new_page()
    context.close()


# --- with the mouse ---------------------------------------------------------------------------------------------------


def test_a_cell_is_asked_about_with_the_mouse(page):
    """A click opens what is known of it beside the table; closing it leads back to the cell."""
    page.goto(NOTED)
    cell = page.locator("#shown-table tbody tr:nth-child(2) td").nth(1)
    text = cell.inner_text().split()[0]
    cell.click()
    panel = page.locator("dialog.statlas-panel")
    panel.wait_for()
    assert panel.locator(".statlas-cell__number").inner_text().split()[0] == text
    assert "Midlands & Wales" in panel.inner_text()
    assert "standard deviation of about 1.7" in panel.inner_text()
    assert "14 " not in panel.locator("caption").inner_text()
    assert panel.locator("tbody tr").count() == 14
    panel.get_by_role("button", name="Close").click()
    assert page.locator("dialog").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "TD"
    assert page.complaints == []


def test_a_heading_sorts_and_totals_stay_last(page):
    """The largest first, then the smallest, then as it was; within each outer heading."""
    page.goto(NESTED)
    head = "#shown-table thead tr:last-child th:nth-child(3) a"
    original = _column(page, 1)
    page.click(head)
    page.wait_for_url("**sort=-1**")
    assert page.locator("th[aria-sort=descending]").count() == 1
    for first in range(0, 18, 6):
        numbers = _numbers(_column(page, 1)[first : first + 5])
        assert numbers == sorted(numbers, reverse=True)
        assert page.locator("#shown-table tbody tr").nth(first + 5).locator("th").last.inner_text().startswith("Total")
    assert "Sorted by North, the largest first." in page.locator(".statlas-tools").inner_text()
    page.click(head)
    page.wait_for_url("**sort=1**")
    numbers = _numbers(_column(page, 1)[:5])
    assert numbers == sorted(numbers)
    page.click(head)
    page.wait_for_url(re.compile(r"^(?!.*sort).*$"))
    assert _column(page, 1) == original


def test_rows_come_as_they_are_scrolled_to(page):
    """The page says which are shown; the heads stay where they are."""
    page.goto(BY_AREA)
    assert page.locator("#rows-said").inner_text() == "Showing rows 1 to 200 of 240."
    box = page.locator(".statlas-scroll--table")
    box.evaluate("box => box.scrollTop = box.scrollHeight")
    page.get_by_text("Showing rows 1 to 240 of 240.").first.wait_for()
    assert page.locator("#shown-table tbody tr[data-cell]").count() == 240
    assert page.locator(".statlas-table__more").count() == 0
    head, top = page.locator("#shown-table thead").bounding_box(), box.bounding_box()
    assert abs(head["y"] - top["y"]) < 2
    assert page.locator("#shown-table").get_attribute("aria-rowcount") == "242"
    assert page.locator("#shown-table tbody tr[data-cell]").last.get_attribute("aria-rowindex") == "242"


def test_a_mark_opens_its_note_in_place(page):
    """Beside the mark; Escape closes it and leads back."""
    page.goto(NOTED)
    mark = page.locator("#shown-table thead a.statlas-mark", has_text="[note II]").first
    mark.click()
    note = page.locator(".statlas-note")
    assert note.inner_text() == "[note II] Tenure is as stated on the claim."
    page.keyboard.press("Escape")
    note.wait_for(state="detached")  # told of its closing in a turn of its own
    assert page.evaluate("document.activeElement.textContent") == "[note II]"
    assert "#note" not in page.url


# --- by keyboard alone ------------------------------------------------------------------------------------------------


def _stand_in(page):
    """Press Tab until the focus stands in a cell; how many presses it took."""
    for n in range(1, 120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#shown-table td')"):
            return n
    raise AssertionError("the keyboard does not reach the cells")


def test_arrow_keys_roam_over_the_cells_and_enter_asks(page):
    """One stop for the whole table; heads can be reached, and sort."""
    page.goto(f"{TABLE}?rows=AREA&columns=AGE")
    _stand_in(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    at = page.evaluate("[document.activeElement.parentElement.rowIndex, document.activeElement.cellIndex]")
    assert at == [3, 2]
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement === document.activeElement.parentElement.lastElementChild")
    page.keyboard.press("Home")
    text = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    panel = page.locator("dialog.statlas-panel")
    panel.wait_for()
    assert panel.locator(".statlas-cell__number").inner_text().split()[0] == text.split()[0]
    assert page.evaluate("document.activeElement.id") == "cell-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.innerText") == text
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.tagName") == "TH"
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=-1**")


def test_a_table_of_many_cells_is_few_stops(page):
    """Ten thousand cells are one stop of the keyboard; so are all the links in heads."""
    page.goto(BY_AREA)
    stops = page.evaluate(
        "document.querySelectorAll('#shown-table [tabindex=\"0\"], #shown-table a:not([tabindex])').length"
    )
    assert stops < 8


def test_the_focus_is_never_beneath_the_heads(page):
    """Going up through a scrolled table shows the whole cell each time."""
    page.set_viewport_size({"width": 700, "height": 600})
    page.goto(BY_AREA)
    _stand_in(page)
    for key in ["PageDown"] * 6 + ["PageUp"] * 3 + ["ArrowUp"] * 5:
        page.keyboard.press(key)
        is_seen = page.evaluate(
            """() => { const cell = document.activeElement.getBoundingClientRect();
                const head = document.querySelector('#shown-table thead').getBoundingClientRect();
                return cell.top >= head.bottom - 1 && cell.bottom <= innerHeight + 1 }"""
        )
        assert is_seen, key


# --- with scripts off -------------------------------------------------------------------------------------------------


def test_a_cell_is_asked_about_with_scripts_off(plain):
    """Every cell becomes a button; the page of the cell leads back to the table."""
    plain.goto(f"{TABLE}?rows=AREA&columns=AGE")
    assert not plain.locator("text=Copy table").is_visible()
    plain.click("text=Ask about a cell")
    button = plain.locator("#shown-table tbody tr:nth-child(2) td:nth-of-type(3) button")
    text = button.inner_text()
    button.click()
    assert re.search(r"/table/cell\?.*cell\.AREA=E12000002&cell\.AGE=3", plain.url)
    assert plain.locator(".statlas-cell__number").inner_text().split()[0] == text.split()[0]
    assert "35 to 44" in plain.locator(".statlas-cell__facts").inner_text()
    plain.click("text=The table that it stands in")
    assert plain.locator("#shown-table tbody tr").count() == 4


def test_rows_are_turned_and_sorted_with_scripts_off(plain):
    """Plain links: the next rows, sorted by label, empty ones left out, the place of each."""
    plain.goto(BY_AREA)
    plain.click("text=Show more rows")
    assert "Showing rows 201 to 240 of 240." in plain.locator("#table").inner_text()
    plain.click("#shown-table thead tr:last-child th:first-child a.statlas-sort")
    assert plain.locator("#shown-table tbody th").nth(1).inner_text() == "Area 10"
    plain.click("text=Leave them out")
    assert "are left out" in plain.locator(".statlas-tools").inner_text()
    plain.click("text=Show the place of each row")
    assert "derived=rank;AREA" in plain.url


def test_a_wafer_is_chosen_and_the_order_stays(plain):
    """The form of the wafers keeps how rows are sorted."""
    plain.goto(f"{WAFERS}&sort=-1")
    plain.select_option("#wafer", label="Sex: Male")
    plain.click(".statlas-wafers button")
    assert "wafer=2" in plain.url
    assert "sort=-1" in plain.url
    numbers = _numbers(_column(plain, 1))
    assert numbers == sorted(numbers, reverse=True)


def test_a_mark_leads_to_its_note_with_scripts_off(plain):
    """And there is a way back."""
    plain.goto(NOTED)
    plain.locator("#shown-table thead a.statlas-mark", has_text="[note II]").first.click()
    told = plain.evaluate("document.querySelector(':target').innerText")
    assert " ".join(told.split()) == "[note II] Tenure is as stated on the claim."
    plain.click("text=Back to the numbers")
    assert plain.url.endswith("#shown-table")


# --- on every screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*STATES, CELL])
def test_nothing_scrolls_sideways_on_a_phone_or_at_four_times_the_size(page, address):
    """1280 pixels at 400% are 320 by 225: no heads eat what is left."""
    for height in (640, 225):
        page.set_viewport_size({"width": 320, "height": height})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if page.locator("#shown-table thead").count():
        assert page.locator("#shown-table thead").evaluate("head => getComputedStyle(head).position") == "static"


def test_heads_leave_room_for_numbers_on_a_phone(page):
    """Heads of rows take less than half of the width, those of columns less than half of the height."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(NESTED)
    box = page.locator(".statlas-scroll--table").bounding_box()
    assert page.locator("#shown-table thead").bounding_box()["height"] < box["height"] / 2
    innermost = page.locator("#shown-table tbody tr:nth-child(2) th").last
    page.locator(".statlas-scroll--table").evaluate("box => box.scrollLeft = 200")
    assert innermost.bounding_box()["x"] - box["x"] < 2
    assert innermost.bounding_box()["width"] < 150


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, served, axe, scheme):
    """Wide and on a phone at four times the size, with the panel of a cell open; the builder has its own."""
    context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    for address in (NOTED, f"{NESTED}&sort=-2", f"{NOTED}&ask=on", CELL):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        page.evaluate(axe)
        part = "#table" if "/table?" in address else "main"
        _refuse(page, part)
        page.set_viewport_size({"width": 320, "height": 225})
        _refuse(page, part)
    page.goto(NOTED)
    page.evaluate(axe)
    page.locator("#shown-table tbody td").first.click()
    page.locator("dialog[open]").wait_for()
    _refuse(page, "dialog")
    context.close()


def _refuse(page, part):
    found = page.evaluate("part => axe.run(part)", part)["violations"]
    assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
