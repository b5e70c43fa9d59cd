"""Drafts made ready for their minute, in the keeper's own folder: unsealed, checked, with their cuboids.

Only the process that holds the keeper's key calls any of this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from statlas.errors import HomeError
from statlas.model.cube import Cube
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.store import Home

Clock = Callable[[], datetime]
"""Tells the moment, aware of its zone."""


def wall_clock() -> datetime:
    """The moment by the machine's clock, in UTC."""
    return datetime.now(UTC)


def prepare(*, home: Home, draft_id: str) -> None:
    """Unseal a draft, check every byte, build its cuboids; done once, and safe to ask again.

    Raises:
        HomeError: there is no such draft, it cannot be unsealed, or is not as it was sealed.
        StaleDraftError: another release answers than the one it was made after.
    """
    raise HomeError("Drafts cannot be prepared yet.", mend="Wait for a later version.")


def reports(*, home: Home, draft_id: str) -> bytes:
    """What was found when the draft was made: the JSON of ``model.finding.DraftReports``.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
    """
    raise HomeError("Drafts cannot be prepared yet.", mend="Wait for a later version.")


def preview(*, home: Home, draft_id: str, query: Query) -> Cube:
    """A table of the draft as it would be printed; nothing of it is kept.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
        QueryError, DisclosureRefused: as any table.
    """
    raise HomeError("Drafts cannot be prepared yet.", mend="Wait for a later version.")


def open_now(*, home: Home, draft_id: str, public_from: datetime, clock: Clock = wall_clock) -> Manifest:
    """Make a prepared draft the release that answers, by one rename; asked again, it says what it said.

    Args:
        public_from: the minute it was scheduled for, aware of its zone; told to readers as when it became public.
        clock: never is a draft opened before ``public_from`` by it.

    Raises:
        HomeError: it is not prepared, was discarded, its minute has not come, or the disk failed: nothing is public.
        StaleDraftError: another release answers than the one it was made after: nothing is public.
    """
    raise HomeError("Drafts cannot be opened yet.", mend="Wait for a later version.")


def tidy(*, home: Home) -> None:
    """Bring to an end what a kill interrupted: half-prepared drafts, cuboids to be placed, what was opened."""
