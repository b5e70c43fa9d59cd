"""What the office tells of a release, and of what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from statlas.model.release import ReleaseKind
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries
from statlas.office.releases.models import EarlyReader, Move, ReleaseRow
from statlas.office.releases.states import EARLY, READABLE, UNDER_WAY, Act, State
from statlas.service.office.releases.machine import Person, Standing, allowed


@dataclass(frozen=True)
class ReleaseFactsOfOffice:
    """Where a release is: ``ReleaseFactsOfOffice(id="0f3a...", database="hb_new", release="13", state=State.CHECKED)``.

    ``id`` tells releases apart; ``release`` is the number that it has or would have. All moments are in UTC.
    draft_id: what it lies sealed under; empty for one that never was a draft. digest: what is announced before.
    to_answer: ids of the findings that need a reason, None where only the keeper knows; ``answers`` those given.
    note: what readers are told in plain words; empty before it is public, see ``reading.note``.
    is_destroyed: its records are no more; what was printed of them is.
    moves: how many acts it has had; an act that names it is refused if somebody acted meanwhile.
    acts: what whoever asked can do to it now; empty where nobody in particular asked.
    """

    id: str
    database: str
    release: str
    state: State
    kind: ReleaseKind = ReleaseKind.NEW
    version: str = ""
    note: str = ""
    draft_id: str = ""
    digest: str = ""
    prepared_by: str = ""
    approved_by: str = ""
    approved_because: str = ""
    scheduled_for: datetime | None = None
    public_from: datetime | None = None
    notice: str = ""
    is_destroyed: bool = False
    to_answer: tuple[str, ...] | None = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    created: datetime | None = None
    changed: datetime | None = None
    moves: int = 0
    acts: tuple[Act, ...] = ()

    @property
    def is_under_way(self) -> bool:
        """Whether it is not public yet and may become so."""
        return self.state in UNDER_WAY

    @property
    def is_public(self) -> bool:
        """Whether anybody can read it now."""
        return self.state in READABLE

    @property
    def unanswered(self) -> int | None:
        """How many findings still need a reason; None where that is not known."""
        return None if self.to_answer is None else sum(one not in self.answers for one in self.to_answer)

    @property
    def early_from(self) -> datetime | None:
        """From when named people may read it; None where it is not scheduled."""
        return None if self.scheduled_for is None else self.scheduled_for - EARLY


@dataclass(frozen=True)
class MoveFacts:
    """An act on a release: who, what, when, why; ``about`` says to what of it, such as a finding or an address.

    minute: for when it was scheduled; None of every other act.
    """

    act: Act
    before: State | None
    after: State
    actor: str
    at: datetime
    reason: str = ""
    about: str = ""
    os_user: str = ""
    minute: datetime | None = None


@dataclass(frozen=True)
class EarlyReaderFacts:
    """Somebody who was let in before the minute; ``name`` and ``post`` are published, ``email`` is not."""

    name: str
    post: str
    email: str = ""
    granted_by: str = ""
    granted: datetime | None = None
    revoked: datetime | None = None
    opened: datetime | None = None


def of_row(row: ReleaseRow, *, by: Person | None = None, now: datetime | None = None) -> ReleaseFactsOfOffice:
    """The facts of a row; with somebody who asks, what they can do."""
    facts = ReleaseFactsOfOffice(
        id=row.pk,
        database=row.database,
        release=row.release,
        state=State(row.state),
        kind=ReleaseKind(row.kind),
        version=row.version,
        note=row.note,
        draft_id=row.draft_id or "",
        digest=row.digest,
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        approved_because=row.approved_because,
        scheduled_for=row.scheduled_for,
        public_from=row.public_from,
        notice=row.notice,
        is_destroyed=queries.is_destroyed(row),
        to_answer=None if row.to_answer is None else tuple(row.to_answer),
        answers={answer.finding: answer.reason for answer in queries.answers(row)} if row.to_answer else {},
        created=row.created,
        changed=row.changed,
        moves=row.moves,
    )
    if by is None:
        return facts
    acts = allowed(standing_of(facts), by=by, now=now or timezone.now())
    return ReleaseFactsOfOffice(**{**vars(facts), "acts": acts})


def standing_of(facts: ReleaseFactsOfOffice) -> Standing:
    """What the machine needs to know of a release."""
    return Standing(
        facts.state, facts.prepared_by, facts.unanswered, facts.approved_by, facts.scheduled_for, facts.is_destroyed
    )


def of_move(move: Move) -> MoveFacts:
    """The facts of an act."""
    return MoveFacts(
        Act(move.act),
        State(move.before) if move.before else None,
        State(move.after),
        move.actor,
        move.at,
        move.reason,
        move.about,
        move.os_user,
        move.minute,
    )


def of_reader(reader: EarlyReader, *, is_public: bool = False) -> EarlyReaderFacts:
    """The facts of somebody who was let in early; to the public, the name and post alone."""
    if is_public:
        return EarlyReaderFacts(reader.name, reader.post)
    return EarlyReaderFacts(
        reader.name, reader.post, reader.email, reader.granted_by, reader.granted, reader.revoked, reader.opened
    )


def person(name: str, roles: frozenset[Role], *, is_system: bool = False) -> Person:
    """Whoever acts, as the machine needs to know them."""
    return Person(name, roles, is_system)
