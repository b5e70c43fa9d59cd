"""Sums and means of random records, printed and grouped, against the decisions read as recursion."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import (
    PERIODS,
    STANDARD,
    WORLD,
    cells_and_codes,
    cells_of,
    covers_of,
    oracle_of,
    queries,
    rows_in,
    table,
    worlds,
)
from oracle import all_items
from oracle_sums import published_mean, published_sum
from printed_text import read_back, write_out
from worlds import NOISE_KEY, MemoryRecords, draw

from statlas.engine import kernel
from statlas.engine.answering import answer
from statlas.engine.percentiles import percentile_definition
from statlas.engine.plan import plan
from statlas.engine.tabulate import Counting
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.query import Dimension, Item, Query

ASKED = ("PAY:SUM", "PAY:MEAN", "T")


@settings(max_examples=80, deadline=None)
@given(query=queries(ASKED), world=worlds)
def test_sums_and_means_are_what_the_decisions_say(query, world):
    """Sums and means inherit with their counts, add up in groups, months and totals, and are rounded once."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query), table(query, records)
    sums, means, _ = (cells_of(made, measure) for measure in cube.measures)
    for number, periods in enumerate(made.periods):
        oracle = oracle_of(made, records, periods)
        for place, total, mean in zip(all_items(covers_of(made, oracle)), sums[number], means[number], strict=True):
            amount, n = oracle.sum_and_count(place)
            variance = 3 * len(periods) ** 2 * int(np.prod([len(cover) for cover in place]))
            if amount is None:
                assert total[1] == mean[1] == CellStatus.LOW
            else:
                assert total[0] == published_sum(amount, n, variance) / 100
                assert mean[0] == published_mean(amount, n, variance) / 100
            derived = len(periods) > 1 or any(len(cover) > 1 for cover in place)
            assert bool(total[2] & CellFlag.DERIVED) == bool(mean[2] & CellFlag.DERIVED) == derived


MANY = ("PAY:SUM", "T", "COST:MEAN", "PAY:P10", "COST:SUM", "PAY:MEDIAN", "PAY:MEAN", "COST:P90")


@settings(max_examples=40, deadline=None)
@given(query=queries(MANY), world=worlds, policy=st.sampled_from(["standard", "open"]))
def test_asked_together_or_alone_a_number_is_the_same(query, world, policy):
    """Eight numbers in one query are those of eight queries, the count among them that of a query for nothing else."""
    records = draw(WORLD, **world)
    together = table(query, records, policy=policy)
    assert together.query.measures == MANY
    for name, measure in zip(MANY, together.measures, strict=True):
        (alone,) = table(replace(query, measures=() if name == "T" else (name,)), records, policy=policy).measures
        assert (alone.id, alone.label, alone.unit) == (measure.id, measure.label, measure.unit)
        for part in ("values", "status", "flags", "sd"):
            assert np.array_equal(getattr(alone, part), getattr(measure, part)), (name, part)


@settings(max_examples=40, deadline=None)
@given(query=queries(MANY), world=worlds)
def test_the_same_sum_stands_in_every_table(query, world):
    """A cell asked alone prints the sum, mean and median that it prints in a larger table."""
    records = draw(WORLD, **world)
    cube = table(query, records)
    pick = tuple(world["seed"] % n for n in cube.shape)
    alone = tuple(
        Dimension(d.field, items=(Item(d.items[p].nodes),)) for d, p in zip(cube.dimensions, pick, strict=True)
    )
    again = table(Query(query.database, MANY, tuple(reversed(alone)), query.filters), records)
    for measure, first in zip(cube.measures, again.measures, strict=True):
        assert first.values.reshape(-1)[0] == measure.values[pick]
        assert first.status.reshape(-1)[0] == measure.status[pick]


@settings(max_examples=50, deadline=None)
@given(query=queries(("PAY:SUM", "PAY:MEAN", "PAY:MEDIAN", "PAY:P37")), world=worlds)
def test_open_sums_means_and_percentiles_are_exact(query, world):
    """Under `open` every item of every table is what its records add up to; a mean of nobody is not available."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query, exact=True), table(query, records, policy="open")
    for cell, chosen, periods in cells_and_codes(made, cube):
        amounts = [x for period in periods for x in amounts_in(records[period], chosen)]
        got = [(float(m.values[cell]), int(m.status[cell])) for m in cube.measures]
        assert got[0] == (sum(amounts) / 100, CellStatus.SHOWN)
        if amounts:
            mean = round(Fraction(sum(amounts), len(amounts)))
            expected = [mean, percentile_definition(amounts, 50), percentile_definition(amounts, 37)]
            assert got[1:] == [(value / 100, CellStatus.SHOWN) for value in expected]
        else:
            assert got[1:] == [(0.0, CellStatus.NOT_AVAILABLE)] * 3
    assert not any(measure.sd.any() for measure in cube.measures)


@settings(max_examples=40, deadline=None)
@given(query=queries(MANY), world=worlds)
def test_every_number_is_a_function_of_what_is_printed(query, world):
    """The whole answer is worked out again, to the bit, from the printed cells written out as text and read back."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query), table(query, records)
    epochs = dict.fromkeys(PERIODS, 0)
    printed = Counting(made, records.__getitem__, STANDARD, NOISE_KEY, epochs, kernel.count).printed()
    again = answer(made, read_back(write_out(printed)), STANDARD)
    for ours, theirs in zip(cube.measures, again, strict=True):
        for part in ("values", "status", "flags", "sd"):
            assert np.array_equal(getattr(ours, part), getattr(theirs, part))


def amounts_in(records: MemoryRecords, chosen: dict) -> list[int]:
    """The amounts of the records in some nodes of each field."""
    rows, blank = rows_in(records, chosen), records.missing("PAY")
    return [int(x) for x in records.measure("PAY")[rows if blank is None else rows & ~blank]]
