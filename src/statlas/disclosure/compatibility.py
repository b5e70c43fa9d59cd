"""The published forms of the cell key method, kept to test ours against other people's results.

They look up the cell key itself, so that neighbouring counts have related noise, and the smaller key spaces have few
outcomes: none of them is offered by a policy, and no home can name one.

``unit``: keys are numbers in [0, 1) of eight digits, the cell key is their sum modulo 1 (Destatis' cellKey); with it
``lookup.perturb_counts(counts, cell_keys, ptable)`` is their look-up.
``integer``: keys are integers modulo 256 or 4096, the table says the noise of every pair of count and key (the cell
key package of the Office for National Statistics).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Digits of a unit key in cellKey 1.0.3; whole numbers of them add exactly, which fractions do not.
UNIT_DIGITS: Final = 8
# Rows of the integer table: counts up to 750 have their own, larger ones cycle through the last 250.
N_COUNT_ROWS: Final = 750
N_CYCLE: Final = 250


def unit_cell_keys(record_keys: NDArray[np.float64], cells: NDArray[np.integer], n_cells: int) -> NDArray[np.float64]:
    """Sum of the record keys in each cell modulo 1, to eight digits.

    Args:
        record_keys: (n_records,) float64 in [0, 1) of eight digits.
        cells: (n_records,) integers, flat index of each record's cell; -1 if in none.
        n_cells: cells in the table, margins included.

    Returns:
        (n_cells,) float64 in [0, 1); 0 for an empty cell.
    """
    inside = cells >= 0
    sums = np.zeros(n_cells, np.int64)
    np.add.at(sums, cells[inside], np.rint(record_keys[inside] * 10**UNIT_DIGITS).astype(np.int64))
    keys: NDArray[np.float64] = (sums % 10**UNIT_DIGITS) / 10**UNIT_DIGITS
    return keys


def count_rows(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """The table row of each true count: n up to 750, then 501..750 over and over."""
    n = np.asarray(counts, np.int64)
    return np.where(n <= N_COUNT_ROWS, n, (n - 1) % N_CYCLE + N_COUNT_ROWS - N_CYCLE + 1)


def integer_perturb_counts(
    counts: NDArray[np.integer], cell_keys: NDArray[np.integer], noise: NDArray[np.integer], *, threshold: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Perturbed counts by a table of counts and integer keys, and which of them are shown.

    Args:
        counts: true counts, any shape.
        cell_keys: integers in [0, modulus), from ``keys.cell_keys(..., modulus=256)`` or 4096, same shape.
        noise: (751, modulus) integers, noise of each count row and key; row 0 holds zeros.
        threshold: a perturbed count below it is not shown.

    Returns:
        (perturbed, shown) in the shape of ``counts``; a perturbed count that is not shown keeps its value here.
    """
    perturbed = np.asarray(counts, np.int64) + noise[count_rows(counts), cell_keys]
    return perturbed, perturbed >= threshold


def ten_five_noise(modulus: int = 256) -> NDArray[np.int64]:
    """The "10-5 rule" as a table: counts below 10 fall to 0, others go to the nearest multiple of 5.

    Returns:
        (751, modulus) int64; the same noise for every key.
    """
    n = np.arange(N_COUNT_ROWS + 1)
    # The distance to a multiple of 5 is never exactly one half, so there is no tie to break.
    target = np.where(n < 10, 0, (n + 2) // 5 * 5)  # noqa: PLR2004 -- the rule's own ten and five
    return np.repeat((target - n)[:, None], modulus, axis=1)
