"""The whole life of a release in a browser: sent, checked, approved by another, public, withdrawn, back."""

import re
import sqlite3
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import demonstration_site
import psycopg
import pytest
import three_releases
from accessible import assert_accessible
from demonstration_site import status, until
from playwright.sync_api import Error as PlaywrightError
from visitor import Visitor

from statlas.model.release_times import next_working_day
from statlas.service import tables

DEFINITION = f"""\
{three_releases.DEFINITION}
tables:
  - id: by-area
    title: Pensioners by area and month
    rows: [AREA]
    columns: [MONTH]
"""
LABELS = {"202503": "March 2025", "202504": "April 2025"}


def _records(folder, months, seed=1):
    return three_releases.write_records(folder / f"{months[-1]}.csv", months, seed=seed)


@pytest.fixture(scope="module")
def site(request, tmp_path_factory, web):
    """A demonstration with one small database, its keeper and its worker, on one of the databases a site may have."""
    folder, on = tmp_path_factory.mktemp("release"), {}
    if request.param == "postgresql":
        on = {"DATABASE_URL": request.getfixturevalue("cluster").empty("life")}
    definition = folder / "pens.yaml"
    definition.write_text(DEFINITION)
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=definition, records=[_records(folder, ("202501", "202502"))])
    with demonstration_site.served(home, web._free_port(), **on) as site:
        yield site
    assert (home.path / "site.sqlite3").exists() != bool(on), "nothing of a server's database lies in the home"


class Checker:
    """Looks at pages as they stand, in the dark and in the light, on a wide screen and a narrow one, with axe."""

    def __init__(self, browser, site, axe):
        self._browser, self._site, self._axe = browser, site, axe

    def check(self, role, *addresses, schemes=("light", "dark")):
        """No violation of WCAG 2.2 A and AA nor of good practice, nothing that scrolls sideways, no complaint."""
        for scheme in schemes:
            context = self._browser.new_context(base_url=self._site.address, bypass_csp=True, color_scheme=scheme)
            page, complaints = context.new_page(), []
            page.on("pageerror", lambda error, said=complaints: said.append(str(error)))
            page.goto(self._site.links[role])
            for address in addresses:
                assert page.goto(address).status in (200, 403), address
                assert_accessible(page, self._axe)
            assert complaints == []
            context.close()


@pytest.fixture
def checker(browser, site, axe):
    """Looks at pages with axe."""
    return Checker(browser, site, axe)


@pytest.fixture
def person(browser, site):
    """``person(role, how)``: somebody who is signed in; without a role a guest."""
    opened = []

    def made(role, how):
        visitor = Visitor(browser, site.address, how, width=320 if how == "no scripts" else 1280)
        opened.append(visitor)
        if role:
            visitor.go(site.links[role])
        return visitor

    yield made
    for one in opened:
        one.context.close()


def _shown(site, month):
    """Whether the newest table has a month for a guest."""
    address = f"{site.address}/databases/pens/table?rows=AREA&columns=MONTH&periods=latest(2)"
    with urllib.request.urlopen(address, timeout=20) as answer:
        return LABELS[month] in answer.read().decode()


