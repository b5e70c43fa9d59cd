"""Your saved tables: keep one, find it again, see what has changed, share it, let it go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from statlas.definitions.address import defined_groups, parameters_of, query_of, with_date
from statlas.errors import StatlasError, UnknownNameError, UnusableNameError
from statlas.model import titles as model_titles
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.service import tables
from statlas.service.office import carrying, folders, saved, sharing
from statlas.service.office.saved import Owner, SavedFacts
from statlas.service.tables import changes
from statlas.web import asking, links, listing, titles
from statlas.web.views import account_carried
from statlas.web.visitor import account_of
from statlas.wording import _, later

FORM_METHODS = ["GET", "HEAD", "POST"]

SORTS = {"new": later("Last changed"), "name": later("Name"), "data": later("Database")}
"""Orders of the list, the first unless another is asked for."""


@dataclass(frozen=True)
class Shown:
    """A saved table in the list: where it opens, what it is of, and whether that has been published anew.

    is_lost: whether it cannot be asked of the newest release.
    """

    saved: SavedFacts
    label: str
    url: str
    is_new: bool
    is_lost: bool = False


@require_http_methods(["GET", "HEAD"])
@login_required
def every(request: HttpRequest) -> HttpResponse:
    """The list, of one folder or of all, in an order, of those that a search finds."""
    account_id = account_of(request).pk
    known = _known()
    found = [_shown(one, known) for one in saved.list_all(owner=Owner(account_id))]
    chosen = listing.folder_of(request, account_id)
    in_folder = [one for one in found if chosen is None or one.saved.folder_id == chosen.id]
    part = listing.part(request, in_folder, texts=_texts, sorts={"new": _new_first, "name": _by_name, "data": _by_data})
    told = {"part": part, "n_all": len(found), "folder": chosen, "folders": folders.list_all(account_id=account_id)}
    return render(request, "account/tables.html", {**told, "sorts": listing.said(SORTS), "now": listing.now(request)})


@require_http_methods(FORM_METHODS)
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Save the table whose address is given."""
    parameters = asking.parameters(request)
    given = dict(parameters)
    database = asking.database(given.get("database", ""), given.get("release", ""))
    query = with_date(database, query_of(database, tuple(one for one in parameters if one[0] != "database")))
    groups = defined_groups(parameters)
    release = query.release or asking.home().current(database.id).release
    owner = Owner(account_of(request).pk)
    sent = _sent(request, name=_title(database, query), pinned=query.release is not None)
    if request.method == "POST":
        asked = replace(query, release=release if sent["pinned"] else None)
        try:
            if lost := account_carried.chosen(request, owner, database.id):
                saved.ask_instead(table_id=lost.id, owner=owner, query=asked, seen=release, defined=groups)
                messages.success(request, _("“{name}” asks this from now on.").format(name=lost.name))
                return HttpResponseRedirect(_page(lost.id))
            made = saved.save(
                owner=owner,
                name=sent["name"],
                query=asked,
                description=sent["description"],
                folder_id=_folder(request, owner),
                seen=release,
                defined=groups,
            )
        except (UnusableNameError, UnknownNameError) as error:
            return _form(request, database, sent, release, mistake=error)
        messages.success(request, _("The table is saved."))
        return HttpResponseRedirect(_page(made.id))
    return _form(request, database, sent, release, back=links.table(database.id, (*parameters_of(query), *groups)))


@require_http_methods(["GET", "HEAD"])
@login_required
def one(request: HttpRequest, table_id: str) -> HttpResponse:
    """A saved table: what it is, what has changed since it was last looked at, and what can be done with it."""
    found = _mine(request, table_id)
    told = {
        "saved": found,
        "label": _label(found),
        "here": account_carried.url(found),
        "changes": _changes(found),
        "standing": account_carried.told(found),
    }
    if found.share:
        told["share_url"] = request.build_absolute_uri(links.shared(found.share))
    return render(request, "account/table.html", told)


