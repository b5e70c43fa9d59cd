"""The ids of acts that were kept, and how far the audit log was compared with them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class KeptAct(models.Model):
    """An act that was kept: its line of the audit log has this id, and this row came with what it changed."""

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32, editable=False)

    class Meta:
        """In no order: they are looked up."""

        verbose_name = "kept act"

    def __str__(self) -> str:
        return self.id


class Compared(models.Model):
    """How many bytes of the audit log were compared and found in order; one row.

    The log is only ever added to, so that what was compared need not be read again.
    """

    id: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(primary_key=True, default=1)
    n_bytes: models.BigIntegerField[Any, Any] = models.BigIntegerField(default=0)

    class Meta:
        """One row."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="one_log")]

    def __str__(self) -> str:
        return str(self.n_bytes)
