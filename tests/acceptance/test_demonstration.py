"""The demonstration at its default size looks alive: its ready-made tables are full of numbers."""

import numpy as np
import pytest

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source
from statlas.model.cube import CellStatus
from statlas.model.frames import STATUS_TEXTS
from statlas.model.query import Query
from statlas.service import tables

AUTHORITY = "V_C_MASTERGEOG11_LA_TO_REGION"
HARDLY_ANYBODY = {"XXZZZZZZZ", "E06000053"}
"""Abroad, where nobody is paid, and the Isles of Scilly, whose 2,400 people have fewer than five claims here: the mean
cell of an area whose total is hidden is too small."""


@pytest.fixture(scope="module")
def alive(tmp_path_factory):
    """Housing Benefit at the default size, its last year alone: the rest has more claims in every cell."""
    folder = tmp_path_factory.mktemp("alive")
    source = make_source("hb_new", folder, Ask())
    home = tables.open_home(folder / "home")
    tables.publish(home=home, definition=source.definition, records=source.files[-1:])
    return home


def printed(cube):
    """Share of the cells that print a number, a structural zero being one."""
    status = cube.measures[0].status
    return np.isin(status, [CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO]).mean()


def blocked(cube):
    """Codes of the cells that a rule keeps from being printed."""
    rows = cube.to_arrow().to_pylist()
    codes = [name for name in rows[0] if name.endswith("_code") and name != "NEW_DATE_NAME_code"]
    return {row[name] for row in rows if row["status"] == STATUS_TEXTS[CellStatus.CONFIDENTIAL] for name in codes}


def test_ready_made_tables_are_dense(alive):
    """In every ready-made table at least 90% of the cells are printed; no rule blocks a place where there are
    claims to print.
    """
    database = tables.database(home=alive, database_id="hb_new")
    assert len(database.tables) >= 4
    for ready in database.tables:
        cube = tables.table(home=alive, query=ready.query, door="test")
        assert printed(cube) >= 0.9, ready.id
        assert blocked(cube) <= HARDLY_ANYBODY, ready.id


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
