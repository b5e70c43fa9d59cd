"""Sorting rows of packed words, and finding units that stand twice, compiled.

Theory of operation: rows are first moved to *buckets* by the top bits of their first word, which hold the first
geography; a bucket is a few thousand rows, which stay in cache.
In a bucket an index of the rows is sorted word by word: by the first, then every run of rows that are equal so far by
the next one, last by the record key.
A run is sorted by inserting if it is short, otherwise byte by byte, from the lowest to the highest that differs.
Whoever is equal in all of that is left to ``settled``, which looks at amounts and weights, and is as good as never
called upon.
The order is one of whole rows, so it does not depend on how many threads work or on the order in which rows came.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.compiled import compiled
from statlas.records.packing import Packing, values_at

BUCKET_BITS, BUCKET_ROWS_BITS = 14, 12
"""At most 16,384 buckets, whose ends stay in second-level cache while rows are moved, of 4,096 rows or more: arbitrary
within what a measurement of November 2026 found no slower."""

_SHORT = 24
"""Rows up to which inserting is quicker than sorting by bytes: arbitrary."""

_BYTE = 8
_VALUES = 1 << _BYTE
_LOW = _VALUES - 1
_KEY_SHIFT = 32


def bucket_shift(n_rows: int) -> int:
    """By how many bits the first word is shifted to give the bucket of a row."""
    return 64 - min(max((n_rows >> BUCKET_ROWS_BITS).bit_length(), 1), BUCKET_BITS)


@compiled
def count_buckets(counts: NDArray[np.int64], rows: NDArray[np.uint64], shift: int) -> None:
    """Add each row to the count of its bucket."""
    for row in range(len(rows)):
        counts[rows[row, 0] >> np.uint64(shift)] += 1


@compiled
def place_rows(placed: NDArray[np.uint64], ends: NDArray[np.int64], rows: NDArray[np.uint64], shift: int) -> None:
    """Copy each row to the end of its bucket; ``ends`` are where the buckets end so far."""
    for row in range(len(rows)):
        bucket = rows[row, 0] >> np.uint64(shift)
        at = ends[bucket]
        ends[bucket] = at + 1
        for word in range(rows.shape[1]):
            placed[at, word] = rows[row, word]


@compiled
def sort_buckets(
    index: NDArray[np.uint32],
    equal: NDArray[np.bool_],
    rows: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    masks: NDArray[np.uint64],
    key_word: int,
) -> bool:
    """Sort the rows of each bucket by the bits of ``masks``, then by the record key.

    Args:
        index: (n,) uint32, made to hold the place of each row in sorted order.
        equal: (n,) bool, made true where a sorted row is equal to the one before.
        bounds: (n_buckets + 1,) int64, where the buckets begin.
        key_word: the word that has the record key in its high half.

    Returns:
        Whether any are equal.
    """
    most = 0
    for bucket in range(len(bounds) - 1):
        most = max(most, bounds[bucket + 1] - bounds[bucket])
    values, spare = np.empty(most, np.uint64), np.empty(most, np.uint64)
    spare_index = np.empty(most, np.uint32)
    found = False
    for bucket in range(len(bounds) - 1):
        begin, n = bounds[bucket], bounds[bucket + 1] - bounds[bucket]
        ours, same = index[begin : begin + n], equal[begin : begin + n]
        for row in range(n):
            ours[row] = np.uint32(begin + row)
            same[row] = row > 0
        for level in range(len(masks) + 1):
            first = 0
            while first < n:
                last = first + 1
                while last < n and same[last]:
                    last += 1
                if last - first > 1:
                    _read(values, ours, first, last, rows, level, masks, key_word)
                    _sort(values, ours, spare, spare_index, first, last)
                    for row in range(first + 1, last):
                        same[row] = values[row] == values[row - 1]
                first = last
        for row in range(n):
            found = found or same[row]
    return found


@compiled
def _read(
    values: NDArray[np.uint64],
    index: NDArray[np.uint32],
    first: int,
    last: int,
    rows: NDArray[np.uint64],
    level: int,
    masks: NDArray[np.uint64],
    key_word: int,
) -> None:
    """What a run of rows is sorted by at a level: a word of codes, or the record key."""
    if level < len(masks):
        for at in range(first, last):
            values[at] = rows[index[at], level] & masks[level]
    else:
        for at in range(first, last):
            values[at] = rows[index[at], key_word] >> np.uint64(_KEY_SHIFT)


@compiled
def _sort(
    values: NDArray[np.uint64],
    index: NDArray[np.uint32],
    spare: NDArray[np.uint64],
    spare_index: NDArray[np.uint32],
    first: int,
    last: int,
) -> None:
    """Sort a run of values, and their index with them."""
    if last - first <= _SHORT:
        _insert(values, index, first, last)
    else:
        _by_bytes(values, index, spare, spare_index, first, last)


@compiled
def _insert(values: NDArray[np.uint64], index: NDArray[np.uint32], first: int, last: int) -> None:
    for row in range(first + 1, last):
        value, place = values[row], index[row]
        at = row
        while at > first and values[at - 1] > value:
            values[at], index[at] = values[at - 1], index[at - 1]
            at -= 1
        values[at], index[at] = value, place


@compiled
def _by_bytes(
    values: NDArray[np.uint64],
    index: NDArray[np.uint32],
    spare: NDArray[np.uint64],
    spare_index: NDArray[np.uint32],
    first: int,
    last: int,
) -> None:
    differing = np.uint64(0)
    for at in range(first + 1, last):
        differing |= values[at] ^ values[first]
    ends = np.empty(_VALUES, np.int64)
    for byte in range(_BYTE):
        shift = np.uint64(byte * _BYTE)
        if (differing >> shift) & np.uint64(_LOW):
            for value in range(_VALUES):
                ends[value] = 0
            for at in range(first, last):
                ends[(values[at] >> shift) & np.uint64(_LOW)] += 1
            end = first
            for value in range(_VALUES):
                end, ends[value] = end + ends[value], end
            for at in range(first, last):
                value = (values[at] >> shift) & np.uint64(_LOW)
                to = ends[value]
                ends[value] = to + 1
                spare[to], spare_index[to] = values[at], index[at]
            for at in range(first, last):
                values[at], index[at] = spare[at], spare_index[at]


@compiled
def unpack(
    column: NDArray[np.generic],
    rows: NDArray[np.uint64],
    index: NDArray[np.uint32],
    word: np.uint64,
    shift: np.uint64,
    mask: np.uint64,
) -> None:
    """Copy what stands at a place of each row into a column, in the order of an index."""
    for at in range(len(column)):
        column[at] = (rows[index[at], word] >> shift) & mask


def settled(
    packing: Packing, rows: NDArray[np.uint64], index: NDArray[np.uint32], equal: NDArray[np.bool_]
) -> NDArray[np.uint32]:
    """The index with runs of rows of equal codes and keys in the order of their amounts and weights, blanks last."""
    alike = equal.copy()
    alike[:-1] |= equal[1:]
    chosen = rows[index[alike]]
    by: list[NDArray[Any]] = [np.cumsum(~equal[alike])]
    for measure in packing.measures():
        by += [values_at(chosen, packing.blanks[measure.id]), chosen[:, packing.amounts[measure.id]].view(np.int64)]
    by += [chosen[:, word].view(np.int64) for word in packing.weights]
    found = index.copy()
    found[alike] = index[alike][np.lexsort(by[::-1])]
    return found


def stand_twice(units: NDArray[np.uint64]) -> bool:
    """Whether a pseudonym stands twice among (n,) uint64."""
    shift = bucket_shift(len(units))
    bounds = np.zeros((1 << (64 - shift)) + 1, np.int64)
    count_buckets(bounds[1:], units.reshape(-1, 1), shift)
    table = np.empty(2 << int(bounds.max()).bit_length(), np.uint64)
    bounds = np.cumsum(bounds)
    placed = np.empty(len(units), np.uint64)
    place_rows(placed.reshape(-1, 1), bounds[:-1].copy(), units.reshape(-1, 1), shift)
    return bool(_stand_twice(placed, bounds, table))


@compiled
def _stand_twice(units: NDArray[np.uint64], bounds: NDArray[np.int64], table: NDArray[np.uint64]) -> bool:
    """Whether one stands twice in a bucket.

    Pseudonyms are as good as random: their top bits cut them into equal buckets, the lowest spread them in a table.

    Args:
        table: a power of two, more than any bucket has; for nothing but work.
    """
    mask = np.uint64(len(table) - 1)
    for bucket in range(len(bounds) - 1):
        for slot in range(len(table)):
            table[slot] = 0
        no_bits = False
        for at in range(bounds[bucket], bounds[bucket + 1]):
            unit = units[at]
            if unit == 0:
                if no_bits:
                    return True
                no_bits = True
            else:
                place = unit & mask
                while table[place] != 0 and table[place] != unit:
                    place = (place + np.uint64(1)) & mask
                if table[place] == unit:
                    return True
                table[place] = unit
    return False
