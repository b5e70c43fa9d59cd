"""What the calendar says: to everybody, nothing of an unreleased release beyond its announcement."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from statlas.errors import UnknownNameError
from statlas.model.announcement import Act, Announcement, DateChange, Standing
from statlas.model.database import Contact, Database
from statlas.model.release import ReleaseKind
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedChange, AnnouncedRelease
from statlas.service import tables
from statlas.service.office.calendar import rules
from statlas.store import Home

A_YEAR = timedelta(days=366)


def entries(
    *,
    home: Home,
    since: datetime | None = None,
    until: datetime | None = None,
    database_id: str = "",
    for_staff: bool = False,
) -> tuple[Announcement, ...]:
    """What is announced for moments from ``since`` until before ``until``, in time; of all databases or of one.

    A database of which nothing is public has no announcements of its own for anybody but staff: asking for it by
    its id would tell that the id is one.
    """
    if database_id and not for_staff and not rules.is_public(home, database_id):
        return ()
    reader = _Reader(home, for_staff=for_staff)
    return tuple(reader.of(row) for row in queries.every(since=since, until=until, database_id=database_id))


def upcoming(
    *, home: Home, database_id: str = "", now: datetime | None = None, for_staff: bool = False
) -> tuple[Announcement, ...]:
    """What is to come, what is late included, and what was cancelled but would be to come."""
    now = now or timezone.now()
    found = entries(home=home, database_id=database_id, for_staff=for_staff)
    return tuple(one for one in found if one.moment > now or one.is_late(now))


def entry(*, home: Home, announcement_id: str, for_staff: bool = False) -> Announcement:
    """One announcement.

    Raises:
        UnknownNameError: there is none.
    """
    return _Reader(home, for_staff=for_staff).of(rules.found(announcement_id))


def of_database(*, home: Home, database_id: str) -> tuple[Announcement, ...]:
    """For staff: what is announced of a database and neither out nor cancelled, in time."""
    reader = _Reader(home, for_staff=True)
    return tuple(reader.of(row) for row in queries.awaited(database_id))


def next_release(*, home: Home, database_id: str, now: datetime | None = None) -> Announcement | None:
    """The next announced release of a public database, one that is late included; None where none is announced."""
    found = upcoming(home=home, database_id=database_id, now=now)
    return next((one for one in found if not one.is_cancelled), None)


def changes(*, home: Home, most: int = 200) -> tuple[DateChange, ...]:
    """What was changed of announcements, newest first."""
    del home  # every announcement is public
    return tuple(_change(one, one.announcement.title) for one in queries.changes(most))


class _Reader:
    """Turns rows into what may be told of them, reading each database once."""

    def __init__(self, home: Home, *, for_staff: bool) -> None:
        self._home = home
        self._for_staff = for_staff
        self._databases: dict[str, Database | None] = {}

    def of(self, row: AnnouncedRelease) -> Announcement:
        database = self._database(row.database)
        given = Contact(row.contact_name, row.contact_email)
        return Announcement(
            id=row.pk,
            title=row.title,
            moment=row.moment,
            standing=Standing(row.standing),
            announced=row.announced,
            changed=row.changed,
            kind=ReleaseKind(row.kind),
            database=row.database if database or self._for_staff else "",
            digest=row.digest,
            exemption=row.exemption,
            note=row.note,
            contact=given if given != Contact() or database is None else database.contact,
            sequence=row.sequence,
            changes=tuple(_change(one, row.title) for one in row.changes.all()),  # type: ignore[attr-defined] # Django makes it
            synthetic=database is not None and database.synthetic,
            release=row.release,
        )

    def _database(self, database_id: str) -> Database | None:
        if database_id not in self._databases:
            self._databases[database_id] = self._read(database_id)
        return self._databases[database_id]

    def _read(self, database_id: str) -> Database | None:
        try:
            return tables.database(home=self._home, database_id=database_id)
        except UnknownNameError:
            return None


def _change(row: AnnouncedChange, title: str) -> DateChange:
    return DateChange(
        announcement=row.announcement_id,  # type: ignore[attr-defined] # Django makes it
        title=title,
        act=Act(row.act),
        at=row.at,
        before=row.before,
        after=row.after,
        reason=row.reason,
        digest=row.digest,
    )
