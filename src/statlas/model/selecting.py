"""Which periods of a release a time selector chooses."""

from __future__ import annotations

from statlas.model.period import Calendar
from statlas.model.query import TimeKind, TimeSelector


def selected(time: TimeSelector, periods: tuple[str, ...], calendar: Calendar) -> tuple[str, ...]:
    """The periods of a release that a selector chooses, oldest first; there may be none.

    Args:
        periods: of the release, oldest first.
    """
    match time.kind:
        case TimeKind.ALL:
            return periods
        case TimeKind.LATEST:
            return periods[-time.n :]
        case TimeKind.YEARLY:
            return calendar.same_each_year(periods, time.start)
        case TimeKind.FROM | TimeKind.RANGE:
            last = time.end if time.kind is TimeKind.RANGE else max(periods, default="")
            return tuple(period for period in periods if time.start <= period <= last)
