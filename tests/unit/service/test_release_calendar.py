"""What may be announced, by whom and when, and what the calendar then says."""

from dataclasses import fields
from datetime import UTC, time, timedelta

import announced
import pytest
from announced import ANOTHER, DIGEST, NOW, at
from django.contrib.auth.models import Group
from django.utils import timezone

from statlas.errors import AccessError, CalendarError, HomeError, QueryError, UnknownNameError, UnusableNameError
from statlas.model.announcement import Announcement, Standing
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.office.accounts.models import Account
from statlas.office.calendar.models import AnnouncedChange, AnnouncedRelease
from statlas.service.office import calendar
from statlas.service.office.actors import KEEPER, Actor
from statlas.service.office.jobs import working
from statlas.service.tables import auditing

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

FEBRUARY, MARCH, MAY = at("2027-02-09"), at("2027-03-09"), at("2027-05-11")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A home in which ``clubs`` is public since November."""
    return announced.clubs(tmp_path_factory.mktemp("calendar"))


@pytest.fixture
def home(published):
    """The same, as it was before a test changed what the disk says."""
    before = published.facts("clubs", "1")
    yield published
    announced.tell(published, "1", **{one.name: getattr(before, one.name) for one in fields(before)})


def _account(role):
    account = Account.objects.create_user(f"{role}@example.org")
    account.groups.add(Group.objects.get_or_create(name=role)[0])
    return Actor.of_account(account)


@pytest.fixture
def producer():
    """Somebody who prepares releases."""
    return _account("producer")


@pytest.fixture
def approver():
    """Somebody who approves them."""
    return _account("approver")


@pytest.fixture
def announce(home):
    """``announce(moment)``: an announcement of the clubs, made in January 2027."""

    def made(moment=FEBRUARY, database_id="clubs", **more):
        return calendar.announce(
            home=home, database_id=database_id, moment=moment, **{"actor": KEEPER, "now": NOW, **more}
        )

    return made


# --- what is announced ------------------------------------------------------------------------------------------------


def test_an_announcement_takes_its_title_from_what_is_published(announce):
    """A provisional date under the name that readers know; its contact is the database's."""
    made = announce()
    assert (made.title, made.standing, made.database) == ("Members of made-up clubs", Standing.PROVISIONAL, "clubs")
    assert made.moment == FEBRUARY
    assert made.sequence == 0


def test_a_first_release_needs_a_title_that_staff_gave(announce):
    """Nothing is taken from a release that is not public, not even its name."""
    with pytest.raises(UnusableNameError, match="announced under a title"):
        announce(database_id="secret_new")
    assert announce(database_id="secret_new", title="A new benefit").title == "A new benefit"


def test_nothing_of_an_unreleased_release_is_told_beyond_its_announcement(announce, home):
    """Its database's id is for staff alone, as is whether there is such a database."""
    made = announce(database_id="secret_new", title="A new benefit")
    told = calendar.entry(home=home, announcement_id=made.id, now=NOW)
    assert "secret" not in repr(told)
    assert {field.name for field in fields(Announcement)} == {
        *("id", "title", "moment", "standing", "announced", "changed", "kind", "database", "digest", "exemption"),
        *("note", "contact", "sequence", "changes", "synthetic", "release", "version", "public_from"),
        *("salt", "statement", "withdrawn", "turns", "turned"),
    }, "whatever is added here is told to everybody: look whether it may be"
    assert calendar.entries(home=home, database_id="secret_new", now=NOW) == ()
    assert calendar.entries(home=home, database_id="nothing_new", now=NOW) == ()
    assert calendar.next_release(home=home, database_id="secret_new", now=NOW) is None
    assert [one.id for one in calendar.entries(home=home, now=NOW)] == [made.id]


def test_ids_are_drawn_by_chance(announce):
    """Nobody finds an announcement, or how many there are, by counting."""
    one, other = announce(), announce(MARCH)
    assert len(one.id) == len(other.id) == 32
    assert one.id != other.id


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "is past"),
        (NOW - timedelta(days=1), "is past"),
        (at("2027-02-09", "07:00"), "is not 9:30am"),
        (at("2027-02-13"), "is not 9:30am"),
        (at("2027-03-17"), "is not 9:30am"),
        (FEBRUARY + timedelta(seconds=1), "whole minute"),
    ],
)
def test_a_moment_that_is_past_unusual_or_no_minute_is_refused(announce, moment, said):
    """Saint Patrick's Day rests in one nation alone, and is no day of release either."""
    with pytest.raises(QueryError, match=said):
        announce(moment)


