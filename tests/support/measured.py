"""Random worlds with amounts, queries on them, and the decisions on their sums by the definitions of the noise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
from hypothesis import strategies as st
from oracle_sums import GIVEN, Amounts, SumOracle
from worlds import NOISE_KEY, MemoryRecords, ages, database, flat, geography, manifest

from statlas.disclosure.lookup import look_up_number_definition, perturb_count_definition
from statlas.disclosure.magnitude_definition import flex_noise_definition
from statlas.disclosure.policy import policy_for
from statlas.disclosure.sums import measure_purpose, perturb_sum_definition, sum_noise
from statlas.engine.contributions import contribution_definition
from statlas.engine.tabulate import tabulate
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Measure, Weight
from statlas.model.query import Dimension, Filter, Item, Query

STATISTICS = ("SUM", "MEAN", "MEDIAN", "P10", "P90")
EDGES = (0, 2_500, 5_000, 10_000, 15_000, 20_000, 40_000)
PAY = Measure("PAY", "Pay", "T", "pay", "GBP", 2, STATISTICS, edges=EDGES, flex_point=10_000)
COST = Measure("COST", "Cost", "T", "cost", "GBP", 0, STATISTICS)
PERIODS = ("202412", "202501", "202502")
WORLD = replace(database(geography(), ages(), flat("SEX", 2, inherit=False), periods=PERIODS), measures=(PAY, COST))
WEIGHT = Weight("grossing", "Weighted persons", precision=2, replicates=("r1", "r2"), scale=0.5)
SURVEY = replace(WORLD, weight=WEIGHT)
STANDARD = policy_for("standard")

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
def queries(draw_: st.DrawFn, measures: tuple[str, ...]) -> Query:
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


def weights_of(records: MemoryRecords, fields: list, measure: Measure | None) -> Amounts:
    """Perturbed counts and weights of places: of all records, or of those with an amount."""
    blank = None if measure is None else records.missing(measure.id)
    return weights_at([records.positions(field.id) for field in fields], records, blank)


def weights_at(columns: list[np.ndarray], records: MemoryRecords, blank: np.ndarray | None = None) -> Amounts:
    """The same by the columns along which places are told apart; without weights there are no sums."""
    given_code = np.zeros(records.n_rows, int) if blank is None else blank.astype(int)
    columns = [*columns, given_code]

    def perturbed_weight(place, n_hat: int) -> int:
        if not records.weights():
            return 0
        rows = inside(columns, (*place, GIVEN))
        return round(Fraction(int(records.weights()[0][rows].sum()) * n_hat, int(rows.sum())))

    return Amounts(perturbed_of(columns, records), perturbed_weight)


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
    asked = {d.field: [i.nodes for i in d.items] + ([union(d)] if d.total else []) for d in made.query.dimensions}
    asked |= {f.field: [f.nodes] for f in made.query.filters}
    fields = [axis.field for axis in made.axes]
    return [[oracle.cover(axis, nodes) for nodes in asked[f.id]] for axis, f in enumerate(fields)]


def union(dimension: Dimension) -> tuple:
    """Every node of a dimension, once."""
    return tuple(dict.fromkeys(node for item in dimension.items for node in item.nodes))


def in_plan_order(made, array: np.ndarray) -> np.ndarray:
    """Cells of a cube's array with the date first, then row by row the plan's axes; filters fall away."""
    standing = [made.layout.index(n) for n in range(-1, max(made.layout) + 1) if n in made.layout]
    moved = np.transpose(array, standing)
    return moved.reshape(len(moved), -1)


def cells_of(made, measure: CubeMeasure) -> list[list[tuple]]:
    """For each date item value, status and flags of every cell in the order of the plan's axes."""
    arrays = [in_plan_order(made, array) for array in (measure.values, measure.status, measure.flags)]
    return [list(zip(*(array[n] for array in arrays), strict=True)) for n in range(len(arrays[0]))]


def cells_and_codes(made, cube: Cube):
    """For every cell its place, the nodes of each field but the date, and its periods."""
    asked = {d.field: [i.nodes for i in d.items] + ([union(d)] if d.total else []) for d in made.query.dimensions}
    held = {f.field: f.nodes for f in made.query.filters}
    for cell in np.ndindex(cube.shape):
        chosen = {d.field: asked[d.field][p] for d, p in zip(made.query.dimensions, cell, strict=True)}
        periods = {node.code for node in chosen.pop(WORLD.date.id)}
        yield cell, chosen | held, periods


def rows_in(records: MemoryRecords, chosen: dict) -> np.ndarray:
    """Which records lie in some nodes of each field."""
    found = np.ones(records.n_rows, dtype=bool)
    for name, nodes in chosen.items():
        members = WORLD.field(name).classification.members
        found &= np.isin(records.positions(name), [leaf for node in nodes for leaf in members[node]])
    return found
