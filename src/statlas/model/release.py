"""A release: a dated, immutable version of a database, described by its manifest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from statlas.model.change import Change


@dataclass(frozen=True)
class RecordFile:
    """The encoded records of one period: one Arrow IPC file.

    ``path`` is relative to the home; ``epoch`` rises whenever records of an already published period change (D1).
    """

    period: str
    path: str
    rows: int
    size: int
    sha256: str
    epoch: int = 0


@dataclass(frozen=True)
class OtherFile:
    """Any other file of a release, such as the definition: path relative to the home, bytes and digest."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Agreement:
    """The disclosure officer's recorded agreement to a fourth or later epoch of a period (D1): who, why and when."""

    period: str
    epoch: int
    by: str
    reason: str
    at: str


@dataclass(frozen=True)
class Manifest:
    """What a release is: ``Manifest("hb_new", "3", ...)``.

    ``created`` is ISO 8601 UTC, given by the publisher's clock; ``key_version`` names the family secret; ``ptable`` is
    the digest of the perturbation table (empty under ``open``).
    ``agreements`` are those this release needed, not those of earlier ones.
    """

    database: str
    release: str
    created: str
    records: tuple[RecordFile, ...]
    files: tuple[OtherFile, ...]
    policy: str
    ptable: str
    family: str
    key_version: int
    software: str
    previous: str | None = None
    agreements: tuple[Agreement, ...] = ()

    @property
    def periods(self) -> tuple[str, ...]:
        """Period codes, oldest first."""
        return tuple(sorted(record.period for record in self.records))


class ReleaseKind(StrEnum):
    """Why there is a release.

    NEW: new periods, or the first. REVISION: a scheduled change of what was published. CORRECTION: an unscheduled one,
    of a mistake.
    """

    NEW = "new"
    REVISION = "revision"
    CORRECTION = "correction"


@dataclass(frozen=True)
class ReleaseFacts:
    """What readers are told of a release: ``ReleaseFacts("hb_new", "3", version="2.1.0", note="May added.")``.

    version: major, minor and patch. public_from: ISO 8601 UTC, when it became public. note: plain words for readers.
    provisional, revised: period codes, oldest first. changes: against the release before.
    digest, salt, statement: the commitment that was announced before and what opens it; empty where none was made.
    """

    database: str
    release: str
    version: str = "1.0.0"
    public_from: str = ""
    kind: ReleaseKind = ReleaseKind.NEW
    note: str = ""
    provisional: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    digest: str = ""
    salt: str = ""
    statement: str = ""


@dataclass(frozen=True)
class Notice:
    """A release is withdrawn: why, in plain words for readers, and since when (ISO 8601 UTC)."""

    database: str
    release: str
    reason: str
    at: str


@dataclass(frozen=True)
class Destroyed:
    """The records of a release were destroyed: why, and when (ISO 8601 UTC)."""

    database: str
    release: str
    reason: str
    at: str


@dataclass(frozen=True)
class DraftFacts:
    """All that staff may see of a sealed draft without the keeper; nothing of it tells what figures are inside.

    ``draft_id`` is drawn by chance; ``release`` the number it would have; ``at`` ISO 8601 UTC, when it was sealed;
    ``by`` who did; ``digest`` the commitment that may be announced.
    kind, version: as its readers will be told; what the release is about, its note, lies sealed. policy: by which it is
    protected. All three are empty in drafts of earlier versions; the keeper sees that they are those of what is sealed.
    """

    draft_id: str
    database: str
    release: str
    at: str
    by: str
    digest: str
    kind: str = ""
    version: str = ""
    policy: str = ""
