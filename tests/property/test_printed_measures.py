"""Sums, means and percentiles of random records, printed and grouped, against the decisions read as recursion."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, all_items
from oracle_sums import GIVEN, Amounts, SumOracle, published_mean, published_sum, unit_of
from printed_text import read_back, write_out
from worlds import NOISE_KEY, MemoryRecords, ages, database, draw, flat, geography, manifest

from statlas.disclosure.lookup import look_up_number_definition, perturb_count_definition
from statlas.disclosure.magnitude_definition import flex_noise_definition
from statlas.disclosure.policy import policy_for
from statlas.disclosure.sums import measure_purpose, perturb_sum_definition, sum_noise
from statlas.engine import kernel
from statlas.engine.answering import answer
from statlas.engine.bands import band_field
from statlas.engine.contributions import contribution_definition
from statlas.engine.percentiles import percentile_definition
from statlas.engine.plan import plan
from statlas.engine.tabulate import Counting, tabulate
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.classification import Node
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Measure, Weight
from statlas.model.query import Dimension, Filter, Item, Query

STATISTICS = ("SUM", "MEAN", "MEDIAN", "P10", "P90")
EDGES = (0, 2_500, 5_000, 10_000, 15_000, 20_000, 40_000)
PAY = Measure("PAY", "Pay", "T", "pay", "GBP", 2, STATISTICS, edges=EDGES, flex_point=10_000)
COST = Measure("COST", "Cost", "T", "cost", "GBP", 0, STATISTICS)
PERIODS = ("202412", "202501", "202502")
WORLD = replace(database(geography(), ages(), flat("SEX", 2, inherit=False), periods=PERIODS), measures=(PAY, COST))
STANDARD = policy_for("standard")
ASKED = ("PAY:SUM", "PAY:MEAN", "T")

worlds = st.fixed_dictionaries(
    {
        "n_rows": st.sampled_from([20, 150, 600]),
        "seed": st.integers(0, 2**20),
        "skew": st.sampled_from([1.0, 3.0]),
        "amounts": st.sampled_from(["pay", "signed", "tied", "zero"]),
        "blank": st.sampled_from([None, 0.0, 0.1, 0.6]),
    }
)


@st.composite
def queries(draw_: st.DrawFn, measures: tuple[str, ...] = ASKED) -> Query:
    """Up to two fields with items at any levels, in any order, perhaps a filter, months alone or in groups."""
    fields = draw_(st.permutations(WORLD.categories))
    dimensions = [draw_(_dimension(field)) for field in fields[: draw_(st.integers(0, 2))]]
    if draw_(st.booleans()):
        dimensions.append(draw_(_dimension(WORLD.date)))
    filters = []
    if draw_(st.booleans()):
        nodes = st.lists(st.sampled_from(fields[2].classification.nodes), min_size=1, max_size=3, unique=True)
        filters.append(Filter(fields[2].id, tuple(draw_(nodes))))
    return Query(WORLD.id, measures, tuple(dimensions), tuple(filters))


def _dimension(field) -> st.SearchStrategy[Dimension]:
    nodes = st.lists(st.sampled_from(field.classification.nodes), min_size=1, max_size=4, unique=True).map(tuple)
    items = st.lists(nodes.map(Item), min_size=1, max_size=3).map(tuple)
    return st.builds(Dimension, st.just(field.id), items=items, total=st.booleans())


def table(query: Query, records: dict, *, policy: str = "standard", made=WORLD, **more) -> Cube:
    """The cube of a query."""
    return tabulate(
        made,
        manifest(made),
        query,
        open_period=records.__getitem__,
        policy=policy_for(policy),
        noise_key=NOISE_KEY,
        **more,
    )


def perturbed_of(columns: list[np.ndarray], records: MemoryRecords):
    """The perturbed count of a place by looking at every record, and by the definitions of key and look-up."""

    @cache
    def perturbed(place) -> int:
        rows = inside(columns, place)
        u = look_up(records, rows, 0, STANDARD.ptable.id)
        return perturb_count_definition(int(rows.sum()), u, STANDARD.ptable)

    return perturbed


def inside(columns: list[np.ndarray], place) -> np.ndarray:
    """Which records lie in a place."""
    found = np.ones(len(columns[0]), dtype=bool)
    for held, column in zip(place, columns, strict=True):
        found &= np.isin(column, list(held))
    return found


def look_up(records: MemoryRecords, rows: np.ndarray, purpose: int, table_id: int) -> float:
    """The look-up number of some records."""
    key = int(records.keys[rows].astype(object).sum()) % 2**32
    n = int(rows.sum())
    return look_up_number_definition(key, n, noise_key=NOISE_KEY, purpose=purpose, epoch=0, ptable_id=table_id)


def amounts_of(records: MemoryRecords, fields: list, measure: Measure) -> Amounts:
    """Perturbed counts and sums of places by looking at every record, and by the definitions of noise."""
    blank = records.missing(measure.id)
    given_code = np.zeros(records.n_rows, int) if blank is None else blank.astype(int)
    columns = [*(records.positions(field.id) for field in fields), given_code]
    flex = sum_noise(measure.flex_point)

    @cache
    def perturbed_sum(place, n_hat: int) -> int:
        rows = inside(columns, (*place, GIVEN))
        amounts = contributions_of(records, measure)
        paid = rows & (amounts != 0)
        largest = sorted((int(x) for x in amounts[paid]), key=lambda x: (-abs(x), -x))
        top = tuple([*largest, 0, 0, 0][:3])
        u = tuple(look_up(records, paid, measure_purpose(measure.id, k), flex.table.id) for k in (1, 2, 3))
        total = sum(largest)
        steps = flex_noise_definition(total, top, u, flex, dominated=dominated(largest, total))
        noise = sum(step.noise for step in steps)
        return perturb_sum_definition(total, int(rows.sum()), n_hat, top, noise)

    return Amounts(perturbed_of(columns, records), perturbed_sum)


def contributions_of(records: MemoryRecords, measure: Measure) -> np.ndarray:
    """Amounts; in a survey times their weights, to the penny."""
    amounts, weights = records.measure(measure.id), records.weights()
    if not weights:
        return amounts
    pairs = zip(amounts.tolist(), weights[0].tolist(), strict=True)
    return np.array([contribution_definition(x, w, WEIGHT.precision) for x, w in pairs])


def dominated(largest: list[int], total: int) -> bool:
    """The p% rule with 10, or two contributions above 90%."""
    sizes = [abs(x) for x in largest]
    whole = max(abs(total), sum(sizes[:3]))
    return bool(sizes) and (100 * (whole - sum(sizes[:2])) < 10 * sizes[0] or 100 * sum(sizes[:2]) > 90 * whole)


def oracle_of(made, records: dict, periods: tuple[str, ...], measure: Measure = PAY) -> SumOracle:
    """The decisions on the sum of some periods."""
    fields = [axis.field for axis in made.axes]
    return SumOracle(fields, [amounts_of(records[p], fields, measure) for p in periods], 5, 10, 11)


def covers_of(made, oracle: SumOracle) -> list[list[list[frozenset]]]:
    """For each axis of a plan the covers of its items, the total last."""
    asked = {d.field: [i.nodes for i in d.items] + ([_union(d)] if d.total else []) for d in made.query.dimensions}
    asked |= {f.field: [f.nodes] for f in made.query.filters}
    fields = [axis.field for axis in made.axes]
    return [[oracle.cover(axis, nodes) for nodes in asked[f.id]] for axis, f in enumerate(fields)]


def _union(dimension: Dimension) -> tuple:
    return tuple(dict.fromkeys(node for item in dimension.items for node in item.nodes))


def in_plan_order(made, array: np.ndarray) -> np.ndarray:
    """Cells of a cube's array with the date first, then row by row the plan's axes; filters fall away."""
    standing = [made.layout.index(n) for n in range(-1, max(made.layout) + 1) if n in made.layout]
    moved = np.transpose(array, standing)
    return moved.reshape(len(moved), -1)


@settings(max_examples=80, deadline=None)
@given(query=queries(), world=worlds)
def test_sums_and_means_are_what_the_decisions_say(query, world):
    """Sums and means inherit with their counts, add up in groups, months and totals, and are rounded once."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query), table(query, records)
    sums, means, _ = (_cells(made, measure) for measure in cube.measures)
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


