"""What share of a table's people stand in its shown cells, from printed numbers alone."""

from __future__ import annotations

import numpy as np
import pytest
from homes import write_definition, write_records

from statlas.model.classification import Node
from statlas.model.cube import CellStatus
from statlas.model.query import Dimension, Item, Query, TimeKind, TimeSelector
from statlas.service import tables

ALL = TimeSelector(TimeKind.ALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> tables.Home:
    """A hundred members, many of them in small cells."""
    folder = tmp_path_factory.mktemp("coverage")
    made = tables.open_home(folder / "home")
    tables.publish(home=made, definition=write_definition(folder), records=[write_records(folder / "r.csv", n=100)])
    return made


def asked(home: tables.Home, *dimensions: Dimension):
    """A table and its share."""
    cube = tables.table(home=home, query=Query("clubs", dimensions=dimensions), door="test")
    database = tables.database(home=home, database_id="clubs")
    return cube.measures[0], tables.shown_share(home=home, database=database, cube=cube, door="test")


def test_the_share_is_that_of_the_printed_whole(home):
    """Shown cells over the printed count of everybody, totals counted once, months apart."""
    dimensions = (Dimension("MONTH", time=ALL), Dimension("AREA", total=True), Dimension("SEX"), Dimension("AGE_BAND"))
    measure, share = asked(home, *dimensions)
    whole, _ = asked(home, Dimension("MONTH", time=ALL))
    shown = np.where(measure.status == CellStatus.SHOWN, measure.values, 0)[:, :-1]
    assert share == pytest.approx(min(shown.sum() / whole.values.sum(), 1.0))
    assert share > 0


def test_nothing_is_said_where_nothing_is_hidden(home):
    """A table with every cell shown needs no share."""
    assert asked(home, Dimension("SEX"))[1] is None


def test_nothing_is_said_of_items_that_overlap(home):
    """A town beside its county: people stand in both."""
    both = (Item((Node("TOWN", "N3"),)), Item((Node("COUNTY", "N"),)))
    assert asked(home, Dimension("AREA", items=both), Dimension("AGE_BAND"))[1] is None