def test_another_time_takes_an_exemption_that_is_shown(announce):
    """Seven in the morning, as the regulator agreed."""
    made = announce(at("2027-02-09", "07:00"), exemption="Agreed with the  regulator:\nmarkets open at eight.")
    assert made.exemption == "Agreed with the regulator: markets open at eight."


def test_a_moment_is_announced_once(announce):
    """A second announcement of the database at that moment is refused, and another database's is not."""
    announce()
    with pytest.raises(QueryError, match="already"):
        announce()
    assert announce(database_id="other", title="Other")


def test_texts_that_are_too_long_are_refused(announce):
    """Nothing is cut off silently."""
    with pytest.raises(QueryError, match="1001 characters"):
        announce(note="x" * 1001)
    with pytest.raises(UnusableNameError):
        announce(title="x" * 201)


# --- four weeks -------------------------------------------------------------------------------------------------------


def test_a_date_is_confirmed_four_weeks_ahead_without_a_reason(announce, home):
    """On 5 January, 9 February is far enough."""
    done = calendar.confirm(home=home, announcement_id=announce().id, actor=KEEPER, now=NOW)
    assert (done.standing, done.sequence) == (Standing.CONFIRMED, 1)


def test_a_date_confirmed_later_says_why(announce, home):
    """One minute after four weeks before, a reason is asked for, kept and shown."""
    made, late = announce(), FEBRUARY - timedelta(weeks=4) + timedelta(minutes=1)
    with pytest.raises(QueryError, match="less than four weeks"):
        calendar.confirm(home=home, announcement_id=made.id, actor=KEEPER, reason="  ", now=late)
    done = calendar.confirm(home=home, announcement_id=made.id, actor=KEEPER, reason="The census is late.", now=late)
    assert done.changes[-1].reason == "The census is late."
    assert calendar.changes(home=home)[0].reason == "The census is late."


def test_an_announcement_confirmed_at_once_keeps_the_four_weeks_too(announce):
    """Two weeks ahead it takes a reason, which stays to be read among the changes."""
    soon = at("2027-01-19")
    with pytest.raises(QueryError, match="less than four weeks"):
        announce(soon, confirmed=True)
    made = announce(soon, confirmed=True, reason="An error was found.", kind=ReleaseKind.CORRECTION)
    assert made.kind is ReleaseKind.CORRECTION
    assert made.changes[0].reason == "An error was found."


def test_a_confirmed_date_is_not_confirmed_again(announce, home):
    """Nor one whose moment has passed."""
    made = announce()
    calendar.confirm(home=home, announcement_id=made.id, actor=KEEPER, now=NOW)
    with pytest.raises(QueryError, match="confirmed already"):
        calendar.confirm(home=home, announcement_id=made.id, actor=KEEPER, now=NOW)
    other = announce(MARCH)
    with pytest.raises(QueryError, match="is past"):
        calendar.confirm(home=home, announcement_id=other.id, actor=KEEPER, reason="Late.", now=MARCH)


# --- changes and their reasons ----------------------------------------------------------------------------------------


def test_a_date_moves_with_a_reason_that_stays(announce, home):
    """Both dates, the reason and the moment of the change are kept and shown; the sequence rises."""
    made = announce()
    for reason in ("", "   "):
        with pytest.raises(QueryError, match="takes a reason"):
            calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason=reason, actor=KEEPER, now=NOW)
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Records came late.", actor=KEEPER, now=NOW)
    later = NOW + timedelta(days=1)
    done = calendar.move(home=home, announcement_id=made.id, moment=MAY, reason="Again.", actor=KEEPER, now=later)
    assert (done.id, done.moment, done.sequence) == (made.id, MAY, 2)
    assert [(one.act, one.before, one.after, one.reason) for one in done.changes] == [
        ("announced", None, FEBRUARY, ""),
        ("moved", FEBRUARY, MARCH, "Records came late."),
        ("moved", MARCH, MAY, "Again."),
    ]
    assert done.last_moved.at == later
    assert done.changed == later
    assert [one.reason for one in calendar.changes(home=home)] == ["Again.", "Records came late."]


