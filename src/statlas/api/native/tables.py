"""The endpoints of tables: the table itself, its plan, its cells a page at a time, and what can be said of one cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from statlas import formats
from statlas.api.native import asking, cells, cursors, doorway, negotiating, read
from statlas.api.native.asking import DOOR, MOST_CELLS
from statlas.api.native.links import Links
from statlas.api.native.read import Asked
from statlas.api.native.shapes import CellPage, CellRequest, CellShape, PlanShape
from statlas.definitions import nearest, strict_json
from statlas.definitions.address import Parameters
from statlas.definitions.query_form import QueryForm
from statlas.errors import UnknownNameError
from statlas.formats import Format
from statlas.model.cube import Cube
from statlas.model.explanation import Cell, cell_of, measure_of
from statlas.model.query_data import digest_of
from statlas.service import tables

router = Router(tags=["Tables"])

MOST_CELLS_A_PAGE = 10_000
_CELLS_A_PAGE = 1_000
_PAGING = frozenset({"limit", "cursor"})
_OF_CELL = ("cell.", "of")
_LONGEST = 300


class TableAddress(BaseModel):
    """The parts of a table's address; beside them `items.FIELD`, its chosen codes, and `filter.FIELD`."""

    database: str = Field(description="Id of the database.")
    rows: list[str] = Field([], description="`FIELD` or `FIELD@LEVEL`; repeated for several.")
    columns: list[str] = Field([], description="The same for the columns.")
    wafers: list[str] = Field([], description="The same for the slices.")
    periods: str = Field("", description="latest, latest(13), from 202404, 202404..202503 or all.")
    total: list[str] = Field([], description="Fields with the total of their items.")
    measure: list[str] = Field([], description="`MEASURE:STATISTIC`; the count where none is named.")
    derived: list[str] = Field([], description="Worked out from the numbers: `percentage;row`, `change;year;percent`.")
    release: str = Field("", description="Number of a release; left out, the latest.")


_CHOSEN = {
    "in": "query",
    "name": "chosen",
    "required": False,
    "style": "form",
    "explode": True,
    "description": "`items.FIELD=CODE;CODE;LABEL=CODE,CODE` chooses codes and groups, "
    "`filter.FIELD=CODE,CODE` leaves only records in these codes.",
    "schema": {
        "type": "object",
        "propertyNames": {"pattern": r"^(items|filter)\.[A-Za-z][A-Za-z0-9_.+-]*$"},
        "additionalProperties": {"type": "string"},
    },
}
_CELL = {
    **_CHOSEN,
    "name": "place",
    "description": "`cell.FIELD=CODE` names the item of each field of more than one; `of=MEASURE` a measure.",
    "schema": {
        "type": "object",
        "propertyNames": {"pattern": r"^cell\.[A-Za-z][A-Za-z0-9_.+-]*$"},
        "additionalProperties": {"type": "string"},
    },
}


