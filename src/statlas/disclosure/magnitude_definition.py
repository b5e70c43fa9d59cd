"""The noise of a sum, step by step: the textbook by which ``magnitude`` is judged.  Slow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from statlas.disclosure.magnitude import FlexParameters, magnification
from statlas.disclosure.numeric_ptable import NumericPtable


@dataclass(frozen=True)
class FlexStep:
    """One step of the definition: its size Δ, whether it came from the small table, and the noise it gave."""

    delta: float
    small: bool
    noise: float


def flex_noise_definition(
    total: float, top: tuple[float, ...], u: tuple[float, ...], flex: FlexParameters, *, dominated: bool
) -> list[FlexStep]:
    """The noise of one cell, contribution by contribution; slow.

    Contributions that are missing, and those left without noise, have a step of 0.
    """
    steps: list[FlexStep] = []
    cut = flex.published or abs(total) >= abs(top[0])
    moved = 0.0
    for k, (x, number) in enumerate(zip(top, u, strict=True)):
        left = abs(total + moved) if cut else math.inf
        delta, small = _delta_definition(abs(x), left, k, flex)
        if left == 0 or delta == 0:
            steps.append(FlexStep(delta, small, 0.0))
            continue
        v = look_up_definition((small and flex.small_table) or flex.table, left / delta, number)
        mu = flex.mu_c if dominated and (k == 0 or flex.published) else 0.0
        h = delta * (mu + abs(v))
        signed = -min(h, left) if v < 0 else h
        steps.append(FlexStep(delta, small, math.copysign(1.0, total + 0.0) * signed))
        moved += steps[-1].noise
    return steps


def _delta_definition(x: float, left: float, k: int, flex: FlexParameters) -> tuple[float, bool]:
    """Δ_k, and whether the small table is used."""
    if math.isnan(x):
        return 0.0, False
    small = x < flex.zs
    weight = 1.0 if flex.published and x < flex.fp else flex.epsilon[k]
    delta = 1.0 if small else x * magnification(x, flex) * weight
    if left < delta:
        tiny = left / (flex.p_small * flex.epsilon[k]) < flex.zs
        delta, small = (1.0, True) if tiny else (left, small)
    return (0.0 if small and k > 0 and not flex.published else delta), small


def look_up_definition(table: NumericPtable, ratio: float, u: float) -> float:
    """The noise of a ratio of total to step, by the rows of the table; slow."""
    ratios = table.ratios.tolist()
    below = max((r for r in ratios if r <= ratio), default=ratios[0])
    above = min((r for r in ratios if r >= ratio), default=ratios[-1])
    low, high = (_first_row(table, r, u) for r in (below, above))
    if not table.interpolated or above == below:
        return low
    return float(((above - ratio) * low + (ratio - below) * high) / (above - below))


def _first_row(table: NumericPtable, ratio: float, u: float) -> float:
    rows = zip(table.i, table.v, table.ub, strict=True)
    return float(next(v for i, v, ub in rows if i == ratio and u < ub))
