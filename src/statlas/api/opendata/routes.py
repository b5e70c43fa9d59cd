"""The endpoints of the Open Data API; include ``urlpatterns`` at ``webapi/rest/v1/``. Compression is the site's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, reverse

from statlas.api.opendata import kept, schema, standing, write
from statlas.api.opendata.dated import When
from statlas.api.opendata.endpoint import CONTENT_TYPE, LANGUAGE, as_json, endpoint, refusal
from statlas.api.opendata.refusals import no_such_table
from statlas.definitions.stat_xplore import ids, read
from statlas.definitions.stat_xplore.ids import Kind
from statlas.definitions.stat_xplore.near import nearest_id
from statlas.definitions.stat_xplore.read import TableRequest
from statlas.definitions.stat_xplore.refusing import ErrorType, refused
from statlas.errors import HomeError, UnknownNameError
from statlas.model.query import Query
from statlas.model.usage import UseKind
from statlas.service import tables
from statlas.service.office import carrying, limits, saved, using
from statlas.service.office.keys import KeyFacts
from statlas.service.office.limits import Asker
from statlas.service.office.saved import Owner
from statlas.service.tables.versions import public_from
from statlas.store import Home

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a table request: the ids of 80,000 values; arbitrary. Stat-Xplore refuses large bodies too."""

FORM = "opendata-json"
"""How answers of this dialect are told apart where they are counted."""

MOST_CELLS = 1_000_000
"""Cells of one answer, as at Stat-Xplore: a matter of capacity, never of disclosure."""


@endpoint("GET", "HEAD", counts_as=("global",))
def info(_request: HttpRequest, _key: KeyFacts) -> HttpResponse:
    """The languages of labels."""
    return as_json({"languages": [{"locale": LANGUAGE, "displayName": "English"}]})


@endpoint("GET", "HEAD", counts_as=("global", "schema"))
def component_view(request: HttpRequest, key: KeyFacts, component: str = ids.ROOT_FOLDER) -> HttpResponse:
    """A component and a page of its children; ``depth`` shows more levels, ``offset`` and ``limit`` choose the page."""
    first = _whole(request, "offset", default=0, largest=10**9)
    n = _whole(request, "limit", default=schema.PAGE_SIZE, largest=schema.PAGE_SIZE)
    home, when = _home(), When.of(request)
    with _suggesting(home):
        node = schema.find(_catalogue(home, key, when, component), component)
    _note_schema(request, home, component)
    depth = _depth(request, node)
    response = as_json(schema.as_json(node, _locations(request, when), depth=depth, first=first, n=n))
    if first + n < len(node.children):
        # Some clients take any Link for a reason to give up: there is one only where a page follows.
        following = request.GET.dict() | {"offset": str(first + n)}
        response.headers["Link"] = f'<{_locations(request, When())(node.id)}?{urlencode(following)}>; rel="next"'
    return response


@endpoint("POST", counts_as=("global", "table"), has_etag=False)
def table(request: HttpRequest, _key: KeyFacts) -> HttpResponse:
    """The table that the body asks for, whatever its Content-Type."""
    return _asked(request, sparse=False)


@endpoint("POST", counts_as=("global", "table"), has_etag=False)
def sparse(request: HttpRequest, _key: KeyFacts) -> HttpResponse:
    """The same with only those cells that are not 0."""
    return _asked(request, sparse=True)


@endpoint("GET", "HEAD", counts_as=("global", "table"), has_etag=False)
def kept_table(request: HttpRequest, key: KeyFacts, component: str) -> HttpResponse:
    """The table of a query that the asker saved, or that a publisher made ready."""
    home, when = _home(), When.of(request)
    query = _kept_query(home, key, component, when)
    if when:
        query = replace(query, release=when.release_of(home, query.database))
    using.note(request, query.database, UseKind.API, FORM)
    found = tables.database(home=home, database_id=query.database, release=query.release)
    return _answered(home, kept.request_of(found, query), sparse=False)


@endpoint("GET", "HEAD")
def rate_limit(_request: HttpRequest, key: KeyFacts, kind: str = "global") -> HttpResponse:
    """What is left of a limit; asking counts for nothing."""
    asker = Asker.of_key(key.id, key.account_id)
    return as_json(standing.body(limits.standing(asker=asker, kind=kind)))


@endpoint("GET", "HEAD", "POST", counts_as=("global",))
def nothing_here(request: HttpRequest, _key: KeyFacts) -> HttpResponse:
    """An address of the API at which nothing answers."""
    return refusal(ErrorType.ENDPOINT_NOT_FOUND, "There is no such endpoint.", request.path, 404)


def _asked(request: HttpRequest, *, sparse: bool) -> HttpResponse:
    body = _body(request)
    if len(body) > LARGEST_BODY:
        message = f"The request's body is larger than {LARGEST_BODY:,} bytes. Split the table."
        return refusal(ErrorType.REQUEST_TOO_LARGE, message, "", 413)
    home = _home()
    when = When.of(request)
    with _suggesting(home):
        asked = read.read(body, lambda database_id: when.database(home, database_id))
    asked = replace(asked, query=replace(asked.query, release=when.release_of(home, asked.query.database)))
    using.note(request, asked.query.database, UseKind.API, FORM)
    return _answered(home, asked, sparse=sparse)


