"""Every door of a site that answers from a release, with a question to each; and every other, with the reason why not.

A question holds ``{when}`` where it says of when it is: ``release=2``, ``asOf=2025-05-01``, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

TABLE = "rows=AREA@TOWN&columns=MONTH&periods=latest"
"""Towns at the latest month: each release has another, and the last has other towns."""

CSV_BODY = {"database": "str:database:help", "dimensions": [["str:valueset:help:HELP:AREA:TOWN"]]}
QUERY = {"database": "help", "rows": ["AREA@TOWN"], "columns": ["MONTH"]}


@dataclass(frozen=True)
class Question:
    """A request; ``form`` or ``body`` is sent, if there is one."""

    address: str
    form: Mapping[str, str] | None = None
    body: Any = None
    is_same_without: bool = False
    """Whether this answer says nothing that differs between releases."""


_PAGE = "databases/<str:database_id>"
_AT = "/databases/help"

WEB: dict[str, Question] = {
    _PAGE: Question(f"{_AT}?{{when}}"),
    f"{_PAGE}/codes.csv": Question(f"{_AT}/codes.csv?{{when}}"),
    f"{_PAGE}/table": Question(f"{_AT}/table?{TABLE}&{{when}}"),
    f"{_PAGE}/table.<str:suffix>": Question(f"{_AT}/table.csv?{TABLE}&{{when}}"),
    f"{_PAGE}/table/plan": Question(f"{_AT}/table/plan?{TABLE}&{{when}}"),
    f"{_PAGE}/table/cell": Question(f"{_AT}/table/cell?{TABLE}&cell=0&{{when}}"),
    f"{_PAGE}/table/rows": Question(f"{_AT}/table/rows?{TABLE}&{{when}}"),
    f"{_PAGE}/table/cite.<str:suffix>": Question(f"{_AT}/table/cite.bib?{TABLE}&{{when}}"),
    f"{_PAGE}/table/categories": Question(f"{_AT}/table/categories?{TABLE}&field=AREA&level=TOWN&{{when}}"),
    f"{_PAGE}/table/categories/choose": Question(
        f"{_AT}/table/categories/choose", {"rows": "AREA@TOWN", "field": "AREA", "act": "show"}
    ),
    f"{_PAGE}/table/categories/elsewhere": Question(
        f"{_AT}/table/categories/elsewhere?field=AREA&group.AREA=South%3DTOWN:S&{{when}}"
    ),
    f"{_PAGE}/table/formula": Question(f"{_AT}/table/formula?{TABLE}&over=AREA&{{when}}"),
    f"{_PAGE}/table/formula/write": Question(
        f"{_AT}/table/formula/write", {"rows": "AREA@TOWN", "label": "Two", "expression": "{HELP} * 2", "act": "save"}
    ),
    f"{_PAGE}/table/permalink": Question(f"{_AT}/table/permalink", {"rows": "AREA@TOWN"}),
    f"{_PAGE}/chart": Question(f"{_AT}/chart?{TABLE}&{{when}}"),
    f"{_PAGE}/chart.<str:suffix>": Question(f"{_AT}/chart.json?{TABLE}&{{when}}"),
    f"{_PAGE}/chart/embed": Question(f"{_AT}/chart/embed?{TABLE}&{{when}}"),
    f"{_PAGE}/map": Question(f"{_AT}/map?{TABLE}&{{when}}"),
    f"{_PAGE}/map.<str:suffix>": Question(f"{_AT}/map.json?{TABLE}&{{when}}"),
    f"{_PAGE}/map/embed": Question(f"{_AT}/map/embed?{TABLE}&{{when}}"),
    f"{_PAGE}/motion": Question(f"{_AT}/motion?rows=AREA@TOWN&columns=MONTH&periods=all&{{when}}"),
    f"{_PAGE}/motion.<str:suffix>": Question(f"{_AT}/motion.json?rows=AREA@TOWN&columns=MONTH&periods=all&{{when}}"),
    f"{_PAGE}/upload/bring": Question(f"{_AT}/upload/bring?{{when}}", {"text": json.dumps(CSV_BODY)}),
    f"{_PAGE}/upload": Question(f"{_AT}/upload?{{when}}", is_same_without=True),
    "jobs/new": Question(f"/jobs/new?database=help&{TABLE}&{{when}}"),
    "account/tables/new": Question(f"/account/tables/new?database=help&{TABLE}&{{when}}"),
    "account/groups": Question(
        f"/account/groups?database=help&field=AREA&back={_AT}/table%3Frows%3DAREA%2540TOWN%26{{quoted}}"
    ),
}
"""Doors for people."""

PLACES: dict[str, Question] = {
    "areas/<str:code>": Question("/areas/E08000035?wait=yes&{when}"),
    "areas/<str:code>.csv": Question("/areas/E08000035.csv?{when}"),
    "GET /api/v1/areas/{code}": Question("/api/v1/areas/E08000035?{when}"),
}
"""Doors that answer from every database at once: a day is of all of them, a release would be of one."""

DIFFERENCES: dict[str, str] = {
    f"{_PAGE}/changes": f"{_AT}/changes?from={{then}}&to={{now}}",
    f"{_PAGE}/changes.<str:suffix>": f"{_AT}/changes.json?from={{then}}&to={{now}}",
    "GET /api/v1/databases/{database_id}/changes": "/api/v1/databases/help/changes?from={then}&to={now}",
    "GET /api/v1/databases/{database_id}/changes.csv": "/api/v1/databases/help/changes.csv?from={then}&to={now}",
}
"""Doors between two releases, each named by its number or by a day."""

NATIVE: dict[str, Question] = {
    "GET /api/v1/databases/{database_id}": Question("/api/v1/databases/help?{when}"),
    "GET /api/v1/databases/{database_id}/fields/{field}/codes": Question(
        "/api/v1/databases/help/fields/AREA/codes?{when}"
    ),
    "GET /api/v1/databases/{database_id}/fields/{field}/codes.csv": Question(
        "/api/v1/databases/help/fields/AREA/codes.csv?{when}"
    ),
    **{
        f"GET /api/v1/{path}": Question(f"/api/v1/{path.replace('{suffix}', 'csv')}?database=help&{TABLE}&{{when}}")
        for path in ("tables", "tables.{suffix}", "tables/plan", "tables/cells")
    },
    "GET /api/v1/tables/cell": Question(f"/api/v1/tables/cell?database=help&{TABLE}&cell.AREA=N&{{when}}"),
    **{
        f"POST /api/v1/{path}": Question(f"/api/v1/{path.replace('{suffix}', 'csv')}?{{when}}", body=CSV_BODY)
        for path in ("tables", "tables.{suffix}", "tables/plan", "tables/cells")
    },
    "POST /api/v1/tables/cell": Question("/api/v1/tables/cell?{when}", body={"query": QUERY, "cell": {"AREA": "N"}}),
    "POST /api/v1/jobs": Question("/api/v1/jobs?{when}", body={"query": CSV_BODY, "format": "csv"}),
    "POST /api/v1/saved": Question("/api/v1/saved?{when}", body={"query": CSV_BODY, "name": "Towns"}),
}
"""Doors for programs."""

OPEN_DATA: dict[str, Question] = {
    **{
        f"webapi/rest/v1/{path}": Question(f"/webapi/rest/v1/schema{at}?{{when}}")
        for path, at in (
            ("schema/<path:component>", "/str:valueset:help:HELP:AREA:TOWN"),
            ("schema", "/str:field:help:HELP:AREA"),
            ("schema/", "/str:database:help"),
        )
    },
    "webapi/rest/v1/^table/?$": Question("/webapi/rest/v1/table?{when}", body=CSV_BODY),
    "webapi/rest/v1/^table/sparse/?$": Question("/webapi/rest/v1/table/sparse?{when}", body=CSV_BODY),
    "webapi/rest/v1/table/saved/<path:component>": Question("/webapi/rest/v1/table/saved/{saved}?{when}"),
}
"""Doors for programs of Stat-Xplore."""

_NO_RELEASE = "It tells of the site, and of no release."
_EVERY_RELEASE = "It tells of every release at once, with the day of each."
_MADE = "What was asked was settled when it was made: of a release for ever."
_STAFF = "Staff look at what is under way or at one release by its id; nobody else reads it."
_OWN = "It lists what somebody keeps; each thing says of when it is, and leads to a door that takes a day."
_WHAT_THERE_IS = "It finds what there is now; what it finds takes a day."

EXEMPT: dict[str, str] = {
    "": _WHAT_THERE_IS,
    "catalogue": _WHAT_THERE_IS,
    "search": _WHAT_THERE_IS,
    "areas": "It finds places, which are the same whatever the figures.",
    "GET /api/v1/areas": "It finds places, which are the same whatever the figures.",
    "upload": "It is a form; the query that is sent says of when it is, or the address that it is sent to.",
    "upload/bring": "Walked as the page of a database; `asof` holds for whichever database the query names.",
    **dict.fromkeys(
        ["about", "privacy", "accessibility", "help", "help/tour", "help/glossary", "errors/<str:code>", "healthz"],
        _NO_RELEASE,
    ),
    **dict.fromkeys(["usage", "usage.csv", "usage.json"], "It tells how often the site is used, month by month."),
    **dict.fromkeys(
        [
            *("releases", "releases/published", "releases/changes", "releases.<str:suffix>"),
            *("releases/<undotted:announcement_id>", "releases/<undotted:announcement_id>.ics"),
        ],
        "The calendar tells when releases are, and holds no figures.",
    ),
    **dict.fromkeys([f"{_PAGE}/releases", f"{_PAGE}/releases.atom"], _EVERY_RELEASE),
    **dict.fromkeys(["tables/<undotted:permalink_id>", "tables/<undotted:permalink_id>.<str:suffix>"], _MADE),
    **dict.fromkeys(["jobs/<str:job_id>", "jobs/<str:job_id>/cancel"], _MADE),
    **dict.fromkeys(["jobs", "shared/<str:token>"], _OWN),
    **dict.fromkeys(["GET /api/v1/", "GET /api/v1/usage"], _NO_RELEASE),
    "GET /api/v1/databases": _WHAT_THERE_IS,
    "GET /api/v1/databases/{database_id}/releases": _EVERY_RELEASE,
    **dict.fromkeys(["GET /api/v1/releases", "GET /api/v1/releases/{announcement}"], "The calendar holds no figures."),
    **dict.fromkeys(["GET /api/v1/jobs/{id}", "DELETE /api/v1/jobs/{id}", "GET /api/v1/jobs/{id}/file"], _MADE),
    **dict.fromkeys(["GET /api/v1/saved", "GET /api/v1/saved/{id}", "DELETE /api/v1/saved/{id}"], _OWN),
    **dict.fromkeys(
        [
            "webapi/rest/v1/^info/?$",
            "webapi/rest/v1/^rate_limit/?$",
            "webapi/rest/v1/^rate_limit_(?P<kind>schema|table)/?$",
            "webapi/rest/v1/",
        ],
        _NO_RELEASE,
    ),
}
"""Doors that take no day, and why."""

EXEMPT_BELOW: dict[str, str] = {
    "admin/": "Administrators look after accounts and settings; there are no figures.",
    "work": _STAFF,
    "account": _OWN,
    "api/v1": "The native API is walked by its own document.",
}
"""The same of every address that begins so, unless it is named above."""


def routes() -> Iterator[str]:
    """Every route of the site."""
    yield from _below(get_resolver().url_patterns, "")


def _below(patterns: Any, before: str) -> Iterator[str]:
    for one in patterns:
        here = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, here)
        else:
            yield here


def operations(document: Mapping[str, Any]) -> Iterator[str]:
    """Every operation of the native API, by its document: ``GET /api/v1/tables``."""
    for path, methods in document["paths"].items():
        for method in methods:
            yield f"{method.upper()} {path}"


def undecided(doors: Iterator[str]) -> list[str]:
    """Those of which nobody has said whether they take a day."""
    known = WEB.keys() | NATIVE.keys() | OPEN_DATA.keys() | PLACES.keys() | DIFFERENCES.keys() | EXEMPT.keys()
    return [one for one in doors if one not in known and not one.startswith(tuple(EXEMPT_BELOW))]
