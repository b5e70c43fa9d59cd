"""The compiled loop that counts: rows of a period in blocks, each row into the cell where its codes meet.

Theory of operation.
Rows are worked through in *blocks* that stay in first-level cache, each in two phases: first the place of every row,
as ``placing`` tells, then the words of those places.

The second phase is bound by writing: one word a row, and a word that was just written cannot be read at once.
Neighbours in a sorted file fall into the same cell or the next, and that is made use of in two ways.
Where 32 rows in turn have one place, their keys are added up in registers and their word is written once.
Where the places of a block *ascend*, a row writes how far the block has come at its place and reads nothing; what one
place has more than the one before is its own.
Else rows go in turn to *part* tables, which are added up at the end of a run, where they are small enough.

What is counted is a list of *runs* of rows, each into a stretch of words of its own.
Where records are sorted by a field of the table, a run has the rows of one of its atoms: the column need not be read,
and the stretch is small enough for first-level cache however large the table.
Else there is one run, into the whole table.
A block may have rows of several runs, so that short ones cost no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.placing import AT_ONCE, BLOCK, Bytes, Index, Places, Worths, place_at_once, place_one

PACKED = (2**32, 1)
"""What a key is multiplied by and what is added to it where a count and a key sum share a word, the count below."""

_GROUP = np.uint64(32)
"""Rows whose places are compared at once. Of fewer, more have one place, but a branch is more often mistaken."""

_FOUR_WORDS, _TWO_WORDS = 256, 1_024
"""Most words of a stretch that is counted in four and in two parts, its own among them: 8 and 16 kB.
A run is, if it has as many rows as the other parts have words. Measured, November 2026."""

_REACHED_WORDS = 65_536
"""Most words of a stretch in which it is looked for places that ascend: 512 kB."""

_ONE, _TWO, _THREE, _FOUR, _HALF = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(32)
"""Numbers without a sign: an index that is counted so is used as it stands. ``_HALF`` is bits of half a word."""

_Words = NDArray[np.uint64]
_Rows = NDArray[np.int64]
_Adds = tuple[np.uint64, np.uint64]
_Held = tuple[np.uint64, np.uint64, np.uint64]
"""Some rows of a block: the first, where its place stands in the index, and how many."""


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
    _count_runs(
        words,
        (runs.starts, runs.stops, runs.atoms),
        stretch,
        where.columns,
        where.worths,
        keys,
        (np.uint64(scale), np.uint64(one)),
    )


@compiled
def _count_runs(
    words: _Words,
    runs: tuple[_Rows, _Rows, _Rows],
    stretch: int,
    columns: tuple[Bytes, ...],
    worths: Worths,
    keys: Index,
    adds: _Adds,
) -> None:
    starts, stops, atoms = runs
    n_at_once, at_once, widths, strides, worth = worths
    a, b, c, d = columns[0], columns[1], columns[2], columns[3]
    n_parts = _n_parts(stretch)
    parts = np.zeros((n_parts - 1) * stretch, dtype=np.uint64)
    reached = np.zeros(stretch if adds[0] > adds[1] > 0 and stretch <= _REACHED_WORDS else 0, dtype=np.uint64)
    index, low, high = np.empty(BLOCK, dtype=np.uint32), np.int64(0), np.int64(0)  # places of rows low to high
    for run in range(starts.size):
        own = words[atoms[run] * stretch : (atoms[run] + 1) * stretch]
        row, in_parts, used = starts[run], 0 < parts.size <= stops[run] - starts[run], False
        while row < stops[run]:
            if not low <= row < high:
                low, high = row, _end_of_block(starts, stops, run, row)
                rows = np.uint64(low), np.uint64(high - low)
                place_at_once(index, rows, n_at_once, a, b, c, d, at_once)
                for other in range(widths.size):
                    column, width = columns[AT_ONCE + other], widths[other]
                    place_one(index[: high - low], column, width, low, worth[other], strides[other])
            last = min(high, stops[run])
            held = np.uint64(row), np.uint64(row - low), np.uint64(last - row)
            if reached.size > 0 and _ascends(index, held):
                _add_ascending(own, reached, index, keys, held, adds[1])
            elif in_parts:
                used = True
                _add(own, parts, n_parts, index, keys, held, adds)
            else:
                _add(own, own, 1, index, keys, held, adds)
            row = last
        if used:
            _add_up(own, parts)


@compiled
def _n_parts(stretch: int) -> int:
    """In how many tables a run is counted whose stretch has that many words."""
    if stretch <= _FOUR_WORDS:
        return 4
    return 2 if stretch <= _TWO_WORDS else 1


@compiled
def _end_of_block(starts: _Rows, stops: _Rows, run: int, row: int) -> np.int64:
    """The last of a block's rows and one: as many as it holds, of this run and of those that follow it in the file."""
    end = stops[run]
    while end - row < BLOCK and run + 1 < starts.size and starts[run + 1] == end:
        run += 1
        end = stops[run]
    return min(np.int64(row + BLOCK), end)


