"""The endpoints of the release calendar: what is announced, and what is published."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from statlas.api.native import asking, read
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal
from statlas.api.native.shapes.releases import AnnouncementShape, CalendarShape
from statlas.errors import UnknownNameError
from statlas.formats.calendar_facts import CalendarFacts, announcement_data
from statlas.formats.calendar_json import calendar_data
from statlas.model.announcement import Announcement, Published
from statlas.service.office import calendar

router = Router(tags=["Releases"])

KEPT = timedelta(days=366)
"""How far back the calendar tells of what is past: as its file does."""

NO_CACHE = "no-cache"
"""At its minute nobody may be told what was before; what has not changed costs nothing."""

_LONGEST = 300


@router.get("/releases", response=CalendarShape, summary="The release calendar")
def releases(
    request: HttpRequest,
    database: str = Query("", max_length=_LONGEST, description="Id of a public database; left out, all."),
) -> HttpResponse:
    """What is announced for when and how certain it is, with every change and its reason; and what is published."""
    asking.refuse_others(request, "database")
    read.refuse_odd(database)
    home, now = asking.home(), timezone.now()
    if database and not home.has(database):
        raise Refusal(_unknown(database), 404)
    announced = calendar.entries(home=home, since=now - KEPT, database_id=database, now=now)
    out = [one for one in calendar.published(home=home, database_id=database) if one.public_from > now - KEPT]
    return _answer(calendar_data(_facts(request, announced, tuple(out))))


@router.get("/releases/{announcement}", response=AnnouncementShape, summary="An announced release")
def announcement(request: HttpRequest, announcement: str = Path(..., description="Id of it.")) -> HttpResponse:
    """One announced release; once it is public, its number and version too."""
    asking.refuse_others(request)
    read.refuse_odd(announcement)
    try:
        found = calendar.entry(home=asking.home(), announcement_id=announcement)
    except UnknownNameError as error:
        raise Refusal(error, 404) from None
    return _answer(announcement_data(found, _facts(request, (found,))))


def _answer(content: object) -> HttpResponse:
    response = asking.as_json(content)
    response.headers["Cache-Control"] = NO_CACHE
    return response


def _facts(request: HttpRequest, announced: tuple[Announcement, ...], out: tuple[Published, ...] = ()) -> CalendarFacts:
    links = Links(request)
    name = settings.STATLAS.site_name
    return CalendarFacts("Release calendar", links.site("").rstrip("/"), name, links.to("/releases"), announced, out)


def _unknown(database: str) -> UnknownNameError:
    return UnknownNameError(
        f"{database!r} is not in the calendar.",
        mend="The databases that can be asked for are those at /api/v1/databases.",
        component=database,
    )
