"""Saved tables whose codes have changed: what became of them, and choosing by hand, keeping and taking back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from statlas.definitions.address import parameters_of
from statlas.errors import UnknownNameError
from statlas.model.database import Database
from statlas.service.office import carrying, saved
from statlas.service.office.carrying import Standing
from statlas.service.office.saved import Owner, SavedFacts
from statlas.web import asking, links
from statlas.web.visitor import account_of
from statlas.wording import _

MOST_OFFERED = 50
"""Saved tables among which those are looked for that cannot be carried, the newest: arbitrary."""


@dataclass(frozen=True)
class Told:
    """What the page of a saved table says of carrying it over.

    cannot: why it cannot be asked of the newest release, which is ``now``; empty where it can.
    keep: the release that it can be kept at; empty where there is none, or nothing has changed.
    rest_url: the table of what is left of it, to choose from. can_take_back: whether it asked something else before.
    """

    cannot: tuple[str, ...]
    now: str
    keep: str
    rest_url: str
    can_take_back: bool


def told(found: SavedFacts) -> Told | None:
    """What is said of a saved table; nothing where nothing has happened to it."""
    standing = _standing(found)
    if standing is None:
        return None
    over = standing.carried
    has_changed = bool(over.cannot or over.changed)
    if not has_changed and found.former is None:
        return None
    keep = standing.then if has_changed and standing.is_kept else ""
    rest = links.table(found.query.database, parameters_of(over.rest)) if over.rest else ""
    return Told(over.cannot, standing.now, keep, rest, found.former is not None)


def url(found: SavedFacts, standing: Standing | None = None) -> str:
    """Where a saved table opens: asked as it is now, else of the release that its owner saw; empty where nowhere."""
    if not asking.home().has(found.query.database):
        return ""
    query = carrying.opened(found, standing or _standing(found))
    return links.table(found.query.database, (*parameters_of(query), *found.defined))


def pinned_release(found: SavedFacts) -> str:
    """The release that a saved table shows for ever, or would if that were chosen; empty where there is none."""
    standing = _standing(found)
    if found.query.release or standing is None:
        return found.query.release or ""
    return standing.then if standing.is_lost and standing.is_kept else standing.now


def items(request: HttpRequest, database: Database) -> list[dict[str, Any]]:
    """Saved tables of a database in whose place another may be put, as radio buttons; none where there are none."""
    mine = [one for one in saved.list_all(owner=_owner(request)) if one.query.database == database.id]
    recent = [one for one in mine if not one.is_pinned][-MOST_OFFERED:]
    lost = [one for one in recent if (standing := _standing(one)) is not None and standing.is_lost]
    if not lost:
        return []
    sent = request.POST.get("instead", "")
    found = [{"value": "", "text": _("A table of its own"), "checked": not sent}]
    return [*found, *({"value": one.id, "text": one.name, "checked": one.id == sent} for one in lost)]


def chosen(request: HttpRequest, owner: Owner, database_id: str) -> SavedFacts | None:
    """The saved table in whose place another is put, if one is named.

    Raises:
        UnknownNameError: there is no such table of theirs, or it is of another database.
    """
    table_id = request.POST.get("instead", "")
    if not table_id:
        return None
    found = saved.get(table_id=table_id, owner=owner)
    if found.query.database != database_id:
        raise UnknownNameError(_("There is no such saved table."), component=table_id, mend=_("Choose another."))
    return found


@require_POST
@login_required
def keep(request: HttpRequest, table_id: str) -> HttpResponse:
    """Keep a table at the release that its owner saw, whatever newer ones change."""
    found = _mine(request, table_id)
    standing = _standing(found)
    if standing is not None and standing.is_kept:
        pinned = replace(found.query, release=standing.then)
        saved.ask_instead(table_id=table_id, owner=_owner(request), query=pinned, seen=standing.then)
        said = _("This table shows release {release} from now on.")
        messages.success(request, said.format(release=standing.then))
    return HttpResponseRedirect(_page(table_id))


@require_POST
@login_required
def take_back(request: HttpRequest, table_id: str) -> HttpResponse:
    """Have a table ask again what it asked before."""
    _mine(request, table_id)
    saved.take_back(table_id=table_id, owner=_owner(request))
    messages.success(request, _("The table is as it was."))
    return HttpResponseRedirect(_page(table_id))


def _standing(found: SavedFacts) -> Standing | None:
    return carrying.standing(home=asking.home(), saved=found)


def _mine(request: HttpRequest, table_id: str) -> SavedFacts:
    try:
        return saved.get(table_id=table_id, owner=_owner(request))
    except UnknownNameError as error:
        raise Http404(str(error)) from None


def _owner(request: HttpRequest) -> Owner:
    return Owner(account_of(request).pk)


def _page(table_id: str) -> str:
    return reverse("account_table", args=[table_id])
