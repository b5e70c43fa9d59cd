"""Which cells one or two contributions dominate, so that others could work them out from the sum.

Dominance never hides a cell: it adds to the noise of the largest contribution.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Decisions on disclosure control, D6: the rules of output checking (ACRO's defaults).
P_PERCENT: Final = 10
N_LARGEST: Final = 2
K_PERCENT: Final = 90


def is_dominated(
    top: NDArray[np.int64],
    totals: NDArray[np.int64],
    *,
    p: float = P_PERCENT,
    n: int = N_LARGEST,
    k: float = K_PERCENT,
) -> NDArray[np.bool_]:
    """Whether the p% rule or the (n, k) rule calls a cell unsafe.

    p%: ``T - |x1| - |x2| < p/100 |x1|``, the second contributor could work out the first to within p%.
    (n, k): ``|x1| + ... + |xn| > k/100 T``.

    Args:
        top: (K, ...) int64, the largest contributions by size, the largest first; 0 where there are fewer; K >= n.
        totals: (...) int64, T, the sum of absolute contributions; taken to be at least that of ``top``, so that the
            absolute sum serves where no contribution is negative.
        p, n, k: parameters of the rules, percentages but for n.

    Returns:
        bool in the shape of ``totals``; False where nothing contributes.

    Source: Hundepool et al., Handbook on Statistical Disclosure Control, section 4.2.
    """
    largest = np.abs(top)
    total = np.maximum(np.abs(totals), largest.sum(axis=0))
    # What lies beyond 2^53 is compared as the nearest double.
    rest = (total - largest[:2].sum(axis=0)).astype(np.float64)
    p_rule = 100 * rest < p * largest[0].astype(np.float64)
    nk_rule = 100 * largest[:n].sum(axis=0).astype(np.float64) > k * total.astype(np.float64)
    return np.asarray(p_rule | nk_rule)
