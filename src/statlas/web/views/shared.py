"""What somebody shares: a saved table or group, for whoever has its link; nothing tells whose it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from statlas.definitions.address import parameters_of
from statlas.errors import UnknownNameError
from statlas.service import tables
from statlas.service.office import carrying, sharing
from statlas.service.office.saved import SavedFacts
from statlas.web import asking, links
from statlas.web.explaining import not_found


def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The page of what a link opens; kept by no cache, so that it can be taken back."""
    try:
        found = sharing.opened(token=token)
    except UnknownNameError as error:
        response = not_found(request, error)
    else:
        if isinstance(found, SavedFacts):
            response = _table(request, found)
        else:
            copy = f"{reverse('account_group_new')}?from={token}"
            response = render(request, "shared_group.html", {"group": found, "copy_url": copy})
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _table(request: HttpRequest, found: SavedFacts) -> HttpResponse:
    database_id = found.query.database
    is_there = database_id in asking.home().databases()
    standing = carrying.standing(home=asking.home(), saved=found)
    opened = carrying.opened(found, standing)
    parts = (*parameters_of(opened), *found.defined)
    told = {
        "saved": found,
        "database": tables.database(home=asking.home(), database_id=database_id) if is_there else None,
        "url": links.table(database_id, parts) if is_there else "",
        "cannot": standing.carried.cannot if standing else (),
        "release": opened.release,
        "copy_url": links.save(database_id, parts) if is_there else "",
    }
    return render(request, "shared_table.html", told)
