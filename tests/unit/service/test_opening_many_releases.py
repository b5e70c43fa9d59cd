"""A home with many releases opens at once: nothing is read before it is asked for."""

from __future__ import annotations

import gc
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from homes import write_definition, write_records

import statlas
from statlas.service import tables
from statlas.service.tables import counting, giving
from statlas.store import reading
from statlas.store.manifests import dumps, loads

N = 200
_HEARD: list[str] = []


def _hear(event, args):
    if event in ("open", "os.listdir", "os.scandir"):
        _HEARD.append(str(args[0]))


sys.addaudithook(_hear)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Two hundred releases, each with both months."""
    folder = tmp_path_factory.mktemp("many")
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=write_definition(folder), records=[write_records(folder / "r.csv")])
    database = home.path / "databases" / "clubs"
    first = database / "releases" / "1"
    manifest = loads((first / "manifest.json").read_bytes())
    for n in range(2, N + 1):
        shutil.copytree(first, first.with_name(str(n)))
        files = tuple(replace(f, path=f.path.replace("/releases/1/", f"/releases/{n}/")) for f in manifest.files)
        changed = replace(manifest, release=str(n), files=files)
        (first.with_name(str(n)) / "manifest.json").write_bytes(dumps(changed))
    return home


@pytest.fixture
def home(published):
    """The two hundred releases, with no record file open and no manifest known."""
    # The function `databases` of the package hides the module of that name.
    sys.modules["statlas.service.tables.databases"]._read.cache_clear()
    reading._loaded.cache_clear()
    counting._open_period.cache_clear()
    gc.collect()
    return published


@pytest.fixture
def heard(home):
    """The names of the files and folders of the home that Python opens from now on."""
    _HEARD.clear()
    return lambda: [name.removeprefix(f"{home.path}/") for name in _HEARD if name.startswith(str(home.path))]


def mapped(home) -> set[str]:
    """The files of encoded records of a home that this process has mapped into its memory."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line.split()[-1] for line in lines if str(home.path) in line and line.endswith(".arrow")}


def test_opening_reads_one_file(home, heard):
    """Opening looks at the file that says that it is a home; its two hundred releases are not looked at."""
    opened = statlas.open(home.path)
    assert heard() == ["home.json"]
    assert len(home.releases("clubs")) == N
    assert list(opened) == ["clubs"]
    assert len(heard()) <= 6
    assert not [name for name in heard() if "/releases/" in name]
    assert not mapped(home)


def test_a_database_reads_its_own_manifest_and_definition_alone(home, heard):
    """Describing a database reads which release answers, its manifest and its definition, and no record."""
    assert "clubs" in repr(statlas.open(home.path)["clubs"])
    read = {name for name in heard() if name.startswith("databases/clubs/releases/")}
    assert read == {f"databases/clubs/releases/{N}/{name}" for name in ("manifest.json", "database.json")}
    assert not mapped(home)


def test_a_table_opens_the_periods_it_is_of(home):
    """One month is asked, one file of two is mapped; the other when it is asked."""
    giving.answers.clear()
    tables.keep_answers(0)
    try:
        statlas.open(home.path)["clubs"].table(rows="AREA")
        assert len(mapped(home)) == 1
        statlas.open(home.path)["clubs"].table(rows="AREA", periods="all")
        assert len(mapped(home)) == 2
    finally:
        tables.keep_answers(giving.DISK_BYTES)
