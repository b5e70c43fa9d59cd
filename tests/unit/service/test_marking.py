"""A release marks what is provisional and what it revised, by itself."""

import shutil
from dataclasses import replace

import four_releases
import numpy as np
import pytest

from statlas.definitions.address import query_of
from statlas.engine import pieces as engine_pieces
from statlas.model.cells import CellFlag
from statlas.model.release import Notice
from statlas.service import tables
from statlas.service.tables.fingerprint import fingerprint
from statlas.service.tables.marking import as_of
from statlas.service.tables.pieces import pieces
from statlas.store import notices


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Three releases; the third corrects February in two towns."""
    folder = tmp_path_factory.mktemp("marking")
    made = four_releases.first(folder)
    four_releases.second(made, folder)
    four_releases.third(made, folder)
    return made


def table(home, release, text=four_releases.TABLE, **more):
    """The table of an address in a release."""
    database = tables.database(home=home, database_id="help", release=release)
    parameters = tuple(tuple(part.split("=", 1)) for part in text.split("&"))
    return tables.table(home=home, query=replace(query_of(database, parameters), release=release), door="web", **more)


def marked(cube, flag, measure=0):
    """The cells with a mark: labels of their items, the date last."""
    found = cube.measures[measure].flags & flag
    return {
        tuple(d.items[n].label for d, n in zip(cube.dimensions, place, strict=True))
        for place in zip(*found.nonzero(), strict=True)
    }


def test_only_what_moved_beyond_noise_is_revised(home):
    """Every number of February was drawn anew; two of the four towns changed."""
    cube = table(home, "3")
    assert marked(cube, CellFlag.REVISED) == {("Northam", "February 2025"), ("Eastry", "February 2025")}


def test_a_release_that_only_adds_revises_nothing(home):
    """The first month of a release has nothing to differ from."""
    for release in ("1", "2"):
        assert marked(table(home, release), CellFlag.REVISED) == set()


def test_the_periods_that_the_definition_names_are_provisional(home):
    """The newest of each release; what was provisional is not when another month came."""
    for release, month in (("1", "February 2025"), ("2", "March 2025"), ("3", "March 2025")):
        months = {place[-1] for place in marked(table(home, release), CellFlag.PROVISIONAL)}
        assert months == {month}


def test_amounts_groups_and_filters_are_marked_by_the_same_rule(home):
    """Whatever the table is by, the numbers of the two towns that changed are marked."""
    cube = table(
        home, "3", "rows=AREA@TOWN&columns=MONTH&periods=202502&measure=HELP&measure=RENT:SUM&measure=RENT:MEAN"
    )
    assert marked(cube, CellFlag.REVISED, 1) == {("Northam", "February 2025"), ("Eastry", "February 2025")}
    assert {place[0] for place in marked(cube, CellFlag.REVISED, 2)} <= {"Northam", "Eastry"}
    cube = table(home, "3", "rows=SEX&columns=MONTH&periods=202502&filter.AREA=TOWN:N")
    assert {place[0] for place in marked(cube, CellFlag.REVISED)} == {"Female", "Male"}
    cube = table(home, "3", "rows=AREA@TOWN&items.AREA=TOWN:N;Both=TOWN:N,TOWN:E&columns=MONTH&periods=202502")
    assert {place[0] for place in marked(cube, CellFlag.REVISED)} == {"Northam"}


def test_what_is_worked_out_carries_the_marks_of_its_parts(home):
    """A percentage of a revised number is revised."""
    cube = table(home, "3", "rows=AREA@TOWN&columns=SEX&wafers=MONTH&periods=202502&derived=percentage;row")
    assert marked(cube, CellFlag.REVISED, 1) >= marked(cube, CellFlag.REVISED, 0) != set()


def test_marks_follow_no_number_that_is_hidden(home):
    """A symbol stands for itself."""
    cube = table(home, "3")
    for measure in cube.measures:
        assert not (measure.flags[measure.status != 0] & (CellFlag.REVISED | CellFlag.PROVISIONAL)).any()


def test_the_digest_of_printed_numbers_is_that_without_marks(home):
    """What was kept before there were marks is still what it was; what is announced of a draft holds when it is out."""
    cube = table(home, "3")
    bare = replace(cube, measures=tuple(replace(m, flags=m.flags & 0xF3) for m in cube.measures))
    assert fingerprint(cube) == fingerprint(bare)


def test_a_large_table_in_pieces_has_the_same_marks(home, monkeypatch):
    """Jobs count piece by piece; each number is marked as on the page."""
    monkeypatch.setattr(engine_pieces, "PIECE_CELLS", 1)
    whole = table(home, "3")
    found = pieces(home=home, query=whole.query)
    parts = [piece.measures[0].flags for piece in found]
    assert len(parts) == len(four_releases.MONTHS) - 1
    assert np.array_equal(np.concatenate(parts, axis=1), whole.measures[0].flags)


def test_marks_stay_when_the_release_before_is_withdrawn(home):
    """A pinned answer never changes: what it differs from was public once, and is not shown by the mark."""
    before = marked(table(home, "3"), CellFlag.REVISED)
    notice = home.path / "databases" / "help" / "notices" / "2.json"
    notices.withdraw(home.path / "databases" / "help", Notice("help", "2", "Wrong.", "2026-01-01T00:00:00+00:00"))
    try:
        shutil.rmtree(home.path / "cache")
        assert marked(table(home, "3"), CellFlag.REVISED) == before
    finally:
        notice.unlink()


def test_as_of_keeps_what_a_release_has(home):
    """Items that are not whole there are left out, and a total of other items with them."""
    database = tables.database(home=home, database_id="help", release="1")
    later = table(home, "3", "rows=AREA@TOWN&columns=MONTH&periods=all&total=MONTH").query
    kept = as_of(database, later)
    date = next(d for d in kept.dimensions if d.field == "MONTH")
    assert [item.nodes[0].code for item in date.items] == ["202501", "202502"]
    assert not date.total
    assert as_of(replace(database, fields=database.fields[:1]), later) is None
