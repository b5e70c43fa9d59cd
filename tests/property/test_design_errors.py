"""Standard errors of weighted sums and means of random surveys, against the textbook's formulas on their records."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import (
    COST,
    PAY,
    WEIGHT,
    WORLD,
    amounts_of,
    cells_and_codes,
    contributions_of,
    covers_of,
    in_plan_order,
    inside,
    queries,
    rows_in,
    table,
    worlds,
)
from oracle import Oracle, all_items
from oracle_sums import GIVEN, Amounts, SumOracle
from worlds import MemoryRecords, draw

from statlas.engine import kernel
from statlas.engine.backends import duckdb, reference
from statlas.engine.plan import plan
from statlas.engine.replicates import design_sums
from statlas.model.cells import CellFlag, CellStatus

ONE = 10**WEIGHT.precision
ASKED = ("PAY:SUM", "PAY:MEAN")
SURVEYS = {
    kind: replace(WORLD, weight=replace(WEIGHT, replicates=replicates))
    for kind, replicates in (("replicates", WEIGHT.replicates), ("grossing", ()))
}
kinds = pytest.mark.parametrize("kind", SURVEYS)


def sum_error(x: list[int], weights: list[list[int]]) -> float:
    """The textbook's error of a weighted sum, in pence."""
    if len(weights) == 1:
        return math.sqrt(max(0, sum(w * (w - ONE) * a * a for w, a in zip(weights[0], x, strict=True)))) / ONE
    whole, *others = (sum(w * a for w, a in zip(column, x, strict=True)) for column in weights)
    return math.sqrt(WEIGHT.scale * sum((other - whole) ** 2 for other in others)) / ONE


def mean_error(x: list[int], weights: list[list[int]]) -> float:
    """The textbook's error of a weighted mean, in pence: of a ratio, by replicates or linearised."""
    if not sum(weights[0]):
        return 0.0
    means = [Fraction(sum(w * a for w, a in zip(c, x, strict=True)), sum(c)) if sum(c) else None for c in weights]
    if len(weights) > 1:
        squares = [(mean - means[0]) ** 2 for mean in means[1:] if mean is not None]
        return math.sqrt(WEIGHT.scale * sum(squares))
    variance = sum(w * (w - ONE) * (a - means[0]) ** 2 for w, a in zip(weights[0], x, strict=True))
    return math.sqrt(max(0, variance)) / sum(weights[0])


def drawn_of(records: MemoryRecords, rows: np.ndarray) -> tuple[list[int], list[list[int]]]:
    """Amounts and weights of the records of some rows that have an amount."""
    blank = records.missing("PAY")
    rows = rows if blank is None else rows & ~blank
    return records.measure("PAY")[rows].tolist(), [column[rows].tolist() for column in records.weights()]


@kinds
@settings(max_examples=30, deadline=None)
@given(query=queries(ASKED), world=worlds, huge=st.booleans())
def test_sums_under_every_weight_are_those_of_the_slow_reference(kind, query, world, huge):
    """Exact whole numbers, beyond 64 bits where amounts are large, at every official node."""
    survey = SURVEYS[kind]
    records = draw(survey, **(world | {"amounts": "huge"} if huge else world))[survey.periods[0]]
    made = replace(plan(survey, query), measures=(PAY, COST))
    ours, theirs = design_sums(made, records), reference.design_sums(made, records)
    assert ours.keys() == theirs.keys() == {"PAY", "COST"}
    for name, one in ours.items():
        for part in ("weights", "sums", "squares"):
            mine, other = getattr(one, part), getattr(theirs[name], part)
            assert (mine is None) == (other is None)
            if mine is not None:
                assert mine.tolist() == other.tolist()


@kinds
@settings(max_examples=30, deadline=None)
@given(query=queries(ASKED), world=worlds)
def test_under_open_a_cell_has_the_error_of_the_textbook(kind, query, world):
    """Without noise the error of every sum and mean of one cell is that of its records, to two figures."""
    survey = SURVEYS[kind]
    records = draw(survey, **world)
    made, cube = plan(survey, query, exact=True), table(query, records, made=survey, policy="open")
    sums, means = cube.measures
    for cell, chosen, periods in cells_and_codes(made, cube):
        if not sums.flags[cell] & CellFlag.DERIVED:
            (period,) = periods
            x, weights = drawn_of(records[period], rows_in(records[period], chosen))
            assert sums.se[cell] == close(sum_error(x, weights) / 100)
            assert means.se[cell] == close(mean_error(x, weights) / 100)


def close(value: float) -> object:
    """Equal to two significant figures, but for a last digit that tips over."""
    return pytest.approx(value, rel=0.051, abs=1e-12)


@kinds
@settings(max_examples=60, deadline=None)
@given(query=queries(ASKED), world=worlds)
def test_a_printed_error_is_that_of_the_cell_printed_in_the_ratio_of_its_noise(kind, query, world):
    """Whichever cell's sum is printed, its error is the textbook's, times what noise has made of that sum."""
    survey = SURVEYS[kind]
    records = draw(survey, **world)
    made, cube = plan(survey, query), table(query, records, made=survey)
    fields = [axis.field for axis in made.axes]
    sums, means = (in_plan_order(made, measure.se) for measure in cube.measures)
    status = [in_plan_order(made, measure.status) for measure in cube.measures]
    for number, periods in enumerate(made.periods):
        oracles = [_oracle(records[p], fields, mean=mean) for p in periods for mean in (False, True)]
        for at, place in enumerate(all_items(covers_of(made, oracles[0]))):
            if len(periods) > 1 or any(len(cover) > 1 for cover in place):
                continue
            for oracle, errors, statuses in zip(oracles, (sums, means), status, strict=True):
                expected, _ = oracle.sum_and_count(place)
                shown = expected is not None and statuses[number][at] == CellStatus.SHOWN
                assert errors[number][at] == (close(expected / 100) if shown else 0.0)


