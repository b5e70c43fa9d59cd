"""``statlas audit``: what it prints and how it ends."""

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from statlas.cli import app
from statlas.service import tables
from statlas.service.office.actors import Actor
from statlas.service.tables import auditing


@pytest.fixture
def home(tmp_path):
    """A home with three acts in its log."""
    made = tables.open_home(tmp_path / "home").create()
    auditing.record(home=made, actor="amina@example.org", action="release.approve", subject="hb_new release 1")
    auditing.record(home=made, actor="ben@example.org", action="release.schedule", subject="uc release 2", reason="Due")
    auditing.record(home=made, actor="x\x1b[2K\ty", action="key.create", subject="key 7", details={"name": "n\nm"})
    return made


def run(home, *arguments):
    """Exit code and output of a command."""
    done = CliRunner().invoke(app, ["audit", *arguments, "--home", str(home.path)])
    return done.exit_code, done.output


def test_acts_are_listed_a_line_each(home):
    """A line tells who did what to what and why; nothing in it moves the cursor of a terminal."""
    code, output = run(home, "list")
    lines = output.splitlines()
    assert code == 0
    assert len(lines) == 3
    assert lines[1].split("\t")[0] == "2"
    assert lines[1].split("\t")[2:] == ["ben@example.org", "release.schedule", "uc release 2", "Due"]
    assert "\x1b" not in output
    assert json.dumps("name: n\nm") in lines[2]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--action", "release"], [1, 2]),
        (["--action", "release.approve"], [1]),
        (["--action", "rel"], []),
        (["--subject", "uc"], [2]),
        (["--since", "2999-01-01"], []),
        (["--since", "2020-01-01"], [1, 2, 3]),
    ],
)
def test_some_acts_are_listed(home, options, numbers):
    """Acts are chosen by kind, subject and day."""
    _, output = run(home, "list", *options)
    assert [int(line.split("\t")[0]) for line in output.splitlines()] == numbers


def test_acts_as_json_are_the_lines_themselves(home):
    """For programs a line is what stands in the log, byte for byte."""
    _, output = run(home, "list", "--json")
    assert output == (home.path / "logs" / "audit.jsonl").read_text()


def test_a_whole_log_ends_with_its_head(home):
    """The head is printed to be written down, and is taken back later."""
    code, output = run(home, "verify")
    head = output.splitlines()[-1].rpartition(" ")[2]
    assert (code, head.partition(":")[0]) == (0, "3")
    assert run(home, "verify", "--head", head)[0] == 0


def test_a_changed_log_ends_with_2_and_says_where(home):
    """What was changed is told by line, and the exit code tells a script."""
    log = home.path / "logs" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"ben@", b"tom@"))
    code, output = run(home, "verify")
    assert code == 2
    assert "line 2 as it was written: it was altered" in output


def test_a_head_that_does_not_fit_ends_with_2(home):
    """A log made anew is found out by a head that was written down."""
    code, output = run(home, "verify", "--head", "2:" + "ab" * 32)
    assert (code, "line 2 as it was written down elsewhere" in output) == (2, True)
    assert run(home, "verify", "--head", "two")[0] == 2


def test_an_empty_log_says_so(tmp_path):
    """A home in which nothing was done yet has no head."""
    code, output = run(tables.open_home(tmp_path / "home").create(), "verify")
    assert (code, output) == (0, "The log has no line yet.\n")
    assert run(tables.open_home(tmp_path / "no home"), "verify")[0] == 5


def test_an_administrator_acknowledges_a_break(home, monkeypatch):
    """Nobody else; the break is told each time, the log is never whole, and the exit code says that it is known."""
    path = home.path / "logs" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"uc release 2", b"uc release 3"))
    assert run(home, "verify")[0] == 2
    who = SimpleNamespace(is_active=True, is_staff=False)
    monkeypatch.setattr("statlas.cli.site.prepare_site", lambda _home: None)
    monkeypatch.setattr("statlas.cli.identity.actor", lambda email: Actor(email, who, os_user="amina"))
    given = ("acknowledge", "--as", "boss@example.org", "--reason")
    code, output = run(home, *given, "Mended.")
    assert (code, "administrator of the site" in output) == (4, True)
    who.is_staff = True
    assert run(home, *given, "")[0] == 2
    code, output = run(home, *given, "A disk was mended.")
    assert (code, "Acknowledged in line 4" in output) == (0, True)
    code, output = run(home, "verify")
    assert code == 6
    assert "Acknowledged by boss@example.org" in output
    assert "A disk was mended." in output
    assert "line 2" in output
    assert "The log is not whole." in output
    assert "Every line is as it was written" not in output
