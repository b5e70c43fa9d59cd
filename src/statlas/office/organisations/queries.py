"""What is asked of the tables of organisations, and every change to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q

from statlas.office.accounts.models import Account
from statlas.office.organisations.models import Belonging, Membership, Organisation
from statlas.office.organisations.roles import BY_HOUSE_ROLE, Role

DEFAULT = "default"
"""The slug of the organisation that is there without being made."""


def default() -> Organisation:
    """The organisation of what no other claims; made when it is first asked for."""
    found = Organisation.objects.filter(is_default=True).first()
    if found is not None:
        return found
    fields = {"name": "This department", "is_default": True}
    return Organisation.objects.get_or_create(slug=DEFAULT, defaults=fields)[0]


def lock() -> None:
    """Let nobody else act on releases or organisations until this transaction ends.

    Acts are rare and short: one row that all of them take is enough. SQLite has one writer anyway.
    """
    Organisation.objects.select_for_update().get(pk=default().pk)


def every() -> Sequence[Organisation]:
    """All of them, the default one first."""
    return (default(), *Organisation.objects.filter(is_default=False))


def find(slug: str) -> Organisation | None:
    """The organisation of that slug."""
    return default() if slug == DEFAULT else Organisation.objects.filter(slug=slug).first()


def add(slug: str, name: str, contact: str) -> Organisation | None:
    """A new organisation; None where one has the slug or the name."""
    try:
        with transaction.atomic():
            return Organisation.objects.create(slug=slug, name=name, contact=contact)
    except IntegrityError:
        return None


def rename(organisation: Organisation, name: str, contact: str) -> bool:
    """Give an organisation another name and contact; False where another has the name."""
    try:
        with transaction.atomic():
            Organisation.objects.filter(pk=organisation.pk).update(name=name, contact=contact)
    except IntegrityError:
        return False
    return True


# --- members ----------------------------------------------------------------------------------------------------------


def give(organisation: Organisation, account: Account, role: Role) -> bool:
    """Give an account a role; False where it has it."""
    return Membership.objects.get_or_create(organisation=organisation, account=account, role=role.value)[1]


def take(organisation: Organisation, account: Account, role: Role) -> bool:
    """Take a role from an account; False where it has it not."""
    return Membership.objects.filter(organisation=organisation, account=account, role=role.value).delete()[0] > 0


def members(organisation: Organisation) -> Sequence[Membership]:
    """Who belongs to it, by address and role."""
    found = Membership.objects.filter(organisation=organisation).select_related("account")
    return tuple(found.order_by("account__email", "role"))


def roles(account: Account | None, organisation: Organisation) -> frozenset[Role]:
    """What an account may be in an organisation; asked of the tables each time, so that what is taken is gone.

    An account without any membership has, in the default organisation, what its roles in the house give it.
    """
    if account is None or not Account.objects.filter(pk=account.pk, is_active=True).exists():
        return frozenset()
    given = list(Membership.objects.filter(account=account).values_list("organisation_id", "role"))
    if given or not organisation.is_default:
        return frozenset(Role(role) for owner, role in given if owner == organisation.pk)
    return _of_the_house(account)


def having(wanted: Collection[Role], organisation: Organisation) -> tuple[Account, ...]:
    """The accounts in use that have one of these roles in an organisation, by address."""
    may = Q(memberships__organisation=organisation)
    if organisation.is_default:
        may |= Q(memberships=None) & (Q(groups__name__in=list(BY_HOUSE_ROLE)) | Q(is_superuser=True))
    found = Account.objects.filter(may, is_active=True).order_by("email").distinct()
    return tuple(account for account in found if not roles(account, organisation).isdisjoint(wanted))


def _of_the_house(account: Account) -> frozenset[Role]:
    names = set(account.groups.values_list("name", flat=True)) | ({"administrator"} if account.is_superuser else set())
    return frozenset(role for name in names for role in BY_HOUSE_ROLE.get(name, ()))


# --- belongings -------------------------------------------------------------------------------------------------------


def owner(kind: Belonging.Kind, name: str) -> Organisation:
    """Whose a thing is; the default one's where nobody claims it."""
    found = Belonging.objects.filter(kind=kind, name=name).select_related("organisation").first()
    return default() if found is None else found.organisation


def claim(organisation: Organisation, kind: Belonging.Kind, name: str) -> None:
    """Make a thing an organisation's; what it was before does not matter."""
    if organisation.is_default:
        Belonging.objects.filter(kind=kind, name=name).delete()
    else:
        Belonging.objects.update_or_create(kind=kind, name=name, defaults={"organisation": organisation})


def claimed(kind: Belonging.Kind, organisation: Organisation) -> tuple[str, ...]:
    """Names of what an organisation claims; nothing for the default one, which has the rest."""
    return tuple(Belonging.objects.filter(kind=kind, organisation=organisation).values_list("name", flat=True))


def unclaimed(kind: Belonging.Kind, among: Iterable[str]) -> tuple[str, ...]:
    """Names of this kind that no organisation claims."""
    taken = set(Belonging.objects.filter(kind=kind).values_list("name", flat=True))
    return tuple(name for name in among if name not in taken)


def claimed_by_others(kind: Belonging.Kind, organisation: Organisation) -> tuple[str, ...]:
    """Names of what another organisation claims."""
    others = Belonging.objects.filter(kind=kind).exclude(organisation=organisation)
    return tuple(others.values_list("name", flat=True))
