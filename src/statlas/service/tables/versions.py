"""What is told of the releases of a database: versions, what each changed, which periods are provisional or revised."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from statlas.definitions.asking import parse_periods
from statlas.errors import StatlasError
from statlas.model.database import Database
from statlas.model.release import Manifest, ReleaseFacts, ReleaseKind
from statlas.model.selecting import selected
from statlas.model.versioning import FIRST, changes, next_version, weighed
from statlas.service.tables.databases import database_of
from statlas.service.tables.otherwise import periods_apart
from statlas.store import Home


def facts(*, home: Home, database_id: str, release: str) -> ReleaseFacts:
    """What readers are told of a release, withdrawn or not.

    Of a release of a home of old, which kept nothing of it, changes and revised periods are found by comparing.

    Raises:
        UnknownNameError: there is no such database or release.
    """
    return _facts(home.path, database_id, release, home.any_manifest(database_id, release))


def public_from(*, home: Home, database_id: str, release: str) -> str:
    """Since when a release is public (ISO 8601 UTC): not when it was made.

    Raises:
        UnknownNameError: there is no such database or release.
    """
    found = home.facts(database_id, release).public_from
    return found or home.any_manifest(database_id, release).created


def facts_of_new(
    *,
    home: Home,
    previous: Manifest | None,
    database: Database,
    manifest: Manifest,
    kind: ReleaseKind | None = None,
    note: str = "",
    public_from: str = "",
) -> ReleaseFacts:
    """What readers will be told of a release that is being made: its version, its changes, its periods.

    Args:
        previous: the manifest of the release before it; its records need not be there any more.
        database: as defined, with or without its periods. manifest: of the new release.
        kind: None takes it for new where it adds a period, and for a scheduled revision where it adds none.
    """
    now = database.with_periods(manifest.periods)
    used = {home.facts(manifest.database, number).version for number in home.all_releases(manifest.database)}
    if previous is None:
        version = FIRST
        while version in used:  # every release before it was withdrawn
            version = next_version(version, ())
        return ReleaseFacts(
            *(manifest.database, manifest.release, version, public_from, kind or ReleaseKind.NEW, note),
            provisional=provisional_periods(now),
        )
    added, revised, removed = periods_apart(previous, manifest)
    then = database_of(home=home, manifest=previous)
    found = changes(then, now, added=added, revised=revised, removed=removed)
    kind = kind or (ReleaseKind.NEW if added else ReleaseKind.REVISION)
    version = home.facts(previous.database, previous.release).version
    while version in used:  # a withdrawn release keeps its version for itself
        version = next_version(version, found, kind)
    return ReleaseFacts(
        *(manifest.database, manifest.release, version, public_from, kind, note),
        provisional=provisional_periods(now),
        revised=revised,
        changes=weighed(found, kind),
    )


def provisional_periods(database: Database) -> tuple[str, ...]:
    """Periods of a database whose numbers are provisional, oldest first, as its definition says."""
    chosen: set[str] = set()
    for text in database.provisional:
        chosen.update(selected(parse_periods(text), database.periods, database.calendar))
    return tuple(sorted(chosen))


def before(*, home: Home, manifest: Manifest) -> Manifest | None:
    """The release that a release followed, withdrawn or not; None for the first, and where nothing is left of it."""
    if manifest.previous is None:
        return None
    try:
        return home.any_manifest(manifest.database, manifest.previous)
    except StatlasError:
        return None


@lru_cache(maxsize=1024)
def _facts(path: Path, database_id: str, release: str, manifest: Manifest) -> ReleaseFacts:
    """Kept, as a release never changes."""
    home = Home(path)
    found = home.facts(database_id, release)
    last = before(home=home, manifest=manifest)
    now = database_of(home=home, manifest=manifest)
    if not found.provisional:
        found = replace(found, provisional=provisional_periods(now))
    if last is None:
        return found
    added, revised, removed = periods_apart(last, manifest)
    if not found.revised:
        found = replace(found, revised=revised)
    if not found.changes:
        then = database_of(home=home, manifest=last)
        made = changes(then, now, added=added, revised=revised, removed=removed)
        found = replace(found, changes=weighed(made, found.kind))
    return found
