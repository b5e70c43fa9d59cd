"""On which days a database is released: every quarter on the second Tuesday, every month on the 15th.

A day that is no working day everywhere in the United Kingdom is moved to the next one that is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from statlas.errors import CalendarError
from statlas.model.release_times import USUAL, is_working_day, next_working_day, release_moment
from statlas.wording import _

WORKING_DAY = "working day"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_MONTHS = 12
_LONGEST_MONTH = 31


class Every(StrEnum):
    """How often a database is released."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


USUAL_MONTHS = {Every.MONTH: tuple(range(1, 13)), Every.QUARTER: (2, 5, 8, 11)}
"""Months in which a database is released where none are said; a yearly one says its month."""


@dataclass(frozen=True)
class DayRule:
    """A day of a month: ``DayRule.read("second tuesday")``, ``"last working day"``, ``"15"``.

    A number beyond the end of a month is its last day.
    """

    text: str

    @classmethod
    def read(cls, text: str) -> DayRule:
        """The rule that some words say.

        Raises:
            CalendarError: they say none.
        """
        words = " ".join(text.lower().split())
        place, _space, what = words.partition(" ")
        is_number = re.fullmatch(r"[1-9][0-9]?", words) is not None and int(words) <= _LONGEST_MONTH
        if is_number or (place in _PLACES and what in (*_WEEKDAYS, WORKING_DAY)):
            return cls(words)
        raise CalendarError(
            _("{text!r} is not a day of a month.").format(text=text),
            mend=_("Write a number such as 15, or words such as: second Tuesday, last Friday, third working day."),
        )

    def day_of(self, year: int, month: int) -> date:
        """The day of release in that month, or the working day after it.

        Raises:
            CalendarError: the bank holidays of that year are not known.
        """
        return next_working_day(self._named(year, month))

    def _named(self, year: int, month: int) -> date:
        n_days = monthrange(year, month)[1]
        if self.text.isdecimal():
            return date(year, month, min(int(self.text), n_days))
        place, _space, what = self.text.partition(" ")
        days = (date(year, month, n) for n in range(1, n_days + 1))
        alike = [day for day in days if _is(day, what)]
        if not alike:  # of a year that is not known, which `next_working_day` says
            return date(year, month, 1)
        wanted = _PLACES[place]
        return alike[-1] if wanted < 0 else alike[wanted - 1]


def _is(day: date, what: str) -> bool:
    return is_working_day(day) if what == WORKING_DAY else _WEEKDAYS[day.weekday()] == what


@dataclass(frozen=True)
class ReleasePattern:
    """Months of the year, a day in them, and a time: ``ReleasePattern((2, 5, 8, 11), DayRule.read("second tuesday"))``.

    Raises:
        CalendarError: a month is not one, or none is said.
    """

    months: tuple[int, ...]
    day: DayRule
    at: time = USUAL

    def __post_init__(self) -> None:
        if not self.months or any(not 1 <= month <= _MONTHS for month in self.months):
            raise CalendarError(
                _("A pattern of releases names months from 1 to 12."),
                mend=_("Write them as 2,5,8,11; a yearly release needs its month."),
            )

    @classmethod
    def every(cls, how_often: Every, day: DayRule, months: tuple[int, ...] = (), at: time = USUAL) -> ReleasePattern:
        """A pattern by how often it comes; ``months`` in place of the usual ones.

        Raises:
            CalendarError: the months are not as many as that takes.
        """
        found = months or USUAL_MONTHS.get(how_often, ())
        wanted = {Every.MONTH: _MONTHS, Every.QUARTER: 4, Every.YEAR: 1}[how_often]
        if len(set(found)) != wanted:
            raise CalendarError(
                _("A release every {often} needs {n} months of the year.").format(often=how_often.value, n=wanted),
                mend=_("Write them as 2,5,8,11; a yearly release needs its month."),
            )
        return cls(tuple(sorted(found)), day, at)

    def moments(self, since: date, until: date) -> Iterator[datetime]:
        """The moments of release on days from ``since`` to ``until``, both included, in UTC, in order.

        Raises:
            CalendarError: the bank holidays of a year between them are not known.
        """
        for year, month in _months(since - timedelta(days=_LONGEST_MONTH), until):
            if month in self.months:
                day = self.day.day_of(year, month)
                if since <= day <= until:
                    yield release_moment(day, self.at)


def _months(since: date, until: date) -> Iterator[tuple[int, int]]:
    first, last = (day.year * _MONTHS + day.month - 1 for day in (since, until))
    return ((n // _MONTHS, n % _MONTHS + 1) for n in range(first, last + 1))
