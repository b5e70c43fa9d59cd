"""Groups, totals and filters from printed cells only (decisions page, D5).

Rules of the room: nothing here may see a perturbed or a raw count; the input is a ``PublicCube`` or what came from one.

A group prints the sum of its printed nodes.
A hidden node adds its even share of what its parent prints beyond the shown siblings, at most the threshold less one:
without it a total of small areas would lose most of its people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import Axis, Level, sums_under
from statlas.disclosure.cubes import Printed, PublicCube
from statlas.model.cells import CellFlag, CellStatus

UNRELIABLE_SHARE = 1 / 3
"""Imputed share of a group above which it is marked unreliable (decisions page, D5)."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Printed numbers on their way to groups; not rounded yet.

    values: float64 array; imputed: the part of each that stands for hidden nodes; status: uint8 array of
    ``CellStatus``.
    """

    values: NDArray[np.float64]
    imputed: NDArray[np.float64]
    status: NDArray[np.uint8]

    def at(self, node: int) -> Sums:
        """One position of the last axis."""
        return Sums(self.values[..., node], self.imputed[..., node], self.status[..., node])


def start(cube: PublicCube | Printed) -> Sums:
    """Printed cells as sums of themselves."""
    values = cube.values.astype(np.float64)
    return Sums(values, np.zeros_like(values), cube.status)


def add_periods(cubes: Sequence[PublicCube | Printed], *, threshold: int) -> Sums:
    """Sum over several periods of the same cells; a hidden period adds nothing, as dates have no parent to share.

    A cell is structurally zero if it is so in every period, and not available if it is so in any.
    """
    if len(cubes) == 1:
        return start(cubes[0])
    values = np.asarray(np.stack([cube.values for cube in cubes]).sum(axis=0).astype(np.float64))
    statuses = np.stack([cube.status for cube in cubes])
    return Sums(values, np.zeros_like(values), status_of(statuses, values >= threshold))


def group(sums: Sums, axis: Axis, position: int, covers: Sequence[NDArray[np.int64]], *, threshold: int) -> Sums:
    """Replace the nodes along one axis by items.

    Args:
        sums: nodes of ``axis`` along ``position``.
        covers: for each item the positions of the fewest official nodes that make it up.
        threshold: sums below it count as hidden; 0 under an open policy.

    Returns:
        The same with ``len(covers)`` along ``position``.
    """
    if all(len(cover) == 1 for cover in covers):
        return _take(sums, np.concatenate(covers), position)
    front = _fronted(sums, position)
    counted = contributions(sums, axis, position, threshold=threshold)
    parts = [_one(front, c[0]) if len(c) == 1 else _summed(counted, c, threshold) for c in covers]
    return Sums(
        np.stack([part.values for part in parts], axis=position),
        np.stack([part.imputed for part in parts], axis=position),
        np.stack([part.status for part in parts], axis=position),
    )


def _fronted(sums: Sums, position: int) -> Sums:
    return Sums(
        np.moveaxis(sums.values, position, 0),
        np.moveaxis(sums.imputed, position, 0),
        np.moveaxis(sums.status, position, 0),
    )


def contributions(sums: Sums, axis: Axis, position: int, *, threshold: int) -> Sums:
    """What each node along one axis adds to a group: its number if shown, its share if hidden.

    Returns:
        The same numbers with the nodes of ``axis`` along the first axis.
    """
    front = _fronted(sums, position)
    hidden = _hidden(front.status)
    shares = _shares(front, axis, threshold) if threshold else np.zeros_like(front.values)
    values = np.where(hidden, shares, front.values)
    return Sums(values, np.where(hidden, shares, front.imputed), front.status)


def _one(front: Sums, node: int) -> Sums:
    return Sums(front.values[node], front.imputed[node], front.status[node])


def _take(sums: Sums, nodes: NDArray[np.int64], position: int) -> Sums:
    return Sums(
        np.take(sums.values, nodes, axis=position),
        np.take(sums.imputed, nodes, axis=position),
        np.take(sums.status, nodes, axis=position),
    )


def _summed(front: Sums, nodes: NDArray[np.int64], threshold: int) -> Sums:
    # Rounded to a millionth, so that the order in which a table adds its shares cannot tip a half.
    total = np.round(front.values[nodes].sum(axis=0), 6)
    return Sums(total, front.imputed[nodes].sum(axis=0), status_of(front.status[nodes], total >= threshold))


def status_of(parts: NDArray[np.uint8], enough: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The status of a sum.

    Args:
        parts: (m, ...) statuses of what is added.
        enough: (...) whether there is enough to print.

    Returns:
        (...) ``NOT_AVAILABLE`` if any part is, ``STRUCTURAL_ZERO`` if all are, ``CONFIDENTIAL`` if all are that or
        impossible, else whether it is enough.
    """
    status = np.where(enough, CellStatus.SHOWN, CellStatus.LOW).astype(np.uint8)
    impossible = parts == CellStatus.STRUCTURAL_ZERO
    status[(impossible | (parts == CellStatus.CONFIDENTIAL)).all(axis=0)] = CellStatus.CONFIDENTIAL
    status[impossible.all(axis=0)] = CellStatus.STRUCTURAL_ZERO
    status[(parts == CellStatus.NOT_AVAILABLE).any(axis=0)] = CellStatus.NOT_AVAILABLE
    return status


