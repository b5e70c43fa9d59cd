"""Releases on their way: each act is allowed, done and written down once; another organisation's are unknown."""

import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from homes import write_definition, write_records

from statlas.cli.release import text
from statlas.errors import AccessError, HomeError, MoveRefusedError, QueryError, UnknownNameError, UnusableNameError
from statlas.model.finding import DraftReports, Finding, Report, Severity, to_json
from statlas.model.release import ReleaseKind
from statlas.model.release_times import release_moment
from statlas.office.accounts import queries as accounts
from statlas.office.accounts.roles import Role as HouseRole
from statlas.office.organisations.roles import Role
from statlas.office.releases.models import Move, ReleaseRow
from statlas.office.releases.states import Act, State
from statlas.service import tables
from statlas.service.office import acts, calendar, organisations
from statlas.service.office.actors import KEEPER, REPAIR, Actor
from statlas.service.office.releases import acting, machine, moving, public, reading, steps
from statlas.service.tables import auditing
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home, printed
from statlas.web import releasing

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = release_moment(date(2026, 4, 14))
STRANGE = Finding("9f86d081884c7d65", "series-break", Severity.WARNING, "North", "North fell by half.")


@pytest.fixture
def home(tmp_path):
    """An empty home."""
    return Home(tmp_path / "home").create()


@pytest.fixture(scope="session")
def _published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    made = tables.open_home(folder / "home")
    definition = write_definition(folder)
    for month in ("202501", "202502"):
        records = write_records(folder / f"{month}.csv", months=(month,), n=300)
        tables.publish(home=made, definition=definition, records=[records])
    return made.path


@pytest.fixture
def published(_published, tmp_path):
    """A home with two releases of ``clubs`` that the office knows."""
    made = Home(shutil.copytree(_published, tmp_path / "published"))
    acting.repair(home=made, now=NOW)
    return made


@pytest.fixture
def somebody():
    """``somebody("amina", Role.PRODUCER)``: who acts, with roles in an organisation, the first one's by default."""

    def made(name, *roles, slug="default"):
        email = f"{name}@example.org"
        account = accounts.find(email) or accounts.make(email, None, None)
        for role in roles:
            organisation = organisations.queries.find(slug)
            organisations.queries.give(organisation, account, role)
        return Actor.of_account(account)

    return made


@pytest.fixture
def amina(somebody):
    """Prepares."""
    return somebody("amina", Role.PRODUCER)


@pytest.fixture
def ben(somebody):
    """Approves."""
    return somebody("ben", Role.APPROVER)


def draft(database="clubs", release="1", findings=(), draft_id=""):
    """What is told of a sealed draft."""
    reports = to_json(DraftReports(screening=Report(tuple(findings)))).encode()
    draft_id = draft_id or f"{database}{release}".encode().hex().ljust(32, "0")
    return DraftReport(draft_id, database, release, "a" * 64, "1.0.0", len(findings), reports=reports)


def begun(home, actor, **given):
    """A release under way."""
    return acting.begin(home=home, draft=draft(**given), actor=actor, now=NOW)


def approved(home, preparer, approver, **given):
    """A release that waits for its minute."""
    release = begun(home, preparer, **given)
    acting.check(home=home, release_id=release.id, actor=preparer, now=NOW)
    return acting.approve(home=home, release_id=release.id, actor=approver, reason="right", now=NOW)


def scheduled(home, preparer, approver, **given):
    """A release that has its minute."""
    release = approved(home, preparer, approver, **given)
    return acting.schedule(home=home, release_id=release.id, actor=approver, moment=MINUTE, title="Clubs", now=NOW)


def written(home):
    """The acts on releases in the audit log, as pairs of act and actor."""
    return [(line.action, line.actor) for line in auditing.lines(home=home) if line.action.startswith("release.")]


# --- a life -----------------------------------------------------------------------------------------------------------


def test_every_act_of_a_life_is_written_down_once(home, amina, ben, monkeypatch):
    """The history and the audit log tell the same acts, in the same order, under the same ids."""
    release = begun(home, amina, findings=[STRANGE])
    given = {"home": home, "release_id": release.id, "now": NOW}
    acting.accept(**given, finding=STRANGE.id, reason="The town moved.", actor=amina)
    acting.check(**given, actor=amina)
    acting.send_back(**given, actor=ben, reason="Look again.")
    acting.check(**given, actor=amina)
    acting.approve(**given, actor=ben, reason="Right.")
    acting.schedule(**given, actor=ben, moment=MINUTE, title="Clubs")
    acting.unschedule(**given, actor=amina, reason="Late.")
    monkeypatch.setattr(steps.drafting, "discard", lambda **_given: None)
    last = acting.discard(**given, actor=amina, reason="Given up.")
    assert last.state is State.DISCARDED
    told = [
        (line.details["move"], line.action, line.actor, line.reason)
        for line in auditing.lines(home=home)
        if line.action.startswith("release.")
    ]
    kept = [(move.pk, f"release.{move.act}", move.actor, move.reason) for move in Move.objects.order_by("number")]
    assert told == kept
    assert len(kept) == 9
    assert last.moves == 8
    assert not auditing.verify(home=home).faults


