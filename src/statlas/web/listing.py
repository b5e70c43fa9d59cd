"""Lists of what an account keeps: searched, put in order, cut into pages; and the folders that it lies in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from statlas.definitions.address import query_string
from statlas.errors import UnknownNameError
from statlas.service.office import folders
from statlas.service.office.folders import FolderFacts
from statlas.wording import _

A_PAGE = 50
"""Entries of a page: arbitrary, a few screens."""

SEARCHED_FROM = 8
"""Entries from which on a list can be searched and put in order: a shorter one is seen at a glance."""

NEW_FOLDER = "new"
"""What the list of folders says where a new one is made."""


@dataclass(frozen=True)
class Part:
    """A page of a list: its entries, how many there are, and the addresses of the pages before and after."""

    entries: tuple[Any, ...]
    total: int
    said: str
    before: str
    after: str
    is_long: bool


def now(request: HttpRequest) -> dict[str, str]:
    """What the address says of the list: folder, search and order."""
    return {name: request.GET.get(name, "") for name in ("folder", "search", "sort")}


def part(
    request: HttpRequest,
    entries: Iterable[Any],
    *,
    texts: Callable[[Any], Iterable[str]],
    sorts: Mapping[str, Callable[[Any], Any]],
) -> Part:
    """The page that the address asks for; every word of a search must stand in one of the texts of an entry."""
    every = list(entries)
    asked = now(request)
    words = asked["search"].casefold().split()
    found = [one for one in every if all(any(word in text.casefold() for text in texts(one)) for word in words)]
    key = sorts.get(asked["sort"]) or next(iter(sorts.values()))
    found.sort(key=key)
    n_pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(_page(request), 1), n_pages)
    first = (page - 1) * A_PAGE
    shown = tuple(found[first : first + A_PAGE])

    def to(other: int) -> str:
        kept = tuple((name, value) for name, value in asked.items() if value)
        return f"{request.path}?{query_string((*kept, ('page', str(other))))}" if 1 <= other <= n_pages else ""

    where = _("{first} to {last} of {total}").format(first=first + 1, last=first + len(shown), total=f"{len(found):,}")
    is_long = len(every) > SEARCHED_FROM
    return Part(shown, len(found), where if n_pages > 1 else "", to(page - 1), to(page + 1), is_long)


def said(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Orders of a list as entries of a select."""
    return [{"value": value, "text": _(text)} for value, text in words.items()]


def folder_of(request: HttpRequest, account_id: int) -> FolderFacts | None:
    """The folder that the address names.

    Raises:
        Http404: the account has none of that number.
    """
    given = request.GET.get("folder", "")
    if not given:
        return None
    try:
        return folders.get(account_id=account_id, folder_id=_number(given))
    except (UnknownNameError, ValueError):
        raise Http404(_("There is no such folder.")) from None


def folder_items(account_id: int, chosen: str) -> list[dict[str, Any]]:
    """The folders of an account as entries of a select, and the one that makes another."""
    found = [("", _("No folder")), *((str(f.id), f.name) for f in folders.list_all(account_id=account_id))]
    found.append((NEW_FOLDER, _("A new folder")))
    return [{"value": value, "text": text, "selected": value == chosen} for value, text in found]


def sent_folder(request: HttpRequest, account_id: int) -> int | None:
    """The folder that a form chooses, made where it is new.

    Raises:
        UnknownNameError: it is not the account's.
        UnusableNameError: a new one cannot be made.
    """
    chosen = request.POST.get("folder", "")
    if chosen == NEW_FOLDER:
        name = request.POST.get("new_folder", "").strip()
        known = {one.name: one.id for one in folders.list_all(account_id=account_id)}
        return known.get(name) or folders.make(account_id=account_id, name=name).id
    if not chosen:
        return None
    try:
        return folders.get(account_id=account_id, folder_id=_number(chosen)).id
    except ValueError:
        raise UnknownNameError(_("There is no such folder."), component=chosen[:100]) from None


def trail() -> list[dict[str, str]]:
    """The beginning of the way to a page of an account."""
    return [{"text": _("Home"), "href": "/"}, {"text": _("Your account"), "href": reverse("account")}]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:  # noqa: PLR2004 - no database numbers rows beyond
        raise ValueError("a number was expected")
    return int(text)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004 - no list is longer
