"""The audit log on the disk: what hostile files, a full disk, a killed process and two users do to it."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from statlas.errors import HomeError, QueryError
from statlas.service import tables
from statlas.service.tables import auditing
from statlas.store import audit, audit_files, owned
from statlas.store.audit_files import AuditFiles
from statlas.store.audit_line import LONGEST_LINE, LONGEST_REASON, LONGEST_TEXT, MOST_DETAILS, AuditLine, Head


@pytest.fixture
def home(tmp_path):
    """The folder of a home, empty."""
    return tmp_path


@pytest.fixture
def log(home):
    """Where the log lies."""
    return home / "logs" / "audit.jsonl"


def act(home, subject="hb_new release 1", **more):
    """A line like many."""
    return audit.append(home, actor="amina@example.org", action="release.approve", subject=subject, **more)


def actions(home):
    """What the log says was done, in order."""
    return [line.action for line in audit.lines(home)]


# --- what a line is ---------------------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_when_and_why(home):
    """A line comes back as it was given, with its number and its moment."""
    before = datetime.now(UTC)
    first = act(home, reason="Figures agree.", details={"version": "2.0.0", "state": "approved"})
    second = act(home)
    assert [*audit.lines(home)] == [first, second]
    assert (first.sequence, first.actor, first.subject) == (1, "amina@example.org", "hb_new release 1")
    assert (first.reason, first.details) == ("Figures agree.", {"version": "2.0.0", "state": "approved"})
    assert before <= first.time <= datetime.now(UTC)
    assert second.before == first.head.sha256


def test_a_line_is_plain_json_of_one_spelling(log, home):
    """Anybody can read a line and check the chain with a program of their own."""
    act(home, reason="Gwynedd: o'r diwedd – £5 \u2028 \ud800")
    act(home)
    first, second = log.read_bytes().splitlines(keepends=True)
    assert first.isascii()
    assert json.loads(second)["before"] == hashlib.sha256(first).hexdigest()
    assert next(audit.lines(home)).reason == "Gwynedd: o'r diwedd – £5 \u2028 \ud800"


@pytest.mark.parametrize("text", ['a"b\nc', "\x00", "}\n{", "\r\n", "x" * LONGEST_REASON, "😀" * LONGEST_REASON])
def test_no_text_can_break_out_of_its_line(home, text):
    """Whatever is written as a reason, it stays one line, and comes back whole."""
    act(home, reason=text)
    act(home)
    assert [line.reason for line in audit.lines(home)] == [text, ""]
    assert audit.verify(home).faults == ()


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "x" * (LONGEST_REASON + 1)},
        {"subject": "x" * (LONGEST_TEXT + 1)},
        {"details": {"x" * (LONGEST_TEXT + 1): ""}},
        {"details": {"note": "x" * (LONGEST_REASON + 1)}},
        {"details": {str(n): "" for n in range(MOST_DETAILS + 1)}},
    ],
)
def test_what_is_too_long_is_refused_and_never_cut(home, log, more):
    """A text that a line does not hold is an error, and nothing is written."""
    with pytest.raises(QueryError):
        act(home, **more)
    assert not log.exists()


def test_the_longest_line_is_no_longer_than_is_said(home):
    """The bound that the end of the log is looked for in holds for a line with everything at its longest."""
    longest = "\U0001f600" * LONGEST_REASON
    details = {f"{n:03}" + "\U0001f600" * (LONGEST_TEXT - 3): longest for n in range(MOST_DETAILS)}
    line = act(home, subject="\U0001f600" * LONGEST_TEXT, reason=longest, details=details)
    assert len(bytes(line)) < LONGEST_LINE
    act(home)
    assert actions(home) == ["release.approve"] * 2


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b'{"sequence":' + b"9" * 5_000 + b"}\n",
        b"\xff\n",
    ],
)
def test_rubbish_is_no_line(written):
    """What was not written by us is no line, whatever it is."""
    assert AuditLine.read(written) is None


def test_a_line_spelled_otherwise_is_no_line(home, log):
    """The same facts with a blank more, another order, or a number as text are not what was written."""
    act(home, details={"a": "1", "b": "2"})
    written = log.read_bytes()
    facts = json.loads(written)
    for other in (
        written[:-1],
        written + b"\n",
        written.replace(b'":"', b'": "', 1),
        json.dumps(dict(reversed(facts.items())), separators=(",", ":")).encode() + b"\n",
        json.dumps({**facts, "sequence": "1"}, separators=(",", ":")).encode() + b"\n",
        json.dumps({**facts, "sequence": True}, separators=(",", ":")).encode() + b"\n",
        json.dumps({**facts, "details": {"a": 1, "b": "2"}}, separators=(",", ":")).encode() + b"\n",
    ):
        assert AuditLine.read(other) is None
    assert AuditLine.read(written) is not None


@pytest.mark.parametrize("text", ["", "5", ":", "0:" + "a" * 64, "5:" + "a" * 63, "five:" + "a" * 64, "-5:" + "a" * 64])
def test_a_head_that_is_none_is_not_guessed(text):
    """What somebody wrote down is a head or is none."""
    assert Head.read(text) is None
    assert Head.read(" 5:" + "A" * 64 + "\n") == Head(5, "a" * 64)


# --- what a killed process leaves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "torn", [b"{", b'{"sequence":2,"time":"2026', b"\x00" * 500, b"\xff\xfe\n", b"a\nb\n\n", b"\n"]
)
def test_a_torn_line_is_told_and_stays(home, log, torn):
    """What a killed process left is closed by a line that says what it was; nothing of it goes."""
    act(home)
    whole = log.read_bytes()
    log.write_bytes(whole + torn)
    assert audit.verify(home).faults == ()
    assert "torn" in " ".join(audit.verify(home).remarks)
    act(home)
    assert log.read_bytes().startswith(whole + torn)
    assert actions(home) == ["release.approve", audit.TORN, "release.approve"]
    assert [*audit.lines(home)][1].actor == "statlas"
    assert (audit.verify(home).faults, audit.verify(home).remarks) == ((), ())


def test_every_moment_at_which_a_line_can_be_torn(home, log):
    """Wherever in a line a process is killed, the next line follows and all is told; a whole line is not lost."""
    act(home)
    before, head = log.read_bytes(), (home / "logs" / "audit.head").read_bytes()
    act(home, subject="the second")
    after = log.read_bytes()
    for cut in range(len(before) + 1, len(after) + 1):
        log.write_bytes(after[:cut])
        (home / "logs" / "audit.head").write_bytes(head)
        act(home, subject="the third")
        second = ["the second"] if cut >= len(after) - 1 else []
        told = ["the line before this one"] if cut < len(after) else []
        assert [line.subject for line in audit.lines(home)] == ["hb_new release 1", *second, *told, "the third"]
        assert (audit.verify(home).faults, audit.verify(home).remarks) == ((), ())


def test_a_line_torn_while_it_tells_of_a_torn_line(home, log):
    """A process killed again while it mends leaves what the next one mends."""
    act(home)
    start = log.read_bytes() + b'{"sequence":2'
    head = (home / "logs" / "audit.head").read_bytes()
    log.write_bytes(start)
    act(home)
    after = log.read_bytes()
    for cut in range(len(start), after.index(b"release.approve", len(start)) - 200, 7):
        log.write_bytes(after[:cut])
        (home / "logs" / "audit.head").write_bytes(head)
        act(home)
        assert actions(home) == ["release.approve", audit.TORN, "release.approve"]
        assert audit.verify(home).faults == ()


def test_a_torn_first_line_is_told(home, log):
    """A log whose first line was torn begins with the line that says so."""
    log.parent.mkdir()
    log.write_bytes(b'{"seq')
    act(home)
    assert actions(home) == [audit.TORN, "release.approve"]
    assert audit.verify(home).faults == ()


def test_what_is_altered_in_a_torn_line_is_told(home, log):
    """A torn line is part of what is vouched for: altered or removed, it is told."""
    act(home)
    with log.open("ab") as file:
        file.write(b'{"torn')
    act(home)
    whole = log.read_bytes()
    for other in (b'{"worn', b""):
        log.write_bytes(whole.replace(b'{"torn', other))
        assert "altered-line" in [fault.code for fault in audit.verify(home).faults]


def test_a_full_disk_is_told_and_the_next_line_mends_it(home, log, monkeypatch):
    """Where the disk takes half a line the act is told to have failed, and the next line tells of the half."""
    act(home)

    def half(self, data):
        os.write(self._log, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(AuditFiles, "append", half)
        with pytest.raises(HomeError, match="No space left"):
            act(home)
    act(home)
    assert actions(home) == ["release.approve", audit.TORN, "release.approve"]
    assert audit.verify(home).faults == ()


def test_a_line_is_flushed_before_it_is_told(home, monkeypatch):
    """The disk has the line and the head when ``append`` returns, the line first."""
    flushed = []
    real = os.fsync

    def fsync(descriptor):
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    act(home)
    monkeypatch.setattr(os, "fsync", fsync)
    act(home)
    assert flushed == ["audit.jsonl", ".audit.head.new", "logs"]


# --- what was done to it ----------------------------------------------------------------------------------------------


def test_work_goes_on_behind_damage_and_the_damage_is_told_for_ever(home, log):
    """After the end was cut the next line says so, later ones do not hide it, and verify names the lines."""
    for _ in range(5):
        act(home)
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:3]))
    assert [fault.code for fault in audit.verify(home).faults] == ["cut-end"]
    act(home)
    act(home)
    assert actions(home)[3:] == [audit.DAMAGE, "release.approve", "release.approve"]
    found = audit.verify(home)
    assert [fault.code for fault in found.faults] == ["removed-line"]
    assert "lines 4 to 5" in found.faults[0].expected


def test_a_log_that_was_taken_away_is_told(home, log):
    """Without the log the head says how many lines are missing; the new log begins with saying so."""
    for _ in range(3):
        act(home)
    log.unlink()
    assert "lines 1 to 3" in str(audit.verify(home).faults[0])
    act(home)
    assert actions(home) == [audit.DAMAGE, "release.approve"]
    assert "lines 1 to 3" in str(audit.verify(home).faults[0])


@pytest.mark.parametrize("head", [None, b"", b"{}", b"null", b'{"lines": 1e999, "sha256": "a"}', b"[" * 100_000])
def test_a_head_that_was_taken_away_is_told(home, log, head):
    """Without a head that can be read, the next line says that nobody knows whether lines are missing."""
    act(home)
    act(home)
    (home / "logs" / "audit.head").unlink()
    if head is not None:
        (home / "logs" / "audit.head").write_bytes(head)
    assert [fault.code for fault in audit.verify(home).faults] == ["missing-head"]
    act(home)
    assert actions(home)[2:] == [audit.DAMAGE, "release.approve"]
    assert audit.verify(home).faults == ()


def test_a_clock_that_was_put_back_is_remarked(home, monkeypatch):
    """Times that fall are no fault of the chain, and are told."""
    act(home)

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(audit, "datetime", Yesterday)
    act(home)
    found = audit.verify(home)
    assert (found.faults, found.remarks) == ((), ("The clock was put back before line 2.",))


def test_a_home_without_a_log_has_nothing_to_verify(home):
    """Nothing written is nothing wrong; what was written down elsewhere says otherwise."""
    assert (audit.verify(home).n_lines, audit.verify(home).faults) == (0, ())
    assert [*audit.lines(home)] == []
    assert not (home / "logs").exists()
    assert [fault.code for fault in audit.verify(home, noted=(Head(3, "a" * 64),)).faults] == ["cut-end"]


# --- whose files they are ---------------------------------------------------------------------------------------------


def test_the_log_is_for_its_owner_alone(home, log):
    """Names of staff stand in it: nobody else of the machine reads it, whatever the umask."""
    before = os.umask(0)
    try:
        act(home)
    finally:
        os.umask(before)
    for path in (log, home / "logs" / "audit.head"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(path.name for path in (home / "logs").iterdir()) == ["audit.head", "audit.jsonl"]


@pytest.mark.parametrize("name", ["audit.jsonl", ".audit.head.new", "audit.head"])
def test_no_link_leads_elsewhere(home, tmp_path, name):
    """A link in place of a file is not followed: whoever owns the folder may not choose what root writes to."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("untouched")
    (home / "logs").mkdir()
    (home / "logs" / name).symlink_to(elsewhere)
    if name == "audit.jsonl":
        with pytest.raises(HomeError):
            act(home)
    else:
        act(home)
    assert elsewhere.read_text() == "untouched"


