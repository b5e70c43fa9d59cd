"""Bounds of the bands from which percentiles of a measure are read, where a definition gives none.

Theory of operation: the amounts of one period are cut at about twenty quantiles; each cut moves outwards, away from the
median, to a round number, a multiple of 1, 2, 2.5 or 5 times a power of ten no wider than the gap to its neighbours.
Bands that would hold fewer than a thousand records join the next.
The ends are not the smallest and largest amount but cuts near them, so that no bound follows one person's amount; what
lies beyond has bands without an end.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.model.database import Database
from statlas.records.opening import open_period

N_BANDS = 20
"""Bands aimed at: arbitrary, some fifty records a band in an area of a thousand."""

LEAST = 1_000
"""Records in a band: arbitrary, far more than any of them would mind."""

TAIL = 0.005
"""Share of the records beyond either end: arbitrary, far from the percentiles that may be asked for."""

_STEPS: list[int] = sorted({digits * 10**power for digits in (1, 2, 5, 25) for power in range(17)})
"""Round numbers: 1, 2, 2.5 and 5 times a power of ten, as far as they are whole."""

_FEWEST = 3
"""Bounds below which there are not two bands, and nothing to read a percentile from."""


def amount_edges(path: Path, database: Database, measure_id: str) -> tuple[int, ...]:
    """Bounds for the bands of a measure, ascending, in units of 10**-precision, from the records of one period.

    Empty where the period has too few records with an amount, or amounts of another precision or none.

    Raises:
        HomeError: the file is missing or damaged.
    """
    opened = open_period(path, database)
    if opened.header.precisions.get(measure_id) != database.measure(measure_id).precision:
        return ()
    amounts, missing = opened.measure(measure_id), opened.missing(measure_id)
    return edges_of(amounts if missing is None else amounts[~missing])


def edges_of(amounts: NDArray[np.int64]) -> tuple[int, ...]:
    """Round bounds that cut amounts into at most twenty bands of at least a thousand; empty where two cannot be made.

    Args:
        amounts: (n,) int64, in any order.
    """
    ordered = np.sort(amounts)
    if len(ordered) < 2 * LEAST:
        return ()
    shares = np.array([TAIL, *(np.arange(1, N_BANDS) / N_BANDS), 1 - TAIL])
    cuts = [int(cut) for cut in ordered[(shares * (len(ordered) - 1)).astype(np.int64)]]
    widest = max((cuts[-1] - cuts[0]) // N_BANDS, 1)
    steps = [_step(cuts[max(n - 1, 0) : n + 2], widest) for n in range(N_BANDS + 1)]
    rounded = {_outwards(cut, step, share) for cut, step, share in zip(cuts, steps, shares.tolist(), strict=True)}
    edges = _joined(sorted(rounded), ordered)
    return edges if len(edges) >= _FEWEST else ()


def _outwards(cut: int, step: int, share: float) -> int:
    """A multiple of the step at the cut, or beyond it from the median; the last lies above its cut."""
    if share <= 1 / 2:
        return cut // step * step
    return (cut // step + 1) * step if share == 1 - TAIL else -(-cut // step) * step


def _step(cuts: list[int], widest: int) -> int:
    """The widest round number that fits between a cut and its neighbours; where they are equal, a coarse one."""
    gaps = [upper - lower for lower, upper in pairwise(cuts) if upper > lower]
    at = bisect_right(_STEPS, min(gaps, default=widest))
    return _STEPS[at - 1]


def _joined(edges: list[int], ordered: NDArray[np.int64]) -> tuple[int, ...]:
    """The bounds without those that would leave too few records between two."""
    below = dict(zip(edges, np.searchsorted(ordered, edges).tolist(), strict=True))
    kept = edges[:1]
    for edge in edges[1:]:
        kept += [edge] if below[edge] - below[kept[-1]] >= LEAST else []
    if kept[-1] != edges[-1] and len(kept) > 1:
        kept[-1] = edges[-1]
    return tuple(kept)
