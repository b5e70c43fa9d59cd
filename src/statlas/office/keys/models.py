"""The table of API keys.

The key itself is shown once and kept nowhere. A key is 256 random bits, so one round of SHA-256 is as good as a slow
hash: there is no list of likely keys to try.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class ApiKey(models.Model):
    """A key given to a program or person: ``ApiKey(name="regional dashboard")``.

    ``digest`` is the SHA-256 of the key in hexadecimal. ``last_used`` is cut to the hour: enough to find keys nobody
    uses, too little to follow someone's day. ``account`` is its owner's; a key made on the command line has none.
    ``expires`` is when it stops being in force by itself, None for never.
    """

    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="keys"
    )
    name: models.CharField[str, str] = models.CharField(max_length=100)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    last_used: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    expires: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    revoked: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        """One key in force a name, for each owner; a name may be given again once its key is revoked."""

        ordering: ClassVar = ["created", "pk"]
        verbose_name = "API key"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(revoked__isnull=True, account__isnull=True),
                name="one_key_in_force_a_name",
            ),
            models.UniqueConstraint(
                fields=["account", "name"],
                condition=models.Q(revoked__isnull=True),
                name="one_key_in_force_a_name_and_account",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int | None:
        """The id of the account that the key belongs to."""
        return self.account_id  # type: ignore[attr-defined] # Django makes it
