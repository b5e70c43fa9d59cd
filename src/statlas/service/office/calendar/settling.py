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
from statlas.service.office.calendar import dates, rules
from statlas.service.office.calendar.announcing import add
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

    The announcement is the one named; else that of the database on the same day in London; else the first that waits
    for a release, which is moved; a new one is made only where none waits, and for a correction.
    Whoever calls has seen to it that ``actor`` may schedule.
    One that is moved by it, or confirmed less than four weeks ahead, takes a reason; where the moment was confirmed
    before, moving it is an approver's, as it is without a release. An approver may name a later one than the first.

    Raises:
        AccessError: it would move a confirmed moment, and ``actor`` is no approver.
        CalendarError: a rule of the calendar is not kept, another sealed release is scheduled for it, or an earlier
            date waits for its release.
        UnusableNameError: the database has nothing public, no announcement of it is there, and no title is given.
        UnknownNameError: the announcement named is not one of the database.
    """
    now = now or timezone.now()
    exemption, reason = rules.text(exemption), rules.text(reason)
    if re.fullmatch(r"[0-9a-f]{64}", digest) is None:
        raise CalendarError(_("The digest is not one."), mend=_("Give the 64 hexadecimal digits that sealing gave."))
    line = Line(Act.SETTLED, now, reason, actor.name, digest)
    row = _meant(home, database_id, moment, kind, announcement_id, actor, now)
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
            mend=_(
                "Schedule the release for that moment; or ask an approver to schedule it for the other one, with the "
                "reason, which moves the date in the same step. If it is another release, announce that first."
            ),
        )


def _check(row: AnnouncedRelease, moment: datetime, digest: str, now: datetime, exemption: str, reason: str) -> None:
    if row.digest and row.digest != digest:
        raise CalendarError(
            _("Another sealed release is scheduled for this announcement."),
            mend=_("Take that one off the schedule first."),
        )
    rules.check_moment(moment, now, exemption or (row.exemption if row.moment == moment else ""))
    if row.moment != moment and not reason:
        raise CalendarError(
            _("The release is announced for {moment}, and scheduling it for another moment moves that date.").format(
                moment=rules.said(row.moment)
            ),
            mend=_("Say why: readers see the reason. If it is another release than that one, announce it first."),
            field="reason",
        )
    if row.standing != Standing.CONFIRMED:
        rules.check_notice(moment, now, reason)


def _meant(
    home: Home,
    database_id: str,
    moment: datetime,
    kind: ReleaseKind,
    announcement_id: str,
    actor: Actor,
    now: datetime,
) -> AnnouncedRelease | None:
    """The announcement that a scheduled release is of; None where it gets one of its own."""
    if not announcement_id:
        return dates.of_release(home, database_id, moment, kind, now)
    row = rules.to_come(home, announcement_id, now)
    if row.database != database_id:
        raise rules.unknown(announcement_id)
    if not rules.may(actor, database_id, rules.DECIDES):
        dates.check_named(home, row, now)
    return row


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
