"""The endpoints of databases: list and search them, their schemas, the codes of their fields."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Path, Query, Router
from pydantic import BaseModel
from pydantic import Field as PydanticField

from statlas.api.native import asking, cursors, describe, doorway, negotiating, read
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal
from statlas.api.native.read import Opened
from statlas.api.native.shapes.database import CodePage, DatabasePage, DatabaseShape
from statlas.definitions import nearest
from statlas.definitions.asking import parse_codes
from statlas.errors import UnknownNameError
from statlas.model.classification import Node
from statlas.model.database import Field
from statlas.service import tables

router = Router(tags=["Databases"])

MOST_LISTED = 1_000
MOST_CODES = 10_000
CSV = "text/csv"
_LONGEST = 300
_SEARCH = Query("", max_length=_LONGEST, description="Words that all have to stand in what is searched.")
_CURSOR = Query("", max_length=_LONGEST, description="`next` of the page before.")
_RELEASE = Query("", max_length=_LONGEST, description="Number of a release; left out, the latest.")
_AS_OF = Query(
    "",
    alias="asOf",
    max_length=_LONGEST,
    description="In its place, the release that answered on that day, `2026-03-01`, or at that moment.",
)
_DATABASE = Path(..., description="Id of a database.")
_FIELD = Path(..., description="Id or label of a field.")


class CodeSearch(BaseModel):
    """Which codes of a field."""

    level: str = PydanticField("", max_length=_LONGEST, description="Id of a level; left out, all, coarse before fine.")
    q: str = PydanticField("", max_length=_LONGEST, description="Words that all have to stand in code or label.")
    within: str = PydanticField("", max_length=_LONGEST, description="Only codes that lie in this: `CODE@LEVEL`.")
    release: str = PydanticField("", max_length=_LONGEST, description="Number of a release; left out, the latest.")
    asOf: str = PydanticField(  # noqa: N815 - as SDMX spells it
        "", max_length=_LONGEST, description="In its place, a day or a moment: the release of then."
    )


@router.get("/databases", response=DatabasePage, summary="Find databases")
def find(
    request: HttpRequest,
    q: str = _SEARCH,
    folder: str = Query("", max_length=_LONGEST, description="Only databases in a folder of this name."),
    limit: int = Query(100, ge=1, le=MOST_LISTED, description="Databases on a page."),
    cursor: str = _CURSOR,
) -> HttpResponse:
    """The databases whose names, descriptions, fields or measures have every word of a search, by id."""
    asking.refuse_others(request, "q", "folder", "limit", "cursor")
    read.refuse_odd(q, folder)
    home, links = asking.home(), Links(request)
    digest = cursors.digest_of("databases", q, folder)
    after = cursors.key(cursor, digest)
    found = [
        database
        for database in sorted(tables.databases(home=home), key=lambda one: one.id)
        if describe.matches(database, q) and (not folder or folder in database.folder)
    ]
    rest = [database for database in found if database.id > after]
    shown_now = rest[:limit]
    return asking.as_json(
        {
            "found": len(found),
            "databases": [describe.in_list(home, one, home.current(one.id), links) for one in shown_now],
            "next": cursors.written(shown_now[-1].id, digest) if len(rest) > limit else None,
        }
    )


@router.get("/databases/{database_id}", response=DatabaseShape, summary="Schema of a database")
def schema(
    request: HttpRequest, database_id: str = _DATABASE, release: str = _RELEASE, as_of: str = _AS_OF
) -> HttpResponseBase:
    """What can be asked of a database: fields with their levels, measures, notes, releases, ready-made tables."""
    asking.refuse_others(request, "release", "asOf")
    opened = _opened(database_id, release, as_of)
    content = describe.schema(asking.home(), opened.database, opened.manifest, Links(request))
    return _of_release(asking.as_json(content), opened, never_changes=False)


@router.get("/databases/{database_id}/fields/{field}/codes", response=CodePage, summary="Codes of a field")
def codes(
    request: HttpRequest,
    search: Query[CodeSearch],
    database_id: str = _DATABASE,
    field: str = _FIELD,
    limit: int = Query(MOST_LISTED, ge=1, le=MOST_CODES, description="Codes on a page; CSV has no pages."),
    cursor: str = _CURSOR,
) -> HttpResponseBase:
    """The codes of a field with what holds them, a page at a time; as CSV, where Accept asks for it, all at once."""
    asking.refuse_others(request, "level", "q", "within", "release", "asOf", "limit", "cursor")
    opened = _opened(database_id, search.release, search.asOf)
    asked, nodes = _codes(opened, field, search)
    if negotiating.choice(request.headers.get("Accept", ""), ("application/json", CSV)):
        return _csv(request, opened, asked, nodes)
    digest = cursors.digest_of("codes", database_id, opened.manifest.release, asked.id, search)
    first = cursors.position(cursor, digest)
    content = {
        "database": opened.database.id,
        "release": opened.manifest.release,
        "field": asked.id,
        "found": len(nodes),
        "codes": [describe.code(asked, node) for node in nodes[first : first + limit]],
        "next": cursors.written(first + limit, digest) if first + limit < len(nodes) else None,
    }
    return _of_release(asking.as_json(content), opened)


@router.get("/databases/{database_id}/fields/{field}/codes.csv", summary="Codes of a field as CSV")
def codes_csv(
    request: HttpRequest,
    search: Query[CodeSearch],
    database_id: str = _DATABASE,
    field: str = _FIELD,
) -> HttpResponseBase:
    """Every code of a field, a line each: level, code, label, what holds it, first and last period."""
    asking.refuse_others(request, "level", "q", "within", "release", "asOf")
    opened = _opened(database_id, search.release, search.asOf)
    return _csv(request, opened, *_codes(opened, field, search))


def _csv(request: HttpRequest, opened: Opened, field: Field, nodes: Sequence[Node]) -> HttpResponseBase:
    etag = doorway.etag_of(opened.manifest.release, request.GET.urlencode(), field.id, CSV)
    doorway.refuse_unchanged(request, etag)
    response = StreamingHttpResponse(describe.codes_csv(field, nodes), content_type=f"{CSV}; charset=utf-8")
    response.headers["ETag"] = etag
    name = f"{opened.database.id}-{field.id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _of_release(response, opened)


def _opened(database_id: str, release: str, as_of: str = "") -> Opened:
    """The database of an address; one that is not there is an address at which nothing is."""
    read.refuse_odd(database_id, release, as_of)
    try:
        return read.open_database(asking.home(), database_id, release or None, as_of or None)
    except UnknownNameError as error:
        raise Refusal(error, 404) from None


def _codes(opened: Opened, field: str, search: CodeSearch) -> tuple[Field, Sequence[Node]]:
    level, within = search.level, search.within
    read.refuse_odd(field, level, search.q, within)
    try:
        asked = read.named(lambda: opened.database.field(field), nearest.fields(opened.database))
    except UnknownNameError as error:
        raise Refusal(error, 404) from None
    if level:
        read.named(lambda: asked.classification[level], nearest.levels(asked))
    nodes = read.named(lambda: parse_codes(asked, (within,)), nearest.codes(asked)) if within else ()
    return asked, describe.found_nodes(asked, level, search.q, next(iter(nodes), None))


def _of_release(response: HttpResponseBase, opened: Opened, *, never_changes: bool = True) -> HttpResponseBase:
    response.headers[doorway.RELEASE] = opened.manifest.release
    if opened.is_kept and never_changes:
        response.headers["Cache-Control"] = doorway.PINNED
    return response
