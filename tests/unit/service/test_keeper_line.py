"""Asking the keeper: who is answered what, whom it does not hear, and what a page does when nobody answers."""

import json
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import release_day
from fake_clock import FakeClock
from release_day import CODE, NOTE, PERIOD, PLACE

from statlas import definitions
from statlas.errors import (
    AccessError,
    HomeError,
    KeeperGoneError,
    QueryError,
    RequestError,
    StatlasError,
    UnknownNameError,
)
from statlas.model import finding as findings
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.model.query_data import query_data
from statlas.model.release_times import next_working_day, release_moment
from statlas.office.accounts import queries
from statlas.office.accounts.models import Account
from statlas.office.accounts.roles import Role
from statlas.office.uploads.models import State as Sending
from statlas.office.uploads.models import Upload
from statlas.service import tables
from statlas.service.keeper import asking
from statlas.service.keeper.tending import Minute
from statlas.service.office import keeper_line
from statlas.service.office.releases import acting
from statlas.service.tables import auditing, cube_codec
from statlas.store import layout
from statlas.store.upload_files import UploadFiles

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
SOON = release_moment(next_working_day((NOW + timedelta(days=60)).date()))
TABLE = Query("pens", dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("AREA")))


@pytest.fixture
def day(tmp_path):
    """A release that is approved, and people who have nothing to do with it."""
    return release_day.drafted(tmp_path, NOW - timedelta(days=40))


@pytest.fixture
def told(day):
    """Somebody who answers about that release as the keeper does."""
    with _Keeper(day.home) as keeper:
        yield keeper


@pytest.fixture
def line(tmp_path):
    """The same of a home in which there is nothing to tell."""
    with _Keeper(tables.open_home(tmp_path / "home").create()) as keeper:
        yield keeper


class _Keeper:
    """Answers in the thread of the test, which has the database; whoever asks is in another."""

    def __init__(self, home):
        layout.keeper_folder(home.path).mkdir(exist_ok=True)
        self.home, self.clock = home, FakeClock(NOW)
        self.line = asking.Line(home, self.clock)
        self.door = asking._listening(home)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.door.close()

    def ask(self, act, **facts):
        """What ``keeper_line.ask`` gives."""
        found = []
        asker = threading.Thread(target=self._ask, args=(found, act, facts))
        asker.start()
        connection, _ = self.door.accept()
        with connection:
            self.line.serve(connection)
        asker.join()
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    def _ask(self, found, act, facts):
        try:
            if act == "take":
                found.append(keeper_line.take(home=self.home, **facts))
            else:
                found.append(keeper_line.ask(home=self.home, act=act, **facts))
        except StatlasError as error:
            found.append(error)

    def hears(self, *parts, pause_s=0.0):
        """What comes back for bytes that anybody could send."""
        with socket.socket(socket.AF_UNIX) as client:
            with keeper_line.short_path(layout.socket_file(self.home.path)) as path:
                client.connect(path)
            sender = threading.Thread(target=_send, args=(client, parts, pause_s))
            sender.start()
            connection, _ = self.door.accept()
            with connection:
                try:
                    self.line.serve(connection)
                except OSError as error:
                    return type(error).__name__
            sender.join()
            client.settimeout(5)
            try:
                return client.recv(65_536).decode()
            except ConnectionResetError:  # it hung up with bytes unread: nothing was said
                return ""


def _send(client, parts, pause_s):
    for part in parts:
        try:
            client.sendall(part)
        except OSError:
            return
        time.sleep(pause_s)


def signed(home, **changed):
    """A question as the site would send it, with what is changed."""
    asked = {"act": "prepared", "at": keeper_line.heartbeat.running(), "once": "a" * 32, "facts": {}} | changed
    text = json.dumps(asked).encode()
    return keeper_line.signature(home, text).encode() + b" " + text + b"\n"


# --- uploads ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def upload(line):
    """An upload of two files that is being read."""
    files, account = UploadFiles(line.home.path), Account.objects.create_user("amina@example.org")
    upload_id = files.make()
    for name, data in (("b.csv", b"month\n"), ("a (2).csv", b"x" * 200_000)):
        with files.create(upload_id, "records", name) as to:
            to.write(data)
    given = {"account_id": account.pk, "database": "pens", "created": NOW, "state": Sending.RUNNING}
    return Upload.objects.create(id=upload_id, **given)


