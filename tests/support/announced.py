"""Releases announced in a home, and the published ones that the disk has, at moments that a test chooses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import homes

from statlas.model.release import ReleaseFacts
from statlas.model.release_times import release_moment
from statlas.service import tables
from statlas.store import Home, facts, layout

NOW = datetime(2027, 1, 5, 12, tzinfo=UTC)
"""When the tests of the calendar are: a Tuesday in January."""

DIGEST, ANOTHER = "ab" * 32, "cd" * 32


def at(day: str, clock: str = "09:30") -> datetime:
    """The moment of a day and time in London: ``at("2027-02-09")``."""
    return release_moment(datetime.fromisoformat(day).date(), time.fromisoformat(clock))


def clubs(folder: Path, *, n_releases: int = 1) -> Home:
    """A home in which the clubs are published, under the open policy, which is quick."""
    home = tables.open_home(folder / "home")
    for n in range(n_releases):
        definition = homes.write_definition(folder, policy="open")
        records = homes.write_records(folder / f"{n}.csv", n=30, seed=n)
        tables.publish(home=home, definition=definition, records=[records])
        tell(home, str(n + 1), public_from="2026-11-10T09:30:00+00:00")
    return home


def tell(home: Home, release: str, /, **changes: object) -> ReleaseFacts:
    """Have the disk say otherwise of a release of the clubs: when it became public, its digest, its version."""
    told = replace(home.facts("clubs", release), **changes)
    layout.facts_file(layout.database_folder(home.path, "clubs"), release).write_bytes(facts.dumps(told))
    return told
