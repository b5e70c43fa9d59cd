"""What differs between two releases is told although the records of one, or of both, are destroyed."""

import shutil

import four_releases
import pytest

from statlas.definitions.address import query_of
from statlas.errors import DestroyedError
from statlas.model.cells import CellFlag
from statlas.service import tables
from statlas.service.tables import giving
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.standing import destroy


@pytest.fixture
def home(tmp_path):
    """Four releases."""
    made = four_releases.first(tmp_path)
    four_releases.second(made, tmp_path)
    four_releases.third(made, tmp_path)
    four_releases.fourth(made, tmp_path, mapping="")
    return made


def told(home, then, now):
    """Every level's changed cells."""
    found = difference(home=home, database_id="help", then=then, now=now)
    levels = [level_difference(home=home, found=found, level=level) for level in found.levels]
    assert [level.why_not for level in levels] == [""] * len(levels)
    return found.changes, [(level.level.name, level.n_beyond, level.cells) for level in levels]


def forget(home):
    """Everything that was kept to be quick."""
    giving.answers.clear()
    shutil.rmtree(home.path / "cache", ignore_errors=True)


def test_what_differs_is_the_same_without_records(home, tmp_path):
    """Between any two releases, those to come too."""
    pairs = [("1", "2"), ("2", "3"), ("1", "3"), ("3", "4"), ("2", "4"), ("1", "4")]
    before = {pair: told(home, *pair) for pair in pairs}
    for release in ("2", "3"):
        destroy(home=home, database_id="help", release=release, reason="Retention is over.")
        forget(home)
        assert {pair: told(home, *pair) for pair in pairs} == before
    four_releases.publish(home, tmp_path, months=("202505",), merged=True)
    assert told(home, "3", "5")[1]


def test_marks_of_the_next_release_stay_on_what_is_printed(home):
    """The tables by date and level have the marks that they had; a level of all months is one of them."""
    database = tables.database(home=home, database_id="help", release="3")
    query = query_of(database, (("columns", "MONTH"), ("periods", "all"), ("rows", "AREA@TOWN"), ("release", "3")))

    def revised():
        cube = tables.table(home=home, query=query, door="python")
        return cube.measures[0].flags & CellFlag.REVISED

    before = revised()
    assert before.any()
    destroy(home=home, database_id="help", release="2", reason="Retention is over.")
    assert (revised() == before).all()


@pytest.mark.parametrize(
    "address",
    [
        "rows=AREA@TOWN&items.AREA=W;N&columns=MONTH&periods=202502",
        "columns=AREA@TOWN&rows=MONTH&periods=latest(2)&measure=RENT:MEAN&measure=HELP",
        "rows=SEX",
        "wafers=MONTH&periods=all&rows=AREA@REGION&measure=RENT:SUM",
    ],
)
def test_some_cells_of_what_was_printed_are_answered_as_before(home, address):
    """A table by date and one level, of some of them in any order: the same numbers, marks and labels."""
    database = tables.database(home=home, database_id="help", release="3")
    parts = (*(tuple(part.split("=", 1)) for part in address.split("&")), ("release", "3"))
    query = query_of(database, parts)
    before = tables.table(home=home, query=query, door="python")
    destroy(home=home, database_id="help", release="3", reason="Retention is over.")
    forget(home)
    after = tables.table(home=home, query=query, door="python")
    assert (after.dimensions, after.query, after.version) == (before.dimensions, before.query, before.version)
    for one, two in zip(before.measures, after.measures, strict=True):
        for name in ("values", "status", "flags", "sd"):
            assert (getattr(one, name) == getattr(two, name)).all(), name


def test_what_was_not_printed_says_that_it_is_destroyed(home):
    """Nothing is made up."""
    destroy(home=home, database_id="help", release="2", reason="Retention is over.")
    forget(home)
    database = tables.database(home=home, database_id="help", release="2")
    query = query_of(database, (("rows", "AREA@TOWN"), ("columns", "SEX"), ("release", "2")))
    with pytest.raises(DestroyedError, match="Retention is over"):
        tables.table(home=home, query=query, door="python")
