"""What is asked of the tables of the calendar, and every change to them; a change and its line are written together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from statlas.model.announcement import Act, Standing
from statlas.model.release import ReleaseKind
from statlas.model.release_times import in_london
from statlas.office.calendar.models import AnnouncedChange, AnnouncedRelease, Pattern


@dataclass(frozen=True)
class Line:
    """What the line of a change says besides its moments."""

    act: Act
    at: datetime
    reason: str
    actor: str
    digest: str = ""


def add(line: Line, **fields: Any) -> AnnouncedRelease | None:
    """Announce a release; None where that database has one at that moment already."""
    try:
        with transaction.atomic():
            made = AnnouncedRelease.objects.create(announced=line.at, changed=line.at, **fields)
            _write(made, line, None)
    except IntegrityError:
        return None
    return made


def change(row: AnnouncedRelease, line: Line, **fields: Any) -> bool:
    """Change an announcement, raise its sequence and write down why; False where it was changed meanwhile.

    False too where the database has another one at the new moment.
    """
    before = row.moment
    fields |= {"changed": line.at, "sequence": row.sequence + 1}
    try:
        with transaction.atomic():
            found = AnnouncedRelease.objects.filter(pk=row.pk, sequence=row.sequence, release="")
            if not found.update(**fields):
                return False
            row.refresh_from_db()
            _write(row, line, before)
    except IntegrityError:
        return False
    return True


def _write(row: AnnouncedRelease, line: Line, before: datetime | None) -> None:
    AnnouncedChange.objects.create(
        announcement=row,
        act=line.act.value,
        at=line.at,
        before=before,
        after=row.moment,
        reason=line.reason,
        digest=line.digest,
        actor=line.actor,
    )


def mark_out(row: AnnouncedRelease, release: str) -> None:
    """Remember under which number it was published."""
    AnnouncedRelease.objects.filter(pk=row.pk, release="").update(release=release)


def get(announcement_id: str) -> AnnouncedRelease | None:
    """An announcement by its id."""
    return AnnouncedRelease.objects.filter(pk=announcement_id).first()


def every(
    *, since: datetime | None = None, until: datetime | None = None, database_id: str = ""
) -> tuple[AnnouncedRelease, ...]:
    """Announcements from ``since`` until before ``until``, of all databases or of one, with their changes."""
    found = AnnouncedRelease.objects.prefetch_related("changes")
    if since is not None:
        found = found.filter(moment__gte=since)
    if until is not None:
        found = found.filter(moment__lt=until)
    return tuple(found.filter(database=database_id) if database_id else found)


def awaited(database_id: str) -> tuple[AnnouncedRelease, ...]:
    """Announcements of a database that are neither cancelled nor out, in time."""
    found = AnnouncedRelease.objects.filter(database=database_id, release="")
    return tuple(found.exclude(standing=Standing.CANCELLED.value))


def digests(database_id: str) -> frozenset[str]:
    """The digests that announcements of a database tell."""
    found = AnnouncedRelease.objects.filter(database=database_id).exclude(digest="")
    return frozenset(found.values_list("digest", flat=True))


def changes(most: int) -> tuple[AnnouncedChange, ...]:
    """The newest changes with their announcements, newest first; a first announcing only where a reason was needed."""
    found = AnnouncedChange.objects.select_related("announcement").exclude(act=Act.ANNOUNCED.value, reason="")
    return tuple(found.order_by("-at", "-pk")[:most])


def patterns() -> tuple[Pattern, ...]:
    """Every pattern."""
    return tuple(Pattern.objects.all())


def set_pattern(database_id: str, **fields: Any) -> Pattern:
    """Give a database a pattern in place of the one it had."""
    return Pattern.objects.update_or_create(database=database_id, defaults=fields)[0]


def remove_pattern(database_id: str) -> bool:
    """Take the pattern of a database away; False where it had none."""
    return Pattern.objects.filter(database=database_id).delete()[0] > 0


def follow(found: Pattern, until: date, moments: Iterable[datetime], line: Line) -> tuple[AnnouncedRelease, ...]:
    """Announce a pattern's moments and remember how far it was followed, all or nothing.

    A month in which the database has, or had, an announcement is left out: no release is announced twice, and one that
    was moved or cancelled is not made again. Once the pattern is followed, those that it made stand in no one's way.
    Nothing is made where another process followed the pattern meanwhile.
    """
    with transaction.atomic():
        if not Pattern.objects.filter(pk=found.pk, until=found.until).update(until=until):
            return ()
        taken = _months_taken(found.database, but_of=line.actor if found.until else "")
        made = (_follow_once(found, moment, line) for moment in moments if _month(moment) not in taken)
        return tuple(row for row in made if row is not None)


def _follow_once(found: Pattern, moment: datetime, line: Line) -> AnnouncedRelease | None:
    return add(
        line,
        database=found.database,
        title=found.title,
        kind=found.kind,
        moment=moment,
        standing=Standing.PROVISIONAL.value,
        exemption=found.exemption,
        contact_name=found.contact_name,
        contact_email=found.contact_email,
    )


def _months_taken(database_id: str, *, but_of: str) -> frozenset[tuple[int, int]]:
    """The months that a database's announcements are, or were, for; but those that somebody announced."""
    changes = AnnouncedChange.objects.filter(announcement__database=database_id).exclude(
        announcement__kind=ReleaseKind.CORRECTION.value
    )
    made = changes.filter(act=Act.ANNOUNCED.value, actor=but_of).values("announcement")
    others = changes.exclude(announcement__in=made).values_list("before", "after")
    return frozenset(_month(moment) for pair in others for moment in pair if moment)


def _month(moment: datetime) -> tuple[int, int]:
    local = in_london(moment)
    return local.year, local.month
