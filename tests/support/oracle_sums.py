"""Decision D6 as plain recursion: sums and means of printed cells and groups, on top of the oracle of counts.

A sum is printed of the cell whose number of records with an amount is printed.
Records with an amount, and those without, are two codes of one more field, the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from oracle import Oracle, Place, _swap
from worlds import flat

from statlas.model.database import Field

GIVEN = frozenset({0})
ALL = frozenset({0, 1})
AMOUNT = flat("AMOUNT", 2)
"""Whether there is an amount: code 1 with, code 2 without."""

Cover = tuple[list[frozenset], ...]


@dataclass(frozen=True)
class Amounts:
    """The amounts of one period.

    perturbed: the perturbed count of a place with, last, ``GIVEN``, the blank ones or ``ALL``.
    perturbed_sum: the sum of a place with its noise, scaled by that perturbed count.
    """

    perturbed: Callable[[Place], int]
    perturbed_sum: Callable[[Place, int], int]


class SumOracle(Oracle):
    """Printed sums, means and their groups over one period or the sum of several."""

    def __init__(
        self, fields: list[Field], periods: Sequence[Amounts], threshold: int, n_min: int, margin: int
    ) -> None:
        super().__init__(fields, periods[0].perturbed, threshold, margin)
        self.periods = periods
        self.n_min = n_min
        self.split = [Oracle([*fields, AMOUNT], period.perturbed, threshold, margin) for period in periods]
        self.official = cache(self._official)

    def _official(self, place: Place, period: int) -> tuple[int | None, int | None]:
        """The printed number of records with an amount of a cell, and their printed sum."""
        source = self.split[period].source((*place, GIVEN))
        if source[:-1] != place:
            return self.official(source[:-1], period)
        n = self.periods[period].perturbed(source)
        if n < self.threshold:
            return None, None
        return n, (None if n < self.n_min else self.periods[period].perturbed_sum(place, n))

    def cell(self, place: Place) -> tuple[float, bool]:
        """The number of records with an amount over all periods, and whether it is hidden."""
        if self.impossible(place):
            return 0.0, False
        found = [self.official(place, period)[0] for period in range(len(self.periods))]
        total = sum(n for n in found if n is not None)
        return float(total), total < self.threshold

    def _sum_of_cell(self, place: Place) -> int | None:
        """The sum over all periods; one without a sum adds its records at the mean of the others."""
        found = [self.official(place, period) for period in range(len(self.periods))]
        n = sum(n for n, amount in found if amount is not None)
        if n < self.n_min:
            return None
        total = sum(amount for _, amount in found if amount is not None)
        return total + whole(sum(n or 0 for n, amount in found if amount is None) * (total / n))

    def sum_and_count(self, place: Cover) -> tuple[int | None, int]:
        """The sum of an item, None where it is low, and how many records it is of."""
        n, _ = self._grouped(place, len(place))
        return self._sum(place, len(place)), whole(n)

    def _sum(self, place: Cover, n_done: int) -> int | None:
        if n_done == 0:
            return self._sum_of_cell(tuple(cover[0] for cover in place))
        axis = n_done - 1
        if len(place[axis]) == 1:
            return self._sum(place, axis)
        parts = [self._part_of_sum(place, axis, node) for node in place[axis]]
        known = sum(n for _, n in parts)
        return sum(amount for amount, _ in parts) if whole(known) >= self.n_min else None

    def _part_of_sum(self, place: Cover, axis: int, node: frozenset) -> tuple[int, float]:
        """What a node adds to a group's sum, and for how many records that is known."""
        own = self._sum(_swap(place, axis, node), axis)
        n = self._part(place, axis, node)
        if own is not None:
            return own, n
        mean = self._mean_above(place, axis, node)
        return (0, 0.0) if mean is None else (whole(n * mean), n)

    def _mean_above(self, place: Cover, axis: int, node: frozenset) -> float | None:
        """The printed mean of the official parent, or of the next above that prints one."""
        while (level := self.levels_of(axis, node)) is not None:
            own = next(n for n in level[1] if self.leaves(axis, n) == node)
            parents = self.fields[axis].classification.code(own).parents[:1]
            node = self.leaves(axis, parents[0] if parents else None)
            here = _swap(place, axis, node)
            amount = self._sum(here, axis)
            if amount is not None:
                return amount / self._grouped(here, axis)[0]
        return None


def whole(value: float) -> int:
    """Half to even, once what is beyond a millionth is left out."""
    return round(round(value, 6))


def unit_of(size: int, n: int, variance: int) -> int:
    """The largest power of ten u with u n <= size sqrt(variance), in whole numbers; 1 at least."""
    unit = 1
    while (unit * 10 * n) ** 2 <= size**2 * variance:
        unit *= 10
    return unit


def published_sum(amount: int, n: int, variance: int) -> int:
    """A sum in its unit of publication."""
    unit = unit_of(abs(amount), n, variance)
    return round(Fraction(amount, unit)) * unit


def published_mean(amount: int, n: int, variance: int) -> int:
    """A mean in its unit of publication."""
    unit = unit_of(abs(amount), n * n, variance)
    return round(Fraction(amount, n * unit)) * unit
