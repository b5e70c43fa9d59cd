"""The page of a table beside the builder that changes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas.definitions.address import CHART, Parameters, is_presentation, parameters_of, query_of, with_date
from statlas.errors import BackendError, QueryError, StatlasError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.legend import blocked_by
from statlas.model.query import Query
from statlas.web import acts, asking, form, groups, links, trail
from statlas.web.live_line import LiveLine, live_line, shown_line
from statlas.web.pressing import DO
from statlas.web.shown import shown
from statlas.web.trail import Trail

_OF_ONE_TABLE = frozenset({"row", "column", "wafer", "sort", "ask", "undo"}) | CHART
"""Presentation that another table does not take over: its rows are others."""


def table(request: HttpRequest, database_id: str) -> HttpResponse:
    """A table beside its builder; an address that cannot be answered says how to mend it.

    What was pressed in the builder leads to the address of the table after it; asked by htmx, that table is answered
    at once with its address in a header.
    """
    sent = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    address, answers = _parted(sent)
    page = _read(database, address, find=acts.find_text(answers))
    if any(name == DO for name, _value in answers):
        page = _pressed(page, answers)
        if page.error is None and not _is_of_htmx(request):
            return HttpResponseRedirect(page.url + f"#{page.anchor}")
    return _answered(request, page)


def plan(request: HttpRequest, database_id: str) -> HttpResponse:
    """The live line of a table, or of what is filled in but not yet sent, as a part of a page."""
    sent = asking.parameters(request)
    database = asking.database_or_current(database_id, dict(sent).get("release", ""))
    address, answers = _parted(sent)
    page = _read(database, address)
    if page.error is None and any(name == DO for name, _value in answers):
        page = _pressed(page, answers)
    told = LiveLine(str(page.error), is_refused=True) if page.error else live_line(database, page.query, page.carried)
    return render(request, "table_plan.html", {"line": told})


# --- what is asked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """A table to show with all that goes along with it.

    address: what was asked, without answers of forms. view: which part of the table is shown.
    trail: as of this table. error: why the address cannot be read, or what was pressed cannot be done.
    is_first: it is the table that a builder begins with.
    """

    database: Database
    query: Query
    address: Parameters
    trail: Trail
    find: str = ""
    is_first: bool = False
    said: str = ""
    anchor: str = "layout"
    error: StatlasError | None = None
    is_understood: bool = True

    @property
    def kept(self) -> Parameters:
        """Presentation that every table made from this one takes over: groups that are defined."""
        return tuple(part for part in self.address if is_presentation(part[0]) and part[0] not in _OF_ONE_TABLE)

    @property
    def state(self) -> str:
        """The table as its trail names it."""
        return trail.state_of(links.shortened((*parameters_of(self.query), *self.kept)))

    @property
    def carried(self) -> Parameters:
        """What goes on with every step: groups that are defined, and the trail that leads back here."""
        text = trail.written(self.trail.pushed(self.state))
        return (*self.kept, *([("undo", text)] if text else []))

    @property
    def url(self) -> str:
        """The address of the table with the trail that led here."""
        text = trail.written(self.trail)
        undo = [("undo", text)] if text else []
        return links.table(self.database.id, (*parameters_of(self.query), *self.kept, *undo))

    @property
    def viewed(self) -> Parameters:
        """The address that links to other parts of the table are made from; the trail goes along with them."""
        text = trail.written(self.trail)
        return (*(part for part in self.address if part[0] != "undo"), *([("undo", text)] if text else []))

    @property
    def clean_url(self) -> str:
        """The address that readers copy."""
        view = (part for part in self.address if is_presentation(part[0]) and part[0] != "undo")
        return links.table(self.database.id, (*parameters_of(self.query), *view))


def _parted(sent: Parameters) -> tuple[Parameters, Parameters]:
    """The address of a table, and the answers of the builder's forms."""
    address = tuple(part for part in sent if part[0] not in acts.ANSWERS)
    return address, tuple(part for part in sent if part[0] in acts.ANSWERS)


def _read(database: Database, address: Parameters, *, find: str = "") -> _Page:
    """The table of an address; of one with a mistake as much as can be understood, and the mistake."""
    asked = tuple(part for part in address if part[1] and part[0] != "undo")
    parameters = form.or_default(database, asked)
    error: StatlasError | None = None
    try:
        query = with_date(database, query_of(database, parameters))
    except QueryError as found:
        error, query = found, form.as_far_as_read(database, parameters)
    undo = next((value for name, value in address if name == "undo"), "")
    is_first = parameters != asked
    page = _Page(database, query, parameters, trail.read(undo, database.id), find, is_first=is_first, error=error)
    return replace(page, trail=page.trail.arrived(page.state), is_understood=error is None)


def _pressed(page: _Page, answers: Parameters) -> _Page:
    """The table after what was pressed; the same with the mistake if it cannot be done."""
    try:
        done = acts.done(page.database, page.query, answers, form.default_parameters(page.database))
    except QueryError as error:
        return replace(page, error=error)
    # Groups with a name stay defined when their field leaves the table.
    before_it = (*parameters_of(page.query), *page.kept)
    address = groups.carried(page.database, before_it, (*parameters_of(done.query), *page.kept))
    after = replace(page, query=done.query, address=address, said=done.said, anchor=done.anchor, is_first=False)
    # A mistake in the address is nothing to go back to.
    before = page.trail.pushed(page.state) if page.error is None else page.trail
    return replace(after, error=None, is_understood=True, trail=before.arrived(after.state))


def _is_of_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


# --- what is answered -------------------------------------------------------------------------------------------------


def _answered(request: HttpRequest, page: _Page) -> HttpResponse:
    cube, error = _made(page)
    is_whole = cube is not None and not blocked_by(cube)
    line = shown_line(cube) if cube and is_whole else live_line(page.database, page.query, page.carried)
    found = _builder(page, line, error) | {"status": error.http_status if error else 200}
    if cube is not None:
        found |= shown(request, page.database, page.query, cube, page.viewed)
    answer = render(request, "table.html", found, status=found["status"])
    if _is_of_htmx(request) and page.is_understood:
        # The trail stays in the page; the address is the one to copy.
        answer["HX-Push-Url"] = page.clean_url
    answer["Vary"] = "HX-Request"
    return answer


def _made(page: _Page) -> tuple[Cube | None, StatlasError | None]:
    """The table of a page and what went wrong: what was pressed can fail where there is a table to show."""
    if not page.is_understood:
        return None, page.error
    try:
        return asking.table(page.query), page.error
    except BackendError:
        raise
    except StatlasError as error:
        return None, error


def _builder(page: _Page, line: LiveLine, error: StatlasError | None) -> dict[str, Any]:
    """What the page shows beside the table."""
    undone, redone = page.trail.undone(page.state), page.trail.redone(page.state)
    return {
        "database": page.database,
        "at": links.at(page.query.release or ""),
        "form": form.form_of(page.database, page.query, page.carried, find=page.find),
        "line": line,
        "is_first": page.is_first,
        "error": error,
        "said": " ".join(filter(None, (page.said, line.said))),
        "undo_url": _step(page, undone),
        "redo_url": _step(page, redone),
        "clean_url": page.clean_url,
        "upload_url": links.upload(page.database.id, tuple(part for part in page.address if part[0] == asking.RELEASE)),
    }


def _step(page: _Page, step: tuple[str, Trail] | None) -> str:
    """The address of a table before or after this one, with the trail there."""
    if step is None:
        return ""
    state, then = step
    return links.table(page.database.id, (*trail.parameters_of(state), ("undo", trail.written(then))))