@require_http_methods(FORM_METHODS)
@login_required
def edit(request: HttpRequest, table_id: str) -> HttpResponse:
    """Another name, description or folder; following new releases, or not."""
    found = _mine(request, table_id)
    owner = Owner(account_of(request).pk)
    release = account_carried.pinned_release(found)
    sent = _sent(request, name=found.name, description=found.description, pinned=found.is_pinned)
    shown = tables.database(home=asking.home(), database_id=found.query.database) if _is_there(found) else None
    if request.method == "POST":
        try:
            saved.change(
                table_id=table_id,
                owner=owner,
                name=sent["name"],
                description=sent["description"],
                folder_id=_folder(request, owner),
                query=replace(found.query, release=(release or None) if sent["pinned"] else None),
            )
        except (UnusableNameError, UnknownNameError) as error:
            return _form(request, shown, sent, release, mistake=error, found=found)
        messages.success(request, _("The changes are saved."))
        return HttpResponseRedirect(_page(table_id))
    return _form(request, shown, sent, release, found=found, back=_page(table_id))


@require_POST
@login_required
def copy(request: HttpRequest, table_id: str) -> HttpResponse:
    """The same question once more, to be changed."""
    found = _mine(request, table_id)
    name = _("Copy of {name}").format(name=found.name)
    made = saved.copy(table_id=table_id, owner=Owner(account_of(request).pk), name=name)
    messages.success(request, _("The table is copied. Give the copy a name of its own."))
    return HttpResponseRedirect(reverse("account_table_edit", args=[made.id]))


@require_POST
@login_required
def seen(request: HttpRequest, table_id: str) -> HttpResponse:
    """What has changed is known: from now on, tell what changes after this."""
    found = _mine(request, table_id)
    if _is_there(found):
        release = asking.home().current(found.query.database).release
        over = carrying.carried(home=asking.home(), saved=found)
        if over.query is None:  # what was seen stays, as that is what the table opens with
            return HttpResponseRedirect(_page(table_id))
        owner = Owner(account_of(request).pk)
        saved.mark_seen(table_id=table_id, owner=owner, release=release, query=over.query if over.changed else None)
        said = _("From now on you are told what changes after release {release}.")
        messages.success(request, said.format(release=release))
    return HttpResponseRedirect(_page(table_id))


@require_POST
@login_required
def share(request: HttpRequest, table_id: str) -> HttpResponse:
    """Open the table to whoever has its link, or take the link back."""
    _mine(request, table_id)
    owner = Owner(account_of(request).pk)
    if request.POST.get("act") == "stop":
        saved.set_share(table_id=table_id, owner=owner, token=None)
        messages.success(request, _("The link no longer opens this table."))
    else:
        sharing.share_table(owner=owner, table_id=table_id)
        messages.success(request, _("Whoever has the link can see this table."))
    return HttpResponseRedirect(f"{_page(table_id)}#share")


@require_http_methods(FORM_METHODS)
@login_required
def delete(request: HttpRequest, table_id: str) -> HttpResponse:
    """Asked once more, and then gone."""
    found = _mine(request, table_id)
    if request.method == "POST":
        saved.remove(table_id=table_id, owner=Owner(account_of(request).pk))
        messages.success(request, _("“{name}” is deleted.").format(name=found.name))
        return HttpResponseRedirect(reverse("account_tables"))
    told = {
        "title": _("Delete a saved table"),
        "text": _(
            "“{name}” goes from your list, and a link that you shared stops working. The figures stay published."
        ).format(name=found.name),
        "button": _("Delete the table"),
        "back": _page(table_id),
        "trail": _trail(found.name),
    }
    return render(request, "account/confirm_deleting.html", told)


# --- what a saved table is --------------------------------------------------------------------------------------------


def _mine(request: HttpRequest, table_id: str) -> SavedFacts:
    try:
        return saved.get(table_id=table_id, owner=Owner(account_of(request).pk))
    except UnknownNameError as error:
        raise Http404(str(error)) from None


