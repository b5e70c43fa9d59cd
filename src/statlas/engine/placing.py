"""The place of every row in a stretch of words, worked out from its codes a block of rows at a time.

A processor does many rows at a time where a place is the position times a stride, as it is where codes are asked one
by one, and up to four such columns of a byte each at once; other positions are looked up.
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

BLOCK = 2_048
"""Rows of a block: 8 kB of places, 8 kB of keys and as much of what is written. Measured, November 2026."""

AT_ONCE = 4
"""Columns that are worked through at once."""

Index = NDArray[np.uint32]
"""The places of a block of rows."""

Bytes = NDArray[np.uint8]
Worths = tuple[int, Index, NDArray[np.int64], Index, Index]
"""What compiled loops know of ``Places``, beside the columns: all else, in its order."""


@dataclass(frozen=True, eq=False)
class Places:
    """How the codes of a row give its place in a stretch of words: the sum of what each of its columns is worth.

    columns: as bytes, four that are worked through at once, then the others, then empty ones.
    n_at_once: how many of the four there are; the rest repeat one of them.
    at_once: (4,) uint32, what a position is worth times itself in each of the four; 0 in what is repeated.
    widths: (others,) bytes of a position.
    strides: (others,) uint32, what a position is worth times itself; 0 where it is looked up.
    worth: (others, positions) uint32, what each position is worth.
    """

    columns: tuple[Bytes, ...]
    n_at_once: int
    at_once: Index
    widths: NDArray[np.int64]
    strides: Index
    worth: Index

    @property
    def worths(self) -> Worths:
        """What compiled loops know beside the columns."""
        return self.n_at_once, self.at_once, self.widths, self.strides, self.worth


def places(columns: Sequence[NDArray[Any]], worth: Sequence[NDArray[np.int64]]) -> Places:
    """Columns of positions made ready to count by.

    Args:
        columns: at most ``MOST_COLUMNS``; (n_rows,) uint8, uint16 or uint32.
        worth: for each column what each of its positions adds to a row's place.
    """
    strides = np.array([_stride(one) for one in worth], dtype=np.uint32)
    quick = [c for c, column in enumerate(columns) if column.itemsize == 1 and strides[c] > 0][:AT_ONCE]
    others = [c for c in range(len(columns)) if c not in quick]
    at_once = np.zeros(AT_ONCE, dtype=np.uint32)
    at_once[: len(quick)] = strides[quick]
    nothing = _as_bytes(np.empty(0, dtype=np.uint8))
    four = [_as_bytes(columns[c]) for c in quick] + [nothing if not quick else _as_bytes(columns[quick[0]])] * AT_ONCE
    rest = [_as_bytes(columns[c]) for c in others] + [nothing] * (MOST_COLUMNS - len(others))
    return Places(
        (*four[:AT_ONCE], *rest),
        len(quick),
        at_once,
        np.array([columns[c].itemsize for c in others], dtype=np.int64),
        strides[others],
        _table([worth[c] for c in others]),
    )


def _stride(worth: NDArray[np.int64]) -> int:
    """By what every position is multiplied to give its worth; 0 if there is no such number."""
    if len(worth) < 2:  # noqa: PLR2004 - a stride stands between two
        return 0
    step = int(worth[1] - worth[0])
    return step if step > 0 and np.array_equal(worth, np.arange(len(worth)) * step) else 0


def _table(worth: Sequence[NDArray[np.int64]]) -> Index:
    """(columns, positions) uint32."""
    table = np.zeros((len(worth), max((len(one) for one in worth), default=0)), dtype=np.uint32)
    for row, one in zip(table, worth, strict=True):
        row[: len(one)] = one
    return table


def _as_bytes(column: NDArray[Any]) -> Bytes:
    """A view that cannot be written to, as mapped records are: the loop then needs to know one kind only."""
    view = np.ascontiguousarray(column).view(np.uint8)
    view.flags.writeable = False
    return view


def places_of_rows(where: Places, rows: slice) -> Index:
    """(rows,) uint32, the place of each of some rows."""
    index = np.empty(rows.stop - rows.start, dtype=np.uint32)
    _places_of_rows(index, rows.start, where.columns, where.worths)
    return index


@compiled
def _places_of_rows(index: Index, first: int, columns: tuple[Bytes, ...], worths: Worths) -> None:
    n_at_once, at_once, widths, strides, worth = worths
    rows = np.uint64(first), np.uint64(index.size)
    place_at_once(index, rows, n_at_once, columns[0], columns[1], columns[2], columns[3], at_once)
    for other in range(widths.size):
        place_one(index, columns[AT_ONCE + other], widths[other], first, worth[other], strides[other])


@compiled
def place_at_once(
    index: Index, rows: tuple[np.uint64, np.uint64], n: int, a: Bytes, b: Bytes, c: Bytes, d: Bytes, strides: Index
) -> None:
    """Begin the places of some rows with what ``n`` of four columns are worth.

    Args:
        rows: the first, and how many.
    """
    if n == 0:
        index[:] = 0
    elif n <= 2:  # noqa: PLR2004 - as its name says
        _place_two(index, rows, a, b, strides)
    elif n == 3:  # noqa: PLR2004 - as its name says
        _place_three(index, rows, a, b, c, strides)
    else:
        _place_four(index, rows, a, b, c, d, strides)


@compiled
def _place_two(index: Index, rows: tuple[np.uint64, np.uint64], a: Bytes, b: Bytes, strides: Index) -> None:
    first, n = rows
    stride_a, stride_b = strides[0], strides[1]
    for row in range(n):
        index[row] = np.uint32(a[first + row]) * stride_a + np.uint32(b[first + row]) * stride_b


@compiled
def _place_three(index: Index, rows: tuple[np.uint64, np.uint64], a: Bytes, b: Bytes, c: Bytes, strides: Index) -> None:
    first, n = rows
    stride_a, stride_b, stride_c = strides[0], strides[1], strides[2]
    for row in range(n):
        place = np.uint32(a[first + row]) * stride_a + np.uint32(b[first + row]) * stride_b
        index[row] = place + np.uint32(c[first + row]) * stride_c


@compiled
def _place_four(
    index: Index, rows: tuple[np.uint64, np.uint64], a: Bytes, b: Bytes, c: Bytes, d: Bytes, strides: Index
) -> None:
    first, n = rows
    stride_a, stride_b, stride_c, stride_d = strides[0], strides[1], strides[2], strides[3]
    for row in range(n):
        place = np.uint32(a[first + row]) * stride_a + np.uint32(b[first + row]) * stride_b
        index[row] = place + np.uint32(c[first + row]) * stride_c + np.uint32(d[first + row]) * stride_d


@compiled
def place_one(block: Index, column: Bytes, width: int, first: int, worth: Index, stride: np.uint32) -> None:
    """Add what one more column is worth, whatever its kind."""
    if width == 1:
        _place_each(block, column[first : first + block.size], worth, stride)
    elif width == 2:  # noqa: PLR2004 - bytes
        _place_each(block, column.view(np.uint16)[first : first + block.size], worth, stride)
    else:
        _place_each(block, column.view(np.uint32)[first : first + block.size], worth, stride)


@compiled
def _place_each(block: Index, positions: NDArray[np.unsignedinteger], worth: Index, stride: np.uint32) -> None:
    if stride > 0:
        for row in range(block.size):
            block[row] += np.uint32(positions[row]) * stride
    else:
        for row in range(block.size):
            block[row] += worth[positions[row]]
