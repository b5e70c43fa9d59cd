"""The release calendar for everybody: what is to come, what is out, what was changed, and one announced release.

Nothing here knows of a release that is neither announced nor public. No answer is kept by a cache without being asked
for anew, so that at the minute nobody sees what was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from statlas.errors import UnknownNameError
from statlas.formats.calendar_atom import MEDIA_TYPE as ATOM
from statlas.formats.calendar_atom import calendar_atom
from statlas.formats.calendar_facts import CalendarFacts
from statlas.formats.calendar_ics import MEDIA_TYPE as ICS
from statlas.formats.calendar_ics import calendar_ics
from statlas.formats.calendar_json import MEDIA_TYPE as JSON
from statlas.formats.calendar_json import calendar_json
from statlas.model import calendar_words
from statlas.model.announcement import Announcement, Published
from statlas.model.release_times import in_london
from statlas.service import tables
from statlas.service.office import calendar as service
from statlas.service.office.releases import reading
from statlas.web import asking, links
from statlas.wording import _, several

KEPT = timedelta(days=366)
"""How far back calendars and feeds tell of what is past: arbitrary, as long as they look ahead."""

MOST_CHANGES = 200
"""Changes listed on their page; older ones stand with their announcements. Arbitrary."""

DAYS_COUNTED = 28
"""Further away weeks are counted: arbitrary, the four weeks in which a date is certain."""

NO_CACHE = "no-cache"

_Item = TypeVar("_Item")

_WRITERS: dict[str, tuple[Callable[[CalendarFacts], bytes], str]] = {
    "ics": (calendar_ics, ICS),
    "atom": (calendar_atom, ATOM),
    "json": (calendar_json, JSON),
}


@dataclass(frozen=True)
class Listed:
    """An announcement as the calendar lists it; ``away`` is how far its day is from today, empty for what is past."""

    one: Announcement
    is_late: bool
    away: str


@dataclass(frozen=True)
class Minute:
    """What comes out at one moment; ``away`` is how far its day is from today, empty for what is past."""

    moment: datetime
    away: str
    inside: list[Listed]


def upcoming(request: HttpRequest) -> HttpResponse:
    """What is announced, month by month: first what is next."""
    now, database_id = timezone.now(), _asked_for(request)
    today = in_london(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = service.entries(home=asking.home(), since=now - KEPT, database_id=database_id, now=now)
    listed = [_listed(one, now) for one in found if one.moment >= today or one.is_late(now)]
    waiting = [one for one in listed if not one.one.is_out and not one.one.is_cancelled]
    shown = {
        "months": _by_month(_by_minute(listed), lambda minute: minute.moment),
        "next": _next(waiting),
        "is_synthetic": any(one.one.synthetic for one in listed),
    }
    return _page(request, "releases/upcoming.html", database_id, shown)


def published(request: HttpRequest) -> HttpResponse:
    """What is out, newest first, a year at a time."""
    database_id = _asked_for(request)
    found = service.published(home=asking.home(), database_id=database_id)
    years = sorted({in_london(one.public_from).year for one in found}, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else max(years, default=0)
    of_year = [one for one in found if in_london(one.public_from).year == year]
    shown = {"months": _by_month(of_year, _public_from), "year": year, "years": years}
    return _page(request, "releases/published.html", database_id, shown)


def changes(request: HttpRequest) -> HttpResponse:
    """Every change of an announced date with its reason, newest first."""
    shown = {"changes": service.changes(home=asking.home(), most=MOST_CHANGES)}
    return _page(request, "releases/changes.html", "", shown)


def announcement(request: HttpRequest, announcement_id: str) -> HttpResponse:
    """One announced release: when, how certain, what of it is known before, and how to prove it after."""
    one, now = _found(announcement_id), timezone.now()
    access = reading.pre_release_list(database=one.database, release=one.release) if one.is_out else ()
    shown: dict[str, object] = {
        "listed": _listed(one, now),
        "one": one,
        "access": access,
        "proof": _proof(request, one),
    }
    return _page(request, "releases/announcement.html", one.database, shown)


def _proof(request: HttpRequest, one: Announcement) -> str:
    """A program that works out the digest of a published release again, from what is told of it."""
    address = request.build_absolute_uri(f"{links.NATIVE_INTERFACE}/releases/{one.id}")
    return "\n".join(
        (
            "import hashlib, json, urllib.request",
            f'told = json.load(urllib.request.urlopen("{address}"))',
            'salted = bytes.fromhex(told["salt"]) + told["statement"].encode()',
            f'print(hashlib.sha256(salted).hexdigest() == "{one.digest}")',
        )
    )


def announcement_ics(request: HttpRequest, announcement_id: str) -> HttpResponse:
    """One announced release for a calendar program."""
    one = _found(announcement_id)
    address = f"{links.announcement(one.id)}.ics"
    return _file(calendar_ics(_facts(request, one.title, address, (one,))), ICS)


def file(request: HttpRequest, suffix: str) -> HttpResponse:
    """The calendar for programs, of all databases or of one."""
    if suffix not in _WRITERS:
        raise Http404(_("The calendar is not made as such a file."))
    database_id, now = _asked_for(request), timezone.now()
    home = asking.home()
    announced = service.entries(home=home, since=now - KEPT, database_id=database_id, now=now)
    out = [one for one in service.published(home=home, database_id=database_id) if one.public_from > now - KEPT]
    write, media_type = _WRITERS[suffix]
    address = links.calendar_file(suffix, database_id)
    facts = _facts(request, _title(database_id), address, announced, tuple(out))
    return _file(write(facts), media_type)


def _page(request: HttpRequest, template: str, database_id: str, shown: Mapping[str, object]) -> HttpResponse:
    about = {
        "links": links,
        "words": calendar_words,
        "database_id": database_id,
        "choices": _choices(),
        "webcal": f"webcal://{request.get_host()}{links.calendar_file('ics', database_id)}",
    }
    response = render(request, template, {**about, **shown})
    response.headers["Cache-Control"] = NO_CACHE
    return response


def _file(body: bytes, media_type: str) -> HttpResponse:
    return HttpResponse(body, content_type=media_type, headers={"Cache-Control": NO_CACHE})


def _facts(
    request: HttpRequest,
    title: str,
    address: str,
    announced: tuple[Announcement, ...],
    out: tuple[Published, ...] = (),
) -> CalendarFacts:
    site = request.build_absolute_uri("/").rstrip("/")
    return CalendarFacts(title, site, asking.options().site_name, site + address, announced, out)


def _title(database_id: str) -> str:
    name = asking.options().site_name
    if not database_id:
        return _("{site}: release calendar").format(site=name)
    return _("{site}: releases of {database}").format(
        site=name, database=dict(_choices()).get(database_id, database_id)
    )


def _choices() -> list[tuple[str, str]]:
    """Databases of which something is public, by name: nothing else can be asked for by itself."""
    found = [(one.id, one.label) for one in tables.databases(home=asking.home())]
    return sorted(found, key=lambda one: (one[1].casefold(), one[0]))


def _asked_for(request: HttpRequest) -> str:
    """The database that is asked for; empty for all.

    Raises:
        Http404: nothing of it is public, or there is none of that id: the two cannot be told apart.
    """
    database_id = request.GET.get("database", "")
    if database_id and not asking.home().has(database_id):
        raise Http404(_("There is no such database in the calendar."))
    return database_id


def _found(announcement_id: str) -> Announcement:
    try:
        return service.entry(home=asking.home(), announcement_id=announcement_id)
    except UnknownNameError as error:
        raise Http404(error.message) from None


def _listed(one: Announcement, now: datetime) -> Listed:
    n_days = (in_london(one.moment).date() - in_london(now).date()).days
    away = "" if one.is_out or one.is_cancelled else _away(n_days)
    return Listed(one, one.is_late(now), away)


def _away(n_days: int) -> str:
    if n_days < 0:
        return ""
    if n_days == 0:
        return _("today")
    if n_days == 1:
        return _("tomorrow")
    if n_days <= DAYS_COUNTED:
        return several("in {n} day", "in {n} days", n_days).format(n=n_days)
    return several("in {n} week", "in {n} weeks", n_days // 7).format(n=n_days // 7)


def _next(waiting: list[Listed]) -> list[Listed]:
    """What comes next: everything of the first moment that is not out, what is late first of all."""
    return [one for one in waiting if one.one.moment == waiting[0].one.moment]


def _by_minute(listed: list[Listed]) -> list[Minute]:
    minutes = ((moment, list(inside)) for moment, inside in groupby(listed, lambda one: one.one.moment))
    return [Minute(moment, max(one.away for one in inside), inside) for moment, inside in minutes]


def _public_from(one: Published) -> datetime:
    return one.public_from


def _by_month(found: Iterable[_Item], moment: Callable[[_Item], datetime]) -> list[tuple[str, str, list[_Item]]]:
    """Months in their order: a name for addresses, ``2027-02``, one for people, and what is in it."""
    months = ((key, list(inside)) for key, inside in groupby(found, lambda one: f"{in_london(moment(one)):%Y-%m}"))
    return [(key, calendar_words.month(moment(inside[0])), inside) for key, inside in months]
