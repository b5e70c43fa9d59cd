"""Two people act on a release at the same moment, in two processes; and processes are killed while they act."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from homes import write_definition, write_records

from statlas.service import tables

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request):
    """Where the site's database is: in the home, or on a server."""
    if request.param == "sqlite":
        return {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**os.environ, "DATABASE_URL": request.getfixturevalue("cluster").empty("races")}


def run(environment, script, *arguments, timeout_s=100):
    """What a script of the support folder prints, a list of words for each line."""
    command = [sys.executable, str(SUPPORT / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def test_one_wins_and_the_other_is_told(environment, tmp_path):
    """Two approve and two send back at once, each in a process: what is told to be done is in log and history.

    An approval may be followed by a sending back, and that by nothing: who comes too late for the state they would act
    on is refused, and nobody's act is lost or done twice.
    """
    home = tmp_path / "home"
    said, (state, moves, *acts) = run(environment, "release_race.py", home)
    assert set(said) == {"done", "release-move"}
    assert Counter(acts) <= Counter({"approve": 1, "send-back": 1})
    assert "send-back" in acts
    assert state == "draft"
    assert len(acts) == said.count("done") == int(moves) - 1
    log = (home / "logs" / "audit.jsonl").read_text("utf-8")
    for act in ("approve", "send-back"):
        assert log.count(f'"release.{act}"') == acts.count(act)


@pytest.mark.parametrize("times", [8, pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_a_killed_process_leaves_nothing_that_a_repair_does_not_settle(environment, tmp_path, times):
    """Killed with SIGKILL at chance moments while it does one act after the other, on public releases and drafts.

    After each kill a repair makes log, history, releases and disk say the same, and a second one finds nothing to do.
    """
    home = tables.open_home(tmp_path / "home")
    definition = write_definition(tmp_path)
    for month in ("202501", "202502"):
        records = write_records(tmp_path / f"{month}.csv", months=(month,), n=200)
        tables.publish(home=home, definition=definition, records=[records])
    ((acts, *_),) = run(environment, "release_kills.py", home.path, times, 9, timeout_s=880)
    assert int(acts) > times, "acts were done between the kills"
