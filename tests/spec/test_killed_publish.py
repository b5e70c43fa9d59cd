"""A publish killed at any moment leaves the previous release answering, and the next publish is clean.

A real ``statlas publish --now`` is killed with SIGKILL at moments chosen by what can be seen of it on the disk, the
last of them around the rename that makes a release public.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from homes import write_definition, write_records

from statlas.model.cube import Cube
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector
from statlas.service import tables
from statlas.store import Home

MONTHS = tuple(f"2024{n:02d}" for n in range(1, 13))
QUERY = Query(
    "clubs",
    dimensions=(Dimension("MONTH", time=TimeSelector(TimeKind.ALL)), Dimension("AREA", valueset="TOWN")),
)


CODE = """
from statlas.cli import app
from statlas.engine.cuboids import choosing
choosing.FIXED_ROWS = 0
app()
"""
"""A ``statlas`` that builds cuboids of few records, too."""


def statlas(*arguments: object) -> subprocess.Popen[bytes]:
    """A ``statlas`` of its own process."""
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home of twelve months, and as ``new.csv`` a revision of all of them and one more."""
    folder = tmp_path_factory.mktemp("killed")
    definition = write_definition(folder)
    first = write_records(folder / "old.csv", months=MONTHS, n=400)
    write_records(folder / "new.csv", months=(*MONTHS, "202501"), n=8_000, seed=2)
    tables.publish(home=tables.open_home(folder / "home"), definition=definition, records=[first])
    return folder


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """A copy of that folder to do harm in."""
    return Path(shutil.copytree(published, tmp_path / "copy"))


def staged(home: Path, pattern: str) -> bool:
    """Whether the staging folder holds something of that name."""
    return any(home.glob(f"databases/clubs/staging-*/{pattern}"))


def n_files(home: Path) -> int:
    """Record files of the release that is being made, in its own folder."""
    return len(list(home.glob("databases/clubs/staging-*/release/records/*")))


def opened(home: Path) -> bool:
    """Whether the second release has its place."""
    return (home / "databases/clubs/releases/2").exists()


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "staging begins": lambda home: staged(home, ""),
    "the first month is sorted": lambda home: staged(home, "*.scratch"),
    "the first month is written": lambda home: staged(home, "*.arrow"),
    "half of the months are written": lambda home: staged(home, "202407.arrow"),
    "all months are written": lambda home: staged(home, "202501.arrow"),
    "the first file is moved": lambda home: n_files(home) > 0,
    "some files are moved": lambda home: n_files(home) > 5,
    "all files are moved": lambda home: n_files(home) == len(MONTHS) + 1,
    "the release is written": lambda home: staged(home, "release/manifest.json"),
    "what readers are told is written": lambda home: staged(home, "release/release.json") or opened(home),
    "the release has its place": opened,
    "some cuboids are there": lambda home: len(list(home.glob("databases/clubs/cuboids/*.cuboids"))) > 2,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_publish_leaves_a_home_that_answers(folder: Path, moment: str) -> None:
    """Whatever was going on, one release answers, whole; nothing of it is damaged; publishing again mends the rest."""
    home = tables.open_home(folder / "home")
    before, answer = home.current("clubs"), values(home)
    _kill_when(MOMENTS[moment], folder)
    now = home.current("clubs")
    if now.release == "1":
        assert (now, values(home)) == (before, answer)
    else:
        assert now.periods == (*MONTHS, "202501")
    assert {fault.code for fault in tables.verify(home=home)} <= {"extra-file"}
    report = tables.publish(home=home, definition=folder / "clubs.yaml", records=[folder / "new.csv"])
    assert report.manifest.release == "2"
    assert [record.epoch for record in home.current("clubs").records] == [1] * len(MONTHS) + [0]
    assert not tables.verify(home=home)
    assert not list(home.path.glob("databases/clubs/staging-*"))
    assert values(home, release="1") == answer


def _kill_when(moment: Callable[[Path], bool], folder: Path) -> None:
    """Start a publish and kill it as soon as the moment has come."""
    given = ("--now", "--accept-findings", "Made up.", "--home", folder / "home")
    process = statlas("publish", folder / "clubs.yaml", folder / "new.csv", *given)
    ends = time.monotonic() + 60
    while process.poll() is None and not moment(folder / "home"):
        assert time.monotonic() < ends
    process.send_signal(signal.SIGKILL)
    assert process.wait() in (-signal.SIGKILL, 0)
    assert moment(folder / "home") or process.returncode == 0


def values(home: Home, release: str | None = None) -> list[float]:
    """The numbers of a table over all months, from a process that remembers nothing of it."""
    query = Query(QUERY.database, dimensions=QUERY.dimensions, release=release)
    manifest = tables.manifest(home=home, database_id="clubs", release=release)
    database = tables.database(home=home, database_id="clubs", release=release)
    cube: Cube = tables.count(home=home, database=database, manifest=manifest, query=query)
    return [float(value) for value in cube.measures[0].values.ravel()]
