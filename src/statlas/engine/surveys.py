"""Weighted counts and design standard errors of a survey's cells, in the ratio of perturbed numbers to the true ones.

Under an open policy the two are the same, and so everything is exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.amount_errors import (
    grossing_errors,
    grossing_mean_errors,
    noise_ratio,
    replicate_errors,
    replicate_mean_errors,
)
from statlas.disclosure.cubes import DesignErrors
from statlas.disclosure.published_units import round_to_figures
from statlas.disclosure.weights import grossing_standard_errors, replicate_standard_errors, weighted_counts
from statlas.engine.raw import RawCube, RawMeasure
from statlas.engine.replicates import DesignSums
from statlas.model.database import Weight


def cell_weights(raw: RawCube, perturbed_counts: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The weight of each cell's records, in units of 10**-precision; None where nothing is weighted."""
    return None if raw.weights is None else weighted_counts(raw.weights[0], raw.counts, perturbed_counts)


def design_errors(
    raw: RawCube, perturbed_counts: NDArray[np.int64], weight: Weight | None
) -> NDArray[np.float64] | None:
    """The standard error of each weighted count: from replicates where there are some, else from the weights alone."""
    if weight is None or raw.weights is None or raw.squares is None:
        return None
    if not weight.replicates:
        return grossing_standard_errors(raw.squares, raw.counts, perturbed_counts, precision=weight.precision)
    return replicate_standard_errors(
        raw.weights[0],
        raw.weights[1:],
        raw.counts,
        perturbed_counts,
        scale=weight.scale,
        precision=weight.precision,
    )


def measure_weights(
    found: RawMeasure, design: DesignSums | None, perturbed_counts: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The weight of the records with an amount, in units of 10**-precision; None where nothing is weighted."""
    return (
        None if design is None else weighted_counts(design.weights[0].astype(np.int64), found.counts, perturbed_counts)
    )


def measure_errors(
    found: RawMeasure,
    design: DesignSums | None,
    weight: Weight | None,
    perturbed_counts: NDArray[np.int64],
    perturbed_sums: NDArray[np.int64],
) -> DesignErrors | None:
    """The standard errors of the sums and means of a measure, and of the weight of the records with an amount.

    Args:
        perturbed_counts: by which the sums and weights are scaled.
        perturbed_sums: the sums with all their noise.
    """
    if design is None or weight is None:
        return None
    sums, means, weights = _true_errors(design, weight)
    of_sum = noise_ratio(found, perturbed_counts, perturbed_sums)
    of_count = np.divide(perturbed_counts, found.counts, out=np.zeros(sums.shape), where=found.counts > 0)
    # Of the noise of a sum a mean keeps what the noise of the count has not brought.
    of_mean = np.divide(of_sum, of_count, out=np.zeros(sums.shape), where=of_count > 0)
    return DesignErrors(*(round_to_figures(part) for part in (sums * of_sum, means * of_mean, weights * of_count)))


def _true_errors(design: DesignSums, weight: Weight) -> tuple[NDArray[np.float64], ...]:
    """Of sums and means in units of the measure's precision, of weights in whole units."""
    one = 10**weight.precision
    if design.squares is None:
        return (
            replicate_errors(design.sums, weight.scale) / one,
            replicate_mean_errors(design.sums, design.weights, weight.scale),
            replicate_errors(design.weights, weight.scale) / one,
        )
    return (
        grossing_errors(design.squares[2]) / one,
        grossing_mean_errors(design.sums[0], design.weights[0], design.squares),
        grossing_errors(design.squares[0]) / one,
    )