def test_a_date_is_not_moved_onto_another_or_itself(announce, home):
    """The database has a release at that moment already."""
    made, _other = announce(), announce(MARCH)
    for moment, said in ((MARCH, "9 March 2027, 9:30am already"), (FEBRUARY, "that moment already")):
        with pytest.raises(QueryError, match=said):
            calendar.move(home=home, announcement_id=made.id, moment=moment, reason="x", actor=KEEPER, now=NOW)


def test_a_cancelled_release_stays_to_be_read_and_changes_no_more(announce, home):
    """With its reason; its moment may be announced anew."""
    made = announce()
    with pytest.raises(QueryError, match="takes a reason"):
        calendar.cancel(home=home, announcement_id=made.id, reason="", actor=KEEPER, now=NOW)
    done = calendar.cancel(home=home, announcement_id=made.id, reason="Merged.", actor=KEEPER, now=NOW)
    assert done.is_cancelled
    assert done.id in [one.id for one in calendar.upcoming(home=home, now=NOW)]
    with pytest.raises(QueryError, match="changes no more"):
        calendar.move(home=home, announcement_id=made.id, moment=MAY, reason="x", actor=KEEPER, now=NOW)
    assert announce().id != made.id
    assert calendar.next_release(home=home, database_id="clubs", now=NOW).id != made.id


def test_what_was_changed_meanwhile_is_not_changed_over(announce, home, monkeypatch):
    """Of two who move one announcement at the same time the second is told, and only one change is kept."""
    made = announce()
    from statlas.service.office.calendar import rules  # noqa: PLC0415 - replaced here alone

    stale = AnnouncedRelease.objects.get(pk=made.id)
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="First.", actor=KEEPER, now=NOW)
    monkeypatch.setattr(rules, "unscheduled", lambda *_: stale)
    with pytest.raises(QueryError, match="changed meanwhile"):
        calendar.move(home=home, announcement_id=made.id, moment=MAY, reason="Second.", actor=KEEPER, now=NOW)
    assert calendar.entry(home=home, announcement_id=made.id, now=NOW).moment == MARCH
    assert AnnouncedChange.objects.filter(announcement=made.id).count() == 2


def test_every_change_is_a_line_of_the_audit_log(announce, home):
    """Who, what, why; and where the line cannot be written nothing is changed."""
    made = announce()
    calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="Records came late.", actor=KEEPER, now=NOW)
    *_, first, last = auditing.lines(home=home)
    assert (first.action, first.subject, first.actor) == ("calendar.announce", "clubs", "keeper")
    assert (last.action, last.reason) == ("calendar.move", "Records came late.")
    assert last.details["moment"] == "2027-03-09T09:30Z"


def test_what_cannot_be_written_down_is_not_done(announce, home, monkeypatch):
    """A full disk under the audit log keeps the calendar as it was."""
    made = announce()

    def full(**_):
        raise HomeError("The disk is full.")

    monkeypatch.setattr(auditing, "record", full)
    for act in (
        lambda: calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="x", actor=KEEPER, now=NOW),
        lambda: announce(MAY),
        lambda: calendar.set_pattern(home=home, database_id="clubs", pattern=_quarterly(), actor=KEEPER, now=NOW),
    ):
        with pytest.raises(HomeError):
            act()
    assert [one.moment for one in calendar.entries(home=home, now=NOW)] == [FEBRUARY]
    assert calendar.patterns() == ()


# --- who may ----------------------------------------------------------------------------------------------------------


def test_producers_announce_and_approvers_decide(announce, home, producer, approver):
    """A producer's date is provisional; that it is certain, moved or cancelled an approver says."""
    made = announce(actor=producer)
    with pytest.raises(AccessError):
        announce(MARCH, actor=producer, confirmed=True)
    for act in (
        lambda actor: calendar.confirm(home=home, announcement_id=made.id, actor=actor, now=NOW),
        lambda actor: calendar.move(home=home, announcement_id=made.id, moment=MARCH, reason="x", actor=actor, now=NOW),
        lambda actor: calendar.cancel(home=home, announcement_id=made.id, reason="x", actor=actor, now=NOW),
    ):
        with pytest.raises(AccessError, match="approver"):
            act(producer)
        act(approver)


