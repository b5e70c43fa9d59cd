"""Letters about releases: who is told what and when, what a letter never holds, that none is lost or comes twice."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from threading import Event
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError
from django.urls import resolve
from homes import write_definition, write_records

from statlas import wording as words
from statlas.errors import HomeError
from statlas.model.release_times import release_moment
from statlas.office.accounts import queries as accounts
from statlas.office.accounts.models import Account
from statlas.office.letters import queries
from statlas.office.letters.models import Kind, Letter
from statlas.office.organisations.roles import Role
from statlas.office.releases.models import EarlyReader, ReleaseRow
from statlas.office.releases.states import Act
from statlas.service import tables
from statlas.service.office import alarms, organisations
from statlas.service.office.actors import KEEPER, Actor
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.letters import addressing, choosing, sending, wording
from statlas.service.office.releases import acting
from statlas.service.tables import auditing
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home

pytestmark = [pytest.mark.django_db, pytest.mark.site_database]

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = release_moment(date(2026, 4, 14))
DAY = timedelta(days=1)
LABEL = "Members of made-up clubs"
SECRET = "zebra"
"""What only those who may open the page are to read."""


@pytest.fixture(autouse=True)
def _sends(settings):
    """A site that sends e-mail, somewhere."""
    settings.STATLAS = replace(
        settings.STATLAS, email_url="smtp://localhost", address="https://figures.example.org", site_name="Figures"
    )


@pytest.fixture
def home(tmp_path):
    """A home in which nothing is public."""
    return Home(tmp_path / "home").create()


@pytest.fixture(scope="session")
def _published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters")
    made = tables.open_home(folder / "home")
    definition = write_definition(folder)
    tables.publish(home=made, definition=definition, records=[write_records(folder / "records.csv", n=50)])
    return made.path


@pytest.fixture
def published(_published, tmp_path):
    """A home in which ``clubs`` is public."""
    return Home(shutil.copytree(_published, tmp_path / "published"))


def _somebody(name, *roles, slug="default"):
    email = f"{name}@example.org"
    account = accounts.find(email) or accounts.make(email, None, None)
    for role in roles:
        organisations.queries.give(organisations.queries.find(slug), account, role)
    return Actor.of_account(account)


@pytest.fixture
def amina():
    """Prepares."""
    return _somebody("amina", Role.PRODUCER)


@pytest.fixture
def ben():
    """Approves."""
    return _somebody("ben", Role.APPROVER)


@pytest.fixture(autouse=True)
def _others(amina, ben):
    """Another approver and producer, a reviewer, and somebody of another organisation: the last is told nothing."""
    _somebody("cleo", Role.APPROVER)
    _somebody("dan", Role.PRODUCER)
    _somebody("eve", Role.REVIEWER)
    organisations.queries.add("parks", "Parks", "")
    _somebody("stranger", Role.APPROVER, Role.PRODUCER, slug="parks")


def begun(home, actor, database="clubs"):
    """A release under way."""
    report = DraftReport("d" * 32, database, "4711", "a" * 64, "1.7.3", 0)
    return acting.begin(home=home, draft=report, actor=actor, now=NOW).id


def do(act, home, release_id, actor, **given):
    """An act with a reason that is for few."""
    given = {"reason": SECRET, "now": NOW, **given}
    return getattr(acting, act.value.replace("-", "_"))(home=home, release_id=release_id, actor=actor, **given)


def scheduled(home, amina, ben, **given):
    """A release that has its minute; what was written of it so far is forgotten."""
    release = begun(home, amina, **given)
    do(Act.CHECK, home, release, amina)
    do(Act.APPROVE, home, release, ben)
    do(Act.SCHEDULE, home, release, ben, moment=MINUTE, title="Announced")
    Letter.objects.all().delete()
    return release


def let_in(home, release, actor, email="minister@example.org"):
    """Somebody may read it early."""
    do(Act.GRANT_ACCESS, home, release, actor, email=email, name="Jo Bloggs", post="Private Secretary")


def waiting():
    """The letters that wait, as pairs of kind and whose."""
    return sorted((str(one.kind), (one.account or one.reader).email.split("@")[0]) for one in Letter.objects.all())


def send(home, at=NOW):
    """Send what is due at a time: pairs of whom and subject, of these alone."""
    mail.outbox.clear()
    sending.send_due(home=home, now=at)
    return sorted((one.to[0].split("@")[0], one.subject) for one in mail.outbox)


# --- who is told ------------------------------------------------------------------------------------------------------


@pytest.mark.site_database
def test_everybody_is_told_of_what_others_did(home, amina, ben):
    """Each act in a life: to whose turn it is, or whose work it was; never to whoever did it, nor to strangers."""
    release = begun(home, amina)
    said = {}

    def after(act, actor, **given):
        do(act, home, release, actor, **given)
        said[act] = waiting()
        Letter.objects.all().delete()

    after(Act.CHECK, amina)
    after(Act.SEND_BACK, ben)
    after(Act.CHECK, amina)
    after(Act.APPROVE, ben)
    after(Act.SCHEDULE, ben, moment=MINUTE, title="Clubs")
    after(Act.UNSCHEDULE, amina)
    after(Act.DISCARD, ben)
    assert said == {
        Act.CHECK: [("waits", "ben"), ("waits", "cleo")],
        Act.SEND_BACK: [("sent-back", "amina")],
        Act.APPROVE: [("approved", "amina")],
        Act.SCHEDULE: [("scheduled", "amina"), ("scheduled", "cleo"), ("scheduled", "dan")],
        Act.UNSCHEDULE: [("unscheduled", "ben"), ("unscheduled", "cleo"), ("unscheduled", "dan")],
        Act.DISCARD: [("discarded", "amina")],
    }


def test_nobody_who_prepared_a_release_is_asked_to_approve_it(home, ben):
    """An approver who is a producer, too, and of whom somebody else says that it is checked."""
    both = _somebody("both", Role.PRODUCER, Role.APPROVER)
    release = begun(home, both)
    do(Act.CHECK, home, release, _somebody("eve", Role.REVIEWER))
    assert waiting() == [("waits", "ben"), ("waits", "cleo")]


@pytest.mark.site_database
def test_roles_of_the_house_are_asked_too(home, amina):
    """A site of one organisation, whose approvers are none by membership."""
    accounts.make("house@example.org", None, accounts.Role.APPROVER)
    accounts.make("guest@example.org", None, None)
    do(Act.CHECK, home, begun(home, amina), amina)
    assert ("waits", "house") in waiting()
    assert ("waits", "guest") not in waiting()


def test_what_opens_is_told_to_whoever_made_it_so(published, amina, ben):
    """The keeper opens it: preparer and approver are told, also of its withdrawal by somebody else."""
    acting.repair(home=published, now=NOW)
    row = ReleaseRow.objects.get(database="clubs")
    ReleaseRow.objects.filter(pk=row.pk).update(
        state="scheduled", scheduled_for=NOW, preparer=amina.account, prepared_by=amina.name, approver=ben.account
    )
    acting.opened(home=published, release_id=row.pk, actor=KEEPER, now=NOW)
    assert waiting() == [("opened", "amina"), ("opened", "ben")]
    Letter.objects.all().delete()
    do(Act.WITHDRAW, published, row.pk, ben)
    do(Act.RESTORE, published, row.pk, ben)
    assert waiting() == [("restored", "amina"), ("withdrawn", "amina")]


def test_what_a_repair_finds_is_told_as_if_it_had_not_been_cut_off(published, amina, ben):
    """The keeper was killed between the rename and the end of its act; a second repair tells nothing more."""
    acting.repair(home=published, now=NOW)
    row = ReleaseRow.objects.get(database="clubs")
    ReleaseRow.objects.filter(pk=row.pk).update(
        state="scheduled", scheduled_for=NOW, preparer=amina.account, prepared_by=amina.name, approver=ben.account
    )
    acting.repair(home=published, now=NOW)
    assert waiting() == [("opened", "amina"), ("opened", "ben")]
    acting.repair(home=published, now=NOW)
    assert len(waiting()) == 2


def test_an_act_that_comes_to_nothing_is_told_to_nobody(home, amina, monkeypatch):
    """Its line could not be written: neither the act nor its letters are there."""
    release = begun(home, amina)

    def fail(**_line):
        raise HomeError("The disk is full.")

    monkeypatch.setattr(auditing, "record", fail)
    with pytest.raises(HomeError):
        do(Act.CHECK, home, release, amina)
    assert waiting() == []


def test_no_letter_stands_in_the_way_of_an_act(home, amina, monkeypatch, caplog):
    """A mistake of ours in whom to tell is a line of the log; also where the database refuses the letter."""
    release = begun(home, amina)
    real = addressing.told_of
    monkeypatch.setattr(addressing, "told_of", lambda *_row, **_act: (addressing.Told("x" * 30, account=Account()),))
    assert do(Act.CHECK, home, release, amina).state == "checked"
    assert "could not be written" in caplog.text
    monkeypatch.setattr(addressing, "told_of", real)
    do(Act.SEND_BACK, home, release, _somebody("ben"))
    assert waiting() == [("sent-back", "amina")]


def test_the_command_line_tells_the_same(home):
    """An account that acts there, with the user of the machine beside it."""
    release = begun(home, Actor.named("amina@example.org", os_user="root"))
    do(Act.CHECK, home, release, Actor.named("amina@example.org", os_user="root"))
    assert waiting() == [("waits", "ben"), ("waits", "cleo")]


# --- readers before release -------------------------------------------------------------------------------------------


def test_a_reader_is_told_their_hours_their_duties_and_where(published, amina, ben):
    """At once when the minute is known, and again when the 24 hours begin, each once."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina)
    subject = f"Reading before release: {LABEL} - Figures"
    assert send(published) == [("minister", subject)]
    text = mail.outbox[0].body
    assert f"https://figures.example.org/work/reading/{release}" in text
    assert "Monday 13 April 2026, 9:30am until then" in text
    assert "Tuesday 14 April 2026, 9:30am" in text
    assert "tell nobody anything of it" in text
    assert "your name and post are published" in text
    assert "/account/letters" not in text, "they have duties, and no choice"
    assert send(published, MINUTE - DAY - timedelta(seconds=1)) == []
    assert send(published, MINUTE - DAY) == [("minister", f"You may read now: {LABEL} - Figures")]
    assert send(published, MINUTE - DAY) == []


