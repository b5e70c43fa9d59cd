"""The life of a release: whatever is tried by whomever, in whatever order, nothing becomes public that may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from statlas.errors import AccessError, MoveRefusedError
from statlas.office.organisations.roles import Role
from statlas.office.releases.states import READABLE, UNDER_WAY, Act, State
from statlas.service.office.releases import machine
from statlas.service.office.releases.machine import RULES, Person, Standing

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
NAMES = ("amina@example.org", "Ben@example.org", "ben@EXAMPLE.org", "cleo@example.org")
PEOPLE = st.builds(Person, st.sampled_from(NAMES), st.frozensets(st.sampled_from(Role)))
SYSTEM = Person("keeper", is_system=True)
ANYBODY = PEOPLE | st.just(SYSTEM)
REASONS = st.sampled_from(["", "  \n", "The office moved."])
ACTS = st.sampled_from(sorted(RULES))
STANDINGS = st.builds(
    Standing,
    st.sampled_from(State),
    st.sampled_from(NAMES),
    st.none() | st.integers(0, 3),
    st.sampled_from(("", *NAMES)),
    st.none() | st.just(NOW + timedelta(days=1)) | st.just(NOW),
)


class Life(RuleBasedStateMachine):
    """One release; the clock goes on, findings come and are answered, and everybody tries everything."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.release = Standing(State.DRAFT, "ben@example.org")
        self.done = []

    @rule(act=ACTS, by=ANYBODY, reason=REASONS, minutes=st.integers(-60, 60))
    def try_to(self, act, by, reason, minutes):
        """Anybody tries anything."""
        moment = self.now + timedelta(minutes=minutes)
        try:
            after = machine.move(self.release, act, by=by, reason=reason, now=self.now, moment=moment)
        except (AccessError, MoveRefusedError):
            return
        self.done.append((act, by, self.now, self.release.state, after.state))
        self.release = after

    @rule(by=st.sampled_from(("right", "preparer", "outsider")))
    def try_the_next_step(self, by):
        """So that long lives are drawn: by the right person, by the preparer in every role, by an outsider."""
        steps = {
            State.DRAFT: Act.CHECK,
            State.CHECKED: Act.APPROVE,
            State.APPROVED: Act.SCHEDULE,
            State.SCHEDULED: Act.OPEN,
            State.PUBLIC: Act.WITHDRAW,
            State.WITHDRAWN: Act.RESTORE,
        }
        act = steps.get(self.release.state, Act.DISCARD)
        if act is Act.OPEN:
            self.now += timedelta(minutes=5)
        people = {
            "right": Person("cleo@example.org", frozenset(Role)) if RULES[act].roles else SYSTEM,
            "preparer": Person("Ben@example.org", frozenset(Role)),
            "outsider": Person("amina@example.org"),
        }
        self.try_to(act, people[by], "right", 5)

    @precondition(lambda self: self.release.state in {State.CHECKED, State.APPROVED})
    @rule()
    def send_back(self):
        """A reader of the reports is not content."""
        self.try_to(Act.SEND_BACK, Person("amina@example.org", frozenset({Role.REVIEWER, Role.APPROVER})), "look", 5)

    @precondition(lambda self: self.release.state is State.DRAFT)
    @rule(left=st.none() | st.integers(0, 2))
    def findings(self, left):
        """Findings are answered, or it turns out that there are more."""
        self.release = replace(self.release, unanswered=left)

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes):
        """The clock never goes back here; that it may is the keeper's care."""
        self.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_is_public_without_another_pair_of_eyes(self):
        """What is, or was, public was approved after it was last sent back, by somebody who did not prepare it."""
        if self.release.state in READABLE | {State.WITHDRAWN}:
            acts = [act for act, *_ in self.done]
            opened = acts.index(Act.OPEN)
            approvals = [n for n, act in enumerate(acts[:opened]) if act is Act.APPROVE]
            assert approvals
            assert Act.SEND_BACK not in acts[approvals[-1] : opened]
            approver = self.done[approvals[-1]][1]
            assert not approver.is_system
            assert Role.APPROVER in approver.roles
            assert approver.name.casefold() != self.release.prepared_by.casefold()

    @invariant()
    def nothing_is_public_before_its_minute(self):
        """It was scheduled, and opened by the system at that minute or later."""
        for act, by, at, before, _ in self.done:
            if act is Act.OPEN:
                assert by is SYSTEM
                assert before is State.SCHEDULED
                assert self.release.scheduled_for <= at

    @invariant()
    def a_checked_release_has_no_open_finding(self):
        """Beyond a draft, every finding has its reason."""
        if self.release.state in UNDER_WAY - {State.DRAFT}:
            assert self.release.unanswered == 0

    @invariant()
    def an_approval_lasts_until_it_is_sent_back(self):
        """It names who approved as long as it stands, and nobody when it is gone."""
        assert self.release.approved_by.casefold() != "ben@example.org"
        if self.release.state in {State.DRAFT, State.CHECKED}:
            assert not self.release.approved_by
        elif self.release.state is not State.DISCARDED:
            assert self.release.approved_by

    @invariant()
    def nobody_without_a_role_does_anything(self):
        """Everything that was done was done by somebody with a role, or by the site alone."""
        assert all(by.roles & RULES[act].roles or by.is_system for act, by, *_ in self.done)

    @invariant()
    def what_was_discarded_stays_so(self):
        """There is no way back, and none from public to under way."""
        states = [before for *_, before, _ in self.done] + [self.release.state]
        for before, after in pairwise(states):
            assert not (before is State.DISCARDED and after is not State.DISCARDED)
            assert not (before not in UNDER_WAY and after in UNDER_WAY)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=30)


