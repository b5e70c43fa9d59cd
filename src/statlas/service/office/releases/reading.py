"""See releases on their way: of one's own organisation alone; another's is unknown, whatever is asked of it.

Functions that take an ``account`` are for doors. Those that take none are for the keeper, and for the public what is
public: they tell nothing that a door could not be asked for without them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from statlas.errors import StatlasError, UnknownNameError
from statlas.office.accounts.models import Account
from statlas.office.organisations import queries as organisation_queries
from statlas.office.organisations.models import Belonging
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import EARLY, READABLE, Act, State
from statlas.service.office import keeper_line, organisations
from statlas.service.office.releases import facts, machine
from statlas.service.office.releases.facts import EarlyReaderFacts, MoveFacts, ReleaseFactsOfOffice
from statlas.store import Home
from statlas.wording import _

__all__ = [
    "EARLY",
    "EarlyReaderFacts",
    "MoveFacts",
    "ReleaseFactsOfOffice",
    "all_under_way",
    "due",
    "early_for",
    "early_readers",
    "for_account",
    "history",
    "may_read_early",
    "note",
    "pre_release_list",
    "release",
    "release_of",
    "under_way",
    "unknown",
    "why_not",
]

# --- for doors --------------------------------------------------------------------------------------------------------


def note(*, home: Home, account: Account, one: ReleaseFactsOfOffice, timeout_s: float = keeper_line.PATIENCE_S) -> str:
    """What readers are told of a release in plain words; before it is public the keeper alone knows.

    Raises:
        KeeperGoneError: the keeper does not answer.
    """
    if not (one.is_under_way and one.draft_id):
        return one.note
    told = keeper_line.ask(home=home, act="note", timeout_s=timeout_s, account=account.pk, release=one.id)
    return told.decode()


def release(*, account: Account | None, release_id: str, now: datetime | None = None) -> ReleaseFactsOfOffice:
    """A release of one's own organisation, with what one can do to it.

    Raises:
        UnknownNameError: there is none of that id, or it is another organisation's.
    """
    row, roles = _own(account, release_id)
    assert account is not None, "nobody has a role"
    return facts.of_row(row, by=facts.person(account.email, roles), now=now)


def for_account(*, account: Account | None, states: Collection[State] = ()) -> tuple[ReleaseFactsOfOffice, ...]:
    """The releases of one's own organisations, newest first; with ``states``, those that are there."""
    if account is None:
        return ()
    own: dict[str, frozenset[Role]] = {}
    others: tuple[str, ...] | None = None
    rest, now = frozenset[Role](), timezone.now()
    for organisation in organisation_queries.every():
        if roles := organisation_queries.roles(account, organisation):
            own |= dict.fromkeys(organisation_queries.claimed(Belonging.Kind.DATABASE, organisation), roles)
            if organisation.is_default:
                rest, others = roles, organisation_queries.claimed_by_others(Belonging.Kind.DATABASE, organisation)
    found = queries.listed(own=own, default_without=others, states=states)
    return tuple(
        facts.of_row(row, by=facts.person(account.email, own.get(row.database, rest)), now=now) for row in found
    )


def history(*, account: Account | None, release_id: str) -> tuple[MoveFacts, ...]:
    """What was done to a release of one's own organisation, oldest first.

    Raises:
        UnknownNameError: as ``release``.
    """
    return tuple(facts.of_move(move) for move in queries.history(_own(account, release_id)[0]))


def early_readers(*, account: Account | None, release_id: str) -> tuple[EarlyReaderFacts, ...]:
    """Who was let in early to a release of one's own organisation, taken back included.

    Raises:
        UnknownNameError: as ``release``.
    """
    return tuple(facts.of_reader(one) for one in queries.early_readers(_own(account, release_id)[0]))


def early_for(*, account: Account | None) -> tuple[ReleaseFactsOfOffice, ...]:
    """Scheduled releases to which an account is let in early, the next first; each says from when.

    What is told of one before its hours have come is its database and its minute, which are announced.
    """
    if account is None or not account.is_active:
        return ()
    return tuple(_bare(row) for row in queries.let_in_to(account.email))


