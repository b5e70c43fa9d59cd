"""Which organisations there are, and what is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.office.accounts.models import Account
from statlas.office.organisations import queries
from statlas.office.organisations.models import Belonging, Organisation
from statlas.service.office.organisations import administering, rights

_DATABASE, _POLICY = Belonging.Kind.DATABASE, Belonging.Kind.POLICY


@dataclass(frozen=True)
class OrganisationFacts:
    """An organisation, such as ``OrganisationFacts("housing", "Housing statistics")``; ``slug`` is its id.

    databases, policies: what it claims; nothing for the default one, which has the rest.
    """

    slug: str
    name: str
    contact: str = ""
    is_default: bool = False
    databases: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def every() -> tuple[OrganisationFacts, ...]:
    """Every organisation, the default one first."""
    return tuple(facts_of(found) for found in queries.every())


def one(*, slug: str) -> OrganisationFacts:
    """An organisation by its slug.

    Raises:
        UnknownNameError: there is none.
    """
    return facts_of(administering.find(slug))


def organisation_of(*, database_id: str) -> OrganisationFacts:
    """The organisation whose database it is; the default one where nobody claims it."""
    return facts_of(queries.owner(_DATABASE, database_id))


def of_account(*, account: Account | None) -> tuple[OrganisationFacts, ...]:
    """The organisations that an account belongs to; for an administrator of the site, all of them."""
    return tuple(
        facts_of(found)
        for found in queries.every()
        if queries.roles(account, found) or rights.administers(account=account, organisation=found.slug)
    )


def facts_of(found: Organisation) -> OrganisationFacts:
    """The facts of an organisation."""
    return OrganisationFacts(
        found.slug,
        found.name,
        found.contact,
        found.is_default,
        queries.claimed(_DATABASE, found),
        queries.claimed(_POLICY, found),
    )
