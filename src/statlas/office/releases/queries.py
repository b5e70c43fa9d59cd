"""What is asked of the tables of releases, and every change to them.

A release changes in one statement that names how many acts it has had: of two that act at once, one does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from statlas.office.releases.models import Answer, EarlyReader, Move, ReleaseRow
from statlas.office.releases.states import READABLE, UNDER_WAY, Act, State

_ID = re.compile(r"[0-9a-f]{32}")
_UNDER_WAY = sorted(state.value for state in UNDER_WAY)


def databases() -> frozenset[str]:
    """Ids of databases that have, or had, a release here."""
    return frozenset(ReleaseRow.objects.values_list("database", flat=True).distinct())


def find(release_id: str) -> ReleaseRow | None:
    """The release of that id; None for what cannot be one, whatever characters it has."""
    if not _ID.fullmatch(release_id):
        return None
    return ReleaseRow.objects.filter(pk=release_id).first()


def by_draft(draft_id: str) -> ReleaseRow | None:
    """The release whose draft that is."""
    return ReleaseRow.objects.filter(draft_id=draft_id).first()


def by_number(database: str, release: str) -> ReleaseRow | None:
    """The release of that number, unless it was discarded."""
    return ReleaseRow.objects.filter(database=database, release=release).exclude(state=State.DISCARDED).first()


def under_way(database: str) -> ReleaseRow | None:
    """The release of a database that is not public yet."""
    return ReleaseRow.objects.filter(database=database, state__in=_UNDER_WAY).first()


def all_under_way() -> Sequence[ReleaseRow]:
    """Every release that is not public yet, the one that is next first."""
    return tuple(ReleaseRow.objects.filter(state__in=_UNDER_WAY).order_by("scheduled_for", "created"))


def listed(
    *, own: Collection[str], default_without: Collection[str] | None, states: Collection[State] = ()
) -> Sequence[ReleaseRow]:
    """Releases of databases that are one's own, newest first; of those found in one look, the highest number.

    default_without: databases of others, where everything else is one's own too; None where it is not.
    """
    mine = Q(database__in=list(own))
    if default_without is not None:
        mine |= ~Q(database__in=list(default_without))
    found = ReleaseRow.objects.filter(mine)
    asked = found.filter(state__in=[state.value for state in states]) if states else found
    return tuple(sorted(asked, key=lambda row: (row.created, len(row.release), row.release), reverse=True))


def due(now: datetime) -> Sequence[ReleaseRow]:
    """Scheduled releases whose minute has come, the earliest first."""
    return tuple(
        ReleaseRow.objects.filter(state=State.SCHEDULED, scheduled_for__lte=now).order_by("scheduled_for", "created")
    )


def add(**fields: Any) -> ReleaseRow | None:
    """A release; None where its database has one under way, or one of that number, or the draft has one."""
    try:
        with transaction.atomic():
            return ReleaseRow.objects.create(**fields)
    except IntegrityError:
        return None


def change(row: ReleaseRow, **fields: Any) -> bool:
    """Give a release other facts and count the act; False where somebody has acted meanwhile."""
    return ReleaseRow.objects.filter(pk=row.pk, moves=row.moves).update(moves=row.moves + 1, **fields) > 0


def write_move(row: ReleaseRow, *, act: Act, after: State, **fields: Any) -> Move:
    """Keep an act in the history of a release."""
    return Move.objects.create(release=row, number=row.moves + 1, act=act, before=row.state, after=after, **fields)


def write_first_move(row: ReleaseRow, *, act: Act, **fields: Any) -> Move:
    """Keep the act that made a release."""
    return Move.objects.create(release=row, number=0, act=act, before="", after=row.state, **fields)


def describe(row: ReleaseRow, *, kind: str, note: str, version: str) -> None:
    """What a release says of itself; no act."""
    ReleaseRow.objects.filter(pk=row.pk).update(kind=kind, note=note, version=version)
    row.kind, row.note, row.version = kind, note, version


def readable_before(row: ReleaseRow) -> ReleaseRow | None:
    """The newest release of the same database, by number, that could be read before this one."""
    readable = [state.value for state in READABLE]
    found = [
        other
        for other in ReleaseRow.objects.filter(database=row.database, state__in=readable).exclude(pk=row.pk)
        if int(other.release) < int(row.release)
    ]
    return max(found, key=lambda other: int(other.release), default=None)


def history(row: ReleaseRow) -> Sequence[Move]:
    """The acts on a release in their order."""
    return tuple(Move.objects.filter(release=row))


def is_destroyed(row: ReleaseRow) -> bool:
    """Whether the records of a release were destroyed; only of one that was public can they be."""
    return row.state not in _UNDER_WAY and Move.objects.filter(release=row, act=Act.DESTROY).exists()


def known_moves(ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids of acts that are kept here."""
    wanted, kept = list(ids), set[str]()
    for start in range(0, len(wanted), 500):  # SQLite takes some thousand values in a statement
        kept.update(Move.objects.filter(pk__in=wanted[start : start + 500]).values_list("pk", flat=True))
    return frozenset(kept)


