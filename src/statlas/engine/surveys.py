"""Weighted counts and design standard errors of a survey's cells, in the ratio of the perturbed count to the true one.

Under an open policy the two counts are the same, and so everything is exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.weights import grossing_standard_errors, replicate_standard_errors, weighted_counts
from statlas.engine.raw import RawCube
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
