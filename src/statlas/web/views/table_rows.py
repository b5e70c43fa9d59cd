"""Some rows of a table, to be put under those that a page shows already."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas.definitions.address import query_of, with_date
from statlas.web import asking
from statlas.web.shown import numbers


def rows(request: HttpRequest, database_id: str) -> HttpResponse:
    """The rows that the table's own page would show at this address, without the page."""
    parameters = asking.parameters(request)
    database = asking.database(database_id, dict(parameters).get("release", ""))
    query = with_date(database, query_of(database, parameters))
    return render(request, "table_rows.html", numbers(database, query, asking.table(query), parameters))