@pytest.mark.site_database
def test_a_reader_who_is_named_before_there_is_a_minute_is_told_later(published, amina, ben):
    """First that they are named, then when; a new minute is told anew, and the old hours are not."""
    release = begun(published, amina)
    do(Act.CHECK, published, release, amina)
    do(Act.APPROVE, published, release, ben)
    Letter.objects.all().delete()
    let_in(published, release, amina)
    assert len(send(published)) == 1
    assert "is not said yet" in mail.outbox[0].body
    do(Act.SCHEDULE, published, release, ben, moment=MINUTE)
    assert [to for to, subject in send(published) if subject.startswith("Reading")] == ["minister"]
    do(Act.UNSCHEDULE, published, release, ben)
    assert ("minister", f"No reading before release for now: {LABEL} - Figures") in send(published)
    do(Act.SCHEDULE, published, release, ben, moment=MINUTE + 2 * DAY)
    send(published)
    assert send(published, MINUTE - DAY) == [], "of the minute that it had before"
    assert send(published, MINUTE + DAY) == [("minister", f"You may read now: {LABEL} - Figures")]


def test_a_reader_who_is_named_within_the_hours_gets_one_letter(published, amina, ben):
    """It says from when to when; that the hours have begun is no news."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina)
    Letter.objects.all().delete()
    do(Act.REVOKE_ACCESS, published, release, amina, email="minister@example.org")
    Letter.objects.all().delete()
    do(Act.GRANT_ACCESS, published, release, amina, email="minister@example.org", name="J", post="P", now=MINUTE - DAY)
    assert waiting() == [("early", "minister")]


def test_a_reader_who_was_shut_out_is_told_that_alone(published, amina, ben):
    """What waited to be told of reading is not told any more."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina)
    do(Act.REVOKE_ACCESS, published, release, amina, email="minister@example.org")
    assert send(published) == [("minister", f"No reading before release: {LABEL} - Figures")]
    assert send(published, MINUTE - DAY) == []
    assert not Letter.objects.exists()