def _oracle(records: MemoryRecords, fields: list, *, mean: bool) -> SumOracle:
    """The decisions on what a cell prints of the error of its sum or mean, as if that were a sum."""
    noisy, blank = amounts_of(records, fields, PAY), records.missing("PAY")
    columns = [*(records.positions(f.id) for f in fields), np.zeros(records.n_rows) if blank is None else blank * 1]

    def error(place, n_hat: int) -> float:
        rows = inside(columns, (*place, GIVEN))
        amounts, n = contributions_of(records, PAY)[rows], int(rows.sum())
        if not n or not n_hat:
            return 0.0
        total = int(amounts.sum())
        noise = noisy.perturbed_sum(place, n_hat) - round(Fraction(total * n_hat, n))
        size = max(abs(total), sum(sorted(map(abs, amounts.tolist()))[-3:]))
        ratio = abs(n_hat / n + (noise / size if size else 0))
        x, weights = drawn_of(records, rows)
        return mean_error(x, weights) * ratio * n / n_hat if mean else sum_error(x, weights) * ratio

    return SumOracle(fields, [Amounts(noisy.perturbed, error)], 5, 10, 11)


@kinds
@settings(max_examples=30, deadline=None)
@given(query=queries(ASKED), world=worlds)
def test_errors_of_groups_add_up_as_parts_drawn_apart(kind, query, world):
    """A group's sum errs by the root of the squares of its cells, its mean also by their shares; months add up."""
    survey = SURVEYS[kind]
    records = draw(survey, **world)
    made, cube = plan(survey, query, exact=True), table(query, records, made=survey, policy="open")
    fields = [axis.field for axis in made.axes]
    sums, means = (in_plan_order(made, measure.se) for measure in cube.measures)
    for number, periods in enumerate(made.periods):
        for at, place in enumerate(all_items(covers_of(made, Oracle(fields, len, 5, 11)))):
            cells = [[_cell(records[p], fields, cell) for p in periods] for cell in product(*place)]
            expected = sum(sum(sum_error(*month) for month in months) ** 2 for months in cells)
            assert sums[number][at] == pytest.approx(math.sqrt(expected) / 100, rel=0.11, abs=1e-9)
            assert means[number][at] == pytest.approx(_mean_of(cells) / 100, rel=0.11, abs=1e-6)


def _cell(records: MemoryRecords, fields: list, cell) -> tuple[list[int], list[list[int]]]:
    rows = inside([records.positions(field.id) for field in fields], cell) if fields else np.ones(records.n_rows, bool)
    return drawn_of(records, rows)


def _mean_of(cells: list) -> float:
    """The error of the mean of cells of several months by the formula of the documentation, in pence."""
    months = [month for cell in cells for month in cell]
    weight = sum(sum(weights[0]) for _, weights in months) / ONE
    total = sum(w * a for x, weights in months for a, w in zip(x, weights[0], strict=True)) / ONE
    if not weight:
        return 0.0
    variance = 0.0
    for x, weights in months:
        own = sum(weights[0]) / ONE
        mean = sum(w * a for a, w in zip(x, weights[0], strict=True)) / ONE / own if own else 0.0
        of_weight = sum_error([1] * len(x), weights)
        variance += (own * mean_error(x, weights)) ** 2 + ((mean - total / weight) * of_weight) ** 2
    return math.sqrt(len(cells[0]) * variance) / weight


@settings(max_examples=30, deadline=None)
@given(query=queries(ASKED), world=worlds, weight=st.integers(2, 50))
def test_where_all_weigh_the_same_a_group_errs_as_its_records(query, world, weight):
    """With one weight for all and no replicates the formula for groups is no approximation (one month at a time)."""
    survey = SURVEYS["grossing"]
    records = {
        period: replace(one, weighed=(np.full(one.n_rows, weight * ONE),))
        for period, one in draw(survey, **world).items()
    }
    made, cube = plan(survey, query, exact=True), table(query, records, made=survey, policy="open")
    for cell, chosen, periods in cells_and_codes(made, cube):
        if len(periods) == 1:
            (period,) = periods
            x, weights = drawn_of(records[period], rows_in(records[period], chosen))
            assert cube.measures[1].se[cell] == pytest.approx(mean_error(x, weights) / 100, rel=0.11, abs=1e-6)


@kinds
@settings(max_examples=8, deadline=None)
@given(query=queries(ASKED), world=worlds)
def test_every_backend_gives_the_same_errors(kind, query, world):
    """Whoever counts, the errors and intervals are equal to the last bit."""
    records = draw(SURVEYS[kind], **world)
    ours, *others = (
        table(query, records, made=SURVEYS[kind], backend=backend)
        for backend in (kernel.count, duckdb.count, reference.count)
    )
    for theirs in others:
        for mine, other in zip(ours.measures, theirs.measures, strict=True):
            np.testing.assert_array_equal(mine.se, other.se)
            np.testing.assert_array_equal(mine.interval, other.interval)
