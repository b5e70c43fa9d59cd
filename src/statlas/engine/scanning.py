"""The compiled loop that counts: rows of a period in blocks, each row into the cell where its codes meet.

Theory of operation.
Rows are worked through in *blocks* that stay in first-level cache, each in two phases: first the place of every row,
one column after the other, then the words of those places.
A processor does the first phase many rows at a time where the place is the position times a stride, as it is where
codes are asked one by one; else it looks each position up.
The second phase is bound by the time it takes to write a word and read it again: neighbours in a sorted file fall into
the same cell.
So eight *part* tables are filled in turn and added up at the end, where they fit into second-level cache.

What is counted is a list of *runs* of rows, each into a stretch of words of its own.
Where records are sorted by a field of the table, a run has the rows of one of its atoms: the column need not be read,
and the stretch is small enough for first-level cache however large the table.
Else there is one run, into the whole table.

There is one compiled loop for all kinds and numbers of columns: they come as bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled

MOST_COLUMNS = 26
"""Columns that the compiled loop takes: fields in two parts or more of the largest table that is counted at once."""

BLOCK = 4_096
"""Rows of a block: 16 kB of places and 16 kB of keys stay in a first-level cache of 48 kB. Measured, November 2026."""

_PARTS = 8
"""Part tables: on sorted records eight take a sixth less time than four. Measured, November 2026."""

_WORTH_PARTS = 8
"""A run is counted in parts if it has at least that many rows for each of their words."""

_PART_WORDS = 65_536
"""Most words of all part tables together: 512 kB, half of a second-level cache of 2026."""


_Words = NDArray[np.uint64]
_Index = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Places:
    """How the codes of a row give its place in a stretch of words: the sum of what each of its columns is worth.

    columns: the columns as bytes, then empty ones.
    widths: bytes of a position in each.
    strides: (columns,) uint32, what a position is worth times itself; 0 where it is looked up.
    worth: (columns, positions) uint32, what each position is worth.
    """

    columns: tuple[NDArray[np.uint8], ...]
    widths: NDArray[np.int64]
    strides: NDArray[np.uint32]
    worth: NDArray[np.uint32]


def places(columns: Sequence[NDArray[Any]], worth: Sequence[NDArray[np.int64]]) -> Places:
    """Columns of positions made ready to count by.

    Args:
        columns: at most ``MOST_COLUMNS``; (n_rows,) uint8, uint16 or uint32.
        worth: for each column what each of its positions adds to a row's place.
    """
    n, longest = len(columns), max((len(one) for one in worth), default=0)
    table = np.zeros((n, longest), dtype=np.uint32)
    for row, one in zip(table, worth, strict=True):
        row[: len(one)] = one
    nothing = _as_bytes(np.empty(0, dtype=np.uint8))
    return Places(
        tuple(_as_bytes(column) for column in columns) + (nothing,) * (MOST_COLUMNS - n),
        np.array([column.itemsize for column in columns], dtype=np.int64),
        np.array([_stride(one) for one in worth], dtype=np.uint32),
        table,
    )


def _stride(worth: NDArray[np.int64]) -> int:
    """By what every position is multiplied to give its worth; 0 if there is no such number."""
    if len(worth) < 2:  # noqa: PLR2004 - a stride stands between two
        return 0
    step = int(worth[1] - worth[0])
    return step if step > 0 and np.array_equal(worth, np.arange(len(worth)) * step) else 0


def _as_bytes(column: NDArray[Any]) -> NDArray[np.uint8]:
    """A view that cannot be written to, as mapped records are: the loop then needs to know one kind only."""
    view = np.ascontiguousarray(column).view(np.uint8)
    view.flags.writeable = False
    return view


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of rows: those of run r are ``starts[r]:stops[r]``, and its stretch is the ``atoms[r]``-th of the words."""

    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    atoms: NDArray[np.int64]

    def __getitem__(self, part: slice) -> Runs:
        return Runs(self.starts[part], self.stops[part], self.atoms[part])

    def __len__(self) -> int:
        return len(self.starts)


def count_runs(
    words: NDArray[np.uint64],
    runs: Runs,
    stretch: int,
    where: Places,
    keys: NDArray[np.uint32],
    scale: int,
    one: int,
) -> None:
    """Add to the word of each row's cell its key times ``scale``, and ``one``.

    Args:
        words: all stretches, one after the other.
        stretch: words of each.
        keys: (n_rows,) record keys, not writeable.
    """
    n_columns = len(where.widths)
    _count_runs(
        words,
        (runs.starts, runs.stops, runs.atoms),
        stretch,
        where.columns,
        (where.widths, where.strides, where.worth, n_columns),
        keys,
        (np.uint64(scale), np.uint64(one)),
    )


