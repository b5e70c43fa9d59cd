"""Counting in runs of sorted rows, in blocks and in parts: the answer does not depend on how the rows are cut."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import MemoryRecords, ages, database, flat, geography

from statlas.engine import counting, margins, partitioning, placing, scanning
from statlas.engine.backends import reference
from statlas.engine.contributions import read_only
from statlas.engine.kernel import cells_of_rows, count
from statlas.engine.placing import Places
from statlas.engine.plan import plan
from statlas.model.query import Dimension, Query

WORLD = database(flat("SEX", 2), geography(), ages())
LEVELS = {"AREA": ("COUNTRY", "REGION", "TOWN"), "AGE": ("HALF", "PART", "YEAR"), "SEX": ("C_SEX",)}
KINDS = (np.uint8, np.uint16, np.uint32)


@st.composite
def sorted_records(draw_: st.DrawFn, n_rows: st.SearchStrategy[int]) -> MemoryRecords:
    """Records in the order of the area, crowded into some codes, in columns of any width."""
    n, rng = draw_(n_rows), np.random.default_rng(draw_(st.integers(0, 2**20)))
    skew = draw_(st.sampled_from([1.0, 4.0]))
    columns = {}
    for field in WORLD.categories:
        positions = len(field.classification.leaves) * rng.random(n) ** skew
        columns[field.id] = positions.astype(draw_(st.sampled_from(KINDS)))
    columns["AREA"] = np.sort(columns["AREA"])
    return MemoryRecords(rng.integers(0, 2**32, n, dtype=np.uint32), columns)


@st.composite
def queries(draw_: st.DrawFn) -> Query:
    """Any of the fields, each at any of its levels."""
    fields = draw_(st.lists(st.sampled_from(sorted(LEVELS)), unique=True))
    return Query(WORLD.id, dimensions=tuple(Dimension(f, valueset=draw_(st.sampled_from(LEVELS[f]))) for f in fields))


@given(
    query=queries(),
    records=sorted_records(st.integers(0, 300)),
    n_cores=st.integers(1, 5),
    shared=st.booleans(),
    at_a_time=st.sampled_from([1, 40, 100, 2**17]),
    aside=st.sampled_from([0, 10**6]),
)
def test_sorted_records_count_as_the_reference_counts(query, records, n_cores, shared, at_a_time, aside):
    """On any number of cores, into one table or several or a few areas at a time, at every level of the areas."""
    made = plan(WORLD, query)
    with (
        patch.multiple(counting, _CHEAP_WORDS=0 if shared else 2**16, _UNEVEN=100.0),
        patch.multiple(margins, CHUNK_WORDS=at_a_time, MOST_ASIDE=aside),
    ):
        ours = count(made, records, n_runs=n_cores)
    theirs = reference.count(made, records)
    assert np.array_equal(ours.counts, theirs.counts)
    assert np.array_equal(ours.keys, theirs.keys)


def test_margins_are_made_a_few_areas_at_a_time():
    """A large table in the order of its areas has no table of its atoms; one without areas has."""
    rng = np.random.default_rng(1)
    columns = {"AREA": np.sort(rng.integers(0, 8, 99)), "AGE": rng.integers(0, 8, 99), "SEX": rng.integers(0, 2, 99)}
    records = MemoryRecords(rng.integers(0, 2**32, 99, dtype=np.uint32), columns)
    fields = {name: Dimension(name, valueset=LEVELS[name][-1]) for name in columns}
    whole = plan(WORLD, Query(WORLD.id, dimensions=tuple(fields.values())))
    without = plan(WORLD, Query(WORLD.id, dimensions=(fields["AGE"], fields["SEX"])))
    with patch.multiple(counting, _CHEAP_WORDS=0, _UNEVEN=100.0):
        assert counting.count_nodes(whole, records) is not None
        assert counting.count_nodes(without, records) is None
    assert counting.count_nodes(whole, records) is None


@given(query=queries(), records=sorted_records(st.integers(0, 300)), n_cores=st.integers(1, 5))
def test_rows_apart_share_no_cell(query, records, n_cores):
    """Cores that write into one table have all rows between them, and no area of the table twice."""
    made = plan(WORLD, query)
    cut = counting.rows_apart(made, records, n_cores)
    cells = [set(cells_of_rows(made, records)[rows].tolist()) for rows in cut]
    assert [rows.start for rows in cut] == [0, *(rows.stop for rows in cut[:-1])]
    assert cut[-1].stop == records.n_rows
    assert len(cut) <= n_cores
    assert sum(map(len, cells)) == len(set().union(*cells))


def test_rows_of_many_areas_are_cut_for_every_core():
    """Eight areas of as many rows are shared by two cores, where areas are in the table."""
    records = MemoryRecords(np.arange(80, dtype=np.uint32), {"AREA": np.arange(80) // 10, "SEX": np.arange(80) % 2})
    areas = plan(WORLD, Query(WORLD.id, dimensions=(Dimension("AREA", valueset="TOWN"),)))
    sexes = plan(WORLD, Query(WORLD.id, dimensions=(Dimension("SEX"),)))
    assert counting.rows_apart(areas, records, 2) == [slice(0, 40), slice(40, 80)]
    assert counting.rows_apart(sexes, records, 2) == [slice(0, 80)]


@settings(max_examples=20)
@given(query=queries(), records=sorted_records(st.integers(9_000, 60_000)), packed=st.booleans())
def test_many_rows_count_as_numpy_counts(query, records, packed):
    """Blocks and part tables, with rows left over, give what one sum over all rows gives."""
    made = plan(WORLD, query)
    words = counting.count_atoms(made, records, packed=packed)
    cells = np.zeros(records.n_rows, dtype=np.int64)
    for axis in made.axes:
        cells = cells * axis.n_atoms + axis.leaf_atoms[records.positions(axis.field.id)]
    n_cells = int(np.prod([axis.n_atoms for axis in made.axes]))
    counts = np.bincount(cells, minlength=n_cells).astype(np.uint64)
    keys = np.zeros(n_cells, dtype=np.uint64)
    np.add.at(keys, cells, records.keys.astype(np.uint64))
    expected = [counts + (keys << np.uint64(32))] if packed else [counts, keys]
    assert np.array_equal(words.reshape(len(expected), n_cells), np.stack(expected))


@pytest.mark.parametrize("n", [0, 1, 3, placing.BLOCK - 1, placing.BLOCK, placing.BLOCK + 1, 5 * placing.BLOCK + 3])
@pytest.mark.parametrize("order", ["in turn", "ascending", "one"])
def test_no_row_is_lost_at_the_edge_of_a_block(n, order):
    """One run of any length counts every row once, in parts where it is long and at once where it is short."""
    rows = np.arange(n)
    codes = {"in turn": rows % 3, "ascending": rows * 3 // max(n, 1), "one": rows * 0 + 1}[order]
    runs = scanning.Runs(np.array([0]), np.array([n]), np.array([0]))
    words = np.zeros(3, dtype=np.uint64)
    scanning.count_runs(words, runs, 3, _places([codes], [3]), read_only(rows.astype(np.uint32)), 2**32, 1)
    assert words.tolist() == _packed(codes, rows.astype(np.uint32), 3).tolist()


@settings(max_examples=60)
@given(
    sizes=st.one_of(st.lists(st.integers(2, 9), min_size=1, max_size=3), st.lists(st.integers(2, 3), max_size=7)),
    lengths=st.lists(st.integers(0, 700), min_size=1, max_size=30),
    order=st.sampled_from(["random", "ascending", "crowded"]),
    adds=st.sampled_from([(2**32, 1), (0, 1), (1, 0)]),
    rng=st.integers(0, 2**20).map(np.random.default_rng),
)
def test_runs_of_any_length_and_order_count_as_numpy_counts(sizes, lengths, order, adds, rng):
    """Many short runs in a block, any number of columns of any width, looked up or not, in one part or several."""
    n, stretch = sum(lengths), int(np.prod(sizes, dtype=np.int64))
    places = (stretch * rng.random(n) ** (12 if order == "crowded" else 1)).astype(np.int64)
    ends = np.cumsum(lengths)
    if order == "ascending":
        places = np.concatenate([np.sort(part) for part in np.split(places, ends[:-1])])
    atoms = rng.permutation(len(lengths))
    keys = read_only(rng.integers(0, 2**32, n, dtype=np.uint32))
    words = np.zeros(stretch * len(lengths), dtype=np.uint64)
    runs = scanning.Runs(ends - lengths, ends, atoms)
    where = _places(np.unravel_index(places, sizes) if sizes else (), sizes, rng)
    scanning.count_runs(words, runs, stretch, where, keys, *adds)
    cells = np.repeat(atoms, lengths) * stretch + places
    assert np.array_equal(words, _packed(cells, keys, len(words), *adds))


@settings(max_examples=40)
@given(
    n=st.sampled_from([0, 1, 5_000, 20_000]),
    skew=st.sampled_from([1, 30]),
    sizes=st.sampled_from([[3], [40, 50, 30], [2, 3, 5, 7, 11, 13, 2], [16_384, 2]]),
    adds=st.sampled_from([(2**32, 1), (0, 1), (1, 0)]),
    n_cores=st.integers(1, 4),
    batch=st.sampled_from([1_000, 7_001, 2**24]),
    rng=st.integers(0, 2**20).map(np.random.default_rng),
)
def test_rows_in_no_order_are_counted_by_parts_of_the_table(n, skew, sizes, adds, n_cores, batch, rng):
    """Spread or crowded, in batches of any size, on any number of cores: the words are those that numpy counts."""
    n_words = int(np.prod(sizes))
    cells = (n_words * rng.random(n) ** skew).astype(np.int64)
    keys = read_only(rng.integers(0, 2**32, n, dtype=np.uint32))
    where = _places(np.unravel_index(cells, sizes), sizes, rng)
    words = np.zeros(n_words, dtype=np.uint64)
    with patch.object(partitioning, "BATCH", batch):
        partitioning.count_parts(words, n, where, keys, adds, n_cores)
    assert np.array_equal(words, _packed(cells, keys, n_words, *adds))


@given(query=queries(), records=sorted_records(st.integers(0, 300)), n_cores=st.integers(1, 3), packed=st.booleans())
def test_tables_in_no_order_count_as_the_reference_counts(query, records, n_cores, packed):
    """Where the field of the order is not in the table, a large table is counted by its parts, to the same bits."""
    made = plan(WORLD, query)
    with patch.object(counting, "PARTED_WORDS", 0), patch.object(MemoryRecords, "starts", lambda *_: None):
        ours = count(made, records, n_runs=n_cores, packed_rows=2**32 - 1 if packed else 0)
    theirs = reference.count(made, records)
    assert np.array_equal(ours.counts, theirs.counts)
    assert np.array_equal(ours.keys, theirs.keys)


def _packed(cells: np.ndarray, keys: np.ndarray, n_cells: int, scale: int = 2**32, one: int = 1) -> np.ndarray:
    """What each cell's word should be, one row after the other."""
    words = np.zeros(n_cells, dtype=np.uint64)
    np.add.at(words, cells, keys.astype(np.uint64) * np.uint64(scale) + np.uint64(one))
    return words


