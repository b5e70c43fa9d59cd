"""Weighted counts, sums and means of random surveys, against the decisions read as recursion."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from measured import (
    PAY,
    SURVEY,
    WEIGHT,
    amounts_of,
    cells_and_codes,
    cells_of,
    covers_of,
    inside,
    perturbed_of,
    queries,
    rows_in,
    table,
    worlds,
)
from oracle import all_items
from oracle_sums import GIVEN, Amounts, SumOracle, published_sum, unit_of
from worlds import MemoryRecords, draw

from statlas.engine.contributions import contribution_definition
from statlas.engine.percentiles import percentile_definition
from statlas.engine.plan import plan
from statlas.model.cells import CellStatus
from statlas.model.database import Measure


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


def weights_of(records: MemoryRecords, fields: list, measure: Measure | None) -> Amounts:
    """Perturbed counts and weights of places: of all records, or of those with an amount."""
    blank = None if measure is None else records.missing(measure.id)
    given_code = np.zeros(records.n_rows, int) if blank is None else blank.astype(int)
    columns = [*(records.positions(field.id) for field in fields), given_code]

    def perturbed_weight(place, n_hat: int) -> int:
        rows = inside(columns, (*place, GIVEN))
        return round(Fraction(int(records.weights()[0][rows].sum()) * n_hat, int(rows.sum())))

    return Amounts(perturbed_of(columns, records), perturbed_weight)


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
