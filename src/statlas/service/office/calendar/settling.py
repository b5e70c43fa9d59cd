"""What the life of a release does to the calendar: sealed and scheduled, taken off the schedule, public."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from statlas.errors import AccessError, CalendarError
from statlas.model.announcement import Act, Announcement, Standing
from statlas.model.release import ReleaseKind
from statlas.model.release_times import in_london
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.office.calendar.queries import Line
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import rules
from statlas.service.office.calendar.announcing import add
from statlas.service.office.calendar.disk import Disk
from statlas.service.office.calendar.reading import entry
from statlas.service.office.calendar.writing import change
from statlas.store import Home
from statlas.wording import _


def settle(  # noqa: PLR0913 - as an announcement
    *,
    home: Home,
    database_id: str,
    moment: datetime,
    digest: str,
    actor: Actor,
    exemption: str = "",
    reason: str = "",
    title: str = "",
    kind: ReleaseKind = ReleaseKind.NEW,
    announcement_id: str = "",
    now: datetime | None = None,
) -> Announcement:
    """Announce the digest of the sealed release that is scheduled for a moment, and confirm the moment.

    The announcement is the one named; else that of the database on the same day in London; else a new one is made.
    Whoever calls has seen to it that ``actor`` may schedule.
    One that is moved by it, or confirmed less than four weeks ahead, takes a reason; where the moment was confirmed
    before, moving it is an approver's, as it is without a release.

    Raises:
        AccessError: it would move a confirmed moment, and ``actor`` is no approver.
        CalendarError: a rule of the calendar is not kept, or another sealed release is scheduled for it.
        UnusableNameError: the database has nothing public, no announcement of it is there, and no title is given.
        UnknownNameError: the announcement named is not one of the database.
    """
    now = now or timezone.now()
    exemption, reason = rules.text(exemption), rules.text(reason)
    if re.fullmatch(r"[0-9a-f]{64}", digest) is None:
        raise CalendarError(_("The digest is not one."), mend=_("Give the 64 hexadecimal digits that sealing gave."))
    line = Line(Act.SETTLED, now, reason, actor.name, digest)
    row = _meant(home, database_id, moment, announcement_id, now)
    if row is None:
        rules.check_moment(moment, now, exemption)
        rules.check_notice(moment, now, reason)
        return add(
            home,
            line,
            os_user=actor.os_user,
            database=database_id,
            title=rules.title_of(home, database_id, title),
            kind=kind.value,
            moment=moment,
            standing=Standing.CONFIRMED.value,
            digest=digest,
            exemption=exemption,
        )
    _check_mover(row, moment, actor)
    _check(row, moment, digest, now, exemption, reason)
    change(
        home,
        row,
        line,
        actor.os_user,
        moment=moment,
        standing=Standing.CONFIRMED.value,
        digest=digest,
        exemption=exemption or (row.exemption if row.moment == moment else ""),
        kind=kind.value,
    )
    return entry(home=home, announcement_id=row.pk, for_staff=True, now=now)


def _check_mover(row: AnnouncedRelease, moment: datetime, actor: Actor) -> None:
    """See that a confirmed moment is moved by who may move it without a release, too."""
    is_moved = row.standing == Standing.CONFIRMED and row.moment != moment
    if is_moved and not rules.may(actor, row.database, rules.DECIDES):
        raise AccessError(
            _("The date is confirmed for {moment}: only an approver moves it, also by scheduling.").format(
                moment=rules.said(row.moment)
            ),
            mend=_("Schedule the release for that moment, or ask an approver to schedule it or to move the date."),
        )


def _check(row: AnnouncedRelease, moment: datetime, digest: str, now: datetime, exemption: str, reason: str) -> None:
    if row.digest and row.digest != digest:
        raise CalendarError(
            _("Another sealed release is scheduled for this announcement."),
            mend=_("Take that one off the schedule first."),
        )
    rules.check_moment(moment, now, exemption or (row.exemption if row.moment == moment else ""))
    if row.moment != moment:
        rules.check_reason(reason)
    if row.standing != Standing.CONFIRMED:
        rules.check_notice(moment, now, reason)


def _meant(
    home: Home, database_id: str, moment: datetime, announcement_id: str, now: datetime
) -> AnnouncedRelease | None:
    """The announcement that a scheduled release is of; None where there is none yet."""
    if announcement_id:
        row = rules.to_come(home, announcement_id, now)
        if row.database != database_id:
            raise rules.unknown(announcement_id)
        return row
    day = in_london(moment).date()
    awaited = [row for row in queries.awaited(database_id) if Disk(home).release_of(row, now) is None]
    alike = [row for row in awaited if in_london(row.moment).date() == day]
    return next((row for row in alike if row.moment == moment), alike[0] if alike else None)


def unsettle(
    *, home: Home, database_id: str, digest: str, reason: str, actor: Actor, now: datetime | None = None
) -> Announcement | None:
    """Take the digest of a release back that is off the schedule; the date stays until it is moved or cancelled.

    Returns:
        The announcement; None where that digest was never announced.

    Raises:
        CalendarError: no reason is given, or it was changed meanwhile.
    """
    now, reason = now or timezone.now(), rules.text(reason)
    rules.check_reason(reason)
    row = next((one for one in queries.awaited(database_id) if one.digest == digest), None)
    if row is None:
        return None
    change(home, row, Line(Act.UNSETTLED, now, reason, actor.name, digest), actor.os_user, digest="")
    return entry(home=home, announcement_id=row.pk, for_staff=True, now=now)


def opened(*, home: Home, database_id: str, release: str, digest: str = "", public_from: datetime) -> None:
    """Remember under which number an announced release was published; harmless to repeat, silent where none was.

    The announcement is the one of the digest; without a digest that of the same day in London.
    """
    awaited = queries.awaited(database_id) if release in home.releases(database_id) else ()
    day = in_london(public_from).date()
    if digest:
        found = [row for row in awaited if row.digest == digest]
    else:
        found = [row for row in awaited if not row.digest and in_london(row.moment).date() == day]
    if found:
        queries.mark_out(found[0], release)