def _hidden(status: NDArray[np.uint8]) -> NDArray[np.bool_]:
    # Faster than np.isin by far, and asked for every cell several times.
    return np.asarray((status == CellStatus.LOW) | (status == CellStatus.CONFIDENTIAL))


def _shares(front: Sums, axis: Axis, threshold: int) -> NDArray[np.float64]:
    """What each hidden node adds to a group, w of D5: 0 for shown ones and where the parent is hidden."""
    shares = np.zeros_like(front.values)
    for level in axis.levels:
        share = _share_under(front, level, threshold)
        nodes = level.nodes[level.home]
        hidden = _hidden(front.status[nodes])
        shares[nodes] = np.where(hidden, share[level.parents[level.home]], 0.0)
    return shares


def _share_under(front: Sums, level: Level, threshold: int) -> NDArray[np.float64]:
    """For each node the share of each hidden code of the level under it."""
    own, status = front.values[level.nodes], front.status[level.nodes]
    hidden = _hidden(status)
    shown_sum = sums_under(np.where(hidden, 0.0, own), level.parents, len(front.values))
    n_hidden = sums_under(hidden.astype(np.float64), level.parents, len(front.values))
    left = np.where(_hidden(front.status), 0.0, front.values - shown_sum)
    return np.asarray(np.clip(left / np.maximum(n_hidden, 1.0), 0.0, threshold - 1.0))


def finish(sums: Sums, derived: NDArray[np.bool_], *, threshold: int) -> tuple[Printed, NDArray[np.uint8]]:
    """Round half to even, once, and mark what is derived or unreliable.

    Args:
        derived: bool array, which cells are sums of several printed numbers.

    Returns:
        Printed values with statuses, and uint8 flags of ``CellFlag``.
    """
    values = np.rint(sums.values).astype(np.int64)
    judged = derived & np.isin(sums.status, (CellStatus.SHOWN, CellStatus.LOW))
    enough = np.where(values < threshold, CellStatus.LOW, CellStatus.SHOWN)
    status = np.where(judged, enough, sums.status).astype(np.uint8)
    shown = status == CellStatus.SHOWN
    return Printed(np.where(shown, values, 0), status), flags_of(sums, derived, shown)


def flags_of(sums: Sums, derived: NDArray[np.bool_], shown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """``DERIVED`` for sums of several printed numbers, and ``UNRELIABLE`` where over a third of it is imputed."""
    unreliable = derived & shown & (sums.imputed > UNRELIABLE_SHARE * sums.values)
    return np.asarray(derived * CellFlag.DERIVED + unreliable * CellFlag.UNRELIABLE).astype(np.uint8)
