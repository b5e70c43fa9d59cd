"""Organisations: whose databases and policies there are, and what an account may do with them.

Nothing of another organisation's is told: a database that is not one's own is unknown.
A site has one organisation without being asked, which has every database that no other claims; there the roles of the
house count, so that a small site needs no more than accounts with roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from statlas.definitions.policy_form import PRESETS
from statlas.errors import AccessError, UnknownNameError, UnusableNameError
from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.organisations import queries
from statlas.office.organisations.models import Belonging, Organisation
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries as release_queries
from statlas.service.office import acts
from statlas.service.office.actors import Actor
from statlas.store import Home
from statlas.wording import _

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
    "of_account",
    "one",
    "organisation_of",
    "register",
    "remove_member",
    "rename",
    "require",
    "require_policy",
    "roles_in",
    "roles_of",
]

_DATABASE, _POLICY = Belonging.Kind.DATABASE, Belonging.Kind.POLICY
LONGEST_NAME, LONGEST_ID, LONGEST_ADDRESS = 200, 100, 254
"""Characters of a name, of an id, and of an e-mail address (RFC 5321): what the tables hold."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


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


@dataclass(frozen=True)
class MemberFacts:
    """Somebody who belongs to an organisation, and as what."""

    email: str
    roles: tuple[Role, ...]


# --- what an account may ----------------------------------------------------------------------------------------------


def may(*, account: Account | None, database_id: str, role: Role) -> bool:
    """Whether an account has a role in the organisation whose database it is."""
    return role in roles_of(account=account, database_id=database_id)


def roles_of(*, account: Account | None, database_id: str) -> frozenset[Role]:
    """The roles of an account in the organisation whose database it is; none where it is not its own."""
    return queries.roles(account, queries.owner(_DATABASE, database_id))


def roles_in(*, account: Account | None, slug: str) -> frozenset[Role]:
    """The roles of an account in an organisation; none where there is no such organisation."""
    found = queries.find(slug)
    return frozenset() if found is None else queries.roles(account, found)


def is_member(*, account: Account | None, database_id: str) -> bool:
    """Whether a database is one of the account's own, in whatever role."""
    return bool(roles_of(account=account, database_id=database_id))


def require(*, account: Account | None, database_id: str, role: Role) -> None:
    """See that an account has a role in the organisation whose database it is.

    Raises:
        UnknownNameError: the database is another organisation's: nothing is told of it, not even whether it is there.
        AccessError: it is the account's own organisation's, in another role.
    """
    roles = roles_of(account=account, database_id=database_id)
    if not roles:
        raise not_yours(database_id)
    if role not in roles:
        raise AccessError(
            _("This is for a {role} of {organisation}.").format(
                role=role.label, organisation=queries.owner(_DATABASE, database_id).name
            ),
            mend=_("Ask an administrator of the organisation for that role, or somebody who has it to do this."),
            role=role.value,
        )


def require_policy(*, database_id: str, policy: str) -> None:
    """See that a database may be protected by a policy: what an organisation claims is for its own databases alone.

    Presets are everybody's, and so is a policy that nobody claims.

    Raises:
        AccessError: the policy is another organisation's; which one is not told.
    """
    owner = queries.owner(_POLICY, policy)
    if policy in PRESETS or owner.is_default or owner == queries.owner(_DATABASE, database_id):
        return
    raise AccessError(
        _("The policy {policy!r} is another organisation's, and for its databases alone.").format(policy=policy),
        mend=_(
            "Name a preset in the definition, or a policy of your own organisation; or ask an administrator of the "
            "site whose the policy is."
        ),
        policy=policy,
    )


def not_yours(database_id: str) -> UnknownNameError:
    """What is said of a database that is another organisation's, and of one that is nobody's."""
    return UnknownNameError(
        _("{database_id!r} is not a database of your organisation.").format(database_id=database_id),
        mend=_("Ask an administrator of the site: a new database is claimed by its organisation first."),
        component=database_id,
    )