def test_a_reader_with_an_account_announces_nothing(announce):
    """Nor anybody of another organisation, who is told nothing of the database."""
    reader = Actor.of_account(Account.objects.create_user("reader@example.org"))
    with pytest.raises(AccessError) as told:
        announce(database_id="secret_new", title="A new benefit", actor=reader)
    assert "secret" not in str(told.value)


# --- sealed and scheduled ---------------------------------------------------------------------------------------------


def _settle(home, moment=FEBRUARY, digest=DIGEST, **more):
    given = {"database_id": "clubs", "actor": KEEPER, "now": NOW, **more}
    return calendar.settle(home=home, moment=moment, digest=digest, **given)


def test_a_scheduled_release_confirms_its_announcement_and_adds_the_digest(announce, home):
    """One announcement, not two; the digest is public from now on."""
    made = announce()
    done = _settle(home)
    assert (done.id, done.standing, done.digest) == (made.id, Standing.CONFIRMED, DIGEST)
    assert len(calendar.entries(home=home, now=NOW)) == 1


def test_a_scheduled_release_that_nobody_announced_is_announced(home):
    """Confirmed, with its digest; sooner than four weeks with a reason."""
    with pytest.raises(QueryError, match="less than four weeks"):
        _settle(home, at("2027-01-19"))
    made = _settle(home, at("2027-01-19"), reason="An error was found.", kind=ReleaseKind.CORRECTION)
    assert (made.standing, made.digest, made.kind) == (Standing.CONFIRMED, DIGEST, ReleaseKind.CORRECTION)


def test_a_correction_does_not_take_the_place_of_the_next_release(announce, home):
    """It has its own day; the quarterly announcement stays as it is."""
    quarterly = announce()
    _settle(home, at("2027-01-19"), reason="An error was found.", kind=ReleaseKind.CORRECTION)
    assert len(calendar.entries(home=home, now=NOW)) == 2
    assert calendar.entry(home=home, announcement_id=quarterly.id, now=NOW).digest == ""


def test_a_release_scheduled_for_another_day_moves_the_announcement_it_names(announce, home):
    """With a reason; without one nothing changes."""
    made = announce()
    with pytest.raises(CalendarError, match="9 February 2027, 9:30am, and scheduling it for another"):
        _settle(home, MARCH, announcement_id=made.id)
    done = _settle(home, MARCH, announcement_id=made.id, reason="Records came late.")
    assert (done.id, done.moment, done.last_moved.before) == (made.id, MARCH, FEBRUARY)
    with pytest.raises(UnknownNameError):
        _settle(home, MAY, database_id="other", announcement_id=made.id, reason="x")


def test_scheduling_moves_a_confirmed_date_for_an_approver_alone(announce, home, producer, approver):
    """As moving it without a release does; a producer keeps the date, or asks. A provisional one is a plan."""
    made = announce()
    calendar.confirm(home=home, announcement_id=made.id, actor=approver, now=NOW)
    given = {"announcement_id": made.id, "reason": "Records came late.", "exemption": "Agreed."}
    for moment in (MARCH, at("2027-02-09", "07:00"), at("2027-02-09", "12:00")):
        with pytest.raises(AccessError, match="for Tuesday 9 February 2027, 9:30am: only an approver moves it"):
            _settle(home, moment, actor=producer, **given)
    with pytest.raises(AccessError):  # the same day, without naming it
        _settle(home, at("2027-02-09", "12:00"), actor=producer, reason="x", exemption="x")
    kept = calendar.entry(home=home, announcement_id=made.id, now=NOW)
    assert (kept.moment, kept.digest, kept.sequence) == (FEBRUARY, "", 1)
    assert _settle(home, actor=producer).digest == DIGEST
    calendar.unsettle(home=home, database_id="clubs", digest=DIGEST, reason="x", actor=producer, now=NOW)
    assert _settle(home, MARCH, actor=approver, **given).moment == MARCH
    plan = announce(MAY)
    done = _settle(home, at("2027-05-12"), actor=producer, digest=ANOTHER, reason="x", announcement_id=plan.id)
    assert done.moment == at("2027-05-12")


# --- one date a release -----------------------------------------------------------------------------------------------


