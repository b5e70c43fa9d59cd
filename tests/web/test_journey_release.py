"""The whole life of a release in a browser: sent, checked, approved by another, public, withdrawn, back."""

import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import Error as PlaywrightError

from statlas.model.release_times import next_working_day
from statlas.service import tables

SERVE = """\
import sys
from pathlib import Path
from statlas.cli.serve import serve_demonstration
serve_demonstration(Path(sys.argv[1]), int(sys.argv[2]))
"""
DEFINITION = """\
statlas: 1
id: pens
label: Pensions
unit: person
policy: standard
synthetic: true
source: A seeded generator
records: {table: PENS, label: Pensioners, unit_id: person}
date: {id: MONTH, label: Month, valueset: C_MONTH, column: month, frequency: month}
fields:
  - id: AREA
    label: Area
    kind: geography
    column: area
    levels:
      - {id: V_AREA, label: Area, codes: {N: North, E: East, S: South, W: West}}
  - id: AGE
    label: Age band
    column: age
    levels:
      - {id: C_AGE, label: Age band, codes: {"1": 65 to 69, "2": 70 to 79, "3": 80 and over}}
tables:
  - id: by-area
    title: Pensioners by area and month
    rows: [AREA]
    columns: [MONTH]
"""
LABELS = {"202503": "March 2025", "202504": "April 2025"}
PATIENCE_S = 90
"""How long anything of the site's own may take on a busy machine: many times what it does."""


def _records(folder, months, seed=1):
    chance, n, path = np.random.default_rng(seed), 1_200, folder / f"{months[-1]}.csv"
    lines = ["person,area,age,month"]
    for month in months:
        people = zip(chance.choice([*"NESW"], n), chance.integers(1, 4, n), strict=True)
        lines += [f"P{number},{area},{age},{month}" for number, (area, age) in enumerate(people)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory, web):
    """A demonstration with one small database, its keeper and its worker, where one can sign in by a link."""
    folder = tmp_path_factory.mktemp("release")
    definition = folder / "pens.yaml"
    definition.write_text(DEFINITION)
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=definition, records=[_records(folder, ("202501", "202502"))])
    (home.path / "demonstration.json").write_text("{}")
    port = web._free_port()
    command, said = [sys.executable, "-c", SERVE, str(home.path), str(port)], folder / "said"
    with said.open("w") as into, subprocess.Popen(command, stderr=into, stdout=into) as served:
        address = f"http://localhost:{port}"
        try:
            _until(lambda: _status(f"{address}/healthz") == 200, "the site answers")
            found = [line for line in said.read_text().splitlines() if "/account/trying/" in line]
            links = {line.rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in found}
            yield SimpleNamespace(address=address, links=links, home=home, folder=folder)
        finally:
            served.terminate()
            served.wait(60)
    # What the server said stands with the tests that failed.
    sys.stderr.write(said.read_text())


