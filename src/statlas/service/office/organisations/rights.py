"""What an account may do with a database: its roles in the organisation whose database it is.

Nothing of another organisation's is told: a database that is not one's own is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

from statlas.definitions.policy_form import PRESETS
from statlas.errors import AccessError, UnknownNameError
from statlas.office.accounts.models import Account
from statlas.office.organisations import queries
from statlas.office.organisations.models import Belonging
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries as release_queries
from statlas.store import Home
from statlas.wording import _

_DATABASE, _POLICY = Belonging.Kind.DATABASE, Belonging.Kind.POLICY


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


def among(*, account: Account | None, databases: Iterable[str]) -> tuple[str, ...]:
    """Those of these databases that are the account's own."""
    return tuple(name for name in databases if is_member(account=account, database_id=name))


def administers(*, account: Account | None, organisation: str) -> bool:
    """Whether an account says who belongs to an organisation: its own administrators, and those of the site."""
    found = queries.find(organisation)
    if found is None or account is None or not account.is_active:
        return False
    return account.is_staff or Role.ADMINISTRATOR in queries.roles(account, found)