def test_no_reader_is_told_to_read_what_is_public_already(published, amina, ben):
    """The mail server was gone for a day."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina)
    assert send(published, MINUTE) == []
    assert not Letter.objects.exists()


def test_nobody_writes_to_themselves(published, amina, ben):
    """A producer who puts their own name on the list, in whatever case."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina, email="Amina@Example.org")
    assert waiting() == []


# --- what a letter holds ----------------------------------------------------------------------------------------------


def every_letter(home, amina, ben, database):
    """Every kind of letter about a release, as it is sent."""
    release = scheduled(home, amina, ben, database=database)
    reader = EarlyReader.objects.create(
        release_id=release, email="minister@example.org", name="Jo", post="P", granted_by="a", granted=NOW
    )
    row = ReleaseRow.objects.get(pk=release)
    for kind in wording.TEXTS:
        whom = {"reader": reader} if kind.startswith("early") else {"account": amina.account}
        for moment in (MINUTE, None) if kind is Kind.EARLY else (MINUTE,):
            letter = Letter(kind=kind, event="e" * 32, release=row, moment=moment, created=NOW, due=NOW, **whom)
            yield kind, wording.written(letter, home=home), release


def test_no_letter_holds_anything_of_the_release(home, amina, ben):
    """No reason, note, version, number or digest; no id of a database that nobody knows yet. A link says where."""
    kinds = set()
    for kind, text, release in every_letter(home, amina, ben, f"{SECRET}_new"):
        kinds.add(kind)
        whole = f"{text.subject}\n{text.body}".replace(release, "")
        assert SECRET not in whole.lower()
        assert "4711" not in whole
        assert "1.7.3" not in whole
        assert "aaaa" not in whole
        assert "Announced" not in whole
        assert "a new database" in text.subject
        assert text.body.endswith("\n\nFigures\nhttps://figures.example.org/\n")
    assert kinds == set(Kind) - {Kind.ALARM}


