"""Draft: a definition and record files in, a sealed draft out, which only the keeper can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from statlas.errors import HomeError
from statlas.model.release import DraftFacts, ReleaseKind
from statlas.records import Progress
from statlas.service.tables.publish import Agreed
from statlas.store import Home


@dataclass(frozen=True)
class DraftReport:
    """What a draft is: its id, whose release it would be, under which version, and its commitment.

    periods: those of the records given. added, revised: those that are new, or have other records than before.
    n_findings: how many findings of the screening and risk reports somebody has to accept with a reason.
    reports: the JSON of the reports, for whoever made the draft; they lie sealed with it.
    """

    draft_id: str
    database: str
    release: str
    digest: str
    version: str
    n_findings: int = 0
    periods: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    reports: bytes = b""


def draft(
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path] = (),
    period: str | None = None,
    agreed: Agreed | None = None,
    kind: ReleaseKind | None = None,
    note: str = "",
    by: str = "",
    progress: Progress | None = None,
) -> DraftReport:
    """Check and encode records under a definition, and seal what would be a release; nothing becomes public.

    Args:
        home: made by its first draft.
        definition, records, period, agreed, progress: as ``publish``.
        kind: why there is a release; None is a revision where published periods change, else new.
        note: plain words for readers: why, and what.
        by: who drafts, as staff are told.

    Raises:
        DefinitionError, RecordsError, QueryError: as ``publish``; nothing has changed on the disk.
        HomeError: there is a draft of the database already, nothing would change, somebody else is publishing it, or
            the disk failed.
    """
    raise HomeError("Drafts cannot be made yet.", mend="Publish with --now.")


def drafts(*, home: Home) -> tuple[DraftFacts, ...]:
    """What staff may see of each sealed draft of a home, oldest first."""
    return ()


def discard(*, home: Home, draft_id: str) -> None:
    """Remove a draft for good; one that is gone already is no error.

    Raises:
        HomeError: its id cannot be one, or the disk failed.
    """
    raise HomeError("Drafts cannot be discarded yet.", mend="Wait for a later version.")
