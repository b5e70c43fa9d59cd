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
from statlas.disclosure.policy import Policy
from statlas.disclosure.published_units import publish_means, publish_sums, round_to_figures
from statlas.disclosure.sum_accuracy import mean_noise_sd, sum_noise_sd
from statlas.disclosure.sums import sum_noise
from statlas.disclosure.weights import publish_weighted_counts
from statlas.engine.group_errors import count_errors, mean_errors, sum_errors
from statlas.engine.grouping import Grouping
from statlas.engine.measures import MEAN, MEDIAN, SUM, Asked
from statlas.engine.numbers import Numbers, flags_of, in_units, mean_status
from statlas.engine.percentile_numbers import (
    ExactPercentiles,
    PrintedBands,
    exact_percentiles,
    printed_bands,
    read_percentile,
)
from statlas.engine.plan import Plan
from statlas.model.cells import CellStatus
from statlas.model.cube import CubeMeasure
from statlas.model.database import Database, Measure


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


def answer(plan: Plan, tables: PrintedTables, policy: Policy) -> tuple[CubeMeasure, ...]:
    """Every number asked, in the layout of the query, from printed cells alone."""
    grouping = Grouping(plan, policy)
    measures = {one.measure.id: one.measure for one in plan.asked if one.measure}
    bands = {name: printed_bands(grouping, cells, measures[name]) for name, cells in tables.bands.items()}
    return tuple(_cube_measure(grouping, asked, _numbers(grouping, tables, bands, asked)) for asked in plan.asked)


def _numbers(grouping: Grouping, tables: PrintedTables, bands: Mapping[str, PrintedBands], asked: Asked) -> Numbers:
    measure, percentile = asked.measure, asked.percentile
    if measure is None:
        return _counts(grouping, tables.cells)
    if percentile is None:
        return _amounts(grouping, tables.cells, measure, mean=asked.statistic == MEAN)
    if grouping.policy.open:
        return exact_percentiles(grouping, tables.cells, tables.exact[measure.id], measure, percentile)
    return read_percentile(grouping, bands[measure.id], measure, percentile)


def _counts(grouping: Grouping, cells: Mapping[str, PublicCube]) -> Numbers:
    sums, weight = grouping.records(cells), grouping.plan.database.weight
    printed, flags = groups.finish(sums, grouping.derived(), threshold=grouping.threshold)
    if weight is None:
        return Numbers(printed.values, printed.status, flags, np.round(grouping.count_sd(), 1))
    shown, n, variance = printed.status == CellStatus.SHOWN, printed.values, grouping.count_variance()
    weights = np.where(shown, grouping.weights(cells).values, 0)
    values = publish_weighted_counts(weights, n, variance, precision=weight.precision)
    sd = grouping.count_sd() * weights / 10**weight.precision / np.maximum(n, 1)
    errors = np.where(shown, count_errors(grouping, cells), 0.0)
    return Numbers(values.astype(np.float64), printed.status, flags, round_to_figures(sd), round_to_figures(errors))


def _amounts(grouping: Grouping, cells: Mapping[str, PublicCube], measure: Measure, *, mean: bool) -> Numbers:
    found = grouping.sums(cells, measure.id)
    n = np.rint(found.records.values).astype(np.int64)
    weight = grouping.plan.database.weight
    of, precision, errors = n, 0, None
    if weight is not None:
        of, precision = grouping.sum_weights(cells, measure.id).values, weight.precision
        errors = _sum_errors(grouping, cells, measure, found.values, of / 10**precision, mean=mean)
    status = mean_status(found.status, of) if mean else found.status
    sums = np.where(status == CellStatus.SHOWN, found.values, 0)
    variance = grouping.count_variance()
    if mean:
        relative = of / np.maximum(n, 1)
        values = publish_means(sums, of, variance * relative**2, decimals=precision)
    else:
        values = publish_sums(sums, n, variance)
    sd = (
        np.zeros(sums.shape)
        if grouping.policy.open
        else _sum_sd(grouping, measure, sums, n, of / 10**precision, mean=mean)
    )
    flags = flags_of(grouping, status, found.imputed, found.records.values)
    return in_units(measure, values, sd, status, flags, errors)


def _sum_errors(
    grouping: Grouping,
    cells: Mapping[str, PublicCube],
    measure: Measure,
    sums: NDArray[np.int64],
    of: NDArray[np.float64],
    *,
    mean: bool,
) -> NDArray[np.float64]:
    """In a survey, standard errors of the design of sums, or of what they are divided ``of`` times into."""
    if not mean:
        return sum_errors(grouping, cells, measure)
    means = np.divide(sums, of, out=np.zeros(of.shape), where=of > 0)
    return mean_errors(grouping, cells, measure, means, of)


def _sum_sd(
    grouping: Grouping,
    measure: Measure,
    sums: NDArray[np.int64],
    n: NDArray[np.int64],
    of: NDArray[np.float64],
    *,
    mean: bool,
) -> NDArray[np.float64]:
    """Standard deviation of the noise of sums, or of what they are divided ``of`` times into."""
    variance, parts, flex = grouping.count_variance(), grouping.n_parts(), sum_noise(measure.flex_point)
    if not mean:
        return sum_noise_sd(sums, n, variance, flex, n_cells=parts)
    of_records = mean_noise_sd(sums, n, variance, flex, n_cells=parts)
    return round_to_figures(np.divide(of_records * n, of, out=np.zeros(of.shape), where=of > 0))


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
        se=None if numbers.se is None else grouping.laid_out(numbers.se),
        table=measure.table if measure else database.records.id,
    )


def label_of(database: Database, asked: Asked) -> str:
    """*Housing Benefit Claimants*, *Mean of Weekly Award Amount*, *30th percentile of Weekly rent*."""
    if asked.measure is None:
        return database.weight.label if database.weight else database.records.label
    words = {SUM: "Sum", MEAN: "Mean", MEDIAN: "Median"}.get(asked.statistic) or f"{_ordinal(asked)} percentile"
    return f"{words} of {asked.measure.label}"


def _ordinal(asked: Asked) -> str:
    n = asked.percentile or 0
    ending = "th" if n // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
