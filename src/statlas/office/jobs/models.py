"""The table of jobs: a query, the format of its file, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    """Where a job is: it waits, is being made, or has ended in one of three ways."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.RUNNING)
"""States in which a job may still give a file."""


class Job(models.Model):
    """A table to be made as a file: ``Job(id="0f3a...", format="parquet", state="running", progress=0.4)``.

    id: 128 random bits in hexadecimal; who knows it may see the job, its file, and cancel it.
    account: whose it is; None for a guest's, of whom nothing is kept.
    query: as plain data, its release fixed. link: permanent address of the table, which the file tells.
    page: address of the job for people, which the e-mail tells. notify: whether its owner wants one.
    seconds: about how long it takes. attempts: how often it was begun.
    removed: when it goes, once it has ended.
    problem: why it failed, as RFC 9457 has it.
    """

    id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=32, editable=False)
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="jobs"
    )
    query: models.JSONField[Any, Any] = models.JSONField()
    format: models.CharField[str, str] = models.CharField(max_length=30)
    link: models.TextField[str, str] = models.TextField(blank=True)
    page: models.TextField[str, str] = models.TextField(blank=True)
    notify: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    cells: models.BigIntegerField[int, int] = models.BigIntegerField()
    seconds: models.FloatField[float, float] = models.FloatField(default=0)
    progress: models.FloatField[float, float] = models.FloatField(default=0)
    attempts: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    started: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    finished: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    removed: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True, db_index=True)
    file_name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    size: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    sha256: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["created", "pk"]
        indexes: ClassVar = [models.Index(fields=["state"], name="jobs_by_state")]

    def __str__(self) -> str:
        return f"{self.format} of {self.cells} cells, {self.state}"
