"""Your groups: codes under a name, saved, used in any table that has them, shared, let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from statlas.definitions.address import single
from statlas.errors import StatlasError, UnknownNameError, UnusableNameError
from statlas.model.database import Database, Field
from statlas.service import tables
from statlas.service.office import carrying, folders, groups, saved, sharing
from statlas.service.office.groups import GroupFacts
from statlas.web import asking, group_addresses, links, listing
from statlas.web.group_addresses import Codes
from statlas.web.visitor import account_of
from statlas.wording import _, later

FORM_METHODS = ["GET", "HEAD", "POST"]
SORTS = {"new": later("Last changed"), "name": later("Name"), "size": later("Number of codes")}
_MOST_SHOWN = 200
"""Codes of a group listed on its page; the form that changes it has them all."""


@dataclass(frozen=True)
class Offer:
    """A group as it fits the field of a table: how many of its codes, and the addresses with it."""

    group: GroupFacts
    n_fitting: int
    missing: tuple[str, ...]
    together: str = ""
    apart: str = ""
    at_hand: str = ""


@dataclass(frozen=True)
class Place:
    """A field of a database that has codes of a group, and the address of a table of them."""

    database: str
    field: str
    n_fitting: int
    url: str


@dataclass(frozen=True)
class Asked:
    """The field of a table for which groups are wanted; ``back`` is the page that is gone back to.

    home: the page of the database, as of the release of the table.
    """

    database: Database
    field: Field
    page: str
    back: str
    home: str


@require_http_methods(FORM_METHODS)
@login_required
def every(request: HttpRequest) -> HttpResponse:
    """The groups of an account; those that fit the field of a table first, where one is named."""
    asked = _asked(request)
    if asked is not None:
        return _choosing(request, asked)
    account_id = account_of(request).pk
    found = groups.list_all(account_id=account_id)
    chosen = listing.folder_of(request, account_id)
    in_folder = [one for one in found if chosen is None or one.folder_id == chosen.id]
    sorts = {"new": _new_first, "name": _by_name, "size": _by_size}
    told = {
        "part": listing.part(request, in_folder, texts=_texts, sorts=sorts),
        "n_all": len(found),
        "folder": chosen,
        "folders": folders.list_all(account_id=account_id),
        "sorts": listing.said(SORTS),
        "now": listing.now(request),
    }
    return render(request, "account/groups.html", told)


def _choosing(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Groups for a field: use one, or save what is chosen there."""
    account_id = account_of(request).pk
    _page, parameters = group_addresses.parts_of(asked.back)
    there = [*group_addresses.groups_in(asked.field, parameters)]
    mistake = None
    if request.method == "POST":
        try:
            made = _saved_from(request, asked, there)
        except UnusableNameError as error:
            mistake = error
        else:
            messages.success(request, _("The group “{name}” is saved.").format(name=made.name))
            return HttpResponseRedirect(request.get_full_path())
    offers = [_offer(asked, one) for one in groups.list_all(account_id=account_id)]
    offers.sort(key=lambda offer: (-offer.n_fitting, offer.group.name.casefold()))
    told = {
        "asked": asked,
        "offers": [offer for offer in offers if offer.n_fitting],
        "others": [offer for offer in offers if not offer.n_fitting],
        "there": [{"name": name, "n": len(codes), "source": n} for n, (name, codes) in enumerate(there)],
        "mistake": mistake,
        "sent": {"name": request.POST.get("name", ""), "source": request.POST.get("source", "")},
    }
    return render(request, "account/groups_choose.html", told, status=mistake.http_status if mistake else 200)


