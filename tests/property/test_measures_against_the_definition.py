"""Sums, largest contributions and weights of random records: every backend gives the same bits."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields, replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import AMOUNTS, MemoryRecords, ages, database, draw, flat, geography, with_amounts

from statlas.engine import kernel
from statlas.engine.backends import duckdb, reference
from statlas.engine.contributions import LARGEST_TOTAL
from statlas.engine.plan import Plan, plan
from statlas.engine.raw import RawCube
from statlas.errors import BackendError
from statlas.model.database import Database, Measure, Weight
from statlas.model.query import Dimension, Filter, Item, Query

WEIGHT = Weight("grossing", "Weighted", precision=4, replicates=("one", "two"), scale=0.5)
PAY, COST = Measure("PAY", "Pay", "T", "pay", "GBP", 2), Measure("COST", "Cost", "T", "cost", "GBP", 2)
BACKENDS = [kernel.count, duckdb.count, reference.count]
ARRAYS = ("counts", "keys", "weights", "squares")


def world(weight: Weight | None = None) -> Database:
    """Places, ages in crossing bands and two sexes; pay and cost of each."""
    return replace(database(geography(), ages(), flat("SEX", 2), weight=weight), measures=(PAY, COST))


WORLDS = {"plain": world(), "weighted": world(WEIGHT)}


@st.composite
def queries(draw_: st.DrawFn) -> Query:
    """Levels, or items of nodes at any levels, of any of the fields, with totals; perhaps a filter."""
    chosen = draw_(st.permutations(WORLDS["plain"].categories))
    dimensions = []
    for field in chosen[: draw_(st.integers(0, 2))]:
        node = st.sampled_from(field.classification.nodes)
        items = st.lists(st.lists(node, min_size=1, max_size=3, unique=True).map(tuple).map(Item), min_size=1)
        level = st.sampled_from([v.id for v in field.classification])
        total = st.booleans()
        listed = st.builds(Dimension, st.just(field.id), items=items.map(tuple), total=total)
        dimensions.append(draw_(st.builds(Dimension, st.just(field.id), valueset=level, total=total) | listed))
    filters = [Filter(chosen[2].id, chosen[2].classification.nodes[:1])] if draw_(st.booleans()) else []
    return Query("world", dimensions=tuple(dimensions), filters=tuple(filters))


def planned(made: Database, query: Query) -> Plan:
    """The query with both measures to add up."""
    return replace(plan(made, query), measures=made.measures)


cases = st.fixed_dictionaries(
    {
        "n_rows": st.sampled_from([0, 1, 30, 200]),
        "seed": st.integers(0, 2**20),
        "skew": st.sampled_from([1.0, 3.0]),
        "amounts": st.sampled_from(sorted(AMOUNTS)),
        "blank": st.sampled_from([None, 0.0, 0.3, 1.0]),
    }
)


def drawn(made: Database, case: dict) -> MemoryRecords:
    """The records of a case; the cost is always a plain one, some of it blank."""
    records = draw(made, **case)["202501"]
    return with_amounts(records, "COST", "signed", blank=0.1, seed=case["seed"])


def assert_equal(ours: RawCube, theirs: RawCube):
    """Every array of both is equal in type, shape and bits."""
    pairs = [(getattr(ours, name), getattr(theirs, name)) for name in ARRAYS]
    assert list(ours.measures) == list(theirs.measures)
    for measure, other in zip(ours.measures.values(), theirs.measures.values(), strict=True):
        pairs += [(getattr(measure, f.name), getattr(other, f.name)) for f in fields(measure)]
    for one, other in pairs:
        assert (one is None) == (other is None)
        if one is not None:
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", WORLDS)
@given(query=queries(), case=cases)
def test_every_backend_adds_up_the_same(kind, query, case):
    """The kernel, DuckDB and the slow reference agree on every number of every measure and weight."""
    made = WORLDS[kind]
    records = drawn(made, case)
    ours, *others = [backend(planned(made, query), records) for backend in BACKENDS]
    for theirs in others:
        assert_equal(ours, theirs)


@pytest.mark.parametrize("kind", WORLDS)
@given(
    query=queries(),
    case=cases,
    n_runs=st.integers(2, 7),
    packed_rows=st.sampled_from([0, 2**32 - 1]),
    block=st.sampled_from([1, 7, 2**16]),
    private=st.sampled_from([0, 4_000_000]),
)
def test_the_bits_do_not_depend_on_how_the_records_are_split(kind, query, case, n_runs, packed_rows, block, private):
    """One run or seven, into a table each or one, in blocks, packed or not, in any order: the numbers are equal."""
    made = WORLDS[kind]
    records, one = drawn(made, case), planned(made, query)
    whole = kernel.count(one, records, n_runs=1)
    with patch.multiple(kernel, BLOCK=block, PRIVATE_WORDS=private):
        assert_equal(whole, kernel.count(one, records, n_runs=n_runs, packed_rows=packed_rows))
        in_order = arranged(records, np.argsort(records.columns["AREA"], kind="stable"))
        assert_equal(whole, kernel.count(one, in_order, n_runs=n_runs, packed_rows=packed_rows))
    assert_equal(whole, kernel.count(one, reordered(records, case["seed"]), n_runs=n_runs))


class InNoOrder(MemoryRecords):
    """Records that are not sorted, and do not have to look whether they are."""

    def starts(self, field_id: str) -> None:
        """None."""


def test_memory_does_not_grow_with_the_records():
    """Adding up measures of a million records takes less than a tenth of the memory of one number for each."""
    made, n = WORLDS["plain"], 1_000_000
    columns = {field.id: np.zeros(n, dtype=np.uint8) for field in made.categories}
    amounts = {measure.id: np.ones(n, dtype=np.int64) for measure in made.measures}
    records = InNoOrder(np.arange(n, dtype=np.uint32), columns, amounts)
    asked = planned(made, Query(made.id, ("PAY",), (Dimension("AGE"),)))
    kernel.count(asked, records)
    with patch.object(kernel, "BLOCK", 1_000):
        tracemalloc.start()
        kernel.count(asked, records)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * n / 10


def reordered(records: MemoryRecords, seed: int) -> MemoryRecords:
    """The same records in another order."""
    return arranged(records, np.random.default_rng(seed).permutation(records.n_rows))


def arranged(records: MemoryRecords, order: np.ndarray) -> MemoryRecords:
    """The same records in that order."""
    return MemoryRecords(
        records.keys[order],
        *({name: column[order] for name, column in of.items()} for of in (records.columns, records.amounts)),
        {name: column[order] for name, column in records.blank.items()},
        tuple(column[order] for column in records.weighed),
    )


def alone(
    amounts: list[int], made: Database = WORLDS["plain"], weights: list[int] | None = None
) -> tuple[Plan, MemoryRecords]:
    """A query of one cell, and records with these amounts and weights."""
    n = len(amounts)
    weighed = () if weights is None else (np.array(weights, dtype=np.int64),) * 3
    records = MemoryRecords(
        np.arange(n, dtype=np.uint32), {}, {"PAY": np.array(amounts, dtype=np.int64)}, weighed=weighed
    )
    return replace(plan(made, Query("world")), measures=(PAY,)), records


@pytest.mark.parametrize("backend", BACKENDS)
def test_equal_contributions_are_kept_the_positive_first(backend):
    """Of equal absolute amounts the positive stands first, and each of two equal amounts has a place of its own."""
    made = backend(*alone([-7, 3, 7, 0, -7, 2]))
    assert made.measures["PAY"].top.tolist() == [7, -7, -7]
    assert int(made.measures["PAY"].sums) == -2
    assert int(made.measures["PAY"].nonzero_counts) == 5


@pytest.mark.parametrize("backend", BACKENDS)
def test_products_with_weights_are_rounded_half_to_even(backend):
    """Half a penny goes to the even one, below zero as above."""
    made = backend(*alone([1, 3, -1, -3, 5], WORLDS["weighted"], weights=[5_000, 5_000, 5_000, 5_000, 25_000]))
    assert int(made.measures["PAY"].sums) == 0 + 2 - 0 - 2 + 12
    assert int(made.measures["PAY"].nonzero_counts) == 3
    assert made.weights.tolist() == [45_000] * 3
    # w(w - 1) of one half is a quarter below zero; of two and a half 3.75.
    assert int(made.squares) == -4 * 2_500 + 37_500


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_measure_of_which_everything_is_blank_adds_up_to_nothing(backend):
    """No contributor, no sum, no largest amount; the count of records stays."""
    one, records = alone([0, 0, 0])
    made = backend(one, replace(records, blank={"PAY": np.ones(3, dtype=bool)}))
    measure = made.measures["PAY"]
    assert int(made.counts) == 3
    assert not any(np.any(getattr(measure, f.name)) for f in fields(measure))


def test_where_nothing_is_blank_the_contributors_are_the_records():
    """The counts and keys of a measure without blanks are the cube's own arrays, not copies."""
    made = kernel.count(*alone([1, 2]))
    assert made.measures["PAY"].counts is made.counts
    assert made.measures["PAY"].keys is made.keys


