"""What is asked of the tables of what is saved, and every change to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from statlas.office.saved.models import Folder, SavedGroup, SavedTable

# --- tables -----------------------------------------------------------------------------------------------------------


def add(*, account_id: int | None, key_id: int | None, name: str, query: Any, now: datetime, **more: Any) -> SavedTable:
    """Keep a query under a name."""
    return SavedTable.objects.create(account_id=account_id, key_id=key_id, name=name, query=query, created=now, **more)


def of(*, account_id: int | None, key_id: int | None) -> tuple[SavedTable, ...]:
    """The tables of an account, and those of a key; oldest first."""
    return tuple(SavedTable.objects.filter(_owned(account_id, key_id)).select_related("folder"))


def one(table_id: UUID, *, account_id: int | None, key_id: int | None) -> SavedTable | None:
    """The table of that id, if it is theirs."""
    return SavedTable.objects.filter(_owned(account_id, key_id), pk=table_id).select_related("folder").first()


def change(table_id: UUID, *, account_id: int | None, key_id: int | None, **fields: Any) -> bool:
    """Give a table other facts; False where there is none of theirs."""
    return SavedTable.objects.filter(_owned(account_id, key_id), pk=table_id).update(**fields) > 0


def remove(table_id: UUID, *, account_id: int | None, key_id: int | None) -> bool:
    """Forget a table; False where there was none of theirs."""
    return SavedTable.objects.filter(_owned(account_id, key_id), pk=table_id).delete()[0] > 0


def of_database(database_id: str, most: int) -> Sequence[SavedTable]:
    """The tables of a database, whoever's they are, the newest of them."""
    return tuple(
        SavedTable.objects.filter(query__database=database_id)
        .select_related("folder")
        .order_by("-created", "pk")[:most]
    )


def shared(token: str) -> SavedTable | SavedGroup | None:
    """The table or group that a link opens."""
    return SavedTable.objects.filter(share=token).first() or SavedGroup.objects.filter(share=token).first()


def _owned(account_id: int | None, key_id: int | None) -> Q:
    # An owner that is not given must not fit the tables that have none of its kind.
    found = Q(pk__in=[])
    if account_id is not None:
        found |= Q(account_id=account_id)
    if key_id is not None:
        found |= Q(key_id=key_id)
    return found


# --- folders ----------------------------------------------------------------------------------------------------------


def folders(account_id: int) -> Sequence[Folder]:
    """The folders of an account by name, each with how many tables and groups lie in it."""
    counted = Folder.objects.filter(account_id=account_id).annotate(
        n_tables=Count("tables", distinct=True), n_groups=Count("groups", distinct=True)
    )
    return tuple(counted)


def folder(account_id: int, folder_id: int) -> Folder | None:
    """A folder of an account."""
    return Folder.objects.filter(account_id=account_id, pk=folder_id).first()


def add_folder(account_id: int, name: str, now: datetime) -> Folder | None:
    """Make a folder; None where there is one of that name."""
    try:
        with transaction.atomic():
            return Folder.objects.create(account_id=account_id, name=name, created=now)
    except IntegrityError:
        return None


def rename_folder(account_id: int, folder_id: int, name: str) -> bool:
    """Give a folder another name; False where another one has it."""
    try:
        with transaction.atomic():
            Folder.objects.filter(account_id=account_id, pk=folder_id).update(name=name)
    except IntegrityError:
        return False
    return True


def remove_folder(account_id: int, folder_id: int) -> bool:
    """Forget a folder, not what lies in it; False where there is none of theirs."""
    return Folder.objects.filter(account_id=account_id, pk=folder_id).delete()[0] > 0


# --- groups -----------------------------------------------------------------------------------------------------------


def add_group(account_id: int, **fields: Any) -> SavedGroup:
    """Keep codes under a name."""
    return SavedGroup.objects.create(account_id=account_id, **fields)


def newest_groups(most: int) -> Sequence[SavedGroup]:
    """Groups, whoever's they are, the newest of them."""
    return tuple(SavedGroup.objects.select_related("folder").order_by("-created", "pk")[:most])


def groups(account_id: int) -> Sequence[SavedGroup]:
    """The groups of an account, oldest first."""
    return tuple(SavedGroup.objects.filter(account_id=account_id).select_related("folder"))


def group(account_id: int, group_id: UUID) -> SavedGroup | None:
    """The group of that id, if it is theirs."""
    return SavedGroup.objects.filter(account_id=account_id, pk=group_id).select_related("folder").first()


def change_group(account_id: int, group_id: UUID, **fields: Any) -> bool:
    """Give a group other facts; False where there is none of theirs."""
    return SavedGroup.objects.filter(account_id=account_id, pk=group_id).update(**fields) > 0


def remove_group(account_id: int, group_id: UUID) -> bool:
    """Forget a group; False where there was none of theirs."""
    return SavedGroup.objects.filter(account_id=account_id, pk=group_id).delete()[0] > 0
