"""``statlas demo``: made once, explained when it cannot be."""

import socket

import pytest
from typer.testing import CliRunner

from statlas.cli import app, demo
from statlas.cli import serve as serving
from statlas.demonstration import boundaries, department
from statlas.demonstration.made import DATABASE_IDS, Ask, Note, write_note
from statlas.store import Making, making, telling

FIRST, *REST = DATABASE_IDS


@pytest.fixture(autouse=True)
def shapes(monkeypatch):
    """Kinds of shapes that a home lacks, none; those that are made are taken from it. Nothing is announced."""
    lacking = []
    monkeypatch.setattr(demo, "_announce", lambda _home: None)
    monkeypatch.setattr(boundaries, "missing", lambda _home: tuple(lacking))
    monkeypatch.setattr(boundaries, "add_real", lambda _home: lacking.remove("real"))
    monkeypatch.setattr(boundaries, "add_invented", lambda _home: lacking.remove("invented"))
    return lacking


@pytest.fixture
def made(monkeypatch):
    """What the command makes, noted and not made; and what it serves."""
    calls = []
    monkeypatch.setattr(department, "make", lambda home, name, ask, progress: calls.append((name, ask)))
    monkeypatch.setattr(serving, "serve_demonstration", lambda home, port: calls.append(("served", home, port)))
    monkeypatch.setattr(demo.subprocess, "Popen", lambda command, **_: calls.append(tuple(command[3:])) or Maker(calls))
    return calls


class Maker:
    """A process that makes the rest, and is told to end."""

    def __init__(self, calls):
        self._calls = calls

    def terminate(self):
        """Be told to end."""
        self._calls.append("ended")

    def wait(self, timeout):
        """Have ended."""
        assert timeout > 0


def run(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["demo", *map(str, arguments)])


@pytest.fixture
def free_port():
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_it_makes_the_first_database_and_serves_it(tmp_path, made, free_port):
    """The first database is made at the default size; then the home is served while another process makes the rest."""
    result = run("--home", tmp_path, "--port", free_port)
    assert result.exit_code == 0, result.output
    rest = ("demo", "--no-serve", "--home", str(tmp_path), "--scale", "0.025", "--seed", "2013")
    assert made == [(FIRST, Ask()), rest, ("served", tmp_path, free_port), "ended"]
    assert f"Serving at http://localhost:{free_port}" in result.stderr
    assert f"{len(REST)} more databases" in result.stderr


def test_the_process_that_makes_the_rest_ends_with_the_site(tmp_path, made, monkeypatch, free_port):
    """However serving ends, no process is left behind."""

    def fails(_home, _port):
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "serve_demonstration", fails)
    assert run("--home", tmp_path, "--port", free_port).exit_code != 0
    assert made[-1] == "ended"


def test_what_is_there_is_served_at_once(tmp_path, made, monkeypatch, free_port):
    """With every database there, nothing is made and no process is started."""
    monkeypatch.setattr(demo, "missing", lambda _home, _ask: ())
    assert run("--home", tmp_path, "--port", free_port).exit_code == 0
    assert made == [("served", tmp_path, free_port)]


def test_shapes_are_made_with_what_they_are_needed_for(tmp_path, made, shapes, free_port):
    """Real shapes are there before the site is served; invented ones are left to the process that makes the rest."""
    shapes += ["real", "invented"]
    assert run("--home", tmp_path, "--port", free_port).exit_code == 0
    assert shapes == ["invented"]
    assert run("--home", tmp_path, "--no-serve").exit_code == 0
    assert shapes == []


def test_it_can_make_all_without_serving(tmp_path, made):
    """With --no-serve every database is made and the port does not matter; scale and seed are passed on."""
    result = run("--home", tmp_path, "--no-serve", "--scale", 0.5, "--seed", 3)
    assert result.exit_code == 0, result.output
    assert made == [(name, Ask(0.5, 3)) for name in DATABASE_IDS]


def test_it_tells_how_far_it_is(tmp_path, monkeypatch):
    """While a database is made the home says which, and how many are there; afterwards it says nothing."""
    told = []
    monkeypatch.setattr(
        department,
        "make",
        lambda _home, _name, _ask, progress: progress("pouring", 0.5, 1.0) or told.append(making(tmp_path)),
    )
    assert run("--home", tmp_path, "--no-serve").exit_code == 0
    labels = ["Housing Benefit - Data from April 2018", "People on Universal Credit"]
    total = len(DATABASE_IDS)
    assert told[:2] == [Making(label, n, total, "pouring", 0.5) for n, label in enumerate(labels)]
    assert making(tmp_path) is None


def test_two_do_not_make_the_same(tmp_path, made):
    """Where another process is at it, the command says so and makes nothing."""
    with telling(tmp_path):
        result = run("--home", tmp_path, "--no-serve")
    assert result.exit_code == 0, result.output
    assert "Another process" in result.stderr
    assert made == []


def test_a_home_keeps_its_scale(tmp_path, made):
    """A second run without a scale means the one the home has."""
    write_note(tmp_path, Note(Ask(0.5, 3)))
    assert run("--home", tmp_path, "--no-serve").exit_code == 0
    assert made[0] == (FIRST, Ask(0.5, 3))


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path, made):
    """Nobody waits for records that could not be served."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("--home", tmp_path, "--port", taken.getsockname()[1])
    assert result.exit_code != 0
    assert "To mend it: " in result.stderr
    assert "--port" in result.stderr
    assert made == []


@pytest.mark.parametrize("scale", ["0", "1.5", "-1", "much"])
def test_a_scale_that_is_none_is_refused(tmp_path, made, scale):
    """A scale is a share of the real caseload, at most all of it."""
    assert run("--home", tmp_path, "--no-serve", "--scale", scale).exit_code == 2
    assert made == []