def test_the_history_says_for_which_minute_it_was_scheduled(home, amina, ben):
    """On the page of staff and in the terminal, by London's clocks; of a minute that was given up, too."""
    release = scheduled(home, amina, ben)
    given = {"home": home, "release_id": release.id, "now": NOW, "actor": ben}
    acting.unschedule(**given, reason="Late.")
    acting.schedule(**given, moment=release_moment(date(2026, 4, 15)), reason="Late.")
    history = reading.history(account=ben.account, release_id=release.id)
    assert [one.what for one in releasing.events_of(history)][:3] == [
        "Scheduled for 15 April 2026, 9:30am",
        "Taken off the schedule",
        "Scheduled for 14 April 2026, 9:30am",
    ]
    told = [line for line in text.whole(release, "", history, ()) if "schedule" in line]
    assert [line.partition(" - ")[2] for line in told if " - " in line] == [
        "schedule for 2026-04-14 09:30 London",
        "unschedule: Late.",
        "schedule for 2026-04-15 09:30 London: Late.",
    ]


def test_what_is_refused_leaves_no_trace(home, amina, ben):
    """No line, no move, no other state; the message says what to do."""
    release = begun(home, amina, findings=[STRANGE])
    before = written(home)
    given = {"home": home, "release_id": release.id, "now": NOW}
    tries = [
        lambda: acting.check(**given, actor=amina),
        lambda: acting.approve(**given, actor=ben, reason="Right."),
        lambda: acting.schedule(**given, actor=ben, moment=MINUTE, title="Clubs"),
        lambda: acting.withdraw(**given, actor=ben, reason="Wrong."),
        lambda: acting.discard(**given, actor=amina, reason=" "),
        lambda: acting.begin(home=home, draft=draft(release="2"), actor=amina),
    ]
    for tried in tries:
        with pytest.raises(MoveRefusedError) as refused:
            tried()
        assert refused.value.mend
    with pytest.raises(UnknownNameError):
        acting.accept(**given, finding="0" * 16, reason="No such.", actor=amina)
    assert written(home) == before
    assert reading.release(account=amina.account, release_id=release.id).moves == 0


def test_nobody_approves_their_own_in_whatever_role(home, somebody):
    """Every role of the organisation, and being the administrator of the site, do not help."""
    everything = somebody("amina", *Role)
    accounts.give(everything.account, HouseRole.ADMINISTRATOR)
    release = begun(home, everything)
    acting.check(home=home, release_id=release.id, actor=everything, now=NOW)
    with pytest.raises(MoveRefusedError, match="another approver"):
        acting.approve(home=home, release_id=release.id, actor=everything, reason="Mine.", now=NOW)
    assert Act.APPROVE not in reading.release(account=everything.account, release_id=release.id).acts


def test_a_calendar_that_refuses_leaves_the_release_as_it_was(home, amina, ben):
    """A wrong time of day: neither the schedule nor the announcement is kept."""
    release = approved(home, amina, ben)
    with pytest.raises(QueryError, match="9:30am"):
        acting.schedule(
            home=home, release_id=release.id, actor=ben, moment=MINUTE + timedelta(minutes=1), title="C", now=NOW
        )
    assert reading.release(account=ben.account, release_id=release.id).state is State.APPROVED


def test_without_the_audit_log_nothing_is_done(home, amina, ben, monkeypatch):
    """A log that cannot be written stops every act."""
    release = begun(home, amina)

    def full(**_given):
        raise HomeError("No space left on device.")

    monkeypatch.setattr(auditing, "record", full)
    with pytest.raises(HomeError):
        acting.check(home=home, release_id=release.id, actor=amina, now=NOW)
    assert reading.release(account=ben.account, release_id=release.id).state is State.DRAFT
    with pytest.raises(HomeError):
        begun(home, amina, database="rents")
    assert ReleaseRow.objects.count() == 1


def test_who_was_a_moment_late_is_told(home, amina, ben, somebody):
    """Both looked at the same; one sent it back, the other approved what is no longer checked."""
    release = begun(home, amina)
    seen = acting.check(home=home, release_id=release.id, actor=amina, now=NOW).moves
    reviewer = somebody("cleo", Role.REVIEWER)
    acting.send_back(home=home, release_id=release.id, actor=reviewer, reason="No.", seen=seen, now=NOW)
    with pytest.raises(MoveRefusedError, match=r"cleo@example.org has acted"):
        acting.approve(home=home, release_id=release.id, actor=ben, reason="Yes.", seen=seen, now=NOW)


