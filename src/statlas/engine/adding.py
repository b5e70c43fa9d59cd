"""The compiled loops over records: each adds a run of them to cells.

Where records are *packed*, their count and key sum share one 64-bit word: the count in the low 32 bits, the key sum in
the high 32, whose carries fall off the top.
Otherwise the two stand in words of their own, one after the other.

Theory of operation: a record falls into a cell somewhere in memory, and fetching that line is what costs.
So all that one measure may change stands side by side in a cell: the ranks of the largest contributions, their sum, the
records that contribute something other than 0, and, where some amounts are blank, the records that have one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.contributions import absolute, add_cell, keep_largest, of_rank, rank
from statlas.engine.raw import N_TOP

SUM = N_TOP
"""The word of a measure's cell with the sum; before it stand the ranks of the largest, the largest first."""

NONZERO = N_TOP + 1
"""The first word of the records that contribute something other than 0; those with an amount follow."""


LOW = np.uint64(2**32 - 1)
"""The bits of a packed word that count, and those of a key sum."""


@compiled
def add_values(
    sums: NDArray[np.uint64], index: NDArray[np.uint32], values: NDArray[np.int64]
) -> tuple[np.uint64, np.uint64]:
    """Add each record's value to its cell; gives the sum of absolute values as a high and a low word, exact."""
    high, low = np.uint64(0), np.uint64(0)
    for row in range(index.size):
        sums[index[row]] += np.uint64(values[row])
        size = absolute(values[row])
        low += size
        high += np.uint64(low < size)
    return high, low


@compiled
def add_cells(cells: NDArray[np.uint64], others: NDArray[np.uint64]) -> None:
    """Add every cell of a measure to its counterpart from another run."""
    for cell in range(len(cells)):
        add_cell(cells, cell, others, cell)


@compiled
def add_contributions(
    cells: NDArray[np.uint64],
    index: NDArray[np.uint32],
    keys: NDArray[np.uint32],
    contributions: NDArray[np.int64],
    missing: NDArray[np.bool_],
    packed: bool,  # noqa: FBT001 - compiled code has no keywords
) -> tuple[np.uint64, np.uint64]:
    """Add each record's contribution to its cell.

    Args:
        cells: (n_cells, words), as the head of the module says.
        missing: (n_rows,) whether the amount is blank; empty where none is.
        packed: whether a count and its key sum share a word.

    Returns:
        The sum of absolute contributions as a high and a low word, exact.
    """
    some_blank = missing.size > 0
    given = NONZERO + (1 if packed else 2)
    high, low = np.uint64(0), np.uint64(0)
    for row in range(index.size):
        cell, contribution = index[row], contributions[row]
        if some_blank:
            if missing[row]:
                continue
            _add_record(cells, cell, given, keys[row], packed)
        if contribution != 0:
            found = rank(contribution)
            size = absolute(contribution)
            low += size
            high += np.uint64(low < size)
            cells[cell, SUM] += np.uint64(contribution)
            _add_record(cells, cell, NONZERO, keys[row], packed)
            keep_largest(cells, cell, found)
    return high, low


@compiled
def _add_record(cells: NDArray[np.uint64], cell: int, place: int, key: np.uint32, packed: bool) -> None:  # noqa: FBT001 - compiled code has no keywords
    if packed:
        cells[cell, place] += (np.uint64(key) << np.uint64(32)) + np.uint64(1)
    else:
        cells[cell, place] += np.uint64(1)
        cells[cell, place + 1] += np.uint64(key)


@compiled
def unpack(
    words: NDArray[np.uint64],
    place: int,
    packed: bool,  # noqa: FBT001 - compiled code has no keywords
    counts: NDArray[np.int64],
    keys: NDArray[np.uint32],
) -> None:
    """Counts and key sums of records from the words at ``place`` of every cell."""
    for cell in range(len(words)):
        counts[cell] = np.int64(words[cell, place] & LOW if packed else words[cell, place])
        keys[cell] = np.uint32(words[cell, place] >> np.uint64(32) if packed else words[cell, place + 1] & LOW)


@compiled
def unpack_amounts(words: NDArray[np.uint64], sums: NDArray[np.int64], top: NDArray[np.int64]) -> None:
    """Sums, and (N_TOP, n_cells) largest contributions, from every cell of a measure."""
    for cell in range(len(words)):
        sums[cell] = np.int64(words[cell, SUM])
        for place in range(N_TOP):
            top[place, cell] = of_rank(words[cell, place])
