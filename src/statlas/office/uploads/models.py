"""The table of uploads: who sent what to be made a draft of, how far it is, and what became of it.

The files lie in the home while they are read, and nowhere afterwards; no name of a file, no value and no note for
readers is kept here: what a database forgets can be read from its log for a while.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    """Where an upload is: it waits, is being read, or has ended in one of two ways."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.QUEUED, State.RUNNING)
"""States in which an upload may still give a draft."""


class Upload(models.Model):
    """A draft to be made: ``Upload(id="0f3a...", database="hb_new", state="running", progress=0.4)``.

    id: 128 random bits in hexadecimal. account: who sent it.
    database, label: what the definition says. kind: what the release is to say of itself.
    period: every record is of it; empty where the records say.
    agreed_by, agreed: who agreed to a fourth version of a period, and why.
    stage: what is being done. attempts: how often it was begun.
    release: the id of the release under way that it became, once it is done.
    problem: why it failed, as RFC 9457 has it, with its ``faults``.
    """

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32, editable=False)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    database: models.CharField[str, str] = models.CharField(max_length=100, db_index=True)
    label: models.CharField[str, str] = models.CharField(max_length=300)
    kind: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    period: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    agreed_by: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    agreed: models.TextField[str, str] = models.TextField(blank=True)
    state: models.CharField[str, str] = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    stage: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    progress: models.FloatField[float, float] = models.FloatField(default=0)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    finished: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    release: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return f"{self.database}, {self.state}"
