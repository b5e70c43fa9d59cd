"""Tables of one area of a published home, whose code list has changed since, beside the table of all areas."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from homes import TOWNS, write_definition, write_records

from statlas.engine import few_areas, kernel
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.query import Dimension, Item, Query, TimeKind, TimeSelector
from statlas.service import tables

ALL = Dimension("MONTH", time=TimeSelector(TimeKind.ALL))
NEW_TOWN = "          N0: {label: Abbey, parent: N}\n          N1:"
"""A town before all others, so that every position among the codes is another one than before."""


@pytest.fixture(scope="module")
def clubs(tmp_path_factory):
    """Two months, the first under a definition without the town of Abbey."""
    folder = tmp_path_factory.mktemp("few")
    home = tables.open_home(folder / "home")
    first = write_records(folder / "first.csv", months=("202501",), n=2_000)
    tables.publish(home=home, definition=write_definition(folder), records=[first])
    definition = write_definition(folder)
    definition.write_text(definition.read_text().replace("          N1:", NEW_TOWN))
    second = write_records(folder / "second.csv", months=("202502",), n=2_000)
    tables.publish(home=home, definition=definition, records=[second])
    return home


def asked(clubs, node: Node, most_of_axis: float) -> tuple[Cube, list[int]]:
    """The table of an area by sex and age in every month, and how many rows were given to be counted."""
    rows = []

    def count(plan, records):
        rows.append(records.n_rows)
        return kernel.count(plan, records)

    area = Dimension("AREA", items=(Item((node,)),))
    with patch.object(few_areas, "MOST_OF_AXIS", most_of_axis):
        cube = tables.count(
            home=clubs,
            database=tables.database(home=clubs, database_id="clubs"),
            manifest=tables.manifest(home=clubs, database_id="clubs"),
            query=Query("clubs", dimensions=(ALL, area, Dimension("SEX"), Dimension("AGE_BAND"))),
            backend=count,
        )
    return cube, rows


@pytest.mark.parametrize("node", [Node("TOWN", town) for town in TOWNS] + [Node("COUNTY", "N")])
def test_one_area_prints_what_the_table_of_all_prints_of_it(clubs, node):
    """In a month of another code list, too; and of the towns that are not small only a part of the rows is read."""
    (few, rows), (whole, all_rows) = asked(clubs, node, 1.0), asked(clubs, node, 0.0)
    assert set(all_rows) == {2_000}
    assert np.array_equal(few.measures[0].values, whole.measures[0].values)
    assert np.array_equal(few.measures[0].status, whole.measures[0].status)
    if node.code in ("S1", "S2"):
        assert min(rows) < 1_000
