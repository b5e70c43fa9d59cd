"""The calendar as those see it who make it: the dates and patterns of their own databases, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from statlas.errors import StatlasError
from statlas.model.announcement import Announcement, Standing
from statlas.office.accounts.models import Account
from statlas.office.calendar import queries
from statlas.service.office import organisations
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import patterns, rules
from statlas.service.office.calendar.patterns import PatternFacts
from statlas.service.office.calendar.reading import entry, upcoming
from statlas.service.office.calendar.rules import Deed
from statlas.store import Home


@dataclass(frozen=True)
class OwnDate:
    """An announcement of one's own organisation, and what whoever looks may do to it now."""

    one: Announcement
    deeds: frozenset[Deed]


def own_dates(*, home: Home, account: Account, now: datetime | None = None) -> tuple[OwnDate, ...]:
    """What is to come of one's own databases, in time; what is late and what was cancelled included."""
    found = upcoming(home=home, now=now, for_staff=True)
    own = {name for name in {one.database for one in found} if _is_own(account, name)}
    decided = {name for name in own if _may_decide(account, name)}
    return tuple(_told(one, now, may_decide=one.database in decided) for one in found if one.database in own)


def own_date(*, home: Home, account: Account, announcement_id: str, now: datetime | None = None) -> OwnDate:
    """An announcement of one's own.

    Raises:
        UnknownNameError: there is none, or it is another organisation's: the two cannot be told apart.
    """
    one = entry(home=home, announcement_id=announcement_id, for_staff=True, now=now)
    if not _is_own(account, one.database):
        raise rules.unknown(announcement_id)
    return _told(one, now, may_decide=_may_decide(account, one.database))


def why_not(
    *, home: Home, account: Account, announcement_id: str, deed: Deed, now: datetime | None = None
) -> StatlasError | None:
    """Why an account cannot do that to an announcement of its own; None where it can."""
    try:
        rules.changeable(home, announcement_id, Actor.of_account(account), deed, now or timezone.now())
    except StatlasError as refused:
        return refused
    return None


def announces(*, account: Account, database_id: str) -> bool:
    """Whether an account announces releases of a database, and says which pattern they follow."""
    return rules.may(Actor.of_account(account), database_id, rules.PREPARES)


def to_announce(*, home: Home, account: Account) -> tuple[str, ...]:
    """Ids of the databases of which an account may announce releases, sorted."""
    own = organisations.databases_of(account=account, home=home)
    return tuple(one for one in own if announces(account=account, database_id=one))


def confirms(*, home: Home, account: Account) -> bool:
    """Whether an account may announce a date of some database as certain."""
    return any(_may_decide(account, one) for one in to_announce(home=home, account=account))


def own_pattern(*, home: Home, account: Account, database_id: str) -> PatternFacts | None:
    """The pattern of a database of one's own; None where it has none.

    Raises:
        UnknownNameError: it is no database of one's own.
    """
    if not rules.is_id(database_id) or not _knows(home, account, database_id):
        raise organisations.not_yours(database_id[:100])
    return next((one for one in patterns.patterns() if one.database == database_id), None)


def _knows(home: Home, account: Account, database_id: str) -> bool:
    """Whether a database is one's own: known to the office or the disk, or announced without either."""
    if database_id in organisations.databases_of(account=account, home=home):
        return True
    return _is_own(account, database_id) and bool(queries.awaited(database_id))


def _is_own(account: Account, database_id: str) -> bool:
    return organisations.is_member(account=account, database_id=database_id)


def _may_decide(account: Account, database_id: str) -> bool:
    return rules.may(Actor.of_account(account), database_id, rules.DECIDES)


def _told(one: Announcement, now: datetime | None, *, may_decide: bool) -> OwnDate:
    """With what may be done to it: a past date is not confirmed, and a scheduled release keeps its date."""
    if not may_decide or one.is_out or one.is_cancelled:
        return OwnDate(one, frozenset())
    deeds = set() if one.digest else {Deed.MOVE, Deed.CANCEL}
    if one.standing is not Standing.CONFIRMED and one.moment > (now or timezone.now()):
        deeds.add(Deed.CONFIRM)
    return OwnDate(one, frozenset(deeds))
