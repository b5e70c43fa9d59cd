"""Destroying the records of a release: what only releases without records list goes, and its cuboids with it.

That the records are destroyed is written down first, so that a kill on the way leaves no release that seems to have
them; whoever cleans up next, or destroys again, removes what is left.
"""

from __future__ import annotations

from pathlib import Path

from statlas.errors import HomeError, QueryError
from statlas.model.release import Destroyed
from statlas.store import durable, layout, locking, notices, reading
from statlas.wording import _


def destroy(home: Path, fact: Destroyed) -> None:
    """Destroy the records that no release lists but those without records.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: the release is the one that answers.
        HomeError: somebody is publishing the database.
        OSError: the disk failed; asked again, it goes on.
    """
    reading.any_manifest(home, fact.database, fact.release)
    folder = layout.database_folder(home, fact.database)
    try:
        with locking.locked(folder, wait=False):
            with locking.locked(layout.databases_folder(home), wait=True):
                _state(home, fact)
            finish(home, fact.database)
    except locking.HeldError:
        raise HomeError(
            f"{fact.database} is being published, or its cuboids are being built, by somebody else.",
            mend="Wait until that has ended, then ask again.",
        ) from None


def _state(home: Path, fact: Destroyed) -> None:
    check(home, fact)
    folder = layout.database_folder(home, fact.database)
    if not notices.is_destroyed(folder, fact.release):
        notices.destroy(folder, fact)


def check(home: Path, fact: Destroyed) -> None:
    """See that the records of a release may be destroyed.

    Raises:
        QueryError: the release is the one that answers.
    """
    if reading.current_release(home, fact.database) == fact.release:
        raise QueryError(
            _("Release {release} of {database} is the one that answers.").format(
                release=fact.release, database=fact.database
            ),
            mend=_("Publish a later one, or withdraw it, first."),
        )


def finish(home: Path, database_id: str) -> None:
    """Remove every file of records, with its cuboids, that is destroyed by what is written down.

    Raises:
        HomeError: a manifest is damaged, so that nobody knows what others list.
    """
    folder = layout.database_folder(home, database_id)
    for path in left(home, database_id):
        layout.cuboid_file(folder, path.stem).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        durable.flush(path.parent)


def left(home: Path, database_id: str) -> tuple[Path, ...]:
    """Files of records that are there though they are destroyed by what is written down."""
    return tuple(path for path in destroyed_files(home, database_id) if path.exists())


def destroyed_files(home: Path, database_id: str) -> tuple[Path, ...]:
    """Where the records lay, or lie, that are destroyed by what is written down."""
    gone = reading.destroyed(home, database_id)
    if not gone:
        return ()
    numbers = reading.all_releases(home, database_id)
    lists = {n: {r.path for r in reading.any_manifest(home, database_id, n).records} for n in numbers}
    kept = set().union(*(paths for number, paths in lists.items() if number not in gone))
    lost = set().union(*(paths for number, paths in lists.items() if number in gone)) - kept
    return tuple(home / path for path in sorted(lost))
