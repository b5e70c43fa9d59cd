"""The demonstration at its default size looks alive: its ready-made tables are full of numbers."""

import numpy as np
import pytest

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source
from statlas.model.cube import CellStatus
from statlas.model.query import Query
from statlas.service import tables

AUTHORITY = "V_C_MASTERGEOG11_LA_TO_REGION"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Housing Benefit at the default size."""
    return make_source("hb_new", tmp_path_factory.mktemp("alive"), Ask())


@pytest.fixture(scope="module")
def alive(tmp_path_factory, source):
    """Its last year alone, published: the rest has more claims in every cell."""
    home = tables.open_home(tmp_path_factory.mktemp("alive") / "home")
    tables.publish(home=home, definition=source.definition, records=source.files[-1:])
    return home


def printed(cube):
    """Share of the cells that print a number, a structural zero being one."""
    status = cube.measures[0].status
    return np.isin(status, [CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO]).mean()


def test_ready_made_tables_are_dense(alive):
    """In every ready-made table at least 90% of the cells are printed, and no rule blocks a place."""
    database = tables.database(home=alive, database_id="hb_new")
    assert len(database.tables) >= 4
    for ready in database.tables:
        cube = tables.table(home=alive, query=ready.query, door="test")
        assert printed(cube) >= 0.9, ready.id
        assert cube.blocked is None, ready.id


def test_ready_made_tables_of_authorities_are_dense_where_authorities_are(alive):
    """Of the authorities that exist in the month, at least 90% of cells show a number."""
    database = tables.database(home=alive, database_id="hb_new")
    ours = [t for t in database.tables if any(d.valueset == AUTHORITY for d in t.query.dimensions)]
    assert ours
    for ready in ours:
        status = tables.table(home=alive, query=ready.query, door="test").measures[0].status
        assert (status == CellStatus.SHOWN).sum() >= 0.9 * (status != CellStatus.STRUCTURAL_ZERO).sum(), ready.id


def test_latest_is_december_2025(alive):
    """The last month of the demonstration is the one that people see first."""
    database = tables.database(home=alive, database_id="hb_new")
    assert database.periods[-1] == "202512"
    cube = tables.table(home=alive, query=Query("hb_new"), door="test")
    assert cube.synthetic
    [date] = cube.dimensions
    assert [item.label for item in date.items] == ["202512 (Dec-25)"]
