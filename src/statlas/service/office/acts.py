"""Acts on accounts, keys, roles and limits, written to the audit log of the home that the site serves.

Whoever has a role acts in the open: the log names their address. Anybody else is named by the number of their account,
which tells nothing once the account is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from statlas.office.accounts.models import Account
from statlas.service import tables
from statlas.service.tables import auditing


def record(
    *, actor: str, action: str, subject: str, reason: str = "", details: Mapping[str, str] | None = None
) -> None:
    """Add a line to the audit log, within the transaction of the act: no change is kept without its line.

    A site without a home, as tools have it, has no log.

    Raises:
        HomeError: the line could not be written.
    """
    home = settings.STATLAS.home
    if home is None:
        return
    opened = tables.open_home(home)
    auditing.record(home=opened, actor=actor, action=action, subject=subject, reason=reason, details=details)


def name_of(account: Account | None) -> str:
    """How the log names an account: by its address if it has a role, else by its number; None is the command line."""
    if account is None:
        return auditing.of_this_machine()
    return account.email if account.is_superuser or account.roles else f"account {account.pk}"
