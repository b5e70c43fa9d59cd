"""From perturbed counts to printed cells: structural zeros, inherit, threshold (decisions page, D4).

Rules of the room: arrays in, arrays out; the perturbed counts are not reachable from a ``PublicCube``.

Theory of operation.
A cell whose siblings under some official node P are all hidden is P less people nobody can see; printing both P and
the cell with noise of their own gives two looks at the same people.
So such a cell *inherits*: it prints what P prints.
Every cell holds a pointer to the cell whose number it prints, itself at first; pointers only go to containing nodes, so
following them ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, Axis, Level, sums_under
from statlas.model.cells import CellStatus


@dataclass(frozen=True, eq=False)
class PerturbedCube:
    """Counts with noise over the official nodes of every axis; never leaves the engine.

    counts: int64 array, one axis for each ``Axis``; possible: bool array, false in structural zeros.
    """

    counts: NDArray[np.int64]
    possible: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PublicCube:
    """What is printed at the official nodes of every axis; all that anything later may see.

    values: int64 array, 0 where nothing is printed; status: uint8 array of ``CellStatus``.
    """

    values: NDArray[np.int64]
    status: NDArray[np.uint8]


def print_cells(cube: PerturbedCube, axes: Sequence[Axis], *, threshold: int, margin: int) -> PublicCube:
    """The printed table of a perturbed one.

    Args:
        cube: perturbed counts, nodes of ``axes`` along each axis, in the order of the definition.
        axes: what contains what.
        threshold: printed counts are at least this; smaller ones and none print ``LOW``.
        margin: largest difference for which an all-but-one margin inherits, 2D + 1; negative switches it off.

    Returns:
        Values and statuses of the same shape.

    Source: decisions page D4.  A hidden cell prints nothing, so only shown cells inherit.
    """
    counts = cube.counts
    printed = counts if margin < 0 else counts.reshape(-1)[_pointers(counts, axes, threshold, margin)]
    status = np.where(printed < threshold, CellStatus.LOW, CellStatus.SHOWN).astype(np.uint8)
    status[~cube.possible] = CellStatus.STRUCTURAL_ZERO
    return PublicCube(np.where(status == CellStatus.SHOWN, printed, 0), status)


def print_exact(cube: PerturbedCube) -> PublicCube:
    """The printed table under an open policy: every number as it is, structural zeros marked."""
    status = np.where(cube.possible, CellStatus.SHOWN, CellStatus.STRUCTURAL_ZERO).astype(np.uint8)
    return PublicCube(cube.counts, status)


def _pointers(counts: NDArray[np.int64], axes: Sequence[Axis], threshold: int, margin: int) -> NDArray[np.int64]:
    """For every cell the flat position of the cell whose number it prints."""
    pointers = np.arange(counts.size, dtype=np.int64).reshape(counts.shape)
    itself = pointers.copy()
    for position, axis in enumerate(axes):
        if axis.inherit:
            front = [np.moveaxis(array, position, 0) for array in (pointers, itself, counts)]
            for level in axis.levels:
                _point_up(front[0], front[1], front[2], level, threshold, margin)
    return _follow(pointers)


def _point_up(
    pointers: NDArray[np.int64],
    itself: NDArray[np.int64],
    counts: NDArray[np.int64],
    level: Level,
    threshold: int,
    margin: int,
) -> None:
    """Point the lone shown cells of one level at the nearest containing cell that is close enough (in place).

    The first axis of all three arrays is the one of the level.
    """
    own, nodes = counts[level.nodes], level.nodes
    shown = own >= threshold
    for parents in level.above:
        movable = level.home & (parents != NOWHERE) & (parents != nodes)
        n_shown = sums_under(shown.astype(np.int64), parents, len(counts))
        lone = shown & (n_shown[parents] == 1) & (pointers[nodes] == itself[nodes])
        move = lone & (counts[parents] - own <= margin) & movable.reshape(-1, *[1] * (counts.ndim - 1))
        if move.any():
            pointers[nodes] = np.where(move, itself[parents], pointers[nodes])


def _follow(pointers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow every pointer to its end; they lead to containing cells only, so they end."""
    flat = pointers.reshape(-1)
    while True:
        further = flat[flat]
        if np.array_equal(further, flat):
            return flat.reshape(pointers.shape)
        flat = further
