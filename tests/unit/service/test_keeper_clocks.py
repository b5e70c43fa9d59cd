from datetime import UTC, datetime, timedelta

import pytest
from fake_clock import FakeClock

from statlas.service.keeper.clocks import Anchor, Guard

NINE_THIRTY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    """Nine o'clock."""
    return FakeClock(NINE_THIRTY - timedelta(minutes=30))


def test_a_clock_that_goes_right_is_believed(clock):
    """For a month, a leap second included."""
    guard = Guard(clock)
    clock.go(30 * 86_400)
    clock.set_wrong(-1)
    now = guard.look()
    assert now.jumped_s == 0
    assert now.safe == now.wall == clock.now()


@pytest.mark.parametrize("jump_s", [3, 60, 1_800, 3_600, 86_400 * 365])
def test_after_a_jump_forwards_only_time_that_goes_by_counts(clock, jump_s):
    """Half past nine on the wall is no half past nine: what is safe is the time that has gone by."""
    guard = Guard(clock)
    clock.set_wrong(jump_s)
    now = guard.look()
    assert now.jumped_s == pytest.approx(jump_s)
    assert now.safe == NINE_THIRTY - timedelta(minutes=30)
    clock.go(1_800)
    assert guard.look().safe == NINE_THIRTY


@pytest.mark.parametrize("jump_s", [-3, -3_600, -86_400])
def test_after_a_jump_backwards_the_clock_decides(clock, jump_s):
    """Nothing is early by the clock on the wall either."""
    guard = Guard(clock)
    clock.set_wrong(jump_s)
    now = guard.look()
    assert now.jumped_s == pytest.approx(jump_s)
    assert now.safe == now.wall == clock.now()


def test_many_small_steps_are_one_jump(clock):
    """A clock that is set forward by a second again and again is not believed either."""
    guard = Guard(clock)
    for _ in range(60):
        clock.go(1)
        clock.set_wrong(1)
        assert guard.look().safe - (NINE_THIRTY - timedelta(minutes=30)) <= timedelta(seconds=62)


def test_a_clock_that_is_set_right_again_is_believed_again(clock):
    """Without anybody saying so."""
    guard = Guard(clock)
    clock.set_wrong(3_600)
    assert guard.look().jumped_s
    clock.set_wrong(-3_600)
    assert not guard.look().jumped_s


def test_a_new_keeper_knows_what_the_last_one_knew(clock):
    """Killing the keeper after a jump does not make the new time right; starting the machine anew does."""
    anchor = Guard(clock).anchor
    clock.set_wrong(3_600)
    assert Guard(clock, anchor).look().jumped_s
    assert not Guard(clock, None).look().jumped_s
    clock.start_anew()
    assert not Guard(clock, anchor).look().jumped_s


def test_whoever_trusts_the_clock_is_believed_from_then_on(clock):
    """The new time is right; a later jump is one again."""
    guard = Guard(clock)
    clock.set_wrong(3_600)
    guard.trust()
    assert guard.look().safe == clock.now()
    assert guard.anchor == Anchor("one", clock.now().timestamp(), clock.running())
    clock.set_wrong(60)
    assert guard.look().jumped_s == pytest.approx(60)
