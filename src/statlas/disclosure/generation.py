"""Making a perturbation table: for every small true count the noise of greatest entropy within D, V, js.

Rows are solved for the true counts 1..D (js = 0) or 1..D+js+1; the last one is symmetric and serves every larger
count.
Source: Giessing (2016), PSD, LNCS 9867; Marley and Leaver (2011).
Details that no paper fixes (how a missed variance is retried, what is rounded) follow the ptable package 1.0.0 of
Destatis as its results show them, so that our tables equal its tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.entropy import Constraints, max_entropy
from statlas.disclosure.ptable import MAX_D, Ptable, misses_variance
from statlas.errors import InfeasibleTableError

T = TypeVar("T", float, bool)

# No outcome within D is impossible: the smallest probability, of ptable 1.0.0.
LEAST_P: Final = 1e-8
# A row that misses V is solved again with p(0) allowed to be this much smaller, up to N_TRIES times (ptable 1.0.0).
RETRY_STEP: Final = 0.05
N_TRIES: Final = 20


def make_ptable(
    D: int,
    V: float,
    js: int = 0,
    *,
    pstay: float | Sequence[float] | None = None,
    mono: bool | Sequence[bool] | None = None,
) -> Ptable:
    """The perturbation table of greatest entropy.

    For each true count i, over the targets ``j`` in max(i-D, 0)..i+D without 1..js, with ``v = j - i``::

        minimise  sum p log p   subject to
        sum p = 1,  sum v p = 0,  sum v^2 p <= V,  p >= 1e-8,  p(v=0) >= pstay,
        mono: p rises with v up to v = 0 (in rows above js)

    Args:
        D: largest noise in size, 1..100.
        V: largest variance of the noise, > 0.
        js: largest positive count that may not be printed by noise, >= 0.
        pstay: least probability of no noise, in [0, 1); one number, or one for each row; None for no bound.
        mono: whether probabilities rise towards v = 0 from the left; one answer, or one for each row; None is True.

    Returns:
        The table, with bounds rounded to 8 digits and p their differences.
        Rows where even the distribution of greatest entropy has less variance than V are kept;
        ``Ptable.rows_below_variance`` lists them.

    Raises:
        InfeasibleTableError: no table satisfies the settings; says which constraint cannot hold.
    """
    _refuse_impossible(D, V, js)
    n_rows = D if js == 0 else D + js + 1
    least_stays = _one_per_row("pstay", LEAST_P if pstay is None else pstay, n_rows)
    rising = _one_per_row("mono", mono is None or mono, n_rows)
    _refuse_stays(least_stays)
    settings = zip(range(1, n_rows + 1), least_stays, rising, strict=True)
    blocks = [_Row(i, D, V, js, mono=mono).solved(least_stay) for i, least_stay, mono in settings]
    return Ptable.from_blocks(D, V, js, [(np.zeros(1, np.int64), np.ones(1)), *blocks])


class _Row:
    """The problem of one true count."""

    def __init__(self, i: int, D: int, V: float, js: int, *, mono: bool) -> None:
        self.i, self.V, self.js = i, V, js
        targets = [j for j in range(max(i - D, 0), i + D + 1) if not 1 <= j <= js]
        self.v = np.array(targets, np.int64) - i
        self.mono = mono and i > js

    def solved(self, least_stay: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Noise and probabilities; p(0) is let down step by step where V is missed otherwise."""
        p = self._probabilities(least_stay)
        for _ in range(1, N_TRIES):
            settled = self.i <= self.js or least_stay <= LEAST_P
            if settled or not misses_variance(float(self.v**2 @ p), self.V):
                break
            least_stay -= RETRY_STEP
            p = self._probabilities(least_stay)
        return self.v, p

    def _probabilities(self, least_stay: float) -> NDArray[np.float64]:
        p = max_entropy(self.constraints(max(least_stay, LEAST_P)))
        if p is None:
            raise InfeasibleTableError(
                f"No noise for the true count {self.i} satisfies all constraints at once.",
                mend="Raise V or D, or lower js or pstay.",
                row=self.i,
            )
        return p

    def constraints(self, least_stay: float) -> Constraints:
        """Those of the row, where no noise is at least this probable."""
        return row_constraints(self.v, self.V, np.where(self.v == 0, least_stay, LEAST_P), mono=self.mono)


def row_constraints(
    v: NDArray[np.int64] | NDArray[np.float64], V: float, least_p: NDArray[np.float64], *, mono: bool
) -> Constraints:
    """Sum and mean as equalities; variance, monotony up to v = 0 and least probabilities as inequalities."""
    k = len(v)
    left = np.flatnonzero(v < 0) if mono else np.empty(0, np.int64)
    rise = np.zeros((len(left), k))
    rise[np.arange(len(left)), left] = 1.0
    rise[np.arange(len(left)), left + 1] = -1.0
    return Constraints(
        A=np.stack([np.ones(k), v.astype(np.float64)]),
        b=np.array([1.0, 0.0]),
        G=np.vstack([v.astype(np.float64) ** 2, rise, -np.eye(k)]),
        h=np.concatenate([[V], np.zeros(len(left)), -least_p]),
    )


def _refuse_impossible(D: int, V: float, js: int) -> None:
    """Refuse what no row could satisfy, with the reason in closed form."""
    if not 1 <= D <= MAX_D:
        raise InfeasibleTableError(
            f"D is {D}.", mend=f"The largest noise is a whole number from 1 to {MAX_D}.", row=None
        )
    if not (math.isfinite(V) and V > 0):
        raise InfeasibleTableError(f"V is {V:g}.", mend="The variance of the noise is a positive number.", row=None)
    if js < 0:
        raise InfeasibleTableError(f"js is {js}.", mend="The largest forbidden count is 0 (none) or more.", row=None)
    if 0 < js >= D:
        # A count of js + 1 could only stay or grow, and a mean of zero leaves it no noise at all.
        raise InfeasibleTableError(
            f"Noise of at most D={D} cannot jump over the forbidden counts 1 to js={js} with mean zero.",
            mend=f"Raise D to at least {js + 1}, or lower js.",
            row=js + 1,
        )
    _refuse_small_variance(V, js)


def _refuse_small_variance(V: float, js: int) -> None:
    """A count i <= js must leave: to 0 (i down) or to js + 1 and above, with mean zero.

    The least variance is that of the nearest two targets, ``i * (js + 1 - i)``, and other targets need a little more.
    """
    i = (js + 1) // 2
    least = i * (js + 1 - i)
    if least >= V:
        raise InfeasibleTableError(
            f"The true count {i} may only become 0 or {js + 1} and more (js={js}): with mean zero its noise has a "
            f"variance above {least}, and V is {V:g}.",
            mend=f"Raise V above {least}, or lower js.",
            row=i,
        )


def _refuse_stays(least_stays: Sequence[float]) -> None:
    for i, stay in enumerate(least_stays, start=1):
        if not 0 <= stay < 1:
            raise InfeasibleTableError(
                f"pstay is {stay:g} for the true count {i}.",
                mend="The least probability of no noise is a number from 0 to below 1.",
                row=i,
            )


def _one_per_row(name: str, setting: T | Sequence[T], n_rows: int) -> list[T]:
    """One value for each solved row: a single one stands for all."""
    values = list(setting) if isinstance(setting, Sequence) else [setting]
    if len(values) not in (1, n_rows):
        raise InfeasibleTableError(
            f"{name} has {len(values)} values; this table has {n_rows} rows (true counts 1 to {n_rows}).",
            mend=f"Give one value, or {n_rows}.",
            row=None,
        )
    return values * n_rows if len(values) == 1 else values
