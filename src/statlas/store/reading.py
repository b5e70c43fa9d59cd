"""What can be read of a home without a lock: its format, its databases, their releases and manifests.

The release that answers is the one of the highest number that is not withdrawn and whose records are there.
A folder is a release if it holds ``release.json``, with which one rename brought it, or, in a home of old, if its
number is not above the one in ``current``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from statlas.errors import HomeError, UnknownNameError, WithdrawnError
from statlas.model.release import Destroyed, Manifest, Notice, ReleaseFacts
from statlas.store import facts as release_facts
from statlas.store import layout, manifests, notices
from statlas.wording import _

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

_RESTORE = "Restore the home from a backup; `statlas verify` lists what is damaged."


def exists(home: Path) -> bool:
    """Whether there is a home here.

    Raises:
        HomeError: there is one of another format, or ``home.json`` is damaged.
    """
    try:
        text = layout.home_file(home).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False
    _check_format(text, home)
    return True


def is_immediate(home: Path) -> bool:
    """Whether the home wants releases without ceremony: ``publish --now``. Where it does not say so, it does not."""
    if not exists(home):
        return False
    return json.loads(layout.home_file(home).read_bytes()).get("immediate") is True


def _check_format(text: bytes, home: Path) -> None:
    try:
        found = json.loads(text)["format"]
    except (ValueError, KeyError, TypeError):
        raise HomeError(
            f"home.json of {home} is damaged.", mend=f'Its whole text is {{"format": {layout.FORMAT}}}.'
        ) from None
    if found != layout.FORMAT:
        raise HomeError(
            f"{home} is a home of format {found}; this version of Statlas reads format {layout.FORMAT}.",
            mend="Use the version of Statlas that made it, or a later one.",
        )


def databases(home: Path) -> tuple[str, ...]:
    """Ids of the databases with a release that answers, sorted."""
    folder = layout.databases_folder(home)
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(entry.name for entry in found if _answering(entry) is not None))


def all_databases(home: Path) -> tuple[str, ...]:
    """Ids of the databases that ever had a release, sorted."""
    folder = layout.databases_folder(home)
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(entry.name for entry in found if any(True for _ in _newest_first(entry))))


def is_database(home: Path, database_id: str) -> bool:
    """Whether a database of that id ever had a release; False for what cannot be an id."""
    return layout.is_safe(database_id) and any(True for _ in _newest_first(layout.database_folder(home, database_id)))


def current_release(home: Path, database_id: str) -> str | None:
    """The number of the release that answers; None while there is none.

    Raises:
        HomeError: the home is one of old, and the file that holds its number is damaged.
    """
    return _answering(layout.database_folder(home, database_id))


def _answering(database: Path) -> str | None:
    for number in _newest_first(database):
        if not (notices.is_withdrawn(database, number) or notices.is_destroyed(database, number)):
            return number
    return None


def _numbers(database: Path) -> tuple[str, ...]:
    """Numbers of the releases that lie in a database's folder, oldest first."""
    return tuple(_newest_first(database))[::-1]


def _newest_first(database: Path) -> Iterator[str]:
    """Without making a path for each release: pages look here many times."""
    folder = os.fspath(layout.releases_folder(database))
    old = _newest_of_old(database)
    for n in sorted((n for n in _numbered(folder) if n > old), reverse=True):
        if os.path.lexists(f"{folder}/{n}/{layout.FACTS}"):
            yield str(n)
    yield from (str(n) for n in range(old, 0, -1))


