"""The items of a plan made of the printed cells of its periods, date items first, then the plan's axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import amounts, groups
from statlas.disclosure.amounts import Amounts
from statlas.disclosure.cubes import Printed, PublicCube
from statlas.disclosure.groups import Sums
from statlas.disclosure.policy import Policy
from statlas.engine.plan import Plan

Records = Mapping[str, Printed | PublicCube]
"""Printed numbers of records of each period."""

Cells = Mapping[str, PublicCube]
"""Printed cells of each period."""

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Grouping:
    """How printed cells become items: ``Grouping(plan, policy)``.

    Rules of the room: everything here is a function of printed numbers and of the plan (decisions page, D3).
    """

    plan: Plan
    policy: Policy

    @property
    def threshold(self) -> int:
        """The smallest count printed; 0 under an open policy."""
        return self.policy.threshold or 0

    @property
    def n_min(self) -> int:
        """The smallest count printed beside a sum; 0 under an open policy."""
        return max(self.policy.n_min_magnitude or 0, self.threshold)

    def records(self, printed: Records) -> Sums:
        """Numbers of records of every item, not rounded yet."""
        items = [self._records_of(date, printed) for date in self.plan.periods]
        return Sums(
            np.stack([item.values for item in items]),
            np.stack([item.imputed for item in items]),
            np.stack([item.status for item in items]),
        )

    def _records_of(self, date: Sequence[str], printed: Records) -> Sums:
        sums = groups.add_periods([printed[period] for period in date], threshold=self.threshold)
        for position, axis in enumerate(self.plan.axes):
            covers = [cover.positions for cover in axis.covers]
            sums = groups.group(sums, axis.axis, position, covers, threshold=self.threshold)
        return sums

    def sums(self, cells: Cells, measure_id: str) -> Amounts:
        """Sums of a measure in every item, not rounded yet."""
        printed = {period: cube.measures[measure_id].sums for period, cube in cells.items()}
        return self._amounts(printed, _records_of_measure(cells, measure_id), n_min=self.n_min)

    def sum_weights(self, cells: Cells, measure_id: str) -> Amounts:
        """In a survey, the weight of the records behind those sums."""
        found = {period: cube.measures[measure_id] for period, cube in cells.items()}
        printed = {p: Printed(_known(one.weights), one.sums.status) for p, one in found.items()}
        return self._amounts(printed, _records_of_measure(cells, measure_id), n_min=self.n_min)

    def weights(self, cells: Cells) -> Amounts:
        """In a survey, the weight of all records in every item, not rounded yet."""
        printed = {period: Printed(_known(cube.weights), cube.status) for period, cube in cells.items()}
        return self._amounts(printed, cells, n_min=self.threshold)

    def _amounts(self, sums: Mapping[str, Printed], records: Records, *, n_min: int) -> Amounts:
        """Sums of a measure in every item, not rounded yet.

        Args:
            sums: what each period prints of them.
            records: what each period prints of the records with an amount.
            n_min: the smallest number of records beside which a sum is printed.
        """
        items = [self._amounts_of(date, sums, records, n_min) for date in self.plan.periods]
        return Amounts(
            np.stack([item.values for item in items]),
            np.stack([item.status for item in items]),
            Sums(
                np.stack([item.records.values for item in items]),
                np.stack([item.records.imputed for item in items]),
                np.stack([item.records.status for item in items]),
            ),
            np.stack([item.imputed for item in items]),
        )

    def _amounts_of(self, date: Sequence[str], sums: Mapping[str, Printed], records: Records, n_min: int) -> Amounts:
        found = amounts.add_periods(
            [sums[period] for period in date],
            [records[period] for period in date],
            threshold=self.threshold,
            n_min=n_min,
        )
        for position, axis in enumerate(self.plan.axes):
            covers = [cover.positions for cover in axis.covers]
            found = amounts.group(found, axis.axis, position, covers, threshold=self.threshold, n_min=n_min)
        return found

    def n_parts(self) -> NDArray[np.int64]:
        """How many printed numbers make up each item."""
        parts = np.array([len(date) for date in self.plan.periods], dtype=np.int64)
        for axis in self.plan.axes:
            parts = parts[..., np.newaxis] * np.array([len(cover.positions) for cover in axis.covers])
        return parts

    def derived(self) -> NDArray[np.bool_]:
        """Which items are made of several printed numbers."""
        return self.n_parts() > 1

    def count_variance(self) -> NDArray[np.float64]:
        """Variance of the noise of the count of each item, an upper bound for groups.

        m V for a group of m cells, k^2 V for k periods of a cell: constant keys correlate the months (D5).
        """
        n_periods = np.array([len(date) for date in self.plan.periods], dtype=np.int64)
        months = n_periods.reshape(-1, *[1] * len(self.plan.axes))
        return np.asarray(months * self.n_parts() * self.policy.variance)

    def count_sd(self) -> NDArray[np.float64]:
        """Standard deviation of that noise; not rounded."""
        return np.sqrt(self.count_variance())

    def laid_out(self, array: NDArray[Any]) -> NDArray[Any]:
        """From date items and axes to the dimensions of the query; filters, with their one item, fall away."""
        standing = [position + 1 for position in self.plan.layout]
        filtered = [axis for axis in range(1, array.ndim) if axis not in standing]
        moved = np.moveaxis(array, [*standing, *filtered], range(array.ndim))
        return np.ascontiguousarray(moved.reshape(moved.shape[: len(standing)]))


def _records_of_measure(cells: Cells, measure_id: str) -> Records:
    """Printed numbers of the records with an amount."""
    return {period: cube.measures[measure_id].records or cube for period, cube in cells.items()}


def _known(numbers: NDArray[Kind] | None) -> NDArray[Kind]:
    assert numbers is not None, "only a survey has weights"
    return numbers
