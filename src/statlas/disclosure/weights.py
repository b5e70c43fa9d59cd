"""Surveys: weighted counts with the noise of the count, and the standard errors of the design.

A weighted count takes part in the noise of its count, ``ŵ = n̂ W / n``, as a sum does; its standard error likewise.
Either the weighted count or the count is printed, never both, since their ratio would give n.
Source: Destatis' cellKey for the weighted count; Wolter (2007), Introduction to Variance Estimation, for replicates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statlas.disclosure.amount_errors import grossing_errors, replicate_errors
from statlas.disclosure.published_units import publish_sums, round_to_figures
from statlas.disclosure.sums import scaled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIGURES = 2
"""Significant figures of a standard error: arbitrary, what tables of official statistics print."""


def weighted_counts(weight_sums: Ints, counts: Ints, perturbed_counts: Ints) -> Ints:
    """Weighted counts with noise: the sum of weights times n̂ / n, rounded half to even, exact.

    Args:
        weight_sums: int64 of any shape, W, in units of 10**-precision of the weight.
        counts: int64 in that shape, n, records of the cell.
        perturbed_counts: int64 in that shape, n̂.

    Returns:
        int64 in the units of ``weight_sums``; 0 where n is 0.

    Raises:
        ValueError: shapes differ, or a number is out of range.
    """
    return scaled(weight_sums, counts, perturbed_counts)


def publish_weighted_counts(weighted: Ints, printed_counts: Ints, variance: ArrayLike, *, precision: int) -> Ints:
    """Weighted counts as they are printed: whole units of the population, or a power of ten just below their noise.

    Further digits would be those of W / n, and with the known weights of a survey they would give n.

    Args:
        weighted: int64, from ``weighted_counts``, in units of 10**-precision.
        printed_counts: int64 >= 0 that broadcasts, n̂; not printed itself.
        variance: >= 0 that broadcasts, V of n̂.
        precision: decimal places of the weight.

    Returns:
        int64, persons (or whatever is counted), no longer in units of the weight.
    """
    whole = 10**precision
    return np.asarray(publish_sums(weighted, printed_counts, variance, least=whole) // whole)


def replicate_standard_errors(
    totals: Ints, replicates: Ints, counts: Ints, perturbed_counts: Ints, *, scale: float, precision: int
) -> Floats:
    """Standard errors of the design from replicate weights: ``sqrt(scale Σ_r (θ_r - θ)²) n̂ / n``.

    Args:
        totals: int64 of any shape, θ, true sums under the weight, in units of 10**-precision.
        replicates: (n_replicates, ...) int64, θ_r, true sums under each replicate weight.
        counts, perturbed_counts: int64 in the shape of ``totals``, n and n̂.
        scale: of the method of replication; 1/R times a factor, as the survey's documentation says.
        precision: decimal places of the units.

    Returns:
        float64 in the shape of ``totals``, two significant figures; 0 where n is 0.
    """
    errors = replicate_errors(np.concatenate([totals[np.newaxis], replicates]), scale) / 10**precision
    return _printed(errors, counts, perturbed_counts)


def grossing_standard_errors(squares: Ints, counts: Ints, perturbed_counts: Ints, *, precision: int) -> Floats:
    """Standard errors where there are weights alone: ``sqrt(Σ w(w - 1)) n̂ / n``.

    It is that of a sample drawn unit by unit with probabilities 1/w (Poisson sampling), an upper bound for most designs
    without clusters; weights below 1 count against it, and it is 0 rather than the root of a negative number.

    Args:
        squares: int64 of any shape, Σ w(w - 1) of the true records, in units of 10**-precision.
        counts, perturbed_counts: int64 in that shape, n and n̂.
        precision: decimal places of the weight.

    Returns:
        float64 in that shape, two significant figures; 0 where n is 0.
    """
    errors = grossing_errors(squares) / np.sqrt(10.0**precision)
    return _printed(errors, counts, perturbed_counts)


def _printed(errors: Floats, counts: Ints, perturbed_counts: Ints) -> Floats:
    """True errors in the ratio of the perturbed count to the count, to two figures."""
    ratio = np.divide(perturbed_counts, counts, out=np.zeros(errors.shape), where=counts > 0)
    return round_to_figures(errors * ratio, FIGURES)