def test_an_upload_is_opened_for_whoever_reads_it(line, upload):
    """The files come as such, under their names, and are gone with the last process that has them."""
    folder = UploadFiles(line.home.path).folder
    before = sorted(path.name for path in folder.rglob("*"))
    found = line.ask("take", account=upload.account.pk, upload=upload.pk)
    assert list(found) == ["a (2).csv", "b.csv"]
    read = {}
    for name, number in found.items():
        with open(number, "rb") as file:  # noqa: PTH123 - a number
            assert os.fstat(number).st_nlink == 0
            assert not os.get_inheritable(number)
            file.seek(0)
            read[name] = file.read()
    assert read == {"a (2).csv": b"x" * 200_000, "b.csv": b"month\n"}
    assert sorted(path.name for path in folder.rglob("*")) == before


def n_open():
    """How many files this process has open."""
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize("state", [Sending.QUEUED, Sending.DONE, Sending.FAILED])
def test_an_upload_is_opened_only_while_it_is_read(line, upload, state):
    """And for the account alone that sent it; no file stays open of what is refused."""
    before = n_open()
    for account, upload_id in ((upload.account.pk + 1, upload.pk), (upload.account.pk, "0" * 32)):
        with pytest.raises(UnknownNameError):
            line.ask("take", account=account, upload=upload_id)
    Upload.objects.filter(pk=upload.pk).update(state=state)
    with pytest.raises(UnknownNameError):
        line.ask("take", account=upload.account.pk, upload=upload.pk)
    path = UploadFiles(line.home.path).heap(upload.pk, "records") / "b.csv"
    path.chmod(0o600)
    path.write_bytes(b"month\n")
    Upload.objects.filter(pk=upload.pk).update(state=Sending.RUNNING)
    with pytest.raises(HomeError):
        line.ask("take", account=upload.account.pk, upload=upload.pk)
    assert n_open() == before


# --- who may know what ------------------------------------------------------------------------------------------------


def test_members_are_told_all(day, told):
    """A table as it will be printed, the database with its new month, and what the checks found."""
    facts = {"account": day.producer.account.pk, "release": day.release_id}
    assert json.loads(told.ask("prepared", **facts)) == {"prepared": False}
    cube = cube_codec.loads(told.ask("preview", **facts, query=json.dumps(query_data(TABLE))))
    assert cube.release == "2"
    assert PLACE in [item.label for dimension in cube.dimensions for item in dimension.items]
    database = definitions.loads(told.ask("database", **facts).decode())
    assert PERIOD in str(database.date.classification)
    assert findings.from_json(told.ask("reports", **facts)) == findings.from_json(day.draft.reports)
    assert told.ask("note", **facts).decode() == NOTE
    assert json.loads(told.ask("prepared", **facts)) == {"prepared": True}
    assert day.home.releases("pens") == ("1",)


def test_others_are_told_that_there_is_no_such_release(day, told):
    """In the words that are said of one that is not there, whoever they are and whatever they ask."""
    reader = queries.make("reader@example.org", None, None)
    analyst = queries.make("analyst@example.org", None, Role.ANALYST)
    gone = queries.make("gone@example.org", None, Role.PRODUCER)
    Account.objects.filter(pk=gone.pk).update(is_active=False)
    for number in (0, -1, 10**9, reader.pk, analyst.pk, gone.pk):
        for act in asking.ACTS:
            said = [_refused(told, act, number, release) for release in (day.release_id, "0" * 32)]
            assert said[0] == said[1]
            assert PLACE not in said[0]
    assert told.ask("prepared", account=day.approver.account.pk, release=day.release_id)


def _refused(told, act, number, release):
    with pytest.raises(UnknownNameError) as refused:
        told.ask(act, account=number, release=release, upload=release, query=json.dumps(query_data(TABLE)))
    return str(refused.value).replace(release, "")


