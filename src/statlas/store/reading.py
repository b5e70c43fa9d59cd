"""What can be read of a home without a lock: its format, its databases, their releases and manifests."""

from __future__ import annotations

import json
from pathlib import Path

from statlas.errors import HomeError, UnknownNameError
from statlas.model.release import Manifest
from statlas.store import layout, manifests
from statlas.wording import _

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
    return tuple(sorted(entry.name for entry in found if layout.current_file(entry).is_file()))


def current_release(home: Path, database_id: str) -> int:
    """The number of the release that answers; 0 while there is none.

    Raises:
        HomeError: the file that holds it is damaged.
    """
    try:
        text = layout.current_file(layout.database_folder(home, database_id)).read_bytes().strip()
    except (FileNotFoundError, NotADirectoryError):
        return 0
    if not (text.isdigit() and int(text) > 0):
        raise HomeError(f"Which release of {database_id} answers cannot be read.", mend=_RESTORE)
    return int(text)


def releases(home: Path, database_id: str) -> tuple[str, ...]:
    """Numbers of the releases that may be asked for, oldest first, up to the one that answers."""
    return tuple(str(n) for n in range(1, current_release(home, database_id) + 1))


def manifest(home: Path, database_id: str, release: str) -> Manifest:
    """The manifest of one release.

    Raises:
        UnknownNameError: there is no such database or release.
        HomeError: the manifest is missing or damaged.
    """
    if release not in releases(home, database_id):
        raise UnknownNameError(
            _("{release!r} is not a release of {database_id}.").format(release=release, database_id=database_id),
            component=release,
            mend=_("Leave it out for the latest."),
        )
    folder = layout.release_folder(layout.database_folder(home, database_id), release)
    try:
        return manifests.loads((folder / "manifest.json").read_bytes())
    except OSError as error:
        raise HomeError(f"The manifest of release {release} of {database_id} is missing.", mend=_RESTORE) from error


def current(home: Path, database_id: str) -> Manifest | None:
    """The manifest of the release that answers; None while there is none."""
    number = current_release(home, database_id)
    return manifest(home, database_id, str(number)) if number else None


def all_manifests(home: Path) -> tuple[Manifest, ...]:
    """The manifest of every release of every database."""
    return tuple(manifest(home, name, release) for name in databases(home) for release in releases(home, name))
