"""The page of one cell: what it counts, what happened to it, how far it may be off, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions.address import PRESENTATION, Parameters, parameters_of, query_of, with_date
from statlas.errors import StatlasError, UnknownNameError
from statlas.model import titles
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.explanation import Cell, cell_of, citation, explain, measure_of, unambiguous_codes
from statlas.model.history import Moment, history_query, moments
from statlas.web import asking, links
from statlas.web.words import note_mark
from statlas.wording import _

_CELL, _OF, _NUMBER = "cell.", "of", "cell"


@dataclass(frozen=True)
class History:
    """A cell at every period, the newest first; ``url`` is the table of it, ``problem`` says why there is none."""

    moments: tuple[Moment, ...] = ()
    url: str = ""
    problem: str = ""
    differs: bool = False


def cell(request: HttpRequest, database_id: str) -> HttpResponse:
    """What can be said of one cell of a table.

    A cell is named by the codes of its items; by its number, as the table's own page does, it is led to its name.
    """
    sent = asking.parameters(request)
    chosen = {name.removeprefix(_CELL): value for name, value in sent if name.startswith(_CELL)}
    table = tuple(one for one in sent if one[0] not in (_OF, _NUMBER) and not one[0].startswith(_CELL))
    database = asking.database(database_id, dict(table).get("release", ""))
    query = with_date(database, query_of(database, table))
    cube = asking.table(query)
    pinned = links.changed(parameters_of(query), release=cube.release)
    if number := dict(sent).get(_NUMBER, ""):
        place, measure = _numbered(cube, number)
        view = tuple(one for one in table if one[0] in PRESENTATION)
        return HttpResponseRedirect(links.cell(database_id, (*pinned, *view), _named(cube, place, measure)))
    place, measure = cell_of(cube, chosen), measure_of(cube, dict(sent).get(_OF, ""))
    named = _named(cube, place, measure)
    told = explain(cube, place, measure, database)
    page = request.build_absolute_uri(links.cell(database_id, pinned, named))
    view = tuple(one for one in table if one[0] in PRESENTATION and one[0] != "ask")
    shown = {
        "database": database,
        "cube": cube,
        "at": links.at(cube.release),
        "told": told,
        "filters": tuple(titles.only(one, database) for one in cube.query.filters),
        "notes": tuple((note_mark(note.key), note.text) for note in told.notes),
        "history": _history(cube, place, measure),
        "cite": citation(cube, told, page),
        "page_url": page,
        "table_url": links.table(database_id, (*pinned, *view)) + "#table",
        "native_url": links.native_cell(database_id, pinned, named),
    }
    return render(request, "cell.html", shown)


def _numbered(cube: Cube, text: str) -> tuple[Cell, CubeMeasure]:
    """The cell of a number, and behind a semicolon the id of a measure.

    Raises:
        UnknownNameError: the table has no such cell.
    """
    number, _mark, of = text.partition(";")
    is_number = number.isdecimal() and len(number) < 10  # noqa: PLR2004 - no table is longer
    if not is_number or int(number) >= cube.n_cells:
        raise UnknownNameError(
            _("The table has no such cell."), component=number[:20], mend=_("Choose a cell on the page of the table.")
        )
    return tuple(map(int, np.unravel_index(int(number), cube.shape))), measure_of(cube, of)


def _named(cube: Cube, place: Cell, measure: CubeMeasure) -> Parameters:
    chosen = ((f"{_CELL}{d.field}", unambiguous_codes(d)[n]) for d, n in zip(cube.dimensions, place, strict=True))
    return (*chosen, *(((_OF, measure.id),) if len(cube.measures) > 1 else ()))


def _history(cube: Cube, place: Cell, measure: CubeMeasure) -> History:
    query = history_query(cube, place, measure)
    if query is None:
        return History(problem=_("The cell is of several periods together."))
    try:
        found = moments(cube, place, measure, answered := asking.table(query))
    except StatlasError as error:
        return History(problem=str(error))
    asked = next((one for one in found if one.is_asked), None)
    differs = asked is not None and asked.text != explain(cube, place, measure).text
    return History(found[::-1], links.table(answered.database, parameters_of(answered.query)), differs=differs)
