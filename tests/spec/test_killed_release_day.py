"""Kill -9 at any moment of a release day: drafting, sealing, preparing, the rename, and what follows.

A process that has loaded everything forks a child for each moment; the child goes through the day and kills itself when
it has touched files for the n-th time. What is left must answer as before or as after, show nothing that is not
released, and be brought to its end by the next who comes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DAY = r"""
import json, os, random, shutil, signal, sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, sys.argv[2])
from children import in_child, told
from homes import write_definition, write_records
from statlas.engine.cuboids import choosing
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.service.keeper import flipping, prepared
from statlas.service.tables import drafting, printed, standing
from statlas.service.tables.counting import count
from statlas.service.tables.cuboid_building import update_cuboids

choosing.FIXED_ROWS = 0
FOLDER = Path(sys.argv[1])
MINUTE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
QUERY = Query("clubs", dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("AREA")))
TOUCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.link", "shutil.rmtree"}


def values(home, release=None):
    query = Query(QUERY.database, dimensions=QUERY.dimensions, release=release)
    manifest = tables.manifest(home=home, database_id="clubs", release=release)
    database = tables.database(home=home, database_id="clubs", release=release)
    cube = count(home=home, database=database, manifest=manifest, query=query)
    return [float(value) for value in cube.measures[0].values.flat]


def day(home):
    # Everything that a release goes through; safe to go through again after a kill.
    before = home.path.parent / "the minute has come"
    if "2" not in home.all_releases("clubs"):
        flipping.tidy(home=home)
        found = drafting.drafts(home=home)
        draft_id = found[0].draft_id if found else make(home)
        prepared.prepare(home=home, draft_id=draft_id)
        before.touch()
        flipping.open_now(home=home, draft_id=draft_id, public_from=MINUTE)
    flipping.tidy(home=home)


def make(home):
    folder = home.path.parent
    return drafting.draft(home=home, definition=folder / "clubs.yaml", records=[folder / "new.csv"]).draft_id


def killed_at(n, home):
    left = n

    def hook(event, arguments):
        nonlocal left
        if event in TOUCHED and str(home.path) in str(arguments[:2]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    day(home)
    return n - left


def look(home, first):
    # Right after the kill: what readers get, and what verify says.
    releases = home.releases("clubs")
    came = (home.path.parent / "the minute has come").exists()
    assert releases == ("1",) or (came and releases == ("1", "2")), releases
    assert values(home, "1") == first
    assert tables.database(home=home, database_id="clubs").periods[-1] == ("202503" if "2" in releases else "202502")
    assert {fault.code for fault in tables.verify(home=home)} <= {"extra-file"}
    return releases


def mended(home, first, second):
    day(home)
    assert home.releases("clubs") == ("1", "2")
    assert (values(home, "1"), values(home, "2")) == (first, second)
    assert not tables.verify(home=home), list(tables.verify(home=home))
    assert not drafting.drafts(home=home)
    left = [*home.path.glob("sealed/*"), *home.path.glob("sealed/.*"), *home.path.glob("keeper/prepared/*")]
    left += [*home.path.glob("keeper/prepared/.*"), *home.path.glob("databases/clubs/staging-*")]
    assert not left, left
    assert home.facts("clubs", "2").public_from
    digest = home.facts("clubs", "2").digest
    assert standing.prove(home=home, database_id="clubs", release="2", digest=digest).holds


def begin():
    write_definition(FOLDER)
    write_records(FOLDER / "old.csv", n=300)
    write_records(FOLDER / "new.csv", months=("202502", "202503"), n=400, seed=2)
    home = tables.open_home(FOLDER / "home")
    tables.publish(home=home, definition=FOLDER / "clubs.yaml", records=[FOLDER / "old.csv"])
    return values(home)


def copy(name):
    return tables.open_home(shutil.copytree(FOLDER, FOLDER.parent / name) / "home")


def whole(home):
    n = killed_at(10**9, home)
    return n, values(home, "2")


first = told(in_child(begin))
home = copy("whole")
n_moments, second = told(in_child(lambda: whole(home)))
asked = min(int(sys.argv[3]), n_moments)
# Half of them near the end, where the minute is; one of them surely after it.
late = range(n_moments * 3 // 4, n_moments + 1)
drawn = random.Random(9)
chosen = sorted({n_moments - 5, *drawn.sample(late, min(asked // 2, len(late)) - 1)})
chosen += drawn.sample([n for n in range(1, n_moments + 1) if n not in chosen], asked - len(chosen))
seen = {"before": 0, "after": 0}
for n in chosen:
    home = copy(f"killed-{n}")
    said, status = in_child(lambda: killed_at(n, home))
    assert status == signal.SIGKILL, (n, said, status)
    try:
        releases = told(in_child(lambda: look(home, first)))
        told(in_child(lambda: mended(home, first, second)))
    except AssertionError as error:
        raise SystemExit(f"killed at {n} of {n_moments}: {error}")
    seen["after" if "2" in releases else "before"] += 1
    shutil.rmtree(home.path.parent)
print(json.dumps({"moments": len(chosen), "of": n_moments, **seen}))
"""


@pytest.mark.parametrize(
    "n_moments",
    [
        pytest.param(6, marks=pytest.mark.timeout(300)),
        pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_a_release_day_may_be_killed_at_any_moment(tmp_path: Path, root: Path, n_moments: int) -> None:
    """Whatever was going on: readers get the one release or the other, whole, and the next run mends the rest."""
    folder = tmp_path / "first"
    folder.mkdir()
    command = [sys.executable, "-c", DAY, str(folder), str(root / "tests" / "support"), str(n_moments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["moments"] == n_moments
    assert told["before"]
    assert told["after"]