# --- whose it is ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(home, somebody, ben):
    """Two organisations; ``clubs`` is of the parks, ``rents`` nobody's in particular."""
    keeper = Actor("root (command line)", is_system=True)
    organisations.register(home=home, slug="parks", name="Parks", actor=keeper)
    organisations.claim(home=home, slug="parks", database_id="clubs", actor=keeper)
    return somebody("dora", *Role, slug="parks"), somebody("eve", *Role)


ACTS = {
    "accept": {"finding": STRANGE.id, "reason": "r"},
    "check": {},
    "send_back": {"reason": "r"},
    "approve": {"reason": "r"},
    "schedule": {"moment": MINUTE, "title": "t"},
    "unschedule": {"reason": "r"},
    "discard": {"reason": "r"},
    "withdraw": {"reason": "r"},
    "restore": {"reason": "r"},
    "destroy": {"reason": "r"},
    "grant_access": {"email": "x@example.org", "name": "X", "post": "Y"},
    "revoke_access": {"email": "x@example.org"},
    "opened": {},
}


def test_every_act_on_one_release_is_in_the_list():
    """An act that is added is tried below."""
    public_names = {name for name in acting.__all__ if name[0].islower()}
    assert public_names - {"adopt", "begin", "read_early", "repair", "require_may_begin"} == set(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_another_organisations_release_is_as_unknown_as_none(home, two, act):
    """With every role in one's own; the words are those for an id that is not there."""
    dora, eve = two
    release = begun(home, dora, findings=[STRANGE])
    before = written(home)
    said = []
    for release_id in (release.id, "f" * 32):
        with pytest.raises(UnknownNameError) as unknown:
            getattr(acting, act)(home=home, release_id=release_id, actor=eve, **ACTS[act])
        said.append(str(unknown.value).replace(release_id, "ID"))
    assert said[0] == said[1]
    assert written(home) == before


def test_every_reading_of_another_organisations_release_is_unknown(home, two):
    """One by one, in lists, by database, and before its minute."""
    dora, eve = two
    release = scheduled(home, dora, Actor.of_account(_approver(two)))
    for read in (reading.release, reading.history, reading.early_readers):
        with pytest.raises(UnknownNameError):
            read(account=eve.account, release_id=release.id)
    with pytest.raises(UnknownNameError):
        reading.why_not(account=eve.account, release_id=release.id, act=Act.APPROVE)
    assert reading.for_account(account=eve.account) == ()
    assert reading.for_account(account=None) == ()
    assert [one.id for one in reading.for_account(account=dora.account)] == [release.id]
    assert organisations.databases_of(account=eve.account) == ()
    assert organisations.databases_of(account=dora.account) == ("clubs",)
    assert not reading.may_read_early(account=eve.account, release_id=release.id, now=MINUTE - timedelta(hours=1))
    assert reading.early_for(account=eve.account) == ()
    assert reading.was_let_in(account=eve.account, release_id=release.id) is None


def _approver(two):
    account = accounts.make("fay@example.org", None, None)
    organisations.queries.give(organisations.queries.find("parks"), account, Role.APPROVER)
    return account


def test_a_producer_cannot_begin_for_another_organisation(home, two):
    """Neither before the records are read nor after; nor by adopting what another sealed."""
    dora, eve = two
    for tried in (
        lambda: acting.require_may_begin(account=eve.account, database_id="clubs"),
        lambda: begun(home, eve),
        lambda: begun(home, dora, database="rents"),
    ):
        with pytest.raises(UnknownNameError, match="not a database of your organisation"):
            tried()
    assert not ReleaseRow.objects.exists()


def test_roles_of_the_house_count_where_there_is_no_ceremony(home):
    """In the first organisation, until the account belongs to another; and never for one that is shut."""
    account = accounts.make("amina@example.org", None, HouseRole.PRODUCER)
    assert organisations.may(account=account, database_id="clubs", role=Role.PRODUCER)
    assert not organisations.may(account=account, database_id="clubs", role=Role.APPROVER)
    organisations.register(home=home, slug="parks", name="Parks", actor=REPAIR)
    organisations.add_member(home=home, slug="parks", email=account.email, role=Role.REVIEWER, actor=REPAIR)
    assert not organisations.is_member(account=account, database_id="clubs")
    organisations.claim(home=home, slug="parks", database_id="clubs", actor=REPAIR)
    assert organisations.roles_of(account=account, database_id="clubs") == {Role.REVIEWER}
    account.is_active = False
    account.save()
    assert not organisations.is_member(account=account, database_id="clubs")


def test_who_has_another_role_is_told_which_is_needed(home, amina, ben):
    """In one's own organisation it is no secret that the release is there."""
    release = begun(home, amina)
    with pytest.raises(AccessError, match="producer or reviewer"):
        acting.check(home=home, release_id=release.id, actor=ben, now=NOW)
    with pytest.raises(AccessError, match="producer of This department"):
        acting.require_may_begin(account=ben.account, database_id="rents")


def test_administrators_of_one_organisation_are_nothing_in_another(home, two, somebody):
    """They cannot name members there, nor take its databases, nor make organisations."""
    dora, eve = two
    tries = (
        lambda: organisations.add_member(
            home=home, slug="parks", email="eve@example.org", role=Role.PRODUCER, actor=eve
        ),
        lambda: organisations.remove_member(
            home=home, slug="parks", email="dora@example.org", role=Role.PRODUCER, actor=eve
        ),
        lambda: organisations.claim(home=home, slug="default", database_id="clubs", actor=eve),
        lambda: organisations.register(home=home, slug="mine", name="Mine", actor=eve),
        lambda: organisations.rename(home=home, slug="parks", name="Mine", actor=eve),
    )
    for tried in tries:
        with pytest.raises(AccessError):
            tried()
    begun(home, eve, database="rents")
    with pytest.raises(AccessError):
        organisations.claim(home=home, slug="parks", database_id="rents", actor=dora)
    organisations.claim(home=home, slug="parks", database_id="fairs", actor=dora)
    assert "fairs" in organisations.one(slug="parks").databases


# --- the minute -------------------------------------------------------------------------------------------------------


def test_nothing_opens_before_its_minute_or_off_the_schedule(home, amina, ben):
    """What makes it public on the disk is not even called; and nobody but the keeper may ask."""
    release = scheduled(home, amina, ben)
    called = []
    given = {"home": home, "release_id": release.id, "rename": called.append}
    with pytest.raises(MoveRefusedError, match="minute has not come"):
        acting.opened(**given, now=MINUTE - timedelta(microseconds=1))
    with pytest.raises(AccessError):
        acting.opened(**given, actor=ben, now=MINUTE)
    acting.unschedule(home=home, release_id=release.id, actor=ben, reason="Late.", now=NOW)
    with pytest.raises(MoveRefusedError, match="First schedule it"):
        acting.opened(**given, now=MINUTE)
    assert called == []
    assert reading.due(now=MINUTE) == ()


def test_a_disk_that_fails_every_second_is_told_once(home, amina, ben):
    """The release stays scheduled, the log says once that it opens, and takes nothing back while it is tried."""
    release = scheduled(home, amina, ben)

    def fail(_held):
        raise HomeError("The disk failed.")

    for _ in range(3):
        with pytest.raises(HomeError):
            acting.opened(home=home, release_id=release.id, now=MINUTE, rename=fail)
        acting.repair(home=home, now=MINUTE)
    assert written(home).count(("release.open", "keeper")) == 1
    assert [one.id for one in reading.due(now=MINUTE)] == [release.id]
    acting.unschedule(home=home, release_id=release.id, actor=ben, reason="Broken.", now=NOW)
    acting.repair(home=home, now=MINUTE)
    assert written(home)[-1] == ("release.not-kept", "repair")


def test_what_is_not_on_the_disk_is_not_public(home, amina, ben):
    """Without a rename the disk has to show it already."""
    release = scheduled(home, amina, ben)
    with pytest.raises(MoveRefusedError, match="not there"):
        acting.opened(home=home, release_id=release.id, now=MINUTE)
    assert reading.release(account=ben.account, release_id=release.id).state is State.SCHEDULED


# --- before the minute ------------------------------------------------------------------------------------------------


def test_named_people_read_in_the_day_before_and_no_longer(home, amina, ben, somebody):
    """From 24 hours before until the minute; each first reading is noted, every reading is in the audit log."""
    release, reader = scheduled(home, amina, ben), somebody("ruth")
    given = {"home": home, "release_id": release.id, "now": NOW}
    acting.grant_access(**given, email="RUTH@example.org", name="Ruth Bloom", post="Press officer", actor=ben)
    with pytest.raises(UnusableNameError, match="already"):
        acting.grant_access(**given, email="ruth@example.org", name="Ruth", post="Press", actor=ben)
    window = {
        MINUTE - timedelta(hours=24, microseconds=1): False,
        MINUTE - timedelta(hours=24): True,
        MINUTE - timedelta(microseconds=1): True,
        MINUTE: False,
    }
    for moment, may in window.items():
        asked = {"account": reader.account, "release_id": release.id, "now": moment}
        assert reading.may_read_early(**asked) is may
        if may:
            acting.read_early(home=home, **asked)
        else:
            with pytest.raises(AccessError):
                acting.read_early(home=home, **asked)
    assert written(home).count(("release.read-early", "ruth@example.org")) == 2
    early = MINUTE - timedelta(hours=1)
    assert not reading.may_read_early(account=amina.account, release_id=release.id, now=early)
    acting.revoke_access(**given, email="ruth@example.org", actor=ben)
    assert not reading.may_read_early(account=reader.account, release_id=release.id, now=early)
    assert reading.early_for(account=reader.account) == ()


def test_the_list_of_early_readers_is_published_with_the_release(published, amina, ben):
    """Names and posts, without addresses; those shut out before they read are not on it; before, it is empty."""
    row = ReleaseRow.objects.get(release="2")
    ReleaseRow.objects.filter(pk=row.pk).update(state=State.SCHEDULED, scheduled_for=MINUTE)
    for name in ("ruth", "sam"):
        acting.grant_access(
            home=published, release_id=row.pk, email=f"{name}@example.org", name=name, post="P", actor=ben, now=NOW
        )
    acting.revoke_access(home=published, release_id=row.pk, email="sam@example.org", actor=ben, now=NOW)
    assert reading.pre_release_list(database="clubs", release="2") == ()
    ReleaseRow.objects.filter(pk=row.pk).update(state=State.PUBLIC)
    told = reading.pre_release_list(database="clubs", release="2")
    assert [(one.name, one.post, one.email, one.granted_by) for one in told] == [("ruth", "P", "", "")]


# --- public -----------------------------------------------------------------------------------------------------------


def test_withdrawn_restored_withdrawn(published, amina, ben):
    """The disk follows each act; a producer alone withdraws, and cannot restore."""
    one = reading.for_account(account=amina.account)[0]
    given = {"home": published, "release_id": one.id, "now": NOW}
    assert acting.withdraw(**given, actor=amina, reason="Wrong.").state is State.WITHDRAWN
    assert published.withdrawn("clubs")[one.release].reason == "Wrong."
    with pytest.raises(AccessError):
        acting.restore(**given, actor=amina, reason="Right.")
    assert acting.restore(**given, actor=ben, reason="Right.").state is State.RESTORED
    assert published.withdrawn("clubs") == {}
    assert acting.withdraw(**given, actor=amina, reason="Wrong.").state is State.WITHDRAWN


def test_what_has_no_records_is_neither_restored_nor_destroyed_again(published, amina, ben):
    """Nobody is offered it, and who asks is told what to do."""
    one = reading.for_account(account=ben.account)[0]
    given = {"home": published, "release_id": one.id, "actor": ben, "reason": "Its time is over.", "now": NOW}
    acting.withdraw(**given)
    acting.destroy(**given)
    found = reading.release(account=ben.account, release_id=one.id)
    assert found.is_destroyed
    assert {Act.RESTORE, Act.DESTROY}.isdisjoint(found.acts)
    with pytest.raises(MoveRefusedError, match=r"were destroyed\. Send a correction"):
        acting.restore(**given)
    with pytest.raises(MoveRefusedError, match="need not be done again"):
        acting.destroy(**given)


def test_what_is_slow_in_destroying_keeps_nobody_from_acting(published, amina, ben, monkeypatch):
    """Printing what stays takes minutes for a large database; a release may be due in them, and must open."""
    alone, keep, held, kept_while_held = acts.alone, printed.keep, [], []

    @contextmanager
    def noted():
        with alone():
            held.append(True)
            try:
                yield
            finally:
                held.pop()

    def keeping(*given):
        kept_while_held.append(bool(held))
        keep(*given)

    monkeypatch.setattr(acts, "alone", noted)
    monkeypatch.setattr(printed, "keep", keeping)
    assert [one.release for one in reading.for_account(account=ben.account)] == ["2", "1"]
    one = reading.for_account(account=ben.account)[0]
    given = {"home": published, "release_id": one.id, "reason": "Its time is over.", "now": NOW}
    with pytest.raises(MoveRefusedError):  # it is the one that answers
        acting.destroy(**given, actor=ben)
    acting.withdraw(**given, actor=ben)
    with pytest.raises(AccessError):
        acting.destroy(**given, actor=amina)
    assert kept_while_held == []
    acting.destroy(**given, actor=ben)
    assert kept_while_held == [False]
    assert published.is_destroyed("clubs", one.release)


def test_a_correction_marks_what_it_corrects(published, amina, monkeypatch):
    """When it is public: the release before it, by number, in the keeper's name."""
    first, second = (ReleaseRow.objects.get(release=number) for number in "12")
    told = published.facts("clubs", "2")
    corrected = {**vars(told), "kind": ReleaseKind.CORRECTION, "note": "A town was missing."}
    monkeypatch.setattr(Home, "facts", lambda *_asked: type(told)(**corrected))
    public.describe(home=published, release_id=second.pk, now=NOW)
    history = reading.history(account=amina.account, release_id=first.pk)
    assert (history[-1].act, history[-1].after, history[-1].actor) == (Act.CORRECT, State.CORRECTED, KEEPER.name)
    assert history[-1].reason == "A town was missing."
    public.describe(home=published, release_id=second.pk, now=NOW)
    assert len(reading.history(account=amina.account, release_id=first.pk)) == len(history)


# --- after a crash ----------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here, as if it had been killed: nothing of ours runs afterwards."""


def test_a_line_whose_act_was_not_kept_is_taken_back(home, amina, monkeypatch):
    """Killed between the line and the end of the transaction: the release is as it was, and the log says so."""
    release = begun(home, amina)
    real = auditing.record

    def killed(**given):
        real(**given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(auditing, "record", killed)
        with pytest.raises(Killed):
            acting.check(home=home, release_id=release.id, actor=amina, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(auditing, "record", killed)
        with pytest.raises(Killed):
            begun(home, amina, database="rents")
    found = acting.repair(home=home, now=NOW)
    assert [said.partition(",")[0] for said in found.done] == [
        "clubs release 1: check was cut off before it was done; the log says so.",
        "rents release 1: begin was cut off before it was done; the log says so.",
    ]
    assert written(home)[-2:] == [("release.not-kept", "repair")] * 2
    assert acting.repair(home=home, now=NOW).done == []
    assert acting.check(home=home, release_id=release.id, actor=amina, now=NOW).state is State.CHECKED


def test_what_the_disk_shows_is_kept_in_the_name_of_who_did_it(published, amina, ben, monkeypatch):
    """Killed between the notice and the end of the transaction: withdrawn it is, by whoever withdrew it."""
    one = reading.for_account(account=amina.account)[0]
    for act, actor, state in (("withdraw", amina, State.WITHDRAWN), ("restore", ben, State.RESTORED)):
        real = getattr(public.standing, act)

        def killed(*, _real=real, **given):
            _real(**given)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(public.standing, act, killed)
            with pytest.raises(Killed):
                getattr(acting, act)(home=published, release_id=one.id, actor=actor, reason="Because.", now=NOW)
        acting.repair(home=published, now=NOW)
        last = reading.history(account=amina.account, release_id=one.id)[-1]
        assert (last.act, last.after, last.actor, last.reason) == (act, state, actor.name, "Because.")
        assert reading.release(account=amina.account, release_id=one.id).state is state
        assert acting.repair(home=published, now=NOW).done == []
    moves = {line.details.get("move") for line in auditing.lines(home=published)}
    assert set(Move.objects.values_list("pk", flat=True)) <= moves


def test_a_release_that_opened_before_a_crash_is_public(published, amina, ben):
    """The rename was done, the row was not: the keeper's line stands, and the release is public here too."""
    row = ReleaseRow.objects.get(release="2")
    ReleaseRow.objects.filter(pk=row.pk).update(state=State.SCHEDULED, scheduled_for=MINUTE, draft_id="d" * 32)

    def killed(_held):
        raise Killed

    with pytest.raises(Killed):
        acting.opened(home=published, release_id=row.pk, now=MINUTE, rename=killed)
    assert reading.release(account=amina.account, release_id=row.pk).state is State.SCHEDULED
    acting.repair(home=published, now=MINUTE)
    one = reading.release(account=amina.account, release_id=row.pk)
    assert one.state is State.PUBLIC
    assert reading.history(account=amina.account, release_id=row.pk)[-1].actor == "keeper"
    assert written(published).count(("release.open", "keeper")) == 1


def test_the_calendar_learns_of_a_release_whatever_was_killed(published, amina, ben, monkeypatch):
    """The release was public here, the calendar was not told yet: the repair tells it, and describes the release."""
    row = ReleaseRow.objects.get(release="2")
    ReleaseRow.objects.filter(pk=row.pk).update(
        state=State.SCHEDULED, scheduled_for=MINUTE, draft_id="d" * 32, digest="b" * 64
    )
    public.calendar.settle(
        home=published, database_id="clubs", moment=MINUTE, digest="b" * 64, actor=ben, now=NOW, reason="why"
    )

    def killed(**_given):
        raise Killed

    monkeypatch.setattr(public.calendar, "opened", killed)
    with pytest.raises(Killed):
        acting.opened(home=published, release_id=row.pk, now=MINUTE, rename=lambda _held: None)
    monkeypatch.undo()
    assert public.calendar.of_database(home=published, database_id="clubs")
    acting.repair(home=published, now=MINUTE)
    assert not public.calendar.of_database(home=published, database_id="clubs")
    row.refresh_from_db()
    assert (row.state, row.version) == (State.PUBLIC, published.facts("clubs", "2").version)


def test_what_is_public_without_a_row_gets_one(published, amina):
    """Published at once or long ago; each is written down once, and can be withdrawn like any other."""
    assert written(published) == [("release.find", "repair")] * 2
    assert {(one.release, one.state) for one in reading.for_account(account=amina.account)} == {
        ("1", State.PUBLIC),
        ("2", State.PUBLIC),
    }


def test_a_draft_that_was_overtaken_is_given_up(published, amina):
    """Another release took its number, so it can never become public; the database is free for another draft."""
    row = ReleaseRow.objects.get(release="2")
    ReleaseRow.objects.filter(pk=row.pk).update(state=State.CHECKED, draft_id="d" * 32, digest="b" * 64)
    found = acting.repair(home=published, now=NOW)
    assert any("overtaken" in said for said in found.done)
    states = dict(ReleaseRow.objects.filter(release="2").values_list("draft_id", "state"))
    assert states == {"d" * 32: State.DISCARDED, None: State.PUBLIC}


def test_the_date_of_a_scheduled_release_that_was_overtaken_is_free_again(published, amina):
    """Its digest will never be anything's, and the date can be moved or cancelled."""
    given = {"home": published, "database_id": "clubs", "moment": MINUTE, "now": NOW, "actor": KEEPER}
    calendar.settle(**given, digest="b" * 64)
    fields = {"state": State.SCHEDULED, "draft_id": "d" * 32, "digest": "b" * 64, "scheduled_for": MINUTE}
    ReleaseRow.objects.filter(release="2").update(**fields)
    acting.repair(home=published, now=NOW)
    (date,) = calendar.of_database(home=published, database_id="clubs")
    assert date.digest == ""
    assert "never become public" in date.changes[-1].reason
    assert [line.action for line in auditing.lines(home=published)][-3:-1] == ["calendar.unsettle", "release.lose"]


def test_drafts_and_rows_that_miss_each_other_are_said(home, amina, monkeypatch):
    """A row whose draft is gone, a draft without a row: what to do is said, and adopting it does."""
    from statlas.model.release import DraftFacts  # noqa: PLC0415 - here alone
    from statlas.service.office.releases import beginning, repairing  # noqa: PLC0415

    begun(home, amina)
    orphan = DraftFacts("e" * 32, "rents", "1", "2026-03-02T12:00:00+00:00", "cleo@example.org", "c" * 64)
    for module in (beginning, repairing):
        monkeypatch.setattr(module.drafting, "drafts", lambda **_given: (orphan,))
    found = acting.repair(home=home, now=NOW)
    assert [said for said in found.to_do if "adopt " + "e" * 32 in said]
    assert [said for said in found.to_do if "Release 1 of clubs is gone" in said]
    with pytest.raises(MoveRefusedError) as left:
        acting.require_may_begin(account=amina.account, database_id="rents", home=home)
    assert "`statlas release adopt " + "e" * 32 in left.value.mend
    one = acting.adopt(home=home, draft_id="e" * 32, actor=amina, now=NOW)
    assert (one.prepared_by, one.to_answer) == ("cleo@example.org", None)
    with pytest.raises(UnknownNameError):
        acting.adopt(home=home, draft_id="e" * 32, actor=amina, now=NOW)


def test_what_is_left_of_a_discarded_draft_is_removed(home, amina, monkeypatch):
    """The row says that it is discarded before the files go."""
    from statlas.model.release import DraftFacts  # noqa: PLC0415 - here alone
    from statlas.service.office.releases import repairing  # noqa: PLC0415

    release = begun(home, amina)

    def killed(**_given):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps.drafting, "discard", killed)
        with pytest.raises(Killed):
            acting.discard(home=home, release_id=release.id, actor=amina, reason="Given up.", now=NOW)
    assert reading.release(account=amina.account, release_id=release.id).state is State.DISCARDED
    left, removed = DraftFacts(release.draft_id, "clubs", "1", "", "", ""), []
    monkeypatch.setattr(repairing.drafting, "drafts", lambda **_given: (left,))
    monkeypatch.setattr(repairing.drafting, "discard", lambda *, home, draft_id: removed.append(draft_id))
    acting.repair(home=home, now=NOW)
    assert removed == [release.draft_id]


def test_a_line_names_the_release_the_move_and_the_machine(home, amina):
    """So that log and table can be compared, and that it is known at which machine an account was named."""
    actor = Actor.of_account(amina.account, os_user="amina (command line)")
    release = acting.begin(home=home, draft=draft(), actor=actor, now=NOW)
    line = list(auditing.lines(home=home))[-1]
    move = Move.objects.get()
    assert line.subject == moving.subject_of(ReleaseRow.objects.get()) == "clubs release 1"
    assert (line.details["release"], line.details["move"]) == (release.id, move.pk)
    assert line.details["os_user"] == move.os_user == "amina (command line)"


# --- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile", ["", "\0", "f" * 33, "F" * 32, "../" * 10, "%", "'; --", "\ud800", "०" * 32, "x" * 5000]
)
def test_what_cannot_be_an_id_is_unknown(home, amina, hostile):
    """Whatever its characters, on SQLite and on PostgreSQL: no error of a database, and little of it said back."""
    begun(home, amina, findings=[STRANGE])
    with pytest.raises(UnknownNameError) as unknown:
        acting.check(home=home, release_id=hostile, actor=amina, now=NOW)
    assert len(str(unknown.value)) < 300
    with pytest.raises(UnknownNameError):
        reading.release(account=amina.account, release_id=hostile)
    assert reading.release_of(release_id=hostile or "-") is None
    release = reading.under_way(database_id="clubs")
    with pytest.raises((UnknownNameError, MoveRefusedError)):
        acting.accept(home=home, release_id=release.id, finding=hostile, reason="r", actor=amina, now=NOW)


@pytest.mark.parametrize("hostile", ["\0", "a\0b", "\ud800", "x" * 5000])
def test_a_reason_that_cannot_be_kept_is_refused_before_anything(home, amina, ben, hostile):
    """No half of it is kept, and the release stays as it was."""
    release = begun(home, amina)
    with pytest.raises(QueryError):
        acting.discard(home=home, release_id=release.id, actor=amina, reason=hostile, now=NOW)
    assert reading.release(account=ben.account, release_id=release.id).state is State.DRAFT


@pytest.mark.parametrize(
    ("field", "hostile"),
    [
        ("email", "x"),
        ("email", "a" * 250 + "@example.org"),
        ("email", "a\0@example.org"),
        ("name", ""),
        ("name", "a\nb"),
        ("name", "\u202eevil"),
        ("post", " "),
        ("post", "x" * 201),
    ],
)
def test_an_early_reader_is_somebody_whose_name_can_be_published(home, amina, ben, field, hostile):
    """Nothing unprintable, nothing empty, nothing longer than is kept."""
    release = scheduled(home, amina, ben)
    given = {"email": "ruth@example.org", "name": "Ruth", "post": "Press officer", field: hostile}
    with pytest.raises(UnusableNameError):
        acting.grant_access(home=home, release_id=release.id, actor=ben, now=NOW, **given)
    assert reading.early_readers(account=ben.account, release_id=release.id) == ()


def test_an_organisation_has_a_name_and_a_contact_that_can_be_kept(home):
    """Slugs, names, contacts and ids are checked before a database sees them."""
    for given in (
        {"slug": "Parks"},
        {"slug": ""},
        {"slug": "a" * 61},
        {"name": " "},
        {"name": "a\0"},
        {"name": "x" * 201},
        {"contact": "nobody"},
        {"contact": "a" * 250 + "@example.org"},
    ):
        with pytest.raises(UnusableNameError):
            organisations.register(home=home, actor=REPAIR, **({"slug": "parks", "name": "Parks"} | given))
    organisations.register(home=home, slug="parks", name="Parks", actor=REPAIR)
    for taken in ({"slug": "parks", "name": "Other"}, {"slug": "other", "name": "Parks"}):
        with pytest.raises(UnusableNameError, match="already"):
            organisations.register(home=home, actor=REPAIR, **taken)
    for database in ("x" * 101, "a\0"):
        with pytest.raises(UnusableNameError):
            organisations.claim(home=home, slug="parks", database_id=database, actor=REPAIR)
    with pytest.raises(UnusableNameError):
        organisations.add_member(
            home=home, slug="parks", email="a" * 260 + "@x.org", role=Role.PRODUCER, actor=REPAIR, opens_account=True
        )


def test_records_of_the_release_that_answers_are_not_destroyed(published, ben):
    """It is said before a line is written; those of the release before are."""
    first, second = (ReleaseRow.objects.get(release=number) for number in "12")
    with pytest.raises(MoveRefusedError, match="the one that answers"):
        acting.destroy(home=published, release_id=second.pk, actor=ben, reason="Old.", now=NOW)
    assert ("release.destroy", ben.name) not in written(published)
    assert acting.destroy(home=published, release_id=first.pk, actor=ben, reason="Old.", now=NOW).state is State.PUBLIC
    assert "1" in published.destroyed("clubs")


def test_what_the_first_organisation_publishes_is_not_claimed_by_another(published, two):
    """Not even where the office has not looked at the disk yet."""
    dora, _eve = two
    ReleaseRow.objects.all().delete()
    organisations.claim(home=published, slug="default", database_id="clubs", actor=REPAIR)
    with pytest.raises(AccessError):
        organisations.claim(home=published, slug="parks", database_id="clubs", actor=dora)


@pytest.mark.parametrize(
    ("act", "read_by"),
    [
        (Act.WITHDRAW, "readers see it wherever"),
        (Act.DESTROY, "readers see it where"),
        (Act.UNSCHEDULE, "readers see it beside the date"),
        (Act.DISCARD, "readers see it beside the date in the calendar if the release is scheduled"),
        (Act.RESTORE, "for staff"),
        (Act.APPROVE, "for staff"),
    ],
)
def test_a_missing_reason_is_asked_for_with_who_will_read_it(act, read_by):
    """Whoever writes for readers is told so before they write."""
    rule = machine.RULES[act]
    standing = machine.Standing(min(rule.before), "amina@example.org")
    who = machine.Person("ben@example.org", rule.roles)
    refusal = machine.why_not(standing, act, by=who, reason=" ", now=NOW)
    assert refusal.message == "No reason is given."
    assert read_by in refusal.mend
