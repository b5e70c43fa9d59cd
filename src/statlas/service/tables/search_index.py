"""The index of what a home's databases are about, kept in its cache and made anew whenever another release answers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from threading import Lock

from statlas import catalogue
from statlas.errors import HomeError
from statlas.geography.kinds import is_place
from statlas.service.tables.databases import databases
from statlas.store import Home, layout
from statlas.version import VERSION

_FORMAT = 1
"""Raised when the index is made differently, so that one made before is not read."""

_one_at_a_time = Lock()


def search_index(home: Home) -> Path:
    """Where the index lies; made if there is none for the releases that answer now.

    Several processes may make it at once: each makes a whole one, and the last put in place is like the others.

    Raises:
        HomeError: it cannot be written.
    """
    path = layout.catalogue_folder(home.path) / f"{_digest(home)}.sqlite3"
    if not path.exists():
        with _one_at_a_time:
            if not path.exists():
                _make(home, path)
                _forget_others(path)
    return path


def _make(home: Home, path: Path) -> None:
    try:
        catalogue.build(path, catalogue.documents_of(databases(home=home), is_place))
    except (OSError, sqlite3.OperationalError) as error:
        raise HomeError(
            "The index of the search cannot be written.",
            mend=f"Let the site write into {path.parent}, and see that the disk has room.",
        ) from error


def _digest(home: Home) -> str:
    answering = [(name, home.current(name).release, home.current(name).created) for name in home.databases()]
    return hashlib.sha256(json.dumps([_FORMAT, VERSION, answering]).encode()).hexdigest()[:32]


def _forget_others(kept: Path) -> None:
    for path in kept.parent.glob("*.sqlite3"):
        if path != kept:
            with suppress(FileNotFoundError):  # another process may be as tidy
                path.unlink()
