"""Coming back to a table: by a permanent link, and by an account; by mouse, by keyboard alone, and with scripts off."""

import re
import time
from types import SimpleNamespace

import demonstration_site
import pytest
import three_releases
from accessible import assert_accessible
from visitor import Visitor

TABLE = f"/databases/pens/table?{three_releases.TABLE}"
HOW = ("mouse", "keyboard", "no scripts", "narrow")


@pytest.fixture(scope="module")
def site(tmp_path_factory, web):
    """A site with one small database in its first release, where one can sign in by a link."""
    folder = tmp_path_factory.mktemp("back")
    with demonstration_site.served(three_releases.first(folder), web._free_port()) as site:
        yield SimpleNamespace(
            address=site.address, links=[*site.links.values()], home=site.home, folder=folder, releases=1
        )


def publish(site, release):
    """The release, unless it is there already."""
    if site.releases < release:
        (three_releases.second if release == 2 else three_releases.third)(site.home, site.folder)
        site.releases = release


@pytest.fixture
def visit(browser, site):
    """``visit(how, **options)``: a visitor."""
    opened = []

    def visited(how, **options):
        width = 320 if how == "narrow" else 1280
        opened.append(Visitor(browser, site.address, how, width=width, **options))
        return opened[-1]

    yield visited
    for one in opened:
        one.context.close()


@pytest.mark.parametrize("how", HOW)
def test_anybody_comes_back_to_the_same_numbers(visit, site, how):
    """Keep a table, come back after newer figures, see the same numbers, go on to the newest."""
    guest = visit(how)
    guest.go(f"{TABLE}&release=1")
    numbers = guest.page.locator(".statlas-table tbody").inner_text()
    guest.press("Make a permanent link", role="button")
    link = guest.page.url
    assert re.fullmatch(rf"{site.address}/tables/[a-z2-7]{{16}}", link)
    assert guest.page.locator(".statlas-table tbody").inner_text() == numbers
    guest.fits()
    publish(site, 2)
    guest.go(link)
    assert guest.page.locator(".statlas-table tbody").inner_text() == numbers
    assert "There are newer figures" in guest.text()
    guest.fits()
    guest.press("See this table with the newest figures")
    assert "Release 2" in guest.text()
    assert guest.page.context.cookies() == []


@pytest.mark.parametrize("how", HOW)
def test_a_table_is_saved_shared_and_reopened(visit, site, how):
    """Save under a name in a new folder, see what changed, share it with a guest, delete it."""
    publish(site, 2)
    mine = visit(how)
    mine.go(site.links[0])
    mine.go(f"{TABLE}&release=1")
    mine.press("Save to your account")
    name = f"By {how}"
    mine.page.get_by_label("Name", exact=True).fill(name)
    mine.page.get_by_label("Folder", exact=True).select_option("new")
    mine.page.get_by_label("Name of a new folder").fill(f"Folder of {how}")
    mine.fits()
    mine.press("Save the table", role="button")
    assert "The table is saved." in mine.text()
    assert "Always release 1." in mine.text()
    assert re.search(r"\d+ of the 12 numbers shown then ha(s|ve) been revised", mine.text())
    mine.fits()
    mine.press("Make a link", role="button")
    shared = mine.page.get_by_label("Link to pass on").input_value()
    guest = visit(how)
    guest.go(shared)
    assert name in guest.text()
    guest.press("Open the table", role="button")
    assert "Release 1" in guest.text()
    mine.go("/account/tables")
    mine.press(f"Folder of {how}")
    assert name in mine.text()
    mine.fits()
    mine.press(f"Delete {name}")
    mine.press("Delete the table", role="button")
    assert f"“{name}” is deleted." in mine.text()
    guest.go(shared)
    assert guest.page.get_by_role("heading", level=1).inner_text() != name


