"""The page where a formula is written, over the numbers of a table or over the categories of a field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions.address import Parameters, is_presentation, parameters_of, query_of, with_date
from statlas.errors import QueryError, StatlasError, TooManyCellsError, UnusableNameError
from statlas.model import editing
from statlas.model.database import Database
from statlas.model.derived import Formula
from statlas.model.query import Query
from statlas.web import asking, formulas, links
from statlas.web.formulas import Draft

_NEW = ""


@dataclass(frozen=True)
class _Writing:
    """A request of the page: the table, the formula that is changed, and what stands in the boxes."""

    database: Database
    base: Parameters
    query: Query
    edited: Formula | None
    place: str
    draft: Draft


def formula(request: HttpRequest, database_id: str) -> HttpResponse:
    """The boxes of a formula."""
    sent = asking.parameters(request)
    try:
        writing = _read(database_id, sent)
    except QueryError:
        # The page of the table explains what is wrong with an address.
        return HttpResponseRedirect(links.table(database_id, _of_table(sent)))
    return _page(request, writing)


def write(request: HttpRequest, database_id: str) -> HttpResponse:
    """Take a formula into the table, put a name into it, or take it out of the table."""
    sent = asking.sent(request)
    try:
        writing = _read(database_id, sent)
    except QueryError:
        return HttpResponseRedirect(links.table(database_id, _of_table(sent)))
    act, _, name = dict(sent).get("act", "").partition(";")
    draft = writing.draft
    if act == "insert":
        told = replace(draft, expression=f"{draft.expression} {{{name}}}".strip())
        return _page(request, replace(writing, draft=told))
    if act == "remove" and writing.edited is not None:
        return _to_table(writing, editing.remove_derived(writing.query, writing.edited))
    try:
        return _to_table(writing, _checked(writing))
    except QueryError as error:
        return _page(request, writing, error=error, status=error.http_status)


def _read(database_id: str, sent: Parameters) -> _Writing:
    given, base = dict(sent), _of_table(sent)
    database = asking.database_or_current(database_id, given.get("release", ""))
    query = query_of(database, base)
    place = given.get("edit", _NEW)
    edited = formulas.at(query, place)
    draft = Draft.read(sent, edited)
    if draft.over:
        draft = replace(draft, over=database.field(draft.over).id)
    return _Writing(database, base, query, edited, place if edited else _NEW, draft)


def _of_table(sent: Parameters) -> Parameters:
    return tuple(one for one in sent if one[0] not in formulas.OWN)


def _checked(writing: _Writing) -> Query:
    """The table with the formula.

    Raises:
        QueryError: the formula cannot be read, or names what the table has not.
    """
    formula = writing.draft.formula()
    query = formulas.with_formula(writing.query, formula, writing.edited)
    try:
        # Alone: what is wrong with the rest of the table is told on its page.
        asking.table(with_date(writing.database, replace(query, derived=(formula,))))
    except QueryError as error:
        if not isinstance(error, TooManyCellsError):
            raise
    except StatlasError:
        return query
    return query


def _to_table(writing: _Writing, query: Query) -> HttpResponse:
    shown = tuple(one for one in writing.base if is_presentation(one[0]))
    address = links.table(writing.database.id, (*parameters_of(query), *shown))
    return HttpResponseRedirect(f"{address}#table", status=303)


def _page(
    request: HttpRequest, writing: _Writing, *, error: QueryError | None = None, status: int = 200
) -> HttpResponse:
    database, query, draft = writing.database, writing.query, writing.draft
    context: dict[str, Any] = {
        "database": database,
        "at": links.at(query.release or ""),
        "draft": draft,
        "place": writing.place,
        "is_new": writing.edited is None,
        "over": database.field(draft.over) if draft.over else None,
        "overs": [_Over("", links.formula(database.id, writing.base), not draft.over)]
        + [_over(writing, d.field) for d in query.dimensions if d.field != database.date.id],
        "names": formulas.names(database, query, draft.over),
        "most_names": formulas.MOST_NAMES,
        "others": [
            (one.label, one.expression, links.formula(database.id, writing.base, one.field or "", str(n)))
            for n, one in enumerate(formulas.formulas(query))
            if one is not writing.edited
        ],
        "hidden": links.shortened(writing.base),
        "action": links.write_formula(database.id),
        "back": links.table(database.id, writing.base),
        "error": error,
        "error_at": "#label" if isinstance(error, UnusableNameError) else "#expression",
        "stopped": formulas.place_of(draft.expression, error) if error else None,
    }
    return render(request, "formula.html", context, status=status)


@dataclass(frozen=True)
class _Over:
    """What a formula may be over: the label of a field, empty for numbers."""

    label: str
    url: str
    is_chosen: bool


def _over(writing: _Writing, field_id: str) -> _Over:
    field = writing.database.field(field_id)
    url = links.formula(writing.database.id, writing.base, field.id)
    return _Over(field.label, url, field.id == writing.draft.over)