def _status(address):
    """The status with which a guest is answered; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _until(holds, what):
    """Wait until something holds, or fail saying what did not."""
    for _ in range(PATIENCE_S * 5):
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError(f"In {PATIENCE_S} seconds it did not come about that {what}.")


class Person:
    """Somebody of the office at a browser of their own, who uses it in one way."""

    def __init__(self, browser, site, role, how):
        size = {"width": 320 if how == "no scripts" else 1280, "height": 900}
        self.context = browser.new_context(
            base_url=site.address, viewport=size, java_script_enabled=how != "no scripts"
        )
        self.page, self.how = self.context.new_page(), how
        self.page.set_default_timeout(15_000)
        self.page.set_default_navigation_timeout(60_000)
        if role:
            self.page.goto(site.links[role])

    def go(self, address):
        """Type an address."""
        self.page.goto(address)

    def press(self, name, role="link", **named):
        """Follow a link or press a button, by pointer, or by Tab and Enter alone; every page fits its screen."""
        found = self.page.get_by_role(role, name=name, **named).first
        assert found.count(), (name, self.page.url, self.text())
        if self.how == "keyboard":
            self._reach(found, name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter") if self.how == "keyboard" else found.click()
        if self.how == "no scripts":
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def _reach(self, found, name):
        target = found.element_handle()
        for _ in range(150):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {name}")

    def write(self, label, text):
        """Fill in a field, which stands open."""
        field = self.page.get_by_label(label).first
        if self.how == "keyboard":
            self._reach(field, label)
            if field.get_attribute("type") in ("date", "time"):
                field.fill(text)
            else:
                self.page.keyboard.press("ControlOrMeta+a")
                self.page.keyboard.type(text)
        else:
            field.fill(text)

    def open(self, summary):
        """Open what is folded."""
        found = self.page.get_by_text(summary).first
        if self.how == "keyboard":
            self._reach(self.page.locator("summary", has_text=summary).first, summary)
            self.page.keyboard.press("Enter")
        else:
            found.click()

    def text(self):
        """What the page says."""
        return " ".join(self.page.locator("main").inner_text().split())


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
                self._look(page, address)
            assert complaints == []
            context.close()

    def _look(self, page, address):
        assert page.goto(address).status in (200, 403), address
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(self._axe)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate("axe.run(document)")["violations"]
            assert not found, (address, [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.fixture
def checker(browser, site, axe):
    """Looks at pages with axe."""
    return Checker(browser, site, axe)


@pytest.fixture
def person(browser, site):
    """``person(role, how)``: somebody who is signed in; without a role a guest."""
    opened = []

    def made(role, how):
        opened.append(Person(browser, site, role, how))
        return opened[-1]

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
    with sqlite3.connect(site.home.path / "site.sqlite3", timeout=20) as database:
        changed = database.execute(
            "update releases_releaserow set scheduled_for = ? where id = ? and state = 'scheduled'",
            (moment.strftime("%Y-%m-%d %H:%M:%S.%f"), release_id),
        ).rowcount
    assert changed == 1


def _sealed(producer):
    """The page of an upload once it is sealed, looked at again and again; where scripts are on the page does so."""

    def is_sealed():
        if producer.how == "no scripts":
            producer.page.reload()
        assert "was not taken" not in producer.text(), producer.text()
        return "Your draft is sealed" in producer.text()

    _until(is_sealed, "the draft is sealed")


def _ready(somebody, address):
    """A page of what the keeper gives, looked at until the keeper has made it ready."""
    somebody.go(address)

    def is_ready():  # the page loads itself anew, also while it is read
        with suppress(PlaywrightError):
            return "Not ready yet" not in somebody.text()
        return False

    _until(is_ready, "the keeper makes the draft ready")


@pytest.mark.timeout(600)  # a life of many pages, on a machine that others use
@pytest.mark.parametrize(
    ("how", "month"), [("no scripts", "202503"), pytest.param("keyboard", "202504", marks=pytest.mark.slow)]
)
def test_a_release_lives(person, checker, site, how, month):  # noqa: PLR0915 - a life is long
    """By keyboard alone, and with scripts off on a telephone: every step, its refusals, and nothing early."""
    release = str(len(site.home.all_releases("pens")) + 1)
    table = f"{site.address}/databases/pens/table?rows=AREA&columns=AGE&wafers=MONTH&periods={month}"
    producer, approver = person("producer", how), person("approver", how)

    # Sent, checked by the machine, sealed.
    producer.press("Work list")
    producer.press("Pensions", exact=True)
    producer.press("Send a new release", role="button")
    producer.page.get_by_label("Records").set_input_files(_records(site.folder, (month,), seed=int(release)))
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
    checker.check("producer", sent, f"{sent}/reports", f"{sent}/discard", schemes=schemes or ("dark",))
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
    assert _status(f"{table}&release={release}") in (400, 404)
    guest = person("", how)
    guest.go(f"/work/reading/{release_id}")
    assert "Sign in" in guest.text()
    approver.go(f"/work/reading/{release_id}")
    assert "There is no such page" in approver.text() or "not found" in approver.text().lower()

    # The minute comes: the keeper opens it.
    _bring_near(site, release_id, 5)
    assert not _shown(site, month)
    _until(lambda: _shown(site, month), "the keeper opens the release")
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
    assert _status(f"{table}&release={release}") == 410
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
