"""Counting in one pass over memory-mapped codes, on all cores.

A cell's count and key sum share one 64-bit word: the count in the low 32 bits, the key sum in the high 32, whose
carries fall off the top.
Rows are split in as many runs as there are cores, each with cells of its own that are added up at the end; integer
sums do not depend on the order, so the answer is the same to the bit whatever the threads.
The threads are Python's: the compiled loops let go of the interpreter, and several requests may count at once.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.nodes import sum_nodes
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, Records, atoms_of

PACKED_ROWS = 2**32 - 1
"""Most records a packed word can count; beyond, counts and keys are kept in words of their own."""

_PRIVATE_CELLS = 4_000_000
"""Most cells for which every run keeps its own: 32 MB each; larger tables are counted in one run."""

_SMALL_RUN = 100_000
"""Fewest records worth a run of their own: about a tenth of a millisecond of work."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="statlas-count")


@compiled
def _add_index(index: NDArray[np.int64], positions: NDArray[np.unsignedinteger], offsets: NDArray[np.int64]) -> None:
    for row in range(index.size):
        index[row] += offsets[positions[row]]


@compiled
def _add_words(
    cells: NDArray[np.uint64], index: NDArray[np.int64], keys: NDArray[np.uint32], shift: np.uint64, one: np.uint64
) -> None:
    for row in range(index.size):
        cells[index[row]] += (np.uint64(keys[row]) << shift) + one


def n_runs_for(n_rows: int, n_cells: int) -> int:
    """In how many runs records are counted: one a core, fewer for few records, one for a table of many cells."""
    if n_cells > _PRIVATE_CELLS:
        return 1
    return max(1, min(os.cpu_count() or 1, n_rows // _SMALL_RUN))


def _cell_of_each_row(plan: Plan, records: Records, run: slice) -> NDArray[np.int64]:
    index = np.zeros(len(records.keys[run]), dtype=np.int64)
    stride = 1
    for axis in reversed(plan.axes):
        _add_index(index, records.positions(axis.field.id)[run], atoms_of(axis, records) * stride)
        stride *= axis.n_atoms
    return index


def _count_run(plan: Plan, records: Records, run: slice, n_cells: int, *, packed: bool) -> NDArray[np.uint64]:
    """(1, n_cells) packed words, or (2, n_cells) counts and key sums."""
    cells = np.zeros((1 if packed else 2, n_cells), dtype=np.uint64)
    index, keys = _cell_of_each_row(plan, records, run), records.keys[run]
    if packed:
        _add_words(cells[0], index, keys, np.uint64(32), np.uint64(1))
    else:
        _add_words(cells[0], index, np.zeros_like(keys), np.uint64(0), np.uint64(1))
        _add_words(cells[1], index, keys, np.uint64(0), np.uint64(0))
    return cells


def count(plan: Plan, records: Records, *, packed_rows: int = PACKED_ROWS, n_runs: int | None = None) -> RawCube:
    """Counts and key sums of one period at every official node of the plan.

    Args:
        packed_rows: most records for which the packed word is used.
        n_runs: in how many runs to count; None chooses.
    """
    shape = tuple(axis.n_atoms for axis in plan.axes)
    n_cells = int(np.prod(shape, dtype=np.int64))
    n_rows, packed = records.n_rows, records.n_rows <= packed_rows
    n = n_runs or n_runs_for(n_rows, n_cells)
    runs = [slice(n_rows * i // n, n_rows * (i + 1) // n) for i in range(n)]
    found = _pool().map(lambda run: _count_run(plan, records, run, n_cells, packed=packed), runs)
    total: NDArray[np.uint64] = np.asarray(sum(found))
    words = [sum_nodes(part.reshape(shape), plan.axes) for part in total]
    if packed:
        return RawCube(_low(words[0]).astype(np.int64), (words[0] >> np.uint64(32)).astype(np.uint32))
    return RawCube(words[0].astype(np.int64), _low(words[1]).astype(np.uint32))


def _low(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return words & np.uint64(0xFFFFFFFF)
