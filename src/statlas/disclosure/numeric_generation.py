"""Making a perturbation table of amounts: for each ratio of total to step the noise of greatest entropy.

As for counts (``generation``), but the noise goes in fractions of a step, and the smallest noises may be left out, so
that no amount is ever printed as it is.
Source: Giessing and Tent (2019); the ptable package 1.0.0, whose rows ours equal where the greatest entropy has the
variance V.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.entropy import max_entropy
from statlas.disclosure.generation import LEAST_P, row_constraints
from statlas.disclosure.numeric_ptable import NumericPtable, numeric_ptable_from_blocks
from statlas.errors import InfeasibleTableError

Floats = NDArray[np.float64]


def make_numeric_ptable(
    D: int, V: float, *, grain: int, least: float, ratios: Sequence[int], interpolated: bool = False
) -> NumericPtable:
    """The perturbation table of amounts of greatest entropy.

    For each ratio i, over the noises ``v`` in -min(i, D)..D with ``|v| >= least`` that are multiples of 1/grain::

        minimise  sum p log p   subject to   sum p = 1,  sum v p = 0,  sum v^2 p <= V,  p >= 1e-8

    Args:
        D: largest noise in size, in steps, >= 1.
        V: largest variance of the noise, > 0.
        grain: fractions of a step, >= 1.
        least: smallest noise in size, >= 0.
        ratios: those with a block of their own, from 1, ascending; the last one at least D.
        interpolated: how a ratio between two of them is looked up.

    Raises:
        InfeasibleTableError: no noise of a ratio satisfies the settings.
    """
    blocks = []
    for ratio in ratios:
        v = _noises(ratio, D, grain, least)
        p = max_entropy(row_constraints(v, V, np.full(len(v), LEAST_P), mono=False))
        if p is None:
            raise InfeasibleTableError(
                f"No noise for a total of {ratio} steps satisfies all constraints at once.",
                mend="Raise V or D, or lower the smallest noise.",
                row=ratio,
            )
        blocks.append((ratio, v, p))
    return numeric_ptable_from_blocks(blocks, D=D, V=V, grain=grain, least=least, interpolated=interpolated)


def _noises(ratio: int, D: int, grain: int, least: float) -> Floats:
    """The noises a ratio has room for, ascending."""
    v: Floats = np.arange(-min(ratio, D) * grain, D * grain + 1) / grain
    return v[np.abs(v) >= least]