@require_http_methods(FORM_METHODS)
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Save a group of codes that are written down, or of one that somebody shares."""
    name, text, made_of = _begun(request)
    if request.method == "POST":
        try:
            made = groups.save(
                account_id=account_of(request).pk,
                name=name,
                codes=_read(text),
                made_of=made_of,
                folder_id=listing.sent_folder(request, account_of(request).pk),
            )
        except (UnusableNameError, UnknownNameError) as error:
            return _form(request, name, text, mistake=error)
        messages.success(request, _("The group is saved."))
        return HttpResponseRedirect(_page(made.id))
    return _form(request, name, text)


@require_http_methods(["GET", "HEAD"])
@login_required
def one(request: HttpRequest, group_id: str) -> HttpResponse:
    """A group: its codes, where it fits, and what can be done with it."""
    found = _mine(request, group_id)
    told: dict[str, Any] = {
        "group": found,
        "codes": found.codes[:_MOST_SHOWN],
        "n_more": max(0, len(found) - _MOST_SHOWN),
        "places": [*_places(found)],
    }
    if found.share:
        told["share_url"] = request.build_absolute_uri(links.shared(found.share))
    return render(request, "account/group.html", told)


@require_http_methods(FORM_METHODS)
@login_required
def edit(request: HttpRequest, group_id: str) -> HttpResponse:
    """Another name, other codes, another folder."""
    found = _mine(request, group_id)
    if request.method != "POST":
        return _form(request, found.name, _written(found.codes), found=found)
    name, text = request.POST.get("name", ""), request.POST.get("codes", "")
    known = dict(found.codes)
    try:
        groups.change(
            account_id=account_of(request).pk,
            group_id=group_id,
            name=name,
            codes=[(code, label or known.get(code, "")) for code, label in _read(text)],
            folder_id=listing.sent_folder(request, account_of(request).pk),
        )
    except (UnusableNameError, UnknownNameError) as error:
        return _form(request, name, text, mistake=error, found=found)
    messages.success(request, _("The changes are saved."))
    return HttpResponseRedirect(_page(group_id))


@require_POST
@login_required
def share(request: HttpRequest, group_id: str) -> HttpResponse:
    """Open the group to whoever has its link, or take the link back."""
    _mine(request, group_id)
    account_id = account_of(request).pk
    if request.POST.get("act") == "stop":
        groups.set_share(account_id=account_id, group_id=group_id, token=None)
        messages.success(request, _("The link no longer opens this group."))
    else:
        sharing.share_group(account_id=account_id, group_id=group_id)
        messages.success(request, _("Whoever has the link can see this group."))
    return HttpResponseRedirect(f"{_page(group_id)}#share")


@require_http_methods(FORM_METHODS)
@login_required
def delete(request: HttpRequest, group_id: str) -> HttpResponse:
    """Asked once more, and then gone; tables that were made with it stay as they are."""
    found = _mine(request, group_id)
    if request.method == "POST":
        groups.remove(account_id=account_of(request).pk, group_id=group_id)
        messages.success(request, _("“{name}” is deleted.").format(name=found.name))
        return HttpResponseRedirect(reverse("account_groups"))
    told = {
        "title": _("Delete a group"),
        "text": _("“{name}” goes from your list. Tables that you made with it stay as they are.").format(
            name=found.name
        ),
        "button": _("Delete the group"),
        "back": _page(group_id),
        "trail": [
            *listing.trail(),
            {"text": _("Your groups"), "href": reverse("account_groups")},
            {"text": found.name},
        ],
    }
    return render(request, "account/confirm_deleting.html", told)


# --- groups and tables ------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> Asked | None:
    """The field that the address names; None where it names none that is there."""
    given = request.GET
    if not given.get("database") or not given.get("field"):
        return None
    back = given.get("back", "")
    page, parameters = group_addresses.parts_of(back)
    release = single(parameters, asking.RELEASE)
    database = asking.database(given["database"], release)
    try:
        field = database.field(given["field"])
    except UnknownNameError as error:
        raise Http404(str(error)) from None
    table = links.table(database.id)
    return Asked(database, field, page or table, back if page else table, links.database(database.id, release))


def _offer(asked: Asked, group: GroupFacts) -> Offer:
    fit = carrying.fit_now(home=asking.home(), group=group, database=asked.database, field_id=asked.field.id)
    if not fit.nodes:
        return Offer(group, 0, fit.missing)
    _page, parameters = group_addresses.parts_of(asked.back)
    made = (
        group_addresses.together(asked.field, parameters, group, fit),
        group_addresses.apart(asked.field, parameters, fit),
        group_addresses.at_hand(asked.field, parameters, group, fit),
    )
    return Offer(group, len(fit.nodes), fit.missing, *(group_addresses.address(asked.page, one) for one in made))


def _saved_from(request: HttpRequest, asked: Asked, there: list[tuple[str, Codes]]) -> GroupFacts:
    source = request.POST.get("source", "")
    if not source.isdecimal() or len(source) > 6 or int(source) >= len(there):  # noqa: PLR2004 - no address holds more
        raise UnusableNameError(_("Nothing is chosen to be saved."), mend=_("Choose what to save."), name="source")
    named, codes = there[int(source)]
    name = request.POST.get("name", "").strip() or named
    return groups.save(account_id=account_of(request).pk, name=name, codes=codes, made_of=asked.field.label)


def _places(group: GroupFacts) -> Iterator[Place]:
    """Fields that have codes of the group, those with the most of them first, one a database."""
    for database in tables.databases(home=asking.home()):
        fits = [(field, groups.fit(group, field)) for field in database.categories]
        field, best = max(fits, key=lambda one: len(one[1].nodes))
        if best.nodes:
            url = group_addresses.new_table(database, field, best)
            yield Place(database.label, field.label, len(best.nodes), url)


# --- forms ------------------------------------------------------------------------------------------------------------


def _begun(request: HttpRequest) -> tuple[str, str, str]:
    """Name, codes and origin: as they were sent, as somebody shares them, or nothing yet."""
    if request.method == "POST":
        return request.POST.get("name", ""), request.POST.get("codes", ""), ""
    token = request.GET.get("from", "")
    if token:
        try:
            found = sharing.opened(token=token)
        except UnknownNameError as error:
            raise Http404(str(error)) from None
        if isinstance(found, GroupFacts):
            return found.name, _written(found.codes), found.made_of
    return "", "", ""


def _read(text: str) -> list[tuple[str, str]]:
    """Codes with labels, one a line: the code, then blanks, then the label."""
    lines = (line.strip() for line in text.splitlines())
    return [(code, label) for code, _blank, label in (_parted(line) for line in lines if line)]


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition("\t") if "\t" in line else line.partition(" ")


def _written(codes: Codes) -> str:
    between = "\t" if any(" " in code for code, _label in codes) else " "
    return "\n".join(f"{code}{between}{label}".rstrip() for code, label in codes)


def _form(
    request: HttpRequest,
    name: str,
    text: str,
    *,
    mistake: StatlasError | None = None,
    found: GroupFacts | None = None,
) -> HttpResponse:
    chosen = request.POST.get("folder") if request.method == "POST" else str((found and found.folder_id) or "")
    is_codes = mistake is not None and mistake.facts.get("name") == "codes"
    told = {
        "name": name,
        "codes": text,
        "mistake": mistake,
        "is_codes": is_codes,
        "group": found,
        "back": _page(found.id) if found else reverse("account_groups"),
        "folders": listing.folder_items(account_of(request).pk, chosen or ""),
        "new_folder": request.POST.get("new_folder", ""),
        "longest": saved.LONGEST_NAME,
    }
    return render(request, "account/group_form.html", told, status=mistake.http_status if mistake else 200)


def _mine(request: HttpRequest, group_id: str) -> GroupFacts:
    try:
        return groups.get(account_id=account_of(request).pk, group_id=group_id)
    except UnknownNameError as error:
        raise Http404(str(error)) from None


def _page(group_id: str) -> str:
    return reverse("account_group", args=[group_id])


def _texts(group: GroupFacts) -> tuple[str, ...]:
    return group.name, group.made_of, group.folder, *(label for _code, label in group.codes)


def _new_first(group: GroupFacts) -> Any:
    return -group.touched.timestamp()


def _by_name(group: GroupFacts) -> Any:
    return group.name.casefold()


def _by_size(group: GroupFacts) -> Any:
    return -len(group)
