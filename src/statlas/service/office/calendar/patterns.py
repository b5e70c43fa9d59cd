"""Patterns that announcements follow: kept a year ahead, provisionally, without a hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from statlas.errors import CalendarError, UnknownNameError
from statlas.model.announcement import Act, Announcement
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.model.release_patterns import DayRule, ReleasePattern
from statlas.model.release_times import USUAL, in_london
from statlas.office.calendar import queries
from statlas.office.calendar.models import Pattern
from statlas.office.calendar.queries import Line
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import rules
from statlas.service.office.calendar.reading import entry
from statlas.service.office.calendar.writing import write, write_pattern
from statlas.store import Home
from statlas.wording import _

AHEAD = timedelta(days=366)
"""How far ahead the calendar is kept: the Code of Practice, T3.1, asks for twelve months."""

FOLLOWING = "calendar"
"""Who makes the announcements that a pattern asks for, as the audit log names it."""


@dataclass(frozen=True)
class PatternFacts:
    """The pattern of a database: on which days, under which title."""

    database: str
    title: str
    pattern: ReleasePattern
    kind: ReleaseKind = ReleaseKind.NEW
    exemption: str = ""
    contact: Contact = field(default_factory=Contact)


def set_pattern(  # noqa: PLR0913 - as an announcement
    *,
    home: Home,
    database_id: str,
    pattern: ReleasePattern,
    actor: Actor,
    title: str = "",
    kind: ReleaseKind = ReleaseKind.NEW,
    exemption: str = "",
    contact: Contact | None = None,
    now: datetime | None = None,
) -> tuple[Announcement, ...]:
    """Give a database a pattern, and announce a year of releases by it, provisionally.

    What is announced already stays: moving it takes a reason.

    Returns:
        What was announced now.

    Raises:
        AccessError: it is not theirs to announce.
        UnusableNameError: nothing of the database is public and no title is given.
        CalendarError: a time that is not the usual one has no exemption, or is no whole minute.
    """
    rules.check_database(database_id)
    rules.require(actor, database_id, rules.PREPARES)
    title, exemption = rules.title_of(home, database_id, title), rules.text(exemption)
    if pattern.at != USUAL and not exemption:
        raise CalendarError(
            _("{time} is not the usual time, 09:30.").format(time=f"{pattern.at:%H:%M}"),
            mend=_("Choose 09:30, or record the exemption that allows another time."),
            field="exemption",
        )
    today = in_london(now or timezone.now()).date()
    tuple(pattern.moments(today, today + AHEAD))  # what names no moment is refused before it is kept
    with acts.alone():
        queries.set_pattern(
            database_id,
            title=title,
            kind=kind.value,
            months=list(pattern.months),
            day=pattern.day.text,
            at=pattern.at,
            exemption=exemption,
            **rules.contact_fields(contact),
            until=None,
        )
        write_pattern(home, database_id, "calendar.pattern", actor, _spelt(pattern))
    return extend(home=home, now=now)


def remove_pattern(*, home: Home, database_id: str, actor: Actor) -> None:
    """Take the pattern of a database away; what is announced stays.

    Raises:
        AccessError: it is not theirs.
        UnknownNameError: it has none.
    """
    rules.check_database(database_id)
    rules.require(actor, database_id, rules.PREPARES)
    with acts.alone():
        if not queries.remove_pattern(database_id):
            raise UnknownNameError(_("The database has no pattern of releases."), component=database_id)
        write_pattern(home, database_id, "calendar.pattern-removed", actor)


def patterns() -> tuple[PatternFacts, ...]:
    """Every pattern, by database; for staff."""
    return tuple(_facts(one) for one in queries.patterns())


def extend(*, home: Home, now: datetime | None = None) -> tuple[Announcement, ...]:
    """Announce what the patterns ask for and nobody has announced, up to a year ahead; harmless to repeat.

    Returns:
        What was announced now.
    """
    now = now or timezone.now()
    return tuple(made for found in queries.patterns() for made in _follow(home, found, now))


def _follow(home: Home, found: Pattern, now: datetime) -> tuple[Announcement, ...]:
    today = in_london(now).date()
    until = today + AHEAD
    since = max(today, found.until + timedelta(days=1)) if found.until else today
    if since > until:
        return ()
    facts = _facts(found)
    moments = [one for one in facts.pattern.moments(since, until) if one > now]
    line = Line(Act.ANNOUNCED, now, "", FOLLOWING)
    with acts.alone():
        rows = queries.follow(found, until, moments, line)
        for row in rows:
            write(home, row, line)
    return tuple(entry(home=home, announcement_id=row.pk, for_staff=True, now=now) for row in rows)


def _facts(row: Pattern) -> PatternFacts:
    return PatternFacts(
        database=row.database,
        title=row.title,
        pattern=ReleasePattern(tuple(row.months), DayRule(row.day), row.at),
        kind=ReleaseKind(row.kind),
        exemption=row.exemption,
        contact=Contact(row.contact_name, row.contact_email),
    )


def _spelt(pattern: ReleasePattern) -> str:
    months = ",".join(map(str, pattern.months))
    return f"months {months}; {pattern.day.text}; {pattern.at:%H:%M}"
