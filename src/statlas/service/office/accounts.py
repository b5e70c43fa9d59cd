"""Accounts: make, show what is kept, delete.

Nothing here depends on how somebody signs in; that is the site's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.office.accounts import queries
from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.service.office import acts
from statlas.wording import _

UNCONFIRMED_DAYS = 3
"""How long an address that was never confirmed is kept: as long as its link works."""

NEVER_SHOWN = frozenset({"password", "digest", "data", "token", "token_secret", "secret", "key"})
"""Fields that hold a secret or its hash: they are no use to their owner, and of use to whoever finds the file."""

DEMONSTRATION_DOMAIN = "demonstration.example"
"""Where the accounts of a demonstration have their addresses: a name that can never be anybody's (RFC 2606)."""


@acts.alone()
def make_administrator(*, email: str, password: str | None) -> None:
    """Give the role of administrator to the account of ``email``, made where there is none.

    Without a password nobody can sign in to a new account before one is set by ``set_up_path``.

    Raises:
        UnusableNameError: it is no address, or the password is too weak.
    """
    address = _checked(email)
    if password is not None:
        _check_password(password, address)
    found = queries.find(address)
    if found is None:
        queries.make(address, password, Role.ADMINISTRATOR)
    else:
        queries.give(found, Role.ADMINISTRATOR)
    action = "role.give" if found else "account.create"
    acts.record(actor=acts.name_of(None), action=action, subject=address, details={"role": Role.ADMINISTRATOR.value})


def exists(*, email: str) -> bool:
    """Whether an address has an account."""
    return queries.find(email) is not None


def vouch_for(account: Account) -> None:
    """Count the address of an account as confirmed: an administrator knows its owner."""
    queries.confirm(account)


def set_up_path(*, email: str) -> str:
    """The address, within the site, at which the password of an account can be set: once, and for three days.

    Raises:
        UnknownNameError: no account has this address.
    """
    account = queries.find(email)
    if account is None:
        raise UnknownNameError(_("No account has this address."), component=email)
    return f"/account/password/reset/{user_pk_to_url_str(account)}-{default_token_generator.make_token(account)}"


def of_role(*, role: Role) -> Account:
    """The account that plays a role in a demonstration, made where there is none; nobody has its password."""
    email = f"{role.value.replace(' ', '-')}@{DEMONSTRATION_DOMAIN}"
    return queries.find(email) or queries.make(email, None, role)


def end_demonstration() -> None:
    """Sign everybody out who plays a role in a demonstration."""
    queries.end_sessions(f"@{DEMONSTRATION_DOMAIN}")


def kept_about(*, account_id: int) -> Mapping[str, Any]:
    """All that is kept about an account, as plain JSON: itself, its roles, and every row that belongs to it.

    Left out are secrets and their hashes alone; the field is named, so that its owner knows that there is one.
    """
    account = Account.objects.get(pk=account_id)
    belongings: dict[str, list[Mapping[str, Any]]] = {}
    for table, row in queries.rows_of(account):
        belongings.setdefault(table, []).append(_as_json(row))
    return {
        "account": {**_as_json(account), "roles": sorted(account.roles)},
        "sessions": [{"ends": session.expire_date.isoformat()} for session in queries.sessions_of(account_id)],
        **belongings,
    }


@acts.alone()
def delete(*, account_id: int, by: Account | None = None) -> None:
    """Delete an account and all that belongs to it; nothing that tells of its owner stays.

    The acts of somebody who had a role stay in the audit log, with their address. ``by`` is who deletes it, if not its
    owner.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is not None:
        name = acts.name_of(account)
        queries.erase(account)
        acts.record(actor=acts.name_of(by) if by else name, action="account.delete", subject=name)


def forget_what_is_past() -> None:
    """Forget accounts whose address nobody confirmed in time, and sessions that have ended."""
    now = timezone.now()
    queries.forget_sessions(now)
    for account in queries.unconfirmed_since(now - timedelta(days=UNCONFIRMED_DAYS)):
        queries.erase(account)


def _as_json(row: models.Model) -> Mapping[str, Any]:
    return {field.name: _plain(field.name, field.value_from_object(row)) for field in row._meta.concrete_fields}  # noqa: SLF001


def _plain(name: str, value: Any) -> Any:
    if name in NEVER_SHOWN:
        return "not shown: a secret or its hash" if value else None
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)


def _checked(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise UnusableNameError(
            _("This is no e-mail address."), mend=_("Write it as name@example.org."), name=email
        ) from None
    return address


def _check_password(password: str, address: str) -> None:
    try:
        validate_password(password, Account(email=address))
    except ValidationError as weak:
        raise UnusableNameError(
            " ".join(weak.messages),
            mend=_("Three words that have nothing to do with each other do well."),
            name="password",
        ) from None
