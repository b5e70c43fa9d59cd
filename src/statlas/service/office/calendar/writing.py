"""The line that every change of the calendar leaves in the audit log."""

from __future__ import annotations

from statlas.model.announcement import Act
from statlas.office.calendar.models import AnnouncedRelease
from statlas.store import Home


def write(home: Home, row: AnnouncedRelease, act: Act, *, actor: str, reason: str) -> None:
    """Write one line: who did what to which announcement, and why."""


def write_pattern(home: Home, database_id: str, action: str, *, actor: str, says: str = "") -> None:
    """Write one line: who gave a database which pattern, or took it away."""
