"""What differs between the same table in two releases: only changes beyond noise (decisions page, D8).

A cell counts as changed if what it prints moved by more than ``3 * sqrt(v1 + v2)``, rounded up, where ``v1`` and
``v2`` bound the variance of the noise on either side: ``3 * sqrt(2V)`` where both are counts under one policy.
Everything here is a function of two printed tables.

Rules of the room:

* A number is compared with a number. 0 of a cell that can hold nobody is a number without noise.
* ``low`` is any number below the threshold, so that a count compares with the nearest of them.
* What is blocked or not available compares with nothing: whether a rule blocks an area hangs on the noise.
* What is worked out from printed numbers (percentages, ranks) is not compared: what it is made of is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import (
    DERIVED_STATISTICS,
    CellStatus,
    CubeContent,
    CubeDimension,
    CubeMeasure,
)
from statlas.model.classification import Node

SIGMAS = 3.0
"""How many standard deviations of the difference of two printed numbers are taken for noise: D8."""

_ROUNDED_SD = 0.05
"""The most by which a published sd of one decimal differs from what it was rounded from; of two figures its share."""

_PRINTED = (CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Side:
    """One printed table with what bounds its noise: the policy's variance of a count, 0 where it is open."""

    cube: CubeContent
    variance: float


@dataclass(frozen=True, eq=False)
class MeasureDifference:
    """One measure of two tables, in the shape of the later one.

    places: along each dimension, where each item stood before; -1 where it did not.
    before_values, before_status: of the earlier table; a cell that was not in it has ``is_there`` False.
    compared: cells of which both sides say something that can be compared. limit: the largest change that is noise.
    beyond: cells whose change is larger.
    """

    measure: CubeMeasure
    places: tuple[NDArray[np.intp], ...]
    before_values: Floats
    before_status: NDArray[np.uint8]
    is_there: Bools
    compared: Bools
    limit: Floats
    beyond: Bools

    @property
    def n_compared(self) -> int:
        """Cells that can be compared."""
        return int(self.compared.sum())

    @property
    def n_beyond(self) -> int:
        """Cells that changed by more than noise."""
        return int(self.beyond.sum())


def differences(before: Side, after: Side) -> tuple[MeasureDifference, ...]:
    """Every own measure that both tables have, cell for cell; cells are matched by what they are of, not by place."""
    places = tuple(_places(one, two) for one, two in _paired(before.cube, after.cube))
    own = {m.id: m for m in before.cube.measures if m.statistic not in DERIVED_STATISTICS}
    return tuple(
        _difference(own[m.id], m, before, after, places)
        for m in after.cube.measures
        if m.id in own and own[m.id].precision == m.precision and own[m.id].unit == m.unit
    )


def least_change(variances: Floats, precision: int) -> Floats:
    """The largest change that is taken for noise: three sd of the difference, rounded up to the printed precision.

    Args:
        variances: of the difference of the two numbers, in the unit of the measure.
    """
    found, where = np.unique(variances, return_inverse=True)
    limits = np.array([_rounded_up(SIGMAS * float(np.sqrt(one)), precision) for one in found.tolist()], np.float64)
    shaped: Floats = limits[where].reshape(variances.shape)
    return shaped


def _rounded_up(value: float, precision: int) -> float:
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-precision), rounding=ROUND_CEILING))


def _paired(before: CubeContent, after: CubeContent) -> Iterator[tuple[CubeDimension, CubeDimension]]:
    """The dimensions of both tables, which have the same fields.

    Raises:
        ValueError: they have not.
    """
    then = {dimension.field: dimension for dimension in before.dimensions}
    if [*then] != [dimension.field for dimension in after.dimensions]:
        raise ValueError("two tables by other fields")
    return ((then[dimension.field], dimension) for dimension in after.dimensions)


def _places(before: CubeDimension, after: CubeDimension) -> NDArray[np.intp]:
    """Where each item stood before; -1 where it did not."""
    if before.items == after.items:
        return np.arange(len(after), dtype=np.intp)
    then = {
        _what(dimension_item.nodes, is_total=dimension_item.is_total): n
        for n, dimension_item in enumerate(before.items)
    }
    return np.array([then.get(_what(item.nodes, is_total=item.is_total), -1) for item in after.items], np.intp)