def _dates(home):
    """What is announced and not cancelled, as staff see it."""
    found = calendar.entries(home=home, database_id="clubs", for_staff=True, now=NOW)
    return [(one.moment, one.standing, bool(one.digest)) for one in found if not one.is_cancelled]


def test_a_producer_who_schedules_on_another_day_makes_no_second_date(announce, home, producer, approver):
    """A confirmed date is named, and who may move it; an approver does both in one step, with the reason."""
    made = announce()
    calendar.confirm(home=home, announcement_id=made.id, actor=approver, now=NOW)
    for moment in (MARCH, at("2027-02-10"), at("2027-02-04")):
        with pytest.raises(AccessError, match=r"confirmed for Tuesday 9 February 2027.* ask an approver"):
            _settle(home, moment, actor=producer, reason="Records came late.")
    assert _dates(home) == [(FEBRUARY, Standing.CONFIRMED, False)]
    with pytest.raises(CalendarError, match="moves that date"):
        _settle(home, MARCH, actor=approver)
    assert _settle(home, MARCH, actor=approver, reason="Records came late.").id == made.id
    assert _dates(home) == [(MARCH, Standing.CONFIRMED, True)]


def test_a_provisional_date_is_moved_and_confirmed_by_scheduling(announce, home, producer):
    """A plan is a producer's to change, with the reason that readers see."""
    made = announce()
    with pytest.raises(CalendarError, match="moves that date"):
        _settle(home, at("2027-02-16"), actor=producer)
    done = _settle(home, at("2027-02-16"), actor=producer, reason="Records come later.")
    assert (done.id, done.last_moved.reason) == (made.id, "Records come later.")
    assert _dates(home) == [(at("2027-02-16"), Standing.CONFIRMED, True)]


def test_a_date_off_the_schedule_is_still_that_releases_date(announce, home, producer):
    """Taken off and scheduled again on another day: confirmed is confirmed."""
    announce()
    _settle(home, actor=producer)
    calendar.unsettle(home=home, database_id="clubs", digest=DIGEST, reason="x", actor=producer, now=NOW)
    with pytest.raises(AccessError, match="only an approver"):
        _settle(home, MARCH, actor=producer, digest=ANOTHER, reason="x")
    assert _dates(home) == [(FEBRUARY, Standing.CONFIRMED, False)]


def test_a_date_that_waits_is_not_passed_over_for_a_later_one(announce, home, producer, approver):
    """The February release does not take the day of March; an approver who names March has decided."""
    first, march = announce(), announce(MARCH)
    for named in ("", march.id):
        with pytest.raises(CalendarError, match=r"announced for Tuesday 9 February 2027.*has not come"):
            _settle(home, MARCH, actor=producer, reason="x", announcement_id=named)
    with pytest.raises(CalendarError, match="has not come"):
        _settle(home, MARCH, actor=approver, reason="x")
    assert [standing for _moment, standing, _digest in _dates(home)] == [Standing.PROVISIONAL] * 2
    calendar.cancel(home=home, announcement_id=first.id, reason="Merged.", actor=approver, now=NOW)
    assert _settle(home, MARCH, actor=producer).id == march.id
    assert _settle(home, MAY, digest=ANOTHER, actor=producer).moment == MAY, "none waits: it gets a date of its own"


def test_an_approver_may_name_a_later_date(announce, home, approver):
    """Two releases are to come, and the second is ready first."""
    announce()
    march = announce(MARCH)
    assert _settle(home, MARCH, actor=approver, announcement_id=march.id).id == march.id


def test_the_next_release_takes_its_own_date_and_leaves_the_years(home, producer):
    """A year of provisional dates: each release has the first that waits, and no date is announced twice."""
    made = _pattern(home)
    _settle(home, at("2027-02-16"), actor=producer, reason="Records come later.")
    announced.tell(home, "1", public_from=at("2027-02-16").isoformat(), digest=DIGEST)
    now = at("2027-03-01")
    done = _settle(home, at("2027-05-18"), actor=producer, digest=ANOTHER, reason="Later again.", now=now)
    assert done.id == made[1].id
    calendar.extend(home=home, now=now)
    months = [f"{moment:%Y-%m}" for moment, _standing, _digest in _dates(home)]
    assert months == ["2027-02", "2027-05", "2027-08", "2027-11", "2028-02"]


