"""Standard errors of a survey's design for every item, from those of its printed cells.

Rules of the room: everything here is a function of printed numbers and of the plan (decisions page, D3).

The error of a group is the root of the sum of squares over its cells, as if they were drawn apart; over periods errors
add up, as the same units are in all of them.
The error of a mean of several cells has two parts: how far each mean may be off, and how far the cell's share may be
(the linearised ratio, in which a cell counts as drawn apart from its own mean)::

    sqrt(Σ_i W_i² e(M_i)² + (M_i - M)² e(W_i)²) / W

Neither is a bound: clusters that cross cells make them too small, calibration to known totals too large.
Source: Wolter (2007), Introduction to Variance Estimation, chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.cubes import PublicMeasure
from statlas.engine.grouping import Cells, Grouping
from statlas.model.database import Measure

Floats = NDArray[np.float64]
Known = TypeVar("Known")

_ROUNDING = 1e-9
"""What is smaller, in relation to the numbers of which it is a difference, is left over from their rounding."""


def count_errors(grouping: Grouping, cells: Cells) -> Floats:
    """The standard error of the weight of every item, not rounded."""
    return _drawn_apart(grouping, {period: _known(cube.se) for period, cube in cells.items()})


def sum_errors(grouping: Grouping, cells: Cells, measure: Measure) -> Floats:
    """The standard error of the sum of every item, in units of 10**-precision of the measure, not rounded."""
    return _drawn_apart(grouping, {p: _known(cube.measures[measure.id].errors).sums for p, cube in cells.items()})


def mean_errors(grouping: Grouping, cells: Cells, measure: Measure, means: Floats, weights: Floats) -> Floats:
    """The standard error of the mean of every item, in units of 10**-precision of the measure, not rounded.

    Args:
        means: of every item, in that unit; weights: of the records behind them, in whole units.
    """
    one = 10 ** _known(grouping.plan.database.weight).precision
    parts = {period: _of_means(cube.measures[measure.id], one) for period, cube in cells.items()}
    within, plain, crossed, squared = (
        _summed_squares(grouping, {period: of_period[n] for period, of_period in parts.items()}) for n in range(4)
    )
    between = squared - 2 * means * crossed + means**2 * plain
    between = np.where(between > _ROUNDING * (squared + means**2 * plain), between, 0.0)
    return np.divide(np.sqrt(within + between), weights, out=np.zeros(weights.shape), where=weights > 0)


def _of_means(found: PublicMeasure, one: int) -> tuple[Floats, Floats, Floats, Floats]:
    """W² e(M)² of every cell, and e(W)² once alone, with M and with M²; weights are in units of 1 / one."""
    errors, weights = _known(found.errors), _known(found.weights) / one
    means = np.divide(found.sums.values, weights, out=np.zeros(weights.shape), where=weights > 0)
    plain = errors.weights**2
    return (weights * errors.means) ** 2, plain, plain * means, plain * means**2


def _drawn_apart(grouping: Grouping, errors: Mapping[str, Floats]) -> Floats:
    """Errors added up over the periods of every item, and their squares over its cells."""
    dates = [np.sum([errors[period] for period in date], axis=0) for date in grouping.plan.periods]
    return np.stack([np.sqrt(_over_cells(grouping, errors_of_date**2)) for errors_of_date in dates])


def _summed_squares(grouping: Grouping, squares: Mapping[str, Floats]) -> Floats:
    """Squares of errors added up over the cells of every item; k periods count k times, as if all erred alike."""
    dates = [len(date) * np.sum([squares[period] for period in date], axis=0) for date in grouping.plan.periods]
    return np.stack([_over_cells(grouping, squares_of_date) for squares_of_date in dates])


def _over_cells(grouping: Grouping, values: Floats) -> Floats:
    """Values at official nodes added up over the nodes of every item."""
    for position, axis in enumerate(grouping.plan.axes):
        parts = [values.take(cover.positions, axis=position).sum(axis=position) for cover in axis.covers]
        values = np.stack(parts, axis=position)
    return values


def _known(found: Known | None) -> Known:
    assert found is not None, "only a survey has a design"
    return found
