"""The table of saved tables: a query under a name, kept for whoever saved it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from statlas.office.keys.models import ApiKey


class SavedTable(models.Model):
    """A query kept under a name: ``SavedTable(name="Tenure by region", query={...})``.

    It belongs to an account, or to a key that belongs to none; with its owner it goes.
    ``id`` is random, so that nobody finds the next one by counting.
    ``query`` is the query as plain data, never a number of its answer.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="saved_tables"
    )
    key: models.ForeignKey[ApiKey | None, ApiKey | None] = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, null=True, related_name="saved_tables"
    )
    name: models.CharField[str, str] = models.CharField(max_length=200)
    query: models.JSONField[Any, Any] = models.JSONField()
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()

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
