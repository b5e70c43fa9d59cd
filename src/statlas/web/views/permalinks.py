"""Permanent links: have a table kept, see it as it was kept, take it away as a file.

The pages know nobody, like that of a table; what they show was kept once and is worked out from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import parse_etags

from statlas import formats
from statlas.definitions.address import Parameters, parameters_of, query_of, with_date
from statlas.errors import DamagedLinkError, UnknownNameError
from statlas.model import titles as model_titles
from statlas.model.legend import blocked_by
from statlas.model.query import Query
from statlas.model.spoken import spoken
from statlas.model.usage import UseKind
from statlas.service.office import permalinks, using
from statlas.service.office.limits import Asker
from statlas.service.office.permalinks import Kept
from statlas.service.tables.mapping import carried
from statlas.service.tables.versions import public_from
from statlas.version import VERSION
from statlas.web import asking, links, notes, paging, titles, visitor, words
from statlas.web.explaining import not_found
from statlas.web.grid import grid_of
from statlas.wording import gettext as _

PINNED = "public, max-age=300"
"""What is told to caches of a file that never changes, but whose release may be withdrawn."""

_VIEW = frozenset({"row", "column", "wafer", "empty", "sort"})
_APART = ("csv", "csv-bom")


@dataclass(frozen=True)
class Newer:
    """What has become of a table since it was kept.

    url: the newest figures, empty where there are none. misfits: what keeps the table from being made of them.
    """

    release: str = ""
    released: str = ""
    url: str = ""
    misfits: tuple[str, ...] = ()
    is_gone: bool = False


def keep(request: HttpRequest, database_id: str) -> HttpResponseBase:
    """Keep the table whose address was sent, and lead to its permanent link."""
    parameters = asking.sent(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    query = with_date(database, query_of(database, parameters))
    found = permalinks.keep(
        home=asking.home(),
        query=query,
        asker=Asker.of_address(visitor.address(request)),
        max_cells=asking.options().page_cells,
    )
    return HttpResponseRedirect(links.permalink(found), status=303)


def permalink(request: HttpRequest, permalink_id: str) -> HttpResponse:
    """A table as it was kept, and what has become of it since."""
    try:
        found = permalinks.get(home=asking.home(), permalink_id=permalink_id)
    except UnknownNameError as error:
        return not_found(request, error)
    except DamagedLinkError as error:
        return _damaged(request, permalink_id, error)
    using.note(request, found.query.database, UseKind.TABLE, "permalink")
    return render(request, "permalink.html", _shown(request, found))


def file(request: HttpRequest, permalink_id: str, suffix: str) -> HttpResponseBase:
    """A table as it was kept, as a file that never changes.

    Raises:
        Http404: there is no such link, or no format's files end so.
        DamagedLinkError: what was kept is damaged.
    """
    form = formats.by_suffix.get(suffix)
    try:
        asked, fingerprint = permalinks.facts(home=asking.home(), permalink_id=permalink_id)
    except UnknownNameError as error:
        raise Http404(str(error)) from None
    if form is None:
        raise Http404(_("There is no format whose files end with {suffix!r}.").format(suffix=suffix))
    using.note(request, asked.database, UseKind.DOWNLOAD, suffix)
    etag = f'"{fingerprint[:32]}-{suffix}-{VERSION}"'
    if etag in (one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))):
        answer: HttpResponseBase = HttpResponseNotModified()
    else:
        answer = _file(request, permalinks.get(home=asking.home(), permalink_id=permalink_id), form)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = PINNED
    return answer


def _file(request: HttpRequest, found: Kept, form: formats.Format) -> HttpResponse:
    """Whole and not in pieces, so that an error cannot come when half of it is told."""
    link = request.build_absolute_uri(links.permalink(found.id))
    title = titles.ready_title(found.database, found.query)
    about = formats.about_of(found.cube, link, database=found.database, title=title)
    answer = HttpResponse(b"".join(form.write(found.cube, about)), content_type=form.media_type)
    name = formats.file_name(found.cube, about, form)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _damaged(request: HttpRequest, permalink_id: str, error: DamagedLinkError) -> HttpResponse:
    query, _digest = permalinks.facts(home=asking.home(), permalink_id=permalink_id)
    told = {"error": error, "newer": _newer(query, None), "release": query.release}
    return render(request, "permalink_damaged.html", told, status=error.http_status)


def _shown(request: HttpRequest, found: Kept) -> dict[str, Any]:
    cube, database = spoken(found.cube), found.database
    view = tuple((name, str(value)) for name, value in request.GET.items() if name in _VIEW)
    part = paging.part_of(view, asking.options())
    grid = grid_of(cube, part)

    def page(parameters: Parameters) -> str:
        return links.permalink(found.id, parameters)

    return {
        "kept": found,
        "cube": cube,
        "database": database,
        "grid": grid,
        "title": model_titles.title(cube, database),
        "ready_title": titles.ready_title(database, found.query),
        "subtitle": model_titles.subtitle(cube, database),
        "paging": paging.paging_of(cube.database, view, part, grid, page),
        "legend": notes.legend(cube, grid.symbols),
        "notes": notes.notes(cube),
        "noise": notes.noise(cube),
        "blocked": blocked_by(cube),
        "is_sample": any(measure.se is not None for measure in cube.measures),
        "licence": words.licence(cube.licence),
        "csv_url": links.permalink_file(found.id, "csv"),
        "downloads": [*_downloads(found)],
        "here": request.build_absolute_uri(links.permalink(found.id)),
        "moving_url": request.build_absolute_uri(_moving(found.query)),
        "newer": _newer(found.query, found),
    }


def _moving(query: Query) -> str:
    """The address of the same table of whichever release answers, carried over by mapping plans."""
    home = asking.home()
    found = (
        carried(home=home, query=query, then=query.release or "0").query if query.database in home.databases() else None
    )
    return links.table(query.database, parameters_of(found or replace(query, release=None)))


def _downloads(found: Kept) -> Iterator[tuple[str, str, str]]:
    """Label of each format, its address, and why the table is no such file; one of the last two is empty."""
    for one in formats.FORMATS.values():
        if one.name not in _APART:
            misfit = one.misfit(found.cube)
            url = "" if misfit else links.permalink_file(found.id, one.suffix)
            yield _(one.label), url, str(misfit) if misfit else ""


def _newer(query: Query, found: Kept | None) -> Newer | None:
    """What there is of a newer release; None where the kept one is the newest."""
    home = asking.home()
    if query.database not in home.databases():
        return Newer(is_gone=True)
    current = home.current(query.database)
    if current.release == query.release and found is not None:
        return None
    wrong = carried(home=home, query=query, then=query.release or "0").cannot
    url = "" if wrong else _moving(query)
    since = public_from(home=home, database_id=query.database, release=current.release)
    return Newer(current.release, since, url or links.table(query.database), wrong)