def databases_of(*, account: Account | None, home: Home | None = None) -> tuple[str, ...]:
    """Ids of an account's own databases, sorted: those claimed and, of the default organisation, those nobody claims.

    Of the latter are known those that had a release under way and, with a home, those published there.
    """
    known = {*release_queries.databases(), *(home.databases() if home is not None else ())}
    found: set[str] = set()
    for organisation in queries.every():
        if queries.roles(account, organisation):
            found.update(queries.claimed(_DATABASE, organisation))
            found.update(queries.unclaimed(_DATABASE, known) if organisation.is_default else ())
    return tuple(sorted(found))


def administers(*, account: Account | None, organisation: str) -> bool:
    """Whether an account says who belongs to an organisation: its own administrators, and those of the site."""
    found = queries.find(organisation)
    if found is None or account is None or not account.is_active:
        return False
    return account.is_staff or Role.ADMINISTRATOR in queries.roles(account, found)


def of_account(*, account: Account | None) -> tuple[OrganisationFacts, ...]:
    """The organisations that an account belongs to; for an administrator of the site, all of them."""
    return tuple(
        _facts(found)
        for found in queries.every()
        if queries.roles(account, found) or administers(account=account, organisation=found.slug)
    )


# --- organisations ----------------------------------------------------------------------------------------------------


def every() -> tuple[OrganisationFacts, ...]:
    """Every organisation, the default one first."""
    return tuple(_facts(found) for found in queries.every())


def one(*, slug: str) -> OrganisationFacts:
    """An organisation by its slug.

    Raises:
        UnknownNameError: there is none.
    """
    return _facts(_find(slug))


def organisation_of(*, database_id: str) -> OrganisationFacts:
    """The organisation whose database it is; the default one where nobody claims it."""
    return _facts(queries.owner(_DATABASE, database_id))


@acts.alone()
def register(*, home: Home, slug: str, name: str, actor: Actor, contact: str = "") -> OrganisationFacts:
    """Make an organisation.

    Raises:
        AccessError: only an administrator of the site may.
        UnusableNameError: its slug or name is empty, too long, ill-formed or taken.
    """
    _require_site_administrator(actor)
    if not _SLUG.fullmatch(slug):
        raise UnusableNameError(
            _("An organisation's id has 1 to 60 small letters, digits and hyphens."),
            mend=_("Write it as housing-statistics."),
            name=slug,
        )
    made = queries.add(slug, _checked(name), _checked_contact(contact))
    if made is None:
        raise _taken(name)
    _record(home, actor, "organisation.register", made, name=made.name)
    return _facts(made)


@acts.alone()
def rename(*, home: Home, slug: str, name: str, actor: Actor, contact: str = "") -> OrganisationFacts:
    """Give an organisation another name and contact.

    Raises:
        AccessError, UnknownNameError, UnusableNameError: as ``register`` has them.
    """
    found = _administered(slug, actor)
    if not queries.rename(found, _checked(name), _checked_contact(contact)):
        raise _taken(name)
    _record(home, actor, "organisation.rename", found, name=name.strip())
    return _facts(_find(slug))


# --- members ----------------------------------------------------------------------------------------------------------


def members(*, slug: str) -> tuple[MemberFacts, ...]:
    """Who belongs to an organisation, by address."""
    found: dict[str, list[Role]] = {}
    for membership in queries.members(_find(slug)):
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
        UnusableNameError: an account is to be opened, and the address is none.
    """
    found = _administered(slug, actor)
    if opens_account and account_queries.find(email) is None:
        _require_site_administrator(actor)
        _open_account(home, email, actor)
    if queries.give(found, _account(email), role):
        _record(home, actor, "organisation.add-member", found, member=email.strip().lower(), role=role.value)


@acts.alone()
def remove_member(*, home: Home, slug: str, email: str, role: Role, actor: Actor) -> None:
    """Take a role in an organisation from an account.

    Raises:
        AccessError, UnknownNameError: as ``add_member``; or the account has not that role there.
    """
    found = _administered(slug, actor)
    if not queries.take(found, _account(email), role):
        raise UnknownNameError(
            _("{email} has not that role in {organisation}.").format(email=email, organisation=found.name),
            component=email,
        )
    _record(home, actor, "organisation.remove-member", found, member=email.strip().lower(), role=role.value)


@acts.alone()
def claim(*, home: Home, slug: str, actor: Actor, database_id: str = "", policy: str = "") -> None:
    """Make a database or a policy an organisation's.

    Raises:
        AccessError: only an administrator of the site moves what is another's; one of the organisation claims what is
            nobody's.
        UnknownNameError: there is no such organisation.
        UnusableNameError: the policy is a preset, which is everybody's.
    """
    found = _administered(slug, actor)
    _check_no_preset(policy)
    for kind, name in ((_DATABASE, database_id), (_POLICY, policy)):
        if name:
            _check_id(name)
            _require_may_take(home, actor, kind, name)
            queries.claim(found, kind, name)
            _record(home, actor, "organisation.claim", found, kind=kind.value, name=name)


def _require_may_take(home: Home, actor: Actor, kind: Belonging.Kind, name: str) -> None:
    """What is claimed is moved by the site's administrators alone; and so is what is in use already."""
    if kind is _DATABASE:
        is_there = home.has(name) or name in release_queries.databases()
    else:
        is_there = any(home.current(database).policy == name for database in home.databases())
    if is_there or not queries.owner(kind, name).is_default:
        _require_site_administrator(actor)


