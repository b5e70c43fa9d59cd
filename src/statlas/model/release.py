"""A release: a dated, immutable version of a database, described by its manifest."""

from __future__ import annotations

from dataclasses import dataclass


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
