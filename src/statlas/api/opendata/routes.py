"""The endpoints of the Open Data API; include ``urlpatterns`` at ``webapi/rest/v1/``. Compression is the site's."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, reverse

from statlas.api.opendata import schema, write
from statlas.api.opendata.endpoint import CONTENT_TYPE, LANGUAGE, as_json, endpoint, refusal
from statlas.definitions.stat_xplore import ids, read
from statlas.definitions.stat_xplore.refusing import ErrorType, refused, unknown_component
from statlas.errors import HomeError
from statlas.model.database import Database
from statlas.service import tables
from statlas.store import Home

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a table request: the ids of 80,000 values; arbitrary. Stat-Xplore refuses large bodies too."""

MOST_CELLS = 1_000_000
"""Cells of one answer, as at Stat-Xplore: a matter of capacity, never of disclosure."""


@endpoint("GET", "HEAD")
def info(_request: HttpRequest) -> HttpResponse:
    """The languages of labels."""
    return as_json({"languages": [{"locale": LANGUAGE, "displayName": "English"}]})


@endpoint("GET", "HEAD")
def component_view(request: HttpRequest, component: str = ids.ROOT_FOLDER) -> HttpResponse:
    """A component and a page of its children; ``depth`` shows more levels, ``offset`` and ``limit`` choose the page."""
    first = _whole(request, "offset", default=0, largest=10**9)
    n = _whole(request, "limit", default=schema.PAGE_SIZE, largest=schema.PAGE_SIZE)
    node = schema.find(tables.databases(home=_home()), component)
    depth = _depth(request, node)
    response = as_json(schema.as_json(node, _locations(request), depth=depth, first=first, n=n))
    if first + n < len(node.children):
        # Some clients take any Link for a reason to give up: there is one only where a page follows.
        following = request.GET.dict() | {"offset": str(first + n)}
        response.headers["Link"] = f'<{_locations(request)(node.id)}?{urlencode(following)}>; rel="next"'
    return response


@endpoint("POST")
def table(request: HttpRequest) -> HttpResponse:
    """The table that the body asks for, whatever its Content-Type."""
    body = _body(request)
    if len(body) > LARGEST_BODY:
        message = f"The request's body is larger than {LARGEST_BODY:,} bytes. Split the table."
        return refusal(ErrorType.REQUEST_TOO_LARGE, message, "", 413)
    home = _home()
    asked = read.read(body, lambda database_id: _database(home, database_id))
    cube = tables.table(home=home, query=asked.query, door="opendata", max_cells=MOST_CELLS)
    body = write.write(cube, asked.dimensions, asked.measures, asked.former)
    return HttpResponse(body, content_type=CONTENT_TYPE)


@endpoint("GET", "HEAD", "POST")
def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address of the API at which nothing answers."""
    return refusal(ErrorType.ENDPOINT_NOT_FOUND, "There is no such endpoint.", request.path, 404)


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


def _database(home: Home, database_id: str) -> Database:
    if database_id not in home.databases():
        # Asked for by name: a name that no database can have is as unknown as any other.
        raise unknown_component(database_id)
    return tables.database(home=home, database_id=database_id)


def _locations(request: HttpRequest) -> Callable[[str], str]:
    """From an id to the absolute address of its component, under the name by which the site was reached."""
    base = request.build_absolute_uri(reverse("opendata-schema"))
    return lambda component: f"{base}/{ids.in_a_path(component)}"


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
    re_path("", nothing_here),
]
