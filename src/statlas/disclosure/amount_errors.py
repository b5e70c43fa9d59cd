"""Standard errors of a survey's sums and means, of the design, with the noise of the sum they stand beside.

Of a sum they are those of a weighted count, each weight times its amount; of a mean those of a ratio::

    sqrt(scale Σ_r (X_r - X)²)          or  sqrt(Σ w(w - 1) x²)
    sqrt(scale Σ_r (X_r/W_r - X/W)²)    or  sqrt(Σ w(w - 1) (x - X/W)²) / W

Theory of operation.
In a cell with one large contribution x₁ the error of the sum is nearly w x₁ or a known multiple of it, and two figures
of that are closer than the noise of the largest contributions allows.
So an error is brought into the ratio Ŝ/X of the sum with its noise to the true one, of which n̂/n is the first part:
what is printed has the relative error of the records at the level of the printed sum, and tells that level no better.
Sums are whole numbers in which nothing was rounded, and become floats only after the whole part of the mean is taken
off: the mean of equal amounts has an error of exactly 0.
Source: Wolter (2007), Introduction to Variance Estimation, chapters 3 and 6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.sums import Contributions, scaled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Whole = NDArray[Any]
"""Whole numbers: int64, or Python's own where 64 bits may not hold them."""


def noise_ratio(raw: Contributions, perturbed_counts: Ints, perturbed_sums: Ints) -> Floats:
    """The ratio into which errors of sums are brought: Ŝ / X, without noise 1.

    It is ``|n̂/n + h / max(|X|, |x₁| + |x₂| + |x₃|)|``, which is Ŝ / X wherever no amount is negative, and stays in
    bounds where positive and negative amounts cancel.

    Args:
        raw: true numbers of the cells.
        perturbed_counts: int64, n̂, by which the sums were scaled.
        perturbed_sums: int64, Ŝ.

    Returns:
        float64 >= 0; 0 where n is 0.
    """
    n, shape = raw.counts, raw.sums.shape
    h = perturbed_sums - scaled(raw.sums, n, perturbed_counts)
    size = np.maximum(np.abs(raw.sums), np.abs(raw.top).sum(axis=0))
    of_count = np.divide(perturbed_counts, n, out=np.zeros(shape), where=n > 0)
    return np.asarray(np.abs(of_count + np.divide(h, size, out=np.zeros(shape), where=size > 0)))


def replicate_errors(totals: Whole, scale: float) -> Floats:
    """``sqrt(scale Σ_r (θ_r - θ)²)`` of whole numbers.

    Args:
        totals: (1 + n_replicates, ...), θ and then each θ_r.
        scale: of the method of replication.
    """
    distances = _floats(totals[1:] - totals[0])
    return np.asarray(np.sqrt(scale * (distances**2).sum(axis=0)))


def replicate_mean_errors(sums: Whole, weights: Whole, scale: float) -> Floats:
    """``sqrt(scale Σ_r (X_r/W_r - X/W)²)``; a replicate in which nobody has weight says nothing and is left out.

    Args:
        sums, weights: (1 + n_replicates, ...), X and W and then those of each replicate.

    Returns:
        float64 in units of X / W; 0 where W is 0.
    """
    rest = _quotients(sums - _whole_mean(sums[0], weights[0]) * weights, weights)
    distances = np.where(weights[1:] > 0, rest[1:] - rest[0], 0.0)
    return np.where(weights[0] > 0, np.sqrt(scale * (distances**2).sum(axis=0)), 0.0)


def grossing_errors(squares: Whole) -> Floats:
    """The root of sums of squares, whole numbers; 0 where weights below 1 make them negative."""
    return np.asarray(np.sqrt(np.maximum(_floats(squares), 0.0)))


def grossing_mean_errors(total: Whole, weight: Whole, squares: Whole) -> Floats:
    """``sqrt(Σ v (x - X/W)²) / W`` with v = w(w - 1), the linearised error of a ratio.

    Args:
        total, weight: X and W.
        squares: (3, ...) Σ v, Σ v x and Σ v x², Python's whole numbers.

    Returns:
        float64 in units of X / W; 0 where W is 0.
    """
    whole = _whole_mean(total, weight).astype(object)
    rest = _quotients(total - whole * weight, weight)
    plain, crossed, squared = squares
    about_whole = _floats(squared - 2 * whole * crossed + whole * whole * plain)
    variance = about_whole - 2 * rest * _floats(crossed - whole * plain)
    variance += rest**2 * _floats(plain)
    return _quotients(np.sqrt(np.maximum(variance, 0.0)), weight)


def _whole_mean(total: Whole, weight: Whole) -> Whole:
    """X / W downwards to a whole number; 0 where W is 0, since X is then."""
    return np.asarray(total // np.maximum(weight, 1))


def _quotients(values: Whole, weights: Whole) -> Floats:
    """Quotients as floats; 0 where a weight is."""
    of = _floats(weights)
    return np.divide(_floats(values), of, out=np.zeros(of.shape), where=of > 0)


def _floats(values: Whole | int) -> Floats:
    """Whole numbers as floats; without axes an array of Python's numbers gives one of them."""
    return np.asarray(values, dtype=np.float64)