@pytest.mark.parametrize("how", HOW)
def test_a_group_is_saved_and_used_elsewhere(visit, site, how):
    """Save the areas chosen in one table as *My areas*, and use them in another, apart and together."""
    mine = visit(how)
    mine.go(site.links[0])
    back = "%2Fdatabases%2Fpens%2Ftable%3Frows%3DAREA%26items.AREA%3DN%3BE"
    mine.go(f"/account/groups?database=pens&field=AREA&back={back}")
    name = f"Areas by {how}"
    mine.page.get_by_label("Name of a group of the 2 categories chosen").fill(name)
    mine.fits()
    mine.press("Save the group", role="button")
    assert f"The group “{name}” is saved." in mine.text()
    mine.go("/account/groups?database=pens&field=AREA&back=%2Fdatabases%2Fpens%2Ftable%3Frows%3DAGE")
    mine.fits()
    mine.press(f"Count together the categories of {name}", role="button")
    rows = mine.page.locator(".statlas-table tbody").inner_text()
    assert name in rows
    assert "North" not in rows
    mine.go("/account/groups?database=pens&field=AREA&back=%2Fdatabases%2Fpens%2Ftable%3Frows%3DAGE")
    mine.press(f"Show each category of {name}", role="button")
    rows = mine.page.locator(".statlas-table tbody").inner_text()
    assert "North" in rows
    assert "South" not in rows
    mine.go("/account/groups")
    mine.press(name)
    mine.fits()
    mine.press("Pensions")
    assert "North" in mine.page.locator(".statlas-table tbody").inner_text()


# --- how the pages are made -------------------------------------------------------------------------------------------


def filled(visit, site, **options):
    """Somebody who has saved something of each kind; the pages that show it."""
    publish(site, 2)
    mine = visit("mouse", **options)
    mine.go(f"{TABLE}&release=1")
    mine.press("Make a permanent link", role="button")
    kept = mine.page.url.removeprefix(site.address)
    mine.go(site.links[1])
    mine.go(f"/account/tables/new?database=pens&{three_releases.TABLE}&release=1")
    mine.page.get_by_label("Name", exact=True).fill("Pensioners " + "of_a_long_name_without_a_blank" * 4)
    mine.page.get_by_label("Folder", exact=True).select_option("new")
    mine.page.get_by_label("Name of a new folder").fill(f"Reports {time.monotonic_ns()}")
    mine.press("Save the table", role="button")
    table = mine.page.url.removeprefix(site.address)
    mine.press("Make a link", role="button")
    shared = mine.page.get_by_label("Link to pass on").input_value().removeprefix(site.address)
    mine.go("/account/groups/new")
    mine.page.get_by_label("Name", exact=True).fill("My areas")
    mine.page.get_by_label("Codes").fill("N North\nE East\nZ Nowhere")
    mine.press("Save the group", role="button")
    group = mine.page.url.removeprefix(site.address)
    new = f"/account/tables/new?database=pens&{three_releases.TABLE}"
    choose = "/account/groups?database=pens&field=AREA&back=%2Fdatabases%2Fpens%2Ftable%3Frows%3DAREA%26items.AREA%3DN"
    own = ("/account", "/account/tables", new, "/account/groups", "/account/groups/new", choose, "/account/folders")
    of_table = (table, f"{table}/edit", f"{table}/delete", group, f"{group}/edit", f"{group}/delete")
    return mine, (kept, shared, *own, *of_table, "/account/files", "/account/data")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, site, axe, scheme):
    """No violation of WCAG 2.2 A and AA, nor of good practice, wide and at 400% zoom, which is 320 pixels."""
    mine, pages = filled(visit, site, bypass_csp=True, color_scheme=scheme)
    for address in pages:
        mine.page.set_viewport_size({"width": 1280, "height": 900})
        mine.go(address)
        assert_accessible(mine.page, axe)


def test_an_address_is_not_broken_inside_a_word(visit, site):
    """The e-mail address of an account breaks before its @ alone."""
    mine = visit("mouse")
    mine.go(site.links[0])
    mine.go("/account")
    broken = mine.page.evaluate(
        """() => [...document.querySelector('.statlas-address').childNodes]
            .filter(node => node.nodeType === 3)
            .filter(node => { const part = document.createRange(); part.selectNodeContents(node);
                              return part.getClientRects().length > 1; }).length"""
    )
    assert broken == 0
