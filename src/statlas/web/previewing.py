"""Tables of what is not public yet, as the keeper gives them: their list, and one of them as a page shows it.

Nothing of it is kept here: every page asks the keeper anew, and it decides whether this account may know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statlas import definitions
from statlas.errors import DisclosureRefused, KeeperGoneError, QueryError
from statlas.model import titles
from statlas.model.database import Database, ReadyTable
from statlas.model.finding import DraftReports, from_json
from statlas.model.query import Query
from statlas.model.query_data import query_data
from statlas.model.spoken import spoken
from statlas.service.office.keeper_line import ask
from statlas.service.office.releases.saved_work import with_saved_work
from statlas.service.tables import cube_codec
from statlas.web import asking, notes, paging
from statlas.web.grid import grid_of
from statlas.wording import _


def waits_for_the_keeper(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of what the keeper gives; where it does not answer, one that says so and looks again."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KeeperGoneError as error:
            response = render(request, "work/waiting.html", {"error": error}, status=error.http_status)
            response.headers["Retry-After"] = str(LOOK_AGAIN_S)
            return response

    return shown


LOOK_AGAIN_S = 5
"""Seconds after which a page looks for the keeper again: arbitrary; starting it takes a few."""

_PARTS = ("row", "column", "wafer", "empty")
"""Parts of an address that say what is shown of a table."""


def database(*, account_id: int, release_id: str) -> Database:
    """The database as the draft has it.

    Raises:
        AccessError, KeeperGoneError: the account may not know it, or nobody answers.
    """
    text = ask(home=asking.home(), act="database", account=account_id, release=release_id)
    return definitions.loads(text.decode())


def reports(*, account_id: int, release_id: str) -> DraftReports:
    """What was found when the draft was made, and what becomes of users' work as of now.

    Raises:
        AccessError, KeeperGoneError: as ``database``.
    """
    found = from_json(ask(home=asking.home(), act="reports", account=account_id, release=release_id))
    after = database(account_id=account_id, release_id=release_id)
    return with_saved_work(found, home=asking.home(), after=after)


def page(
    request: HttpRequest, *, account_id: int, release_id: str, found: Database, number: int, base: str
) -> Mapping[str, Any]:
    """What ``work/preview.html`` shows: the list of ready-made tables, and the one of that number (from 1; 0 is none).

    Raises:
        AccessError, KeeperGoneError: as ``database``.
        QueryError: there is no such table.
    """
    listed = [(f"{base}/{n}", table.title) for n, table in enumerate(found.tables, start=1) if n != number]
    told: dict[str, Any] = {"tables": listed, "is_synthetic": found.synthetic, "cube": None, "refused": None}
    if number == 0:
        return {**told, "title": _("Tables made ready")}
    table = _table(found, number)
    try:
        return {**told, "title": table.title, **_shown(request, account_id, release_id, found, table.query)}
    except (DisclosureRefused, QueryError) as error:
        return {**told, "title": table.title, "refused": error}


def _table(found: Database, number: int) -> ReadyTable:
    if number > len(found.tables):
        raise QueryError(_("There is no such table."), mend=_("Choose one of the list."))
    return found.tables[number - 1]


def _shown(request: HttpRequest, account_id: int, release_id: str, found: Database, query: Query) -> Mapping[str, Any]:
    asked = json.dumps(query_data(query), separators=(",", ":"))
    cube = spoken(
        cube_codec.loads(ask(home=asking.home(), act="preview", account=account_id, release=release_id, query=asked))
    )
    given = tuple((name, str(request.GET[name])) for name in _PARTS if name in request.GET)
    part = paging.part_of(given, asking.options())
    grid = grid_of(cube, part)
    return {
        "cube": cube,
        "grid": grid,
        "paging": paging.paging_of(
            cube.database, given, part, grid, lambda parameters: f"{request.path}?{urlencode(parameters)}"
        ),
        "subtitle": ". ".join(filter(None, (titles.title(cube, found), titles.subtitle(cube, found)))),
        "legend": notes.legend(cube, grid.symbols),
        "notes": notes.notes(cube),
        "noise": notes.noise(cube),
    }
