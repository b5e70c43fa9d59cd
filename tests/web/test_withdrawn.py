"""A withdrawn release, and one whose records are destroyed, through every door: 410 and why, and nothing else."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from homes import write_definition, write_records

from statlas.errors import WithdrawnError
from statlas.model.query import Query
from statlas.service import tables
from statlas.service.office import jobs
from statlas.service.tables import standing

AT = datetime(2026, 2, 18, 11, 0, tzinfo=UTC)
WHY = "Figures of Corley were those of Burwell."


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Two releases of the clubs."""
    folder = tmp_path_factory.mktemp("withdrawn")
    definition, home = write_definition(folder), tables.open_home(folder / "home")
    for month, seed in (("202501", 1), ("202502", 2)):
        given = write_records(folder / f"{month}.csv", months=(month,), n=2_000, seed=seed)
        tables.publish(home=home, definition=definition, records=[given])
    return home


@pytest.fixture
def clubs(published, tmp_path, settings, db):
    """The site of a copy of that home."""
    copy = tables.open_home(shutil.copytree(published.path, tmp_path / "home"))
    settings.STATLAS = replace(settings.STATLAS, home=copy.path)
    return copy


def withdraw(home, *releases):
    """Withdraw them."""
    for release in releases:
        standing.withdraw(home=home, database_id="clubs", release=release, reason=WHY, at=AT)


def ask(client, address, release=None):
    """A door's answer: its status, its text, and what caches are told."""
    pinned = f"{'&' if '?' in address else '?'}release={release}" if release else ""
    response = client.get(f"{address}{pinned}")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, content.decode("utf-8", "replace"), response.headers.get("Cache-Control")


DOORS = {
    "page of a table": "/databases/clubs/table?rows=AREA",
    "map": "/databases/clubs/map?rows=AREA",
    "chart": "/databases/clubs/chart?rows=AREA",
    "file": "/databases/clubs/table.csv?rows=AREA",
    "workbook": "/databases/clubs/table.xlsx?rows=AREA",
    "native schema": "/api/v1/databases/clubs",
    "native table": "/api/v1/tables?database=clubs&rows=AREA",
}


@pytest.mark.parametrize("door", DOORS)
def test_a_withdrawn_release_is_410_with_its_notice(clubs, client, door):
    """Asked by number, whether it was asked before or not; nobody keeps the answer, and the release before answers."""
    assert ask(client, DOORS[door], "2")[0] == 200
    withdraw(clubs, "2")
    status, text, caches = ask(client, DOORS[door], "2")
    assert (status, WHY in text) == (410, True)
    assert caches in ("no-cache", "no-store")
    assert ask(client, DOORS[door])[0] == 200
    assert ask(client, DOORS[door], "1")[0] == 200


@pytest.mark.parametrize("door", DOORS)
def test_without_its_records_a_release_answers_what_was_printed(clubs, client, door):
    """What was asked before is given; what never was is 410, and says why."""
    before = ask(client, DOORS[door], "1")
    standing.destroy(home=clubs, database_id="clubs", release="1", reason=WHY, at=AT)
    assert ask(client, DOORS[door], "1")[0] == before[0] == 200
    if "rows=AREA" in DOORS[door] and door != "map":  # a map needs areas
        status, text, caches = ask(client, DOORS[door].replace("rows=AREA", "rows=AGE_BAND&columns=SEX"), "1")
        assert (status, WHY in text) == (410, True)
        assert caches in ("no-cache", "no-store")


def test_the_file_of_a_job_is_not_given_any_longer(clubs):
    """What was made of a release before it was withdrawn stands behind its notice too."""
    job = SimpleNamespace(id="0" * 32, query=Query("clubs", release="2"))
    assert jobs.path_of(home=clubs, job=job)
    withdraw(clubs, "2")
    with pytest.raises(WithdrawnError, match="Corley"):
        jobs.path_of(home=clubs, job=job)


def test_a_database_without_a_release_is_410_and_listed_nowhere(clubs, client):
    """Its address shows the last notice; no list, search or interface names it; the site goes on."""
    withdraw(clubs, "2", "1")
    for address in ("/databases/clubs", *DOORS.values()):
        status, text, _caches = ask(client, address)
        assert (status, WHY in text) == (410, True), address
    for address in ("/", "/catalogue", "/catalogue?q=clubs", "/api/v1/databases", "/databases.json"):
        status, text, _caches = ask(client, address)
        assert status in (200, 404), address
        assert "/databases/clubs" not in text, address
        assert "Members of made-up clubs" not in text, address
