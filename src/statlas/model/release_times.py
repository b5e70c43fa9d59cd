"""When releases are public: 09:30 in London, on a day that is a working day in every nation of the United Kingdom.

Theory of operation. A release's minute is agreed on the wall clock of London and kept in UTC, worked out once by
``release_moment``. A wall-clock time that a clock change skips or repeats names no one moment and is refused. Bank
holidays come from the ``holidays`` package; of a year that it does not know nothing is a working day, rather than
every weekday being one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from holidays import country_holidays

from statlas.errors import CalendarError
from statlas.wording import _

LONDON = ZoneInfo("Europe/London")

USUAL = time(9, 30)
"""When official statistics are public: the Code of Practice, T3.6."""

NOTICE = timedelta(weeks=4)
"""How far ahead the day and time of a release are announced: the Code of Practice, T3.1."""

NATIONS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
"""Nations of the United Kingdom, as ISO 3166-2 and ``holidays`` abbreviate them."""

KNOWN_YEARS = range(1978, 2100)
"""Years whose bank holidays are known: since May Day became one, until where ``holidays`` ends."""

_SATURDAY = 5


def release_moment(day: date, at: time = USUAL) -> datetime:
    """The moment, in UTC, at which London's clocks show a time on a day: 08:30 UTC for 09:30 in summer.

    Raises:
        CalendarError: it is no whole minute, or the clocks are changed over it, so that it comes twice or never.
    """
    if at.tzinfo is not None or at.second or at.microsecond:
        raise CalendarError(_("A release has a whole minute of London's time."), mend=_("Write a time such as 09:30."))
    local = datetime.combine(day, at, LONDON)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise CalendarError(
            _("On {day} the clocks in London are changed over {time}: it comes twice, or never.").format(
                day=day.isoformat(), time=f"{at:%H:%M}"
            ),
            mend=_("Choose a time before 01:00 or from 02:00 on."),
        )
    return local.astimezone(UTC)


def in_london(moment: datetime) -> datetime:
    """A moment as London's clocks show it.

    Raises:
        ValueError: the moment has no time zone; that is a mistake of ours.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment has a time zone")
    return moment.astimezone(LONDON)


def is_usual(moment: datetime) -> bool:
    """Whether a release may be public at that moment without an exemption: 09:30 sharp, on a working day."""
    local = in_london(moment)
    return local.time() == USUAL and is_working_day(local.date())


def is_at_notice(moment: datetime, now: datetime) -> bool:
    """Whether ``moment`` is at least four weeks after ``now`` by London's clocks, whatever they did in between."""
    return in_london(moment).replace(tzinfo=None) - in_london(now).replace(tzinfo=None) >= NOTICE


def bank_holidays(year: int) -> Mapping[date, tuple[str, ...]]:
    """Bank holidays of a year, by day the nations that have it, by name; weekends are not among them for that alone.

    Raises:
        CalendarError: the bank holidays of that year are not known.
    """
    if year not in KNOWN_YEARS:
        raise CalendarError(
            _("The bank holidays of {year} are not known.").format(year=year),
            mend=_("Choose a year from {first} to {last}.").format(first=KNOWN_YEARS[0], last=KNOWN_YEARS[-1]),
        )
    return _bank_holidays(year)


@lru_cache(maxsize=256)
def _bank_holidays(year: int) -> Mapping[date, tuple[str, ...]]:
    found: dict[date, tuple[str, ...]] = {}
    for code, nation in NATIONS.items():
        for day in country_holidays("GB", subdiv=code, years=year, expand=False):
            found[day] = (*found.get(day, ()), nation)
    return dict(sorted(found.items()))


def is_working_day(day: date) -> bool:
    """Whether a day is a working day in all nations of the United Kingdom; never in a year that is not known."""
    return day.year in KNOWN_YEARS and day.weekday() < _SATURDAY and day not in _bank_holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it.

    Raises:
        CalendarError: it lies in a year whose bank holidays are not known.
    """
    return next(one for one in _days(day) if _is_known(one) and is_working_day(one))


def last_working_day(day: date) -> date:
    """The day itself if it is a working day, else the last one before it.

    Raises:
        CalendarError: it lies in a year whose bank holidays are not known.
    """
    return next(one for one in _days(day, step=-1) if _is_known(one) and is_working_day(one))


def _is_known(day: date) -> bool:
    """True.

    Raises:
        CalendarError: the bank holidays of the day's year are not known.
    """
    bank_holidays(day.year)
    return True


def _days(first: date, step: int = 1) -> Iterator[date]:
    return (first + timedelta(days=n * step) for n in count())
