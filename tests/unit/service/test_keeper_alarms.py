"""The watch over the keeper: what it takes for trouble, whom it tells, and how often."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from statlas.office.accounts import queries
from statlas.office.accounts.roles import Role
from statlas.office.releases.models import ReleaseRow
from statlas.service import tables
from statlas.service.keeper import log_watch
from statlas.service.office import alarms, heartbeat, watching
from statlas.service.office.heartbeat import Trouble
from statlas.service.tables import auditing
from statlas.store import layout

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path):
    """A home at rest."""
    made = tables.open_home(tmp_path / "home").create()
    layout.keeper_folder(made.path).mkdir(mode=0o700)
    return made


@pytest.fixture
def ago(monkeypatch):
    """``ago(s)``: from now on it is so many seconds later than it was."""
    real = heartbeat.running
    later = [0.0]
    monkeypatch.setattr(heartbeat, "running", lambda: real() + later[0])

    def wait(seconds):
        later[0] += seconds

    return wait


def beats(home, *trouble):
    """The keeper gives a sign of life."""
    heartbeat.beat(layout.heartbeat_file(home.path), trouble)


def kinds(watch):
    """What is wrong, by kind."""
    return [one.kind for one in watch.trouble()]


def release(**fields):
    """A scheduled release."""
    now = timezone.now()
    return ReleaseRow.objects.create(
        **{"database": "pens", "release": "2", "state": "scheduled", "created": now, "changed": now, **fields}
    )


def test_a_keeper_that_speaks_is_well(home, ago):
    """While it starts it is given time; once it has spoken, silence is trouble within four seconds."""
    since = heartbeat.running()
    watch = watching.Watch(home, lambda: since)
    assert kinds(watch) == []
    ago(20)
    assert kinds(watch) == [], "it is starting"
    beats(home)
    assert kinds(watch) == []
    ago(3.9)
    assert kinds(watch) == []
    ago(0.2)
    assert kinds(watch) == ["keeper-gone"]
    beats(home)
    assert kinds(watch) == []


def test_a_keeper_that_never_speaks_is_gone(home, ago):
    """After half a minute."""
    since = heartbeat.running()
    watch = watching.Watch(home, lambda: since)
    ago(watching.STARTING_S + 1)
    assert kinds(watch) == ["keeper-gone"]


def test_a_keeper_whose_process_is_gone_is_gone_at_once(home, ago):
    """What it said a moment ago counts for nothing, nor does it when the next process has not spoken yet."""
    since = [heartbeat.running()]
    watch = watching.Watch(home, lambda: since[0])
    beats(home)
    assert kinds(watch) == []
    since[0] = None
    assert kinds(watch) == ["keeper-gone"]
    ago(1)
    since[0] = heartbeat.running()
    assert kinds(watch) == ["keeper-gone"]
    ago(1)
    beats(home)
    assert kinds(watch) == []


def test_what_the_keeper_finds_wrong_is_passed_on(home):
    """In its own words."""
    since = heartbeat.running()
    beats(home, Trouble("clock-jumped", "The clock jumped."))
    assert watching.Watch(home, lambda: since).trouble() == (Trouble("clock-jumped", "The clock jumped."),)


@pytest.mark.parametrize(("late_s", "state", "expected"), [
    (-1, "scheduled", []), (3, "scheduled", []), (5, "scheduled", ["release-overdue"]), (5, "approved", []),
    (5, "public", []),
])  # fmt: skip
def test_a_release_is_overdue_four_seconds_after_its_minute(home, late_s, state, expected):
    """Whatever the keeper says of itself; what is off the schedule is not."""
    release(scheduled_for=timezone.now() - timedelta(seconds=late_s), state=state)
    assert [one.kind for one in watching.overdue()] == expected


def test_a_schedule_that_cannot_be_read_is_trouble(monkeypatch):
    """Nobody can tell then whether anything is overdue."""

    def fail(**_asked):
        raise DatabaseError

    monkeypatch.setattr(watching.reading, "due", fail)
    assert [one.kind for one in watching.overdue()] == ["schedule-unread"]


def test_the_audit_log_is_verified_at_the_start_and_daily(home, client, settings):
    """An altered line is found without anybody asking; ``keeper check`` says so, and ``healthz`` stays green."""
    for n in range(3):
        auditing.record(home=home, actor="amina@example.org", action="key.create", subject=f"key {n}")
    seen = log_watch.LogWatch(home)

    def look(running):
        seen.look(running)
        seen.wait()
        return [one.kind for one in seen.look(running)]

    assert look(0.0) == []
    log = home.path / "logs" / "audit.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b"key 1", b"key 7"))
    assert look(log_watch.EVERY_S - 1) == []
    assert look(log_watch.EVERY_S) == ["audit-log"]
    beats(home, *seen.look(log_watch.EVERY_S))
    heartbeat.beat(layout.watch_file(home.path), seen.look(log_watch.EVERY_S))
    assert [one.kind for one in watching.state(home)] == ["audit-log"]
    assert "statlas audit verify" in watching.mend_of(watching.state(home)[0])
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    assert client.get("/healthz").status_code == 200
    auditing.acknowledge(home=home, actor="boss@example.org", reason="Mended by hand.")
    assert look(log_watch.EVERY_S + 1) == ["audit-log"]
    assert look(log_watch.EVERY_S + log_watch.AGAIN_S) == [], "it is known, and the alarm ends"
    auditing.record(home=home, actor="amina@example.org", action="key.create", subject="key 9")
    log.write_bytes(log.read_bytes().replace(b"key 9", b"key 8"))
    assert look(3 * log_watch.EVERY_S) == ["audit-log"]


def test_another_log_in_place_of_the_audit_log_is_noticed(home):
    """Whole in itself, of as many lines or more, or shorter: the keeper noted the ends of the one that was there."""
    seen = log_watch.LogWatch(home)

    def write(n_lines, what):
        shutil.rmtree(home.path / "logs", ignore_errors=True)
        for n in range(n_lines):
            auditing.record(home=home, actor="amina@example.org", action="key.create", subject=f"{what} {n}")

    def look(watch, running):
        watch.look(running)
        watch.wait()
        return [one.kind for one in watch.look(running)]

    write(3, "key")
    assert look(seen, 0.0) == []
    auditing.record(home=home, actor="amina@example.org", action="key.create", subject="key 4")
    assert look(seen, 1.0) == []
    for n_lines in (2, 4, 9):
        write(n_lines, "another")
        assert auditing.verify(home=home).faults == ()
        assert look(log_watch.LogWatch(home), 0.0) == ["audit-log"], f"{n_lines} lines, after a start"


def test_another_log_is_an_alarm_before_it_can_be_acknowledged(home):
    """Whoever puts another log there can write that it is known; the alarm sounds first, and then ends."""
    seen = log_watch.LogWatch(home)

    def look(running):
        seen.look(running)
        seen.wait()
        return [one.kind for one in seen.look(running)]

    for n in range(3):
        auditing.record(home=home, actor="amina@example.org", action="key.create", subject=f"key {n}")
    assert look(0.0) == []
    noted = auditing.verify(home=home).head
    shutil.rmtree(home.path / "logs")
    for n in range(4):
        auditing.record(home=home, actor="amina@example.org", action="key.create", subject=f"another {n}")
    auditing.acknowledge(home=home, actor="x", reason="x", noted=(noted,))
    assert auditing.verify(home=home, noted=(noted,)).faults == ()
    assert look(log_watch.EVERY_S) == ["audit-log"]
    assert look(log_watch.EVERY_S + log_watch.AGAIN_S) == []
    assert look(2 * log_watch.EVERY_S + 2 * log_watch.AGAIN_S) == []


def test_what_is_noted_of_the_audit_log_stays_short(home):
    """Once a day: of a log that is as it was written the last end is enough."""
    seen = log_watch.LogWatch(home)
    for n in range(5):
        auditing.record(home=home, actor="amina@example.org", action="key.create", subject=f"key {n}")
        seen.look(float(n))
        seen.wait()
    seen.look(log_watch.EVERY_S)
    seen.wait()
    seen.look(log_watch.EVERY_S)
    assert (layout.keeper_folder(home.path) / "audit.heads").read_text() == f"{auditing.head(home=home)}\n"


def test_an_audit_log_that_cannot_be_read_is_trouble_and_tried_again(home):
    """Within minutes, not a day later."""
    (home.path / "logs").mkdir(exist_ok=True)
    (home.path / "logs" / "audit.jsonl").mkdir()
    seen = log_watch.LogWatch(home)
    seen.look(0.0)
    seen.wait()
    assert [one.kind for one in seen.look(1.0)] == ["audit-unread"]
    (home.path / "logs" / "audit.jsonl").rmdir()
    seen.look(log_watch.AGAIN_S)
    seen.wait()
    assert seen.look(log_watch.AGAIN_S) == ()


def test_an_alarm_is_sounded_once_and_said_to_be_over(home, capsys, settings):
    """A line on standard error, a line of the log, a letter to each administrator and to nobody else."""
    settings.STATLAS = replace(settings.STATLAS, email_url="smtp://localhost")
    queries.make("boss@example.org", None, Role.ADMINISTRATOR)
    queries.make("chief@example.org", None, Role.ADMINISTRATOR)
    queries.make("producer@example.org", None, Role.PRODUCER)
    bell, trouble = alarms.Alarms(home), Trouble("release-overdue", "It is late. Really.")
    alarms._write_letters(trouble)
    assert sorted(letter.to for letter in mail.outbox) == [["boss@example.org"], ["chief@example.org"]]
    assert all("It is late. Really." in letter.body for letter in mail.outbox)
    settings.STATLAS = replace(settings.STATLAS, email_url="")
    for now in ((trouble,), (trouble,), (), (), (trouble,)):
        bell.hear(now)
    lines = [json.loads(line) for line in layout.alarms_file(home.path).read_text().splitlines()]
    assert [next(word for word in ("alarm", "over") if word in line) for line in lines] == ["alarm", "over", "alarm"]
    assert capsys.readouterr().err.count("ALARM: It is late. Really.\n") == 2
    assert layout.alarms_file(home.path).stat().st_mode & 0o777 == 0o600


def test_an_alarm_sounds_where_the_disk_and_the_mail_server_fail(home, capsys, monkeypatch, settings):
    """On the way that is left."""
    (home.path / "logs").write_text("no folder")
    alarms.Alarms(home).hear((Trouble("keeper-gone", "It is gone."),))
    assert "ALARM: It is gone." in capsys.readouterr().err

    def fail(_letter):
        raise OSError

    monkeypatch.setattr(mail.EmailMessage, "send", fail)
    queries.make("boss@example.org", None, Role.ADMINISTRATOR)
    alarms._write_letters(Trouble("keeper-gone", "It is gone."))


def test_no_alarm_follows_a_link_that_somebody_laid(home, tmp_path):
    """Into a file that is not the log."""
    (home.path / "logs").mkdir(exist_ok=True)
    (tmp_path / "other").write_text("")
    layout.alarms_file(home.path).symlink_to(tmp_path / "other")
    alarms.Alarms(home).hear((Trouble("keeper-gone", "It is gone."),))
    assert (tmp_path / "other").read_text() == ""


def test_healthz_is_red_while_anything_is_wrong(home, client, settings, ago):
    """In a sentence; where nobody serves the home there is nothing to be red about."""
    settings.STATLAS = replace(settings.STATLAS, home=home.path)
    assert client.get("/healthz").json() == {"ok": True, "databases": {}}
    heartbeat.beat(layout.watch_file(home.path))
    assert client.get("/healthz").status_code == 200
    heartbeat.beat(layout.watch_file(home.path), (Trouble("keeper-gone", "It is gone."),))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "error": "keeper-gone", "detail": "It is gone.", "databases": {}}
    ago(6)
    assert client.get("/healthz").json()["error"] == "unwatched"


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"null", b'{"process": "x"}', b"\xff"])
def test_a_sign_that_cannot_be_read_is_none(home, text):
    """Damaged, half-written, of another version."""
    layout.line_folder(home.path).mkdir(exist_ok=True)
    layout.heartbeat_file(home.path).write_bytes(text)
    assert heartbeat.keeper(home) is None


def test_a_sign_from_before_the_machine_was_started_counts_for_nothing(home, monkeypatch):
    """Its seconds were others."""
    beats(home)
    monkeypatch.setattr(heartbeat, "boot", lambda: "another")
    assert heartbeat.keeper(home).age_s == float("inf")


def test_every_trouble_has_its_mend_and_its_line_on_the_page(root):
    """What is said of it, and what to do."""
    page = (root / "docs" / "reference" / "pages.md").read_text("utf-8")
    listed = set(watching._MENDS) - {"not-served", *watching._KEEPS_NOTHING_FROM_OPENING}
    assert all(f"| `{kind}` |" in page for kind in listed)
    assert watching.mend_of(Trouble("never heard of", "")) == watching.mend_of(Trouble("mistake", ""))