def test_a_database_is_called_as_readers_know_it(published):
    """By its label; one that nobody can read any more has none."""
    assert wording.name_of(published, "clubs") == LABEL
    assert wording.name_of(published, "clubs_new") == "a new database"
    acting.repair(home=published, now=NOW)
    release = ReleaseRow.objects.get(database="clubs").pk
    do(Act.WITHDRAW, published, release, _somebody("ben", Role.APPROVER))
    assert wording.name_of(published, "clubs") == "a database that is withdrawn"


def test_every_address_in_a_letter_is_a_page(published, amina, ben):
    """Of this site, and one that there is."""
    for kind, text, _release in every_letter(published, amina, ben, "clubs"):
        found = re.findall(r"https://figures\.example\.org(/\S*)", text.body)
        assert found
        for path in found:
            assert resolve(path), kind


def test_every_sentence_of_a_letter_can_be_translated(published, amina, ben):
    """In the language of accents nothing stays as it is but names and addresses."""
    with words.speaking(words.PSEUDO):
        for _kind, text, _release in every_letter(published, amina, ben, "clubs"):
            for paragraph in text.body.strip().split("\n\n")[:-1]:
                assert paragraph.startswith("⟦"), paragraph
            assert text.subject.startswith("⟦")


def test_a_name_of_the_site_adds_no_line_to_the_head_of_a_letter(published, amina, ben, settings):
    """Whatever the site, or a database, is called."""
    settings.STATLAS = replace(settings.STATLAS, site_name="Figures\nBcc: everybody@example.org")
    assert all("\n" not in text.subject for _kind, text, _release in every_letter(published, amina, ben, "clubs"))


# --- who gets it ------------------------------------------------------------------------------------------------------


def test_whoever_wants_no_letters_gets_none(home, amina, ben):
    """But what is asked of somebody who may read early; whoever changes their mind gets them again."""
    release = begun(home, amina)
    choosing.choose(account=ben.account, wants=False)
    assert not choosing.wants(account=ben.account)
    do(Act.CHECK, home, release, amina)
    assert [to for to, _subject in send(home)] == ["cleo"]
    do(Act.APPROVE, home, release, _somebody("cleo"))
    do(Act.SCHEDULE, home, release, _somebody("cleo"), moment=MINUTE, title="T")
    do(Act.GRANT_ACCESS, home, release, amina, email="ben@example.org", name="Ben", post="P")
    assert [subject for to, subject in send(home) if to == "ben"] == [
        "Reading before release: a new database - Figures"
    ]
    choosing.choose(account=ben.account, wants=True)
    do(Act.UNSCHEDULE, home, release, amina)
    assert "ben" in [to for to, subject in send(home) if subject.startswith("Off")]


@pytest.mark.parametrize("gone", ["role", "active", "confirmed", "account"])
def test_whoever_is_not_there_any_more_gets_nothing(home, amina, ben, gone):
    """Their role was taken, their account closed or deleted, their address never confirmed."""
    do(Act.CHECK, home, begun(home, amina), amina)
    if gone == "role":
        organisations.queries.take(organisations.queries.default(), ben.account, Role.APPROVER)
        _somebody("ben", Role.PRODUCER, slug="parks")
    elif gone == "active":
        Account.objects.filter(pk=ben.account.pk).update(is_active=False)
    elif gone == "confirmed":
        ben.account.emailaddress_set.update(verified=False)
    else:
        accounts.erase(ben.account)
    assert [to for to, _subject in send(home)] == ["cleo"]
    assert not Letter.objects.exists()