def test_the_folder_is_no_link(home, tmp_path):
    """Neither is a link in place of the folder."""
    (tmp_path / "elsewhere").mkdir()
    (home / "logs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeError):
        act(home)
    assert [*(tmp_path / "elsewhere").iterdir()] == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_at_once(home, log, make):
    """A pipe or a folder in place of the log keeps nobody waiting."""
    log.parent.mkdir()
    make(log)
    with pytest.raises(HomeError):
        act(home)


def test_root_takes_no_file_that_was_put_in_place_of_the_log(home, log, monkeypatch):
    """Where the home belongs to another, root adds to no file of its own or of a third: it could be any."""
    act(home)
    whole = log.read_bytes()
    owner = (os.getuid() + 1, os.getgid())
    monkeypatch.setattr(owned, "owner_of", lambda _home: owner)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(HomeError, match="belongs to somebody else"):
        act(home)
    assert log.read_bytes() == whole


def test_who_holds_the_log_for_too_long_is_told(home, monkeypatch):
    """A process that never lets go makes others fail, not wait for ever."""
    monkeypatch.setattr(audit_files, "PATIENCE_S", 0.05)
    act(home)
    with audit_files.to_append(home), pytest.raises(HomeError, match="another process holds it"):
        act(home)
    act(home)
    assert len(actions(home)) == 2


def test_a_log_that_is_moved_away_by_hand_is_followed(home, log):
    """Whoever was waiting for the lock of a log that is gone by then does not write into it."""
    act(home)
    moved = log.with_suffix(".old")
    log.rename(moved)
    n = len(moved.read_bytes())
    act(home)
    assert len(moved.read_bytes()) == n
    assert actions(home) == [audit.DAMAGE, "release.approve"]


AS_OTHER = """
import os, sys
from pathlib import Path
from statlas.store import audit
os.setgroups([])
os.setresgid(*[int(sys.argv[2])] * 3)
os.setresuid(*[int(sys.argv[2])] * 3)
audit.append(Path(sys.argv[1]), actor="a page", action="key.create", subject="key 1")
print(len(audit.verify(Path(sys.argv[1])).faults), sum(1 for _ in audit.lines(Path(sys.argv[1]))))
"""


@pytest.mark.parametrize("root_first", [True, False])
def test_root_and_the_owner_of_the_home_write_one_log(tmp_path_factory, root_first):
    """The keeper is root and pages are answered by the owner of the home: whoever comes first, both add lines."""
    if os.geteuid() != 0:
        pytest.skip("this user cannot become another | run the tests as root")
    base = tmp_path_factory.mktemp("owners")
    home, other = base / "home", 12_345
    for folder in (base, *base.parents):
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    home.mkdir()
    os.chown(home, other, other)
    if root_first:
        act(home)
    command = [sys.executable, "-c", AS_OTHER, str(home), str(other)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == f"0 {2 if root_first else 1}\n", done.stderr
    act(home)
    assert audit.verify(home).faults == ()
    for path in (home / "logs", *(home / "logs").iterdir()):
        assert (path.stat().st_uid, path.stat().st_gid) == (other, other)


# --- for doors and the office -----------------------------------------------------------------------------------------


def test_the_service_records_and_verifies(home):
    """Doors and the office write and read the log through the service."""
    opened = tables.open_home(home)
    line = auditing.record(home=opened, actor=auditing.of_this_machine(), action="key.create", subject="key 1")
    assert "command line" in line.actor
    assert [*auditing.lines(home=opened)] == [line]
    assert auditing.verify(home=opened, noted=(line.head,)).faults == ()
