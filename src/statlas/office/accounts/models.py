"""The table of accounts: an e-mail address, a hashed password, and what the account may do.

There is no user name and no name of a person: what is not kept cannot be lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from statlas.office.accounts.roles import Role


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts, and finds them by their e-mail address whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A new account; without a password nobody can sign in to it."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A new account that may do everything."""
        return self.create_user(email, password, **{"is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an e-mail address."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: ``Account(email="analyst@example.org")``.

    What an account may do comes from its roles, which are groups; a superuser may do everything.
    """

    email: models.EmailField[str, str] = models.EmailField("e-mail address", unique=True)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(
        "active", default=True, help_text="An account that is not active cannot sign in."
    )
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account an address, whatever the case it is typed in."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.email

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles that the account's groups give it."""
        names = set(self.groups.values_list("name", flat=True))
        return frozenset(role for role in Role if role in names)

    @property
    def is_staff(self) -> bool:
        """Whether the account may open the administration."""
        return self.is_superuser or Role.ADMINISTRATOR in self.roles