def _note_schema(request: HttpRequest, home: Home, component: str) -> None:
    """Note of which database a component is; folders and what a key saved are of none."""
    database_id = _database_of(component)
    if database_id in home.databases():
        using.note(request, database_id, UseKind.API, FORM)


def _database_of(component: str) -> str:
    """The id that would be the database's; empty where the component is of none."""
    found = ids.parse(component)
    is_in_one = found is not None and found.kind is not Kind.FOLDER and found.parts
    return found.parts[0].partition(".")[0] if found and is_in_one else ""


def _answered(home: Home, asked: TableRequest, *, sparse: bool) -> HttpResponse:
    cube = tables.table(home=home, query=asked.query, door="opendata", max_cells=MOST_CELLS)
    body = write.write(cube, asked.dimensions, asked.measures, asked.former, sparse=sparse)
    return HttpResponse(body, content_type=CONTENT_TYPE)


def _kept_query(home: Home, key: KeyFacts, component: str, when: When) -> Query:
    """The query of a ready-made table, or of one that the holder of the key saved."""
    for spelling in ids.spellings(component):
        found = ids.parse(spelling)
        if found is not None and found.kind is Kind.TABLE:
            query = _ready(home, found.parts[0], when) or _saved(key, found.parts[0])
            if query is not None:
                return query
    raise no_such_table(component)


def _ready(home: Home, name: str, when: When) -> Query | None:
    database_id, _, table_id = name.partition(".")
    if database_id not in home.databases():
        return None
    found = when.database(home, database_id)
    return next((ready.query for ready in found.tables if ready.id == table_id), None)


def _saved(key: KeyFacts, table_id: str) -> Query | None:
    try:
        found = saved.get(table_id=table_id, owner=Owner(key.account_id, key.id))
    except UnknownNameError:
        return None
    return carrying.as_now(home=_home(), saved=found).query


def _catalogue(home: Home, key: KeyFacts, when: When, component: str) -> schema.Catalogue:
    return schema.Catalogue(
        when.databases(home, _database_of(component)),
        lambda database_id: _ms(datetime.fromisoformat(_since(home, database_id, when))),
        lambda: [
            schema.Saved(own.id, own.name, _ms(own.created))
            for own in saved.list_all(owner=Owner(key.account_id, key.id))
        ],
    )


def _since(home: Home, database_id: str, when: When) -> str:
    release = when.release_of(home, database_id) or home.current(database_id).release
    return public_from(home=home, database_id=database_id, release=release)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


@contextmanager
def _suggesting(home: Home) -> Iterator[None]:
    """Names the nearest published id where one is not known; what is not published is never named."""
    try:
        yield
    except UnknownNameError as error:
        near = nearest_id(tables.databases(home=home), error.component)
        raise UnknownNameError(error.message, component=error.component, near=near) from None


def _home() -> Home:
    path = settings.STATLAS.home
    if path is None:
        raise HomeError("The site has no home.", mend="Start it with `statlas serve --home DIR`.")
    return tables.open_home(path)


def _body(request: HttpRequest) -> bytes:
    """The body, up to one byte more than the largest read; one sent in chunks too, whose length Django waits for."""
    in_chunks = "Content-Length" not in request.headers and request.META.get("wsgi.input_terminated")
    source = request.META["wsgi.input"] if in_chunks else request
    return bytes(source.read(LARGEST_BODY + 1))


def _locations(request: HttpRequest, when: When) -> Callable[[str], str]:
    """From an id to the absolute address of its component, under the name by which the site was reached."""
    base = request.build_absolute_uri(reverse("opendata-schema"))
    return lambda component: f"{base}/{ids.in_a_path(component)}{when.parameters}"


def _whole(request: HttpRequest, name: str, *, default: int, largest: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(largest))):
        raise refused(ErrorType.INVALID_REQUEST, f"{name} is not a whole number up to {largest:,}.", component=name)
    return min(int(text), largest)


def _depth(request: HttpRequest, node: schema.SchemaNode) -> str:
    depth = request.GET.get("depth", "")
    known = schema.depths_of(node)
    if depth and depth not in known:
        message = f"depth is not one of {', '.join(known)} here."
        raise refused(ErrorType.INVALID_REQUEST, message, component="depth")
    return depth


urlpatterns = [
    re_path("^info/?$", info),
    path("schema", component_view, name="opendata-schema"),
    path("schema/", component_view),
    path("schema/<path:component>", component_view),
    re_path("^table/?$", table),
    re_path("^table/sparse/?$", sparse),
    path("table/saved/<path:component>", kept_table),
    re_path("^rate_limit/?$", rate_limit),
    re_path("^rate_limit_(?P<kind>schema|table)/?$", rate_limit),
    re_path("", nothing_here),
]
