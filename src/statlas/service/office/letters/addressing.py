"""Who is told of an act on a release: those whose turn it is, those whose work it was, those who may read it early.

Nobody is told of what they did themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.letters.models import Kind
from statlas.office.organisations import queries as organisation_queries
from statlas.office.organisations.models import Belonging, Organisation
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries as release_queries
from statlas.office.releases.models import EarlyReader, ReleaseRow
from statlas.office.releases.states import Act


@dataclass(frozen=True)
class Told:
    """Somebody who is told something: an account, or somebody who may read early."""

    kind: Kind
    account: Account | None = None
    reader: EarlyReader | None = None

    @property
    def email(self) -> str:
        """Their address."""
        return str(self.account.email if self.account is not None else self.reader.email if self.reader else "")


def told_of(row: ReleaseRow, act: Act, *, actor: str, about: str) -> tuple[Told, ...]:
    """Everybody who is told of an act on a release, which ``actor`` does; ``about`` is the address that it is about."""
    found = (*_staff(row, act), *_readers(row, act, about))
    return tuple(one for one in found if one.email.casefold() != actor.casefold())


def organisation_of(row: ReleaseRow) -> Organisation:
    """Whose release it is."""
    return organisation_queries.owner(Belonging.Kind.DATABASE, row.database)


def having(row: ReleaseRow, wanted: Collection[Role]) -> tuple[Account, ...]:
    """The accounts that have one of these roles in the organisation whose release it is."""
    return organisation_queries.having(wanted, organisation_of(row))


def preparer(row: ReleaseRow) -> Account | None:
    """Who prepared a release; by their address where somebody else took up their draft after a crash."""
    return row.preparer or (account_queries.find(row.prepared_by) if row.prepared_by else None)


def _staff(row: ReleaseRow, act: Act) -> Iterator[Told]:
    match act:
        case Act.CHECK:
            approvers = having(row, {Role.APPROVER})
            yield from _each(Kind.WAITS, (one for one in approvers if one != preparer(row)))
        case Act.SEND_BACK:
            yield from _each(Kind.SENT_BACK, (preparer(row),))
        case Act.DISCARD | Act.LOSE:
            yield from _each(Kind.DISCARDED, (preparer(row),))
        case Act.APPROVE:
            yield from _each(Kind.APPROVED, (preparer(row),))
        case Act.SCHEDULE:
            yield from _each(Kind.SCHEDULED, having(row, {Role.PRODUCER, Role.APPROVER}))
        case Act.UNSCHEDULE:
            yield from _each(Kind.UNSCHEDULED, having(row, {Role.PRODUCER, Role.APPROVER}))
        case Act.OPEN | Act.WITHDRAW | Act.RESTORE:
            yield from _each(_PUBLIC[act], dict.fromkeys((preparer(row), row.approver)))


_PUBLIC = {Act.OPEN: Kind.OPENED, Act.WITHDRAW: Kind.WITHDRAWN, Act.RESTORE: Kind.RESTORED}


def _each(kind: Kind, accounts: Collection[Account | None] | Iterator[Account | None]) -> Iterator[Told]:
    return (Told(kind, account=account) for account in accounts if account is not None)


def _readers(row: ReleaseRow, act: Act, about: str) -> Iterator[Told]:
    match act:
        case Act.GRANT_ACCESS:
            reader = release_queries.early_reader(row, about)
            yield from (Told(kind, reader=reader) for kind in (Kind.EARLY, Kind.EARLY_BEGINS) if reader is not None)
        case Act.REVOKE_ACCESS:
            reader = release_queries.revoked_reader(row, about)
            yield from () if reader is None else (Told(Kind.EARLY_REVOKED, reader=reader),)
        case Act.SCHEDULE:
            yield from (Told(kind, reader=one) for one in _let_in(row) for kind in (Kind.EARLY, Kind.EARLY_BEGINS))
        case Act.UNSCHEDULE | Act.DISCARD | Act.LOSE:
            yield from (Told(Kind.EARLY_OFF, reader=one) for one in _let_in(row))


def _let_in(row: ReleaseRow) -> list[EarlyReader]:
    return [one for one in release_queries.early_readers(row) if one.revoked is None]
