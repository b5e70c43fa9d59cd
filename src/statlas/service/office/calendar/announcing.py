"""Announce a release, confirm its moment, move it, cancel it: each with its reason, one line of the audit log each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from statlas.errors import CalendarError
from statlas.model.announcement import Act, Announcement, Standing
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.office.calendar import queries
from statlas.office.calendar.models import AnnouncedRelease
from statlas.office.calendar.queries import Line
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import dates, rules
from statlas.service.office.calendar.reading import entry
from statlas.service.office.calendar.rules import Deed
from statlas.service.office.calendar.writing import change, write
from statlas.store import Home
from statlas.wording import _


def announce(  # noqa: PLR0913 - an announcement is said in one go
    *,
    home: Home,
    database_id: str,
    moment: datetime,
    actor: Actor,
    title: str = "",
    kind: ReleaseKind = ReleaseKind.NEW,
    confirmed: bool = False,
    note: str = "",
    contact: Contact | None = None,
    exemption: str = "",
    reason: str = "",
    now: datetime | None = None,
) -> Announcement:
    """Announce that a release of a database will be public at a moment; provisionally, unless it is ``confirmed``.

    Args:
        home: where the database is, or will be.
        database_id: of the database; shown to nobody before something of it is public.
        moment: with a time zone.
        actor: who does it: a producer, or an approver who may confirm it.
        title: what readers see; the name of the database, where it is public and nothing is given.
        kind: new periods, a scheduled revision, or a correction.
        confirmed: whether the moment is certain; then it is four weeks ahead or has a ``reason``.
        note: plain words for readers.
        contact: the lead statistician; that of the database as published, where nothing is given.
        exemption: what allows another time than 09:30 on a working day.
        reason: why it is announced so late, or why two are announced for one month; shown.
        now: the clock.

    Raises:
        AccessError: it is not theirs to announce.
        CalendarError: a rule of the calendar is not kept, or it is announced already.
        UnusableNameError: nothing of the database is public and no title is given.
    """
    rules.check_database(database_id)
    rules.require(actor, database_id, rules.DECIDES if confirmed else rules.PREPARES)
    now = now or timezone.now()
    exemption, reason = rules.text(exemption), rules.text(reason)
    rules.check_moment(moment, now, exemption)
    if confirmed:
        rules.check_notice(moment, now, reason)
    dates.check_single(home, database_id, moment, kind, reason=reason, now=now)
    return add(
        home,
        Line(Act.ANNOUNCED, now, reason, actor.name),
        os_user=actor.os_user,
        database=database_id,
        title=rules.title_of(home, database_id, title),
        kind=kind.value,
        moment=moment,
        standing=(Standing.CONFIRMED if confirmed else Standing.PROVISIONAL).value,
        exemption=exemption,
        note=rules.text(note),
        **rules.contact_fields(contact),
    )


def add(home: Home, line: Line, *, os_user: str = "", **fields: Any) -> Announcement:
    """Keep an announcement and write it down, both or neither; the rules have been seen to.

    Raises:
        CalendarError: the database has one at that moment.
    """
    with acts.alone():
        made = queries.add(line, **fields)
        if made is None:
            raise CalendarError(
                _("A release of this database is announced for {moment} already.").format(
                    moment=rules.said(fields["moment"])
                ),
                mend=_("Look at the calendar again."),
            )
        write(home, made, line, os_user)
    return entry(home=home, announcement_id=made.pk, for_staff=True, now=line.at)


def confirm(
    *,
    home: Home,
    announcement_id: str,
    actor: Actor,
    reason: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> Announcement:
    """Say that a provisional moment is certain, four weeks ahead; later with the reason.

    Raises:
        UnknownNameError: there is no such announcement.
        AccessError: it is not theirs to decide.
        CalendarError: it is confirmed, cancelled, out or changed since it was ``seen``, or late and no reason is given.
    """

    def confirmed(row: AnnouncedRelease, line: Line) -> dict[str, Any]:
        rules.check_moment(row.moment, line.at, row.exemption)
        rules.check_notice(row.moment, line.at, line.reason)
        return {"standing": Standing.CONFIRMED.value}

    asked = _Asked(home, announcement_id, Deed.CONFIRM, actor, seen)
    return _changed(asked, Line(Act.CONFIRMED, now or timezone.now(), rules.text(reason), actor.name), confirmed)


def move(
    *,
    home: Home,
    announcement_id: str,
    moment: datetime,
    reason: str,
    actor: Actor,
    exemption: str = "",
    seen: int | None = None,
    now: datetime | None = None,
) -> Announcement:
    """Announce another moment for a release, with the reason; it stays provisional or confirmed as it is.

    Raises:
        UnknownNameError: there is no such announcement.
        AccessError: it is not theirs to decide.
        CalendarError: no reason is given, a rule of the calendar is not kept, or a sealed release is scheduled for it.
    """
    exemption = rules.text(exemption)

    def moved(row: AnnouncedRelease, line: Line) -> dict[str, Any]:
        rules.check_reason(line.reason)
        rules.check_moment(moment, line.at, exemption)
        if moment == row.moment:
            raise CalendarError(_("It is announced for that moment already."), mend=_("Choose another moment."))
        kind = ReleaseKind(row.kind)
        dates.check_single(home, row.database, moment, kind, reason=line.reason, now=line.at, but=row.pk)
        return {"moment": moment, "exemption": exemption}

    asked = _Asked(home, announcement_id, Deed.MOVE, actor, seen)
    return _changed(asked, Line(Act.MOVED, now or timezone.now(), rules.text(reason), actor.name), moved)


def cancel(
    *,
    home: Home,
    announcement_id: str,
    reason: str,
    actor: Actor,
    seen: int | None = None,
    now: datetime | None = None,
) -> Announcement:
    """Say that there will be no such release, with the reason; the announcement stays to be read.

    Raises:
        UnknownNameError: there is no such announcement.
        AccessError: it is not theirs to decide.
        CalendarError: no reason is given, it is out or cancelled, or a sealed release is scheduled for it.
    """

    def cancelled(_row: AnnouncedRelease, line: Line) -> dict[str, Any]:
        rules.check_reason(line.reason)
        return {"standing": Standing.CANCELLED.value}

    asked = _Asked(home, announcement_id, Deed.CANCEL, actor, seen)
    return _changed(asked, Line(Act.CANCELLED, now or timezone.now(), rules.text(reason), actor.name), cancelled)


@dataclass(frozen=True)
class _Asked:
    """What somebody asks to be done to which announcement, as they saw it."""

    home: Home
    announcement_id: str
    deed: Deed
    actor: Actor
    seen: int | None


def _changed(asked: _Asked, line: Line, fields: Callable[[AnnouncedRelease, Line], dict[str, Any]]) -> Announcement:
    """See that it may be done, find the new ``fields``, keep them and write down: the same for all three."""
    row = rules.changeable(asked.home, asked.announcement_id, asked.actor, asked.deed, line.at, asked.seen)
    change(asked.home, row, line, asked.actor.os_user, **fields(row, line))
    return entry(home=asked.home, announcement_id=row.pk, for_staff=True, now=line.at)
