"""Saved tables: keep a query under a name, and find it again.

A saved table is a question, not an answer: it is counted from the release that answers, unless its query names one.
Each belongs to an account, or to a key that belongs to none, and is nobody else's to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.model.query import Query
from statlas.model.query_data import query_data, read_query
from statlas.office.saved import queries
from statlas.office.saved.models import SavedTable

LONGEST_NAME = 200

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
    """A saved table: ``id`` is a UUID as text."""

    id: str
    name: str
    query: Query
    created: datetime


def save(*, owner: Owner, name: str, query: Query) -> SavedFacts:
    """Keep ``query`` under ``name``; names need not differ.

    Raises:
        UnusableNameError: the name is empty or too long, or the owner keeps too many tables.
    """
    name = _checked(name)
    if len(queries.of(account_id=owner.account_id, key_id=owner.key_id)) >= MOST_TABLES:
        raise UnusableNameError(
            f"{MOST_TABLES:,} tables are kept for one owner.", mend="Remove one of them first.", name=name
        )
    # A key's tables are its account's, so that a key can be replaced.
    key_id = owner.key_id if owner.account_id is None else None
    made = queries.add(
        account_id=owner.account_id, key_id=key_id, name=name, query=query_data(query), now=timezone.now()
    )
    return _facts(made)


def get(*, table_id: str, owner: Owner) -> SavedFacts:
    """A saved table of ``owner``.

    Raises:
        UnknownNameError: there is none, or it is somebody else's: the two cannot be told apart.
    """
    known = _uuid(table_id)
    found = known and queries.one(known, account_id=owner.account_id, key_id=owner.key_id)
    if not found:
        raise _unknown(table_id)
    return _facts(found)


def list_all(*, owner: Owner) -> tuple[SavedFacts, ...]:
    """Every saved table of ``owner``, oldest first."""
    return tuple(_facts(found) for found in queries.of(account_id=owner.account_id, key_id=owner.key_id))


def remove(*, table_id: str, owner: Owner) -> None:
    """Forget a saved table.

    Raises:
        UnknownNameError: there is none, or it is somebody else's.
    """
    known = _uuid(table_id)
    if known is None or not queries.remove(known, account_id=owner.account_id, key_id=owner.key_id):
        raise _unknown(table_id)


def _unknown(table_id: str) -> UnknownNameError:
    return UnknownNameError(
        "There is no such saved table.", component=table_id, mend="Copy its id from the list of saved tables."
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            f"The name of a saved table has 1 to {LONGEST_NAME} printable characters.",
            mend="Say what it shows.",
            name=name,
        )
    return name


def _facts(row: SavedTable) -> SavedFacts:
    data: Mapping[str, Any] = row.query
    return SavedFacts(str(row.pk), row.name, read_query(data), row.created)
