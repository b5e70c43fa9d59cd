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
from statlas.engine.bands import BandAxis, band_axis
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


@dataclass(frozen=True, eq=False)
class PrintedBands:
    """What the bands of a measure count in every item, from printed cells alone; every percentile is read from it.

    counted: (n_bands, ...) float64, printed numbers, or weights, of the bands and shares of hidden ones.
    n: printed number of records with an amount; status: whether it is printed.
    imputed: share of the counted records that hidden bands stand for.
    sd: standard deviation of the noise of a band, in what it counts.
    """

    counted: NDArray[np.float64]
    n: NDArray[np.int64]
    status: NDArray[np.uint8]
    imputed: NDArray[np.float64]
    sd: NDArray[np.float64]


def printed_bands(grouping: Grouping, cells: Mapping[str, PublicCube], measure: Measure) -> PrintedBands:
    """The bands of every item.

    Args:
        cells: printed cells of each period, with the bands of the measure as the last axis.
    """
    axis = band_axis(measure)
    sums = grouping.records(cells)
    last = sums.values.ndim - 1
    added = groups.contributions(sums, axis.axis.axis, last, threshold=grouping.threshold)
    given, _ = groups.finish(sums.at(axis.given), grouping.derived(), threshold=grouping.threshold)
    imputed, whole = added.imputed[axis.bands].sum(axis=0), added.values[axis.bands].sum(axis=0)
    share = np.divide(imputed, whole, out=np.zeros(whole.shape), where=whole > 0)
    counted, sd = added.values, grouping.count_sd()
    if grouping.plan.database.weight is not None:
        counted = _weighed(grouping, cells, axis, grouping.plan.database.weight)
        sd = sd * counted[axis.given] / np.maximum(given.values, 1)
    return PrintedBands(counted[axis.bands], given.values, given.status, share, sd)


def _weighed(
    grouping: Grouping, cells: Mapping[str, PublicCube], axis: BandAxis, weight: Weight
) -> NDArray[np.float64]:
    """What each node of the bands' axis counts in a survey, with that axis first."""
    found = grouping.weights(cells)
    added = amounts.contributions(found, axis.axis.axis, found.values.ndim - 1, threshold=grouping.threshold)
    return np.asarray(added / 10**weight.precision)


def read_percentile(grouping: Grouping, bands: PrintedBands, measure: Measure, percentile: int) -> Numbers:
    """A percentile of every item from what its bands count."""
    found = percentile_of_bands(bands.counted, band_axis(measure).edges, percentile)
    low = (bands.status == CellStatus.SHOWN) & ~(found.inside & (bands.n >= grouping.n_min))
    status = mean_status(np.where(low, CellStatus.LOW, bands.status).astype(np.uint8), bands.n)
    flags = flags_of(grouping, status, bands.imputed, np.ones(status.shape))
    return in_units(measure, found.values, round_to_figures(bands.sd * found.spread), status, flags)


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