def test_a_date_that_a_release_at_once_has_overtaken_waits_no_more(announce, home):
    """Published with ``--now`` the day after it was announced for: the next release does not take that date."""
    announce()
    announced.tell(home, "1", public_from=at("2027-02-10").isoformat())
    march = announce(MARCH)
    done = _settle(home, MARCH, now=at("2027-02-11"), reason="x")
    assert done.id == march.id


def test_a_month_has_one_release_unless_it_is_said_why(announce, home):
    """Nor a day two; a correction is a release of its own."""
    announce()
    for moment, more in ((at("2027-02-16"), {}), (at("2027-02-09", "12:00"), {"exemption": "x", "reason": "x"})):
        with pytest.raises(CalendarError, match="announced for Tuesday 9 February 2027, 9:30am already"):
            announce(moment, **more)
    announce(at("2027-02-16"), kind=ReleaseKind.CORRECTION)
    announce(at("2027-02-23"), reason="A second volume.")
    assert len(_dates(home)) == 3


def test_a_pattern_leaves_out_what_was_announced_a_year_ahead(announce, home):
    """Announced by hand before the pattern reaches the month: it is that month's release."""
    _pattern(home)
    announce(at("2028-02-22"))
    made = [one for n in range(60) for one in calendar.extend(home=home, now=NOW + timedelta(days=n))]
    assert made == [], [f"{one.moment}" for one in made]


def test_an_announcement_with_a_sealed_release_is_not_moved_behind_its_back(announce, home):
    """The schedule and the calendar say one moment: first the release comes off the schedule."""
    made = announce()
    _settle(home)
    for act in (
        lambda: calendar.move(home=home, announcement_id=made.id, moment=MAY, reason="x", actor=KEEPER, now=NOW),
        lambda: calendar.cancel(home=home, announcement_id=made.id, reason="x", actor=KEEPER, now=NOW),
    ):
        with pytest.raises(QueryError, match="off the schedule"):
            act()
    with pytest.raises(QueryError, match="Another sealed release"):
        _settle(home, digest=ANOTHER)


def test_a_release_off_the_schedule_takes_its_digest_back(announce, home):
    """That it was announced, and why it was taken back, stays to be read; the date stands until it is moved."""
    announce()
    _settle(home)
    done = calendar.unsettle(
        home=home, database_id="clubs", digest=DIGEST, reason="A fault was found.", actor=KEEPER, now=NOW
    )
    assert (done.digest, done.standing, done.moment) == ("", Standing.CONFIRMED, FEBRUARY)
    assert [(one.act, one.digest) for one in done.changes[-2:]] == [("settled", DIGEST), ("unsettled", DIGEST)]
    again = calendar.unsettle(home=home, database_id="clubs", digest=DIGEST, reason="x", actor=KEEPER, now=NOW)
    assert again is None
    assert _settle(home, digest=ANOTHER).digest == ANOTHER


@pytest.mark.parametrize("digest", ["", "ab", "AB" * 32, "g" * 64, "ab" * 33, "ab" * 32 + "\n"])
def test_what_is_no_digest_is_not_announced(home, digest):
    """Sixty-four hexadecimal digits and nothing else."""
    with pytest.raises(QueryError, match="digest"):
        _settle(home, digest=digest)


def test_a_scheduled_first_release_needs_its_title(home):
    """The schedule announces it; under no name it would be announced under the database's id."""
    with pytest.raises(UnusableNameError):
        _settle(home, database_id="secret_new")
    made = _settle(home, database_id="secret_new", title="A new benefit")
    assert "secret" not in repr(calendar.entry(home=home, announcement_id=made.id, now=NOW))


# --- public -----------------------------------------------------------------------------------------------------------


def test_a_release_is_out_when_the_disk_says_so(announce, home):
    """Known by its digest, not by the clock; before the disk has it, it is late."""
    made = announce()
    _settle(home)
    after = FEBRUARY + timedelta(minutes=1)
    late = calendar.entry(home=home, announcement_id=made.id, now=after)
    assert late.is_late(after)
    assert not late.is_out
    announced.tell(
        home, "1", public_from=FEBRUARY.isoformat(), digest=DIGEST, version="2.1.0", salt="0a", statement="{}"
    )
    out = calendar.entry(home=home, announcement_id=made.id, now=after)
    assert (late.salt, late.statement) == ("", "")
    assert (out.salt, out.statement) == ("0a", "{}")
    assert (out.is_out, out.release, out.version, out.public_from) == (True, "1", "2.1.0", FEBRUARY)
    assert not out.is_late(after)