def _let_in(day):
    """Somebody who is let in to the release, which is scheduled for ``SOON``: what they ask with."""
    reader = queries.make("minister@example.org", None, None)
    release_day.schedule(day, SOON, NOW - timedelta(days=40))
    acting.grant_access(
        home=day.home,
        release_id=day.release_id,
        email=reader.email,
        name="A Minister",
        post="Minister",
        actor=day.approver,
    )
    return {"account": reader.pk, "release": day.release_id}


def _early_reads(day):
    return [one.actor for one in auditing.lines(home=day.home) if one.action == "release.read-early"]


def test_early_readers_are_told_in_their_hours_and_written_down(day, told):
    """Tables and the database; not the reports, which are for who prepares. A day and an hour before: nothing."""
    facts = _let_in(day)
    for hours_before in (24 * 60, 25):
        told.clock.go_to(SOON - timedelta(hours=hours_before))
        with pytest.raises(UnknownNameError):
            told.ask("database", **facts)
    told.clock.go_to(SOON - timedelta(hours=23))
    assert CODE in told.ask("database", **facts).decode()
    with pytest.raises(UnknownNameError):
        told.ask("reports", **facts)
    assert _early_reads(day) == ["minister@example.org"]


def test_a_clock_that_is_set_forward_lets_nobody_in_early(day, told):
    """By the wall the hours have come, by the time that has gone by not: nothing is told, nor written down as read."""
    facts = _let_in(day)
    Minute(day.home, told.clock)
    told.clock.go_to(SOON - timedelta(hours=40))
    told.clock.set_wrong(17 * 3600)
    for act in ("database", "preview"):
        with pytest.raises(UnknownNameError):
            told.ask(act, **facts)
    assert _early_reads(day) == []
    told.clock.go(16 * 3600 + 1)
    assert CODE in told.ask("database", **facts).decode()


def test_what_is_public_is_no_secret_of_the_keepers(day, told):
    """It is asked for as anything public is."""
    with pytest.raises(UnknownNameError):
        told.ask("database", account=day.producer.account.pk, release="pens")


def test_who_was_answered_is_kept_in_the_keepers_folder(day, told):
    """Once a day for each account and release, also by the next keeper; whoever was refused was answered nothing."""
    kept = layout.asked_file(day.home.path)

    def ask(account):
        told.ask("prepared", account=account, release=day.release_id)

    with pytest.raises(UnknownNameError):
        ask(999_999)
    assert not kept.exists()
    producer, approver = day.producer.account.pk, day.approver.account.pk
    for account in (producer, approver, producer):
        ask(account)
    told.line = asking.Line(day.home, told.clock)
    ask(approver)
    kept.write_text(kept.read_text() + '{"day": "20')  # a keeper was killed while it wrote
    told.clock.go(86_400)
    ask(producer)
    today, tomorrow = (f"{NOW + timedelta(days=n):%Y-%m-%d}" for n in (0, 1))
    lines = kept.read_text().splitlines()
    assert lines[2] == '{"day": "20', "what is torn stays, on a line of its own"
    found = [(one["day"], one["account"], one["release"]) for one in map(json.loads, lines[:2] + lines[3:])]
    whom = [(today, producer), (today, approver), (tomorrow, producer)]
    assert found == [(at, account, day.release_id) for at, account in whom]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_queries_that_cannot_be_read_are_said_to_be(day, told):
    """As an error of the asker."""
    facts = {"account": day.producer.account.pk, "release": day.release_id}
    for query in ("{}", "[]", "nothing", "[" * 9_000, '{"database": 1, "dimensions": [{}]}', None):
        with pytest.raises((RequestError, QueryError)):
            told.ask("preview", **facts, **({"query": query} if query is not None else {}))
    with pytest.raises(RequestError):
        told.ask("open", **facts)


# --- whom it does not hear --------------------------------------------------------------------------------------------


def test_a_question_is_answered_once(line):
    """Whoever overhears one cannot ask it again."""
    question = signed(line.home, facts={"account": 1, "release": "x"})
    assert "There is no release" in line.hears(question)
    assert "each of its questions once" in line.hears(question)


