"""How much of the people a table is about stand in its shown cells: what a screen says beside a table (D8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from statlas.errors import DisclosureRefused
from statlas.model.cells import CellStatus, CubeDimension
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Dimension, Item
from statlas.service.tables.table import table
from statlas.store import Home


def shown_share(*, home: Home, database: Database, cube: Cube, door: str) -> float | None:
    """Share of the printed whole that the shown cells of a table add up to, from 0 to 1; from printed numbers alone.

    The whole is the table's own selection: the same periods and filters, every field's items taken together.
    None where the question has no answer: nothing is counted or hidden, items overlap, or the whole is not printed.
    """
    count = next((measure for measure in cube.measures if measure.statistic == "COUNT"), None)
    if count is None or (count.status != CellStatus.LOW).all() or any(_overlap(database, d) for d in cube.dimensions):
        return None
    dimensions = tuple(_together(database, d) for d in cube.query.dimensions)
    asked = replace(cube.query, measures=(), dimensions=dimensions, derived=())
    try:
        whole = table(home=home, query=asked, door=door).measures[0]
    except DisclosureRefused:
        return None
    if (whole.status != CellStatus.SHOWN).any():
        return None
    parts = np.ix_(*([n for n, i in enumerate(d.items) if not i.is_total and not i.formula] for d in cube.dimensions))
    shown = np.where(count.status == CellStatus.SHOWN, count.values, 0)[parts].sum()
    return min(float(shown / whole.values.sum()), 1.0)


def _overlap(database: Database, dimension: CubeDimension) -> bool:
    members = database.field(dimension.field).classification.members
    held = [leaf for item in dimension.items if not item.is_total for node in item.nodes for leaf in members[node]]
    return len(set(held)) < len(held)


def _together(database: Database, dimension: Dimension) -> Dimension:
    """The dimension with its items as one; dates stay apart, as months hold the same people."""
    items = dimension.items or ()
    if dimension.field == database.date.id:
        return replace(dimension, total=False)
    return replace(dimension, items=(Item(tuple(n for item in items for n in item.nodes), "All"),), total=False)
