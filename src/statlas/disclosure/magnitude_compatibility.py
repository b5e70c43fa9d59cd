"""The published form of the noise of sums, kept to test ours against the results of cellKey 1.0.3.

It makes further look-up numbers by turning the decimal digits of the cell key, uses two tables by the parity of the
number of contributors, and may take the mean contribution in the place of the largest.
None of this is offered by a policy, and no home can name it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.magnitude import FlexParameters, flex_noise
from statlas.disclosure.numeric_ptable import NumericPtable

# Significant digits of a number that R writes as text.
R_DIGITS: Final = 15
# Steps that cellKey adds in a flagged cell unless told otherwise.
MU_C: Final = 2.0

Floats = NDArray[np.float64]


def turned_keys(cell_keys: Floats, n_top: int, *, same_key: bool) -> Floats:
    """A look-up number for each contribution of each cell: .1234 is followed by .2341, then .3412.

    The digits are those of the key's text of at most 15 digits, which for keys of floating sums include their error.

    Args:
        cell_keys: (n_cells,) float64 in [0, 1).
        n_top: K, contributions of a cell.
        same_key: whether the first contribution takes the cell key itself, as its count does, or turns it already.

    Returns:
        (K, n_cells) float64.
    """
    first = 0 if same_key else 1
    digits = [f"{Decimal(f'{key:.{R_DIGITS}g}'):f}".partition(".")[2] for key in cell_keys.tolist()]
    turned = [[float(f"0.{_turned(text, turns)}") for text in digits] for turns in range(first, first + n_top)]
    return np.array(turned, np.float64)


def _turned(digits: str, turns: int) -> str:
    """Digits with the first ``turns`` of them moved to the end, over and over."""
    start = turns % len(digits) if digits else 0
    return digits[start:] + digits[:start]


def published_flex(
    table: NumericPtable,
    *,
    fp: float,
    p: tuple[float, float],
    epsilon: tuple[float, ...] = (1.0,),
    small_table: NumericPtable | None = None,
) -> FlexParameters:
    """The published parameters; a share alone, the "simple" form, is a flex point of 0 and that share twice."""
    return FlexParameters(
        table,
        fp,
        p_small=p[0],
        p_large=p[1],
        epsilon=epsilon,
        mu_c=MU_C,
        small_table=small_table,
        published=True,
    )


def mean_noise_by_parity(
    totals: Floats,
    counts: NDArray[np.int64],
    cell_keys: Floats,
    share: float,
    *,
    even: NumericPtable,
    odd: NumericPtable,
) -> Floats:
    """The noise of sums with the mean contribution as their only one, by a table for each parity of the count.

    Args:
        totals: (n_cells,) float64.
        counts: (n_cells,) int64, contributors, those of 0 among them.
        cell_keys: (n_cells,) float64 in [0, 1).
        share: of the mean that is one step.
        even, odd: the table of cells with an even, and an odd, number of contributors.

    Returns:
        (n_cells,) float64.
    """
    mean = np.divide(totals, counts, out=np.zeros(totals.shape), where=counts > 0)
    flags = np.zeros(totals.shape, bool)
    by_parity = [
        flex_noise(totals, mean[None], cell_keys[None], published_flex(table, fp=0, p=(share, share)), flags)
        for table in (even, odd)
    ]
    return np.where(counts % 2 == 0, *by_parity)
