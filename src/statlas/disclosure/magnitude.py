"""The noise of a sum: the cell key method for amounts, in its "flex" form.

Rounding a sum, or the noise of its count, does not hide the largest of its contributions where it towers over the
others.
So each of the K largest contributions gets noise in proportion to its size.

Theory of operation, for one cell with total X and contributions x_1, x_2, ... from the largest down:

1. A *step* Δ_k is a share of x_k: ``p_small`` below the flex point fp, falling towards ``p_large`` above it, times ε_k.
2. The noise in steps v_k is looked up with a number u_k of the contribution's own, in the block of the ratio
   a = X / Δ_k, so that it has room above zero.
3. h_k = Δ_k · sign(v_k) · (μ + |v_k|), with μ = μ_c for the first contribution of a dominated cell, else 0.
4. X moves by h_k before the next contribution; the noise of the cell is the sum of all h_k.

Contributions of both signs may nearly cancel, so that X is smaller than x_1 alone.
Steps cut down to such an X would hide nothing; there the noise keeps its size and may cross zero.

``magnitude_definition`` is the same for one cell at a time, as it would be written on paper.
``published`` gives the form of cellKey 1.0.3, by whose results the code is judged; no policy can name it.
It leaves ε out below the flex point, gives noise to small contributions beyond the first, adds μ_c to every
contribution of a dominated cell, and cuts every step to X.

Source: Giessing and Tent (2019), "Concepts for generalising tools implementing the cell key method to the case of
continuous variables".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.disclosure.numeric_ptable import NumericPtable

# Shares of a contribution that are one step, and how fast they fall: the values of the paper and of cellKey's examples.
P_SMALL: Final = 0.3
P_LARGE: Final = 0.03
Q: Final = 3
EPSILON: Final = (1.0, 0.5, 0.2)

Floats = NDArray[np.float64]
# ratios, starts, ub, v of a table, and whether it is interpolated: what the compiled loops know of it.
Table = tuple[Floats, NDArray[np.int64], Floats, Floats, bool]


@dataclass(frozen=True)
class FlexParameters:
    """The parameters of the noise of a measure: ``FlexParameters(table, fp=10_000)`` flexes at a hundred pounds.

    Args:
        table: noise in steps.
        fp: the flex point, in units of the measure; 0 takes ``p_large`` for every amount.
        p_small, p_large: share of a contribution that is a step, below and far above the flex point.
        q: how fast the share falls, a whole number.
        epsilon: K weights of the contributions, the largest first.
        mu_c: steps added to the noise of the largest contribution of a dominated cell.
        small_table: noise in units for totals too small for steps; None for none.
        published: the form of cellKey 1.0.3; for comparison with its results alone.

    Raises:
        ValueError: a parameter lies outside its range.
    """

    table: NumericPtable
    fp: float
    p_small: float = P_SMALL
    p_large: float = P_LARGE
    q: int = Q
    epsilon: tuple[float, ...] = EPSILON
    mu_c: float = 0.0
    small_table: NumericPtable | None = None
    published: bool = False

    def __post_init__(self) -> None:
        shares = 0 < self.p_large <= self.p_small < math.inf and 0 <= self.fp < math.inf
        if not (shares and self.q >= 1 and self.mu_c >= 0):
            raise ValueError("steps are positive shares, the larger below a flex point of at least 0")
        if not (self.epsilon and min(self.epsilon) > 0):
            raise ValueError("each contribution has a weight above 0")

    @property
    def n_top(self) -> int:
        """K, the contributions that get noise."""
        return len(self.epsilon)

    @property
    def zs(self) -> float:
        """The contribution below which the small table is used: ``m1 / (sqrt(sum of ε²) p_small)``, 0 without one."""
        if self.small_table is None:
            return 0.0
        return math.sqrt(self.small_table.last_variance) / math.hypot(*self.epsilon) / self.p_small


def magnification(x: float, flex: FlexParameters) -> float:
    """The share of a contribution of size ``x`` that is one step, before ε.

    ``p_small`` below the flex point, then
    ``p_large [1 + (p_small x - p_large fp) / (p_large fp) (2 fp / (fp + x))^q]``, which falls towards ``p_large``.
    """
    if x < flex.fp:
        return flex.p_small
    if flex.fp == 0:
        return flex.p_large
    p_small, p_large, fp = flex.p_small, flex.p_large, flex.fp
    return p_large * (1 + (p_small * x - p_large * fp) / (p_large * fp) * (2 * fp / (fp + x)) ** flex.q)


def magnifications(x: Floats, flex: FlexParameters) -> Floats:
    """``magnification`` of many sizes at once, in their shape."""
    shares = np.empty(x.size, np.float64)
    _magnify(x.reshape(-1), float(flex.fp), flex.p_small, flex.p_large, flex.q, shares)
    return shares.reshape(x.shape)


def flex_noise(
    totals: NDArray[np.number], top: NDArray[np.number], u: Floats, flex: FlexParameters, dominated: NDArray[np.bool_]
) -> Floats:
    """The noise of every cell's total.

    Args:
        totals: integers or floats of any shape, X; weighted in a survey.
        top: (K, ...) numbers, the largest contributions by size, the largest first, with their sign; 0 where there are
            fewer (nan in the published form, which tells a contribution of 0 from none).
        u: (K, ...) float64 in [0, 1), a look-up number for each contribution.
        flex: the parameters.
        dominated: bool, in the shape of ``totals``: cells whose noise is made larger.

    Returns:
        float64 in the shape of ``totals``, to be added to them; 0 where there is no contribution.
        Where X is at least as large as x_1, X and its noise together do not cross zero.

    Raises:
        ValueError: the shapes do not fit, or a look-up number lies outside [0, 1).
    """
    if top.shape != (flex.n_top, *totals.shape) or u.shape != top.shape or dominated.shape != totals.shape:
        raise ValueError(f"totals {totals.shape}, contributions {top.shape}, look-up numbers {u.shape} do not fit")
    if u.size and not (u.min() >= 0.0 and u.max() < 1.0):
        raise ValueError("look-up numbers lie in [0, 1)")
    noise = np.empty(totals.size, np.float64)
    _flex(
        np.ascontiguousarray(totals, np.float64).reshape(-1),
        np.ascontiguousarray(top, np.float64).reshape(flex.n_top, -1),
        np.ascontiguousarray(u, np.float64).reshape(flex.n_top, -1),
        np.ascontiguousarray(dominated).reshape(-1),
        (float(flex.fp), flex.p_small, flex.p_large, flex.mu_c, flex.zs, flex.q, flex.published),
        np.array(flex.epsilon),
        (_parts(flex.table), _parts(flex.small_table or flex.table)),
        noise,
    )
    return noise.reshape(totals.shape)


def _parts(table: NumericPtable) -> Table:
    return table.ratios, table.starts, table.ub, table.v, table.interpolated


@compiled
def _flex(
    totals: Floats,
    top: Floats,
    u: Floats,
    dominated: NDArray[np.bool_],
    numbers: tuple[float, float, float, float, float, int, bool],
    epsilon: Floats,
    tables: tuple[Table, Table],
    noise: Floats,
) -> None:
    """Fill ``noise``; ``numbers`` are fp, p_small, p_large, mu_c, zs, q and whether the form is the published one."""
    published = numbers[6]
    for cell in range(totals.size):
        total = totals[cell]
        cut = published or abs(total) >= abs(top[0, cell])
        moved = 0.0
        for k in range(epsilon.size):
            left = abs(total + moved) if cut else np.inf
            step, small = _step(abs(top[k, cell]), left, epsilon[k], numbers)
            if left == 0.0 or step == 0.0 or (small and k > 0 and not published):
                continue
            v = _look_up(tables[1 if small else 0], left / step, u[k, cell])
            mu = numbers[3] if dominated[cell] and (k == 0 or published) else 0.0
            h = step * (mu + abs(v))
            if v < 0.0:
                h = -min(h, left)
            moved += -h if total < 0.0 else h
        noise[cell] = moved


@compiled
def _step(
    x: float, left: float, epsilon: float, numbers: tuple[float, float, float, float, float, int, bool]
) -> tuple[float, bool]:
    """The step of a contribution of size ``x`` where ``left`` of the total is left, and whether it is a small one."""
    fp, p_small, p_large, _, zs, q, published = numbers
    if np.isnan(x):
        return 0.0, False
    if x < zs:
        step, small = 1.0, True
    else:
        weight = 1.0 if published and x < fp else epsilon
        step, small = x * _magnification(x, fp, p_small, p_large, q) * weight, False
    if left < step:
        step = left
        if left / (p_small * epsilon) < zs:
            step, small = 1.0, True
    return step, small


@compiled
def _magnification(x: float, fp: float, p_small: float, p_large: float, q: int) -> float:
    """``magnification``; the power is multiplied out, so that every machine gives the same bits."""
    if x < fp:
        return p_small
    if fp == 0.0:
        return p_large
    power = 1.0
    for _ in range(q):
        power *= 2.0 * fp / (fp + x)
    return p_large * (1.0 + (p_small * x - p_large * fp) / (p_large * fp) * power)


@compiled
def _magnify(x: Floats, fp: float, p_small: float, p_large: float, q: int, shares: Floats) -> None:
    for place in range(x.size):
        shares[place] = _magnification(x[place], fp, p_small, p_large, q)


@compiled
def _look_up(table: Table, ratio: float, u: float) -> float:
    """The noise of a ratio: of its own block, of the block below, or between the two blocks around it."""
    ratios, interpolated = table[0], table[4]
    block = 0
    while block + 1 < ratios.size and ratios[block + 1] <= ratio:
        block += 1
    v = _row(table, block, u)
    if not interpolated or ratio <= ratios[block] or block == ratios.size - 1:
        return v
    share = (ratios[block + 1] - ratio) / (ratios[block + 1] - ratios[block])
    return float(share * v + (1.0 - share) * _row(table, block + 1, u))


@compiled
def _row(table: Table, block: int, u: float) -> float:
    """The noise of the first row of a block with ``u < ub``."""
    row = table[1][block]
    while u >= table[2][row]:
        row += 1
    return float(table[3][row])