def _known() -> dict[str, Database]:
    return {database.id: database for database in tables.databases(home=asking.home())}


def _is_there(found: SavedFacts) -> bool:
    return found.query.database in asking.home().databases()


def _label(found: SavedFacts) -> str:
    if not _is_there(found):
        return found.query.database
    return tables.database(home=asking.home(), database_id=found.query.database).label


def _shown(found: SavedFacts, known: dict[str, Database]) -> Shown:
    database = known.get(found.query.database)
    if database is None:
        return Shown(found, found.query.database, "", is_new=False)
    current = asking.home().current(database.id).release
    standing = carrying.standing(home=asking.home(), saved=found)
    return Shown(
        found,
        database.label,
        account_carried.url(found, standing),
        is_new=bool(found.seen) and found.seen != current and not found.is_pinned,
        is_lost=standing is not None and standing.is_lost,
    )


def _changes(found: SavedFacts) -> changes.Changes | None:
    """What has changed since its owner saw it; None where the database is gone."""
    if not _is_there(found):
        return None
    home = asking.home()
    moment = found.created.isoformat(timespec="seconds")
    then = found.query.release or found.seen
    then = then or changes.release_at(home=home, database_id=found.query.database, moment=moment)
    try:
        return changes.changes(home=home, query=found.query, then=then, max_cells=asking.options().page_cells)
    except StatlasError:
        return None


def _title(database: Database, query: Query) -> str:
    """What a table is called unless its owner says otherwise."""
    ready = titles.ready_title(database, query)
    if ready:
        return ready[: saved.LONGEST_NAME]
    try:
        return model_titles.title(asking.table(query), database)[: saved.LONGEST_NAME]
    except StatlasError:
        return database.label[: saved.LONGEST_NAME]


# --- forms ------------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, *, name: str, description: str = "", pinned: bool = False) -> dict[str, Any]:
    """What the form holds: as it was sent, or as it begins."""
    if request.method != "POST":
        return {"name": name, "description": description, "pinned": pinned}
    sent = request.POST
    return {
        "name": sent.get("name", ""),
        "description": sent.get("description", ""),
        "pinned": sent.get("follow", "") == "release",
    }


def _folder(request: HttpRequest, owner: Owner) -> int | None:
    """The folder that was chosen, or made by its name.

    Raises:
        UnknownNameError, UnusableNameError: it is not the account's, or cannot be made.
    """
    return listing.sent_folder(request, owner.account_id or 0)


def _form(
    request: HttpRequest,
    database: Database | None,
    sent: dict[str, Any],
    release: str,
    *,
    mistake: StatlasError | None = None,
    found: SavedFacts | None = None,
    back: str = "",
) -> HttpResponse:
    account_id = account_of(request).pk
    chosen = request.POST.get("folder") if request.method == "POST" else str((found and found.folder_id) or "")
    told = {
        "sent": sent,
        "database": database,
        "release": release,
        "mistake": mistake,
        "saved": found,
        "back": back or (_page(found.id) if found else reverse("account_tables")),
        "folders": listing.folder_items(account_id, chosen or ""),
        "new_folder": request.POST.get("new_folder", ""),
        "lost": account_carried.items(request, database) if database and not found else (),
    }
    return render(request, "account/table_form.html", told, status=mistake.http_status if mistake else 200)


def _page(table_id: str) -> str:
    return reverse("account_table", args=[table_id])


def _trail(name: str) -> list[dict[str, str]]:
    return [*listing.trail(), {"text": _("Your tables"), "href": reverse("account_tables")}, {"text": name}]


def _texts(shown: Shown) -> tuple[str, ...]:
    return shown.saved.name, shown.saved.description, shown.label, shown.saved.folder


def _new_first(shown: Shown) -> Any:
    return -shown.saved.touched.timestamp()


def _by_name(shown: Shown) -> Any:
    return shown.saved.name.casefold()


def _by_data(shown: Shown) -> Any:
    return shown.label.casefold(), shown.saved.name.casefold()