@given(STANDINGS, ACTS, ANYBODY, REASONS, st.none() | st.just(NOW) | st.just(NOW + timedelta(days=40)))
def test_what_is_refused_says_what_to_do(standing, act, by, reason, moment):
    """Each refusal is a sentence and says how to mend it; a move ends where its rule says."""
    refusal = machine.why_not(standing, act, by=by, reason=reason, now=NOW, moment=moment)
    if refusal is None:
        after = machine.move(standing, act, by=by, reason=reason, now=NOW, moment=moment)
        assert after.state is (RULES[act].after or standing.state)
        return
    assert refusal.message.endswith(".")
    assert "{" not in str(refusal)
    assert refusal.mend.endswith(".") or not RULES[act].roles
    with pytest.raises(type(refusal)):
        machine.move(standing, act, by=by, reason=reason, now=NOW, moment=moment)


@given(STANDINGS, PEOPLE)
def test_what_somebody_can_do_is_what_would_not_be_refused(standing, by):
    """Given a reason and a minute that are needed; never what the site alone does."""
    for act in machine.ACTS_OF_PEOPLE:
        moment = NOW + timedelta(days=40)
        refusal = machine.why_not(standing, act, by=by, reason="why", now=NOW, moment=moment)
        assert (act in machine.allowed(standing, by=by, now=NOW)) == (refusal is None)
    assert not {Act.OPEN, Act.CORRECT, Act.LOSE, Act.READ_EARLY} & set(machine.allowed(standing, by=by, now=NOW))


def test_only_one_act_makes_public_and_only_from_scheduled():
    """Read off the rules themselves, so that a new rule that leads past them fails here."""
    leads_to_public = {act for act, rule in RULES.items() if rule.after in READABLE}
    assert leads_to_public == {Act.OPEN, Act.CORRECT, Act.RESTORE}
    assert RULES[Act.OPEN].before == {State.SCHEDULED}
    assert RULES[Act.OPEN].roles == frozenset()
    assert RULES[Act.CORRECT].before <= READABLE
    assert RULES[Act.RESTORE].before == {State.WITHDRAWN}
    assert {act for act, rule in RULES.items() if rule.after is State.SCHEDULED} == {Act.SCHEDULE}
    assert RULES[Act.SCHEDULE].before == {State.APPROVED}
    assert {act for act, rule in RULES.items() if rule.after is State.APPROVED} == {Act.APPROVE, Act.UNSCHEDULE}
    assert RULES[Act.UNSCHEDULE].before == {State.SCHEDULED}
    assert RULES[Act.APPROVE].roles == {Role.APPROVER}


def test_the_preparer_with_every_role_cannot_approve():
    """Whatever the case in which the address is written, and with blanks around it."""
    standing = Standing(State.CHECKED, "ben@example.org")
    for name in ("ben@example.org", "BEN@example.org", " Ben@Example.org "):
        refusal = machine.why_not(standing, Act.APPROVE, by=Person(name, frozenset(Role)), reason="fine", now=NOW)
        assert "prepared" in str(refusal)
        assert "another approver" in str(refusal)


@pytest.mark.parametrize(
    ("state", "act", "said"),
    [
        (State.DRAFT, Act.APPROVE, "First call it checked."),
        (State.DRAFT, Act.SCHEDULE, "First call it checked."),
        (State.CHECKED, Act.SCHEDULE, "First approve it."),
        (State.CHECKED, Act.ACCEPT, "First send it back."),
        (State.SCHEDULED, Act.SEND_BACK, "First take it off the schedule."),
        (State.SCHEDULED, Act.WITHDRAW, "Wait until it is public"),
        (State.APPROVED, Act.APPROVE, "need not be done again"),
        (State.PUBLIC, Act.DISCARD, "Publish a correction, or withdraw it."),
        (State.PUBLIC, Act.RESTORE, "nothing to restore"),
        (State.DISCARDED, Act.SCHEDULE, "Make a new draft."),
        (State.WITHDRAWN, Act.DISCARD, "Restore it, or publish a correction."),
    ],
)
def test_a_refusal_names_the_first_step(state, act, said):
    """The shortest way to where the act can be done, or what to do where no way leads there."""
    by = Person("cleo@example.org", frozenset(Role))
    refusal = machine.why_not(Standing(state, "ben@example.org"), act, by=by, reason="why", now=NOW)
    assert said in str(refusal)


def test_at_its_minute_nothing_is_taken_back_quietly():
    """From the minute on it is the keeper's: who is a moment late is told to withdraw it."""
    by = Person("cleo@example.org", frozenset(Role))
    standing = Standing(State.SCHEDULED, "ben@example.org", scheduled_for=NOW)
    for act in (Act.UNSCHEDULE, Act.DISCARD):
        assert machine.why_not(standing, act, by=by, reason="why", now=NOW - timedelta(seconds=1)) is None
        assert "minute has come" in str(machine.why_not(standing, act, by=by, reason="why", now=NOW))