def _what(nodes: tuple[Node, ...], *, is_total: bool) -> tuple[frozenset[Node], bool]:
    """What an item is of; a formula holds no nodes, and is compared with nothing."""
    return frozenset(nodes), is_total and not nodes


def _difference(
    then: CubeMeasure, now: CubeMeasure, before: Side, after: Side, places: tuple[NDArray[np.intp], ...]
) -> MeasureDifference:
    is_there = _all_there(places, after.cube)
    at = np.ix_(*(np.maximum(place, 0) for place in places))
    then_values, then_status = then.values.astype(np.float64)[at], then.status[at]
    limit = least_change(
        _together(_variance(then, before)[at], then_status, _variance(now, after), now.status), now.precision
    )
    is_count = now.statistic == "COUNT"
    one = _ranges(then_values, then_status, before.cube.threshold, is_count=is_count)
    two = _ranges(now.values.astype(np.float64), now.status, after.cube.threshold, is_count=is_count)
    compared = is_there & one[2] & two[2] & _has_noise_told(then, before)[at] & _has_noise_told(now, after)
    apart = np.maximum(np.maximum(two[0] - one[1], one[0] - two[1]), 0.0)
    # Printed numbers are multiples of the last place; half of one absorbs what binary fractions leave behind.
    beyond = compared & (apart > limit + 0.25 * 10.0**-now.precision)
    return MeasureDifference(now, places, then_values, then_status, is_there, compared, limit, beyond)


def _all_there(places: tuple[NDArray[np.intp], ...], cube: CubeContent) -> Bools:
    found = np.ones(cube.shape, np.bool_)
    for axis, (place, dimension) in enumerate(zip(places, cube.dimensions, strict=True)):
        known = (place >= 0) & np.array([bool(item.nodes) for item in dimension.items])
        found &= known.reshape([-1 if n == axis else 1 for n in range(len(places))])
    return found


def _together(one: Floats, one_status: NDArray[np.uint8], two: Floats, two_status: NDArray[np.uint8]) -> Floats:
    """The variance of the difference; a hidden number tells none of its own, and is taken to have the other's."""
    larger = np.maximum(one, two)
    hidden = [np.where(status == CellStatus.LOW, larger, own) for status, own in ((one_status, one), (two_status, two))]
    return np.asarray(hidden[0] + hidden[1])


def _variance(measure: CubeMeasure, side: Side) -> Floats:
    """An upper bound of the variance of the noise of each printed number, in the unit of the measure.

    A count whose published sd is that of the policy has the policy's, exactly; other published sds are rounded.
    """
    if side.variance == 0:
        return np.zeros(measure.status.shape)
    if measure.statistic == "COUNT":
        is_own = (measure.sd == side.cube.noise_sd) | (measure.status == CellStatus.LOW)
        found = np.where(is_own, side.variance, np.maximum((measure.sd + _ROUNDED_SD) ** 2, side.variance))
    else:
        found = ((1 + _ROUNDED_SD) * measure.sd) ** 2
    return np.where(measure.status == CellStatus.STRUCTURAL_ZERO, 0.0, found)


def _has_noise_told(measure: CubeMeasure, side: Side) -> Bools:
    """Where the size of the noise is known: a protected amount whose sd is 0 says nothing of it."""
    if side.variance == 0 or measure.statistic == "COUNT":
        return np.ones(measure.status.shape, np.bool_)
    return np.asarray((measure.sd > 0) | (measure.status == CellStatus.STRUCTURAL_ZERO))


def _ranges(
    values: Floats, status: NDArray[np.uint8], threshold: int, *, is_count: bool
) -> tuple[Floats, Floats, Bools]:
    """The least and the largest number that a cell may stand for, and whether it says anything of one."""
    printed = np.isin(status, _PRINTED)
    hidden = (status == CellStatus.LOW) & is_count & (threshold > 0)
    least = np.where(printed, values, 0.0)
    most = np.where(printed, values, np.where(hidden, float(threshold - 1), 0.0))
    return least, most, printed | hidden
