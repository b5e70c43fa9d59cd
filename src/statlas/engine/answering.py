"""From the printed cells of a plan to the numbers of its answer: counts, sums and means, rounded once, last.

Rules of the room: everything here is a function of printed numbers and of the plan (decisions page, D3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import groups
from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.percentiles import percentile_of_bands
from statlas.disclosure.policy import Policy
from statlas.disclosure.published_units import publish_means, publish_sums, round_to_figures
from statlas.disclosure.sum_accuracy import mean_noise_sd, sum_noise_sd
from statlas.disclosure.sums import sum_noise
from statlas.engine.bands import band_axis
from statlas.engine.grouping import Grouping
from statlas.engine.measures import MEAN, MEDIAN, SUM, Asked
from statlas.engine.plan import Plan
from statlas.model.cells import CellFlag, CellStatus
from statlas.model.cube import CubeMeasure
from statlas.model.database import Database, Measure


@dataclass(frozen=True, eq=False)
class ExactPercentiles:
    """Percentiles of open data at every item: values of each of ``ps``, and how many records have an amount."""

    ps: tuple[int, ...]
    values: NDArray[np.int64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PrintedTables:
    """All that the numbers of an answer are made of: printed cells of each period at official nodes.

    cells: for each period, at the nodes of the plan.
    bands: for each measure of which a percentile is asked, for each period, with its bands as the last axis.
    exact: percentiles under an open policy, by measure id.
    """

    cells: Mapping[str, PublicCube]
    bands: Mapping[str, Mapping[str, PublicCube]] = field(default_factory=dict)
    exact: Mapping[str, ExactPercentiles] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Numbers:
    """One number of every item: date items along the first axis, then the items of each axis of the plan.

    values: int64 counts, or float64 in the unit of the measure.
    """

    values: NDArray[np.int64] | NDArray[np.float64]
    status: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    sd: NDArray[np.float64]


def answer(plan: Plan, tables: PrintedTables, policy: Policy) -> tuple[CubeMeasure, ...]:
    """Every number asked, in the layout of the query, from printed cells alone."""
    grouping = Grouping(plan, policy)
    return tuple(_cube_measure(grouping, asked, _numbers(grouping, tables, asked)) for asked in plan.asked)


def _numbers(grouping: Grouping, tables: PrintedTables, asked: Asked) -> Numbers:
    if asked.measure is None:
        return _counts(grouping, tables)
    if asked.percentile is not None:
        read = _exact_percentiles if grouping.policy.open else _percentiles
        return read(grouping, tables, asked.measure, asked.percentile)
    return _amounts(grouping, tables, asked.measure, mean=asked.statistic == MEAN)


def _counts(grouping: Grouping, tables: PrintedTables) -> Numbers:
    sums = grouping.records(tables.cells)
    printed, flags = groups.finish(sums, grouping.derived(), threshold=grouping.threshold)
    return Numbers(printed.values, printed.status, flags, np.round(grouping.count_sd(), 1))


def _amounts(grouping: Grouping, tables: PrintedTables, measure: Measure, *, mean: bool) -> Numbers:
    printed = {period: cube.measures[measure.id] for period, cube in tables.cells.items()}
    found = grouping.amounts(
        {period: one.sums for period, one in printed.items()},
        {period: one.records or tables.cells[period] for period, one in printed.items()},
        n_min=grouping.n_min,
    )
    n = np.rint(found.records.values).astype(np.int64)
    status = _of_means(found.status, n) if mean else found.status
    sums = np.where(status == CellStatus.SHOWN, found.values, 0)
    publish, noise = (publish_means, mean_noise_sd) if mean else (publish_sums, sum_noise_sd)
    variance = grouping.count_variance()
    values, sd = publish(sums, n, variance), np.zeros(sums.shape)
    if not grouping.policy.open:
        sd = noise(sums, n, variance, sum_noise(measure.flex_point), n_cells=grouping.n_parts())
    flags = _flags(grouping, status, found.imputed, found.records.values)
    return _in_units(measure, values, sd, status, flags)


def _percentiles(grouping: Grouping, tables: PrintedTables, measure: Measure, percentile: int) -> Numbers:
    axis = band_axis(measure)
    sums = grouping.records(tables.bands[measure.id])
    bands = groups.contributions(sums, axis.axis.axis, sums.values.ndim - 1, threshold=grouping.threshold)
    found = percentile_of_bands(bands.values[axis.bands], axis.edges, percentile)
    given, _ = groups.finish(sums.at(axis.given), grouping.derived(), threshold=grouping.threshold)
    enough = found.inside & (given.values >= grouping.n_min)
    status = _of_means(_where(enough, given.status), given.values)
    imputed, total = bands.imputed[axis.bands].sum(axis=0), bands.values[axis.bands].sum(axis=0)
    flags = _flags(grouping, status, imputed, total)
    return _in_units(measure, found.values, round_to_figures(grouping.count_sd() * found.spread), status, flags)


def _exact_percentiles(grouping: Grouping, tables: PrintedTables, measure: Measure, percentile: int) -> Numbers:
    exact = tables.exact[measure.id]
    values = exact.values[exact.ps.index(percentile)]
    late = [any(period < measure.available_from for period in date) for date in grouping.plan.periods]
    status = _of_means(grouping.records(tables.cells).status, exact.counts)
    status[np.array(late)] = CellStatus.NOT_AVAILABLE
    flags = _flags(grouping, status, np.zeros(values.shape), exact.counts.astype(np.float64))
    return _in_units(measure, values, np.zeros(values.shape), status, flags)


def _where(enough: NDArray[np.bool_], status: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.where((status == CellStatus.SHOWN) & ~enough, CellStatus.LOW, status).astype(np.uint8)


def _flags(
    grouping: Grouping, status: NDArray[np.uint8], imputed: NDArray[np.float64], whole: NDArray[np.float64]
) -> NDArray[np.uint8]:
    unreliable = (status == CellStatus.SHOWN) & (imputed > groups.UNRELIABLE_SHARE * whole)
    return np.asarray(grouping.derived() * CellFlag.DERIVED + unreliable * CellFlag.UNRELIABLE).astype(np.uint8)


def _in_units(
    measure: Measure,
    values: NDArray[np.int64],
    sd: NDArray[np.float64],
    status: NDArray[np.uint8],
    flags: NDArray[np.uint8],
) -> Numbers:
    """Numbers of the smallest unit in units of the measure, and nothing where nothing is printed."""
    shown, scale = status == CellStatus.SHOWN, 10**measure.precision
    return Numbers(np.where(shown, values / scale, 0.0), status, flags, np.where(shown, sd / scale, 0.0))


def _of_means(status: NDArray[np.uint8], n: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The status of means: nobody has none, so none is available where there are no records for certain."""
    nobody = (status == CellStatus.STRUCTURAL_ZERO) | ((status == CellStatus.SHOWN) & (n == 0))
    return np.where(nobody, CellStatus.NOT_AVAILABLE, status).astype(np.uint8)


def _cube_measure(grouping: Grouping, asked: Asked, numbers: Numbers) -> CubeMeasure:
    database, measure = grouping.plan.database, asked.measure
    return CubeMeasure(
        id=asked.id,
        label=label_of(database, asked),
        statistic=asked.statistic,
        unit=measure.unit if measure else database.records.unit,
        precision=measure.precision if measure else 0,
        values=grouping.laid_out(numbers.values),
        status=grouping.laid_out(numbers.status),
        flags=grouping.laid_out(numbers.flags),
        sd=grouping.laid_out(numbers.sd),
    )


def label_of(database: Database, asked: Asked) -> str:
    """*Housing Benefit Claimants*, *Mean of Weekly Award Amount*, *30th percentile of Weekly rent*."""
    if asked.measure is None:
        return database.records.label
    words = {SUM: "Sum", MEAN: "Mean", MEDIAN: "Median"}.get(asked.statistic) or f"{_ordinal(asked)} percentile"
    return f"{words} of {asked.measure.label}"


def _ordinal(asked: Asked) -> str:
    n = asked.percentile or 0
    ending = "th" if n // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
