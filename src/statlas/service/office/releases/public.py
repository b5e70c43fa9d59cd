"""A release becomes public, is corrected by a later one, is withdrawn and restored, loses its records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from statlas.errors import MoveRefusedError
from statlas.model.release import ReleaseKind
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import Act, State
from statlas.service.office import calendar
from statlas.service.office.actors import KEEPER, Actor
from statlas.service.office.releases import facts, moving, reading
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.moving import Wanted
from statlas.service.tables import standing
from statlas.store import Home
from statlas.wording import _

Rename = Callable[[ReleaseFactsOfOffice], object]
"""What makes a release public on the disk, at one instant; raises where it cannot, and then nothing is public."""

_said: dict[tuple[Path, str, int], str] = {}
"""Releases, as they were after so many acts, of which the log says already that they open, and under which id: a disk
that fails every second must not fill it."""


def opened(
    *,
    home: Home,
    release_id: str,
    actor: Actor = KEEPER,
    reason: str = "",
    now: datetime | None = None,
    rename: Rename | None = None,
) -> ReleaseFactsOfOffice:
    """Make a scheduled release public at its minute; the keeper alone does.

    ``rename`` makes it so on the disk: it is called when everything else is certain and the line is in the audit log,
    while nobody can take the release off the schedule. Without it the disk must show the release already.

    Raises:
        AccessError: somebody else than the keeper asks.
        MoveRefusedError: it is not scheduled, or its minute has not come; ``rename`` was not called.
        StatlasError, OSError: whatever ``rename`` raises; then the release stays scheduled.
    """
    row = moving.own(actor, release_id)[0]
    at, key = now or timezone.now(), (home.path, release_id, row.moves)
    said = _said.get(key, "")
    move_id = said or random_id()

    def effect(row: ReleaseRow) -> None:
        _said[key] = move_id
        if rename is not None:
            rename(facts.of_row(row))
        elif not reading.is_on_disk(home=home, row=row):
            raise _not_there(row)

    # The version is what the release says itself, once it may be read: ``describe`` fills it.
    change = {"public_from": at, "version": ""}
    wanted = Wanted(home, release_id, Act.OPEN, actor, reason, at, seen=row.moves, change=change)
    done = moving.do(wanted, effect=effect, move_id=move_id, is_said=bool(said))
    _said.pop(key, None)
    return _settled(home, actor, done, at)


def _settled(home: Home, actor: Actor, done: ReleaseFactsOfOffice, at: datetime) -> ReleaseFactsOfOffice:
    settle(home=home, release_id=done.id, now=at)
    return moving.told(actor, done.id, at)


def settle(*, home: Home, release_id: str, now: datetime) -> None:
    """Do what follows from a release having become public; harmless to repeat, and its version says that it was done.

    The calendar knows under which number the announced release came out, then the release is described.
    """
    row = queries.find(release_id)
    assert row is not None, "it is public"
    if row.digest:
        moment = row.scheduled_for or row.public_from or now
        calendar.opened(home=home, database_id=row.database, release=row.release, digest=row.digest, public_from=moment)
    describe(home=home, release_id=release_id, now=now)


def _not_there(row: ReleaseRow) -> MoveRefusedError:
    return MoveRefusedError(
        _("Release {release} of {database} is not there.").format(release=row.release, database=row.database),
        mend=_("The keeper tries again."),
    )


def describe(*, home: Home, release_id: str, now: datetime) -> None:
    """Keep what a public release says of itself, and mark the one that it corrects; harmless to repeat."""
    row = queries.find(release_id)
    assert row is not None, "it is public"
    told = home.facts(row.database, row.release)
    before = queries.readable_before(row) if told.kind is ReleaseKind.CORRECTION else None
    if before is not None and before.state in {State.PUBLIC, State.RESTORED}:
        reason = told.note or _("A later release corrects it.")
        moving.do(Wanted(home, before.pk, Act.CORRECT, KEEPER, reason, now, about=f"release {row.release}"))
    queries.describe(row, kind=told.kind.value, note=told.note, version=told.version)


def withdraw(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Withdraw a public release at once; readers are shown the reason."""
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.withdraw(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    change = {"notice": reason.strip()}
    return moving.do(Wanted(home, release_id, Act.WITHDRAW, actor, reason, at, seen, change=change), effect=effect)


def restore(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Let a withdrawn release be read again."""
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.restore(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    return moving.do(
        Wanted(home, release_id, Act.RESTORE, actor, reason, at, seen, change={"notice": ""}), effect=effect
    )


def destroy(
    *, home: Home, release_id: str, actor: Actor, reason: str, seen: int | None = None, now: datetime | None = None
) -> ReleaseFactsOfOffice:
    """Destroy the records of a release that no longer answers; what was printed stays.

    That is put by first: it takes minutes, in which others act and the keeper opens what is due.
    """
    at = now or timezone.now()

    def effect(row: ReleaseRow) -> None:
        standing.destroy(home=home, database_id=row.database, release=row.release, reason=reason.strip(), at=at)

    def check(row: ReleaseRow) -> None:
        if home.releases(row.database)[-1:] == (row.release,):
            raise MoveRefusedError(
                _("Release {release} of {database} is the one that answers.").format(
                    release=row.release, database=row.database
                ),
                mend=_("Its records are destroyed when a later release answers, or after it is withdrawn."),
            )

    wanted = Wanted(home, release_id, Act.DESTROY, actor, reason, at, seen)
    row = moving.allowed(wanted)
    check(row)
    standing.keep_printed(home=home, database_id=row.database, release=row.release)
    return moving.do(wanted, beside=check, effect=effect)