@pytest.mark.parametrize("backend", BACKENDS)
def test_amounts_as_large_as_may_be_are_added_up_exactly(backend):
    """Absolute amounts that come to one less than the limit are added up."""
    made = backend(*alone([-(LARGEST_TOTAL - 3), 2]))
    assert int(made.measures["PAY"].sums) == -LARGEST_TOTAL + 5
    assert made.measures["PAY"].top.tolist() == [-LARGEST_TOTAL + 3, 2, 0]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("amounts", "weights"),
    [
        ([LARGEST_TOTAL], None),
        ([-(LARGEST_TOTAL - 1), 1], None),
        ([2**63 - 1] * 5, None),
        ([-(2**63)], None),
        ([10**15], [10**9]),
        ([2**63 - 1] * 8, [2**63 - 1] * 8),
        ([LARGEST_TOTAL - 1], [10_001]),
        ([0], [LARGEST_TOTAL]),
        ([0] * 3, [2**61] * 3),
        ([0], [10**12]),
    ],
)
def test_what_might_overflow_is_refused(backend, amounts, weights):
    """Sums that 64 bits may not hold are refused by every backend, in words that hold no number of a record."""
    made = WORLDS["plain" if weights is None else "weighted"]
    with pytest.raises(BackendError, match="too large") as refused:
        backend(*alone(amounts, made, weights))
    assert not any(character.isdigit() for character in str(refused.value))


@pytest.mark.parametrize("weight", [Weight("w", "W", precision=10)])
def test_weights_of_more_decimals_than_can_be_multiplied_are_refused(weight):
    """A weight with ten decimal places is refused rather than multiplied wrongly."""
    made = replace(WORLDS["weighted"], weight=weight)
    with pytest.raises(BackendError, match="decimal places"):
        kernel.count(*alone([1], made, [1]))
