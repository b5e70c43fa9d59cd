"""What somebody saves: tables, groups of codes, and the folders that both lie in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from statlas.office.keys.models import ApiKey


class Folder(models.Model):
    """A folder of an account: ``Folder(name="Housing")``; what lies in it stays when it goes."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="folders"
    )
    name: models.CharField[str, str] = models.CharField(max_length=100)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """By name, each once."""

        verbose_name_plural = "folders"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="one_folder_of_a_name")]

    def __str__(self) -> str:
        return self.name


class SavedTable(models.Model):
    """A query kept under a name: ``SavedTable(name="Tenure by region", query={...})``.

    It belongs to an account, or to a key that belongs to none; with its owner it goes.
    ``id`` is random, so that nobody finds the next one by counting.
    ``query`` is the query as plain data, never a number of its answer.
    ``defined`` are the groups that were defined beside it and not in use: parts of an address, each a name and a text.
    ``seen`` is the release whose numbers its owner last saw; empty where that is not known.
    ``former`` is what it asked before it was carried over or chosen anew, and what was seen then; None where nothing
    can be taken back.
    ``share`` opens it to whoever has it; None where it is not shared.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="saved_tables"
    )
    key: models.ForeignKey[ApiKey | None, ApiKey | None] = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, null=True, related_name="saved_tables"
    )
    folder: models.ForeignKey[Folder | None, Folder | None] = models.ForeignKey(
        Folder, on_delete=models.SET_NULL, null=True, related_name="tables"
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    description: models.CharField[str, str] = models.CharField(max_length=1000, blank=True, default="")
    query: models.JSONField[Any, Any] = models.JSONField()
    defined: models.JSONField[Any, Any] = models.JSONField(default=list)
    seen: models.CharField[str, str] = models.CharField(max_length=100, blank=True, default="")
    former: models.JSONField[Any, Any] = models.JSONField(null=True)
    share: models.CharField[str | None, str | None] = models.CharField(  # noqa: DJ001 - many have none, no two the same
        max_length=32, null=True, unique=True
    )
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    changed: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        """Newest last, and never without an owner."""

        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False) | models.Q(key__isnull=False),
                name="a_saved_table_has_an_owner",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedGroup(models.Model):
    """Codes kept under a name, *My areas*, for any field that has them.

    ``codes`` are pairs of a code and the label that it had when it was saved, in their order.
    ``made_of`` is the field that it was made of, in words: *Region and area*.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_groups"
    )
    folder: models.ForeignKey[Folder | None, Folder | None] = models.ForeignKey(
        Folder, on_delete=models.SET_NULL, null=True, related_name="groups"
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    codes: models.JSONField[Any, Any] = models.JSONField()
    made_of: models.CharField[str, str] = models.CharField(max_length=200, blank=True, default="")
    share: models.CharField[str | None, str | None] = models.CharField(  # noqa: DJ001 - many have none, no two the same
        max_length=32, null=True, unique=True
    )
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    changed: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        """Newest last."""

        verbose_name_plural = "saved groups"
        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return self.name
