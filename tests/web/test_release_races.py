"""Two people act on a release at the same moment, in two processes: one wins, the other is told."""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import postgresql
import pytest

RACER = Path(__file__).parents[1] / "support" / "release_race.py"
SET_UP = """
from statlas.office.accounts import queries
from statlas.office.organisations import queries as organisations
from statlas.office.organisations.roles import Role
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting
from statlas.service.tables.drafting import DraftReport
from statlas.store import Home
from pathlib import Path
import sys
home = Home(Path(sys.argv[1]))
for name in ("amina", "ben", "cleo", "dora"):
    account = queries.make(f"{name}@example.org", None, None)
    for role in Role:
        organisations.give(organisations.default(), account, role)
amina = Actor.named("amina@example.org", os_user="")
made = acting.begin(home=home, draft=DraftReport("d" * 32, "clubs", "1", "a" * 64, "1.0.0"), actor=amina)
acting.check(home=home, release_id=made.id, actor=amina)
print(made.id)
"""
STATE = """
from statlas.office.releases.models import Move, ReleaseRow
row = ReleaseRow.objects.get()
print(row.state, row.moves, *Move.objects.filter(number__gt=1).values_list("act", flat=True))
"""
PREPARED = """
from statlas.web.configuration import Settings
from statlas.web.server import prepare
from statlas.service import tables
from dataclasses import replace
from pathlib import Path
import sys
home = tables.open_home(Path(sys.argv[1])).create()
prepare(replace(Settings.from_environment(), home=home.path))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request):
    """Where the site's database is: in the home, or on a server."""
    if request.param == "sqlite":
        yield {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        return
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed | apt-get install postgresql")
    cluster = postgresql.Cluster(programs).start()
    cluster.sql("CREATE DATABASE races")
    yield {**os.environ, "DATABASE_URL": cluster.url("races")}
    cluster.stop()


def _python(environment, code, home):
    command = [sys.executable, "-c", PREPARED + code, str(home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_one_wins_and_the_other_is_told(environment, tmp_path):
    """Two approve and two send back at once, four times over: each act that is told to be done is in log and history.

    An approval may be followed by a sending back, and that by nothing: who comes too late for the state they would act
    on is refused, and nobody's act is lost or done twice.
    """
    home = tmp_path / "home"
    release_id = _python(environment, SET_UP, home)
    start = time.time() + 5
    racers = [
        subprocess.Popen(
            [sys.executable, str(RACER), str(home), release_id, act, f"{name}@example.org", str(start)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for act, name in (("approve", "ben"), ("approve", "cleo"), ("send_back", "dora"), ("send_back", "ben"))
    ]
    said = []
    for racer in racers:
        out, err = racer.communicate(timeout=100)
        assert racer.returncode == 0, err
        said.append(out.strip())
    state, moves, *acts = _python(environment, STATE, home).split()
    assert set(said) <= {"done", "release-move"}
    assert Counter(acts) <= Counter({"approve": 1, "send-back": 1})
    assert "send-back" in acts
    assert state == "draft"
    assert len(acts) == said.count("done") == int(moves) - 1
    log = (home / "logs" / "audit.jsonl").read_text("utf-8")
    for act in ("approve", "send-back"):
        assert log.count(f'"release.{act}"') == acts.count(act)