def _places(codes: Sequence[np.ndarray], sizes: Sequence[int], rng: np.random.Generator | None = None) -> Places:
    """Columns of those codes, the last of which changes fastest; with chance in any kind, some as positions apart."""
    columns, worth = [], []
    for field, (code, n) in enumerate(zip(codes, sizes, strict=True)):
        positions = rng.permutation(n) if rng is not None and rng.random() < 0.3 else np.arange(n)
        kinds = KINDS if n <= 256 else KINDS[1:]
        columns.append(positions[code].astype(kinds[rng.integers(0, len(kinds)) if rng is not None else 0]))
        worth.append(np.argsort(positions) * np.prod(sizes[field + 1 :], dtype=np.int64))
    return placing.places(columns, worth)


@pytest.mark.parametrize(
    ("worth", "stride"),
    [([0, 7, 14], 7), ([0], 0), ([], 0), ([0, 0], 0), ([7, 0], 0), ([1, 2], 0), ([0, 1, 3], 0), ([0, 2, 1], 0)],
)
def test_a_stride_is_one_step_from_nought(worth, stride):
    """Places are multiplied only where every position is worth itself times one number."""
    made = placing.places([np.zeros(0, np.uint8), np.zeros(0, np.uint16)], [np.array(worth, dtype=np.int64)] * 2)
    assert made.at_once.tolist() == [stride, 0, 0, 0]
    assert made.strides.tolist() == ([stride] if stride else [0, 0])
    assert made.n_at_once == (1 if stride else 0)
