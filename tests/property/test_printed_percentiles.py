"""Percentiles of random records from printed bands, against interpolation in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from measured import EDGES, PAY, WORLD, cells_of, covers_of, perturbed_of, queries, table, worlds
from oracle import Oracle, all_items
from worlds import MemoryRecords, draw

from statlas.engine.bands import band_field
from statlas.engine.plan import plan
from statlas.model.cells import CellStatus
from statlas.model.classification import Node


@settings(max_examples=50, deadline=None)
@given(query=queries(("PAY:P10", "PAY:MEDIAN", "PAY:P90")), world=worlds)
def test_percentiles_are_read_from_printed_bands(query, world):
    """Printed bands and the shares of hidden ones give every percentile, by interpolation and one rounding."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query), table(query, records)
    found = [cells_of(made, measure) for measure in cube.measures]
    for number, periods in enumerate(made.periods):
        oracle = BandOracle(made, records, periods)
        for at, place in enumerate(all_items(covers_of(made, oracle))):
            for p, cells in zip((10, 50, 90), found, strict=True):
                expected = oracle.percentile(place, p)
                value, status, _ = cells[number][at]
                assert status == (CellStatus.LOW if expected is None else CellStatus.SHOWN)
                assert value == (0 if expected is None else expected / 100)


class BandOracle(Oracle):
    """Counts of one or several periods over the fields of a plan and, last, the bands of pay."""

    def __init__(self, made, records: dict, periods: tuple[str, ...]) -> None:
        self.band = band_field(PAY)
        self.plain = [axis.field for axis in made.axes]
        fields = [*self.plain, self.band]
        perturbed = [self._banded(records[period]) for period in periods]
        super().__init__(fields, perturbed[0], 5, 11)
        self.by_period = [Oracle(fields, one, 5, 11) for one in perturbed]

    def _banded(self, records: MemoryRecords):
        amounts, blank = records.measure("PAY"), records.missing("PAY")
        band = 1 + np.array([sum(x >= edge for edge in EDGES) for x in amounts], dtype=int)
        band = band if blank is None else np.where(blank, 0, band)
        return perturbed_of([*(records.positions(f.id) for f in self.plain), band], records)

    def cell(self, place):
        """The printed number of all periods together, and whether it is hidden."""
        found = [one.printed(place) for one in self.by_period]
        if len(found) == 1:
            return float(found[0] or 0), found[0] is None
        return float(sum(n or 0 for n in found)), sum(n or 0 for n in found) < 5

    def percentile(self, place, p: int) -> int | None:
        """A percentile of an item in pence; None where it is not told."""
        given, *bands = (self.leaves(len(self.plain), Node(*of)) for of in self._nodes())
        n, hidden = self._grouped((*place, [given]), len(place) + 1)
        if hidden or round(n) < 10:
            return None
        counts = [self._part((*place, [band]), len(place), band) for band in bands]
        wanted, below = Fraction(p, 100) * _exact(sum(map(_exact, counts))), Fraction(0)
        for count, lower, upper in zip(map(_exact, counts), (None, *EDGES), (*EDGES, None), strict=True):
            if count and below + count >= wanted:
                return None if lower is None or upper is None else _between(lower, upper, (wanted - below) / count)
            below += count
        return None

    def _nodes(self):
        return [("AMOUNT", "given"), *((("BAND", str(n))) for n in range(len(EDGES) + 1))]


def _exact(count) -> Fraction:
    return round(Fraction(count), 6)


def _between(lower: int, upper: int, share: Fraction) -> int:
    """A point of a band, rounded to a power of ten of which at least ten go into it."""
    unit = max(10**k for k in range(9) if k == 0 or 10 * 10**k <= upper - lower)
    return round(round((lower + share * (upper - lower)) / unit, 6)) * unit
