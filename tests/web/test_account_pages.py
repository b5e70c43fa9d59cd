"""Pages of accounts in a browser: by keyboard, with scripts off, on a narrow screen, and under axe."""

import demonstration_site
import pytest
from accessible import assert_accessible

from statlas.service import tables

GUEST = (
    *("/account/sign-in", "/account/register", "/account/password/reset", "/account/confirm", "/account/closed"),
    *("/account/password/reset/sent", "/account/password/reset/done", "/account/password/reset/1-x", "/privacy"),
    "/account/confirm/x",
)
SIGNED_IN = (
    *("/account", "/account/keys", "/account/data", "/account/two-step", "/account/two-step/turn-on"),
    *("/account/e-mail", "/account/letters", "/account/password/set", "/account/delete", "/account/sign-out"),
)
ADMINISTRATION = ("/admin/", "/admin/accounts/account/", "/admin/accounts/account/add/", "/admin/auth/group/1/change/")


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory, web):
    """A demonstration without a database."""
    home = tables.open_home(tmp_path_factory.mktemp("trying") / "home").create()
    with demonstration_site.served(home, web._free_port()) as site:
        yield site


@pytest.fixture
def visit(browser, demonstration):
    """``visit(role, **options)``: a page in which somebody is signed in, or nobody, that notes every complaint."""
    opened = []

    def visited(role="", **options):
        context = browser.new_context(
            base_url=demonstration.address, viewport={"width": 1280, "height": 900}, **options
        )
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if role:
            page.goto(demonstration.links[role])
        return page

    yield visited
    for context in opened:
        context.close()


@pytest.mark.parametrize(("role", "addresses"), [("", GUEST), ("administrator", SIGNED_IN)], ids=["guest", "signed in"])
def test_pages_are_for_everybody(visit, axe, role, addresses):
    """No violation of WCAG 2.2 A and AA nor of good practice, and no page that scrolls sideways at 320 pixels."""
    page = visit(role, bypass_csp=True)
    for address in addresses:
        page.goto(address)
        assert page.url.endswith(address), page.url
        assert_accessible(page, axe)


def test_every_page_is_one_of_ours(visit):
    """None shows the bare pages of the machinery below: each has the site's frame."""
    for role, addresses in (("", GUEST), ("analyst", SIGNED_IN)):
        page = visit(role)
        for address in addresses:
            page.goto(address)
            assert page.locator(".govuk-service-navigation").count() == 1, address
            assert page.locator("h1.govuk-heading-l, h1.govuk-heading-xl").count() == 1, address


def test_no_page_breaks_the_policy(visit):
    """Neither ours nor the administration's: nothing is complained of."""
    page = visit("administrator")
    for address in (*SIGNED_IN, *ADMINISTRATION):
        page.goto(address)
    assert [said for said in page.complaints if "status of 404" not in said] == []


def test_a_key_is_made_with_the_keyboard_and_without_scripts(visit):
    """Typed, sent by Enter, shown once."""
    page = visit("analyst", java_script_enabled=False)
    page.goto("/account/keys")
    page.focus("#name")
    page.keyboard.type("regional dashboard")
    page.keyboard.press("Enter")
    assert len(page.inner_text("pre code")) == 64
    page.goto("/account/keys")
    assert page.locator("pre code").count() == 0
    assert "regional dashboard" in page.inner_text("main")
    page.goto("/account/sign-out")
    page.click("main button")
    page.goto("/account")
    assert "/account/sign-in" in page.url


def test_the_way_to_the_administration_is_hidden_from_others(visit):
    """Who may not open it is not shown the door."""
    page = visit("producer")
    assert "Administration" not in page.inner_text("main")
    page = visit("administrator")
    page.click("text=Administration")
    assert page.url.endswith("/admin/")
