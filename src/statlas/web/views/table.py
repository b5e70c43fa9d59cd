"""The page of a table beside the form that changes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions.address import parameters_of, query_of, with_date
from statlas.errors import BackendError, DisclosureRefused, StatlasError, TooManyCellsError
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.web import asking, form, links, notes
from statlas.web.shown import narrowing, shown


def table(request: HttpRequest, database_id: str) -> HttpResponse:
    """A table beside the form that changes it; an address that cannot be answered says how to mend it."""
    sent = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    if any(name == form.MARK for name, _ in sent):
        return HttpResponseRedirect(links.table(database_id, form.address_of(database, sent)))
    parameters = sent or form.default_parameters(database)
    shared = {"database": database, "form": form.form_of(database, parameters), "is_first": not sent}
    query = None
    try:
        query = with_date(database, query_of(database, parameters))
        cube = asking.table(query)
    except BackendError:
        raise
    except StatlasError as error:
        told = {"error": error, "advice": _advice(error, query), "narrowing": _to_change(database, query)}
        if isinstance(error, TooManyCellsError) and query is not None:
            told["as_file_url"] = links.new_job(database.id, parameters_of(query))
        return render(request, "table.html", {**shared, **told}, status=error.http_status)
    return render(request, "table.html", {**shared, **shown(request, database, query, cube, parameters)})


def _advice(error: StatlasError, query: Query | None) -> tuple[str, ...]:
    """What to change in a table that a rule refuses."""
    return asking.advice(query) if query is not None and isinstance(error, DisclosureRefused) else ()


def _to_change(database: Database, query: Query | None) -> list[notes.Chosen]:
    """The categories and filters of a table that is not shown, so that they can be changed."""
    return [] if query is None else narrowing(database, query)
