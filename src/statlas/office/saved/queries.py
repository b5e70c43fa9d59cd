"""What is asked of the table of saved tables, and every change to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from statlas.office.saved.models import SavedTable


def add(*, account_id: int | None, key_id: int | None, name: str, query: Any, now: datetime) -> SavedTable:
    """Keep a query under a name."""
    return SavedTable.objects.create(account_id=account_id, key_id=key_id, name=name, query=query, created=now)


def of(*, account_id: int | None, key_id: int | None) -> tuple[SavedTable, ...]:
    """The tables of an account, and those of a key; oldest first."""
    return tuple(SavedTable.objects.filter(_owned(account_id, key_id)))


def one(table_id: UUID, *, account_id: int | None, key_id: int | None) -> SavedTable | None:
    """The table of that id, if it is theirs."""
    return SavedTable.objects.filter(_owned(account_id, key_id), pk=table_id).first()


def remove(table_id: UUID, *, account_id: int | None, key_id: int | None) -> bool:
    """Forget a table; False where there was none of theirs."""
    return SavedTable.objects.filter(_owned(account_id, key_id), pk=table_id).delete()[0] > 0


def _owned(account_id: int | None, key_id: int | None) -> Q:
    # An owner that is not given must not fit the tables that have none of its kind.
    found = Q(pk__in=[])
    if account_id is not None:
        found |= Q(account_id=account_id)
    if key_id is not None:
        found |= Q(key_id=key_id)
    return found
