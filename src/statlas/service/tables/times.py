"""Which release of a database answered at a moment: ``asOf=2026-03-01`` on every door.

A day means its end in London; a moment without a zone is London's.
The same moment gives the same release for ever, once it is over: a release that answered then and was withdrawn since
is still the one that is meant, and tells its notice.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from statlas.errors import QueryError, UnknownNameError
from statlas.model.release import Manifest
from statlas.model.release_times import LONDON
from statlas.store import Home
from statlas.wording import _

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 40


def release_as_of(*, home: Home, database_id: str, moment: str, now: datetime | None = None) -> str:
    """The number of the release of a database that answered at a moment; it may have been withdrawn since.

    Args:
        moment: ``2026-03-01``, ``2026-03-01T09:30`` (London), ``2026-03-01T09:30:00Z``.
        now: of the asker's clock; None reads the machine's.

    Raises:
        QueryError: it is no moment, or lies ahead.
        UnknownNameError: nothing of the database was public then, or there is no such database.
    """
    at = _past(moment, now)
    if not home.has(database_id):
        raise UnknownNameError(
            _("{database_id!r} is not a database of this home.").format(database_id=database_id[:_LONGEST]),
            component=database_id,
            mend=_("It has {listed}.").format(listed=", ".join(home.databases()) or _("none yet: publish one first")),
        )
    if found := _answering(home, database_id, at):
        return found
    raise UnknownNameError(
        _("Nothing of {database_id} was public at {moment}.").format(database_id=database_id, moment=moment),
        component=moment,
        mend=_since_when(home, (database_id,), at),
    )


def manifests_as_of(*, home: Home, moment: str, now: datetime | None = None) -> tuple[Manifest, ...]:
    """The release of each database that answered at a moment, by database; one that was withdrawn since is left out.

    Raises:
        QueryError: it is no moment, or lies ahead.
        UnknownNameError: nothing was public then.
    """
    at = _past(moment, now)
    names = home.all_databases()
    found = ((name, _answering(home, name, at)) for name in names)
    there = tuple(home.manifest(name, one) for name, one in found if one and one not in home.withdrawn(name))
    if there:
        return there
    raise UnknownNameError(
        _("Nothing was public at {moment}.").format(moment=moment),
        component=moment,
        mend=_since_when(home, names, at),
    )


def _past(moment: str, now: datetime | None) -> datetime:
    """A moment that has been; of today what has been of it.

    Raises:
        QueryError: it is none, or lies ahead.
    """
    at, now = instant(moment), now or datetime.now(UTC)
    if at > now and not (_DAY.fullmatch(moment) and at - now <= timedelta(days=1)):
        raise QueryError(
            _("{moment} lies ahead: what will be public then is not known.").format(moment=moment),
            mend=_("Leave it out for the latest."),
        )
    return min(at, now)


def release_named(*, home: Home, database_id: str, name: str) -> str:
    """The number of a release that is named by it, or by a day or a moment at which it answered.

    Raises:
        QueryError, UnknownNameError: as ``release_as_of``; whether there is a release of a number is not looked at.
    """
    return release_as_of(home=home, database_id=database_id, moment=name) if "-" in name else name


def instant(text: str) -> datetime:
    """The moment that a text names.

    Raises:
        QueryError: it names none.
    """
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return datetime.combine(day, time.max, LONDON).astimezone(UTC)
        # A plus in an address is read as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return (found if found.tzinfo else found.replace(tzinfo=LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise QueryError(
            _("{text!r} is no moment.").format(text=text[:_LONGEST]),
            mend=_("Write a day, 2026-03-01, or a time, 2026-03-01T09:30:00Z."),
        ) from None


def _answering(home: Home, database_id: str, at: datetime) -> str:
    """The newest release that was public then and not withdrawn yet; empty where there was none."""
    notices = home.withdrawn(database_id)
    for number in reversed(home.all_releases(database_id)):
        since = _moment(home.facts(database_id, number).public_from)
        notice = notices.get(number)
        if since is not None and since <= at and not (notice and (_moment(notice.at) or at) <= at):
            return number
    return ""


def _since_when(home: Home, databases: tuple[str, ...], at: datetime) -> str:
    """What to do where nothing answered at a moment: the first day of all, unless that is behind it."""
    known = (_moment(home.facts(name, number).public_from) for name in databases for number in home.all_releases(name))
    first = min((one for one in known if one is not None), default=None)
    if first is None or first <= at:
        return _("Ask for another day; the page of its releases has them all.")
    return _("The first figures are those of {day}: ask for that day or a later one.").format(
        day=first.astimezone(LONDON).date().isoformat()
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
