"""Groups, totals and filters of sums, from printed cells only (decisions page, D5 and D6).

Rules of the room: nothing here may see a perturbed or a raw number; every number here is printed or came from printed
ones.

A group adds the printed sums of its nodes.
A node whose sum is not printed adds what it adds to the group's count, times the mean of its official parent; of the
next above if that is not printed either.
Whatever is added is a whole number of the measure's smallest unit, so that the order of adding cannot matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import groups
from statlas.disclosure.axis import Axis
from statlas.disclosure.cubes import Ints, Printed, PublicCube
from statlas.disclosure.groups import Sums
from statlas.model.cells import CellStatus


@dataclass(frozen=True, eq=False)
class Amounts:
    """Printed sums of one measure on their way to groups.

    values: int64, in units of 10**-precision; status: uint8 array of ``CellStatus``.
    records: how many records have an amount, not rounded yet.
    imputed: float64, for how many of them another cell's mean stands.
    """

    values: Ints
    status: NDArray[np.uint8]
    records: Sums
    imputed: NDArray[np.float64]

    def at(self, node: int) -> Amounts:
        """One position of the last axis."""
        return Amounts(self.values[..., node], self.status[..., node], self.records.at(node), self.imputed[..., node])


def start(sums: Printed, records: Printed | PublicCube) -> Amounts:
    """Printed sums, and the numbers of records with an amount, as sums of themselves."""
    return Amounts(sums.values, sums.status, groups.start(records), np.zeros(sums.values.shape))


def add_periods(
    sums: Sequence[Printed], records: Sequence[Printed | PublicCube], *, threshold: int, n_min: int
) -> Amounts:
    """Sum over several periods of the same cells.

    A period that prints a number of records and no sum adds that number times the mean of those that print both.

    Args:
        sums: the printed sums of each period.
        records: the printed numbers of records with an amount.
        threshold: numbers of records below it count as hidden; 0 under an open policy.
        n_min: a sum is printed beside at least so many records.
    """
    if len(sums) == 1:
        return start(sums[0], records[0])
    printed = np.stack([one.status == CellStatus.SHOWN for one in sums])
    amounts = np.stack([one.values for one in sums]).sum(axis=0)
    n = np.stack([one.values for one in records])
    n_printed, n_other = np.where(printed, n, 0).sum(axis=0), np.where(printed, 0, n).sum(axis=0)
    return Amounts(
        amounts + _whole(n_other * (amounts / np.maximum(n_printed, 1))),
        groups.status_of(np.stack([one.status for one in sums]), n_printed >= n_min),
        groups.add_periods(records, threshold=threshold),
        n_other.astype(np.float64),
    )


def group(
    amounts: Amounts, axis: Axis, position: int, covers: Sequence[NDArray[np.int64]], *, threshold: int, n_min: int
) -> Amounts:
    """Replace the nodes along one axis by items.

    Args:
        amounts: nodes of ``axis`` along ``position``.
        covers: for each item the positions of the fewest official nodes that make it up.
        threshold: numbers of records below it count as hidden; 0 under an open policy.
        n_min: a group's sum is printed if at least so many of its records have a known amount.
    """
    records = groups.group(amounts.records, axis, position, covers, threshold=threshold)
    if all(len(cover) == 1 for cover in covers):
        nodes = np.concatenate(covers)
        return Amounts(
            np.take(amounts.values, nodes, axis=position),
            np.take(amounts.status, nodes, axis=position),
            records,
            np.take(amounts.imputed, nodes, axis=position),
        )
    front = _Front.of(amounts, axis, position, threshold)
    parts = [front.one(cover[0]) if len(cover) == 1 else front.summed(cover, n_min) for cover in covers]
    return Amounts(
        np.stack([values for values, _, _ in parts], axis=position),
        np.stack([status for _, status, _ in parts], axis=position),
        records,
        np.stack([imputed for _, _, imputed in parts], axis=position),
    )


def contributions(amounts: Amounts, axis: Axis, position: int, *, threshold: int) -> Ints:
    """What each node along one axis adds to a group, with the nodes of ``axis`` along the first axis."""
    return _Front.of(amounts, axis, position, threshold).added


Part = tuple[Ints, NDArray[np.uint8], NDArray[np.float64]]
"""Value, status and imputed part of an item."""


@dataclass(frozen=True, eq=False)
class _Front:
    """Sums with the nodes of one axis first, and what each node adds to a group.

    added: int64, its sum, or the mean above it times the records it adds; n_added: how many records that are.
    n_imputed: for how many of them a mean stands; n_known: how many have a sum or a mean.
    """

    values: Ints
    status: NDArray[np.uint8]
    imputed: NDArray[np.float64]
    added: Ints
    n_imputed: NDArray[np.float64]
    n_known: NDArray[np.float64]

    @classmethod
    def of(cls, amounts: Amounts, axis: Axis, position: int, threshold: int) -> _Front:
        """Sums grouped along ``position`` next."""
        values, status = np.moveaxis(amounts.values, position, 0), np.moveaxis(amounts.status, position, 0)
        imputed, n = np.moveaxis(amounts.imputed, position, 0), np.moveaxis(amounts.records.values, position, 0)
        n_added = groups.contributions(amounts.records, axis, position, threshold=threshold).values
        printed = status == CellStatus.SHOWN
        means, known = _means(values, printed, n, axis)
        return cls(
            values,
            status,
            imputed,
            np.where(printed, values, _whole(n_added * means)),
            np.where(printed, imputed, n_added),
            np.where(known, n_added, 0.0),
        )

    def one(self, node: int) -> Part:
        """One node."""
        return self.values[node], self.status[node], self.imputed[node]

    def summed(self, nodes: NDArray[np.int64], n_min: int) -> Part:
        """Several together."""
        enough = _whole(self.n_known[nodes].sum(axis=0)) >= n_min
        status = groups.status_of(self.status[nodes], enough)
        return self.added[nodes].sum(axis=0), status, self.n_imputed[nodes].sum(axis=0)


def _means(
    values: Ints, printed: NDArray[np.bool_], n: NDArray[np.float64], axis: Axis
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The printed mean of each node, else of the nearest official parent above that prints one; whether there is."""
    known = printed.copy()
    means = np.where(known, values / np.maximum(n, 1.0), 0.0)
    for level in axis.levels:
        nodes, parents = level.nodes[level.home], level.parents[level.home]
        means[nodes] = np.where(known[nodes], means[nodes], means[parents])
        known[nodes] |= known[parents]
    return means, known


def _whole(values: NDArray[np.float64]) -> Ints:
    """Rounded half to even; to a millionth first, so that the order of adding cannot tip a half."""
    return np.rint(np.round(values, 6)).astype(np.int64)
