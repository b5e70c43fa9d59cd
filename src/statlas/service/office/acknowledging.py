"""Saying that a break of the audit log is known: an administrator's, with the reason."""

from __future__ import annotations

from statlas.errors import AccessError
from statlas.service.office.actors import Actor
from statlas.service.tables import auditing
from statlas.service.tables.auditing import AuditLine, AuditReport, Head
from statlas.store import Home
from statlas.wording import _


def acknowledge(
    *, home: Home, actor: Actor, reason: str, noted: tuple[Head, ...] = ()
) -> tuple[AuditLine, AuditReport]:
    """Say in the audit log that what is wrong with it is known; the line that says so, and what was found.

    The alarm ends, the log is verified from that line on, and what was found is told for ever.

    Args:
        home: the installation.
        actor: an administrator of the site.
        reason: what was found out.
        noted: heads that were written down elsewhere.

    Raises:
        AccessError: ``actor`` is no administrator of the site.
        AuditError: nothing is wrong that was not acknowledged, or no reason is given.
        HomeError: the line could not be written.
    """
    account = actor.account
    if account is None or not account.is_active or not account.is_staff:
        raise AccessError(
            _("That a break of the audit log is known, an administrator of the site says."), mend=_("Ask one of them.")
        )
    details = {"os_user": actor.os_user} if actor.os_user else {}
    return auditing.acknowledge(home=home, actor=actor.name, reason=reason, noted=noted, details=details)
