"""``statlas demo``: made once, explained when it cannot be."""

import socket

import pytest
from typer.testing import CliRunner

from statlas.cli import app
from statlas.cli import serve as serving
from statlas.demonstration import department
from statlas.demonstration.made import Ask, Note, write_note


@pytest.fixture
def made(monkeypatch):
    """What the command makes, noted and not made; and what it serves."""
    calls = []
    monkeypatch.setattr(department, "make", lambda home, name, ask, progress: calls.append((name, ask)))
    monkeypatch.setattr(serving, "serve", lambda home, port: calls.append(("served", home, port)))
    return calls


def run(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["demo", *map(str, arguments)])


@pytest.fixture
def free_port():
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_it_makes_the_department_and_serves_it(tmp_path, made, free_port):
    """Every database is made at the default size, then the home is served and the address said."""
    result = run("--home", tmp_path, "--port", free_port)
    assert result.exit_code == 0, result.output
    assert made == [("hb_new", Ask()), ("served", tmp_path, free_port)]
    assert f"Serving at http://localhost:{free_port}" in result.stderr


def test_it_can_make_without_serving(tmp_path, made):
    """With --no-serve the port does not matter; scale and seed are passed on."""
    result = run("--home", tmp_path, "--no-serve", "--scale", 0.5, "--seed", 3)
    assert result.exit_code == 0, result.output
    assert made == [("hb_new", Ask(0.5, 3))]


def test_a_home_keeps_its_scale(tmp_path, made):
    """A second run without a scale means the one the home has."""
    write_note(tmp_path, Note(Ask(0.5, 3)))
    assert run("--home", tmp_path, "--no-serve").exit_code == 0
    assert made == [("hb_new", Ask(0.5, 3))]


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
