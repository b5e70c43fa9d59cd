"""Where the keeper is another user than the pages, whoever has taken those over opens nothing early by the table."""

from __future__ import annotations

from datetime import timedelta

import pytest
import release_day
from fake_clock import FakeClock

from statlas.errors import HomeError, MoveRefusedError
from statlas.model.release_times import next_working_day, release_moment
from statlas.office.releases.models import ReleaseRow
from statlas.service.keeper import drafts, first_seen
from statlas.service.keeper.first_seen import NOTICE
from statlas.service.keeper.tending import Minute
from statlas.service.office.releases import acting, reading
from statlas.service.tables import auditing
from statlas.store import layout

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def moment(today):
    """Half past nine in London on a working day some weeks from now."""
    return release_moment(next_working_day(today + timedelta(weeks=6)))


@pytest.fixture
def today():
    """A day."""
    from django.utils import timezone  # noqa: PLC0415 - settings are there once a test runs

    return timezone.now().date()


@pytest.fixture
def day(tmp_path, moment):
    """A release that is approved and made ready."""
    made = release_day.drafted(tmp_path, moment - timedelta(weeks=6))
    drafts.Ready(made.home).look()
    return made


@pytest.fixture
def clock(moment):
    """The keeper's clock, two days before."""
    return FakeClock(moment - timedelta(days=2))


def table_says(day, **fields):
    """Whoever answers pages writes into the office's table what they like; nothing of ours is asked."""
    assert ReleaseRow.objects.filter(pk=day.release_id).update(**fields) == 1


def kinds(minute):
    """What the keeper finds wrong when it looks."""
    return [one.kind for one in minute.tick()]


def test_a_release_does_not_open_earlier_than_the_keeper_was_told_first(day, clock, moment):
    """Whatever the table says; it opens at its first minute, and an alarm sounds from the first look on."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    assert kinds(minute) == []
    table_says(day, scheduled_for=clock.now())
    clock.go(1)
    assert kinds(minute) == ["held-back"]
    clock.go_to(moment - timedelta(seconds=1))
    again = Minute(day.home, clock, is_wary=True)
    assert kinds(again) == ["held-back"], "a keeper that starts anew remembers"
    assert day.home.releases("pens") == ("1",)
    clock.go(1)
    again.tick()
    assert day.home.releases("pens") == ("1", "2")
    told = day.home.facts("pens", "2").public_from
    assert told.startswith(f"{moment:%Y-%m-%d}"), "readers are told since when it is public, not what the table said"


def test_a_release_that_was_never_scheduled_does_not_open_within_half_an_hour(day, clock, caplog):
    """A row that says scheduled, for a minute ago: an alarm, by the keeper's own mouth too, and time to act."""
    table_says(day, state="scheduled", scheduled_for=clock.now() - MINUTE)
    minute = Minute(day.home, clock, is_wary=True)
    assert kinds(minute) == ["held-back"]
    assert [line.getMessage() for line in caplog.records if "short notice" in line.getMessage()]
    clock.go(NOTICE.total_seconds() - 2)
    assert kinds(minute) == ["held-back"]
    assert day.home.releases("pens") == ("1",)


def test_a_later_minute_is_believed_and_from_then_on_going_back_is_early(day, clock, moment):
    """A release is put off without root; the minute it had, which may be now, opens it no more."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    later = moment + timedelta(days=1)
    table_says(day, scheduled_for=later)
    clock.go_to(moment)
    assert kinds(minute) == []
    table_says(day, scheduled_for=moment)
    assert kinds(minute) == ["held-back"]
    assert day.home.releases("pens") == ("1",)
    clock.go_to(later)
    minute.tick()
    assert day.home.releases("pens") == ("1", "2")


def test_a_release_that_was_taken_off_does_not_open_at_the_minute_it_had(day, clock, moment):
    """Somebody found it wrong and took it off; whoever writes it back is heard half an hour before it opens."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    acting.unschedule(home=day.home, release_id=day.release_id, actor=day.approver, reason="It is wrong.")
    assert kinds(minute) == []
    clock.go_to(moment + timedelta(days=3))
    again = Minute(day.home, clock, is_wary=True)
    table_says(day, state="scheduled", scheduled_for=moment)
    assert kinds(again) == ["held-back"], "a keeper that starts anew remembers"
    clock.go(NOTICE.total_seconds() - 2)
    assert kinds(again) == ["held-back"]
    assert day.home.releases("pens") == ("1",)


