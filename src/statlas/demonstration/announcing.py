"""The release calendar of the demonstration: a year of announced releases that look like a department's own.

The rhythms are those at which the Department for Work and Pensions publishes; the dates are made up by the same rules
as any, and nothing will be published on them. Imported once Django is set up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from statlas.demonstration.made import label_of
from statlas.model.announcement import Announcement, Standing
from statlas.model.database import Contact
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.model.release_times import in_london, last_working_day, next_working_day, release_moment
from statlas.service.office import calendar
from statlas.service.office.actors import Actor
from statlas.store import Home

DEPARTMENT = Actor("demonstration", is_system=True)

CONTACT = Contact("Lead statistician of the demonstration department (made up)", "statistics@demonstration.example")

SINCE = timedelta(weeks=12)
"""How long ago the department is taken to have announced its year: more than its dates are confirmed ahead."""

CONFIRMED = timedelta(weeks=6)
"""How far ahead it confirms a date: beyond the four weeks that the Code of Practice asks for."""

AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Rhythm:
    """Databases that come out together: how often, in which months, on which day."""

    databases: tuple[str, ...]
    every: Every
    day: str
    months: tuple[int, ...] = ()

    @property
    def pattern(self) -> ReleasePattern:
        """Their days."""
        return ReleasePattern.every(self.every, DayRule.read(self.day), self.months)


RHYTHMS = (
    Rhythm(
        ("hb_new", "hb_flows", "ESA_Caseload_new", "JSA", "PC_New", "UC_Households", "JSA_sanc_dec", "ESA_sanc_dec"),
        Every.QUARTER,
        "second tuesday",
    ),
    Rhythm(("UC_Monthly", "UC_Starts"), Every.MONTH, "second tuesday"),
    Rhythm(("PIP_Monthly", "PIP_Registrations"), Every.QUARTER, "third tuesday", (3, 6, 9, 12)),
    Rhythm(("BC_UC_Monthly", "Benefit_Cap_Monthly_2011"), Every.QUARTER, "third thursday", (3, 6, 9, 12)),
    Rhythm(("ESA_WCA_CS",), Every.QUARTER, "second thursday", (3, 6, 9, 12)),
    Rhythm(("Ninos",), Every.QUARTER, "fourth thursday", (2, 5, 8, 11)),
    Rhythm(("fit_notes",), Every.QUARTER, "third thursday", (1, 4, 7, 10)),
    Rhythm(("CILIF_REL", "CILIF_ABS"), Every.YEAR, "fourth thursday", (3,)),
    Rhythm(("SMI_CASELOAD",), Every.YEAR, "last thursday", (7,)),
    Rhythm(("WP_Job_Outcomes",), Every.YEAR, "third thursday", (6,)),
)
"""Housing Benefit in February, May, August and November; Universal Credit every month; the others as they come."""

FIRST = ("carers_new", "Carer's Allowance: awards by area, a first release (made up)")
"""A database that is to come, under the title that its makers gave it; its id is told to nobody."""

MOVED = ("CILIF_REL", timedelta(days=7), "The survey of family resources it rests on arrives a week later.")
CANCELLED = ("WP_Job_Outcomes", "The programme has ended; its last figures are published.")


def announce(home: Home, now: datetime) -> int:
    """Announce the year that follows ``now``, unless the calendar has something in it; how many were announced."""
    if calendar.entries(home=home, now=now, for_staff=True):
        return 0
    made = [one for rhythm in RHYTHMS for name in rhythm.databases for one in _year(home, rhythm, name, now)]
    made.append(_first(home, now))
    _change(home, now)
    return len(made)


def _year(home: Home, rhythm: Rhythm, database_id: str, now: datetime) -> Iterator[Announcement]:
    """A year of one database, and the pattern by which it goes on."""
    tomorrow = in_london(now).date() + timedelta(days=1)
    until = in_london(now).date() + AHEAD
    for moment in rhythm.pattern.moments(tomorrow, until):
        made = _announced(home, database_id, label_of(database_id), moment, now)
        yield _confirmed(home, made, now)
    calendar.set_pattern(
        home=home,
        database_id=database_id,
        pattern=rhythm.pattern,
        title=label_of(database_id),
        contact=CONTACT,
        actor=DEPARTMENT,
        now=now,
    )


def _announced(home: Home, database_id: str, title: str, moment: datetime, now: datetime) -> Announcement:
    return calendar.announce(
        home=home,
        database_id=database_id,
        title=title,
        moment=moment,
        contact=CONTACT,
        actor=DEPARTMENT,
        now=_morning(now - SINCE),
    )


def _confirmed(home: Home, one: Announcement, now: datetime) -> Announcement:
    """The same, confirmed where that is due."""
    due = _morning(one.moment - CONFIRMED)
    if due > now:
        return one
    return calendar.confirm(home=home, announcement_id=one.id, actor=DEPARTMENT, now=due)


def _first(home: Home, now: datetime) -> Announcement:
    """The first release of a database that is not there."""
    day = next_working_day(in_london(now).date() + timedelta(weeks=16))
    return _announced(home, *FIRST, release_moment(day), now)


def _change(home: Home, now: datetime) -> None:
    """One date moved and one release cancelled, as happens in any year; what is confirmed stays."""
    database_id, by, why = MOVED
    for one in _planned(home, database_id)[:1]:
        day = next_working_day(in_london(one.moment).date() + by)
        calendar.move(
            home=home,
            announcement_id=one.id,
            moment=release_moment(day),
            reason=why,
            actor=DEPARTMENT,
            now=_morning(now - timedelta(days=9)),
        )
    database_id, why = CANCELLED
    for one in _planned(home, database_id)[:1]:
        calendar.cancel(
            home=home, announcement_id=one.id, reason=why, actor=DEPARTMENT, now=_morning(now - timedelta(days=20))
        )


def _morning(moment: datetime) -> datetime:
    """When people are at work: ten o'clock of that working day, or of the one before."""
    return release_moment(last_working_day(in_london(moment).date()), time(10))


def _planned(home: Home, database_id: str) -> list[Announcement]:
    found = calendar.of_database(home=home, database_id=database_id)
    return [one for one in found if one.standing is Standing.PROVISIONAL]
