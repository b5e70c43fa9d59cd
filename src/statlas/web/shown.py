"""What the page of a table shows of it: the numbers, what explains them, and the ways to take them away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from statlas import formats
from statlas.definitions.address import PRESENTATION, Parameters, parameters_of
from statlas.model import titles as model_titles
from statlas.model.cube import CellStatus, Cube
from statlas.model.database import Database
from statlas.model.legend import blocked_by
from statlas.model.query import Query
from statlas.web import asking, links, notes, paging, snippets, titles, words
from statlas.web.grid import grid_of

_APART = ("csv", "csv-bom")
"""Formats that are not in the list of downloads: the button's, and the same with a mark in front."""


def shown(request: HttpRequest, database: Database, query: Query, cube: Cube, parameters: Parameters) -> dict[str, Any]:
    """Everything ``table_shown.html`` needs of a table that is answered."""
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
        "narrowing": narrowing(database, query),
        "filterable": [f for f in database.categories if f.id not in _used(query)],
        "licence": words.licence(cube.licence),
        "canonical": canonical,
        "csv_url": links.csv(cube.database, pinned),
        "downloads": [*_downloads(cube, pinned)],
        "code_to_copy": snippets.of_table(request, query, cube),
        "query_file_url": links.file(cube.database, pinned, formats.FORMATS["opendata-query"].suffix),
        "latest_url": absolute(request, cube.database, links.changed(canonical, release="")),
        "pinned_url": absolute(request, cube.database, pinned),
        "is_superseded": cube.release != asking.home().current(cube.database).release,
    }


def narrowing(database: Database, query: Query) -> list[notes.Chosen]:
    """The categories, the filters and what is worked out, each with the address where it is changed."""
    canonical = parameters_of(query)
    return [*notes.narrowing(database, query, canonical), *notes.worked_out(query, canonical)]


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


def _used(query: Query) -> set[str]:
    return {d.field for d in query.dimensions} | {f.field for f in query.filters}


def absolute(request: HttpRequest, database_id: str, parameters: Parameters) -> str:
    """The whole address of a table."""
    return request.build_absolute_uri(links.table(database_id, parameters))
