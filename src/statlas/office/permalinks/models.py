"""The table of permanent links: what was asked, and which kept files hold its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models


class Permalink(models.Model):
    """A table kept as it was answered: ``Permalink(pk="k3v7q2mxw4ab6tzp", database="hb_new", release="3", ...)``.

    ``query`` is the query as it was asked, its release fixed; whoever asked is not kept.
    ``answer`` and ``definition`` are digests of kept files: the table, and the database that it is of.
    ``fingerprint`` is of the printed numbers, by which an answer that had to be counted again is known to be the same.
    ``size`` is in bytes, of what this link had to keep.
    """

    id: models.CharField[str, str] = models.CharField(max_length=52, primary_key=True)
    database: models.CharField[str, str] = models.CharField(max_length=200)
    release: models.CharField[str, str] = models.CharField(max_length=40)
    query: models.JSONField[Any, Any] = models.JSONField()
    answer: models.CharField[str, str] = models.CharField(max_length=64)
    definition: models.CharField[str, str] = models.CharField(max_length=64)
    fingerprint: models.CharField[str, str] = models.CharField(max_length=64)
    size: models.BigIntegerField[int, int] = models.BigIntegerField()
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """Oldest first; the definitions of a release are looked up by their digest."""

        ordering: ClassVar = ["created", "pk"]
        indexes: ClassVar = [models.Index(fields=["definition"], name="permalinks_by_definition")]

    def __str__(self) -> str:
        return f"{self.database} {self.release}, {self.pk}"
