"""Cells in which codes stand that never meet, and cells of what was not collected yet, in random tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import PAY, PERIODS, WORLD, amounts_of, cells_of, covers_of, queries, table, union, worlds
from oracle import all_items
from oracle_sums import SumOracle, published_sum
from worlds import MemoryRecords, draw

from statlas.engine.plan import plan
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Impossible

NEVER = (
    Impossible((("SEX", (Node("C_SEX", "1"),)), ("AGE", (Node("PART", "y"), Node("YEAR", "2"))))),
    Impossible((("AREA", (Node("REGION", "E1"),)), ("AGE", (Node("HALF", "b"),)), ("SEX", (Node("C_SEX", "2"),)))),
)
LIMITED = replace(WORLD, impossible=NEVER)


def possible_only(records: MemoryRecords) -> MemoryRecords:
    """The records without those in which codes stand that never meet."""
    keep = np.ones(records.n_rows, dtype=bool)
    for impossible in NEVER:
        met = np.ones(records.n_rows, dtype=bool)
        for name, nodes in impossible.where:
            met &= np.isin(records.positions(name), list(_leaves(name, nodes)))
        keep &= ~met
    return replace(
        records,
        keys=records.keys[keep],
        columns={name: column[keep] for name, column in records.columns.items()},
        amounts={name: column[keep] for name, column in records.amounts.items()},
        blank={name: column[keep] for name, column in records.blank.items()},
    )


def _leaves(name: str, nodes: tuple[Node, ...]) -> frozenset:
    members = WORLD.field(name).classification.members
    return frozenset(leaf for node in nodes for leaf in members[node])


def is_impossible(fields: list):
    """Whether a place lies within codes that never meet; a field that is not in the table has all its codes."""

    def impossible(place) -> bool:
        held = {field.id: leaves for field, leaves in zip(fields, place, strict=True)}
        everything = {f.id: frozenset(range(len(f.classification.leaves))) for f in WORLD.categories}
        return any(all((everything | held)[name] <= _leaves(name, nodes) for name, nodes in one.where) for one in NEVER)

    return impossible


@settings(max_examples=60, deadline=None)
@given(query=queries(("T", "PAY:SUM", "PAY:MEAN")), world=worlds)
def test_codes_that_never_meet_are_structural_zeros(query, world):
    """Such cells print 0 and no mean, have no share of what is hidden, and everything else is as the decisions say."""
    records = {period: possible_only(of) for period, of in draw(LIMITED, **world).items()}
    made, cube = plan(LIMITED, query), table(query, records, made=LIMITED)
    counts, sums, means = (cells_of(made, measure) for measure in cube.measures)
    fields = [axis.field for axis in made.axes]
    for number, periods in enumerate(made.periods):
        everybody = SumOracle(fields, [amounts_of(_nothing_blank(records[p]), fields, PAY) for p in periods], 5, 10, 11)
        oracle = SumOracle(fields, [amounts_of(records[p], fields, PAY) for p in periods], 5, 10, 11)
        everybody.impossible = oracle.impossible = is_impossible(fields)
        for at, place in enumerate(all_items(covers_of(made, oracle))):
            statuses = [cells[number][at][1] for cells in (counts, sums, means)]
            if oracle.never(place):
                assert statuses == [CellStatus.STRUCTURAL_ZERO] * 2 + [CellStatus.NOT_AVAILABLE]
                assert [cells[number][at][0] for cells in (counts, sums, means)] == [0, 0, 0]
                continue
            _, n = everybody.sum_and_count(place)
            total, n_paid = oracle.sum_and_count(place)
            variance = 3 * len(periods) ** 2 * int(np.prod([len(cover) for cover in place]))
            assert (counts[number][at][0], statuses[0]) == ((n, CellStatus.SHOWN) if n >= 5 else (0, CellStatus.LOW))
            expected = (0, CellStatus.LOW)
            if total is not None:
                expected = (published_sum(total, n_paid, variance) / 100, CellStatus.SHOWN)
            assert (sums[number][at][0], statuses[1]) == expected


def _nothing_blank(records: MemoryRecords) -> MemoryRecords:
    return replace(records, blank={})


@settings(max_examples=40, deadline=None)
@given(query=queries(("T", "PAY:SUM", "PAY:MEDIAN")), world=worlds, policy=st.sampled_from(["standard", "open"]))
def test_what_was_not_collected_yet_is_not_available(query, world, policy):
    """A field from January, a measure from February: before, their cells say so; all codes together need no field."""
    fields = [replace(f, available_from=PERIODS[1]) if f.id == "AGE" else f for f in WORLD.fields]
    late = replace(WORLD, fields=tuple(fields), measures=(replace(PAY, available_from=PERIODS[2]), *WORLD.measures[1:]))
    records = draw(late, **world)
    made, cube = plan(late, query, exact=policy == "open"), table(query, records, made=late, policy=policy)
    before = table(query, records, policy=policy)
    for cell in np.ndindex(cube.shape):
        at = dict(zip((d.field for d in made.query.dimensions), cell, strict=True))
        first = min(made.periods[at.pop(WORLD.date.id)])
        without_field = _needs_age(made, at) and first < PERIODS[1]
        without_measure = without_field or first < PERIODS[2]
        for measure, same, missing in zip(
            cube.measures, before.measures, [without_field, without_measure, without_measure], strict=True
        ):
            expected = (0, CellStatus.NOT_AVAILABLE) if missing else (same.values[cell], same.status[cell])
            assert (measure.values[cell], measure.status[cell]) == expected


def _needs_age(made, at: dict) -> bool:
    """Whether the cell is of some ages, not of all together."""
    chosen = {
        d.field: [*(i.nodes for i in d.items), union(d)][at[d.field]] for d in made.query.dimensions if d.field in at
    }
    chosen |= {f.field: f.nodes for f in made.query.filters}
    return "AGE" in chosen and len(_leaves("AGE", chosen["AGE"])) < 8
