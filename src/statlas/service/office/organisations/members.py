"""Who belongs to an organisation, and as what.

A role is given to an account whose address is confirmed, and to no other: who registered an address that is not theirs
would have the role once its owner, who expects a letter, presses the button in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.organisations import queries
from statlas.office.organisations.roles import Role
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import administering
from statlas.store import Home
from statlas.wording import _


@dataclass(frozen=True)
class MemberFacts:
    """Somebody who belongs to an organisation, and as what."""

    email: str
    roles: tuple[Role, ...]


def members(*, slug: str) -> tuple[MemberFacts, ...]:
    """Who belongs to an organisation, by address."""
    found: dict[str, list[Role]] = {}
    for membership in queries.members(administering.find(slug)):
        found.setdefault(membership.account.email, []).append(Role(membership.role))
    return tuple(MemberFacts(email, tuple(roles)) for email, roles in found.items())


@acts.alone()
def add_member(*, home: Home, slug: str, email: str, role: Role, actor: Actor, opens_account: bool = False) -> None:
    """Give an account a role in an organisation; nothing happens where it has it.

    Args:
        opens_account: make an account where there is none; nobody can sign in to it before a password is set.

    Raises:
        AccessError: only administrators of the organisation and of the site may.
        UnknownNameError: there is no such organisation or account.
        UnusableNameError: nobody has confirmed that the address is theirs; or it is none, where one is to be opened.
    """
    found = administering.administered(slug, actor)
    if opens_account and account_queries.find(email) is None:
        administering.require_site_administrator(actor)
        _open_account(home, email, actor)
    account = _account(email)
    _check_confirmed(account)
    if queries.give(found, account, role):
        said = {"member": email.strip().lower(), "role": role.value}
        administering.record(home, actor, "organisation.add-member", found, **said)


@acts.alone()
def remove_member(*, home: Home, slug: str, email: str, role: Role, actor: Actor) -> None:
    """Take a role in an organisation from an account.

    Raises:
        AccessError, UnknownNameError: as ``add_member``; or the account has not that role there.
    """
    found = administering.administered(slug, actor)
    if not queries.take(found, _account(email), role):
        raise UnknownNameError(
            _("{email} has not that role in {organisation}.").format(email=email, organisation=found.name),
            component=email,
        )
    said = {"member": email.strip().lower(), "role": role.value}
    administering.record(home, actor, "organisation.remove-member", found, **said)


def _account(email: str) -> Account:
    found = account_queries.find(email)
    if found is None:
        raise UnknownNameError(
            _("No account has this address."),
            mend=_("Open one first, in the administration."),
            component=email,
        )
    return found


def _check_confirmed(account: Account) -> None:
    if not account_queries.is_confirmed(account):
        raise UnusableNameError(
            _("Nobody has confirmed yet that this address is theirs."),
            mend=_(
                "Ask its owner to confirm it by the letter that came when the account was made; then give the role."
            ),
            name=account.email,
        )


def _open_account(home: Home, email: str, actor: Actor) -> None:
    address = email.strip().lower()
    administering.check_address(address)
    account_queries.make(address, None, None)
    acts.write(home=home, actor=actor.name, action="account.create", subject=address)
