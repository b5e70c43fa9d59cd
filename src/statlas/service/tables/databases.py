"""Which databases a home has, and what each is, as of its release that answers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from statlas import definitions
from statlas.disclosure import policy
from statlas.disclosure.policy import Policy
from statlas.errors import DestroyedError, HomeError, UnknownNameError
from statlas.model.database import Database
from statlas.model.release import Manifest
from statlas.store import Home
from statlas.wording import _

DATABASE_FILE = "database.json"
"""The file of a release that holds its definition in canonical form."""


def open_home(path: Path | str) -> Home:
    """The home in that folder; it need not exist yet."""
    return Home(Path(path))


def existing_home(path: Path | str) -> Home:
    """The home in that folder.

    Raises:
        HomeError: there is none.
    """
    home = Home(Path(path))
    if not home.exists:
        raise HomeError(
            _("{path} is not a Statlas home.").format(path=path),
            mend=_("Publish a database into it first: `statlas publish --now`."),
        )
    return home


def manifest(*, home: Home, database_id: str, release: str | None = None) -> Manifest:
    """The manifest of a release; None is the one that answers.

    Raises:
        UnknownNameError: there is no such database or release.
        WithdrawnError: it was withdrawn, or every release of the database was.
    """
    if not home.has(database_id):
        raise UnknownNameError(
            _("{database_id!r} is not a database of this home.").format(database_id=database_id),
            component=database_id,
            mend=_("It has {listed}.").format(listed=", ".join(home.databases()) or _("none yet: publish one first")),
        )
    return home.current(database_id) if release is None else home.manifest(database_id, release)


def database(*, home: Home, database_id: str, release: str | None = None) -> Database:
    """A database with the periods of a release; None is the one that answers.

    Raises:
        UnknownNameError: there is no such database or release.
    """
    return database_of(home=home, manifest=manifest(home=home, database_id=database_id, release=release))


def database_of(*, home: Home, manifest: Manifest) -> Database:
    """The database of a release whose manifest is at hand, with its periods; withdrawn or not.

    For those who compare releases: who answers readers asks ``database``, which refuses what was withdrawn.
    """
    return _read(home.path, manifest.database, manifest.release)


def databases(*, home: Home) -> tuple[Database, ...]:
    """Every database of a home, by folder and label; empty for a home with nothing published."""
    found = (database(home=home, database_id=name) for name in home.databases())
    return tuple(sorted(found, key=lambda d: (d.folder, d.label, d.id)))


def refuse_destroyed(*, home: Home, manifest: Manifest) -> None:
    """See that the records of a release are there to be counted.

    Raises:
        DestroyedError: they were destroyed.
    """
    if home.is_destroyed(manifest.database, manifest.release):
        fact = home.destroyed(manifest.database)[manifest.release]
        raise DestroyedError(database=fact.database, release=fact.release, reason=fact.reason, since=fact.at)


def policy_of(database: Database) -> Policy:
    """How a database is protected."""
    return policy.policy_of(database.protected_by)


@lru_cache(maxsize=256)
def _read(path: Path, database_id: str, release: str) -> Database:
    """Kept, as a release never changes."""
    home = Home(path)
    found = home.any_manifest(database_id, release)
    text = home.read_file(found, DATABASE_FILE).decode()
    return definitions.loads(text).with_periods(found.periods)
