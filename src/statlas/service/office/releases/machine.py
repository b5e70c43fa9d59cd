"""What may be done to a release, by whom, and where it is afterwards: without a database, a clock or chance.

Rules of the room: every change of a release's state is a row of ``RULES``; nothing becomes public but by OPEN; OPEN
starts from SCHEDULED alone, SCHEDULED is reached from APPROVED alone, and APPROVED by an act of somebody who did not
prepare the release. Sending back takes the approval away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from statlas.errors import AccessError, MoveRefusedError, StatlasError
from statlas.office.organisations.roles import Role
from statlas.office.releases.states import READABLE, UNDER_WAY, Act, State
from statlas.wording import _, later

__all__ = ["ACTS_OF_PEOPLE", "RULES", "Act", "Person", "Rule", "Standing", "State", "allowed", "move", "why_not"]

_BEFORE_SCHEDULE = frozenset({State.DRAFT, State.CHECKED, State.APPROVED})
_ALL = frozenset(Role)
_NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Rule:
    """From which states an act starts and where it ends; ``after`` None stays where it is.

    roles: any one of them may; nobody where only the system does it.
    needs_reason: whether why has to be said.
    """

    before: frozenset[State]
    after: State | None
    roles: frozenset[Role]
    needs_reason: bool = False


RULES: Mapping[Act, Rule] = {
    Act.ACCEPT: Rule(frozenset({State.DRAFT}), None, frozenset({Role.PRODUCER, Role.REVIEWER}), needs_reason=True),
    Act.CHECK: Rule(frozenset({State.DRAFT}), State.CHECKED, frozenset({Role.PRODUCER, Role.REVIEWER})),
    Act.SEND_BACK: Rule(
        frozenset({State.CHECKED, State.APPROVED}),
        State.DRAFT,
        frozenset({Role.PRODUCER, Role.REVIEWER, Role.APPROVER}),
        needs_reason=True,
    ),
    Act.APPROVE: Rule(frozenset({State.CHECKED}), State.APPROVED, frozenset({Role.APPROVER}), needs_reason=True),
    Act.SCHEDULE: Rule(frozenset({State.APPROVED}), State.SCHEDULED, frozenset({Role.PRODUCER, Role.APPROVER})),
    Act.UNSCHEDULE: Rule(
        frozenset({State.SCHEDULED}),
        State.APPROVED,
        frozenset({Role.PRODUCER, Role.APPROVER, Role.ADMINISTRATOR}),
        needs_reason=True,
    ),
    Act.DISCARD: Rule(UNDER_WAY, State.DISCARDED, frozenset({Role.PRODUCER, Role.APPROVER}), needs_reason=True),
    Act.OPEN: Rule(frozenset({State.SCHEDULED}), State.PUBLIC, _NOBODY),
    Act.CORRECT: Rule(frozenset({State.PUBLIC, State.RESTORED}), State.CORRECTED, _NOBODY),
    Act.WITHDRAW: Rule(
        READABLE, State.WITHDRAWN, frozenset({Role.PRODUCER, Role.APPROVER, Role.ADMINISTRATOR}), needs_reason=True
    ),
    Act.RESTORE: Rule(frozenset({State.WITHDRAWN}), State.RESTORED, frozenset({Role.APPROVER}), needs_reason=True),
    Act.DESTROY: Rule(
        READABLE | {State.WITHDRAWN}, None, frozenset({Role.APPROVER, Role.ADMINISTRATOR}), needs_reason=True
    ),
    Act.GRANT_ACCESS: Rule(
        frozenset({State.APPROVED, State.SCHEDULED}), None, frozenset({Role.PRODUCER, Role.APPROVER})
    ),
    Act.REVOKE_ACCESS: Rule(
        frozenset({State.DRAFT, State.CHECKED, State.APPROVED, State.SCHEDULED}),
        None,
        frozenset({Role.PRODUCER, Role.APPROVER, Role.ADMINISTRATOR}),
    ),
    Act.READ_EARLY: Rule(frozenset({State.SCHEDULED}), None, _NOBODY),
    Act.LOSE: Rule(UNDER_WAY, State.DISCARDED, _NOBODY),
}
"""What may be done. BEGIN and FIND make a release and start from none."""

ACTS_OF_PEOPLE = tuple(act for act, rule in RULES.items() if rule.roles)
"""What a person can do to a release that there is."""


@dataclass(frozen=True)
class Person:
    """Who acts, as the machine needs to know them: an address, roles in the release's organisation.

    is_system: the keeper, or the repair of a crash; never an account.
    """

    name: str
    roles: frozenset[Role] = frozenset()
    is_system: bool = False

    def is_same(self, name: str) -> bool:
        """Whether an address is this person's, whatever its case."""
        return self.name.strip().casefold() == name.strip().casefold()