def test_another_release_on_its_day_is_not_taken_for_it(announce, home):
    """A digest that differs is another release, and one without a digest was never sealed."""
    made = announce()
    _settle(home)
    after = FEBRUARY + timedelta(hours=1)
    for digest in (ANOTHER, ""):
        announced.tell(home, "1", public_from=FEBRUARY.isoformat(), digest=digest)
        assert not calendar.entry(home=home, announcement_id=made.id, now=after).is_out


def test_a_release_made_at_once_on_an_announced_day_is_that_release(announce, home):
    """Whoever announced it and then released without a schedule has kept the day; a correction's release is its own."""
    made = announce()
    announced.tell(home, "1", public_from=(FEBRUARY + timedelta(hours=2)).isoformat(), digest=ANOTHER)
    after = FEBRUARY + timedelta(hours=3)
    assert calendar.entry(home=home, announcement_id=made.id, now=after).release == "1"
    noon = at("2027-02-09", "12:00")
    given = {"exemption": "x", "kind": ReleaseKind.CORRECTION}
    _settle(home, noon, digest=ANOTHER, announcement_id=announce(noon, **given).id, **given)
    assert not calendar.entry(home=home, announcement_id=made.id, now=after).is_out


def test_a_release_is_never_told_of_before_its_moment(announce, home):
    """Even if the disk had one of its day, an announcement that is to come is to come."""
    made = announce()
    announced.tell(home, "1", public_from=FEBRUARY.isoformat())
    before = calendar.entry(home=home, announcement_id=made.id, now=FEBRUARY - timedelta(seconds=1))
    assert (before.release, before.version, before.public_from) == ("", "", None)


def test_a_release_that_is_out_changes_no_more(announce, home):
    """Its announcement is history, whether the keeper noted it or the disk alone says so."""
    made = announce()
    announced.tell(home, "1", public_from=FEBRUARY.isoformat())
    after = FEBRUARY + timedelta(minutes=1)
    with pytest.raises(QueryError, match="changes no more"):
        calendar.move(home=home, announcement_id=made.id, moment=MAY, reason="x", actor=KEEPER, now=after)
    for _ in range(2):
        calendar.opened(home=home, database_id="clubs", release="1", public_from=FEBRUARY)
    announced.tell(home, "1", public_from="2026-11-10T09:30:00+00:00")
    assert calendar.entry(home=home, announcement_id=made.id, now=after).release == "1"


def test_only_what_the_disk_has_is_noted_as_out(announce, home):
    """A number that is not published is believed of nobody."""
    made = announce()
    calendar.opened(home=home, database_id="clubs", release="2", public_from=FEBRUARY)
    assert not calendar.entry(home=home, announcement_id=made.id, now=FEBRUARY).is_out


def test_published_releases_are_listed_with_their_versions(announce, home):
    """Newest first, each with the announcement that it had."""
    made = announce()
    announced.tell(home, "1", public_from=FEBRUARY.isoformat())
    (found,) = calendar.published(home=home, now=FEBRUARY + timedelta(minutes=1))
    assert (found.database, found.release, found.version, found.announcement) == ("clubs", "1", "1.0.0", made.id)
    assert calendar.published(home=home, database_id="secret_new") == ()


# --- patterns ---------------------------------------------------------------------------------------------------------


def _quarterly():
    return ReleasePattern.every(Every.QUARTER, DayRule.read("second tuesday"))


def _pattern(home, **more):
    given = {"database_id": "clubs", "pattern": _quarterly(), "actor": KEEPER, "now": NOW, **more}
    return calendar.set_pattern(home=home, **given)


def test_a_pattern_fills_a_year_provisionally(home):
    """Four quarters ahead, and nothing twice."""
    made = _pattern(home)
    assert [one.moment for one in made] == [FEBRUARY, MAY, at("2027-08-10"), at("2027-11-09")]
    assert {one.standing for one in made} == {Standing.PROVISIONAL}
    assert calendar.extend(home=home, now=NOW) == ()