def may_read_early(*, account: Account | None, release_id: str, now: datetime | None = None) -> bool:
    """Whether an account may read a release before its minute: let in by name, in the 24 hours before."""
    row, now = queries.find(release_id), now or timezone.now()
    if account is None or not account.is_active or row is None or row.state != State.SCHEDULED:
        return False
    if row.scheduled_for is None or not row.scheduled_for - EARLY <= now < row.scheduled_for:
        return False
    return queries.early_reader(row, account.email) is not None


def why_not(*, account: Account | None, release_id: str, act: Act) -> StatlasError | None:
    """Why an account cannot do something to a release of its own now, reason and minute aside; None where it can.

    Raises:
        UnknownNameError: as ``release``.
    """
    row, roles = _own(account, release_id)
    assert account is not None, "nobody has a role"
    standing, now = facts.standing_of(facts.of_row(row)), timezone.now()
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return machine.why_not(standing, act, by=facts.person(account.email, roles), reason="-", now=now, moment=far)


def was_let_in(*, account: Account | None, release_id: str) -> ReleaseFactsOfOffice | None:
    """A scheduled or public release to which an account is let in, as little as ``early_for`` tells; else None."""
    row = queries.find(release_id)
    if account is None or not account.is_active or row is None or queries.early_reader(row, account.email) is None:
        return None
    return _bare(row) if row.state in {State.SCHEDULED, *READABLE} else None


# --- for the keeper ---------------------------------------------------------------------------------------------------


def release_of(*, release_id: str = "", draft_id: str = "") -> ReleaseFactsOfOffice | None:
    """A release by its id or its draft's, whoever's it is; None where there is none."""
    row = queries.find(release_id) if release_id else queries.by_draft(draft_id)
    return None if row is None else facts.of_row(row)


def under_way(*, database_id: str) -> ReleaseFactsOfOffice | None:
    """The release of a database that is not public yet; None where there is none."""
    row = queries.under_way(database_id)
    return None if row is None else facts.of_row(row)


def all_under_way() -> tuple[ReleaseFactsOfOffice, ...]:
    """Every release that is not public yet, those with a minute first and by it."""
    found = [facts.of_row(row) for row in queries.all_under_way()]
    return tuple(sorted(found, key=lambda one: (one.scheduled_for is None, one.scheduled_for or one.created)))


def due(*, now: datetime) -> tuple[ReleaseFactsOfOffice, ...]:
    """Scheduled releases whose minute has come, the earliest first: those to open now."""
    return tuple(facts.of_row(row) for row in queries.due(now))


def is_on_disk(*, home: Home, row: ReleaseRow) -> bool:
    """Whether the disk shows the very release of a row: one of its number and digest, withdrawn or not."""
    if row.release not in home.all_releases(row.database):
        return False
    return not row.digest or home.facts(row.database, row.release).digest == row.digest


# --- for the public ---------------------------------------------------------------------------------------------------


def pre_release_list(*, database: str, release: str) -> tuple[EarlyReaderFacts, ...]:
    """Who was let in early to a release that is public: names and posts, by name.

    Empty where the release is not public yet, or nobody was let in.
    """
    row = queries.by_number(database, release)
    if row is None or row.state not in {*READABLE, State.WITHDRAWN}:
        return ()
    return tuple(
        facts.of_reader(one, is_public=True)
        for one in queries.early_readers(row)
        if one.revoked is None or one.opened is not None
    )


# --- whose it is ------------------------------------------------------------------------------------------------------


def _own(account: Account | None, release_id: str) -> tuple[ReleaseRow, frozenset[Role]]:
    row = queries.find(release_id)
    roles = frozenset[Role]()
    if row is not None:
        roles = organisations.roles_of(account=account, database_id=row.database)
    if row is None or not roles:
        raise unknown(release_id)
    return row, roles


def unknown(release_id: str) -> UnknownNameError:
    """What is said of a release that is another organisation's, and of one that is not there: the same."""
    return UnknownNameError(
        _("There is no release {id!r} in your organisation.").format(id=release_id[:64]),
        mend=_("The work list has those that there are."),
        component=release_id[:64],
    )


def _bare(row: ReleaseRow) -> ReleaseFactsOfOffice:
    return ReleaseFactsOfOffice(
        id=row.pk, database=row.database, release="", state=State(row.state), scheduled_for=row.scheduled_for
    )