@compiled
def _count_runs(
    words: _Words,
    runs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    stretch: int,
    columns: tuple[NDArray[np.uint8], ...],
    worths: tuple[NDArray[np.int64], _Index, NDArray[np.uint32], int],
    keys: _Index,
    adds: tuple[np.uint64, np.uint64],
) -> None:
    starts, stops, atoms = runs
    widths, strides, worth, n_columns = worths
    index = np.empty(BLOCK, dtype=np.uint32)
    parts = np.empty(_PARTS * stretch if _PARTS * stretch <= _PART_WORDS else 0, dtype=np.uint64)
    for run in range(starts.size):
        own = words[atoms[run] * stretch : (atoms[run] + 1) * stretch]
        in_parts = parts.size > 0 and stops[run] - starts[run] >= _WORTH_PARTS * parts.size
        if in_parts:
            parts[:] = 0
        for first in range(starts[run], stops[run], BLOCK):
            last = min(first + BLOCK, stops[run])
            block = index[: last - first]
            block[:] = 0
            for column in range(n_columns):
                _place(block, columns[column], widths[column], first, worth[column], strides[column])
            if in_parts:
                _add_in_parts(parts, stretch, block, keys[first:last], adds[0], adds[1])
            else:
                _add(own, block, keys[first:last], adds[0], adds[1])
        if in_parts:
            _add_up(own, parts)


@compiled
def _place(block: _Index, column: NDArray[np.uint8], width: int, first: int, worth: _Index, stride: np.uint32) -> None:
    if width == 1:
        _place_each(block, column[first : first + block.size], worth, stride)
    elif width == 2:  # noqa: PLR2004 - bytes
        _place_each(block, column.view(np.uint16)[first : first + block.size], worth, stride)
    else:
        _place_each(block, column.view(np.uint32)[first : first + block.size], worth, stride)


@compiled
def _place_each(block: _Index, positions: NDArray[np.unsignedinteger], worth: _Index, stride: np.uint32) -> None:
    if stride > 0:
        for row in range(block.size):
            block[row] += np.uint32(positions[row]) * stride
    else:
        for row in range(block.size):
            block[row] += worth[positions[row]]


@compiled
def _add(words: _Words, block: _Index, keys: _Index, scale: np.uint64, one: np.uint64) -> None:
    for row in range(block.size):
        words[block[row]] += np.uint64(keys[row]) * scale + one


@compiled
def _add_in_parts(parts: _Words, stretch: int, block: _Index, keys: _Index, scale: np.uint64, one: np.uint64) -> None:
    p0 = parts[:stretch]
    p1 = parts[stretch : 2 * stretch]
    p2 = parts[2 * stretch : 3 * stretch]
    p3 = parts[3 * stretch : 4 * stretch]
    p4 = parts[4 * stretch : 5 * stretch]
    p5 = parts[5 * stretch : 6 * stretch]
    p6 = parts[6 * stretch : 7 * stretch]
    p7 = parts[7 * stretch : 8 * stretch]
    for eight in range(np.uint64(block.size // _PARTS)):
        row = np.uint64(eight) * np.uint64(_PARTS)
        p0[block[row]] += np.uint64(keys[row]) * scale + one
        p1[block[row + np.uint64(1)]] += np.uint64(keys[row + np.uint64(1)]) * scale + one
        p2[block[row + np.uint64(2)]] += np.uint64(keys[row + np.uint64(2)]) * scale + one
        p3[block[row + np.uint64(3)]] += np.uint64(keys[row + np.uint64(3)]) * scale + one
        p4[block[row + np.uint64(4)]] += np.uint64(keys[row + np.uint64(4)]) * scale + one
        p5[block[row + np.uint64(5)]] += np.uint64(keys[row + np.uint64(5)]) * scale + one
        p6[block[row + np.uint64(6)]] += np.uint64(keys[row + np.uint64(6)]) * scale + one
        p7[block[row + np.uint64(7)]] += np.uint64(keys[row + np.uint64(7)]) * scale + one
    n = block.size // _PARTS * _PARTS
    _add(p0, block[n:], keys[n:], scale, one)


@compiled
def _add_up(own: _Words, parts: _Words) -> None:
    for part in range(_PARTS):
        for word in range(own.size):
            own[word] += parts[part * own.size + word]
