"""The endpoints of saved tables: keep a query under a name, see which there are, forget one.

They belong to the account of the key that asks, or to the key where it has none; without a key there is no owner.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Path, Router

from statlas.api.native import asking, dated, doorway, read
from statlas.api.native.jobs import PRIVATE
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal
from statlas.api.native.shapes.asked import body_of
from statlas.api.native.shapes.saved import SavedShape, SavedTablesShape, SaveRequest
from statlas.definitions import strict_json
from statlas.definitions.query_json import query_json
from statlas.errors import KeyNotInForceError, UnknownNameError
from statlas.model.carrying import Carried
from statlas.service.office import carrying, saved
from statlas.service.office.saved import Owner, SavedFacts

router = Router(tags=["Saved tables"])

OPEN_DATA_API = "/webapi/rest/v1"

_ID = Path(..., description="Id of the saved table.")


@router.post("/saved", response={201: SavedShape}, summary="Save a table", openapi_extra=body_of("SaveRequest"))
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep a query under a name; `Location` is its address."""
    asking.refuse_others(request, *dated.NAMES)
    owner = _owner(request)
    form = read.validated(SaveRequest, strict_json.loads(asking.body(request)))
    asked = read.from_data(asking.home(), form.query, place="/query", when=dated.When.of(request))
    # A question keeps up with new releases, unless it names one, or a moment.
    query = asked.query if asked.is_pinned else replace(asked.query, release=None)
    links = Links(request)
    made = saved.save(owner=owner, name=form.name, query=query)
    response = _told(_content(made, links), status=201)
    response.headers["Location"] = links.to(f"/saved/{made.id}")
    return response


@router.get("/saved", response=SavedTablesShape, summary="The tables that you saved")
def list_all(request: HttpRequest) -> HttpResponseBase:
    """Every one of the owner of the key, oldest first."""
    asking.refuse_others(request)
    links = Links(request)
    return _told({"saved": [_content(one, links) for one in saved.list_all(owner=_owner(request))]})


@router.get("/saved/{id}", response=SavedShape, summary="A table that you saved")
def one(request: HttpRequest, id: str = _ID) -> HttpResponseBase:  # noqa: A002 - as the address has it
    """Its name, its query, and where it is answered."""
    asking.refuse_others(request)
    try:
        found = saved.get(table_id=id, owner=_owner(request))
    except UnknownNameError as error:
        raise _not_there(error, id) from None
    return _told(_content(found, Links(request)))


@router.delete("/saved/{id}", response={204: None}, summary="Forget a table that you saved")
def forget(request: HttpRequest, id: str = _ID) -> HttpResponseBase:  # noqa: A002 - as the address has it
    """It is not kept any more, at once."""
    asking.refuse_others(request)
    try:
        saved.remove(table_id=id, owner=_owner(request))
    except UnknownNameError as error:
        raise _not_there(error, id) from None
    return HttpResponse(status=204, headers={"Cache-Control": PRIVATE})


def _owner(request: HttpRequest) -> Owner:
    """Whose tables.

    Raises:
        KeyNotInForceError: no key was sent.
    """
    key = doorway.spending_of(request).key
    if key is None:
        raise KeyNotInForceError("Saved tables belong to whoever has a key.", mend="Send yours in the header APIKey.")
    return Owner(account_id=key.account_id, key_id=key.id)


def _not_there(error: UnknownNameError, table_id: str) -> Refusal:
    error.facts["component"] = strict_json.shown(table_id)
    return Refusal(error, 404)


def _told(content: dict[str, Any], status: int = 200) -> HttpResponse:
    response = asking.as_json(content)
    response.status_code = status
    response.headers["Cache-Control"] = PRIVATE
    return response


def _content(saved_table: SavedFacts, links: Links) -> dict[str, Any]:
    standing = carrying.standing(home=asking.home(), saved=saved_table)
    over = standing.carried if standing else Carried(saved_table.query)
    found = saved_table if over.query is None else replace(saved_table, query=over.query)
    return {
        "id": found.id,
        "name": found.name,
        "created": found.created.isoformat(timespec="seconds"),
        "query": query_json(found.query),
        "cannot": list(over.cannot),
        "table": links.page(carrying.opened(saved_table, standing)),
        "opendata": links.site(f"{OPEN_DATA_API}/table/saved/str:table:{found.id}"),
    }
