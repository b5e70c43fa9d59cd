"""Journey 7: help where it is needed."""

import re
from html import unescape

import pytest
from django.test import RequestFactory

from statlas import wording
from statlas.catalogue import fold
from statlas.web import explaining
from statlas.web.error_words import WORDS
from statlas.web.explaining import kinds
from statlas.web.glossary import ENTRIES

PAGES = (
    *("/help", "/help/tour", "/help/glossary", "/accessibility", "/about", "/privacy"),
    *("/errors/refused", "/errors/too-many-cells", "/nothing", "/databases/hb_new/table?rows=NOPE"),
)


@pytest.fixture(autouse=True)
def _host(settings):
    settings.ALLOWED_HOSTS = ["testserver"]


def _text(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("kind", [*kinds()], ids=lambda kind: kind.code)
def test_every_kind_of_error_says_what_to_do(get, kind):
    """Its page has a meaning and steps of its own, and ways on; the code and status are for programs."""
    assert kind.code in WORDS
    page = get(f"/errors/{kind.code}")
    said = _text(page)
    assert kind.title in said
    assert WORDS[kind.code].meaning in said
    assert all(step in said for step in WORDS[kind.code].steps)
    assert f"<code>{kind.code}</code>" in page
    assert 'href="/catalogue"' in page


def test_no_words_are_of_an_error_that_is_gone():
    """Each entry is of a kind that exists."""
    assert set(WORDS) == {kind.code for kind in kinds()}


def test_problem_pages_lead_on(site):
    """Not found, refused as forged, and failed: each says what to do and has a link away."""
    request = RequestFactory().get("/")
    for response, expected in (
        (site.get("/nothing"), "Search for it"),
        (explaining.forged(request), "load the page anew"),
        (explaining.failed(request), "Try again"),
    ):
        page = response.content.decode()
        assert expected in _text(page)
        assert 'href="/"' in page


def test_the_glossary_explains_what_the_documentation_does(get, root):
    """Every entry is on the page, once; words of the documentation's glossary are among them."""
    page = get("/help/glossary")
    for entry in ENTRIES:
        assert page.count(f'id="{entry.id}"') == 1
        assert entry.meaning in _text(page)
    words = {fold(entry.word) for entry in ENTRIES}
    documented = [
        line for line in (root / "docs" / "glossary.md").read_text("utf-8").splitlines() if line[:1].isalpha()
    ]
    known = {fold(word) for line in documented for word in line.split(",")}
    assert len(words & known) >= 10


def test_the_statement_tells_what_was_not_tested(get):
    """It claims what tests show, and says what nobody has tried."""
    said = _text(get("/accessibility"))
    assert "not yet by an auditor" in said
    assert "Not with screen readers" in said
    assert "What is known not to work well" in said


def test_help_never_needs_an_account_or_a_cookie(site):
    """Every page of it is public, and sets nothing."""
    for address in PAGES[:6]:
        response = site.get(address)
        assert response.status_code == 200
        assert not response.cookies


def test_errors_speak_the_language_of_the_site(site):
    """Titles and meanings pass through the catalogue."""
    with wording.speaking(wording.PSEUDO):
        page = site.get("/errors/refused").content.decode()
    assert "<h1" in page
    assert re.search(r"<h1[^>]*>⟦[^⟧]+⟧</h1>", page)


# --- in a browser -----------------------------------------------------------------------------------------------------


def test_the_pointer_to_the_tour_is_hidden_for_good(page):
    """It shows on a first visit, leads to the tour, and once hidden stays so; no cookie is set."""
    page.goto("/")
    page.locator(".statlas-pointer").wait_for()
    page.click(".statlas-pointer a")
    page.wait_for_url("**/help/tour")
    page.goto("/")
    page.locator(".statlas-pointer").wait_for()
    page.click(".statlas-pointer button")
    assert page.evaluate("document.activeElement.id") == "main-content"
    page.reload()
    page.wait_for_selector("body.govuk-frontend-supported")
    assert not page.locator(".statlas-pointer").is_visible()
    assert page.context.cookies() == []
    assert page.complaints == []


def test_the_tour_can_be_read_and_skipped_with_the_keyboard(page):
    """The way past it is the first thing of the page; its steps have headings to move by."""
    page.goto("/help/tour")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/catalogue"
    assert page.locator("main h2").count() == 6


def test_with_scripts_off_there_is_the_tour_and_no_pointer(browser, served):
    """The link in the text leads to it; what needs a script is not there."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    assert not page.locator(".statlas-pointer").is_visible()
    page.click("text=How it works, in six steps")
    assert page.url.endswith("/help/tour")
    assert page.locator(".statlas-step").count() == 6
    page.goto("/help")
    page.click("summary:has-text('Why is there [low]')")
    assert page.locator("#low p").is_visible()
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_help_fit_and_satisfy_axe(browser, served, axe, address):
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
