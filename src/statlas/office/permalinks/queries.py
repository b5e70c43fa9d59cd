"""What is asked of the table of permanent links, and every change to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from statlas.office.permalinks.models import Permalink


def find(permalink_id: str) -> Permalink | None:
    """The link of that id."""
    return Permalink.objects.filter(pk=permalink_id).first()


def add(permalink_id: str, **fields: Any) -> Permalink:
    """One more link; of two processes that add the same one, one does."""
    return Permalink.objects.get_or_create(pk=permalink_id, defaults=fields)[0]


def of_database(database_id: str, most: int) -> Sequence[Permalink]:
    """The links of a database, the newest of them."""
    return tuple(Permalink.objects.filter(database=database_id).order_by("-created", "pk")[:most])


def replace_files(permalink_id: str, *, answer: str, definition: str) -> None:
    """The same table is kept in other files from now on."""
    Permalink.objects.filter(pk=permalink_id).update(answer=answer, definition=definition)


def keeps_definition(digest: str) -> bool:
    """Whether a link keeps that definition already."""
    return Permalink.objects.filter(definition=digest).exists()


def n_bytes() -> int:
    """Bytes that all links together keep."""
    return Permalink.objects.aggregate(total=Sum("size"))["total"] or 0
