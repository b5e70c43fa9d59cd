"""Choosing in a browser: with the mouse, by keyboard alone, with scripts off, on a narrow screen, and under axe."""

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pseudo import untranslated

from statlas import wording

TABLE = "/databases/hb_new/table"
PAGE = f"{TABLE}/categories?rows=AREA@V_AREA&columns=MONTH&field=AREA&use=items"
FORMULA = f"{TABLE}/formula?rows=AREA&columns=TENURE&measure=V_F_HB_NEW&measure=LAHBAMT:SUM"
STATES = (
    PAGE,
    f"{PAGE}&open=V_REGION|E12000001;E12000004&items.AREA=E08000001;E08000002;Mine=E08000003,E08000004&group.AREA=Old=E08000005",
    f"{PAGE}&find=isles",
    f"{PAGE}&level=V_AREA",
    f"{PAGE}&find=zanzibar",
    f"{PAGE}&group=Mine&members=V_AREA|E08000001",
    f"{TABLE}/categories?rows=AREA&field=MONTH&use=items",
    f"{TABLE}/categories?rows=AREA&field=SEX&use=filter",
    FORMULA,
    f"{FORMULA}&over=TENURE",
    "/upload",
    f"{TABLE}/categories/elsewhere?field=AREA&group.AREA=Mine=E08000001",
)
QUERY = {
    "database": "str:database:hb_new",
    "measures": ["str:count:hb_new:V_F_HB_NEW"],
    "recodes": {
        "str:field:hb_new:V_F_HB_NEW:AREA": {
            "map": [[f"str:value:hb_new:V_F_HB_NEW:AREA:V_REGION:{code}"] for code in ("E12000001", "E1200000x")]
        }
    },
    "dimensions": [["str:field:hb_new:V_F_HB_NEW:AREA"]],
}


def _tab_to(page, selector, most=120):
    """Press Tab until the focus stands on the element."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def _table(page):
    """The parts of the address of the table that is shown."""
    page.wait_for_url(lambda address: urlsplit(address).path == TABLE)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_areas_are_opened_ticked_and_counted_with_the_mouse(page):
    """The tree opens in place, the count follows each tick, and the table has what is ticked."""
    page.goto(PAGE)
    page.click("button:has-text('Open'):right-of(label:text-is('Isles'))")
    page.wait_for_selector("label:text-is('Area 240')")
    assert page.inner_text("#ticked") == "None ticked"
    page.check("label:text-is('Area 240')")
    page.check("label:text-is('Area 239')")
    assert page.inner_text("#ticked") == "2 ticked"
    page.click("#show-button")
    assert _table(page)["items.AREA"] == "E08000239;E08000240"
    assert page.complaints == []


def test_a_search_shows_what_it_finds_while_one_types(page):
    """What was ticked stays ticked, the writer stays in the box, and going back goes back."""
    page.goto(PAGE)
    page.check("label:text-is('North')")
    page.click("#q")
    page.keyboard.type("area 12", delay=20)
    page.wait_for_selector("label:text-is('Area 12')")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.input_value("#q") == "area 12"
    page.check("label:text-is('Area 12')")
    assert page.inner_text("#ticked") == "2 ticked"
    page.click("#to-tree")
    page.wait_for_selector("label:text-is('North')")
    assert page.is_checked("#n-0")
    page.go_back()
    page.wait_for_selector("label:text-is('Area 12')")
    assert page.complaints == []


def test_a_group_is_made_and_changed_with_the_keyboard_alone(page):
    """Ticked by the blank, named, and added to on its own page."""
    page.goto(PAGE)
    _tab_to(page, "#n-0")
    page.keyboard.press("Space")
    _tab_to(page, "#name")
    page.keyboard.type("My areas")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=My areas")
    _tab_to(page, "button[value='edit;0']")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Change the group My areas')")
    _tab_to(page, "#n-3")
    page.keyboard.press("Space")
    _tab_to(page, "#save-button")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Choose categories')")
    _tab_to(page, "#show-button")
    page.keyboard.press("Enter")
    assert _table(page)["items.AREA"] == "My areas=E12000001,E12000004"


def test_a_list_is_pasted_mended_and_shown_with_scripts_off(browser, served):
    """What is not found is told with likely ones to tick; every step is a page."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)
    page.click("summary:has-text('Paste a list')")
    page.fill("#text", "E08000007\nAreaa 51\nNowhere at all")
    page.click("#paste-button")
    assert page.inner_text(".statlas-report").startswith("Your list")
    assert "Nowhere at all" in page.inner_text(".statlas-report")
    page.check(".statlas-report label:text-is('Area 51')")
    page.click("text=Take what is ticked here")
    page.click("button:has-text('Open'):right-of(label:text-is('Isles'))")
    page.check("label:text-is('Area 236')")
    page.fill("#name", "Three")
    page.click("#group-button")
    page.click("#show-button")
    assert _table(page)["items.AREA"] == "Three=E08000007,E08000051,E08000236"
    assert page.locator("tbody tr").count() == 1
    context.close()


