"""Percentiles of random records from printed bands, against interpolation in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from measured import EDGES, PAY, SURVEY, WORLD, cells_of, covers_of, queries, table, weights_at, worlds
from oracle import all_items
from oracle_sums import Amounts, SumOracle
from worlds import MemoryRecords, draw

from statlas.engine.bands import band_field
from statlas.engine.plan import plan
from statlas.model.cells import CellStatus
from statlas.model.classification import Node
from statlas.model.database import Database

PERCENTILES = ("PAY:P10", "PAY:MEDIAN", "PAY:P90")


@settings(max_examples=50, deadline=None)
@given(query=queries(PERCENTILES), world=worlds)
def test_percentiles_are_read_from_printed_bands(query, world):
    """Printed bands and the shares of hidden ones give every percentile, by interpolation and one rounding."""
    _check(WORLD, query, draw(WORLD, **world))


@settings(max_examples=30, deadline=None)
@given(query=queries(PERCENTILES), world=worlds)
def test_percentiles_of_surveys_count_weights(query, world):
    """In a survey each band counts its printed weight, or its share at the mean weight above it."""
    _check(SURVEY, query, draw(SURVEY, **world))


def _check(database: Database, query, records: dict) -> None:
    made, cube = plan(database, query), table(query, records, made=database)
    found = [cells_of(made, measure) for measure in cube.measures]
    for number, periods in enumerate(made.periods):
        oracle = BandOracle(made, records, periods)
        for at, place in enumerate(all_items(covers_of(made, oracle))):
            for p, cells in zip((10, 50, 90), found, strict=True):
                expected = oracle.percentile(place, p)
                value, status, _ = cells[number][at]
                assert status == (CellStatus.LOW if expected is None else CellStatus.SHOWN)
                assert value == (0 if expected is None else expected / 100)


class BandOracle(SumOracle):
    """Counts, and weights, of some periods over the fields of a plan and, last, the bands of pay."""

    def __init__(self, made, records: dict, periods: tuple[str, ...]) -> None:
        fields = [axis.field for axis in made.axes]
        self.weight = made.database.weight
        banded = [self._banded(records[period], fields) for period in periods]
        super().__init__([*fields, band_field(PAY)], banded, 5, 5, 11)

    def _banded(self, records: MemoryRecords, fields: list) -> Amounts:
        amounts, blank = records.measure("PAY"), records.missing("PAY")
        band = 1 + np.array([sum(x >= edge for edge in EDGES) for x in amounts], dtype=int)
        band = band if blank is None else np.where(blank, 0, band)
        return weights_at([*(records.positions(f.id) for f in fields), band], records)

    def percentile(self, place, p: int) -> int | None:
        """A percentile of an item in pence; None where it is not told."""
        last = len(place)
        given, *bands = (self.leaves(last, Node(*of)) for of in self._nodes())
        n, hidden = self._grouped((*place, [given]), last + 1)
        if hidden or round(n) < 10:
            return None
        counts = [_exact(self._counted((*place, [band]), last, band)) for band in bands]
        wanted, below = Fraction(p, 100) * sum(counts), Fraction(0)
        for count, lower, upper in zip(counts, (None, *EDGES), (*EDGES, None), strict=True):
            if count and below + count >= wanted:
                return None if lower is None or upper is None else _between(lower, upper, (wanted - below) / count)
            below += count
        return None

    def _counted(self, place, axis: int, band: frozenset) -> float:
        if self.weight is None:
            return self._part(place, axis, band)
        return self._part_of_sum(place, axis, band)[0] / 10**self.weight.precision

    def _nodes(self):
        return [("AMOUNT", "given"), *((("BAND", str(n))) for n in range(len(EDGES) + 1))]


def _exact(count) -> Fraction:
    return round(Fraction(count), 6)


def _between(lower: int, upper: int, share: Fraction) -> int:
    """A point of a band, rounded to a power of ten of which at least ten go into it."""
    unit = max(10**k for k in range(9) if k == 0 or 10 * 10**k <= upper - lower)
    return round(round((lower + share * (upper - lower)) / unit, 6)) * unit
