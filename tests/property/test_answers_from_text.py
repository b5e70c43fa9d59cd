"""Every count of an answer worked out again, by the decisions page, from the text of the printed cells and the plan."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from printed_text import write_out
from worlds import NOISE_KEY, ages, database, draw, flat, geography, manifest

from statlas.disclosure.axis import Axis
from statlas.disclosure.policy import policy_for
from statlas.disclosure.printing_definition import group_definition
from statlas.engine import kernel
from statlas.engine.plan import Plan, plan
from statlas.engine.tabulate import Counting, tabulate
from statlas.model.cells import CellStatus
from statlas.model.database import Field
from statlas.model.query import Dimension, Filter, Item, Query

PERIODS = ("202412", "202501", "202502")
WORLD = database(geography(), ages(), flat("SEX", 2), periods=PERIODS)
STANDARD = policy_for("standard")
T = STANDARD.threshold

Cells = dict[tuple[int, ...], tuple[float, bool]]
"""For each cell what it prints or adds up to, and whether it is hidden."""


def dimensions_of(field: Field) -> st.SearchStrategy[Dimension]:
    """Some nodes and groups of them, with or without a total."""
    nodes = st.lists(st.sampled_from(field.classification.nodes), min_size=1, max_size=4, unique=True)
    items = st.lists(nodes.map(tuple).map(Item), min_size=1, max_size=3)
    return st.builds(Dimension, st.just(field.id), items=items.map(tuple), total=st.booleans())


@st.composite
def queries(draw_: st.DrawFn) -> Query:
    """Months and up to two fields, with a filter on another or none."""
    fields = draw_(st.permutations(WORLD.categories))
    dimensions = [draw_(dimensions_of(field)) for field in (WORLD.date, *fields[: draw_(st.integers(0, 2))])]
    held = st.lists(st.sampled_from(fields[2].classification.nodes), min_size=1, max_size=3, unique=True)
    filters = (Filter(fields[2].id, tuple(draw_(held))),) if draw_(st.booleans()) else ()
    return Query(WORLD.id, dimensions=tuple(dimensions), filters=filters)


def added_up(periods: list[dict]) -> Cells:
    """The printed cells of one period, or of several added; a hidden month adds nothing."""
    values = np.array([period["values"]["values"] for period in periods]).sum(axis=0).tolist()
    hidden = [status == CellStatus.LOW for status in periods[0]["status"]["values"]]
    if len(periods) > 1:
        hidden = [value < T for value in values]
    return dict(zip(np.ndindex(*periods[0]["values"]["shape"]), zip(values, hidden, strict=True), strict=True))


def grouped(cells: Cells, axis: Axis, position: int, covers: list[list[int]]) -> Cells:
    """The same with items in place of the nodes of one axis."""
    found = {}
    for rest in {cell[:position] + cell[position + 1 :] for cell in cells}:
        column = [cells[(*rest[:position], node, *rest[position:])] for node in range(len(axis))]
        values, hidden = zip(*column, strict=True)
        for number, cover in enumerate(covers):
            value = round(group_definition(values, hidden, axis, cover, threshold=T), 6)
            one = column[cover[0]] if len(cover) == 1 else (value, value < T)
            found[*rest[:position], number, *rest[position:]] = one
    return found


def worked_out(made: Plan, printed: dict) -> Cells:
    """Every item of the plan, date items first, from the text alone."""
    found = {}
    for date, periods in enumerate(made.periods):
        cells = added_up([printed["cells"][period] for period in periods])
        for position, axis in enumerate(made.axes):
            cells = grouped(cells, axis.axis, position, [cover.positions.tolist() for cover in axis.covers])
        found |= {(date, *place): cell for place, cell in cells.items()}
    return found


@given(
    query=queries(),
    n_rows=st.sampled_from([20, 150, 600]),
    seed=st.integers(0, 2**20),
    skew=st.sampled_from([1.0, 3.0]),
)
def test_every_count_follows_from_the_printed_cells(query, n_rows, seed, skew):
    """Groups, totals, filters and sums of months, from a text of printed numbers and statuses: nothing else is used."""
    records = draw(WORLD, n_rows, seed, skew=skew)
    made = plan(WORLD, query)
    epochs = dict.fromkeys(PERIODS, 0)
    text = write_out(Counting(made, records.__getitem__, STANDARD, NOISE_KEY, epochs, kernel.count).printed())
    expected = worked_out(made, json.loads(text))
    cube = tabulate(
        WORLD, manifest(WORLD), query, open_period=records.__getitem__, policy=STANDARD, noise_key=NOISE_KEY
    )
    measure = cube.measures[0]
    for cell in product(*(range(n) for n in cube.shape)):
        value, hidden = expected[in_the_plan(made, cell)]
        derived = len(made.periods[cell[made.layout.index(-1)]]) > 1 or is_group(made, in_the_plan(made, cell))
        number = round(value)
        low = number < T if derived else hidden
        assert (measure.status[cell] == CellStatus.LOW) == low
        assert measure.values[cell] == (0 if low else number)


def in_the_plan(made: Plan, cell: tuple[int, ...]) -> tuple[int, ...]:
    """Where a cell of the query stands: date items first, then the plan's axes; a filter has one item."""
    places = dict(zip(made.layout, cell, strict=True))
    return tuple(places.get(position, 0) for position in range(-1, len(made.axes)))


def is_group(made: Plan, place: tuple[int, ...]) -> bool:
    """Whether an item of any axis is made of several nodes."""
    return any(len(axis.covers[n].positions) > 1 for axis, n in zip(made.axes, place[1:], strict=True))
