"""The official nodes along one axis of a table, as positions, with who is whose parent and sibling.

Position 0 is the root: everything.
Two official nodes with the same members are one position, so that they cannot print differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = 0
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Level:
    """The codes of one published level: a sibling set under whichever node contains them.

    nodes: (m,) positions on the axis.
    parents: (m,) position of each code's official parent; ``ROOT`` if it has none.
    above: one (m,) array for each coarser level that contains some of them, nearest first, and one of ``ROOT`` last;
        ``NOWHERE`` where that level holds no node above the code.
    home: (m,) whether this is the coarsest level at which the node is published; rules judge a node at home only.
    """

    nodes: NDArray[np.int64]
    parents: NDArray[np.int64]
    above: tuple[NDArray[np.int64], ...]
    home: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Axis:
    """The nodes of one field in use.

    n_nodes: how many.
    levels: their levels.
    inherit: whether their margins inherit (D4).
    hidden_inherit: whether hidden cells do, too; not those of a geography, where each of many areas may hold the one
        person of a rare kind, and the country's number would show that he is there.
    """

    n_nodes: int
    levels: tuple[Level, ...]
    inherit: bool = True
    hidden_inherit: bool = True

    def __len__(self) -> int:
        return self.n_nodes


def sums_under(values: NDArray[Any], parents: NDArray[np.int64], n_nodes: int) -> NDArray[Any]:
    """Sum of ``values`` along the first axis over the codes under each parent.

    Args:
        values: (m, ...) array, one row for each code of a level.
        parents: (m,) position of each code's parent; ``NOWHERE`` codes are left out.
        n_nodes: rows of the result.

    Returns:
        (n_nodes, ...) array; 0 where no code has that parent.
    """
    out = np.zeros((n_nodes, *values.shape[1:]), dtype=values.dtype)
    inside = np.flatnonzero(parents != NOWHERE)
    order = inside[np.argsort(parents[inside], kind="stable")]
    if order.size:
        held, starts = np.unique(parents[order], return_index=True)
        out[held] = np.add.reduceat(values[order], starts, axis=0)
    return out
