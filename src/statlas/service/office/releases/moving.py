"""The one way in which a release changes: one transaction, one line of the audit log, one row of its history.

In this order: nobody else acts (a lock); the release as it is now; whether it may be done (``machine``); the change,
which names how many acts were seen; the history; the letters that tell of it, which are sent later; the line of the
audit log, which is on the disk when it returns; what the disk needs (a rename, a notice); the end of the transaction.

Of a process that is killed in between is left either nothing, or a line of an act that was not kept: ``repairing``
finds it, and the disk says which. So nothing is ever public, withdrawn or approved without its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from statlas.errors import MoveRefusedError
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import Act, State
from statlas.service.office import acts, organisations
from statlas.service.office.actors import Actor
from statlas.service.office.letters import writing as letters
from statlas.service.office.releases import facts, machine
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.reading import unknown
from statlas.service.tables import auditing
from statlas.store import Home
from statlas.wording import _

Effect = Callable[[ReleaseRow], object]
"""Something to be done with the release as it is before the act."""

NOT_KEPT = "release.not-kept"
"""The line that takes back the line of an act that came to nothing."""


@dataclass(frozen=True)
class Wanted:
    """An act that somebody wants to do, and what goes with it.

    seen: how many acts the release had when they looked; None where that does not matter.
    moment: its minute. about: to what of it, for the history. change: fields of the row.
    """

    home: Home
    release_id: str
    act: Act
    actor: Actor
    reason: str = ""
    now: datetime = field(default_factory=timezone.now)
    seen: int | None = None
    moment: datetime | None = None
    about: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)


def do(
    wanted: Wanted,
    *,
    beside: Effect | None = None,
    effect: Effect | None = None,
    move_id: str = "",
    is_said: bool = False,
) -> ReleaseFactsOfOffice:
    """Do it, or change nothing.

    Args:
        beside: what other tables need, done before the audit line.
        effect: what the disk needs, done last. It is one step: where it raises, nothing of it is done, or all.
        move_id, is_said: under which id the log says it already.

    Raises:
        UnknownNameError: there is no such release, or it is another organisation's.
        AccessError: somebody else has to do it.
        MoveRefusedError: it cannot be done now, or somebody else was quicker.
        HomeError: the line or the file could not be written: nothing is changed.
    """
    _check_text(wanted.reason)
    with acts.alone():
        row, roles = own(wanted.actor, wanted.release_id)
        _check_seen(row, wanted)
        after = _moved(row, roles, wanted)
        _change(row, after, wanted)
        if beside is not None:
            beside(row)
        move_id = move_id or random_id()
        _keep(row, after, wanted, move_id)
        _tell(row, wanted, move_id)
        if not is_said:
            record(row, wanted.act, after.state, wanted, move_id)
        if effect is not None:
            effect(row)
    return told(wanted.actor, wanted.release_id, wanted.now)


def allowed(wanted: Wanted) -> ReleaseRow:
    """The release as it is, where the act may be done to it; for what is slow and has to be ready before it is done.

    Nothing is changed and nobody kept from acting: ``do`` looks again.

    Raises:
        UnknownNameError, AccessError, MoveRefusedError: as ``do``.
    """
    _check_text(wanted.reason)
    row, roles = own(wanted.actor, wanted.release_id)
    _check_seen(row, wanted)
    _moved(row, roles, wanted)
    return row


def told(actor: Actor, release_id: str, now: datetime) -> ReleaseFactsOfOffice:
    """The release as it is, with what whoever acts can do next."""
    row, roles = own(actor, release_id)
    return facts.of_row(row, by=_person(actor, roles), now=now)


def own(actor: Actor, release_id: str) -> tuple[ReleaseRow, frozenset[Role]]:
    """The release of that id, and what whoever acts is in its organisation.

    Raises:
        UnknownNameError: there is none, or they are nothing there.
    """
    row = queries.find(release_id)
    if row is None:
        raise unknown(release_id)
    roles = frozenset[Role]()
    if not actor.is_system:
        roles = organisations.roles_of(account=actor.account, database_id=row.database)
        if not roles:
            raise unknown(release_id)
    return row, roles


def record(row: ReleaseRow, act: Act, after: State, wanted: Wanted, move_id: str) -> None:
    """The line of the audit log; it is on the disk when this returns."""
    actor = wanted.actor
    details = {
        "release": row.pk,
        "move": move_id,
        "before": row.state,
        "after": after.value,
        "about": wanted.about,
        "os_user": actor.os_user,
        "moment": wanted.moment.isoformat() if wanted.moment else "",
    }
    auditing.record(
        home=wanted.home,
        actor=actor.name,
        action=f"release.{act.value}",
        subject=subject_of(row),
        reason=wanted.reason.strip(),
        details={name: text for name, text in details.items() if text},
    )


def record_first(row: ReleaseRow, act: Act, wanted: Wanted, move_id: str) -> None:
    """The line of an act that makes a release: it was nowhere before."""
    details = {"release": row.pk, "move": move_id, "after": row.state, "os_user": wanted.actor.os_user}
    if row.draft_id:
        details |= {"draft": row.draft_id, "digest": row.digest, "prepared_by": row.prepared_by}
    auditing.record(
        home=wanted.home,
        actor=wanted.actor.name,
        action=f"release.{act.value}",
        subject=subject_of(row),
        reason=wanted.reason,
        details={name: text for name, text in details.items() if text},
    )


def subject_of(row: ReleaseRow) -> str:
    """How the audit log names a release: ``hb_new release 12``."""
    return f"{row.database} release {row.release}"


def _check_text(reason: str) -> None:
    if "\0" in reason or (not reason.isascii() and any("\ud800" <= sign <= "\udfff" for sign in reason)):
        raise MoveRefusedError(
            _("The reason holds characters that cannot be kept."), mend=_("Write it in letters, digits and signs.")
        )


def _check_seen(row: ReleaseRow, wanted: Wanted) -> None:
    if wanted.seen is not None and wanted.seen != row.moves:
        raise quicker(row)


def quicker(row: ReleaseRow) -> MoveRefusedError:
    """What is said to whoever acts on a release that somebody else has changed since they looked."""
    last = queries.history(row)[-1:]
    who = last[0].actor if last else _("somebody else")
    return MoveRefusedError(
        _("{who} has acted on this release since you looked at it.").format(who=who),
        mend=_("Nothing was changed. Look at it as it is now, and decide anew."),
        state=row.state,
    )


def _moved(row: ReleaseRow, roles: frozenset[Role], wanted: Wanted) -> machine.Standing:
    return machine.move(
        facts.standing_of(facts.of_row(row)),
        wanted.act,
        by=_person(wanted.actor, roles),
        reason=wanted.reason,
        now=wanted.now,
        moment=wanted.moment,
    )


def _person(actor: Actor, roles: frozenset[Role]) -> machine.Person:
    return machine.Person(actor.name, roles, actor.is_system)


def _change(row: ReleaseRow, after: machine.Standing, wanted: Wanted) -> None:
    fields = {
        "state": after.state.value,
        "approved_by": after.approved_by,
        "scheduled_for": after.scheduled_for,
        "changed": wanted.now,
        **wanted.change,
    }
    if not queries.change(row, **fields):
        raise quicker(row)


def _keep(row: ReleaseRow, after: machine.Standing, wanted: Wanted, move_id: str) -> None:
    """The history; the line of the audit log comes after it, when nothing of ours can fail any more."""
    queries.write_move(
        row,
        id=move_id,
        act=wanted.act,
        after=after.state,
        actor=wanted.actor.name,
        os_user=wanted.actor.os_user,
        reason=wanted.reason.strip(),
        about=wanted.about,
        minute=wanted.moment,
        at=wanted.now,
    )


def _tell(row: ReleaseRow, wanted: Wanted, move_id: str) -> None:
    """The letters of the act: they are sent once it is done, and not at all where it comes to nothing."""
    letters.of_act(
        row,
        wanted.act,
        move_id=move_id,
        actor=wanted.actor.name,
        now=wanted.now,
        moment=wanted.moment,
        about=wanted.about,
    )


def not_kept(home: Home, subject: str, release_id: str, move_id: str) -> None:
    """Say in the audit log that the act of a line above came to nothing."""
    auditing.record(
        home=home,
        actor="repair",
        action=NOT_KEPT,
        subject=subject,
        reason="The act was not carried out; the release is as it was before.",
        details={"release": release_id, "move": move_id},
    )