def _body(*kinds: str) -> dict[str, Any]:
    content = {"schema": {"anyOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in kinds]}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


_ADDRESS = {"parameters": [_CHOSEN]}
_QUERY = _body("QueryForm", "StatXploreRequest")
FORMS: tuple[type[BaseModel], ...] = (QueryForm, CellRequest)
"""Forms of bodies, which the document has beside the shapes of answers."""

_SUFFIX = Path(..., description="Ending of the kind of file.")
_LIMIT = Query(_CELLS_A_PAGE, ge=1, le=MOST_CELLS_A_PAGE, description="Cells on a page.")
_CURSOR = Query("", max_length=_LONGEST, description="`next` of the page before.")


# --- the table --------------------------------------------------------------------------------------------------------


@router.get("/tables", summary="A table by its address", openapi_extra=_ADDRESS)
def table(request: HttpRequest, address: Query[TableAddress]) -> HttpResponseBase:  # noqa: ARG001 - read whole below
    """The table that the address asks for, in the form that Accept likes best; JSON where it has no wish."""
    return _table(request, _by_address(request), negotiating.by_accept(_accept(request)))


@router.post("/tables", summary="A table by its query", openapi_extra=_QUERY)
def ask_table(request: HttpRequest) -> HttpResponseBase:
    """The table that the body asks for: a query in our own words, or a table request of Stat-Xplore."""
    return _table(request, _by_body(request), negotiating.by_accept(_accept(request)))


@router.get("/tables.{suffix}", summary="A table as a file, by its address", openapi_extra=_ADDRESS)
def table_file(request: HttpRequest, address: Query[TableAddress], suffix: str = _SUFFIX) -> HttpResponseBase:  # noqa: ARG001
    """The table that the address asks for as a file of the kind that the ending names."""
    form = negotiating.by_suffix(suffix)
    return _table(request, _by_address(request), form, is_file=True)


@router.post("/tables.{suffix}", summary="A table as a file, by its query", openapi_extra=_QUERY)
def ask_table_file(request: HttpRequest, suffix: str = _SUFFIX) -> HttpResponseBase:
    """The table that the body asks for as a file of the kind that the ending names."""
    form = negotiating.by_suffix(suffix)
    return _table(request, _by_body(request), form, is_file=True)


def _table(request: HttpRequest, asked: Asked, form: Format, *, is_file: bool = False) -> HttpResponseBase:
    etag = doorway.etag_of(digest_of(asked.query), form.name)
    doorway.refuse_unchanged(request, etag)
    cube = _cube(request, asked)
    misfit = form.misfit(cube)
    if misfit is not None:
        raise misfit
    links = Links(request)
    about = formats.about_of(cube, links.page(asked.query), database=asked.database)
    response = StreamingHttpResponse(form.write(cube, about), content_type=form.media_type)
    response.headers["ETag"] = etag
    if is_file:
        response.headers["Content-Disposition"] = f'attachment; filename="{formats.file_name(cube, about, form)}"'
    return _of_table(response, asked, cube, links.table(asked.query, form.suffix))


# --- its plan ---------------------------------------------------------------------------------------------------------


@router.get("/tables/plan", response=PlanShape, summary="What a table would be", openapi_extra=_ADDRESS)
def plan(request: HttpRequest, address: Query[TableAddress]) -> HttpResponseBase:  # noqa: ARG001
    """How large a table is, how long it takes, which rules would refuse it and what to leave out; it is not made."""
    return _plan(request, _by_address(request))


@router.post("/tables/plan", response=PlanShape, summary="What a table would be", openapi_extra=_QUERY)
def ask_plan(request: HttpRequest) -> HttpResponseBase:
    """How large a table is, how long it takes, which rules would refuse it and what to leave out; it is not made."""
    return _plan(request, _by_body(request))


def _plan(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    doorway.refuse_unchanged(request, etag := doorway.etag_of(digest_of(asked.query), "plan"))
    found = tables.plan(home=asking.home(), query=asked.query)
    response = asking.as_json(cells.plan(asked.query, found, MOST_CELLS, Links(request)))
    response.headers["ETag"] = etag
    return _of_release(response, asked)


# --- its cells --------------------------------------------------------------------------------------------------------


@router.get("/tables/cells", response=CellPage, summary="A page of a table's cells", openapi_extra=_ADDRESS)
def page(
    request: HttpRequest,
    address: Query[TableAddress],  # noqa: ARG001
    limit: int = _LIMIT,
    cursor: str = _CURSOR,
) -> HttpResponseBase:
    """Cells one by one, the last field changing first; the cursor of the next page is bound to query and release."""
    return _page(request, _by_address(request, _PAGING), limit, cursor)


@router.post("/tables/cells", response=CellPage, summary="A page of a table's cells", openapi_extra=_QUERY)
def ask_page(request: HttpRequest, limit: int = _LIMIT, cursor: str = _CURSOR) -> HttpResponseBase:
    """Cells one by one, the last field changing first; the cursor of the next page is bound to query and release."""
    asking.refuse_others(request, *sorted(_PAGING))
    return _page(request, _by_body(request, _PAGING), limit, cursor)


def _page(request: HttpRequest, asked: Asked, limit: int, cursor: str) -> HttpResponseBase:
    bound = cursors.digest_of("cells", digest_of(asked.query))
    first = cursors.position(cursor, bound)
    doorway.refuse_unchanged(request, etag := doorway.etag_of(bound, limit, first))
    cube = _cube(request, asked, most_counted=limit)
    content = cells.page(cube, asked.query, first, limit, Links(request))
    content["next"] = cursors.written(first + limit, bound) if first + limit < cube.n_cells else None
    response = asking.as_json(content)
    response.headers["ETag"] = etag
    return _of_table(response, asked, cube)


# --- one cell ---------------------------------------------------------------------------------------------------------


@router.get(
    "/tables/cell",
    response=CellShape,
    summary="What can be said of one cell",
    openapi_extra={"parameters": [_CHOSEN, _CELL]},
)
def cell(
    request: HttpRequest,
    address: Query[TableAddress],  # noqa: ARG001
    of: str = Query("", max_length=_LONGEST, description="Id of a measure of the table; left out, the first."),
) -> HttpResponseBase:
    """What a cell counts, what happened to it, how far it may be off, how to cite it and how to find it again."""
    given = asking.parameters(request)
    chosen = {name.removeprefix("cell."): value for name, value in given if name.startswith("cell.")}
    asked = read.from_address(asking.home(), tuple(one for one in given if not one[0].startswith(_OF_CELL)))
    return _cell(request, asked, chosen, of)


@router.post(
    "/tables/cell", response=CellShape, summary="What can be said of one cell", openapi_extra=_body("CellRequest")
)
def ask_cell(request: HttpRequest) -> HttpResponseBase:
    """What a cell counts, what happened to it, how far it may be off, how to cite it and how to find it again."""
    asking.refuse_others(request)
    form = read.validated(CellRequest, strict_json.loads(asking.body(request)))
    asked = read.from_data(asking.home(), form.query, place="/query")
    return _cell(request, asked, form.cell, form.measure or "")


def _cell(request: HttpRequest, asked: Asked, chosen: dict[str, str], of: str) -> HttpResponseBase:
    etag = doorway.etag_of(digest_of(asked.query), sorted(chosen.items()), of)
    doorway.refuse_unchanged(request, etag)
    cube = _cube(request, asked, most_counted=1)
    place = _placed(cube, chosen)
    measure = read.named(lambda: measure_of(cube, of), ((m.id, m.label) for m in cube.measures))
    response = asking.as_json(cells.cell(cube, asked.query, asked.database, place, measure, Links(request)))
    response.headers["ETag"] = etag
    return _of_table(response, asked, cube)


def _placed(cube: Cube, chosen: dict[str, str]) -> Cell:
    try:
        return cell_of(cube, chosen)
    except UnknownNameError as error:
        error.facts["nearest"] = list(nearest.nearest(error.component, _names(cube, error.facts.get("field"))))
        raise


def _names(cube: Cube, field: str | None) -> Iterable[nearest.Named]:
    """The items of a field of the table; its fields where it has none of that name."""
    if field is None:
        return ((d.field, d.label) for d in cube.dimensions)
    dimension = next(d for d in cube.dimensions if d.field == field)
    return zip(cells.unambiguous_codes(dimension), (item.label for item in dimension.items), strict=True)


# --- what they share --------------------------------------------------------------------------------------------------


def _accept(request: HttpRequest) -> str:
    return request.headers.get("Accept", "")


def _by_address(request: HttpRequest, without: Iterable[str] = ()) -> Asked:
    own = frozenset(without)
    given: Parameters = tuple(one for one in asking.parameters(request) if one[0] not in own)
    return read.from_address(asking.home(), given)


def _by_body(request: HttpRequest, known: Iterable[str] = ()) -> Asked:
    asking.refuse_others(request, *sorted(known))
    return read.from_body(asking.home(), asking.body(request))


def _cube(request: HttpRequest, asked: Asked, most_counted: int | None = None) -> Cube:
    """The table, its cells counted towards the limit of whoever asks: all of them, or those that are given."""
    cube = tables.table(home=asking.home(), query=asked.query, door=DOOR, max_cells=MOST_CELLS)
    n = cube.n_cells if most_counted is None else min(most_counted, cube.n_cells)
    doorway.spending_of(request).count_cells(n * len(cube.measures))
    return cube


def _of_table(response: HttpResponseBase, asked: Asked, cube: Cube, link: str = "") -> HttpResponseBase:
    response.headers[doorway.DIGEST] = digest_of(cube.query)
    if link:
        response.headers["Link"] = f'<{link}>; rel="canonical"'
    return _of_release(response, asked)


def _of_release(response: HttpResponseBase, asked: Asked) -> HttpResponseBase:
    response.headers[doorway.RELEASE] = str(asked.query.release)
    if asked.is_pinned:
        response.headers["Cache-Control"] = doorway.IMMUTABLE
    return response
