"""From true counts to printed ones: the only place where a ``RawCube`` becomes anything else.

``RawCube -> PerturbedCube -> PublicCube``; the first two end here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.lookup import COUNT_PURPOSE, look_up_numbers, perturb_counts
from statlas.disclosure.policy import Policy
from statlas.disclosure.printing import PerturbedCube, PublicCube, print_cells, print_exact
from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube


def protect(raw: RawCube, plan: Plan, period: str, *, policy: Policy, noise_key: bytes, epoch: int) -> PublicCube:
    """The printed cells of one period.

    Args:
        raw: true counts and key sums at the official nodes of ``plan``.
        period: decides which codes exist.
        noise_key: 16 secret bytes.
        epoch: how often the records of the period have been changed.
    """
    possible = _possible(plan.axes, period)
    if policy.ptable is None or policy.threshold is None:
        return print_exact(PerturbedCube(raw.counts, possible))
    u = look_up_numbers(
        raw.keys,
        raw.counts,
        noise_key=noise_key,
        purpose=COUNT_PURPOSE,
        epoch=epoch,
        ptable_id=policy.ptable.id,
    )
    perturbed = PerturbedCube(perturb_counts(raw.counts, u, policy.ptable), possible)
    margin = 2 * policy.ptable.D + 1 if policy.inherit else -1
    return print_cells(perturbed, [a.axis for a in plan.axes], threshold=policy.threshold, margin=margin)


def _possible(axes: tuple[FieldAxis, ...], period: str) -> NDArray[np.bool_]:
    possible = np.ones((), dtype=bool)
    for axis in axes:
        possible = possible[..., np.newaxis] & axis.possible(period)
    return possible