def _bring_near(site, release_id, seconds):
    """Move the minute of a scheduled release: the keeper reads it where the pages wrote it."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    change = "update releases_releaserow set scheduled_for = {} where id = {} and state = 'scheduled'"
    if site.database_url:
        with psycopg.connect(site.database_url) as database:
            changed = database.execute(change.format("%s", "%s"), (moment, release_id)).rowcount
    else:
        with sqlite3.connect(site.home.path / "site.sqlite3", timeout=20) as database:
            told = (moment.strftime("%Y-%m-%d %H:%M:%S.%f"), release_id)
            changed = database.execute(change.format("?", "?"), told).rowcount
    assert changed == 1


def _sealed(producer):
    """The page of an upload once it is sealed, looked at again and again; where scripts are on the page does so."""

    def is_sealed():
        if producer.how == "no scripts":
            producer.page.reload()
        assert "was not taken" not in producer.text(), producer.text()
        return "Your draft is sealed" in producer.text()

    until(is_sealed, "the draft is sealed")


def _ready(somebody, address):
    """A page of what the keeper gives, looked at until the keeper has made it ready."""
    somebody.go(address)

    def is_ready():  # the page loads itself anew, also while it is read
        with suppress(PlaywrightError):
            return "Not ready yet" not in somebody.text()
        return False

    until(is_ready, "the keeper makes the draft ready")


@pytest.mark.timeout(600)  # a life of many pages, on a machine that others use
@pytest.mark.parametrize(
    ("site", "how", "month"),
    [
        ("sqlite", "no scripts", "202503"),
        ("postgresql", "mouse", "202503"),
        pytest.param("sqlite", "keyboard", "202504", marks=pytest.mark.slow),
    ],
    indirect=["site"],
)
def test_a_release_lives(person, checker, site, how, month):  # noqa: PLR0915 - a life is long
    """By keyboard alone, and with scripts off on a telephone: every step, its refusals, and nothing early.

    On PostgreSQL too, by mouse.
    """
    release = str(len(site.home.all_releases("pens")) + 1)
    table = f"{site.address}/databases/pens/table?rows=AREA&columns=AGE&wafers=MONTH&periods={month}"
    producer, approver = person("producer", how), person("approver", how)

    # Sent, checked by the machine, sealed.
    producer.press("Work list")
    producer.press("Pensions", exact=True)
    producer.press("Send a new release", role="button")
    producer.page.get_by_label("Records").set_input_files(_records(site.home.path.parent, (month,), seed=int(release)))
    producer.write("Note for readers", f"{LABELS[month]} is in.")
    producer.press("Check and seal", role="button")
    _sealed(producer)
    producer.press("Go to the release", role="button")
    page = producer.page.url
    release_id = page.rpartition("/")[2]
    assert f"Pensions: release {release}" in producer.text()

    sent = f"/work/releases/{release_id}"
    _ready(producer, f"{page}/tables")
    schemes = ("light", "dark") if how == "keyboard" else ()
    first = schemes or (("dark",) if how == "no scripts" else ())
    checker.check("producer", sent, f"{sent}/reports", f"{sent}/discard", schemes=first)
    checker.check("producer", "/work", f"{sent}/tables/1", "/work/databases/pens", schemes=schemes)
    checker.check("administrator", "/work/organisations", "/work/organisations/default", schemes=schemes)

    # Every finding is answered with a reason; then it is checked.
    _ready(producer, f"{page}/reports")
    for n in range(30):
        reasons = producer.page.get_by_label("Why it is right")
        if reasons.count() == 0:
            break
        if n == 0:
            producer.press("Accept", role="button")
            assert "No reason is given." in producer.text()
        producer.write("Why it is right", "The generator draws anew each month.")
        producer.press("Accept", role="button")
    producer.go(page)
    producer.press("Mark as checked", role="button")
    producer.press("Mark as checked", role="button")
    assert "Somebody else has to approve it." in producer.text()
    producer.go(f"{page}/approve")
    assert "You cannot approve it: it takes the role approver" in producer.text()

    checker.check("approver", f"{sent}/approve", schemes=schemes)

    # Somebody else looks at it and approves.
    approver.press("Work list")
    approver.press(f"Pensions: release {release}")
    approver.press("Its tables, as they would be printed")
    approver.press("Pensioners by area and month")
    assert LABELS[month] in approver.page.locator(".statlas-table").inner_text()
    approver.go(page)
    approver.press("Approve", role="button")
    approver.press("Approve it", role="button")
    assert "No reason is given." in approver.text()
    approver.write("Why it may become public", "Read, and right.")
    approver.press("Approve it", role="button")
    assert "The release is approved." in approver.text()

    # It gets its minute, and one reader before.
    producer.go(page)
    checker.check("producer", f"{sent}/schedule", schemes=schemes)
    producer.press("Schedule", role="button")
    day = next_working_day(datetime.now(UTC).date() + timedelta(days=15 * int(release)))
    producer.write("Day", day.isoformat())
    producer.press("Schedule it", role="button")
    assert "It becomes public on" in producer.text()
    producer.press("Change the list")
    producer.write("E-mail address of an account", "analyst@demonstration.example")
    producer.write("Name", "Jo Bloggs")
    producer.write("Post", "Private secretary")
    producer.press("Add to the list", role="button")
    assert "Jo Bloggs, Private secretary" in producer.text()

    checker.check("approver", sent, f"{sent}/unschedule", f"{sent}/readers", schemes=schemes)

    # The reader waits for the 24 hours, reads, and nobody else does.
    reader = person("analyst", how)
    reader.press("Work list")
    reader.press("Pensions")
    assert "You may read this release from" in reader.text()
    _bring_near(site, release_id, 3600)
    reader.go(f"/work/reading/{release_id}")
    reader.press("Pensioners by area and month")
    assert LABELS[month] in reader.page.locator(".statlas-table").inner_text()
    checker.check("analyst", f"/work/reading/{release_id}/1", "/work", schemes=schemes)
    assert not _shown(site, month)
    assert status(f"{table}&release={release}") in (400, 404)
    guest = person("", how)
    guest.go(f"/work/reading/{release_id}")
    assert "Sign in" in guest.text()
    approver.go(f"/work/reading/{release_id}")
    assert "There is no such page" in approver.text() or "not found" in approver.text().lower()

    # The minute comes: the keeper opens it.
    _bring_near(site, release_id, 5)
    assert not _shown(site, month)
    until(lambda: _shown(site, month), "the keeper opens the release")
    producer.go(page)
    assert "It is public" in producer.text()
    reader.go(f"/work/reading/{release_id}")
    assert "This release is public now." in reader.text()

    checker.check("producer", sent, "/work/databases/pens/send", f"{sent}/withdraw", schemes=schemes)

    # Withdrawn: every link shows the notice; restored: it answers again.
    approver.go(page)
    approver.press("Withdraw")
    approver.write("Notice to readers", "A file was wrong; the figures will be back.")
    approver.press("Withdraw it", role="button")
    assert "It is withdrawn" in approver.text()
    assert status(f"{table}&release={release}") == 410
    guest.go(f"/databases/pens/table?rows=AREA&release={release}")
    assert "A file was wrong; the figures will be back." in guest.text()
    assert not _shown(site, month)
    approver.press("Restore", role="button")
    approver.write("Why it may be shown again", "The file is right after all.")
    approver.press("Restore it", role="button")
    assert "The release is public again." in approver.text()
    assert _shown(site, month)
    history = approver.text()
    for said in ("Draft sealed", "Checked", "Approved", "Scheduled", "Made public", "Withdrawn", "Restored"):
        assert re.search(rf"\b{said}\b", history), said
