"""A whole site, killed at the minute of a release or at work: started again, it is public, and nothing is lost."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from release_day import PERIOD

from statlas.service import tables
from statlas.service.tables import auditing, usage
from statlas.store import layout

MADE = """
import os, sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statlas.service import tables
from statlas.web.configuration import Settings
from statlas.web.server import prepare
folder = Path(sys.argv[1])
tables.open_home(folder / "home").create()
prepare(replace(Settings.from_environment(), home=folder / "home"))
import release_day
now = datetime.now(UTC)
day = release_day.drafted(folder, now)
release_day.schedule(day, (now + timedelta(minutes=2)).replace(second=0, microsecond=0), now)
print(day.release_id)
"""
TABLE = "/databases/pens/table.csv?rows=AREA&columns=MONTH"


@pytest.fixture
def scheduled(tmp_path):
    """A home whose second release was made, checked, approved and scheduled by people; and its id."""
    support = Path(__file__).parents[1] / "support"
    done = subprocess.run(
        [sys.executable, "-c", MADE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(support)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tables.open_home(tmp_path / "home"), done.stdout.strip()


def got(site, address):
    """Status and text of an address; a site that is started again has another port."""
    try:
        with urllib.request.urlopen(f"{site.address}{address}", timeout=20) as answer:
            return answer.status, answer.read().decode().replace(site.address, "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def until(found, what, within_s=60.0):
    """Wait until ``found`` gives something true; what it gave."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"{what} did not come within {within_s:.0f} s")


def rows(home, sql, *values):
    """What the site's database says; a change is kept."""
    with closing(sqlite3.connect(home.path / "site.sqlite3", timeout=20)) as database, database:
        return database.execute(sql, values).fetchall()


def kill(site):
    """Every process of the site at one instant, without a word."""
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.communicate(timeout=20)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("late_s", [0.0, pytest.param(0.03, marks=pytest.mark.slow)])
def test_a_site_killed_at_the_minute_opens_the_release_when_it_starts_again(serve, scheduled, late_s):
    """Killed whole as the minute comes, and again while it starts: then the release is public once, and all is well."""
    home, release_id = scheduled
    site = serve(home.path, "--workers", "1").wait()
    first = got(site, f"{TABLE}&release=1")
    assert first[0] == 200
    prepared = layout.keeper_folder(home.path) / "prepared"
    until(lambda: [one for one in prepared.glob("*") if not one.name.startswith(".")], "a release made ready")
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    text = moment.replace(tzinfo=None).isoformat(sep=" ")
    rows(home, "UPDATE releases_releaserow SET scheduled_for = ? WHERE id = ?", text, release_id)
    assert PERIOD not in got(site, TABLE)[1]
    time.sleep(max(0.0, moment.timestamp() + late_s - time.time()))
    kill(site)
    assert home.releases("pens") in {("1",), ("1", "2")}
    again = serve(home.path, "--workers", "1")
    until(lambda: "2" in home.all_releases("pens"), "the release on the disk")
    kill(again)

    site = serve(home.path, "--workers", "1").wait()
    until(lambda: home.releases("pens") == ("1", "2"), "the release")
    until(lambda: got(site, "/healthz")[0] == 200, "a site that is well")
    state = "SELECT state FROM releases_releaserow WHERE id = ?"
    until(lambda: rows(home, state, release_id) == [("public",)], "a release that is public in the office")
    assert got(site, f"{TABLE}&release=1") == first
    assert json.loads(got(site, "/api/v1/databases/pens")[1])["release"] == "2"
    status, latest = got(site, TABLE)
    assert status == 200
    assert latest != first[1]
    until(lambda: not [*home.path.glob("sealed/*"), *prepared.glob("*")], "an end of the draft", 90.0)
    assert "Traceback" not in site.stop()
    assert not list(tables.verify(home=home))
    assert not auditing.verify(home=home).faults
    lines = [line for line in auditing.lines(home=home) if line.details.get("release") == release_id]
    taken_back = {line.details["move"] for line in lines if line.action == "release.not-kept"}
    opened = [line for line in lines if line.action == "release.open" and line.details["move"] not in taken_back]
    acts = rows(home, "SELECT id FROM releases_move WHERE release_id = ? AND act = 'open'", release_id)
    assert acts == [(line.details["move"],) for line in opened]
    assert len(acts) == 1


def _ask(address, user_agent):
    request = urllib.request.Request(address, headers={"User-Agent": user_agent})
    with urllib.request.urlopen(request, timeout=20) as answer:
        answer.read()


def test_processes_that_are_killed_lose_no_count(home, serve, tmp_path):
    """Two processes answer and are killed without warning: what they gave is counted, and nothing of who asked."""
    copy = tmp_path / "home"
    shutil.copytree(home.path, copy, ignore=shutil.ignore_patterns("usage", "site.sqlite3*", "logs"))
    site = serve(copy, "--workers", "2").wait()
    for n in range(12):
        _ask(f"{site.address}/databases/hb_new", f"Firefox of Mosaic Street {n}")
        _ask(f"{site.address}/databases/hb_new/table.csv?rows=AREA", "curl/8")
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.communicate(timeout=20)
    rows = {(row.kind, row.client): row.count for row in usage.usage(home=tables.open_home(copy))}
    assert rows == {("view", "other"): 12, ("download", "command-line"): 12}
    kept = b"".join(path.read_bytes() for path in (copy / "usage").iterdir())
    assert not any(said in kept.lower() for said in (b"mosaic", b"curl", b"127.0.0.1", b"area"))
