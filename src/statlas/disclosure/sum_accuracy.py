"""How exact a printed sum or mean is: the public standard deviation of its noise.

Everything here is a function of printed numbers and of public parameters.
The noise of a sum has three parts: that of its count, ``|S| sqrt(V) / n̂``; that of its K largest contributions; and
rounding to its unit u, ``u / sqrt(12)``.
The second depends on contributions that nobody may know.
Its bound takes all K of them to be as large as the largest amount that the measure can have, where a definition says
so; otherwise as large as the mean, and then it is the figure of a cell in which all amounts are alike, not a bound.

A mean divides by the printed count, so the noise of the count cancels and only the other two parts are left.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statlas.disclosure.magnitude import FlexParameters, magnifications
from statlas.disclosure.published_units import mean_units, round_to_figures, sum_units

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# The standard deviation of rounding to a unit, as a share of it.
OF_UNIT: Final = 1 / math.sqrt(12)


def sum_noise_sd(
    sums: Ints,
    printed_counts: Ints,
    variance: ArrayLike,
    flex: FlexParameters,
    *,
    n_cells: ArrayLike = 1,
    largest: int | None = None,
) -> Floats:
    """The standard deviation of the noise of printed sums, to two significant figures.

    Args:
        sums: int64, printed sums.
        printed_counts: int64 >= 0 that broadcasts, n̂.
        variance: that broadcasts, V of n̂; m V for a group of m cells.
        flex: the parameters of the measure's noise.
        n_cells: that broadcasts, m.
        largest: the largest amount that the measure can have, a public figure; None takes the printed mean.

    Returns:
        float64 in units of the measure; 0 where n̂ is 0.
    """
    size, n = np.abs(sums).astype(np.float64), np.asarray(printed_counts, np.float64)
    mean = np.divide(size, n, out=np.zeros(np.broadcast(size, n).shape), where=n > 0)
    of_count = mean * np.sqrt(np.asarray(variance, np.float64))
    of_largest = _of_largest(mean, flex, largest) * np.sqrt(np.asarray(n_cells, np.float64))
    units = sum_units(sums, printed_counts, variance)
    # A sum stands in the measure's own unit already.
    rounding = np.where(units > 1, units * OF_UNIT, 0.0)
    return round_to_figures(np.where(n > 0, np.sqrt(of_count**2 + of_largest**2 + rounding**2), 0.0))


def mean_noise_sd(
    sums: Ints,
    printed_counts: Ints,
    variance: ArrayLike,
    flex: FlexParameters,
    *,
    n_cells: ArrayLike = 1,
    largest: int | None = None,
) -> Floats:
    """The standard deviation of the noise of printed means, to two significant figures; as ``sum_noise_sd``.

    The mean of a group of cells keeps some noise of its counts, at most ``|mean| sqrt(m V) / n̂``, where their means
    differ; this is added where m is above 1.
    """
    size, n = np.abs(sums).astype(np.float64), np.asarray(printed_counts, np.float64)
    some, at_least_one = n > 0, np.maximum(n, 1.0)
    mean, m = np.where(some, size / at_least_one, 0.0), np.asarray(n_cells, np.float64)
    of_count = np.where(m > 1, mean * np.sqrt(np.asarray(variance, np.float64)), 0.0) / at_least_one
    of_largest = _of_largest(mean, flex, largest) * np.sqrt(m) / at_least_one
    rounding = mean_units(sums, printed_counts, variance) * OF_UNIT
    return round_to_figures(np.where(some, np.sqrt(of_count**2 + of_largest**2 + rounding**2), 0.0))


def _of_largest(mean: Floats, flex: FlexParameters, largest: int | None) -> Floats:
    """The sd of the noise of K contributions, each as large as told."""
    x = mean if largest is None else np.full(mean.shape, float(largest))
    return x * magnifications(x, flex) * math.hypot(*flex.epsilon) * math.sqrt(flex.table.V)
