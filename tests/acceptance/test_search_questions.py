"""Questions as people type them, and the tables that they must lead to on the demonstration department."""

import pytest

from statlas.model.cube import CellStatus
from statlas.service import tables
from statlas.service.tables.searching import search

LEEDS, BIRMINGHAM = "E08000035", "E08000025"


@pytest.fixture(scope="module")
def home(demonstration):
    """The demonstration's largest database."""
    return demonstration.home("hb_new")


def _areas(query):
    items = [node for d in query.dimensions for item in d.items or () for node in item.nodes]
    return {node.code for node in (*items, *(node for f in query.filters for node in f.nodes))}


@pytest.mark.parametrize(
    "text", ["spare room Leeds", "leeds bedroom tax", "how many spare rooms are there in Leeds?", "spare rooom leeds"]
)
def test_spare_rooms_of_leeds(home, text):
    """Whatever they are called, and in whatever order: the field about them, for Leeds, with nothing left out."""
    first = search(home=home, text=text).tables[0]
    assert first.database.id == "hb_new"
    assert "spare room" in first.fields[0].label.lower()
    assert LEEDS in _areas(first.query)
    assert first.left == ()


def test_women_of_birmingham_in_a_year(home):
    """A database, a category by its everyday name, an area and a year."""
    first = search(home=home, text="housing benefit women birmingham 2024").tables[0]
    assert first.database.id == "hb_new"
    assert [(f.field, [node.code for node in f.nodes]) for f in first.query.filters] == [("SINGLE_GEN", ["2"])]
    assert BIRMINGHAM in _areas(first.query)
    assert (first.time.start, first.time.end) == ("202401", "202412")


@pytest.mark.parametrize("text", ["spare room Leeds", "housing benefit women birmingham 2024", "age of claimants LS6"])
def test_tables_that_are_offered_can_be_made(home, text):
    """No rule refuses them, and at least one number of each is shown."""
    for one in search(home=home, text=text).tables:
        cube = tables.table(home=home, query=one.query, door="web")
        assert cube.n_cells
        assert (cube.measures[0].status == CellStatus.SHOWN).any()
