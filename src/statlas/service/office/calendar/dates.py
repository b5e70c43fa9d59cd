"""Which date is a release's: each release has one, none is passed over, and none is announced twice."""

from __future__ import annotations

from datetime import date, datetime

from statlas.errors import CalendarError
from statlas.model.announcement import Standing
from statlas.model.release import ReleaseKind
from statlas.model.release_times import in_london
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.service.office.calendar import rules
from statlas.service.office.calendar.disk import Disk, public_from
from statlas.store import Home
from statlas.wording import _


def of_release(
    home: Home, database_id: str, moment: datetime, kind: ReleaseKind, now: datetime
) -> AnnouncedRelease | None:
    """The announcement that a release scheduled for a moment is of; None where it gets one of its own.

    It is the one of its day in London; else the first that waits for a release, which is moved.
    A correction comes between the releases that are planned: it takes a date announced for a correction, or none.

    Raises:
        CalendarError: an earlier date waits for its release: the one scheduled is that one.
    """
    that_day, first = _of_day(home, database_id, moment, kind, now), _first(home, database_id, kind, now)
    if that_day is None or first is None:
        return that_day or first
    check_not_passed_over(first, that_day)
    return that_day


def check_named(home: Home, row: AnnouncedRelease, now: datetime) -> None:
    """See that no earlier date is passed over by a release for which this one is named.

    Raises:
        CalendarError: one waits for its release.
    """
    first = _first(home, row.database, ReleaseKind(row.kind), now)
    if first is not None:
        check_not_passed_over(first, row)


def check_not_passed_over(first: AnnouncedRelease, meant: AnnouncedRelease) -> None:
    """See that a release is not scheduled for a later date than the first that waits for one.

    Raises:
        CalendarError: it is.
    """
    if first.pk != meant.pk and first.moment < meant.moment:
        raise CalendarError(
            _("A release of this database is announced for {moment}, before that, and has not come.").format(
                moment=rules.said(first.moment)
            ),
            mend=_(
                "Schedule this one for that date; or have an approver move or cancel that date first, "
                "`statlas calendar move` or `cancel`, with the reason."
            ),
            field="day",
        )


def check_single(
    home: Home, database_id: str, moment: datetime, kind: ReleaseKind, *, reason: str, now: datetime, but: str = ""
) -> None:
    """See that no release is announced twice: none on a day that has one, nor in a month, unless it is said why.

    Args:
        but: id of the announcement that is being moved.

    Raises:
        CalendarError: one is.
    """
    for row in _awaited(home, database_id, now):
        if row.pk == but or not _fits(row, kind):
            continue
        if _day(row.moment) == _day(moment):
            raise CalendarError(
                _("A release of this database is announced for {moment} already.").format(
                    moment=rules.said(row.moment)
                ),
                mend=_("Move that date, or choose another day."),
                field="day",
            )
        if not reason and kind is not ReleaseKind.CORRECTION and _month(row.moment) == _month(moment):
            raise CalendarError(
                _("A release of this database is announced for {moment} already, in the same month.").format(
                    moment=rules.said(row.moment)
                ),
                mend=_("Move that date; or, if this is another release, say why there are two: readers see it."),
                field="reason",
            )


def _of_day(
    home: Home, database_id: str, moment: datetime, kind: ReleaseKind, now: datetime
) -> AnnouncedRelease | None:
    """The announcement of a day that a release of this kind can be of, that of the very moment first."""
    alike = [row for row in _awaited(home, database_id, now) if _day(row.moment) == _day(moment)]
    alike = [row for row in alike if _fits(row, kind) or row.moment == moment]
    return next((row for row in alike if row.moment == moment), alike[0] if alike else None)


def _first(home: Home, database_id: str, kind: ReleaseKind, now: datetime) -> AnnouncedRelease | None:
    """The first announcement that waits for a release of this kind, and that no release at once has overtaken."""
    disk = Disk(home)
    rows = queries.every(database_id=database_id)
    out = {row.pk: found.release for row in rows if (found := disk.release_of(row, now))}
    at_once = [
        _month(public_from(one))
        for one in disk.facts(database_id)
        if one.release not in out.values() and one.kind is not ReleaseKind.CORRECTION
    ]
    waiting = (row for row in rows if row.pk not in out and row.standing != Standing.CANCELLED and not row.digest)
    return next((row for row in waiting if _fits(row, kind) and not _is_overtaken(row, at_once, now)), None)


def _awaited(home: Home, database_id: str, now: datetime) -> list[AnnouncedRelease]:
    """The announcements of a database that are neither cancelled nor out, in time."""
    disk = Disk(home)
    return [row for row in queries.awaited(database_id) if disk.release_of(row, now) is None]


def _is_overtaken(row: AnnouncedRelease, at_once: list[tuple[int, int]], now: datetime) -> bool:
    """Whether its moment has passed and a release came out at once, in its month or after, that nobody announced."""
    return row.moment <= now and any(month >= _month(row.moment) for month in at_once)


def _fits(row: AnnouncedRelease, kind: ReleaseKind) -> bool:
    return (row.kind == ReleaseKind.CORRECTION) == (kind is ReleaseKind.CORRECTION)


def _day(moment: datetime) -> date:
    return in_london(moment).date()


def _month(moment: datetime) -> tuple[int, int]:
    return in_london(moment).year, in_london(moment).month
