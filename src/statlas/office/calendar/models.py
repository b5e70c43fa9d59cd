"""What is announced, what was changed of it, and the patterns that announcements follow.

Nothing here comes from a release that is not public: titles are given by staff or taken from what is published.
"""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import Any, ClassVar

from django.db import models

from statlas.model.announcement import Act, Standing
from statlas.model.release import ReleaseKind

LONGEST_TITLE = 200
LONGEST_TEXT = 1000


def fresh_id() -> str:
    """A new id, drawn by chance."""
    return uuid.uuid4().hex


def _text(longest: int = LONGEST_TEXT) -> models.CharField[str, str]:
    return models.CharField(max_length=longest, blank=True, default="")


class AnnouncedRelease(models.Model):
    """A release announced for a moment: ``AnnouncedRelease(database="hb_new", moment=..., standing="provisional")``.

    ``database`` is known to staff alone until something of it is public. ``sequence`` is raised by every change.
    ``release`` is the number it was published under, empty until then.
    """

    id: models.CharField[str, str] = models.CharField(max_length=32, primary_key=True, default=fresh_id, editable=False)
    database: models.CharField[str, str] = models.CharField(max_length=100, db_index=True)
    title: models.CharField[str, str] = models.CharField(max_length=LONGEST_TITLE)
    kind: models.CharField[str, str] = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in ReleaseKind], default=ReleaseKind.NEW.value
    )
    moment: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    standing: models.CharField[str, str] = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Standing]
    )
    digest = _text(64)
    exemption = _text()
    note = _text()
    contact_name = _text(200)
    contact_email = _text(254)
    sequence: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    announced: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    changed: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    release = _text(20)

    class Meta:
        """In time, and no database twice at one moment."""

        ordering: ClassVar = ["moment", "title", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["database", "moment"],
                condition=~models.Q(standing=Standing.CANCELLED.value),
                name="one_release_of_a_database_at_a_moment",
            )
        ]

    def __str__(self) -> str:
        return self.title


class AnnouncedChange(models.Model):
    """One change of an announcement, never changed itself: what, when, why and by whom.

    ``actor`` is as the audit log names it, and is shown to staff alone.
    """

    announcement: models.ForeignKey[AnnouncedRelease, AnnouncedRelease] = models.ForeignKey(
        AnnouncedRelease, on_delete=models.CASCADE, related_name="changes"
    )
    act: models.CharField[str, str] = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Act])
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    before: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    after: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    reason = _text()
    digest = _text(64)
    actor = _text(300)

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d}"


class Pattern(models.Model):
    """On which days a database is released: ``Pattern(database="hb_new", months=[2, 5, 8, 11], day="second tuesday")``.

    ``until`` is the last day for which announcements were made of it, so that none is made twice.
    """

    database: models.CharField[str, str] = models.CharField(max_length=100, unique=True)
    title: models.CharField[str, str] = models.CharField(max_length=LONGEST_TITLE)
    kind: models.CharField[str, str] = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in ReleaseKind], default=ReleaseKind.NEW.value
    )
    months: models.JSONField[Any, Any] = models.JSONField()
    day: models.CharField[str, str] = models.CharField(max_length=40)
    at: models.TimeField[time, time] = models.TimeField()
    exemption = _text()
    contact_name = _text(200)
    contact_email = _text(254)
    until: models.DateField[Any, Any] = models.DateField(null=True)

    class Meta:
        """By database."""

        ordering: ClassVar = ["database"]

    def __str__(self) -> str:
        return f"{self.database}: {self.day}"