def test_nobody_is_asked_for_what_was_done_meanwhile(home, amina, ben):
    """The mail server was gone; another approver was not."""
    release = begun(home, amina)
    do(Act.CHECK, home, release, amina)
    do(Act.APPROVE, home, release, ben)
    assert send(home) == [("amina", "Approved: a new database - Figures")]


def test_no_letter_says_of_a_minute_what_is_not_so_any_more(published, amina, ben):
    """The mail server was gone while a release was scheduled, taken off, scheduled again and taken off."""
    release = scheduled(published, amina, ben)
    let_in(published, release, amina)
    Letter.objects.all().delete()
    do(Act.UNSCHEDULE, published, release, ben)
    do(Act.SCHEDULE, published, release, ben, moment=MINUTE)
    told = {subject.partition(":")[0] for _to, subject in send(published)}
    assert told == {"Scheduled", "Reading before release"}, "nobody is told that it is off, or has no minute"
    do(Act.UNSCHEDULE, published, release, ben)
    do(Act.SCHEDULE, published, release, ben, moment=MINUTE + DAY)
    do(Act.UNSCHEDULE, published, release, ben)
    told = {subject.partition(":")[0] for _to, subject in send(published)}
    assert told == {"Off the schedule", "No reading before release for now"}
    assert not Letter.objects.filter(due__lte=NOW).exists()


def test_nobody_is_named_for_what_was_given_up(published, amina, ben, monkeypatch):
    """A reader who was named before there was a minute is not told to wait for one."""
    monkeypatch.setattr("statlas.service.office.releases.steps.drafting.discard", lambda **_given: None)
    release = begun(published, amina)
    do(Act.CHECK, published, release, amina)
    do(Act.APPROVE, published, release, ben)
    Letter.objects.all().delete()
    let_in(published, release, amina)
    do(Act.DISCARD, published, release, amina)
    assert "Reading before release" not in {subject.partition(":")[0] for _to, subject in send(published)}


