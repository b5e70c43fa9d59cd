"""The endpoints of the native API; include ``urlpatterns`` at ``api/v1``. Compression is the site's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from ninja.errors import ValidationError

from statlas.api.native import (
    areas,
    databases,
    doorway,
    jobs,
    pages,
    problems,
    read,
    releases,
    saved,
    table_cells,
    tables,
    usage,
    versions,
)
from statlas.api.native.interface import api
from statlas.api.native.problems import Refusal, refused
from statlas.definitions.strict_json import shown

for _part in (pages, databases, versions, areas, tables, table_cells, releases, jobs, saved, usage):
    api.add_router("", _part.router)


@api.exception_handler(ValidationError)
def _bad_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters of the wrong kind, all told at once."""
    # django-ninja names the source and the argument first: ("query", "limit").
    found = [{**one, "loc": tuple(one["loc"])[-1:]} for one in error.errors]
    told = read.refused_form(found)
    assert isinstance(told, Refusal)
    return problems.response(request, told)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address of the interface at which nothing answers."""
    raise refused(f"Nothing answers at {shown(request.path)}.", "The index at /api/v1/ tells what does.", status=404)


def _through_the_door(pattern: URLPattern) -> URLPattern:
    return URLPattern(pattern.pattern, doorway.doorway(pattern.callback), pattern.default_args, pattern.name)


urlpatterns = [
    *(_through_the_door(one) for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"),
    re_path("", doorway.doorway(nothing_here)),
]