def _cells(made, measure: CubeMeasure) -> list[list[tuple]]:
    """For each date item value, status and flags of every cell in the order of the plan's axes."""
    arrays = [in_plan_order(made, array) for array in (measure.values, measure.status, measure.flags)]
    return [list(zip(*(array[n] for array in arrays), strict=True)) for n in range(len(arrays[0]))]


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
    for cell, chosen, periods in _cells_and_codes(made, cube):
        amounts = [x for period in periods for x in _amounts_in(records[period], chosen)]
        got = [(float(m.values[cell]), int(m.status[cell])) for m in cube.measures]
        assert got[0] == (sum(amounts) / 100, CellStatus.SHOWN)
        if amounts:
            mean = round(Fraction(sum(amounts), len(amounts)))
            expected = [mean, percentile_definition(amounts, 50), percentile_definition(amounts, 37)]
            assert got[1:] == [(value / 100, CellStatus.SHOWN) for value in expected]
        else:
            assert got[1:] == [(0.0, CellStatus.NOT_AVAILABLE)] * 3
    assert not any(measure.sd.any() for measure in cube.measures)


def _amounts_in(records: MemoryRecords, chosen: dict) -> list[int]:
    rows, blank = _rows_in(records, chosen), records.missing("PAY")
    return [int(x) for x in records.measure("PAY")[rows if blank is None else rows & ~blank]]


