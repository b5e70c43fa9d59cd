"""The fewest official nodes that make up a group (decisions page, D5).

A group prints the *sum* of its nodes, so they may not overlap: a cover is a set of official nodes no two of which share
a base code, and which together are the group.
There always is one, as every base code is a node.
Of the covers with the fewest nodes the *first* is used: list the nodes largest first and, of equal size, in the order
of the definition (coarse levels before fine); of two covers the one that has the first node in which they differ.
It depends on the definition and the group alone: not on records, the query around it, or how the search went.

Theory of operation.
Only nodes inside the group can be in a cover.
They fall into *tangles*: nodes that share codes, directly or through others; each tangle is settled by itself.
Where one node of a tangle holds all the others, it alone is the fewest, as any other cover of it takes two or more.
That settles all groups of a field whose levels nest, and most of others.
Where bandings cross there is no such node; ``packing`` finds which of the nodes to take, and single codes make up the
rest.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


class NodeSets:
    """The official nodes of a field as sets of base codes, largest first.

    Args:
        sets: the positions of the base codes of each node; every base code is a set by itself, no two sets are equal,
            and those of equal size stand in the order of the definition.
    """

    def __init__(self, sets: Iterable[tuple[int, ...]]) -> None:
        found = [np.array(codes, dtype=np.int64) for codes in sets]
        self.sizes = np.array([len(codes) for codes in found])
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.codes = np.concatenate(found)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, position: int) -> NDArray[np.int64]:
        return self.codes[self.starts[position] :][: self.sizes[position]]

    def fewest(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Positions of the fewest disjoint sets that make up ``wanted``; the first of equals.

        Args:
            wanted: (n_codes,) whether each base code is to be covered.

        Raises:
            QueryError: bandings cross in more ways than can be compared.
        """
        inside = np.flatnonzero(np.logical_and.reduceat(wanted[self.codes], self.starts))
        _, largest, tangle = np.unique(self._tangles(inside), return_index=True, return_inverse=True)
        n_codes = np.bincount(tangle[self.sizes[inside] == 1])
        holds_all = self.sizes[inside[largest]] == n_codes
        return np.sort(np.concatenate([inside[largest[holds_all]], self._packed(inside[~holds_all[tangle]])]))

    def _tangles(self, inside: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each of these sets the least code of its tangle."""
        sizes = self.sizes[inside]
        starts = np.cumsum(sizes) - sizes
        codes = np.concatenate([self[position] for position in inside])
        least = np.arange(codes.max() + 1)
        while True:
            of_sets = np.minimum.reduceat(least[codes], starts)
            lower = least.copy()
            np.minimum.at(lower, codes, np.repeat(of_sets, sizes))
            lower = lower[lower]  # what the least code knows by now
            if np.array_equal(lower, least):
                return np.asarray(of_sets)
            least = lower

    def _packed(self, tangled: NDArray[np.int64]) -> NDArray[np.int64]:
        several, single = tangled[self.sizes[tangled] > 1], tangled[self.sizes[tangled] == 1]
        if not len(several):
            return several
        # scipy.optimize takes a quarter of a second to import, and few tables need it.
        from statlas.engine.packing import best_packing  # noqa: PLC0415

        taken = several[best_packing([self[position] for position in several])]
        covered = np.concatenate([self[position] for position in taken])
        return np.concatenate([taken, single[~np.isin(self.codes[self.starts[single]], covered)]])
