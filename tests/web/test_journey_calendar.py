"""The release calendar in a browser: by keyboard, on a phone, in the dark, without scripts; found accessible."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from statlas.model.release_times import in_london, next_working_day, release_moment

ANNOUNCE = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from statlas.cli.site import prepare_site
home = Path(sys.argv[1])
prepare_site(home)
from statlas.service import tables
from statlas.service.office import calendar
from statlas.service.office.actors import KEEPER
opened = tables.open_home(home)
near, far, later = map(datetime.fromisoformat, sys.argv[2:])
given = {"home": opened, "actor": KEEPER}
calendar.announce(database_id="hb_new", moment=near, confirmed=True, **given)
moved = calendar.announce(database_id="hb_new", moment=far, **given)
calendar.move(announcement_id=moved.id, moment=later, reason="Records came late from several authorities.", **given)
first = calendar.announce(database_id="unknown_new", moment=far, title="A first release of something", **given)
calendar.cancel(announcement_id=first.id, reason="It comes with another one.", **given)
calendar.settle(database_id="hb_new", moment=near, digest="ab" * 32, **given)
"""
VIEWS = ({"width": 1280, "height": 900}, {"width": 320, "height": 700})


def _moments():
    """Three moments to come: six weeks ahead, and two later."""
    today = in_london(datetime.now(UTC)).date()
    return [release_moment(next_working_day(today + timedelta(weeks=n))).isoformat() for n in (6, 20, 22)]


@pytest.fixture(scope="module")
def served(web, home, tmp_path_factory):
    """The address of a site whose calendar has a confirmed, a moved and a cancelled release."""
    copy = tmp_path_factory.mktemp("calendar") / "home"
    shutil.copytree(home.path, copy, ignore=shutil.ignore_patterns("site.sqlite3*"))
    subprocess.run([sys.executable, "-c", ANNOUNCE, str(copy), *_moments()], check=True, env=os.environ)
    site = web.Served(copy, "--workers", "1").wait()
    yield site.address
    site.stop()


def _pages(page):
    """Every kind of page of the calendar, as its links lead there."""
    page.goto("/releases")
    own = [one.get_attribute("href") for one in page.locator(".statlas-calendar__title a").all()]
    return ["/releases", "/releases/published", "/releases/changes", "/releases?database=hb_new", *dict.fromkeys(own)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_accessible_on_a_desk_and_on_a_phone(page, axe, dark):
    """No complaint of the checker or the browser, and nothing wider than the screen."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    pages = _pages(page)
    assert len(pages) >= 7
    for address in pages:
        page.goto(address)
        for view in VIEWS:
            page.set_viewport_size(view)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, view)
            page.evaluate(axe)
            found = page.evaluate("axe.run().then(done => done.violations.map(one => [one.id, one.nodes[0].html]))")
            assert found == [], (address, view)
    assert page.complaints == []


def test_the_calendar_is_filtered_and_read_with_the_keyboard_alone(page):
    """From the filter to the one database, from its release to the page and back."""
    page.goto("/releases")
    page.locator("#database").focus()
    page.keyboard.press("H")  # as a reader types the first letter of the database
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**database=hb_new*")
    assert page.locator(".statlas-calendar__title").count() == 2
    link = page.locator(".statlas-calendar__title a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#digest")


def test_everything_is_there_without_scripts(browser, served):
    """Filter, months, reasons, and the ways to subscribe."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/releases")
    said = page.inner_text("main")
    assert "Confirmed" in said
    assert "Records came late from several authorities." in said
    page.select_option("#database", "hb_new")
    page.click("text=Show")
    assert "database=hb_new" in page.url
    assert "A first release of something" not in page.inner_text("main")
    assert page.locator('a[href^="webcal://"]').count() == 1
    context.close()
