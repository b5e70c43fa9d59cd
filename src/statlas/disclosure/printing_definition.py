"""Decisions D4 and D5 one cell at a time, as the page reads; slow.

``printing`` and ``groups`` are judged by these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, Axis, Level

Cell = tuple[int, ...]
"""The position of a cell's node on each axis."""


def sums_under_definition(values: Sequence[float], parents: Sequence[int], n_nodes: int) -> list[float]:
    """For each node the sum over the codes whose parent it is."""
    return [
        sum(value for value, parent in zip(values, parents, strict=True) if parent == node) for node in range(n_nodes)
    ]


def printed_definition(
    counts: NDArray[np.int64], axes: Sequence[Axis], cell: Cell, *, threshold: int, margin: int
) -> int | None:
    """What one possible cell prints: a number, or None for ``low`` (D4, steps 2 and 3).

    Args:
        counts: perturbed counts, nodes of ``axes`` along each axis.
        cell: any cell of it.
        margin: 2D + 1; negative switches inheriting off.
    """
    own = int(counts[cell])
    for whole, siblings in _wholes(axes, cell, hidden=own < threshold):
        others = [int(counts[sibling]) for sibling in siblings]
        alone = all(n < threshold for n in others) if own >= threshold else own > 0 and all(n == 0 for n in others)
        if margin >= 0 and alone and counts[whole] - own <= margin:
            return printed_definition(counts, axes, whole, threshold=threshold, margin=margin)
    return own if own >= threshold else None


def _wholes(axes: Sequence[Axis], cell: Cell, *, hidden: bool) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every cell that holds this one in one field more coarsely, fields in order, the nearest first; with siblings."""
    for position, axis in enumerate(axes):
        level = _home(axis, cell[position])
        if level is None or not axis.inherit or (hidden and not axis.hidden_inherit):
            continue
        nodes = level.nodes.tolist()
        for above in level.above:
            whole = int(above[nodes.index(cell[position])])
            if whole not in (NOWHERE, cell[position]):
                under = [node for node, parent in zip(nodes, above.tolist(), strict=True) if parent == whole]
                yield _at(cell, position, whole), [_at(cell, position, n) for n in under if n != cell[position]]


def _home(axis: Axis, node: int) -> Level | None:
    """The coarsest level at which a node is published; None for the root."""
    return next((level for level in axis.levels if node in level.nodes[level.home]), None)


def _at(cell: Cell, position: int, node: int) -> Cell:
    return (*cell[:position], node, *cell[position + 1 :])


def group_definition(
    values: Sequence[float], hidden: Sequence[bool], axis: Axis, cover: Sequence[int], *, threshold: int
) -> float:
    """What the nodes of a cover add up to along one axis, not rounded: g of D5.

    Args:
        values: what each node prints; never read where nothing is printed.
        hidden: whether a node is low or blocked.
        cover: positions of the official nodes that make up the group.
        threshold: T.
    """
    return sum(
        share_definition(values, hidden, axis, node, threshold=threshold) if hidden[node] else values[node]
        for node in cover
    )


def share_definition(
    values: Sequence[float], hidden: Sequence[bool], axis: Axis, node: int, *, threshold: int
) -> float:
    """What a hidden node adds to a group: w of D5, its even share of what its parent prints beyond shown siblings."""
    level = _home(axis, node)
    if level is None:
        return 0.0
    nodes: list[int] = level.nodes.tolist()
    parent = int(level.parents[nodes.index(node)])
    if hidden[parent]:
        return 0.0
    siblings = [n for n, p in zip(nodes, level.parents.tolist(), strict=True) if p == parent]
    shown = sum(values[n] for n in siblings if not hidden[n])
    n_hidden = sum(hidden[n] for n in siblings)
    return min(max((values[parent] - shown) / n_hidden, 0.0), threshold - 1.0)
