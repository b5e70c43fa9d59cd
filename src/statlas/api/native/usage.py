"""The endpoint of how the site is used."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from statlas.api.native import asking, cursors, read
from statlas.api.native.shapes.usage import UsagePage
from statlas.service.tables import usage

router = Router(tags=["Use"])

MOST_LISTED = 10_000
LICENCE = "OGL-UK-3.0"
_LONGEST = 300


@router.get("/usage", response=UsagePage, summary="How the site is used")
def find(
    request: HttpRequest,
    month: str = Query("", pattern=r"^([0-9]{4}-[0-9]{2})?$", description="Only this month: `2026-11`."),
    database: str = Query("", max_length=_LONGEST, description="Only this database."),
    limit: int = Query(1_000, ge=1, le=MOST_LISTED, description="Counts on a page."),
    cursor: str = Query("", max_length=_LONGEST, description="`next` of the page before."),
) -> HttpResponse:
    """How often pages, tables, files and answers were given, by month, database, kind, form and class of program."""
    asking.refuse_others(request, "month", "database", "limit", "cursor")
    read.refuse_odd(database)
    digest = cursors.digest_of("usage", month, database)
    first = cursors.position(cursor, digest)
    found = usage.usage(home=asking.home(), month=month, database_id=database)
    content = {
        "licence": LICENCE,
        "found": len(found),
        "usage": [asdict(row) for row in found[first : first + limit]],
        "next": cursors.written(first + limit, digest) if first + limit < len(found) else None,
    }
    return asking.as_json(content)
