"""What is asked of the tables of accounts, and every change to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction

from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role


def find(email: str) -> Account | None:
    """The account of an address, whatever its case."""
    return Account.objects.filter(email__iexact=email.strip()).first()


def by_id(account_id: int) -> Account | None:
    """The account of that number."""
    return Account.objects.filter(pk=account_id).first()


def administrators() -> tuple[Account, ...]:
    """All who administer the site and may sign in, each once, by address."""
    may = models.Q(is_superuser=True) | models.Q(groups__name=Role.ADMINISTRATOR.value)
    return tuple(Account.objects.filter(may, is_active=True).order_by("email").distinct())


def confirmed_email(account_id: int) -> str:
    """The address of an account, confirmed to be its owner's; empty where it is not."""
    found = EmailAddress.objects.filter(
        user=account_id, user__is_active=True, verified=True, email__iexact=models.F("user__email")
    )
    return found.values_list("email", flat=True).first() or ""


@transaction.atomic
def make(email: str, password: str | None, role: Role | None) -> Account:
    """A new account whose address counts as confirmed."""
    account = Account.objects.create_user(email, password)
    confirm(account)
    if role is not None:
        give(account, role)
    return account


def confirm(account: Account) -> None:
    """Count the address of an account as confirmed."""
    EmailAddress.objects.update_or_create(
        user=account, email=account.email, defaults={"verified": True, "primary": True}
    )


def is_confirmed(account: Account) -> bool:
    """Whether somebody, or an administrator for them, has confirmed that the address of an account is theirs."""
    return EmailAddress.objects.filter(user=account, verified=True, email__iexact=account.email).exists()


def give(account: Account, role: Role) -> None:
    """Give an account a role."""
    account.groups.add(Group.objects.get_or_create(name=role.value)[0])


def unconfirmed_since(before: datetime) -> models.QuerySet[Account]:
    """Accounts made before then, of which no address was ever confirmed and nobody signed in."""
    confirmed = EmailAddress.objects.filter(verified=True).values("user")
    return Account.objects.filter(created__lt=before, last_login=None, groups=None).exclude(pk__in=confirmed)


@transaction.atomic
def erase(account: Account) -> None:
    """Delete an account with all that hangs on it, its sessions, and its name from the notes of administrators."""
    sessions_of(account.pk).delete()
    kind = ContentType.objects.get_for_model(Account)
    notes = LogEntry.objects.filter(content_type=kind, object_id=str(account.pk))
    notes.update(object_repr="an account that was deleted", change_message="")
    account.delete()


def sessions_of(account_id: int) -> models.QuerySet[Session]:
    """The sessions in which an account is signed in; each has to be opened to be known."""
    found = [session.pk for session in Session.objects.all() if _is_of(session, account_id)]
    return Session.objects.filter(pk__in=found)


def end_sessions(ending: str) -> None:
    """Sign out every account whose address has this ending."""
    for account_id in Account.objects.filter(email__endswith=ending).values_list("pk", flat=True):
        sessions_of(account_id).delete()


def _is_of(session: Session, account_id: int) -> bool:
    return bool(session.get_decoded().get("_auth_user_id") == str(account_id))


def forget_sessions(now: datetime) -> None:
    """Delete sessions that have ended."""
    Session.objects.filter(expire_date__lt=now).delete()


def rows_of(account: Account) -> Iterator[tuple[str, models.Model]]:
    """Every row of every table that belongs to an account, after the name of its table.

    The tables are asked for by what they refer to, so that one that is added later is not forgotten.
    """
    for relation in Account._meta.related_objects:  # noqa: SLF001 - Django's documented way to a model's relations
        rows: Any = relation.related_model._default_manager.filter(**{relation.field.name: account})  # noqa: SLF001
        for row in rows.order_by("pk"):
            yield str(relation.related_model._meta.verbose_name_plural), row  # noqa: SLF001
