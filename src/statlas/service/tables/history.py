"""The changelog of a database: every release there has been, what each changed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.errors import UnknownNameError
from statlas.model.database import Database
from statlas.model.release import Destroyed, Manifest, Notice, ReleaseFacts
from statlas.service.tables.databases import database_of
from statlas.service.tables.otherwise import periods_apart
from statlas.service.tables.versions import before, facts
from statlas.store import Home
from statlas.wording import _


@dataclass(frozen=True)
class PublicRelease:
    """A release that is or was public.

    added, revised, removed: periods, against ``previous``, the release before it; empty for a first one.
    notice: why it was withdrawn; None where it was not. destroyed: why there are no records of it any more.
    is_latest: whether it is the one that answers.
    """

    facts: ReleaseFacts
    database: Database
    manifest: Manifest
    previous: str = ""
    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notice: Notice | None = None
    destroyed: Destroyed | None = None
    is_latest: bool = False

    @property
    def number(self) -> str:
        """The number by which it is asked for."""
        return self.facts.release

    @property
    def released(self) -> str:
        """ISO 8601 UTC, when it became public."""
        return self.facts.public_from or self.manifest.created


def history(*, home: Home, database_id: str) -> tuple[PublicRelease, ...]:
    """Every release of a database, the newest first, withdrawn ones with their notice.

    Raises:
        UnknownNameError: there is no such database.
    """
    numbers = home.all_releases(database_id) if home.has(database_id) else ()
    if not numbers:
        raise UnknownNameError(
            _("{database_id!r} is not a database of this home.").format(database_id=database_id), component=database_id
        )
    notices, destroyed = home.withdrawn(database_id), home.destroyed(database_id)
    latest = home.current(database_id).release if database_id in home.databases() else ""
    return tuple(
        _release(home, database_id, number, notices.get(number), destroyed.get(number), is_latest=number == latest)
        for number in reversed(numbers)
    )


def _release(
    home: Home, database_id: str, number: str, notice: Notice | None, destroyed: Destroyed | None, *, is_latest: bool
) -> PublicRelease:
    manifest = home.any_manifest(database_id, number)
    last = before(home=home, manifest=manifest)
    added, revised, removed = periods_apart(last, manifest) if last else ((), (), ())
    return PublicRelease(
        facts(home=home, database_id=database_id, release=number),
        database_of(home=home, manifest=manifest),
        manifest,
        last.release if last else "",
        added,
        revised,
        removed,
        notice,
        destroyed,
        is_latest,
    )