# --- findings ---------------------------------------------------------------------------------------------------------


def answer(row: ReleaseRow, *, finding: str, reason: str, by: str, at: datetime) -> None:
    """Accept a finding; a later reason takes the place of an earlier one."""
    Answer.objects.update_or_create(release=row, finding=finding, defaults={"reason": reason, "by": by, "at": at})


def answers(row: ReleaseRow) -> Sequence[Answer]:
    """The findings that were accepted."""
    return tuple(Answer.objects.filter(release=row))


# --- early readers ----------------------------------------------------------------------------------------------------


def let_in(row: ReleaseRow, **fields: Any) -> bool:
    """Let somebody read a release early; False where they are let in already."""
    try:
        with transaction.atomic():
            EarlyReader.objects.create(release=row, **fields)
    except IntegrityError:
        return False
    return True


def shut_out(row: ReleaseRow, email: str, now: datetime) -> bool:
    """Take early reading back; False where they were not let in."""
    return EarlyReader.objects.filter(release=row, email__iexact=email, revoked__isnull=True).update(revoked=now) > 0


def early_readers(row: ReleaseRow) -> Sequence[EarlyReader]:
    """Everybody who was let in, by name."""
    return tuple(EarlyReader.objects.filter(release=row))


def early_reader(row: ReleaseRow, email: str) -> EarlyReader | None:
    """The grant of an address that is in force."""
    return EarlyReader.objects.filter(release=row, email__iexact=email, revoked__isnull=True).first()


def revoked_reader(row: ReleaseRow, email: str) -> EarlyReader | None:
    """The grant of an address that was taken back last."""
    taken = EarlyReader.objects.filter(release=row, email__iexact=email, revoked__isnull=False)
    return taken.order_by("revoked", "pk").last()


def let_in_to(email: str) -> Sequence[ReleaseRow]:
    """Scheduled releases that an address may read early when the hours before have come."""
    grants = EarlyReader.objects.filter(email__iexact=email, revoked__isnull=True, release__state=State.SCHEDULED)
    return tuple(grant.release for grant in grants.select_related("release").order_by("release__scheduled_for"))


def mark_opened(reader: EarlyReader, now: datetime) -> None:
    """Note when somebody first read a release early."""
    EarlyReader.objects.filter(pk=reader.pk, opened__isnull=True).update(opened=now)


def set_to_answer(row: ReleaseRow, found: Sequence[str]) -> None:
    """Which findings need a reason, learnt later; no act."""
    ReleaseRow.objects.filter(pk=row.pk, to_answer__isnull=True).update(to_answer=list(found))


def change_to_answer(row: ReleaseRow, finding: str, *, is_needed: bool) -> None:
    """Whether a finding needs a reason has changed; no act."""
    with transaction.atomic():
        now = ReleaseRow.objects.select_for_update().get(pk=row.pk).to_answer or []
        others = [one for one in now if one != finding]
        ReleaseRow.objects.filter(pk=row.pk).update(to_answer=[*others, finding] if is_needed else others)


def every() -> Sequence[ReleaseRow]:
    """Every release that was not discarded."""
    return tuple(ReleaseRow.objects.exclude(state=State.DISCARDED))


def discarded_drafts() -> frozenset[str]:
    """Ids of the drafts of releases that were discarded."""
    found = ReleaseRow.objects.filter(state=State.DISCARDED, draft_id__isnull=False)
    return frozenset(str(draft) for draft in found.values_list("draft_id", flat=True))


def undescribed() -> Sequence[ReleaseRow]:
    """Public releases of which it is not kept yet what they say of themselves."""
    return tuple(ReleaseRow.objects.filter(state__in=[state.value for state in READABLE], version=""))
