"""Organisations: whose databases and policies there are, and what an account may do with them.

A site has one organisation without being asked, which has every database that no other claims; there the roles of the
house count, so that a small site needs no more than accounts with roles.
"""

from statlas.office.organisations import queries
from statlas.office.organisations.roles import Role
from statlas.service.office.organisations.belongings import claim
from statlas.service.office.organisations.members import MemberFacts, add_member, members, remove_member
from statlas.service.office.organisations.reading import OrganisationFacts, every, of_account, one, organisation_of
from statlas.service.office.organisations.registering import register, rename
from statlas.service.office.organisations.rights import (
    administers,
    among,
    databases_of,
    is_member,
    may,
    not_yours,
    require,
    require_policy,
    roles_in,
    roles_of,
)

__all__ = [
    "MemberFacts",
    "OrganisationFacts",
    "Role",
    "add_member",
    "administers",
    "among",
    "claim",
    "databases_of",
    "every",
    "is_member",
    "may",
    "members",
    "not_yours",
    "of_account",
    "one",
    "organisation_of",
    "queries",
    "register",
    "remove_member",
    "rename",
    "require",
    "require_policy",
    "roles_in",
    "roles_of",
]
