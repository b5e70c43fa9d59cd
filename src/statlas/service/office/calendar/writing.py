"""The line that every change of the calendar leaves in the audit log; without it the change is not made."""

from __future__ import annotations

from typing import Any

from statlas.model.announcement import Act
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.office.calendar.queries import Line
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import rules
from statlas.store import Home


def change(home: Home, row: AnnouncedRelease, line: Line, os_user: str = "", **fields: Any) -> None:
    """Change an announcement and write it down, both or neither.

    Raises:
        CalendarError: it was changed meanwhile.
        HomeError: it could not be written down.
    """
    with acts.alone():
        if not queries.change(row, line, **fields):
            raise rules.changed_meanwhile(row)
        write(home, row, line, os_user)


def write(home: Home, row: AnnouncedRelease, line: Line, os_user: str = "") -> None:
    """Write one line: who did what to which announcement, and why.

    Raises:
        HomeError: it could not be written.
    """
    details = {
        "announcement": row.pk,
        "moment": f"{row.moment:%Y-%m-%dT%H:%MZ}",
        "standing": row.standing,
        "exemption": row.exemption,
        "digest": line.digest,
        "os_user": os_user,
    }
    acts.write(
        home=home,
        actor=line.actor,
        action=f"calendar.{_WORDS[line.act]}",
        subject=row.database,
        reason=line.reason,
        details={name: text for name, text in details.items() if text},
    )


_WORDS = {
    Act.ANNOUNCED: "announce",
    Act.CONFIRMED: "confirm",
    Act.MOVED: "move",
    Act.CANCELLED: "cancel",
    Act.SETTLED: "settle",
    Act.UNSETTLED: "unsettle",
}


def write_pattern(home: Home, database_id: str, action: str, actor: Actor, says: str = "") -> None:
    """Write one line: who gave a database which pattern, or took it away.

    Raises:
        HomeError: it could not be written.
    """
    details = {name: text for name, text in (("pattern", says), ("os_user", actor.os_user)) if text}
    acts.write(home=home, actor=actor.name, action=action, subject=database_id, details=details)
