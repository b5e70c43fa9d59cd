"""Whole journeys in a browser: with the keyboard alone, with scripts off, on a narrow screen, and under axe."""

from urllib.parse import urlsplit

import pytest

TABLE = "/databases/hb_new/table"
WIDE = f"{TABLE}?rows=AREA&rows=SEX&columns=AGE&columns=MONTH&periods=latest(3)&wafers=TENURE&total=AGE"
CATEGORIES = f"{TABLE}/categories?rows=AREA@V_AREA&items.AREA=E08000001&columns=MONTH&field=AREA&use=items&find=north"
NUMBERS = f"{TABLE}?rows=AREA&columns=TENURE&measure=V_F_HB_NEW&measure=LAHBAMT:MEAN&derived=percentage;row"
REFUSED = f"{TABLE}?rows=AREA@V_AREA&items.AREA=E08000238;E08000239;E08000240&columns=AGE"
MISTAKEN = f"{TABLE}?rows=NOPE"
PAGES = (
    *("/", "/catalogue", "/about", "/databases/hb_new", TABLE, WIDE, CATEGORIES),
    *(NUMBERS, REFUSED, MISTAKEN, "/nothing", "/api/v1/docs"),
)


def test_the_skip_link_leads_past_the_head(page):
    """The first press of Tab shows it; Enter stands in the main part."""
    page.goto(TABLE)
    page.keyboard.press("Tab")
    assert page.locator(".govuk-skip-link:focus").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_what_has_the_focus_can_be_seen(page):
    """Every stop of the keyboard on the page of a table shows an outline, a shadow or another ground."""
    page.goto(WIDE)
    # The ring of a tick box or radio button is drawn around its label's box.
    look = """() => { const found = document.activeElement, beside = found.nextElementSibling;
        const styles = [getComputedStyle(found), ...(beside ? [getComputedStyle(beside, '::before')] : [])];
        return [found.outerHTML.slice(0, 120),
                styles.some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none')] }"""
    seen = {}
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement === document.body"):
        stop, is_marked = page.evaluate(look)
        seen[stop] = is_marked
        page.keyboard.press("Tab")
    assert len(seen) > 25
    assert [stop for stop, is_marked in seen.items() if not is_marked] == []


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(page, address, width):
    """Wide tables and code scroll by themselves; the page does not, down to 320 pixels."""
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_large_text_fits(page):
    """Text at twice its size loses nothing sideways."""
    page.goto(TABLE)
    page.set_viewport_size({"width": 640, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browser, served, axe, address):
    """No violation of WCAG 2.2 A and AA, nor of good practice, all opened, on a wide screen and a narrow one."""
    context = browser.new_context(base_url=served, bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("axe.run(document)")["violations"]
        assert not found, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    context.close()


def test_no_other_host_is_asked_and_nothing_is_complained_of(page, served):
    """The policy holds: no page breaks it, and none reaches past the site."""
    for address in PAGES:
        page.goto(address)
    assert {urlsplit(address).netloc for address in page.asked} == {urlsplit(served).netloc}
    # Chromium notes a page's own status as an error of the console; the last three pages mean to have it.
    assert [said for said in page.complaints if "status of 4" not in said] == []


def test_a_printed_table_is_the_table_alone(page):
    """No head, form or buttons on paper; the numbers and what is needed to read them stay."""
    page.goto(TABLE)
    page.emulate_media(media="print")
    for gone in (".govuk-template__header", ".statlas-builder__form", ".govuk-template__footer", "text=Download CSV"):
        assert not page.locator(gone).is_visible()
    assert page.locator("tbody").is_visible()
    assert page.locator("text=How to read this table").is_visible()


def test_scripts_begin_the_components(page):
    """The error summary takes the focus, so that a reader hears it first."""
    page.goto(f"{TABLE}?rows=NOPE")
    page.wait_for_selector("body.govuk-frontend-supported")
    assert page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
