"""Saved tables: keep a query under a name, find it again, change what is said of it.

A saved table is a question, not an answer: it is counted from the release that answers, unless its query names one.
Each belongs to an account, or to a key that belongs to none, and is nobody else's to see unless it is shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.model.query import Query
from statlas.model.query_data import query_data, read_query
from statlas.office.saved import queries
from statlas.office.saved.models import SavedTable
from statlas.service.office import folders
from statlas.wording import gettext as _

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 1_000

MOST_TABLES = 1_000
"""Tables that one owner keeps: arbitrary, far above what a person names."""


@dataclass(frozen=True)
class Owner:
    """Whose tables: an account's, a key's, or those of an account and of the key it asks with."""

    account_id: int | None = None
    key_id: int | None = None

    def __post_init__(self) -> None:
        assert self.account_id is not None or self.key_id is not None, "nobody owns nothing"


@dataclass(frozen=True)
class SavedFacts:
    """A saved table: ``id`` is a UUID as text.

    seen: the release whose numbers its owner last saw; empty where that is not known.
    share: what opens it to others; empty where nothing does.
    defined: the groups defined beside it and not in use, as parts of its address.
    former: what it asked before it was carried over or chosen anew, which can be taken back; None where there is none.
    """

    id: str
    name: str
    query: Query
    created: datetime
    description: str = ""
    folder_id: int | None = None
    folder: str = ""
    seen: str = ""
    share: str = ""
    changed: datetime | None = None
    defined: tuple[tuple[str, str], ...] = ()
    former: Query | None = None

    @property
    def is_pinned(self) -> bool:
        """Whether it shows one release for ever."""
        return self.query.release is not None

    @property
    def touched(self) -> datetime:
        """When it was last changed, or made."""
        return self.changed or self.created


def save(
    *,
    owner: Owner,
    name: str,
    query: Query,
    description: str = "",
    folder_id: int | None = None,
    seen: str = "",
    defined: Iterable[tuple[str, str]] = (),
) -> SavedFacts:
    """Keep ``query`` under ``name``, with the groups that are defined beside it; names need not differ.

    Raises:
        UnusableNameError: the name is empty or too long, or the owner keeps too many tables.
        UnknownNameError: the folder is not the owner's.
    """
    name, description = checked_name(name), _checked_description(description)
    if len(queries.of(account_id=owner.account_id, key_id=owner.key_id)) >= MOST_TABLES:
        raise UnusableNameError(
            _("{most} tables are kept for one owner.").format(most=f"{MOST_TABLES:,}"),
            mend=_("Remove one of them first."),
            name=name,
        )
    # A key's tables are its account's, so that a key can be replaced.
    key_id = owner.key_id if owner.account_id is None else None
    made = queries.add(
        account_id=owner.account_id,
        key_id=key_id,
        name=name,
        query=query_data(query),
        now=timezone.now(),
        description=description,
        folder_id=folders.checked(owner.account_id, folder_id),
        seen=seen,
        defined=[list(part) for part in defined],
    )
    return _facts(made)


def get(*, table_id: str, owner: Owner) -> SavedFacts:
    """A saved table of ``owner``.

    Raises:
        UnknownNameError: there is none, or it is somebody else's: the two cannot be told apart.
    """
    return _facts(_row(table_id, owner))


def list_all(*, owner: Owner) -> tuple[SavedFacts, ...]:
    """Every saved table of ``owner``, oldest first."""
    return tuple(_facts(found) for found in queries.of(account_id=owner.account_id, key_id=owner.key_id))


def change(
    *, table_id: str, owner: Owner, name: str, description: str, folder_id: int | None, query: Query | None = None
) -> None:
    """Give a saved table another name, description and folder, and another question where one is given.

    Raises:
        UnknownNameError: the table or the folder is not the owner's.
        UnusableNameError: the name or the description cannot be used.
    """
    fields: dict[str, Any] = {
        "name": checked_name(name),
        "description": _checked_description(description),
        "folder_id": folders.checked(owner.account_id, folder_id),
        "changed": timezone.now(),
    }
    if query is not None and query_data(query) != _row(table_id, owner).query:
        fields |= {"query": query_data(query), "former": None}
    _change(table_id, owner, **fields)


def mark_seen(*, table_id: str, owner: Owner, release: str, query: Query | None = None) -> None:
    """Remember whose numbers the owner saw last, and the query as it is asked of that release, where it was carried.

    Raises:
        UnknownNameError: there is no such table of theirs.
    """
    if query is None:
        _change(table_id, owner, seen=release)
    else:
        ask_instead(table_id=table_id, owner=owner, query=query, seen=release)


def ask_instead(
    *, table_id: str, owner: Owner, query: Query, seen: str, defined: Iterable[tuple[str, str]] | None = None
) -> None:
    """Have a table ask something else from now on; what it asked can be taken back until it is changed once more.

    Raises:
        UnknownNameError: there is no such table of theirs.
    """
    row = _row(table_id, owner)
    former = {"query": row.query, "seen": row.seen, "defined": row.defined}
    beside = row.defined if defined is None else [list(part) for part in defined]
    fields = {"query": query_data(query), "seen": seen, "defined": beside, "former": former}
    _change(table_id, owner, **fields, changed=timezone.now())


def take_back(*, table_id: str, owner: Owner) -> None:
    """Have a table ask again what it asked before; nothing changes where there is nothing to take back.

    Raises:
        UnknownNameError: there is no such table of theirs.
    """
    former = _row(table_id, owner).former
    if former is not None:
        _change(table_id, owner, **{**former, "former": None}, changed=timezone.now())


def copy(*, table_id: str, owner: Owner, name: str) -> SavedFacts:
    """Save the same question once more, under another name and shared with nobody.

    Raises:
        UnknownNameError, UnusableNameError: as ``get`` and ``save``.
    """
    found = get(table_id=table_id, owner=owner)
    return save(
        owner=owner,
        name=name[:LONGEST_NAME],
        query=found.query,
        description=found.description,
        folder_id=found.folder_id,
        seen=found.seen,
        defined=found.defined,
    )


def remove(*, table_id: str, owner: Owner) -> None:
    """Forget a saved table.

    Raises:
        UnknownNameError: there is none, or it is somebody else's.
    """
    known = uuid_of(table_id)
    if known is None or not queries.remove(known, account_id=owner.account_id, key_id=owner.key_id):
        raise _unknown(table_id)


def pinned_to(query: Query, release: str | None) -> Query:
    """The same question of one release for ever, or of whichever answers."""
    return replace(query, release=release)


def set_share(*, table_id: str, owner: Owner, token: str | None) -> None:
    """Open a table to whoever has ``token``, or close it again.

    Raises:
        UnknownNameError: there is no such table of theirs.
    """
    _change(table_id, owner, share=token)


def _row(table_id: str, owner: Owner) -> SavedTable:
    known = uuid_of(table_id)
    found = known and queries.one(known, account_id=owner.account_id, key_id=owner.key_id)
    if not found:
        raise _unknown(table_id)
    return found


def _change(table_id: str, owner: Owner, **fields: Any) -> None:
    known = uuid_of(table_id)
    owned = {"account_id": owner.account_id, "key_id": owner.key_id}
    if known is None or not queries.change(known, **owned, **fields):
        raise _unknown(table_id)


def _unknown(table_id: str) -> UnknownNameError:
    return UnknownNameError(
        _("There is no such saved table."), component=table_id, mend=_("Copy its id from the list of saved tables.")
    )


def uuid_of(text: str) -> UUID | None:
    """The id that a text spells; None where it spells none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def checked_name(name: str) -> str:
    """A name without blanks around it.

    Raises:
        UnusableNameError: it is empty, too long, or holds what cannot be printed.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("A name has 1 to {longest} printable characters.").format(longest=LONGEST_NAME),
            mend=_("Say what it shows."),
            name=name,
        )
    return name


def _checked_description(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST_DESCRIPTION or not text.isprintable():
        raise UnusableNameError(
            _("A description has at most {longest} printable characters.").format(longest=f"{LONGEST_DESCRIPTION:,}"),
            mend=_("Say it in fewer words."),
            name="description",
        )
    return text


def facts_of(row: SavedTable) -> SavedFacts:
    """What is told of a saved table."""
    return _facts(row)


def _facts(row: SavedTable) -> SavedFacts:
    data: Mapping[str, Any] = row.query
    return SavedFacts(
        id=str(row.pk),
        name=row.name,
        query=read_query(data),
        created=row.created,
        description=row.description,
        folder_id=row.folder_id,  # type: ignore[attr-defined]
        folder=row.folder.name if row.folder else "",
        seen=row.seen,
        share=row.share or "",
        changed=row.changed,
        defined=tuple((name, text) for name, text in row.defined),
        former=read_query(row.former["query"]) if row.former else None,
    )
