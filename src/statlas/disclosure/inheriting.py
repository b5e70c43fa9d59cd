"""Which cells of a level inherit, and from where: the loop behind step 2 of decision D4."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, Level
from statlas.disclosure.compiled import compiled

Ints = NDArray[np.int64]


def point_up(
    pointers: Ints, counts: Ints, position: int, level: Level, *, threshold: int, margin: int, least: int
) -> bool:
    """Point the lone cells of one level at the nearest containing cell that is close enough, in place.

    A shown cell is alone if no sibling is shown, a hidden one if it has a count of ``least`` and no sibling has any.

    Args:
        pointers: contiguous, for every cell the flat position of that whose number it prints; a cell that points at
            another already is left as it is.
        counts: perturbed counts of the same shape.
        position: of the level's axis.
        threshold, margin: as in ``printing.print_cells``.

    Returns:
        Whether any cell was moved.
    """
    shape = (prod(counts.shape[:position]), counts.shape[position], prod(counts.shape[position + 1 :]))
    n_shown, total = np.empty(shape[1:], dtype=np.int64), np.empty(shape[1:], dtype=np.int64)
    own = np.ascontiguousarray(counts).reshape(shape)
    own.flags.writeable = False  # the loop then needs to be compiled for one kind only
    moved = False
    for parents in level.above:
        movable = level.home & (parents != NOWHERE) & (parents != level.nodes)
        moved |= _point_up(
            pointers.reshape(shape), own, (level.nodes, parents, movable), (threshold, margin, least), n_shown, total
        )
    return moved


@compiled
def _point_up(
    pointers: Ints,
    counts: Ints,
    codes: tuple[Ints, Ints, NDArray[np.bool_]],
    limits: tuple[int, int, int],
    n_shown: Ints,
    total: Ints,
) -> bool:
    nodes, parents, movable = codes
    threshold, margin, least = limits
    n_outer, n_nodes, n_inner = counts.shape
    moved = False
    for outer in range(n_outer):
        _add_siblings(counts[outer], nodes, parents, threshold, n_shown, total)
        for code in range(nodes.size):
            if not movable[code]:
                continue
            node, parent = nodes[code], parents[code]
            for inner in range(n_inner):
                own = counts[outer, node, inner]
                is_shown = own >= threshold
                if n_shown[parent, inner] > is_shown or counts[outer, parent, inner] - own > margin:
                    continue
                if not is_shown and (own < least or total[parent, inner] != own):
                    continue
                itself = (outer * n_nodes + node) * n_inner + inner
                if pointers[outer, node, inner] == itself:
                    pointers[outer, node, inner] = (outer * n_nodes + parent) * n_inner + inner
                    moved = True
    return moved


@compiled
def _add_siblings(counts: Ints, nodes: Ints, parents: Ints, threshold: int, n_shown: Ints, total: Ints) -> None:
    """Under each parent how many codes are shown, and what all of them come to."""
    n_shown[:] = 0
    total[:] = 0
    for code in range(nodes.size):
        parent = parents[code]
        if parent >= 0:
            for inner in range(counts.shape[1]):
                own = counts[nodes[code], inner]
                n_shown[parent, inner] += own >= threshold
                total[parent, inner] += own
