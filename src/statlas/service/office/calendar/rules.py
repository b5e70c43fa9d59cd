"""What an announcement must keep: a moment to come, four weeks' notice or a reason, an exemption for another time."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from statlas.errors import AccessError, CalendarError, UnknownNameError, UnusableNameError
from statlas.model import calendar_words
from statlas.model.announcement import Standing
from statlas.model.database import Contact
from statlas.model.release_times import is_at_notice, is_usual
from statlas.office.calendar import queries
from statlas.office.calendar.models import LONGEST_TEXT, LONGEST_TITLE, AnnouncedRelease
from statlas.office.organisations.roles import Role
from statlas.service.office import organisations
from statlas.service.office.actors import Actor
from statlas.service.office.calendar.disk import Disk
from statlas.store import Home
from statlas.wording import _

_ID = re.compile(r"[0-9a-f]{32}")

PREPARES = frozenset({Role.PRODUCER, Role.APPROVER})
"""Who announces a release provisionally."""

DECIDES = frozenset({Role.APPROVER})
"""Who says that a date is certain, moves and cancels it: T3.2 of the Code, the Head of Profession."""


class Deed(StrEnum):
    """What an approver does to an announcement that stands."""

    CONFIRM = "confirm"
    MOVE = "move"
    CANCEL = "cancel"


def may(actor: Actor, database_id: str, roles: frozenset[Role]) -> bool:
    """Whether who acts has one of these roles in the organisation whose database it is."""
    return actor.is_system or bool(organisations.roles_of(account=actor.account, database_id=database_id) & roles)


def require(actor: Actor, database_id: str, roles: frozenset[Role]) -> None:
    """See that who acts has one of these roles in the organisation whose database it is.

    Raises:
        AccessError: they have not, or the database is another organisation's; nothing is told of it.
    """
    if actor.is_system:
        return
    has = organisations.roles_of(account=actor.account, database_id=database_id)
    if not has:
        raise AccessError(
            _("This is another organisation's to announce."), mend=_("Ask somebody who belongs to that organisation.")
        )
    if not has & roles:
        wanted = _(" or ").join(role.label for role in sorted(roles))
        raise AccessError(
            _("This is for a {role} of the organisation.").format(role=wanted),
            mend=_("Ask an administrator of the organisation for that role, or somebody who has it to do this."),
        )


def said(moment: datetime) -> str:
    """A moment by London's clocks, as an error names it: *Tuesday 9 February 2027, 9:30am*."""
    return calendar_words.full(moment)


def check_moment(moment: datetime, now: datetime, exemption: str) -> None:
    """See that a release may be announced for a moment.

    Raises:
        CalendarError: it is past, no whole minute, or unusual without an exemption.
    """
    if moment.second or moment.microsecond:
        raise CalendarError(
            _("A release has a whole minute of London's time."), mend=_("Write a time such as 09:30."), field="time"
        )
    if moment <= now:
        raise CalendarError(
            _("{moment} is past.").format(moment=said(moment)),
            mend=_("Choose a moment that is to come."),
            field="day",
        )
    if not exemption and not is_usual(moment):
        raise CalendarError(
            _("{moment} is not 9:30am on a day that is a working day in all of the United Kingdom.").format(
                moment=said(moment)
            ),
            mend=_("Choose such a day, or record the exemption that allows another time."),
            field="exemption",
        )


def check_notice(moment: datetime, now: datetime, reason: str) -> None:
    """See that a moment is confirmed four weeks ahead, or that it is said why not.

    Raises:
        CalendarError: neither.
    """
    if not reason and not is_at_notice(moment, now):
        raise CalendarError(
            _("{moment} is less than four weeks ahead.").format(moment=said(moment)),
            mend=_("Say why it is announced so late: the reason is shown beside the date."),
            field="reason",
        )


def check_reason(reason: str) -> str:
    """A reason itself.

    Raises:
        CalendarError: none is given.
    """
    if not reason:
        raise CalendarError(
            _("This change takes a reason."), mend=_("Say why: the reason is shown beside the date."), field="reason"
        )
    return reason


def text(given: str, longest: int = LONGEST_TEXT) -> str:
    """A text on one line.

    Raises:
        CalendarError: it is too long.
    """
    found = " ".join(given.split())
    if not found.isprintable():
        raise CalendarError(_("The text has signs that cannot be shown."), mend=_("Type it anew."))
    if len(found) > longest:
        raise CalendarError(
            _("The text has {n} characters; {longest} are kept.").format(n=len(found), longest=longest),
            mend=_("Say it shorter."),
        )
    return found


