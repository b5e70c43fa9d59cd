"""Counting and adding up over memory-mapped codes, on all cores.

Rows are split in as many runs as there are cores, each with cells of its own that are merged at the end.
Which cell a record falls into is worked out for a block of rows at a time, so that memory does not grow with them.
Sums of whole numbers and the largest of all do not depend on the order, so the answer is the same to the bit whatever
the threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.engine import adding
from statlas.engine.contributions import (
    SQUARES,
    WEIGHTS,
    contributions,
    read_only,
    refuse_total,
    squares,
)
from statlas.engine.counting import PRIVATE_WORDS, count_atoms, count_nodes, places_on, rows_apart
from statlas.engine.nodes import merge_nodes, sum_nodes
from statlas.engine.placing import Places, places_of_rows
from statlas.engine.plan import Plan
from statlas.engine.raw import N_TOP, RawCube, RawMeasure, Records
from statlas.engine.runs import in_runs, n_runs_for
from statlas.model.database import Measure, Weight

Words = NDArray[np.uint64]
Counted = tuple[NDArray[np.int64], NDArray[np.uint32]]
"""Counts and key sums at the official nodes."""

PACKED_ROWS = 2**32 - 1
"""Most records a packed word can count; beyond, counts and keys are kept in words of their own."""


@dataclass(frozen=True, eq=False)
class _Period:
    """One period being counted.

    packed: whether a count and its key sum share a word.
    n_runs: in how many runs to count; None chooses.
    """

    plan: Plan
    records: Records
    packed: bool
    n_runs: int | None

    @property
    def shape(self) -> tuple[int, ...]:
        """Atoms along each axis."""
        return tuple(axis.n_atoms for axis in self.plan.axes)

    @cached_property
    def cells(self) -> Places:
        """The cell of each record among the atoms of all axes."""
        return places_on(self.plan.axes, self.records)

    @property
    def n_cells(self) -> int:
        """Cells at the atoms of all axes."""
        return prod(self.shape)

    def added_up(self, n_words: int, add: Callable[[Words, slice], int]) -> tuple[list[Words], int]:
        """(n_cells, n_words) cells of each of some runs of rows, and the sum of what ``add`` gives when it fills them.

        Small tables are filled by every core and are to be merged.
        Of a large one there is one, into which cores write at once if the order of the records keeps them apart.
        """
        n_cores = self.n_runs or n_runs_for(self.records.n_rows)
        is_large = self.n_cells * n_words > PRIVATE_WORDS
        rows = rows_apart(self.plan, self.records, n_cores) if is_large else _shares(self.records.n_rows, n_cores)
        tables = [np.zeros((self.n_cells, n_words), dtype=np.uint64) for _ in rows[: 1 if is_large else None]]

        def work(which: slice) -> int:
            return add(tables[0 if is_large else which.start], rows[which.start])

        return tables, sum(in_runs(work, len(rows), len(rows)))


def count(plan: Plan, records: Records, *, packed_rows: int = PACKED_ROWS, n_runs: int | None = None) -> RawCube:
    """Counts, key sums, and what the plan's measures add up to, of one period at every official node of the plan.

    Args:
        packed_rows: most records for which a count and a key sum share a word.
        n_runs: in how many runs to count; None chooses.

    Raises:
        BackendError: amounts or weights are too large to be added up exactly.
    """
    weight = plan.database.weight
    period = _Period(plan, records, records.n_rows <= packed_rows, n_runs)
    counted = _counts(period)
    measures = {measure.id: _measure(period, measure, counted) for measure in plan.measures}
    return RawCube(*counted, measures, *((None, None) if weight is None else _weights(period, weight)))


BLOCK = 1 << 16
"""Rows whose cells are known at a time: 256 kB, a quarter of a second-level cache of 2026."""


def cells_of_rows(plan: Plan, records: Records) -> NDArray[np.int64]:
    """(n_rows,) int64, the cell of each record among the atoms of the plan's axes, flat.

    Raises:
        BackendError: a record has a code that its field no longer has.
    """
    index, cells = np.empty(records.n_rows, dtype=np.int64), places_on(plan.axes, records)

    def work(rows: slice) -> None:
        for block in _blocks(rows):
            index[block] = places_of_rows(cells, block)

    in_runs(work, records.n_rows)
    return index


def _shares(n_rows: int, n: int) -> list[slice]:
    """All rows in that many equal shares."""
    return [slice(n_rows * i // n, n_rows * (i + 1) // n) for i in range(n)]


def _blocks(rows: slice) -> Iterator[slice]:
    """Rows a block at a time."""
    return (slice(first, min(first + BLOCK, rows.stop)) for first in range(rows.start, rows.stop, BLOCK))


# --- counts -----------------------------------------------------------------------------------------------------------


def _counts(period: _Period) -> Counted:
    counted = count_nodes(period.plan, period.records, n_cores=period.n_runs) if period.packed else None
    return counted or _counts_by_atoms(period)


def _counts_by_atoms(period: _Period) -> Counted:
    atoms = count_atoms(period.plan, period.records, packed=period.packed, n_cores=period.n_runs)
    found = [sum_nodes(part, period.plan.axes) for part in atoms]
    return _counted(found[0][..., np.newaxis] if period.packed else np.stack(found, axis=-1), 0, packed=period.packed)


def _counted(words: NDArray[np.uint64], place: int, *, packed: bool) -> Counted:
    """Counts and key sums from the words at ``place`` of every cell."""
    shape = words.shape[:-1]
    counts, keys = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.uint32)
    flat = words.reshape(-1, words.shape[-1]), counts.reshape(-1), keys.reshape(-1)

    def work(cells: slice) -> None:
        adding.unpack(flat[0][cells], place, packed, flat[1][cells], flat[2][cells])

    in_runs(work, counts.size)
    return counts, keys


# --- measures ---------------------------------------------------------------------------------------------------------


def _measure(period: _Period, measure: Measure, counted: Counted) -> RawMeasure:
    missing = period.records.missing(measure.id)
    n = 1 if period.packed else 2
    n_words = adding.NONZERO + (n if missing is None else 2 * n)
    tables, total = period.added_up(n_words, partial(_add_run, period, measure, missing))
    refuse_total(measure.id, total)
    words = merge_nodes(_merged(tables).reshape(*period.shape, n_words), period.plan.axes)
    nonzero = _counted(words, adding.NONZERO, packed=period.packed)
    given = counted if missing is None else _counted(words, adding.NONZERO + n, packed=period.packed)
    sums, top = np.empty(words.shape[:-1], dtype=np.int64), np.empty((N_TOP, *words.shape[:-1]), dtype=np.int64)
    adding.unpack_amounts(words.reshape(-1, n_words), sums.reshape(-1), top.reshape(N_TOP, -1))
    return RawMeasure(*given, sums, *nonzero, top)


def _add_run(period: _Period, measure: Measure, missing: NDArray[np.bool_] | None, cells: Words, rows: slice) -> int:
    """Add some rows to cells of the measure; gives the sum of their absolute contributions."""
    total = 0
    for block in _blocks(rows):
        total += _whole(
            *adding.add_contributions(
                cells,
                places_of_rows(period.cells, block),
                read_only(period.records.keys[block]),
                read_only(contributions(period.records, measure, period.plan.database.weight, block)),
                read_only(np.empty(0, dtype=np.bool_) if missing is None else missing[block]),
                period.packed,
            )
        )
    return total


def _merged(tables: list[Words]) -> Words:
    for cells in tables[1:]:
        adding.add_cells(tables[0], cells)
    return tables[0]


def _whole(high: np.uint64, low: np.uint64) -> int:
    return (int(high) << 64) + int(low)


# --- weights ----------------------------------------------------------------------------------------------------------


def _weights(period: _Period, weight: Weight) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(1 + replicates, ...) sums of the weights, and sums of w(w - 1)."""
    weights = period.records.weights()
    summed = [_sums(period, WEIGHTS, column.__getitem__) for column in weights]
    return np.stack(summed), _sums(period, SQUARES, partial(squares, weights[0], weight))


def _sums(period: _Period, what: str, of: Callable[[slice], NDArray[np.int64]]) -> NDArray[np.int64]:
    """Sums of one value of each record at the official nodes; ``of`` gives those of some rows."""
    tables, total = period.added_up(1, partial(_sum_run, period, of))
    refuse_total(what, total)
    return sum_nodes(sum(tables[1:], tables[0]).reshape(period.shape), period.plan.axes).astype(np.int64)


def _sum_run(period: _Period, of: Callable[[slice], NDArray[np.int64]], sums: Words, rows: slice) -> int:
    total = 0
    for block in _blocks(rows):
        found = adding.add_values(sums.reshape(-1), places_of_rows(period.cells, block), read_only(of(block)))
        total += _whole(*found)
    return total
