"""What the page of a table shows of it: the numbers, what explains them, and the ways to take them away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from statlas import formats
from statlas.definitions import derived_text
from statlas.definitions.address import PRESENTATION, Parameters, defined_groups, parameters_of, single
from statlas.model import titles as model_titles
from statlas.model.citing import citation_of
from statlas.model.cube import CellStatus, Cube
from statlas.model.database import Database
from statlas.model.derived import Rank
from statlas.model.legend import blocked_by
from statlas.model.query import Query, Role
from statlas.model.summary import sentences
from statlas.web import asking, links, notes, paging, snippets, sorting, taking, titles, words
from statlas.web.grid import grid_of
from statlas.wording import _

_ROWS_ASKED, _COLUMNS_ASKED = 50, 20
"""Rows and columns of a table whose every cell is a button: a keyboard passes them one by one (arbitrary)."""


def shown(request: HttpRequest, database: Database, query: Query, cube: Cube, parameters: Parameters) -> dict[str, Any]:
    """Everything ``table_shown.html`` needs of a table that is answered."""
    has_low = any((measure.status == CellStatus.LOW).any() for measure in cube.measures)
    blocked = blocked_by(cube)
    canonical = parameters_of(query)
    pinned = links.changed(canonical, release=cube.release)
    pinned_url = absolute(request, cube.database, pinned)
    ready_title, title = titles.ready_title(database, query), model_titles.title(cube, database)
    found = tuple(taking.downloads(cube, pinned))
    return {
        **numbers(database, query, cube, parameters),
        "title": title,
        "ready_title": ready_title,
        "subtitle": model_titles.subtitle(cube, database),
        "summary": sentences(cube, database),
        "share": notes.share_sentence(asking.shown_share(database, cube), cube.unit),
        "coarser": [*notes.coarser(database, query, canonical)] if has_low else [],
        "noise": notes.noise(cube),
        "blocked": blocked,
        "is_sample": any(measure.se is not None for measure in cube.measures),
        "licence": words.licence(cube.licence),
        "downloads": found,
        "at_hand": tuple(taking.at_hand(found)),
        "code_to_copy": snippets.of_table(request, query, cube),
        "query_text": taking.query_text(cube),
        "query_file_url": links.file(cube.database, pinned, formats.FORMATS["opendata-query"].suffix),
        "citation": citation_of(cube, ready_title or title, pinned_url, asking.options().site_name),
        "cite_urls": tuple(links.cite(cube.database, pinned, suffix) for suffix in ("bib", "ris")),
        "latest_url": absolute(request, cube.database, links.changed(canonical, release="")),
        "pinned_url": pinned_url,
        "save_url": links.save(cube.database, (*canonical, *defined_groups(parameters))),
        "is_superseded": cube.release != asking.home().current(cube.database).release,
    }


def numbers(database: Database, query: Query, cube: Cube, parameters: Parameters) -> dict[str, Any]:
    """What ``table_grid.html`` and ``table_rows.html`` need: the part that is shown, its links, symbols and notes."""
    canonical = parameters_of(query)
    is_asking = single(parameters, "ask") == "on"
    part = paging.part_of(parameters, asking.options())
    if is_asking:
        part = replace(part, n_rows=min(part.n_rows, _ROWS_ASKED), n_columns=min(part.n_columns, _COLUMNS_ASKED))
    grid = grid_of(cube, part)
    view = tuple((name, value) for name, value in parameters if name in PRESENTATION)
    pinned = links.changed(canonical, release=cube.release)
    here = (*canonical, *view)
    legend, found = notes.legend(cube, grid.symbols), notes.notes(cube)
    return {
        "database": database,
        "cube": cube,
        "grid": grid,
        "paging": paging.paging_of(cube.database, here, part, grid),
        "sorting": sorting.of_grid(cube.database, here, part.sort, grid),
        "ranking": _ranking(database, query, here),
        "legend": legend,
        "notes": found,
        "anchors": notes.anchors(legend, found),
        "n_rows": part.n_rows,
        "rows_url": links.rows(cube.database, links.changed(here, row=str(grid.row_span.last + 1))),
        "canonical": links.shortened(canonical),
        "view": tuple(one for one in view if one[0] not in ("wafer", "row")),
        "ask": is_asking,
        "ask_url": links.cell(cube.database, pinned, view),
        "ask_parts": links.shortened((*pinned, *view)),
        "asking_url": links.table(cube.database, links.changed(here, ask="" if is_asking else "on")) + "#table",
    }


def _ranking(database: Database, query: Query, parameters: Parameters) -> tuple[str, str] | None:
    """What the link says that shows the place of every row, or takes it away again, and its address."""
    rows = [d for d in query.dimensions if d.role is Role.ROWS and d.field != database.date.id]
    if not rows:
        return None
    field = rows[-1].field
    for one in query.derived:
        if isinstance(one, Rank) and one.field == field:
            part = ("derived", derived_text.written(one))
            kept = tuple(given for given in parameters if given != part)
            return _("Leave out the places"), links.table(database.id, kept) + "#table"
    more = (*parameters, ("derived", derived_text.written(Rank(field))))
    return _("Show the place of each row"), links.table(database.id, more) + "#table"


def absolute(request: HttpRequest, database_id: str, parameters: Parameters) -> str:
    """The whole address of a table."""
    return request.build_absolute_uri(links.table(database_id, parameters))
