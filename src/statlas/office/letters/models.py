"""The tables of letters: those that wait to be sent, and which accounts want none.

A letter is kept as what happened and to whom it is told; its text is made when it is sent, from what is true then.
Nothing of what a release holds is kept here, and a letter that was sent is forgotten.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from statlas.office.releases.models import EarlyReader, ReleaseRow, random_id


class Kind(models.TextChoices):
    """What a letter tells: to those who work on a release, to somebody who may read it early, to whoever minds."""

    WAITS = "waits"
    SENT_BACK = "sent-back"
    DISCARDED = "discarded"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    EARLY = "early"
    EARLY_BEGINS = "early-begins"
    EARLY_OFF = "early-off"
    EARLY_REVOKED = "early-revoked"
    ALARM = "alarm"


class Letter(models.Model):
    """A letter that waits: ``Letter(kind="waits", account=..., release=..., event="0f3a...")``.

    event: the act that it tells of, or a number drawn for an alarm; nobody is told of one twice in the same words.
    account or reader: to whom. moment: the minute of the release as it was then. said: the sentence of an alarm.
    due: when it is to be sent, or tried again. tries: how often the mail server did not take it.
    begun: how often it was given to the server without it being known what became of it, as the process was killed.
    """

    id: models.CharField[str, str] = models.CharField(
        primary_key=True, max_length=32, default=random_id, editable=False
    )
    kind: models.CharField[str, str] = models.CharField(max_length=20, choices=Kind.choices)
    event: models.CharField[str, str] = models.CharField(max_length=32)
    release: models.ForeignKey[Any, Any] = models.ForeignKey(
        ReleaseRow, on_delete=models.CASCADE, null=True, related_name="letters"
    )
    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="letters"
    )
    reader: models.ForeignKey[Any, Any] = models.ForeignKey(
        EarlyReader, on_delete=models.CASCADE, null=True, related_name="letters"
    )
    moment: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    said: models.TextField[str, str] = models.TextField(blank=True, default="")
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    due: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    tries: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)
    begun: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The first to be sent first; of one act each is told once."""

        ordering: ClassVar = ["due", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "kind", "account"], name="one_letter_to_an_account"),
            models.UniqueConstraint(fields=["event", "kind", "reader"], name="one_letter_to_a_reader"),
        ]

    def __str__(self) -> str:
        return self.kind


class NoLetters(models.Model):
    """An account that wants no letters about releases."""

    account: models.OneToOneField[Any, Any] = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="no_letters"
    )
    since: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """By account."""

        verbose_name_plural = "letters not wanted"

    def __str__(self) -> str:
        return "no letters"
