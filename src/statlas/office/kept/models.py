"""The table of kept parts of addresses: a long list of categories under a short name."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models


class KeptPart(models.Model):
    """Parts of an address that are too long for one: ``KeptPart(id="0f3a...", size=78_113, packed=b"...")``.

    id: the first 128 bits of the SHA-256 of the text, in hexadecimal: equal parts are kept once.
    size: bytes of ``packed``, which is the text, a JSON list of names and values, compressed with zlib.
    made, used: the day it was first kept, and the last day somebody used it. Nothing says who.
    """

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32, editable=False)
    size: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    made: models.DateField[date, date] = models.DateField()
    used: models.DateField[date, date] = models.DateField(db_index=True)
    packed: models.BinaryField = models.BinaryField()

    class Meta:
        """What was used longest ago first: the order in which room is made."""

        ordering: ClassVar = ["used", "pk"]

    def __str__(self) -> str:
        return self.id
