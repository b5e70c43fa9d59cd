"""``statlas cuboids``: what there is, why, and building anew."""

from __future__ import annotations

import re

import pytest
from homes import write_definition, write_records
from typer.testing import CliRunner

from statlas.cli import app
from statlas.engine.cuboids import choosing
from statlas.service import tables
from statlas.store import cuboids as cuboid_files


@pytest.fixture(autouse=True)
def _nothing_is_too_small(monkeypatch):
    """Few records have cuboids, too."""
    monkeypatch.setattr(choosing, "FIXED_ROWS", 0)


@pytest.fixture
def home(tmp_path):
    """The clubs, published."""
    home = tables.open_home(tmp_path / "home")
    tables.publish(home=home, definition=write_definition(tmp_path), records=[write_records(tmp_path / "r.csv")])
    return home


def run(home, *arguments):
    """What the command prints; its exit code has to be 0."""
    done = CliRunner().invoke(app, ["cuboids", "clubs", "--home", str(home.path), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_shows_each_with_its_reason(home):
    """Fields, size, share and verdict in a line each, and what all take."""
    lines = run(home).splitlines()
    assert lines[0].split() == ["fields", "cells", "bytes", "asked", "saved", "verdict", "periods"]
    line = next(line for line in lines if line.startswith("Area × Sex "))
    assert line.split()[3:5] == ["10", "80"]
    assert line.split()[-2:] == ["chosen", "2"]
    assert "2 of 2 periods of release 1 have cuboids." in lines


def test_it_tells_no_number_of_records(home):
    """Nine hundred a month, and however many of each sex: what is told is sizes, shares and reasons."""
    assert not {"900", "1,800"} & set(re.findall(r"[0-9][0-9,.]*", run(home)))


def test_it_builds_within_a_budget(home):
    """None at first, then all."""
    assert "no room" in run(home, "--rebuild", "--budget", "0")
    assert "they may take 20.00%" in run(home, "--rebuild", "--budget", "0.2")
    assert "no room" not in run(home)


def test_a_budget_goes_with_a_rebuild(home):
    """Alone it would do nothing."""
    done = CliRunner().invoke(app, ["cuboids", "clubs", "--home", str(home.path), "--budget", "0.2"])
    assert done.exit_code == 2


def test_publish_tells_that_there_are_none(home, tmp_path, monkeypatch):
    """The release answers, and a line says what is missing and why."""

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cuboid_files, "_write", fail)
    records = write_records(tmp_path / "r.csv", months=("202503",))
    arguments = ["publish", "--now", str(write_definition(tmp_path)), str(records), "--home", str(home.path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert "  without cuboids (No space left on device): every table is counted from the records" in done.stdout