def test_a_formula_is_written_with_its_names_put_in(page):
    """Where the writer is; and with scripts off at the end."""
    page.goto(FORMULA)
    page.fill("#label", "Each")
    page.click("button[data-name='LAHBAMT:SUM']")
    page.keyboard.type(" / ")
    page.click("button[data-name='V_F_HB_NEW']")
    assert page.input_value("#expression") == "{LAHBAMT:SUM} / {V_F_HB_NEW}"
    page.click("#save-button")
    assert _table(page)["derived"] == "formula;Each;{LAHBAMT:SUM} / {V_F_HB_NEW}"
    assert page.complaints == []


def test_a_formula_is_written_with_the_keyboard_alone(page):
    """Its name, its text, and Enter on the button."""
    page.goto(FORMULA)
    _tab_to(page, "#label")
    page.keyboard.type("Each")
    _tab_to(page, "#expression")
    page.keyboard.type("{LAHBAMT:SUM} / {V_F_HB_NEW}")
    _tab_to(page, "#save-button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/table?**")
    assert _table(page)["derived"] == "formula;Each;{LAHBAMT:SUM} / {V_F_HB_NEW}"


def test_a_formula_is_written_with_scripts_off(browser, served):
    """A mistake is told with its place, and mended."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{FORMULA}&over=TENURE")
    page.fill("#label", "Both")
    page.fill("#expression", "{1} ++")
    page.keyboard.press("Tab")
    page.click("#save-button")
    assert "cannot be read at character" in page.inner_text("#expression-error")
    page.fill("#expression", "{1} +")
    page.click("button:text-is('Private rented')")
    page.click("#save-button")
    assert _table(page)["derived"] == "formula;Both;{1} + {2};TENURE"
    context.close()


def test_a_saved_query_is_brought_with_scripts_off(browser, served, tmp_path):
    """A value that is not known is a question; answered, the query is told and run."""
    file = tmp_path / "table_2026-11-23.json"
    file.write_text(json.dumps(QUERY), "utf-8")
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/upload")
    page.set_input_files("#file", file)
    page.click("button:text-is('See what it asks for')")
    page.click("button:text-is('Leave it out')")
    assert "is left out" in page.inner_text("main")
    page.click("a:text-is('Show table')")
    assert _table(page)["items.AREA"] == "E12000001"
    context.close()


def test_nothing_scrolls_sideways(page):
    """Down to 320 pixels, which is 400% of a wide screen."""
    for address in STATES:
        page.goto(quote(address, safe="/?&=;:@|,."))
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(browser, served, axe, colours):
    """No violation in any state, all opened, wide and narrow."""
    context = browser.new_context(base_url=served, bypass_csp=True, color_scheme=colours)
    page = context.new_page()
    found = {}
    for address in STATES if colours == "light" else STATES[1:3]:
        page.goto(quote(address, safe="/?&=;:@|,."))
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(axe)
        for width in (1280, 320) if colours == "light" else (1280,):
            page.set_viewport_size({"width": width, "height": 900})
            for rule in page.evaluate("axe.run(document)")["violations"]:
                found[address, width, rule["id"]] = [node["html"] for node in rule["nodes"]]
    assert found == {}
    context.close()


def test_a_report_and_mistakes_are_clean_under_axe(browser, served, axe):
    """The states that only a form leads to."""
    context = browser.new_context(base_url=served, bypass_csp=True)
    page = context.new_page()
    for button, box, text in (
        ("#paste-button", "#text", "Aera 5\nArea 5\nnothing"),
        ("#group-button", "#name", ""),
        ("#paste-button", "#text", ""),
    ):
        page.goto(PAGE)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.fill(box, text)
        page.click(button)
        page.wait_for_selector(".statlas-report, .govuk-error-summary")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document)")["violations"]
        assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    context.close()


@pytest.mark.django_db
def test_every_word_passes_the_catalogue(site, database):
    """But for the names of data."""
    labels = {database.label, "Statlas", database.records.label}
    for field in database.fields:
        labels |= {field.label, *(v.label for v in field.classification)}
        labels |= {code.label for v in field.classification for code in v} | {
            c.id for v in field.classification for c in v
        }
    labels |= {measure.label for measure in database.measures} | {"Mine", "Old"}
    with wording.speaking("en-XA"):
        found = {address: untranslated(site.get(address).content.decode(), labels) for address in STATES}
    assert {address: texts for address, texts in found.items() if texts} == {}
