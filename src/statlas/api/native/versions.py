"""The endpoints of releases: what each changed, and what differs between any two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Path, Query, Router

from statlas.api.native import asking, doorway, read
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal, refused
from statlas.api.native.shapes.version import DifferenceShape, ReleasePage
from statlas.errors import UnknownNameError
from statlas.formats import differences as files
from statlas.model.change import change_data
from statlas.model.release_difference import LevelDifference, ReleaseDifference
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.history import PublicRelease, history

router = Router(tags=["Releases"])

CSV = "text/csv"
_LONGEST = 300
_DATABASE = Path(..., description="Id of a database.")
_FROM = Query(
    "",
    alias="from",
    max_length=_LONGEST,
    description="The earlier release, or a day when it answered; left out, the last.",
)
_TO = Query("", max_length=_LONGEST, description="The later release, or a day when it answered; left out, the latest.")
_LEVEL = Query("", max_length=_LONGEST, description="`FIELD@LEVEL`, or `all` for the whole; left out, every level.")


@router.get("/databases/{database_id}/releases", response=ReleasePage, summary="Releases of a database")
def releases(request: HttpRequest, database_id: str = _DATABASE) -> HttpResponse:
    """Every release, the newest first: version, what it changed, and what became of it."""
    asking.refuse_others(request)
    read.refuse_odd(database_id)
    try:
        found = history(home=asking.home(), database_id=database_id)
    except UnknownNameError as error:
        raise Refusal(error, 404) from None
    links = Links(request)
    return asking.as_json({"database": database_id, "releases": [_release(one, links) for one in found]})


@router.get(
    "/databases/{database_id}/changes",
    response=DifferenceShape,
    by_alias=True,
    summary="What differs between two releases",
)
def changes(
    request: HttpRequest, database_id: str = _DATABASE, from_: str = _FROM, to: str = _TO, level: str = _LEVEL
) -> HttpResponseBase:
    """Definition, periods, and every number that moved by more than noise, in tables by date and one level."""
    found = _difference(request, database_id, from_, to, level)
    told = _compared(request, found, level)
    return _of_both(asking.as_json(files.data(found, told)), found)


@router.get("/databases/{database_id}/changes.csv", summary="What differs between two releases as CSV")
def changes_csv(
    request: HttpRequest, database_id: str = _DATABASE, from_: str = _FROM, to: str = _TO, level: str = _LEVEL
) -> HttpResponseBase:
    """The numbers that moved by more than noise, a line each."""
    found = _difference(request, database_id, from_, to, level)
    told = _compared(request, found, level)
    response = HttpResponse(b"".join(files.csv(found, told)), content_type=f"{CSV}; charset=utf-8")
    name = f"{found.database.id}-changes-{found.then.release}-{found.now.release}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _of_both(response, found)


def _difference(request: HttpRequest, database_id: str, then: str, now: str, level: str) -> ReleaseDifference:
    asking.refuse_others(request, "from", "to", "level")
    read.refuse_odd(database_id, then, now, level)
    home = asking.home()
    try:
        after = read.open_database(home, database_id, *_named(now)).manifest
        before = read.open_database(home, database_id, *_named(then or after.previous or after.release)).manifest
    except UnknownNameError as error:
        raise Refusal(error, 404) from None
    if int(before.release) > int(after.release):
        raise refused("The earlier release is named last.", "Give the smaller number as `from`.", pointer="from")
    etag = doorway.etag_of("changes", database_id, before.release, after.release, level, request.path)
    doorway.refuse_unchanged(request, etag)
    return difference(home=home, database_id=database_id, then=before.release, now=after.release)


def _named(text: str) -> tuple[str | None, str | None]:
    """A release by its number, or by a day or a moment: as ``read.open_database`` takes them."""
    return (None, text) if "-" in text else (text or None, None)


def _compared(request: HttpRequest, found: ReleaseDifference, level: str) -> Iterator[LevelDifference]:
    """Every level, or one, with its numbers compared; they count towards the limit of whoever asks."""
    for one in [found.level(level)] if level else found.levels:
        told = level_difference(home=asking.home(), found=found, level=one)
        doorway.spending_of(request).count_cells(told.n_compared)
        yield told


def _of_both(response: HttpResponse, found: ReleaseDifference) -> HttpResponse:
    response.headers[doorway.RELEASE] = found.now.release
    return response


def _release(one: PublicRelease, links: Links) -> dict[str, Any]:
    latest = one.is_latest
    return {
        **files.release_data(one.facts),
        "public_from": one.released,
        "latest": latest,
        "periods": {"added": [*one.added], "revised": [*one.revised], "removed": [*one.removed]},
        "provisional": [*one.facts.provisional],
        "changes": [change_data(change) for change in one.facts.changes],
        "withdrawn": {"reason": one.notice.reason, "since": one.notice.at} if one.notice else None,
        "destroyed": {"reason": one.destroyed.reason, "since": one.destroyed.at} if one.destroyed else None,
        "address": "" if one.notice else links.schema(one.database.id, one.number),
    }
