"""Units of publication: how many digits of a sum and of a mean are printed.  Everything that rounds them lives here.

A digit below the noise says nothing about the cell and much about its records, so a sum is printed in units of a power
of ten just below the standard deviation of its noise, and a mean likewise::

    max(least unit, 10^floor(log10(|S| sqrt(V) / n̂)))        and |mean| in the place of |S|

No logarithm is taken: the power is found among exact powers of ten, so every machine gives the same unit.
All sums are whole numbers of the measure's smallest unit, 10^-precision; the variance V is that of the printed count
n̂, m V for a group of m cells, m² V where the cells are the same people in m periods.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Both exact: 64 bits hold ten to the eighteenth, doubles hold powers of ten up to the twenty-second.
POWERS: Final = 10 ** np.arange(19, dtype=np.int64)
_POWERS: Final = POWERS.astype(np.float64)
# Numerators and denominators stay below it.
MAX_VALUE: Final = 2.0**62


def sum_units(sums: Ints, printed_counts: Ints, variance: ArrayLike, *, least: int = 1) -> Ints:
    """The unit in which each sum is printed: ``max(least, 10^floor(log10(|S| sqrt(V) / n̂)))``.

    Args:
        sums: int64, Ŝ, in the measure's smallest unit.
        printed_counts: int64 >= 0 that broadcasts, n̂.
        variance: >= 0 that broadcasts, V of the printed count; 0 under an open policy.
        least: the smallest unit of all, a power of ten.

    Returns:
        int64 powers of ten; ``least`` where n̂ is 0.
        Exact wherever |S| sqrt(V) is below 2^53 and sqrt(V) is a double; otherwise that of the nearest double.
    """
    spread = np.abs(sums).astype(np.float64) * np.sqrt(np.asarray(variance, np.float64))
    return np.maximum(_power_below(spread, np.asarray(printed_counts, np.float64)), least)


def mean_units(sums: Ints, printed_counts: Ints, variance: ArrayLike, *, decimals: int = 0) -> Ints:
    """The unit in which each mean is printed: ``max(1, 10^floor(log10(|mean| sqrt(V) / n̂)))``.

    Args:
        sums, printed_counts, variance: as for ``sum_units``.
        decimals: the smallest unit of a mean is 10^-decimals of that of the sum.

    Returns:
        int64 powers of ten, in units of 10^-decimals of the sum's.
    """
    spread = np.abs(sums).astype(np.float64) * _POWERS[decimals] * np.sqrt(np.asarray(variance, np.float64))
    return _power_below(spread, np.asarray(printed_counts, np.float64) ** 2)


def publish_sums(sums: Ints, printed_counts: Ints, variance: ArrayLike, *, least: int = 1) -> Ints:
    """Sums as they are printed: Ŝ rounded half to even to its unit, in the measure's smallest unit.

    Raises:
        ValueError: a sum is 2^62 or more.
    """
    return _round_quotient(sums, np.ones((), np.int64), sum_units(sums, printed_counts, variance, least=least))


def publish_means(sums: Ints, printed_counts: Ints, variance: ArrayLike, *, decimals: int = 0) -> Ints:
    """Means as they are printed: Ŝ / n̂ rounded half to even to its unit, once.

    Args:
        sums: int64, Ŝ with its noise and not rounded.
        printed_counts, variance: as for ``sum_units``.
        decimals: further decimals that a mean may have, for measures in whole numbers.

    Returns:
        int64 in units of 10^-decimals of the sum's; 0 where n̂ is 0.

    Raises:
        ValueError: a sum is too large.
    """
    if _largest(sums) * _POWERS[decimals] >= MAX_VALUE:
        raise ValueError("a sum is too large for its mean")
    n = np.broadcast_to(printed_counts, sums.shape)
    units = mean_units(sums, n, variance, decimals=decimals)
    means = _round_quotient(sums * POWERS[decimals], np.maximum(n, 1), units)
    return np.where(n > 0, means, 0)


def round_to_figures(values: Floats, figures: int = 2) -> Floats:
    """Values >= 0 rounded half to even to so many significant figures, each the double nearest to its decimal text."""
    texts = [f"{value:.{figures - 1}e}" for value in values.reshape(-1).tolist()]
    return np.array(texts, np.float64).reshape(values.shape)


def _power_below(numerator: Floats, denominator: Floats) -> Ints:
    """The largest power of ten not above a quotient, at least 1; 1 where the denominator is 0."""
    quotient = np.divide(
        numerator, denominator, out=np.zeros(np.broadcast(numerator, denominator).shape), where=denominator > 0
    )
    return POWERS[np.maximum(np.searchsorted(_POWERS, quotient, side="right") - 1, 0)]


def _round_quotient(values: Ints, divisor: Ints, units: Ints) -> Ints:
    """``values / divisor`` rounded half to even to a multiple of ``units``, in whole numbers throughout."""
    size = max(_largest(values), _largest(divisor * units.astype(np.float64)))
    if size >= MAX_VALUE:
        raise ValueError("a number is too large to be rounded in 64 bits")
    by = divisor * units
    whole, over = np.divmod(np.abs(values), by)
    up = (2 * over > by) | ((2 * over == by) & (whole % 2 == 1))
    return np.asarray(np.sign(values) * (whole + up) * units)


def _largest(values: Ints | Floats) -> float:
    return float(np.abs(values.astype(np.float64)).max(initial=0.0))
