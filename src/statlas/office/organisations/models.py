"""The tables of organisations: themselves, who belongs to them, and what is theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from statlas.office.organisations.roles import Role


class Organisation(models.Model):
    """Whoever publishes: ``Organisation(slug="housing", name="Housing statistics")``.

    The default one has every database that no other claims; it is there without being made.
    """

    slug: models.SlugField[str, str] = models.SlugField(max_length=60, unique=True)
    name: models.CharField[str, str] = models.CharField(max_length=200, unique=True)
    contact: models.EmailField[str, str] = models.EmailField(blank=True, default="")
    is_default: models.BooleanField[bool, bool] = models.BooleanField(default=False, editable=False)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """By name, and one default."""

        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_organisation"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role of an account in an organisation: ``Membership(account=..., organisation=..., role="approver")``."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organisation: models.ForeignKey[Organisation, Organisation] = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role: models.CharField[str, str] = models.CharField(
        max_length=20, choices=[(role.value, role.value) for role in Role]
    )
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each once."""

        ordering: ClassVar = ["organisation", "account", "role"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "organisation", "role"], name="a_role_is_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.role} of {self.organisation}"


class Belonging(models.Model):
    """A database or a policy of an organisation: ``Belonging(kind="database", name="hb_new", organisation=...)``."""

    class Kind(models.TextChoices):
        """What can belong to an organisation."""

        DATABASE = "database"
        POLICY = "policy"

    organisation: models.ForeignKey[Organisation, Organisation] = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="belongings"
    )
    kind: models.CharField[str, str] = models.CharField(max_length=10, choices=Kind.choices)
    name: models.CharField[str, str] = models.CharField(max_length=100)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each is somebody's alone."""

        verbose_name_plural = "belongings"
        ordering: ClassVar = ["kind", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "name"], name="one_owner_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