@settings(max_examples=50, deadline=None)
@given(query=queries(("PAY:P10", "PAY:MEDIAN", "PAY:P90")), world=worlds)
def test_percentiles_are_read_from_printed_bands(query, world):
    """Printed bands and the shares of hidden ones give every percentile, by interpolation and one rounding."""
    records = draw(WORLD, **world)
    made, cube = plan(WORLD, query), table(query, records)
    found = [_cells(made, measure) for measure in cube.measures]
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


WEIGHT = Weight("grossing", "Weighted persons", precision=2, replicates=("r1", "r2"), scale=0.5)
SURVEY = replace(WORLD, weight=WEIGHT)


@settings(max_examples=60, deadline=None)
@given(query=queries(("T", "PAY:SUM", "PAY:MEAN")), world=worlds)
def test_weights_share_the_noise_of_counts(query, world):
    """A survey prints weights in the ratio of perturbed to true counts, weighted sums, and their means."""
    records = draw(SURVEY, **world)
    made, cube = plan(SURVEY, query), table(query, records, made=SURVEY)
    counts, sums, means = (_cells(made, measure) for measure in cube.measures)
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
    for cell, chosen, periods in _cells_and_codes(made, cube):
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


def _cells_and_codes(made, cube: Cube):
    """For every cell its place, the nodes of each field but the date, and its periods."""
    asked = {d.field: [i.nodes for i in d.items] + ([_union(d)] if d.total else []) for d in made.query.dimensions}
    held = {f.field: f.nodes for f in made.query.filters}
    for cell in np.ndindex(cube.shape):
        chosen = {d.field: asked[d.field][p] for d, p in zip(made.query.dimensions, cell, strict=True)}
        periods = {node.code for node in chosen.pop(WORLD.date.id)}
        yield cell, chosen | held, periods


def _rows_in(records: MemoryRecords, chosen: dict) -> np.ndarray:
    found = np.ones(records.n_rows, dtype=bool)
    for name, nodes in chosen.items():
        members = WORLD.field(name).classification.members
        found &= np.isin(records.positions(name), [leaf for node in nodes for leaf in members[node]])
    return found


def _weighed_in(records: MemoryRecords, chosen: dict) -> tuple[np.ndarray, np.ndarray, int]:
    """Amounts and weights of the records with an amount, and the weight of all."""
    rows, blank, weights = _rows_in(records, chosen), records.missing("PAY"), records.weights()[0]
    given = rows if blank is None else rows & ~blank
    return records.measure("PAY")[given], weights[given], int(weights[rows].sum())