def test_a_release_that_was_taken_off_and_scheduled_again_opens_at_its_minute(day, clock, moment):
    """With half an hour to go, or more: an ordinary day needs no root."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    acting.unschedule(home=day.home, release_id=day.release_id, actor=day.approver, reason="A question.")
    clock.go_to(moment - NOTICE)
    assert kinds(minute) == []
    release_day.schedule(day, moment)
    assert kinds(minute) == []
    clock.go_to(moment)
    assert kinds(minute) == []
    assert day.home.releases("pens") == ("1", "2")


def test_a_machine_that_started_long_ago_by_its_clock_takes_nothing_off(day, clock, moment):
    """A battery was empty, and the clock began with 1970: what is scheduled is so, however far ahead it looks."""
    release_day.schedule(day, moment)
    Minute(day.home, clock, is_wary=True).tick()
    clock.start_anew()
    clock.set_wrong(-clock.now().timestamp())
    assert kinds(Minute(day.home, clock, is_wary=True)) == []
    clock.start_anew()
    clock.go_to(moment - MINUTE)
    minute = Minute(day.home, clock, is_wary=True)
    assert kinds(minute) == []
    clock.go_to(moment)
    minute.tick()
    assert day.home.releases("pens") == ("1", "2")


def test_one_that_cannot_be_remembered_as_taken_off_is_known_to_be_while_the_keeper_runs(
    day, clock, moment, monkeypatch
):
    """Whoever answers pages can fill the disk."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    table_says(day, state="approved", scheduled_for=None)
    with monkeypatch.context() as full:
        full.setattr(first_seen.Seen, "keep", _no_room)
        assert kinds(minute) == []
    clock.go_to(moment + MINUTE)
    table_says(day, state="scheduled", scheduled_for=moment)
    assert kinds(minute) == ["held-back"]
    assert day.home.releases("pens") == ("1",)


def _no_room(_seen, _path):
    raise OSError(28, "No space left on device")


def test_root_may_let_it_open_earlier(day, clock, moment):
    """By a command, with its line in the audit log."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    table_says(day, scheduled_for=clock.now())
    assert kinds(minute) == ["held-back"]
    first_seen.allow(home=day.home, release=reading.release_of(release_id=day.release_id))
    layout.let_go_of_keeper_folder(day.home.path)
    assert kinds(minute) == []
    assert day.home.releases("pens") == ("1", "2")
    [line] = [line for line in auditing.lines(home=day.home) if line.action == "keeper.allow"]
    assert (line.subject, line.details["release"]) == ("pens release 2", day.release_id)


def test_another_draft_under_the_same_id_stays_closed(day, clock, moment):
    """The digest that was first seen is the one that opens, whatever the table and the facts beside the draft say."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    table_says(day, digest="ab" * 32)
    clock.go_to(moment + MINUTE)
    assert kinds(minute) == ["another-draft"]
    assert day.home.releases("pens") == ("1",)


def test_a_table_that_changes_in_the_last_instant_opens_nothing(day, clock, moment, monkeypatch):
    """The row is looked at once more when nobody else can change it."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    clock.go_to(moment)
    real = acting.opened

    def swapped(**asked):
        table_says(day, digest="ab" * 32)
        return real(**asked)

    monkeypatch.setattr(acting, "opened", swapped)
    assert kinds(minute) == ["not-opened"]
    assert day.home.releases("pens") == ("1",)


def test_a_keeper_that_cannot_remember_opens_nothing(day, clock, moment):
    """What it cannot read it does not believe."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    layout.first_seen_file(day.home.path, day.draft.draft_id).write_bytes(b"{")
    clock.go_to(moment)
    assert set(kinds(minute)) == {"not-opened"}
    assert day.home.releases("pens") == ("1",)


def test_where_all_are_one_user_the_table_is_believed(day, clock, moment):
    """Whoever could change it could read the key as well; a small site moves its minutes freely."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock)
    minute.tick()
    table_says(day, scheduled_for=clock.now())
    assert kinds(minute) == []
    assert day.home.releases("pens") == ("1", "2")


def test_what_is_not_scheduled_is_not_allowed(day):
    """Root says of a minute that it sees, and not of any that somebody may write later."""
    with pytest.raises(MoveRefusedError, match="no minute"):
        first_seen.allow(home=day.home, release=reading.release_of(release_id=day.release_id))
    layout.let_go_of_keeper_folder(day.home.path)
    assert not layout.first_seen_file(day.home.path, day.draft.draft_id).exists()


def test_an_earlier_minute_that_is_allowed_is_that_one(day, clock, moment):
    """What was allowed for tomorrow does not open today."""
    release_day.schedule(day, moment)
    minute = Minute(day.home, clock, is_wary=True)
    minute.tick()
    table_says(day, scheduled_for=moment - timedelta(days=1))
    first_seen.allow(home=day.home, release=reading.release_of(release_id=day.release_id))
    layout.let_go_of_keeper_folder(day.home.path)
    table_says(day, scheduled_for=clock.now())
    assert kinds(minute) == ["held-back"]
    assert day.home.releases("pens") == ("1",)


def test_only_the_keepers_user_allows_it(day, monkeypatch):
    """Who answers pages is refused, by the system and by the command."""
    there = layout.keeper_folder(day.home.path).stat()
    monkeypatch.setattr("os.geteuid", lambda: there.st_uid + 1_000)
    with pytest.raises(HomeError, match="another user"):
        first_seen.allow(home=day.home, release=reading.release_of(release_id=day.release_id))
    assert not layout.first_seen_file(day.home.path, day.draft.draft_id).exists()