@dataclass(frozen=True)
class Standing:
    """Where a release is, and what of it decides what may be done next.

    unanswered: findings that still need a reason; None where that is not known, which counts as some.
    scheduled_for: its minute, in UTC; None where it has none. is_destroyed: its records are no more.
    """

    state: State
    prepared_by: str
    unanswered: int | None = 0
    approved_by: str = ""
    scheduled_for: datetime | None = None
    is_destroyed: bool = False


def move(
    standing: Standing, act: Act, *, by: Person, reason: str = "", now: datetime, moment: datetime | None = None
) -> Standing:
    """Where a release is after an act.

    Args:
        by: who acts. reason: why. now: the time, in UTC. moment: for SCHEDULE, its minute.

    Raises:
        AccessError: somebody else has to do it.
        MoveRefusedError: it cannot be done now; the message says what to do.
    """
    refusal = why_not(standing, act, by=by, reason=reason, now=now, moment=moment)
    if refusal is not None:
        raise refusal
    after = replace(standing, state=RULES[act].after or standing.state)
    if act is Act.APPROVE:
        return replace(after, approved_by=by.name)
    if act is Act.SCHEDULE:
        return replace(after, scheduled_for=moment)
    if act is Act.SEND_BACK:
        return replace(after, approved_by="", scheduled_for=None)
    return replace(after, scheduled_for=None) if act is Act.UNSCHEDULE else after


def why_not(
    standing: Standing, act: Act, *, by: Person, reason: str = "", now: datetime, moment: datetime | None = None
) -> StatlasError | None:
    """Why an act is refused, as the error to raise; None where it may be done."""
    rule = RULES[act]
    if not _is_for(by, rule):
        return _not_for(act, rule)
    if standing.state not in rule.before:
        return _not_now(standing.state, act)
    return (
        _approves_own(standing, act, by)
        or _destroyed(standing, act)
        or _unanswered(standing, act)
        or _wrong_time(standing, act, now, moment)
        or _no_reason(act, rule, reason)
    )


def allowed(standing: Standing, *, by: Person, now: datetime) -> tuple[Act, ...]:
    """What somebody can do to a release now, given a reason and a minute where they are needed."""
    return tuple(act for act in ACTS_OF_PEOPLE if _allows(standing, act, by, now))


def _allows(standing: Standing, act: Act, by: Person, now: datetime) -> bool:
    moment = datetime.max.replace(tzinfo=now.tzinfo) if act is Act.SCHEDULE else None
    return why_not(standing, act, by=by, reason="-", now=now, moment=moment) is None


# --- what is said -----------------------------------------------------------------------------------------------------


def _is_for(by: Person, rule: Rule) -> bool:
    return by.is_system if not rule.roles else bool(by.roles & rule.roles)


def _not_for(act: Act, rule: Rule) -> StatlasError:
    if not rule.roles:
        return AccessError(
            _("Nobody can {act}: the site does it by itself, at its time.").format(act=_(_ACTS[act])), act=act.value
        )
    roles = _(" or ").join(role.label for role in Role if role in rule.roles)
    return AccessError(
        _("You cannot {act}: it takes the role {roles}.").format(act=_(_ACTS[act]), roles=roles),
        mend=_("Ask somebody of the organisation who has it."),
        act=act.value,
    )


def _not_now(state: State, act: Act) -> MoveRefusedError:
    return MoveRefusedError(
        _("You cannot {act}: it {state}.").format(act=_(_ACTS[act]), state=_(_STATES[state])),
        mend=_way(state, act),
        act=act.value,
        state=state.value,
    )


def _way(state: State, act: Act) -> str:
    """What to do first so that an act becomes possible; where it never does, what to do instead."""
    if RULES[act].after is state:
        return _("It need not be done again.")
    if act is Act.RESTORE and state in READABLE:
        return _("There is nothing to restore.")
    first = _first_step(state, RULES[act].before)
    if first is None:
        return _(_INSTEAD.get(state, _NEW_DRAFT))
    if first is Act.OPEN:
        return _("Wait until it is public, or take it off the schedule.")
    return _("First {act}.").format(act=_(_ACTS[first]))


def _first_step(state: State, wanted: frozenset[State]) -> Act | None:
    """The first act of the shortest way from a state to one of those wanted; None where no way leads there."""
    seen = {state}
    waiting: deque[tuple[State, Act | None]] = deque([(state, None)])
    while waiting:
        here, first = waiting.popleft()
        for act, rule in RULES.items():
            there = rule.after
            if here not in rule.before or there is None or there in seen or act is Act.LOSE:
                continue
            if there in wanted:
                return first or act
            seen.add(there)
            waiting.append((there, first or act))
    return None