@pytest.mark.parametrize("at", [-3_600.0, -31.0, 31.0, 1e12])
def test_an_old_question_is_not_answered(line, at):
    """Nor one from the future."""
    question = signed(line.home, at=keeper_line.heartbeat.running() + at)
    assert "each of its questions once" in line.hears(question)


def test_whoever_is_not_the_site_is_refused(line, tmp_path):
    """Without the secret of the home, or with that of another home."""
    question = signed(line.home)
    other = tables.open_home(tmp_path / "other").create()
    for forged in (b"0" * 64 + question[64:], question[64:], signed(other), b"\n", b" \n", b"\xff\xfe \x00\n"):
        said = line.hears(forged)
        assert "The keeper answers the site" in said
        assert PLACE not in said


def test_another_user_hears_nothing(line, monkeypatch):
    """The system says who is at the other end."""
    monkeypatch.setattr(keeper_line, "peer", lambda _connection: 12_345)
    assert line.hears(signed(line.home)) == ""


@pytest.mark.parametrize(
    "facts", [{}, {"account": "7", "release": "x"}, {"account": True, "release": "x"}, {"account": 1}, {"release": "x"}]
)
def test_a_question_without_an_account_or_a_release_is_refused(line, facts):
    """Before anything is looked up."""
    assert "does not know such a question" in line.hears(signed(line.home, facts=facts))


def test_slow_and_endless_questions_are_cut_off(line, monkeypatch):
    """In time, and in size."""
    monkeypatch.setattr(asking, "HEAR_S", 0.5)
    assert line.hears(b"half a ") == "TimeoutError"
    assert line.hears(*([b"x"] * 40), pause_s=0.05) == "TimeoutError"
    assert line.hears(b"x" * 200_000) == "TimeoutError"


# --- when nobody answers ----------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path):
    """A home with a keeper's folder and nobody in it; its name is longer than a socket's may be."""
    made = tables.open_home(tmp_path / ("a-long-name-" * 12) / "home").create()
    layout.keeper_folder(made.path).mkdir()
    assert len(str(layout.socket_file(made.path))) > 108
    return made


def asked(home, timeout_s=0.4):
    """How long it took to be told that nobody answers."""
    began = time.monotonic()
    with pytest.raises(KeeperGoneError) as gone:
        keeper_line.ask(home=home, act="prepared", timeout_s=timeout_s, account=1, release="x")
    assert "statlas keeper check" in gone.value.mend
    return time.monotonic() - began


def test_no_socket_is_an_error_at_once(home):
    """Where the keeper never was, and where it is there no longer."""
    assert asked(home, 9.0) < 4
    asking._listening(home).close()
    assert asked(home, 9.0) < 4


@pytest.mark.parametrize(
    "said", [b"", b"{", b"[]\n", b'{"length": 9}\nshort', b'{"length": -1}\n', b'{"length": 1e99}\n', b"x" * 70_000]
)
def test_a_keeper_that_stops_in_the_middle_is_gone(home, said):
    """Whatever it said before."""
    door = asking._listening(home)

    def speak():
        connection, _ = door.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(said)

    speaker = threading.Thread(target=speak)
    speaker.start()
    asked(home, 5.0)
    speaker.join()
    door.close()


def test_a_keeper_that_hangs_is_gone_after_a_while(home):
    """A page waits no longer than it is told to, whether or not somebody takes up the line."""
    with asking._listening(home):
        assert 0.3 < asked(home) < 3


def test_somebody_else_at_the_socket_is_not_the_keeper(home, monkeypatch):
    """What it says is not believed."""
    monkeypatch.setattr(keeper_line, "peer", lambda _connection: 12_345)
    with asking._listening(home):
        assert asked(home, 9.0) < 4


def test_errors_of_the_keeper_arrive_as_what_they_are():
    """Kind, words and facts."""
    raised = AccessError("Not yet.", mend="Wait.", until="09:30")
    with pytest.raises(AccessError) as caught:
        keeper_line._raise(raised.as_problem())
    assert (caught.value.message, caught.value.mend, caught.value.until) == ("Not yet.", "Wait.", "09:30")
