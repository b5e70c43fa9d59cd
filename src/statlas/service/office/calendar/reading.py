"""What the calendar says: to everybody, nothing of an unreleased release beyond its announcement."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from statlas.model.announcement import Act, Announcement, DateChange, Published, Standing
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedChange, AnnouncedRelease
from statlas.service.office.calendar import rules
from statlas.service.office.calendar.disk import Disk, Turns, public_from
from statlas.store import Home

A_YEAR = timedelta(days=366)
"""How long what was announced and never came is told of as late: arbitrary."""


def entries(
    *,
    home: Home,
    since: datetime | None = None,
    until: datetime | None = None,
    database_id: str = "",
    for_staff: bool = False,
    now: datetime | None = None,
) -> tuple[Announcement, ...]:
    """What is announced for moments from ``since`` until before ``until``, in time; of all databases or of one.

    A database of which nothing is public has no announcements of its own for anybody but staff: asking for it by
    its id would tell that the id is one.
    """
    if database_id and not for_staff and not home.has(database_id):
        return ()
    disk, now = Disk(home), now or timezone.now()
    rows = queries.every(since=since, until=until, database_id=database_id)
    return tuple(_told(row, disk, now, for_staff=for_staff) for row in rows)


def upcoming(
    *, home: Home, database_id: str = "", now: datetime | None = None, for_staff: bool = False
) -> tuple[Announcement, ...]:
    """What is to come: what is late included, and what was cancelled of it."""
    now = now or timezone.now()
    found = entries(home=home, since=now - A_YEAR, database_id=database_id, for_staff=for_staff, now=now)
    return tuple(one for one in found if one.moment > now or one.is_late(now))


def entry(*, home: Home, announcement_id: str, for_staff: bool = False, now: datetime | None = None) -> Announcement:
    """One announcement.

    Raises:
        UnknownNameError: there is none.
    """
    row = rules.found(announcement_id)
    return _told(row, Disk(home), now or timezone.now(), for_staff=for_staff)


def of_database(*, home: Home, database_id: str) -> tuple[Announcement, ...]:
    """For staff: what is announced of a database and neither out nor cancelled, in time."""
    disk, now = Disk(home), timezone.now()
    return tuple(_told(row, disk, now, for_staff=True) for row in queries.awaited(database_id))


def next_release(*, home: Home, database_id: str, now: datetime | None = None) -> Announcement | None:
    """The next announced release of a public database, one that is late included; None where none is announced."""
    found = upcoming(home=home, database_id=database_id, now=now)
    return next((one for one in found if not one.is_cancelled), None)


def changes(*, home: Home, most: int = 200) -> tuple[DateChange, ...]:
    """What was changed of announcements, newest first."""
    del home  # every announcement is public
    return tuple(_change(one, one.announcement.title) for one in queries.changes(most))


def published(*, home: Home, database_id: str = "", now: datetime | None = None) -> tuple[Published, ...]:
    """Every release there ever was, of all databases or of one, newest first; withdrawn ones with the reason."""
    now, disk = now or timezone.now(), Disk(home)
    wanted = home.all_databases() if not database_id else (database_id,) if disk.is_public(database_id) else ()
    announced: dict[tuple[str, str], str] = {}
    for row in queries.every(until=now):
        facts = disk.release_of(row, now)
        if facts is not None and row.database in wanted:
            announced[row.database, facts.release] = row.pk
    found = [one for name in wanted for one in disk.published(name, announced)]
    return tuple(sorted(found, key=lambda one: (one.public_from, one.database), reverse=True))


def _told(row: AnnouncedRelease, disk: Disk, now: datetime, *, for_staff: bool) -> Announcement:
    """What may be told of an announcement: its database once that is public, its release once that is."""
    is_known = disk.is_public(row.database)
    database = disk.database(row.database) if is_known else None
    facts = disk.release_of(row, now) if is_known else None
    turns = disk.turns(row.database, facts.release) if facts else Turns()
    given = Contact(row.contact_name, row.contact_email)
    return Announcement(
        id=row.pk,
        title=row.title,
        moment=row.moment,
        standing=Standing(row.standing),
        announced=row.announced,
        changed=row.changed,
        kind=ReleaseKind(row.kind),
        database=row.database if is_known or for_staff else "",
        digest=row.digest,
        exemption=row.exemption,
        note=row.note,
        contact=given if given != Contact() or database is None else database.contact,
        sequence=row.sequence,
        changes=tuple(_change(one, row.title) for one in row.changes.all()),  # type: ignore[attr-defined] # Django makes it
        synthetic=database is not None and database.synthetic,
        release=facts.release if facts else "",
        version=facts.version if facts else "",
        public_from=public_from(facts) if facts else None,
        salt=facts.salt if facts and row.digest else "",
        statement=facts.statement if facts and row.digest else "",
        withdrawn=turns.withdrawn,
        turns=turns.n,
        turned=turns.last,
    )


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
