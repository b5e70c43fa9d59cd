"""The tables of releases: where each is, what was done to it, which findings were answered, who may read it early.

No number of a release is kept here, nor what it says: that lies sealed with the draft.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from statlas.office.releases.states import UNDER_WAY, Act, State

_STATES = [(state.value, state.value) for state in State]
_ACTS = [(act.value, act.value) for act in Act]


def random_id() -> str:
    """128 random bits in hexadecimal: nobody finds another release by counting."""
    return secrets.token_hex(16)


class ReleaseRow(models.Model):
    """A release and where it is: ``ReleaseRow(database="hb_new", release="13", state="scheduled")``.

    draft_id: what it lies sealed under; None for one that never was a draft.
    digest: what is announced before it is public.
    kind, version, note: as readers will be told; the note lies sealed until it is public.
    to_answer: ids of findings that need a reason, None if not known here.
    prepared_by, approved_by: who; the names stay when the accounts go, for they answer for what was published.
    scheduled_for: its minute. public_from: when it became public. notice: why it was withdrawn.
    moves: how many acts it has had; who acts names the number that was seen.
    """

    id: models.CharField[str, str] = models.CharField(
        primary_key=True, max_length=32, default=random_id, editable=False
    )
    database: models.CharField[str, str] = models.CharField(max_length=100, db_index=True)
    release: models.CharField[str, str] = models.CharField(max_length=20)
    draft_id: models.CharField[str | None, str | None] = models.CharField(  # noqa: DJ001 - many have none, no two the same
        max_length=64, null=True, unique=True
    )
    digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True, default="")
    kind: models.CharField[str, str] = models.CharField(max_length=20, default="new")
    note: models.TextField[str, str] = models.TextField(blank=True, default="")
    version: models.CharField[str, str] = models.CharField(max_length=40, blank=True, default="")
    to_answer: models.JSONField[Any, Any] = models.JSONField(null=True)
    state: models.CharField[str, str] = models.CharField(max_length=10, choices=_STATES)
    preparer: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="releases_prepared"
    )
    prepared_by: models.CharField[str, str] = models.CharField(max_length=320)
    approver: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="releases_approved"
    )
    approved_by: models.CharField[str, str] = models.CharField(max_length=320, blank=True, default="")
    approved_because: models.TextField[str, str] = models.TextField(blank=True, default="")
    scheduled_for: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    public_from: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    notice: models.TextField[str, str] = models.TextField(blank=True, default="")
    moves: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    changed: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """Newest first; one under way for each database, and one row for each number that was not discarded."""

        verbose_name = "release"
        ordering: ClassVar = ["-created", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["database"],
                condition=models.Q(state__in=sorted(state.value for state in UNDER_WAY)),
                name="one_release_under_way",
            ),
            models.UniqueConstraint(
                fields=["database", "release"],
                condition=~models.Q(state=State.DISCARDED.value),
                name="one_row_of_a_release",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "scheduled_for"], name="releases_by_minute")]

    def __str__(self) -> str:
        return f"release {self.release} of {self.database}, {self.state}"


class Move(models.Model):
    """An act on a release: who, what, when and why; the same stands in the audit log under the same id.

    minute: for when it was scheduled, None of other acts and of those that were kept without.
    """

    id: models.CharField[str, str] = models.CharField(
        primary_key=True, max_length=32, default=random_id, editable=False
    )
    release: models.ForeignKey[ReleaseRow, ReleaseRow] = models.ForeignKey(
        ReleaseRow, on_delete=models.CASCADE, related_name="history"
    )
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    act: models.CharField[str, str] = models.CharField(max_length=20, choices=_ACTS)
    before: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    after: models.CharField[str, str] = models.CharField(max_length=10)
    actor: models.CharField[str, str] = models.CharField(max_length=320)
    os_user: models.CharField[str, str] = models.CharField(max_length=100, blank=True, default="")
    reason: models.TextField[str, str] = models.TextField(blank=True, default="")
    about: models.CharField[str, str] = models.CharField(max_length=400, blank=True, default="")
    minute: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """In their order, each number once."""

        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "number"], name="one_move_of_a_number_of_a_release")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.act} by {self.actor}"


class Answer(models.Model):
    """A finding that was accepted, and why: ``Answer(finding="9f86d081884c7d65", reason="The office moved.")``."""

    release: models.ForeignKey[ReleaseRow, ReleaseRow] = models.ForeignKey(
        ReleaseRow, on_delete=models.CASCADE, related_name="answers"
    )
    finding: models.CharField[str, str] = models.CharField(max_length=64)
    reason: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=320)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        """Each finding has one answer at a time."""

        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["release", "finding"], name="one_answer_to_a_finding")]

    def __str__(self) -> str:
        return self.finding


class EarlyReader(models.Model):
    """Somebody who may read a release in the hours before it is public; name and post are published.

    name, post: *Jo Bloggs*, *Private secretary, Ministry of Towns*. email: of the account that may read.
    opened: when it was first read early.
    """

    release: models.ForeignKey[ReleaseRow, ReleaseRow] = models.ForeignKey(
        ReleaseRow, on_delete=models.CASCADE, related_name="early_readers"
    )
    email: models.EmailField[str, str] = models.EmailField()
    name: models.CharField[str, str] = models.CharField(max_length=200)
    post: models.CharField[str, str] = models.CharField(max_length=200)
    granted_by: models.CharField[str, str] = models.CharField(max_length=320)
    granted: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    revoked: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    opened: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        """By name; an address is let in once at a time."""

        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "email"], condition=models.Q(revoked__isnull=True), name="one_grant_an_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.post}"
