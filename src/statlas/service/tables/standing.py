"""How a published release stands: withdrawn, restored, its records destroyed; and the proof of what was announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from statlas.errors import HomeError
from statlas.model.release import Destroyed, Notice
from statlas.store import Home


@dataclass(frozen=True)
class Check:
    """One thing that a proof looks at: what, and whether it is as it was promised."""

    what: str
    holds: bool


@dataclass(frozen=True)
class Proof:
    """Whether a public release is the one whose digest was announced."""

    database: str
    release: str
    digest: str
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it was promised."""
        return bool(self.checks) and all(check.holds for check in self.checks)


def withdraw(*, home: Home, database_id: str, release: str, reason: str, at: datetime) -> Notice:
    """Withdraw a public release at this instant: its links show the notice, and the release before answers.

    Args:
        reason: plain words for readers.
        at: aware of its zone; when it is withdrawn, as readers are told.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, or the release is withdrawn already.
        HomeError: the disk failed.
    """
    raise HomeError("Releases cannot be withdrawn yet.", mend="Wait for a later version.")


def restore(*, home: Home, database_id: str, release: str, reason: str, at: datetime) -> None:
    """Let a withdrawn release be asked for again; if its number is the highest, it answers again.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, the release is not withdrawn, or its records were destroyed.
        HomeError: the disk failed.
    """
    raise HomeError("Releases cannot be restored yet.", mend="Wait for a later version.")


def destroy(*, home: Home, database_id: str, release: str, reason: str, at: datetime | None = None) -> Destroyed:
    """Destroy the records that only this release lists, and their cuboids; its printed figures stay.

    Args:
        reason: plain words for readers.
        at: when, as readers are told; None is now.

    Raises:
        UnknownNameError: there is no such database or release.
        QueryError: there is no reason, or the release is the one that answers.
        HomeError: the disk failed: ask again, what was begun is brought to its end.
    """
    raise HomeError("Records cannot be destroyed yet.", mend="Wait for a later version.")


def prove(*, home: Home, database_id: str, release: str, digest: str) -> Proof:
    """Work out again, from the public release, what was announced of it before.

    Args:
        digest: as announced, 64 hexadecimal digits.

    Raises:
        UnknownNameError, WithdrawnError: there is no such release, or it was withdrawn.
    """
    raise HomeError("Releases cannot be proved yet.", mend="Wait for a later version.")
