"""Weighted counts, sums and means of random surveys, against the decisions read as recursion."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import (
    PAY,
    SURVEY,
    WEIGHT,
    WORLD,
    amounts_of,
    cells_and_codes,
    cells_of,
    covers_of,
    in_plan_order,
    inside,
    queries,
    rows_in,
    table,
    weights_of,
    worlds,
)
from oracle import Oracle, all_items
from oracle_sums import SumOracle, published_sum, unit_of
from worlds import MemoryRecords, draw

from statlas.engine.contributions import contribution_definition
from statlas.engine.percentiles import percentile_definition
from statlas.engine.plan import plan
from statlas.model.cells import CellStatus


@settings(max_examples=60, deadline=None)
@given(query=queries(("T", "PAY:SUM", "PAY:MEAN")), world=worlds)
def test_weights_share_the_noise_of_counts(query, world):
    """A survey prints weights in the ratio of perturbed to true counts, weighted sums, and their means."""
    records = draw(SURVEY, **world)
    made, cube = plan(SURVEY, query), table(query, records, made=SURVEY)
    counts, sums, means = (cells_of(made, measure) for measure in cube.measures)
    assert cube.measures[0].label == "Weighted persons"
    for number, periods in enumerate(made.periods):
        fields = [axis.field for axis in made.axes]
        everybody = SumOracle(fields, [weights_of(records[p], fields, None) for p in periods], 5, 5, 11)
        paid = SumOracle(fields, [weights_of(records[p], fields, PAY) for p in periods], 5, 10, 11)
        oracle = SumOracle(fields, [amounts_of(records[p], fields, PAY) for p in periods], 5, 10, 11)
        for at, place in enumerate(all_items(covers_of(made, oracle))):
            variance = 3 * len(periods) ** 2 * int(np.prod([len(cover) for cover in place]))
            weight, n = everybody.sum_and_count(place)
            assert (weight is None or n < 5) == (counts[number][at][1] == CellStatus.LOW)
            if counts[number][at][1] == CellStatus.SHOWN:
                unit = max(unit_of(weight, n, variance), 100)
                assert counts[number][at][0] == round(Fraction(weight, unit)) * unit / 100
            total, n = oracle.sum_and_count(place)
            if total is None:
                assert sums[number][at][1] == means[number][at][1] == CellStatus.LOW
                continue
            assert sums[number][at][0] == published_sum(total, n, variance) / 100
            of, _ = paid.sum_and_count(place)
            unit = unit_of(abs(total) * 100, n * of, variance)
            assert means[number][at][0] == round(Fraction(total * 100, of * unit)) * unit / 100


@settings(max_examples=30, deadline=None)
@given(query=queries(("T", "PAY:SUM", "PAY:MEAN", "PAY:MEDIAN")), world=worlds)
def test_open_surveys_are_exact(query, world):
    """Under `open` weighted counts, sums, means and medians are those of the records, in whole persons and pence."""
    records = draw(SURVEY, **world)
    made, cube = plan(SURVEY, query, exact=True), table(query, records, made=SURVEY, policy="open")
    for cell, chosen, periods in cells_and_codes(made, cube):
        rows = [_weighed_in(records[period], chosen) for period in periods]
        amounts, weights = (np.concatenate([part[n] for part in rows]).tolist() for n in (0, 1))
        everybody = sum(int(part[2]) for part in rows)
        total = sum(contribution_definition(x, w, WEIGHT.precision) for x, w in zip(amounts, weights, strict=True))
        got = [(float(m.values[cell]), int(m.status[cell])) for m in cube.measures]
        assert got[0] == (round(Fraction(everybody, 100)), CellStatus.SHOWN)
        assert got[1] == (total / 100, CellStatus.SHOWN)
        if sum(weights):
            mean = round(Fraction(total * 100, sum(weights)))
            median = percentile_definition(amounts, 50, weights)
            assert got[2:] == [(mean / 100, CellStatus.SHOWN), (median / 100, CellStatus.SHOWN)]


def _weighed_in(records: MemoryRecords, chosen: dict) -> tuple[np.ndarray, np.ndarray, int]:
    """Amounts and weights of the records with an amount, and the weight of all."""
    rows, blank, weights = rows_in(records, chosen), records.missing("PAY"), records.weights()[0]
    given = rows if blank is None else rows & ~blank
    return records.measure("PAY")[given], weights[given], int(weights[rows].sum())


@settings(max_examples=30, deadline=None)
@given(query=queries(("T",)), world=worlds, replicates=st.sampled_from([WEIGHT.replicates, ()]))
def test_standard_errors_add_up_as_parts_drawn_apart(query, world, replicates):
    """A group's is the root of the sum of squares of its categories', and months, which hold the same units, add up."""
    survey = replace(WORLD, weight=replace(WEIGHT, replicates=replicates))
    records = draw(survey, **world)
    made, (counts,) = plan(survey, query, exact=True), table(query, records, made=survey, policy="open").measures
    fields = [axis.field for axis in made.axes]
    errors = in_plan_order(made, counts.se)
    for number, periods in enumerate(made.periods):
        for at, place in enumerate(all_items(covers_of(made, Oracle(fields, len, 5, 11)))):
            months = [[_error(records[p], fields, cell) for p in periods] for cell in product(*place)]
            expected = sum(sum(month) ** 2 for month in months) ** 0.5
            # Two significant figures, of the parts and of the whole.
            assert errors[number][at] == pytest.approx(expected, rel=0.11)


def _error(records: MemoryRecords, fields: list, cell) -> float:
    """The standard error of a cell's weight, by its replicates or by the weights themselves."""
    rows = inside([records.positions(field.id) for field in fields], cell) if fields else np.ones(records.n_rows, bool)
    whole, *replicates = (int(weights[rows].sum()) / 100 for weights in records.weights())
    if replicates:
        return (WEIGHT.scale * sum((replicate - whole) ** 2 for replicate in replicates)) ** 0.5
    weights = records.weights()[0][rows] / 100
    return max(float((weights * (weights - 1)).sum()), 0.0) ** 0.5


@settings(max_examples=30, deadline=None)
@given(query=queries(("T",)), world=worlds)
def test_no_standard_error_stands_beside_a_hidden_number(query, world):
    """It is 0 where the weight is not printed, and positive beside most that are."""
    (counts,) = table(query, draw(SURVEY, **world), made=SURVEY).measures
    assert not counts.se[counts.status != CellStatus.SHOWN].any()
    assert counts.interval is not None
