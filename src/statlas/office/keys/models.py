"""The table of API keys.

The key itself is shown once and kept nowhere. A key is 256 random bits, so one round of SHA-256 is as good as a slow
hash: there is no list of likely keys to try.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models


class ApiKey(models.Model):
    """A key given to a program or person: ``ApiKey(name="regional dashboard")``.

    ``digest`` is the SHA-256 of the key in hexadecimal. ``last_used`` is cut to the hour: enough to find keys nobody
    uses, too little to follow someone's day.
    """

    name: models.CharField[str, str] = models.CharField(max_length=100)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    last_used: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    revoked: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        """One key in force a name; a name may be given again once its key is revoked."""

        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(revoked__isnull=True), name="one_key_in_force_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