def test_a_year_ahead_stays_a_year_ahead(home):
    """As time passes what follows is announced, each once, whatever the days it is asked on."""
    _pattern(home)
    made = [one for n in range(1, 53) for one in calendar.extend(home=home, now=NOW + timedelta(days=7 * n))]
    assert [one.moment for one in made] == [at("2028-02-08"), at("2028-05-09"), at("2028-08-08"), at("2028-11-14")]


def test_a_pattern_leaves_what_was_moved_or_cancelled_as_it_is(home):
    """A quarter that was moved to another month, or called off, is not announced again by a new pattern."""
    first, second, *_ = _pattern(home)
    calendar.move(home=home, announcement_id=first.id, moment=MARCH, reason="Late.", actor=KEEPER, now=NOW)
    calendar.cancel(home=home, announcement_id=second.id, reason="Merged.", actor=KEEPER, now=NOW)
    assert _pattern(home, now=NOW + timedelta(days=1)) == ()


def test_a_month_that_ends_on_a_day_of_rest_takes_nothing_from_the_next(home):
    """28 February 2027 is a Sunday: its release comes on 1 March, and March has its own on the 31st all the same."""
    pattern = ReleasePattern.every(Every.MONTH, DayRule.read("31"))
    now = at("2026-03-10")
    made = [*_pattern(home, pattern=pattern, now=now)]
    made += [one for n in range(1, 30) for one in calendar.extend(home=home, now=now + timedelta(days=n))]
    days = [f"{one.moment:%Y-%m-%d}" for one in made if one.moment > at("2027-02-01")]
    assert days == ["2027-03-01", "2027-03-31"]


def test_a_correction_does_not_stand_in_the_way_of_a_pattern(announce, home):
    """The February release comes as well as the February correction."""
    announce(at("2027-02-16"), kind=ReleaseKind.CORRECTION)
    assert FEBRUARY in [one.moment for one in _pattern(home)]


def test_another_time_of_a_pattern_takes_an_exemption(home):
    """Every day of it would need one."""
    early = ReleasePattern((2,), DayRule.read("9"), at("2027-02-09", "07:00").time())
    with pytest.raises(QueryError, match="not the usual time"):
        _pattern(home, pattern=early)
    (made,) = _pattern(home, pattern=early, exemption="Agreed.", contact=Contact("Ada", "ada@example.org"))
    assert (made.exemption, made.contact.name) == ("Agreed.", "Ada")


@pytest.mark.parametrize("clock", [time(9, 30, 15), time(9, 30, tzinfo=UTC)])
def test_a_pattern_that_names_no_moment_is_never_kept(home, clock):
    """It would stand in the way of every other pattern each time that the calendar is followed."""
    with pytest.raises(QueryError, match="whole minute"):
        _pattern(home, pattern=ReleasePattern((2,), DayRule.read("9"), clock), exemption="Agreed.")
    assert calendar.patterns() == ()


def test_a_pattern_taken_away_leaves_what_is_announced(home):
    """Nothing follows any more."""
    _pattern(home)
    calendar.remove_pattern(home=home, database_id="clubs", actor=KEEPER)
    assert len(calendar.upcoming(home=home, now=NOW)) == 4
    assert calendar.extend(home=home, now=NOW + timedelta(days=300)) == ()
    with pytest.raises(UnknownNameError):
        calendar.remove_pattern(home=home, database_id="clubs", actor=KEEPER)


def test_the_next_release_is_the_first_that_is_neither_out_nor_cancelled(announce, home):
    """What is late comes before what is to come."""
    made = announce()
    announce(MAY)
    late = FEBRUARY + timedelta(hours=1)
    assert calendar.next_release(home=home, database_id="clubs", now=late).id == made.id
    announced.tell(home, "1", public_from=FEBRUARY.isoformat())
    assert calendar.next_release(home=home, database_id="clubs", now=late).moment == MAY


def test_the_worker_beside_the_site_keeps_the_calendar_a_year_ahead(home, monkeypatch):
    """With its sweep; what stands in the way is logged, and stops no sweep."""
    _pattern(home, now=timezone.now() - timedelta(days=200))
    before = len(calendar.entries(home=home, for_staff=True))
    working.sweep(home=home)
    assert len(calendar.entries(home=home, for_staff=True)) > before

    def refuses(**_):
        raise HomeError("The audit log cannot be written.")

    monkeypatch.setattr(working.calendar, "extend", refuses)
    working.sweep(home=home)
