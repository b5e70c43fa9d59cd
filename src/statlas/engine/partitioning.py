"""Counting rows in no order into a table larger than caches: by parts of the table.

A word of such a table is fetched from memory for every row, and no two cores may write to the same table.
So rows are first put down beside others that fall into the same *part* of the table, a second-level cache's worth of
words, and then each part is counted by one core.

What is put down of a row is its place in the low and its key in the high half of a word, on *pages* that each part
takes from a pile as it needs them: how many rows a part has need not be known before.
The pile is for a *batch* of rows, so that memory does not grow with the records; a larger one fetches the table less
often.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.compiled import compiled
from statlas.engine.placing import AT_ONCE, BLOCK, Bytes, Index, Places, Worths, place_at_once, place_one
from statlas.engine.runs import in_runs

_PART = np.uint64(14)
"""A part has 2 to this many words: 128 kB, an eighth of a second-level cache. Measured, November 2026."""

_ROWS = np.uint64(2_048)
"""Most rows of a page. Arbitrary: many for few parts, few for many."""

_PAGE = np.uint64(2_056)
"""Words of a page: no power of 2, so that pages filled side by side are not kept in the same lines of a cache."""

BATCH = 1 << 24
"""Rows of a batch: 128 MB. Measured, November 2026."""

_Words = NDArray[np.uint64]
_Rows = NDArray[np.int64]

_PLACE = np.uint64(2**32 - 1)
_KEY, _ONE = np.uint64(32), np.uint64(1)


def count_parts(words: _Words, n_rows: int, where: Places, keys: Index, add: tuple[int, int], n_cores: int) -> None:
    """Add to the word of each row's cell its key times one number, and another; as ``scanning.count_runs`` does.

    Args:
        words: the whole table, at most 2^32 words.
        keys: (n_rows,) record keys, not writeable.
    """
    n_pages = min(BATCH, n_rows) // (n_cores * int(_ROWS)) + _n_parts(words) + 2
    piles = [np.empty((n_pages, int(_PAGE)), dtype=np.uint64) for _ in range(n_cores)]
    for first in range(0, n_rows, BATCH):
        last = min(first + BATCH, n_rows)
        _count_batch(words, (first, last), where, keys, add, piles)


def _n_parts(words: _Words) -> int:
    return (len(words) - 1 >> int(_PART)) + 1


def _count_batch(
    words: _Words, rows: tuple[int, int], where: Places, keys: Index, add: tuple[int, int], piles: list[_Words]
) -> None:
    n_cores, n_parts = len(piles), _n_parts(words)

    def put_down(core: slice) -> tuple[_Rows, _Rows]:
        low, high = (rows[0] + (rows[1] - rows[0]) * number // n_cores for number in (core.start, core.stop))
        parts, held = np.empty(len(piles[0]), dtype=np.int64), np.zeros(len(piles[0]), dtype=np.int64)
        n_pages = int(
            _put_down(piles[core.start], (parts, held), n_parts, (low, high), where.columns, where.worths, keys)
        )
        return parts[:n_pages], held[:n_pages]

    found = in_runs(put_down, n_cores, n_cores)
    rows_of = sum(np.bincount(parts, weights=held, minlength=n_parts) for parts, held in found)
    ends = np.searchsorted(np.cumsum(rows_of), np.arange(1, n_cores) * (rows[1] - rows[0]) / n_cores) + 1
    cuts = [0, *ends.tolist(), n_parts]

    def count(core: slice) -> None:
        for pile, (parts, held) in zip(piles, found, strict=True):
            pages = np.argsort(parts, kind="stable")
            mine = pages[slice(*np.searchsorted(parts[pages], cuts[core.start : core.start + 2]))]
            _count_pages(words, pile, mine, held, (np.uint64(add[0]), np.uint64(add[1])))

    in_runs(count, n_cores, n_cores)


@compiled
def _put_down(
    pile: _Words,
    pages: tuple[_Rows, _Rows],
    n_parts: int,
    rows: tuple[int, int],
    columns: tuple[Bytes, ...],
    worths: Worths,
    keys: Index,
) -> np.uint64:
    """Put rows down on pages of their part; gives how many pages were taken, and fills their parts and rows."""
    parts, held = pages
    n_at_once, at_once, widths, strides, worth = worths
    a, b, c, d = columns[0], columns[1], columns[2], columns[3]
    index, flat = np.empty(BLOCK, dtype=np.uint32), pile.reshape(-1)
    taken = np.uint64(n_parts)
    next_of = np.arange(n_parts).astype(np.uint64) * _PAGE
    end_of = next_of + _ROWS
    for part in range(n_parts):
        parts[part] = part
    for low in range(rows[0], rows[1], BLOCK):
        n = min(BLOCK, rows[1] - low)
        place_at_once(index, (np.uint64(low), np.uint64(n)), n_at_once, a, b, c, d, at_once)
        for other in range(widths.size):
            column, width = columns[AT_ONCE + other], widths[other]
            place_one(index[:n], column, width, low, worth[other], strides[other])
        for row in range(np.uint64(n)):
            place = np.uint64(index[row])
            into = place >> _PART
            at = next_of[into]
            flat[at] = (np.uint64(keys[np.uint64(low) + row]) << _KEY) | place
            next_of[into] = at + _ONE
            if at + _ONE == end_of[into]:
                held[at // _PAGE] = _ROWS
                parts[taken] = into
                next_of[into] = taken * _PAGE
                end_of[into] = taken * _PAGE + _ROWS
                taken += _ONE
    for part in range(n_parts):
        held[next_of[part] // _PAGE] = next_of[part] % _PAGE
    return taken


@compiled
def _count_pages(words: _Words, pile: _Words, pages: _Rows, held: _Rows, adds: tuple[np.uint64, np.uint64]) -> None:
    scale, one = adds
    for number in range(pages.size):
        page = pile[pages[number]]
        for row in range(np.uint64(held[pages[number]])):
            words[page[row] & _PLACE] += (page[row] >> _KEY) * scale + one