# --- the same, smaller ------------------------------------------------------------------------------------------------


def _administered(slug: str, actor: Actor) -> Organisation:
    found = _find(slug)
    if not (actor.is_system or administers(account=actor.account, organisation=slug)):
        raise AccessError(
            _("Who belongs to {organisation}, and what is its own, its administrators say.").format(
                organisation=found.name
            ),
            mend=_("Ask one of them, or an administrator of the site."),
        )
    return found


def _require_site_administrator(actor: Actor) -> None:
    account = actor.account
    if not (actor.is_system or (account is not None and account.is_active and account.is_staff)):
        raise AccessError(
            _("Organisations, and what belongs to which, are for administrators of the site."),
            mend=_("Ask one of them."),
        )


def _find(slug: str) -> Organisation:
    found = queries.find(slug)
    if found is None:
        raise UnknownNameError(_("There is no organisation {slug!r}.").format(slug=slug), component=slug)
    return found


def _account(email: str) -> Account:
    found = account_queries.find(email)
    if found is None:
        raise UnknownNameError(
            _("No account has this address."),
            mend=_("Open one first, in the administration."),
            component=email,
        )
    return found


def _open_account(home: Home, email: str, actor: Actor) -> None:
    address = email.strip().lower()
    _check_address(address)
    account_queries.make(address, None, None)
    acts.write(home=home, actor=actor.name, action="account.create", subject=address)


def _check_no_preset(policy: str) -> None:
    if policy in PRESETS:
        raise UnusableNameError(
            _("{policy!r} is a preset, and everybody's.").format(policy=policy),
            mend=_("Claim a policy that a file of its own describes."),
            name=policy,
        )


def _check_id(name: str) -> None:
    if len(name) > LONGEST_ID or not name.isprintable():
        raise UnusableNameError(_("This cannot be an id."), name=name[:LONGEST_ID])


def _checked_contact(contact: str) -> str:
    address = contact.strip()
    if address:
        _check_address(address)
    return address


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise UnusableNameError(
            _("This is no e-mail address."), mend=_("Write it as name@example.org."), name=address[:320]
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise UnusableNameError(_("This e-mail address is too long."), name=address[:320])


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnusableNameError(
            _("An organisation's name has 1 to {longest} printable characters.").format(longest=LONGEST_NAME),
            name=name,
        )
    return name


def _taken(name: str) -> UnusableNameError:
    return UnusableNameError(
        _("There is an organisation of that name or id already."), mend=_("Choose another."), name=name
    )


def _facts(found: Organisation) -> OrganisationFacts:
    return OrganisationFacts(
        found.slug,
        found.name,
        found.contact,
        found.is_default,
        queries.claimed(_DATABASE, found),
        queries.claimed(_POLICY, found),
    )


def _record(home: Home, actor: Actor, action: str, organisation: Organisation, **details: str) -> None:
    """One line of the audit log; within the transaction, so that no change is kept without it."""
    told = {**details, "os_user": actor.os_user} if actor.os_user else details
    acts.write(home=home, actor=actor.name, action=action, subject=organisation.slug, details=told)


def among(*, account: Account | None, databases: Iterable[str]) -> tuple[str, ...]:
    """Those of these databases that are the account's own."""
    return tuple(name for name in databases if is_member(account=account, database_id=name))
