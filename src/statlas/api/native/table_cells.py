"""The endpoints of cells: a page of a table's cells, and what can be said of one."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router

from statlas.api.native import answering, asking, cells, cursors, dated, doorway, read
from statlas.api.native.links import Links
from statlas.api.native.read import Asked
from statlas.api.native.shapes.asked import ADDRESS, CELL, CHOSEN, QUERY, TableAddress, body_of
from statlas.api.native.shapes.cell import CellPage, CellRequest, CellShape
from statlas.definitions import nearest, strict_json
from statlas.errors import UnknownNameError
from statlas.model.cube import Cube
from statlas.model.explanation import Cell, cell_of, measure_of, unambiguous_codes
from statlas.model.query_data import digest_of

router = Router(tags=["Cells"])

MOST_CELLS_A_PAGE = 10_000
_CELLS_A_PAGE = 1_000
_PAGING = frozenset({"limit", "cursor"})
_CELL, _OF = "cell.", "of"
_LONGEST = 300
_LIMIT = Query(_CELLS_A_PAGE, ge=1, le=MOST_CELLS_A_PAGE, description="Cells on a page.")
_CURSOR = Query("", max_length=_LONGEST, description="`next` of the page before.")


# --- its cells --------------------------------------------------------------------------------------------------------


@router.get("/tables/cells", response=CellPage, summary="A page of a table's cells", openapi_extra=ADDRESS)
def page(
    request: HttpRequest,
    address: Query[TableAddress],  # noqa: ARG001
    limit: int = _LIMIT,
    cursor: str = _CURSOR,
) -> HttpResponseBase:
    """Cells one by one, the last field changing first; the cursor of the next page is bound to query and release."""
    return _page(request, answering.by_address(request, _PAGING), limit, cursor)


@router.post("/tables/cells", response=CellPage, summary="A page of a table's cells", openapi_extra=QUERY)
def ask_page(request: HttpRequest, limit: int = _LIMIT, cursor: str = _CURSOR) -> HttpResponseBase:
    """Cells one by one, the last field changing first; the cursor of the next page is bound to query and release."""
    return _page(request, answering.by_body(request, _PAGING), limit, cursor)


def _page(request: HttpRequest, asked: Asked, limit: int, cursor: str) -> HttpResponseBase:
    bound = cursors.digest_of("cells", digest_of(asked.query))
    first = cursors.position(cursor, bound)
    doorway.refuse_unchanged(request, etag := doorway.etag_of(bound, limit, first))
    cube = answering.cube(request, asked, most_counted=limit)
    content = cells.page(cube, asked.query, first, limit, Links(request))
    content["next"] = cursors.written(first + limit, bound) if first + limit < cube.n_cells else None
    response = asking.as_json(content)
    response.headers["ETag"] = etag
    return answering.of_table(response, asked, cube)


# --- one cell ---------------------------------------------------------------------------------------------------------


@router.get(
    "/tables/cell",
    response=CellShape,
    summary="What can be said of one cell",
    openapi_extra={"parameters": [CHOSEN, CELL]},
)
def cell(
    request: HttpRequest,
    address: Query[TableAddress],  # noqa: ARG001
    of: str = Query("", max_length=_LONGEST, description="Id of a measure of the table; left out, the first."),
) -> HttpResponseBase:
    """What a cell counts, what happened to it, how far it may be off, how to cite it and how to find it again."""
    given = asking.parameters(request)
    chosen = {name.removeprefix(_CELL): value for name, value in given if name.startswith(_CELL)}
    rest = tuple(one for one in given if one[0] != _OF and not one[0].startswith(_CELL))
    asked = read.from_address(asking.home(), rest)
    return _cell(request, asked, chosen, of)


@router.post(
    "/tables/cell", response=CellShape, summary="What can be said of one cell", openapi_extra=body_of("CellRequest")
)
def ask_cell(request: HttpRequest) -> HttpResponseBase:
    """What a cell counts, what happened to it, how far it may be off, how to cite it and how to find it again."""
    asking.refuse_others(request, *dated.NAMES)
    form = read.validated(CellRequest, strict_json.loads(asking.body(request)))
    asked = read.from_data(asking.home(), form.query, place="/query", when=dated.When.of(request))
    return _cell(request, asked, form.cell, form.measure or "")


def _cell(request: HttpRequest, asked: Asked, chosen: dict[str, str], of: str) -> HttpResponseBase:
    etag = doorway.etag_of(digest_of(asked.query), sorted(chosen.items()), of)
    doorway.refuse_unchanged(request, etag)
    cube = answering.cube(request, asked, most_counted=1)
    place = _placed(cube, chosen)
    measure = read.named(lambda: measure_of(cube, of), ((m.id, m.label) for m in cube.measures))
    response = asking.as_json(cells.cell(cube, asked.query, asked.database, place, measure, Links(request)))
    response.headers["ETag"] = etag
    return answering.of_table(response, asked, cube)


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
    return zip(unambiguous_codes(dimension), (item.label for item in dimension.items), strict=True)
