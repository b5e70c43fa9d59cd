"""Acts of the office, each written to the audit log and kept together with what it changes.

An act is one transaction: nobody else acts (``alone``); what it changes; its id is kept; its line is on the disk, with
that id; the transaction ends. Of a process that is killed in between is left nothing, or a line whose id was not kept:
``repairing`` takes such a line back in a further one (decision 0235).

Whoever has a role acts in the open: the log names their address. Anybody else is named by the number of their account,
which tells nothing once the account is deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from statlas.office.accounts.models import Account
from statlas.office.acts import queries
from statlas.office.organisations import queries as organisation_queries
from statlas.service import tables
from statlas.service.tables import auditing
from statlas.store import Home


@contextmanager
def alone() -> Iterator[None]:
    """A transaction in which nobody else acts; what it changes is kept with its line, or not at all."""
    with transaction.atomic():
        organisation_queries.lock()
        yield


def write(
    *,
    home: Home,
    actor: str,
    action: str,
    subject: str,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> None:
    """Add the line of an act to the audit log, within the transaction of what it changes.

    Raises:
        AuditError: a text is longer than a line holds.
        HomeError: the line could not be written.
    """
    assert connection.in_atomic_block, "an act is one transaction"
    organisation_queries.lock()
    act_id = secrets.token_hex(16)
    queries.keep(act_id)
    told = {**(details or {}), "act": act_id}
    auditing.record(home=home, actor=actor, action=action, subject=subject, reason=reason, details=told)


def record(
    *, actor: str, action: str, subject: str, reason: str = "", details: Mapping[str, str] | None = None
) -> None:
    """Add a line to the audit log of the home that the site serves; a site without a home, as tools have it, has none.

    Raises:
        HomeError: the line could not be written.
    """
    home = settings.STATLAS.home
    if home is not None:
        opened = tables.open_home(home)
        write(home=opened, actor=actor, action=action, subject=subject, reason=reason, details=details)


def name_of(account: Account | None) -> str:
    """How the log names an account: by its address if it has a role, else by its number; None is the command line."""
    if account is None:
        return auditing.of_this_machine()
    return account.email if account.is_superuser or account.roles else f"account {account.pk}"
