"""Percentiles of every item: read from printed bands, or exact under an open policy (decisions page, D6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import amounts, groups
from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.percentiles import percentile_of_bands
from statlas.disclosure.published_units import round_to_figures
from statlas.engine.bands import band_axis
from statlas.engine.grouping import Grouping
from statlas.engine.numbers import Numbers, flags_of, in_units, mean_status
from statlas.model.cells import CellStatus
from statlas.model.database import Measure, Weight


@dataclass(frozen=True, eq=False)
class ExactPercentiles:
    """Percentiles of open data at every item: values of each of ``ps``, and how many records have an amount."""

    ps: tuple[int, ...]
    values: NDArray[np.int64]
    counts: NDArray[np.int64]


def read_percentiles(grouping: Grouping, bands: Mapping[str, PublicCube], measure: Measure, percentile: int) -> Numbers:
    """A percentile from what is printed of the bands, the last axis of each period's cells."""
    axis = band_axis(measure)
    sums = grouping.records(bands)
    last = sums.values.ndim - 1
    added = groups.contributions(sums, axis.axis.axis, last, threshold=grouping.threshold)
    given, _ = groups.finish(sums.at(axis.given), grouping.derived(), threshold=grouping.threshold)
    weight = grouping.plan.database.weight
    counted, per_record = added.values, np.ones(given.values.shape)
    if weight is not None:
        counted, per_record = _weighed(grouping, bands, measure, weight, given.values)
    found = percentile_of_bands(counted[axis.bands], axis.edges, percentile)
    enough = found.inside & (given.values >= grouping.n_min)
    low = (given.status == CellStatus.SHOWN) & ~enough
    status = mean_status(np.where(low, CellStatus.LOW, given.status).astype(np.uint8), given.values)
    imputed, whole = added.imputed[axis.bands].sum(axis=0), added.values[axis.bands].sum(axis=0)
    sd = round_to_figures(grouping.count_sd() * per_record * found.spread)
    return in_units(measure, found.values, sd, status, flags_of(grouping, status, imputed, whole))


def _weighed(
    grouping: Grouping, bands: Mapping[str, PublicCube], measure: Measure, weight: Weight, n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each band counts in a survey, with the bands first; and what one record counts on average."""
    axis = band_axis(measure)
    found = grouping.weights(bands)
    added = amounts.contributions(found, axis.axis.axis, found.values.ndim - 1, threshold=grouping.threshold)
    counted = added / 10**weight.precision
    return counted, counted[axis.given] / np.maximum(n, 1)


def exact_percentiles(
    grouping: Grouping, cells: Mapping[str, PublicCube], exact: ExactPercentiles, measure: Measure, percentile: int
) -> Numbers:
    """A percentile of open data, from the records themselves."""
    values = exact.values[exact.ps.index(percentile)]
    status = mean_status(grouping.records(cells).status, exact.counts)
    late = [any(period < measure.available_from for period in date) for date in grouping.plan.periods]
    status[np.array(late)] = CellStatus.NOT_AVAILABLE
    flags = flags_of(grouping, status, np.zeros(values.shape), exact.counts.astype(np.float64))
    return in_units(measure, values, np.zeros(values.shape), status, flags)