# --- none is lost, none comes twice -----------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch):
    """A mail server that fails as ``server.error`` says, or takes."""

    class Server:
        error: Exception | None = None

    real = EmailBackend.send_messages

    def take(backend, messages):
        if Server.error is not None:
            raise Server.error
        return real(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", take)
    return Server


@pytest.mark.site_database
def test_a_mail_server_that_is_gone_holds_nothing_up(home, amina, server, caplog):
    """The act is done; its letters are tried again after a minute, two, four, and come once each."""
    server.error = ConnectionRefusedError()
    release = begun(home, amina)
    assert do(Act.CHECK, home, release, amina).state == "checked"
    assert send(home) == []
    assert send(home, NOW + timedelta(seconds=59)) == []
    assert {one.tries for one in Letter.objects.all()} == {1}
    send(home, NOW + timedelta(minutes=1))
    assert {one.tries for one in Letter.objects.all()} == {2}
    server.error = None
    assert send(home, NOW + timedelta(minutes=2, seconds=59)) == []
    assert [to for to, _subject in send(home, NOW + timedelta(minutes=3))] == ["ben", "cleo"]
    assert send(home, NOW + 30 * DAY) == []
    assert "example.org" not in caplog.text


def test_a_letter_is_given_up_after_three_days(home, amina, server):
    """It would tell old news."""
    server.error = TimeoutError()
    do(Act.CHECK, home, begun(home, amina), amina)
    Letter.objects.exclude(account__email="ben@example.org").delete()
    at = NOW
    for _n in range(sending.MOST_TRIES):
        send(home, at)
        at += sending.LONGEST_WAIT
    assert not Letter.objects.exists()
    assert DAY * 2.5 < at - NOW < DAY * 3.5


def test_an_address_that_nobody_has_is_not_tried_again(home, amina, server):
    """The server says so for good; what it says for now is tried again."""
    do(Act.CHECK, home, begun(home, amina), amina)
    server.error = SMTPRecipientsRefused({"ben@example.org": (450, b"later")})
    send(home)
    assert Letter.objects.count() == 2
    server.error = SMTPRecipientsRefused({"ben@example.org": (550, b"nobody")})
    send(home, NOW + timedelta(minutes=1))
    assert not Letter.objects.exists()


@pytest.mark.site_database
def test_a_letter_whose_sender_was_killed_is_sent_again_once(home, amina, monkeypatch):
    """Before the server had it, or after: nobody knows. Both have the same id; a third is never sent."""
    do(Act.CHECK, home, begun(home, amina), amina)
    Letter.objects.exclude(account__email="ben@example.org").delete()

    def killed(_letter):
        raise DatabaseError

    ids = []
    with monkeypatch.context() as patched:
        patched.setattr(queries, "forget", killed)
        for _n in range(2):
            assert len(send(home)) == 1
            ids.append(mail.outbox[0].message()["Message-ID"])
    assert ids[0] == ids[1]
    assert ids[0].endswith("@figures.example.org>")
    assert send(home) == []
    assert not Letter.objects.exists()


def test_of_two_that_send_one_does(home, amina):
    """A process that looks at the same letter sees that it is being sent."""
    do(Act.CHECK, home, begun(home, amina), amina)
    letter = Letter.objects.first()
    assert queries.begin(letter)
    assert not queries.begin(letter)


def test_a_mistake_of_ours_in_one_letter_keeps_no_other_back(home, amina, monkeypatch):
    """It is told in the log, and the letter is tried again."""
    do(Act.CHECK, home, begun(home, amina), amina)
    real = wording.written

    def written(letter, **given):
        if letter.account.email.startswith("ben"):
            raise KeyError("x")
        return real(letter, **given)

    monkeypatch.setattr(wording, "written", written)
    assert [to for to, _subject in send(home)] == ["cleo"]
    assert [(one.tries, one.begun) for one in Letter.objects.all()] == [(1, 0)]


def test_a_site_without_a_mail_server_keeps_no_letters(home, amina, settings):
    """Nobody gets last year's letters on the day it has one."""
    settings.STATLAS = replace(settings.STATLAS, email_url="")
    do(Act.CHECK, home, begun(home, amina), amina)
    assert send(home) == []
    assert not Letter.objects.exists()


def test_sending_goes_on_where_the_database_does_not_answer(home, monkeypatch):
    """At the next look, and ends when it is told to."""
    looks, over = [], Event()

    def look(**_given):
        looks.append(1)
        if len(looks) == 2:
            over.set()
        raise DatabaseError

    monkeypatch.setattr(sending, "LOOK_S", 0.0)
    monkeypatch.setattr(sending, "send_due", look)
    monkeypatch.setattr(sending, "close_old_connections", lambda: None)
    monkeypatch.setattr(sending.connection, "close", lambda: None)
    sending.keep_sending(home=home, stopping=over)
    assert len(looks) == 2


def test_no_program_answers_a_letter(home, amina):
    """Notes of absence would go to an address that nobody reads."""
    do(Act.CHECK, home, begun(home, amina), amina)
    send(home)
    assert {one.message()["Auto-Submitted"] for one in mail.outbox} == {"auto-generated"}


# --- alarms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minute", "told"), [
    (timedelta(minutes=-1), ["ben@example.org", "boss@example.org"]),
    (timedelta(hours=23), ["ben@example.org", "boss@example.org"]),
    (timedelta(hours=25), ["boss@example.org"]),
])  # fmt: skip
def test_an_alarm_is_told_to_administrators_and_to_approvers_whose_release_it_keeps(
    home, amina, ben, settings, minute, told
):
    """Within a day of its minute, or after; approvers of others, and those who want no letters, are not told."""
    accounts.make("boss@example.org", None, accounts.Role.ADMINISTRATOR)
    choosing.choose(account=accounts.find("cleo@example.org"), wants=False)
    release = scheduled(home, amina, ben)
    ReleaseRow.objects.filter(pk=release).update(scheduled_for=datetime.now(UTC) + minute)
    mail.outbox.clear()
    alarms._write_letters(Trouble("release-overdue", "A release is late. Really."))
    assert sorted(one.to[0] for one in mail.outbox) == told
    assert {one.subject for one in mail.outbox} == {"Alarm: A release is late - Figures"}


def test_an_alarm_that_the_mail_server_does_not_take_is_tried_again(home, server, monkeypatch):
    """By the process that sends other letters."""
    # What is written by a thread that ends is written here in the test's own transaction.
    monkeypatch.setattr(alarms, "connection", SimpleNamespace(close=lambda: None))
    accounts.make("boss@example.org", None, accounts.Role.ADMINISTRATOR)
    server.error = ConnectionRefusedError()
    alarms._write_letters(Trouble("keeper-gone", "It is gone. Nothing opens."))
    server.error = None
    assert send(home, datetime.now(UTC)) == [("boss", "Alarm: It is gone - Figures")]
    assert "It is gone. Nothing opens.\n\n`statlas keeper check` says what to do." in mail.outbox[0].body