def _approves_own(standing: Standing, act: Act, by: Person) -> MoveRefusedError | None:
    if act is not Act.APPROVE or not by.is_same(standing.prepared_by):
        return None
    return MoveRefusedError(
        _("You prepared this release, and nobody approves what they prepared themselves."),
        mend=_("Ask another approver of the organisation."),
        act=act.value,
        state=standing.state.value,
    )


def _destroyed(standing: Standing, act: Act) -> MoveRefusedError | None:
    if not standing.is_destroyed or act not in (Act.RESTORE, Act.DESTROY):
        return None
    mend = _("It need not be done again.") if act is Act.DESTROY else _("Send a correction: it has records of its own.")
    return MoveRefusedError(_("Its records were destroyed."), mend=mend, act=act.value, state=standing.state.value)


def _unanswered(standing: Standing, act: Act) -> MoveRefusedError | None:
    if act is not Act.CHECK or standing.unanswered == 0:
        return None
    said = (
        _("What the checks found is not known yet.")
        if standing.unanswered is None
        else _("Findings without a reason: {n}.").format(n=standing.unanswered)
    )
    return MoveRefusedError(
        said,
        mend=_("Accept each with a reason, or discard the draft and make it again from records that are right."),
        act=act.value,
        state=standing.state.value,
        unanswered=standing.unanswered,
    )


def _wrong_time(standing: Standing, act: Act, now: datetime, moment: datetime | None) -> MoveRefusedError | None:
    if act is Act.SCHEDULE and (moment is None or moment <= now):
        said, mend = _("A release is scheduled for a minute that is still to come."), _("Name a later one.")
    elif act is Act.OPEN and (standing.scheduled_for is None or now < standing.scheduled_for):
        said, mend = _("Its minute has not come."), _("Wait for it.")
    elif act in (Act.UNSCHEDULE, Act.DISCARD) and standing.scheduled_for is not None and standing.scheduled_for <= now:
        said, mend = _("Its minute has come."), _("It is public in a moment; withdraw it then.")
    else:
        return None
    return MoveRefusedError(said, mend=mend, act=act.value, state=standing.state.value)


def _no_reason(act: Act, rule: Rule, reason: str) -> MoveRefusedError | None:
    if not rule.needs_reason or reason.strip():
        return None
    return MoveRefusedError(_("No reason is given."), mend=_(_TOLD.get(act, _KEPT)), act=act.value, field="reason")


_KEPT = later("Say why: it is kept in the history of the release and in the audit log, for staff.")
_TOLD = {
    Act.WITHDRAW: later("Say why, in plain words: readers see it wherever the release was."),
    Act.DESTROY: later("Say why, in plain words: readers see it where a table can no longer be made."),
    Act.UNSCHEDULE: later("Say why, in plain words: readers see it beside the date in the calendar."),
    Act.DISCARD: later(
        "Say why: it is kept in the history of the release and in the audit log, and readers see it beside the date "
        "in the calendar if the release is scheduled."
    ),
}
"""Where a reason goes that is not for staff alone."""


_ACTS = {
    Act.BEGIN: later("begin a release"),
    Act.ACCEPT: later("accept a finding"),
    Act.CHECK: later("call it checked"),
    Act.SEND_BACK: later("send it back"),
    Act.APPROVE: later("approve it"),
    Act.SCHEDULE: later("schedule it"),
    Act.UNSCHEDULE: later("take it off the schedule"),
    Act.DISCARD: later("discard it"),
    Act.OPEN: later("make it public"),
    Act.CORRECT: later("mark it as corrected"),
    Act.WITHDRAW: later("withdraw it"),
    Act.RESTORE: later("restore it"),
    Act.DESTROY: later("destroy its records"),
    Act.GRANT_ACCESS: later("let somebody read it early"),
    Act.REVOKE_ACCESS: later("take early reading back"),
    Act.READ_EARLY: later("read it early"),
    Act.FIND: later("note that it is there"),
    Act.LOSE: later("note that its draft is gone"),
}
_STATES = {
    State.DRAFT: later("is a draft"),
    State.CHECKED: later("is checked and waits for approval"),
    State.APPROVED: later("is approved"),
    State.SCHEDULED: later("is scheduled"),
    State.PUBLIC: later("is public"),
    State.CORRECTED: later("is public and corrected by a later release"),
    State.WITHDRAWN: later("was withdrawn"),
    State.RESTORED: later("is public again"),
    State.DISCARDED: later("was discarded"),
}
_NEW_DRAFT = later("Make a new draft.")
_CORRECT = later("Publish a correction, or withdraw it.")
_INSTEAD = {
    State.PUBLIC: _CORRECT,
    State.CORRECTED: _CORRECT,
    State.RESTORED: _CORRECT,
    State.WITHDRAWN: later("Restore it, or publish a correction."),
    State.DISCARDED: _NEW_DRAFT,
}
