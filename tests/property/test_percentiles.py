"""Exact percentiles of random records against the definition, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import AMOUNTS, MemoryRecords, ages, database, draw, flat, geography

from statlas.engine.percentiles import percentile_definition, percentiles
from statlas.engine.plan import Plan, plan
from statlas.errors import BackendError
from statlas.model.database import Database, Weight
from statlas.model.query import Dimension, Filter, Item, Query, TimeKind, TimeSelector

PERIODS = ("202412", "202501")
PLAIN = database(geography(), ages(), flat("SEX", 2), periods=PERIODS)
WEIGHTED = replace(PLAIN, weight=Weight("grossing", "Weighted", precision=2))
DATE = Dimension("MONTH", time=TimeSelector(TimeKind.ALL), total=True)


@st.composite
def plans(draw_: st.DrawFn, made: Database) -> Plan:
    """Items of nodes at any levels of up to two fields, which may overlap, with totals; both months and their sum."""
    chosen = draw_(st.permutations(made.categories))
    dimensions = [DATE]
    for field in chosen[: draw_(st.integers(0, 2))]:
        node = st.sampled_from(field.classification.nodes)
        item = st.lists(node, min_size=1, max_size=3, unique=True).map(tuple).map(Item)
        items = draw_(st.lists(item, min_size=1, max_size=4).map(tuple))
        dimensions.append(Dimension(field.id, items=items, total=draw_(st.booleans())))
    filters = [Filter(chosen[2].id, chosen[2].classification.nodes[:1])] if draw_(st.booleans()) else []
    return plan(made, Query("world", dimensions=tuple(dimensions), filters=tuple(filters)))


def asked(made: Plan) -> list[list[tuple]]:
    """For each axis of the plan the nodes of each item."""
    dimensions = {d.field: [i.nodes for i in d.items] for d in made.query.dimensions}
    for d in made.query.dimensions:
        if d.total:
            dimensions[d.field].append(tuple(node for nodes in dimensions[d.field] for node in nodes))
    dimensions |= {f.field: [f.nodes] for f in made.query.filters}
    return [dimensions[axis.field.id] for axis in made.axes]


def amounts_in(made: Plan, records: MemoryRecords, nodes: list[tuple]) -> tuple[list[int], list[int]]:
    """Amounts and weights of the records of a cell that have an amount, by looking at every record."""
    inside = np.ones(records.n_rows, dtype=bool)
    if records.missing("PAY") is not None:
        inside &= ~records.missing("PAY")
    for axis, held in zip(made.axes, nodes, strict=True):
        members = axis.field.classification.members
        inside &= np.isin(records.positions(axis.field.id), [leaf for node in held for leaf in members[node]])
    weights = records.weights()[0] if records.weights() else np.ones(records.n_rows, dtype=np.int64)
    return records.measure("PAY")[inside].tolist(), weights[inside].tolist()


@pytest.mark.parametrize("world", [PLAIN, WEIGHTED], ids=["plain", "weighted"])
@given(
    data=st.data(),
    n_rows=st.sampled_from([0, 1, 40, 300]),
    seed=st.integers(0, 2**20),
    amounts=st.sampled_from(sorted(AMOUNTS)),
    blank=st.sampled_from([None, 0.3, 1.0]),
    ps=st.lists(st.integers(1, 99), min_size=1, max_size=3),
)
def test_every_percentile_is_what_the_definition_gives(world, data, n_rows, seed, amounts, blank, ps):
    """Groups that overlap, totals, filters and sums over months: each value is that of the records in the cell."""
    made = data.draw(plans(world))
    records = draw(world, n_rows, seed, amounts=amounts, blank=blank)
    values, counts = percentiles(made, [[records[p] for p in item] for item in made.periods], "PAY", ps)
    items = asked(made)
    assert values.shape == (len(ps), len(made.periods), *(len(nodes) for nodes in items))
    for cell in np.ndindex(counts.shape):
        found = [
            amounts_in(made, records[period], [nodes[at] for nodes, at in zip(items, cell[1:], strict=True)])
            for period in made.periods[cell[0]]
        ]
        given_amounts, weights = (list(chain(*column)) for column in zip(*found, strict=True))
        assert counts[cell] == len(given_amounts)
        expected = [percentile_definition(given_amounts, p, weights) for p in ps]
        assert [int(values[(at, *cell)]) for at in range(len(ps))] == expected


@pytest.mark.parametrize(
    ("amounts", "p", "weights", "expected"),
    [
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 30, None, 30),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 31, None, 40),
        ([1, 2, 3, 4], 50, None, 2),
        ([5, 5, 5, 9], 75, None, 5),
        ([5, 5, 5, 9], 76, None, 9),
        ([-3, -1], 99, None, -1),
        ([7], 1, None, 7),
        ([], 50, None, 0),
        ([1, 2, 3], 50, [1, 1, 8], 3),
        ([1, 2, 3], 10, [1, 1, 8], 1),
        ([4, 6], 50, [0, 0], 4),
    ],
)
def test_the_smallest_amount_that_reaches_p_percent(amounts, p, weights, expected):
    """Exactly p percent suffice; equal amounts count together; with weights, weights count."""
    assert percentile_definition(amounts, p, weights) == expected
    world = PLAIN if weights is None else WEIGHTED
    made, records = alone(world, amounts, weights)
    values, counts = percentiles(made, [[records]], "PAY", [p])
    assert (values.tolist(), counts.tolist()) == ([[expected]], [len(amounts)])


def alone(world: Database, amounts: list[int], weights: list[int] | None = None) -> tuple[Plan, MemoryRecords]:
    """One cell, and records with these amounts and weights."""
    weighed = () if weights is None else (np.array(weights, dtype=np.int64),)
    keys = np.zeros(len(amounts), dtype=np.uint32)
    records = MemoryRecords(keys, {}, {"PAY": np.array(amounts, dtype=np.int64)}, weighed=weighed)
    return plan(world, Query("world")), records


def test_amounts_over_the_whole_of_64_bits_are_told_apart():
    """The smallest and the largest whole number of 64 bits are found as they stand."""
    made, records = alone(PLAIN, [2**63 - 1, -(2**63), 0, -1, 1])
    values, _ = percentiles(made, [[records]], "PAY", (1, 20, 21, 50, 80, 99))
    assert values[:, 0].tolist() == [-(2**63), -(2**63), -1, 0, 1, 2**63 - 1]


def test_the_runs_of_many_cells_are_split_without_changing_a_value():
    """A table worked through by several threads is that of its cells alone."""
    records = draw(PLAIN, 20_000, 3)
    made = plan(PLAIN, Query("world", dimensions=tuple(Dimension(f.id, total=True) for f in PLAIN.categories)))
    (values,), counts = percentiles(made, [[records["202501"]]], "PAY", [30])
    items = asked(made)
    for cell in [(0, 0, 0, 0), (0, 2, 2, 2), (0, 1, 0, 2)]:
        amounts, _ = amounts_in(made, records["202501"], [nodes[at] for nodes, at in zip(items, cell[1:], strict=True)])
        assert values[cell] == percentile_definition(amounts, 30)
        assert counts[cell] == len(amounts)


@pytest.mark.parametrize(
    ("weights", "why"), [([1, -1], "below 0"), ([2**61, 2**61], "too large"), ([2**60] * 8, "too large")]
)
def test_weights_that_cannot_be_added_up_are_refused(weights, why):
    """Weights below 0, or too large together, are refused in words that hold none of them."""
    made, records = alone(WEIGHTED, [1] * len(weights), weights)
    with pytest.raises(BackendError, match=why):
        percentiles(made, [[records]], "PAY", [50])
