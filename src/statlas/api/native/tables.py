"""The endpoints of tables: the table itself, and what it would be."""

from __future__ import annotations

from itertools import chain

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Path, Query, Router

from statlas import formats
from statlas.api.native import answering, asking, cells, doorway, negotiating
from statlas.api.native.asking import MOST_CELLS
from statlas.api.native.links import Links
from statlas.api.native.read import Asked
from statlas.api.native.shapes.asked import ADDRESS, QUERY, TableAddress
from statlas.api.native.shapes.plan import PlanShape
from statlas.formats import Format
from statlas.model.query_data import digest_of
from statlas.service import tables

router = Router(tags=["Tables"])

_SUFFIX = Path(..., description="Ending of the kind of file.")


# --- the table --------------------------------------------------------------------------------------------------------


@router.get("/tables", summary="A table by its address", openapi_extra=ADDRESS)
def table(request: HttpRequest, address: Query[TableAddress]) -> HttpResponseBase:  # noqa: ARG001 - read whole below
    """The table that the address asks for, in the form that Accept likes best; JSON where it has no wish."""
    return _table(request, answering.by_address(request), negotiating.by_accept(answering.accept(request)))


@router.post("/tables", summary="A table by its query", openapi_extra=QUERY)
def ask_table(request: HttpRequest) -> HttpResponseBase:
    """The table that the body asks for: a query in our own words, or a table request of Stat-Xplore."""
    return _table(request, answering.by_body(request), negotiating.by_accept(answering.accept(request)))


@router.get("/tables.{suffix}", summary="A table as a file, by its address", openapi_extra=ADDRESS)
def table_file(request: HttpRequest, address: Query[TableAddress], suffix: str = _SUFFIX) -> HttpResponseBase:  # noqa: ARG001
    """The table that the address asks for as a file of the kind that the ending names."""
    form = negotiating.by_suffix(suffix)
    return _table(request, answering.by_address(request), form, is_file=True)


@router.post("/tables.{suffix}", summary="A table as a file, by its query", openapi_extra=QUERY)
def ask_table_file(request: HttpRequest, suffix: str = _SUFFIX) -> HttpResponseBase:
    """The table that the body asks for as a file of the kind that the ending names."""
    form = negotiating.by_suffix(suffix)
    return _table(request, answering.by_body(request), form, is_file=True)


def _table(request: HttpRequest, asked: Asked, form: Format, *, is_file: bool = False) -> HttpResponseBase:
    etag = doorway.etag_of(digest_of(asked.query), form.name)
    doorway.refuse_unchanged(request, etag)
    cube = answering.cube(request, asked)
    misfit = form.misfit(cube)
    if misfit is not None:
        raise misfit
    links = Links(request)
    about = formats.about_of(cube, links.page(asked.query), database=asked.database)
    # The first piece is made now: what cannot be written is told as a problem, not as an answer that breaks off.
    pieces = form.write(cube, about)
    response = StreamingHttpResponse(chain([next(pieces, b"")], pieces), content_type=form.media_type)
    response.headers["ETag"] = etag
    if is_file:
        response.headers["Content-Disposition"] = f'attachment; filename="{formats.file_name(cube, about, form)}"'
    return answering.of_table(response, asked, cube, links.table(asked.query, form.suffix))


# --- its plan ---------------------------------------------------------------------------------------------------------


@router.get("/tables/plan", response=PlanShape, summary="What a table would be", openapi_extra=ADDRESS)
def plan(request: HttpRequest, address: Query[TableAddress]) -> HttpResponseBase:  # noqa: ARG001
    """How large a table is, how long it takes, which rules would refuse it and what to leave out; it is not made."""
    return _plan(request, answering.by_address(request))


@router.post("/tables/plan", response=PlanShape, summary="What a table would be", openapi_extra=QUERY)
def ask_plan(request: HttpRequest) -> HttpResponseBase:
    """How large a table is, how long it takes, which rules would refuse it and what to leave out; it is not made."""
    return _plan(request, answering.by_body(request))


def _plan(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    doorway.refuse_unchanged(request, etag := doorway.etag_of(digest_of(asked.query), "plan"))
    found = tables.plan(home=asking.home(), query=asked.query)
    response = asking.as_json(cells.plan(asked.query, found, MOST_CELLS, Links(request)))
    response.headers["ETag"] = etag
    return answering.of_release(response, asked)
