"""The line that every change of the calendar leaves in the audit log; without it the change is not made."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from statlas.model.announcement import Act
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.office.calendar.queries import Line
from statlas.service.office.calendar import rules
from statlas.service.tables import auditing
from statlas.store import Home


def change(home: Home, row: AnnouncedRelease, line: Line, **fields: Any) -> None:
    """Change an announcement and write it down, both or neither.

    Raises:
        QueryError: it was changed meanwhile.
        HomeError: it could not be written down.
    """
    with transaction.atomic():
        if not queries.change(row, line, **fields):
            raise rules.changed_meanwhile(row)
        write(home, row, line.act, actor=line.actor, reason=line.reason)


def write(home: Home, row: AnnouncedRelease, act: Act, *, actor: str, reason: str) -> None:
    """Write one line: who did what to which announcement, and why.

    Raises:
        HomeError: it could not be written.
    """
    details = {"announcement": row.pk, "moment": f"{row.moment:%Y-%m-%dT%H:%MZ}", "standing": row.standing}
    auditing.record(
        home=home,
        actor=actor,
        action=f"calendar.{_WORDS[act]}",
        subject=row.database,
        reason=reason,
        details={name: text for name, text in (*details.items(), ("exemption", row.exemption)) if text},
    )


_WORDS = {
    Act.ANNOUNCED: "announce",
    Act.CONFIRMED: "confirm",
    Act.MOVED: "move",
    Act.CANCELLED: "cancel",
    Act.SETTLED: "settle",
    Act.UNSETTLED: "unsettle",
}


def write_pattern(home: Home, database_id: str, action: str, *, actor: str, says: str = "") -> None:
    """Write one line: who gave a database which pattern, or took it away.

    Raises:
        HomeError: it could not be written.
    """
    details = {"pattern": says} if says else {}
    auditing.record(home=home, actor=actor, action=action, subject=database_id, details=details)
