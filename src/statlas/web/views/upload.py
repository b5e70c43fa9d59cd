"""The page to which a saved query is brought, to be run here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.definitions.address import Parameters, parameters_of
from statlas.errors import QueryError, UnknownNameError
from statlas.service.tables import bringing
from statlas.service.tables.bringing import Understood
from statlas.web import asking, links
from statlas.web.measure_form import measure_label
from statlas.wording import _

_LONGEST_NAME = 300


def upload(request: HttpRequest, database_id: str = "") -> HttpResponse:
    """Where a file is chosen or a query pasted."""
    return _page(request, database_id)


def bring(request: HttpRequest, database_id: str = "") -> HttpResponse:
    """What a query asks for, with the way to its table; or what is wrong with it."""
    body = _body(request)
    instead = dict(zip(request.POST.getlist("was"), request.POST.getlist("now"), strict=False))
    without = request.POST.getlist("without")
    act = request.POST.get("act", "")
    if act == "nearest":
        instead[request.POST.get("unknown", "")] = request.POST.get("near", "")
    elif act == "leave":
        without = [*without, request.POST.get("unknown", "")]
    told: dict[str, Any] = {"text": body.decode("utf-8", "replace"), "instead": instead.items(), "without": without}
    try:
        found = bringing.understand(
            home=asking.home(),
            body=body,
            instead=instead,
            without=without,
            without_all=act == "leave-all" or request.POST.get("all") == "yes",
            release_of=_release_of(request, database_id),
        )
    except QueryError as error:
        unknown = error.component if isinstance(error, UnknownNameError) else ""
        told |= {
            "error": error,
            "unknown": unknown[:_LONGEST_NAME],
            "near": next(iter(error.facts.get("nearest", ())), ""),
            "is_value": unknown.startswith("str:value:"),
        }
        return _page(request, database_id, status=error.http_status, **told)
    return _page(request, database_id, **told, **_found(found, database_id))


def _when(request: HttpRequest) -> Parameters:
    """The release or the moment that the address names."""
    named = ((name, request.GET.get(name, "")) for name in (asking.RELEASE, asking.AS_OF))
    return tuple(one for one in named if one[1])


def _release_of(request: HttpRequest, database_id: str) -> bringing.ReleaseOf:
    """Of which release a query is asked: a moment holds for any database, a release for that of the page."""
    when = dict(_when(request))
    release, moment = when.get(asking.RELEASE), when.get(asking.AS_OF)
    if release and moment:
        raise QueryError(_("The address names both a release and a moment."), mend=_("Give one of the two."))

    def found(name: str) -> str | None:
        return asking.release_at(name, moment) if moment else release if name == database_id else None

    return found


def _body(request: HttpRequest) -> bytes:
    """The file, as far as it is read; without one what was pasted."""
    file = request.FILES.get("file")
    if file is not None:
        return bytes(file.read(bringing.LARGEST + 1))
    return request.POST.get("text", "").encode("utf-8", "replace")


def _found(found: Understood, database_id: str) -> dict[str, Any]:
    database, query = found.database, found.query
    numbers = [measure_label(database, name) for name in query.measures or (database.records.id,)]
    fields = [(database.field(d.field).label, bringing.said(database, d), d.total) for d in query.dimensions]
    return {
        "found": found,
        "numbers": numbers,
        "fields": fields,
        "is_other": bool(database_id) and database.id != database_id,
        "table_url": f"{links.table(database.id, parameters_of(query))}#table",
        "moving_url": f"{links.table(database.id, parameters_of(found.moving))}#table" if found.moving else "",
    }


def _page(request: HttpRequest, database_id: str, *, status: int = 200, **told: Any) -> HttpResponse:
    # Only its name is shown, which the page has whatever its address says of when.
    database = asking.database(database_id) if database_id else None
    when = _when(request)
    shared = {
        "database": database,
        "action": links.bring(database_id, when),
        "again_url": links.upload(database_id, when),
        "error": None,
        "found": None,
    }
    return render(request, "upload.html", {**shared, **told}, status=status)