def title_of(home: Home, database_id: str, given: str) -> str:
    """What an announcement is called: the title given, or the name under which the database is published.

    Raises:
        UnusableNameError: nothing of the database is public and no title is given, or it is too long.
    """
    title = " ".join(given.split())
    published = None if title else Disk(home).database(database_id)
    if published is not None:
        title = published.label[:LONGEST_TITLE]
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise UnusableNameError(
            _("Nothing of the database is public yet, so its release is announced under a title of its own.")
            if not title
            else _("A title is one line of {longest} characters at most.").format(longest=LONGEST_TITLE),
            mend=_(
                "Give a title that readers may see before, with --title on the command line: nothing is taken from a "
                "release that is not public."
            ),
            name=title[:LONGEST_TITLE],
            field="title",
        )
    return title


def found(announcement_id: str) -> AnnouncedRelease:
    """The announcement of an id.

    Raises:
        UnknownNameError: there is none.
    """
    row = queries.get(announcement_id) if _ID.fullmatch(announcement_id) else None
    if row is None:
        raise unknown(announcement_id)
    return row


def unknown(announcement_id: str) -> UnknownNameError:
    """The error of an id that no announcement has."""
    return UnknownNameError(
        _("There is no such announcement."),
        component=announcement_id[:100],
        mend=_("The calendar lists those there are."),
    )


def to_come(home: Home, announcement_id: str, now: datetime) -> AnnouncedRelease:
    """The announcement of an id, which is neither cancelled nor out.

    Raises:
        UnknownNameError: there is none.
        CalendarError: it is, and changes no more.
    """
    row = found(announcement_id)
    if row.standing == Standing.CANCELLED or Disk(home).release_of(row, now) is not None:
        raise CalendarError(
            _("The announcement is of a release that is out, or cancelled: it changes no more."),
            mend=_("Announce another one."),
        )
    return row


def unscheduled(home: Home, announcement_id: str, now: datetime) -> AnnouncedRelease:
    """The announcement of an id, to come, for which no sealed release is scheduled.

    Raises:
        UnknownNameError: there is none.
        CalendarError: it changes no more, or a release is scheduled for it.
    """
    row = to_come(home, announcement_id, now)
    if row.digest:
        raise CalendarError(
            _("A sealed release is scheduled for this announcement."),
            mend=_("Take the release off the schedule first; then change the date."),
        )
    return row


def changeable(
    home: Home, announcement_id: str, actor: Actor, deed: Deed, now: datetime, seen: int | None = None
) -> AnnouncedRelease:
    """The announcement of an id, to which who acts may do that now.

    Args:
        seen: how often it had been changed when who acts looked at it; None where that is not known.

    Raises:
        UnknownNameError: there is none.
        AccessError: it is not theirs to decide.
        CalendarError: it changes no more, was changed since it was seen, or does not take that.
    """
    find = to_come if deed is Deed.CONFIRM else unscheduled
    row = find(home, announcement_id, now)
    require(actor, row.database, DECIDES)
    if seen is not None and seen != row.sequence:
        raise changed_meanwhile(row)
    if deed is Deed.CONFIRM and row.standing == Standing.CONFIRMED:
        raise CalendarError(_("The date is confirmed already."), mend=_("Move it, with a reason, if it has changed."))
    return row


def changed_meanwhile(row: AnnouncedRelease) -> CalendarError:
    """The error of a change that came second."""
    return CalendarError(
        _("“{title}” was changed meanwhile, or the database has an announcement at that moment.").format(
            title=row.title
        ),
        mend=_("Look at the calendar again."),
    )


def contact_fields(contact: Contact | None) -> dict[str, str]:
    """The columns of whom to ask.

    Raises:
        CalendarError: a part is too long.
    """
    given = contact or Contact()
    return {"contact_name": text(given.name, 200), "contact_email": text(given.email, 254)}


def is_id(database_id: str) -> bool:
    """Whether a text can be the id of a database."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", database_id) is not None


def check_database(database_id: str) -> None:
    """See that an id can be one of a database.

    Raises:
        CalendarError: it cannot.
    """
    if not is_id(database_id):
        raise CalendarError(
            _("That is not the id of a database."), mend=_("Write the id that its definition has, such as hb_new.")
        )
