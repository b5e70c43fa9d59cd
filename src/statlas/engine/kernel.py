"""Counting in one pass over memory-mapped codes, on all cores.

A cell's count and key sum share one 64-bit word: the count in the low 32 bits, the key sum in the high 32, whose
carries fall off the top.
Rows are split in as many runs as there are threads, each with cells of its own that are added up at the end; integer
sums do not depend on the order, so the answer is the same to the bit whatever the threads.
"""

from __future__ import annotations

import numpy as np
from numba import get_num_threads, njit, prange
from numpy.typing import NDArray

from statlas.engine.nodes import sum_nodes
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, Records, atoms_of

PACKED_ROWS = 2**32 - 1
"""Most records a packed word can count; beyond, counts and keys are kept in words of their own."""

_PRIVATE_CELLS = 4_000_000
"""Most cells for which every thread keeps its own: 32 MB each; larger tables are counted by one thread."""


@njit(parallel=True, cache=True)
def _add_index(index: NDArray[np.int64], positions: NDArray[np.unsignedinteger], offsets: NDArray[np.int64]) -> None:
    for row in prange(len(index)):
        index[row] += offsets[positions[row]]


@njit(parallel=True, cache=True)
def _add_words(
    cells: NDArray[np.uint64], index: NDArray[np.int64], keys: NDArray[np.uint32], shift: np.uint64, one: np.uint64
) -> None:
    n_runs = cells.shape[0]
    n_rows = len(keys)
    for run in prange(n_runs):
        for row in range(n_rows * run // n_runs, n_rows * (run + 1) // n_runs):
            cells[run, index[row]] += (np.uint64(keys[row]) << shift) + one


def _words(
    index: NDArray[np.int64], keys: NDArray[np.uint32], n_cells: int, shift: int, one: int
) -> NDArray[np.uint64]:
    n_runs = get_num_threads() if n_cells <= _PRIVATE_CELLS else 1
    cells = np.zeros((n_runs, n_cells), dtype=np.uint64)
    _add_words(cells, index, keys, np.uint64(shift), np.uint64(one))
    return np.asarray(cells.sum(axis=0, dtype=np.uint64))


def _cell_of_each_row(plan: Plan, records: Records) -> NDArray[np.int64]:
    index = np.zeros(records.n_rows, dtype=np.int64)
    stride = 1
    for axis in reversed(plan.axes):
        offsets = atoms_of(axis, records) * stride
        _add_index(index, records.positions(axis.field.id), offsets)
        stride *= axis.n_atoms
    return index


def count(plan: Plan, records: Records, *, packed_rows: int = PACKED_ROWS) -> RawCube:
    """Counts and key sums of one period at every official node of the plan.

    Args:
        packed_rows: most records for which the packed word is used.
    """
    shape = tuple(axis.n_atoms for axis in plan.axes)
    n_cells = int(np.prod(shape, dtype=np.int64))
    index = _cell_of_each_row(plan, records)
    if records.n_rows <= packed_rows:
        words = sum_nodes(_words(index, records.keys, n_cells, 32, 1).reshape(shape), plan.axes)
        return RawCube((words & np.uint64(0xFFFFFFFF)).astype(np.int64), (words >> np.uint64(32)).astype(np.uint32))
    counts = sum_nodes(_words(index, np.zeros_like(records.keys), n_cells, 32, 1).reshape(shape), plan.axes)
    keys = sum_nodes(_words(index, records.keys, n_cells, 0, 0).reshape(shape), plan.axes)
    return RawCube(counts.astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32))
