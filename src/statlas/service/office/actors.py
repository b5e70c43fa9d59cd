"""Who acts: an account, with the user of the machine where the command line is used, or the keeper itself."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.errors import AccessError
from statlas.office.accounts import queries
from statlas.office.accounts.models import Account
from statlas.wording import _


@dataclass(frozen=True)
class Actor:
    """Who does something: ``Actor.of_account(request.user)``.

    name: e-mail address of the account, as the audit log names it. account: None for the system's own processes.
    os_user: the user of the machine, on the command line. is_system: the keeper, or the repair of a crash.
    """

    name: str
    account: Account | None = None
    os_user: str = ""
    is_system: bool = False

    @classmethod
    def of_account(cls, account: Account, *, os_user: str = "") -> Actor:
        """An account that acts; whoever calls has seen to it that it is this one."""
        return cls(account.email, account, os_user)

    @classmethod
    def named(cls, email: str, *, os_user: str) -> Actor:
        """An account that acts on the command line, by its address; whoever keeps the home is believed.

        Raises:
            AccessError: none is named, or there is none of that address in use.
        """
        if not email.strip():
            raise AccessError(
                _("Who acts is not said."), mend=_("Name your account with --as EMAIL, or in STATLAS_AS.")
            )
        account = queries.find(email)
        if account is None or not account.is_active:
            raise AccessError(
                _("No account in use has the address {email}.").format(email=email.strip()[:320]),
                mend=_("`statlas organisation add EMAIL ROLE --new` opens one."),
            )
        return cls.of_account(account, os_user=os_user)


KEEPER = Actor("keeper", is_system=True)
"""The process that keeps what is not public and opens it at its minute."""

REPAIR = Actor("repair", is_system=True)
"""What sets right what a crash left half-done."""