def _numbered(folder: str) -> list[int]:
    try:
        with os.scandir(folder) as found:
            return [int(entry.name) for entry in found if _NUMBER.fullmatch(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _newest_of_old(database: Path) -> int:
    """The number in ``current``; 0 where there is none, as in any home that is not of old."""
    file = layout.current_file(database)
    if not os.path.lexists(file):
        return 0
    text = file.read_bytes().strip()
    if not (text.isdigit() and int(text) > 0):
        raise HomeError(f"Which release of {database.name} answers cannot be read.", mend=_RESTORE)
    return int(text)


def all_releases(home: Path, database_id: str) -> tuple[str, ...]:
    """Numbers of the releases there have ever been, oldest first, withdrawn ones too."""
    return _numbers(layout.database_folder(home, database_id))


def next_release(home: Path, database_id: str) -> str:
    """The number that the next release of a database has: one more than any before, withdrawn ones too."""
    return str(int(max(all_releases(home, database_id), key=int, default="0")) + 1)


def releases(home: Path, database_id: str) -> tuple[str, ...]:
    """Numbers of the releases that may be asked for, oldest first."""
    database = layout.database_folder(home, database_id)
    return tuple(number for number in _numbers(database) if not notices.is_withdrawn(database, number))


def withdrawn(home: Path, database_id: str) -> dict[str, Notice]:
    """The notice of each withdrawn release, by number."""
    there = all_releases(home, database_id)
    found = notices.withdrawn(layout.database_folder(home, database_id))
    return {number: notice for number, notice in found.items() if number in there}


def restored(home: Path, database_id: str) -> dict[str, tuple[str, ...]]:
    """When each release was restored after it had been withdrawn, by number."""
    return notices.restored(layout.database_folder(home, database_id))


def destroyed(home: Path, database_id: str) -> dict[str, Destroyed]:
    """Of which releases the records were destroyed, by number."""
    return notices.destroyed(layout.database_folder(home, database_id))


def is_destroyed(home: Path, database_id: str, release: str) -> bool:
    """Whether the records of a release were destroyed."""
    return notices.is_destroyed(layout.database_folder(home, database_id), release)


def manifest(home: Path, database_id: str, release: str) -> Manifest:
    """The manifest of one release.

    Raises:
        UnknownNameError: there is no such database or release.
        WithdrawnError: it was withdrawn.
        HomeError: the manifest is missing or damaged.
    """
    found = any_manifest(home, database_id, release)
    if notices.is_withdrawn(layout.database_folder(home, database_id), release):
        raise withdrawn_error(withdrawn(home, database_id)[release])
    return found


def withdrawn_error(notice: Notice) -> WithdrawnError:
    """The error that tells a notice."""
    return WithdrawnError(database=notice.database, release=notice.release, reason=notice.reason, since=notice.at)


def any_manifest(home: Path, database_id: str, release: str) -> Manifest:
    """The manifest of one release, withdrawn or not.

    Raises:
        UnknownNameError: there is no such database or release.
        HomeError: the manifest is missing or damaged.
    """
    if release not in all_releases(home, database_id):
        raise UnknownNameError(
            _("{release!r} is not a release of {database_id}.").format(release=release, database_id=database_id),
            component=release,
            mend=_("Leave it out for the latest."),
        )
    path = layout.release_folder(layout.database_folder(home, database_id), release) / layout.MANIFEST
    try:
        found = path.stat()
        return _loaded(path, (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size))
    except OSError as error:
        raise HomeError(f"The manifest of release {release} of {database_id} is missing.", mend=_RESTORE) from error


@lru_cache(maxsize=4096)
def _loaded(path: Path, _version: tuple[int, ...]) -> Manifest:
    """Kept for as long as the file is the one that it was: at its minute a release looks at those of all others."""
    return manifests.loads(path.read_bytes())


def facts(home: Path, database_id: str, release: str) -> ReleaseFacts:
    """What readers are told of one release, withdrawn or not.

    Raises:
        UnknownNameError: there is no such database or release.
        HomeError: they are damaged.
    """
    found = any_manifest(home, database_id, release)
    return release_facts.of(layout.database_folder(home, database_id), found)


def current(home: Path, database_id: str) -> Manifest | None:
    """The manifest of the release that answers; None while there is none."""
    number = current_release(home, database_id)
    return None if number is None else any_manifest(home, database_id, number)


def all_manifests(home: Path) -> tuple[Manifest, ...]:
    """The manifest of every release there has ever been of every database."""
    names = all_databases(home)
    return tuple(any_manifest(home, name, release) for name in names for release in all_releases(home, name))
