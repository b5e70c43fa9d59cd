"""Periods that are not there: lost since the last release, or left out of a series."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from statlas.model.database import Database
from statlas.model.finding import Finding, Severity, finding_id
from statlas.model.period import Frequency
from statlas.wording import _

CHECK = "period-missing"
_LATELY = 12
"""Steps that say what is usual: a gap of long ago makes no other one usual."""
_YEAR_DIGITS = 4
_MONTHS_A_YEAR = 12


def missing_periods(database: Database, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Finding]:
    """A finding for each period that is lost, and for each new step that is wider than the usual ones.

    Args:
        before, after: period codes of the last release (none for a first one) and of the draft, oldest first.
    """
    for period in before:
        if period not in after:
            yield _lost(database, period)
    usual = _usual(database, before) or _usual(database, after)
    for a, b in pairwise(after):
        if b not in before and _steps(database, a, b) > usual:
            yield _gap(database, a, b)


def _usual(database: Database, periods: tuple[str, ...]) -> int:
    """The widest step that was taken more than once of late, or the only one that was taken; 0 where there is none."""
    steps = [_steps(database, a, b) for a, b in pairwise(periods)][-_LATELY:]
    return max((step for step in steps if steps.count(step) > 1 or len(steps) == 1), default=min(steps, default=0))


def _steps(database: Database, a: str, b: str) -> int:
    """Months, or years, from one period to another."""
    years = int(b[:_YEAR_DIGITS]) - int(a[:_YEAR_DIGITS])
    if database.calendar.frequency in (Frequency.YEAR, Frequency.FINANCIAL_YEAR):
        return years
    return years * _MONTHS_A_YEAR + int(b[_YEAR_DIGITS:]) - int(a[_YEAR_DIGITS:])


def _lost(database: Database, period: str) -> Finding:
    label = database.calendar.label_of(period)
    return Finding(
        finding_id(CHECK, database.id, "lost", period),
        CHECK,
        Severity.PROBLEM,
        label,
        _("{period} was in the last release and is not in this one.").format(period=label),
        mend=_("Add its records again, or say why it is taken out."),
        place=((database.date.id, period),),
    )


def _gap(database: Database, a: str, b: str) -> Finding:
    first, second = database.calendar.label_of(a), database.calendar.label_of(b)
    return Finding(
        finding_id(CHECK, database.id, "gap", a, b),
        CHECK,
        Severity.PROBLEM,
        second,
        _("Nothing lies between {first} and {second}: a period seems to be left out.").format(
            first=first, second=second
        ),
        mend=_("Add the records of the periods between, or say why there are none."),
        place=((database.date.id, b),),
    )
