"""API keys: make, check, list, take back.

A key is made once, shown once, and known afterwards by its hash alone. It belongs to an account, or to nobody: then it
was made on the command line, and is known there by its name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.office.accounts.models import Account
from statlas.office.keys import queries
from statlas.office.keys.models import ApiKey
from statlas.service.office import acts
from statlas.wording import _

N_BYTES = 32
"""Random bytes of a key: 256 bits."""

LONGEST_NAME = 100

MOST_KEYS = 20
"""Keys in force of one account: arbitrary, more than anybody can tell apart."""


@dataclass(frozen=True)
class KeyFacts:
    """What is known of a key; ``last_used`` is the hour, in UTC, and None for a key not used yet.

    ``id`` tells keys apart; ``account_id`` is whose it is, None for one that belongs to no account.
    ``expires`` is when it ends by itself, None for never.
    """

    name: str
    created: datetime
    last_used: datetime | None
    revoked: datetime | None
    id: int = 0
    account_id: int | None = None
    expires: datetime | None = None

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= timezone.now()

    @property
    def ended(self) -> datetime | None:
        """When it stopped being in force, by itself or by hand; None while it is."""
        return self.revoked or (self.expires if self.has_expired else None)


@acts.alone()
def create(*, name: str, account_id: int | None = None, days: int | None = None) -> str:
    """A new key for ``name``: 64 hexadecimal characters, given here and never again.

    Args:
        days: after how many it ends by itself; None is never.

    Raises:
        UnusableNameError: the name is empty, too long, or has a key in force; or the account has ``MOST_KEYS``.
    """
    name, now = _checked(name), timezone.now()
    if account_id is not None and sum(not key.ended for key in list_of(account_id=account_id)) >= MOST_KEYS:
        raise UnusableNameError(
            _("You have {most_keys} keys in force, and no more are given.").format(most_keys=MOST_KEYS),
            mend=_("Revoke one that is not used."),
            name=name,
        )
    key = secrets.token_hex(N_BYTES)
    expires = None if days is None else now + timedelta(days=days)
    made = queries.add(name, _digest(key), now, account_id, expires)
    if made is None:
        raise UnusableNameError(
            _("There is a key for {name!r} already.").format(name=name),
            mend=_("Choose another name, or revoke that key first."),
            name=name,
        )
    _record("key.create", made.pk, account_id, {"days": str(days)} if days else {})
    return key


def check(*, key: str) -> KeyFacts | None:
    """The facts of a key in force, or None; the hour of its use is remembered."""
    now = timezone.now()
    found = queries.in_force(_digest(key), now)
    if found is None:
        return None
    queries.mark_used(found, now.replace(minute=0, second=0, microsecond=0))
    return _facts(found)


@acts.alone()
def revoke(*, name: str) -> None:
    """Take the key of ``name``, made on the command line, out of force, at once.

    Raises:
        UnknownNameError: there is none.
    """
    found = next((key for key in queries.every() if key.name == name.strip() and key.revoked is None), None)
    if found is None or not queries.revoke(name.strip(), timezone.now()):
        raise UnknownNameError(
            _("There is no key in force for {name!r}.").format(name=name),
            mend=_("`statlas key list` shows the names."),
            component=name,
        )
    _record("key.revoke", found.pk, None)


@acts.alone()
def revoke_of(*, account_id: int, key_id: int) -> None:
    """Take a key of an account out of force, at once; of another's key nothing is told.

    Raises:
        UnknownNameError: the account has no such key in force.
    """
    if not queries.revoke_of(account_id, key_id, timezone.now()):
        raise UnknownNameError(_("You have no such key in force."), component=str(key_id))
    _record("key.revoke", key_id, account_id)


def list_all() -> tuple[KeyFacts, ...]:
    """Every key that was made on the command line, oldest first."""
    return tuple(_facts(key) for key in queries.every())


def list_of(*, account_id: int) -> tuple[KeyFacts, ...]:
    """Every key of an account, oldest first."""
    return tuple(_facts(key) for key in queries.every_of(account_id))


def _record(action: str, key_id: int, account_id: int | None, details: Mapping[str, str] | None = None) -> None:
    """A line of the audit log. It names a key by its number: what its owner calls it is theirs."""
    owner = None if account_id is None else Account.objects.get(pk=account_id)
    acts.record(actor=acts.name_of(owner), action=action, subject=f"key {key_id}", details=details)


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("A key's name has 1 to {longest_name} printable characters.").format(longest_name=LONGEST_NAME),
            mend=_("Name the program or person that will use it."),
            name=name,
        )
    return name


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _facts(key: ApiKey) -> KeyFacts:
    return KeyFacts(
        key.name,
        key.created,
        key.last_used,
        key.revoked,
        id=key.pk,
        account_id=key.owner_id,
        expires=key.expires,
    )