# --- words of places --------------------------------------------------------------------------------------------------


@compiled
def _add(own: _Words, parts: _Words, n_parts: int, index: Index, keys: Index, rows: _Held, adds: _Adds) -> None:
    """Add each row to its word, in turn in the run's own stretch and in its other parts."""
    scale, one = adds
    first, begin, n = rows
    shift, n_groups = first - begin, n // _GROUP
    p1 = parts[: own.size]
    p2 = parts[own.size : 2 * own.size] if n_parts > 2 else own  # noqa: PLR2004 - else two parts
    p3 = parts[2 * own.size : 3 * own.size] if n_parts > 2 else p1  # noqa: PLR2004 - else two parts
    for group in range(n_groups):
        low, high = begin + group * _GROUP, begin + (group + _ONE) * _GROUP
        differ, total = np.uint32(0), np.uint64(0)
        for row in range(low, high):
            differ |= index[row] ^ index[low]
        if differ == 0:
            for row in range(low, high):
                total += np.uint64(keys[shift + row])
            own[index[low]] += total * scale + _GROUP * one
            continue
        for four in range(_GROUP // _FOUR):
            at = low + four * _FOUR
            own[index[at]] += np.uint64(keys[shift + at]) * scale + one
            p1[index[at + _ONE]] += np.uint64(keys[shift + at + _ONE]) * scale + one
            p2[index[at + _TWO]] += np.uint64(keys[shift + at + _TWO]) * scale + one
            p3[index[at + _THREE]] += np.uint64(keys[shift + at + _THREE]) * scale + one
    for row in range(begin + n_groups * _GROUP, begin + n):
        own[index[row]] += np.uint64(keys[shift + row]) * scale + one


@compiled
def _add_up(own: _Words, parts: _Words) -> None:
    """Add the other parts to the run's own stretch, and empty them."""
    for first in range(0, parts.size, own.size):
        part = parts[first : first + own.size]
        for word in range(own.size):
            own[word] += part[word]
            part[word] = 0


@compiled
def _ascends(index: Index, rows: _Held) -> bool:
    """Whether no place is below the one before, and there are not many more of them than rows."""
    _, begin, n = rows
    low, high = index[begin], index[begin + n - _ONE]
    if high < low or high - low > n:
        return False
    falls = np.uint32(0)
    for row in range(begin, begin + n - _ONE):
        falls |= np.uint32(index[row] > index[row + _ONE])
    return bool(falls == 0)


@compiled
def _add_ascending(own: _Words, reached: _Words, index: Index, keys: Index, rows: _Held, one: np.uint64) -> None:
    """Add rows whose places ascend: each leaves at its place in ``reached`` a packed word of all so far.

    Such a word has counted a row and is not 0, as ``reached`` is before and after.

    Args:
        one: 1; as a constant, the compiler would add it in a way that takes two steps a row instead of one.
    """
    first, begin, n = rows
    shift, n_groups, word = first - begin, n // _GROUP, np.uint64(0)
    for group in range(n_groups):
        low, high = begin + group * _GROUP, begin + (group + _ONE) * _GROUP
        if index[low] == index[high - _ONE]:
            total = np.uint64(0)
            for row in range(low, high):
                total += np.uint64(keys[shift + row])
            word += (total << _HALF) + _GROUP
            reached[index[low]] = word
        else:
            for row in range(low, high):
                word += (np.uint64(keys[shift + row]) << _HALF) + one
                reached[index[row]] = word
    for row in range(begin + n_groups * _GROUP, begin + n):
        word += (np.uint64(keys[shift + row]) << _HALF) + one
        reached[index[row]] = word
    before = np.uint64(0)
    for place in range(np.uint64(index[begin]), np.uint64(index[begin + n - _ONE]) + _ONE):
        here = before if reached[place] == 0 else reached[place]
        own[place] += here - before
        reached[place] = 0
        before = here
