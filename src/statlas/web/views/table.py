"""The page of a table, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from statlas import formats
from statlas.definitions.address import PRESENTATION, Parameters, parameters_of, query_of, with_date
from statlas.errors import BackendError, DisclosureRefused, StatlasError, TooManyCellsError
from statlas.model import titles as model_titles
from statlas.model.cube import CellStatus, Cube
from statlas.model.database import Database
from statlas.model.legend import blocked_by
from statlas.model.query import Query
from statlas.web import asking, form, links, notes, paging, snippets, titles, words
from statlas.web.grid import grid_of

_APART = ("csv", "csv-bom")
"""Formats that are not in the list of downloads: the button's, and the same with a mark in front."""


def table(request: HttpRequest, database_id: str) -> HttpResponse:
    """A table beside the form that changes it; an address that cannot be answered says how to mend it."""
    sent = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    if any(name == form.MARK for name, _ in sent):
        return HttpResponseRedirect(links.table(database_id, form.address_of(database, sent)))
    parameters = sent or form.default_parameters(database)
    shared = {"database": database, "form": form.form_of(database, parameters), "is_first": not sent}
    query = None
    try:
        query = with_date(database, query_of(database, parameters))
        cube = asking.table(query)
    except BackendError:
        raise
    except StatlasError as error:
        told = {"error": error, "advice": _advice(error, query), "narrowing": _to_change(database, query)}
        if isinstance(error, TooManyCellsError) and query is not None:
            told["as_file_url"] = links.new_job(database.id, parameters_of(query))
        return render(request, "table.html", {**shared, **told}, status=error.http_status)
    return render(request, "table.html", {**shared, **_shown(request, database, query, cube, parameters)})


def file(request: HttpRequest, database_id: str, suffix: str) -> StreamingHttpResponse:
    """The whole table as a file.

    Raises:
        Http404: no format's files end so.
    """
    form_of_file = formats.by_suffix.get(suffix)
    if form_of_file is None:
        raise Http404(f"There is no format whose files end with {suffix!r}.")
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    query = with_date(database, query_of(database, parameters))
    cube = asking.table(query)
    link = _absolute(request, cube.database, links.changed(parameters_of(query), release=cube.release))
    about = formats.about_of(cube, link, database=database, title=titles.ready_title(database, query))
    answer = StreamingHttpResponse(form_of_file.write(cube, about), content_type=form_of_file.media_type)
    name = formats.file_name(cube, about, form_of_file)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@dataclass(frozen=True)
class Download:
    """A format in the list of downloads: its address, or why a table is no such file."""

    label: str
    url: str
    misfit: str


def _downloads(cube: Cube, parameters: Parameters) -> Iterator[Download]:
    """Every format but the CSV of the button and its twin."""
    for one in formats.FORMATS.values():
        if one.name not in _APART:
            found = one.misfit(cube)
            url = "" if found else links.file(cube.database, parameters, one.suffix)
            yield Download(one.label, url, str(found) if found else "")


def _advice(error: StatlasError, query: Query | None) -> tuple[str, ...]:
    """What to change in a table that a rule refuses."""
    return asking.advice(query) if query is not None and isinstance(error, DisclosureRefused) else ()


def _to_change(database: Database, query: Query | None) -> list[notes.Chosen]:
    """The categories and filters of a table that is not shown, so that they can be changed."""
    return [] if query is None else _narrowing(database, query)


def _narrowing(database: Database, query: Query) -> list[notes.Chosen]:
    canonical = parameters_of(query)
    return [*notes.narrowing(database, query, canonical), *notes.worked_out(query, canonical)]


def _shown(
    request: HttpRequest, database: Database, query: Query, cube: Cube, parameters: Parameters
) -> dict[str, Any]:
    has_low = any((measure.status == CellStatus.LOW).any() for measure in cube.measures)
    blocked = blocked_by(cube)
    canonical = parameters_of(query)
    part = paging.part_of(parameters, asking.options())
    grid = grid_of(cube, part)
    view = tuple((name, value) for name, value in parameters if name in PRESENTATION)
    pinned = links.changed(canonical, release=cube.release)
    return {
        "cube": cube,
        "grid": grid,
        "title": model_titles.title(cube, database),
        "ready_title": titles.ready_title(database, query),
        "subtitle": model_titles.subtitle(cube, database),
        "paging": paging.paging_of(cube.database, (*canonical, *view), part, grid),
        "legend": notes.legend(cube, grid.symbols),
        "notes": notes.notes(cube),
        "share": notes.share_sentence(asking.shown_share(database, cube), cube.unit),
        "coarser": [*notes.coarser(database, query, canonical)] if has_low else [],
        "noise": notes.noise(cube),
        "blocked": blocked,
        "advice": asking.advice(query) if blocked else (),
        "is_sample": any(measure.se is not None for measure in cube.measures),
        "narrowing": _narrowing(database, query),
        "filterable": [f for f in database.categories if f.id not in _used(query)],
        "licence": words.licence(cube.licence),
        "canonical": canonical,
        "csv_url": links.csv(cube.database, pinned),
        "downloads": [*_downloads(cube, pinned)],
        "code_to_copy": snippets.of_table(request, query, cube),
        "query_file_url": links.file(cube.database, pinned, formats.FORMATS["opendata-query"].suffix),
        "latest_url": _absolute(request, cube.database, links.changed(canonical, release="")),
        "pinned_url": _absolute(request, cube.database, pinned),
        "is_superseded": cube.release != asking.home().current(cube.database).release,
    }


def _used(query: Query) -> set[str]:
    return {d.field for d in query.dimensions} | {f.field for f in query.filters}


def _absolute(request: HttpRequest, database_id: str, parameters: Parameters) -> str:
    return request.build_absolute_uri(links.table(database_id, parameters))
