"""Decisions D4 and D5 as plain recursion over sets of leaves: slow, obvious, and the measure of the fast code.

A node is a pair (frozenset of leaves, name); the root is the set of all leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from statlas.model.classification import Node
from statlas.model.database import Field, FieldKind

Place = tuple[frozenset, ...]
"""For each axis the leaves of the node: two official nodes with the same leaves are the same place."""


class Oracle:
    """Printed cells and groups of one period from the perturbed counts of its official places."""

    impossible: Callable[[Place], bool] = staticmethod(lambda _: False)
    """Whether a place is a structural zero."""

    def __init__(self, fields: list[Field], perturbed: Callable[[Place], int], threshold: int, margin: int) -> None:
        self.fields = fields
        self.perturbed = perturbed
        self.threshold = threshold
        self.margin = margin

    def leaves(self, axis: int, node: Node | None) -> frozenset:
        """The leaves of a node of an axis; None is the root."""
        classification = self.fields[axis].classification
        if node is None:
            return frozenset(range(len(classification.leaves)))
        return frozenset(classification.members[node])

    def levels_of(self, axis: int, leaves: frozenset) -> tuple[str, list[Node]] | None:
        """The coarsest valueset that publishes these leaves as one code, with all its codes; None for the root."""
        if leaves == self.leaves(axis, None):
            return None
        for valueset in self.fields[axis].classification:
            for node in valueset.nodes():
                if self.leaves(axis, node) == leaves:
                    return valueset.id, list(valueset.nodes())
        raise AssertionError("not an official node")

    def containing(self, axis: int, leaves: frozenset) -> list[frozenset]:
        """Official nodes that contain these leaves and more, nearest valueset first, the root last."""
        classification = self.fields[axis].classification
        level, _ = self.levels_of(axis, leaves)
        own = next(node for node in classification[level].nodes() if self.leaves(axis, node) == leaves)
        order = [valueset.id for valueset in classification]
        above = sorted(classification.above[own], key=lambda n: -order.index(n.valueset))
        found = [self.leaves(axis, node) for node in above] + [self.leaves(axis, None)]
        return [f for f in found if f != leaves]

    def printed(self, place: Place) -> int | None:
        """What a cell prints; None is low."""
        number = self.perturbed(self.source(place))
        return None if number < self.threshold else number

    def source(self, place: Place) -> Place:
        """The cell whose number a cell prints, if that is printed."""
        hidden = self.perturbed(place) < self.threshold
        for axis, field in enumerate(self.fields):
            level = self.levels_of(axis, place[axis])
            if level is None or not field.inherit or (hidden and field.kind is FieldKind.GEOGRAPHY):
                continue
            for above in self.containing(axis, place[axis]):
                if self._alone(place, axis, level[1], above):
                    return self.source(_with(place, axis, above))
        return place

    def _alone(self, place: Place, axis: int, siblings: list[Node], above: frozenset) -> bool:
        """Whether a whole is close, and the other parts are hidden or, of a hidden part, have no count."""
        others = [s for s in (self.leaves(axis, n) for n in siblings) if s <= above and s != place[axis]]
        counts, own = [self.perturbed(_with(place, axis, s)) for s in others], self.perturbed(place)
        alone = max(counts, default=0) < self.threshold if own >= self.threshold else own > 0 and not any(counts)
        return alone and self.perturbed(_with(place, axis, above)) - own <= self.margin

    def cover(self, axis: int, nodes: Iterable[Node]) -> list[frozenset]:
        """The fewest official nodes that make up the union of ``nodes`` and share nothing: every way is tried.

        Of equally few the first: official nodes are ranked largest first, then as they are declared, and covers by
        the ranks of their nodes.
        """
        wanted = frozenset().union(*(self.leaves(axis, node) for node in nodes))
        official = [self.leaves(axis, node) for node in (None, *self.fields[axis].classification.nodes)]
        if wanted in official:
            return [wanted]
        ranked = sorted(dict.fromkeys(official), key=len, reverse=True)
        ways = _partitions(wanted, [leaves for leaves in ranked if leaves <= wanted])
        return min(ways, key=lambda way: (len(way), sorted(ranked.index(leaves) for leaves in way)))

    def item(self, place: tuple[list[frozenset], ...]) -> tuple[int | None, bool]:
        """What an item in every axis prints, and whether it is derived."""
        derived = any(len(cover) > 1 for cover in place)
        value, hidden = self._grouped(place, len(place))
        if not derived:
            return (None if hidden else int(value)), False
        rounded = round(round(value, 6))
        return (None if rounded < self.threshold else rounded), True

    def cell(self, place: Place) -> tuple[float, bool]:
        """What an official cell adds up to, and whether it is hidden; a structural zero is not."""
        if self.impossible(place):
            return 0.0, False
        printed = self.printed(place)
        return (0.0 if printed is None else float(printed)), printed is None

    def _grouped(self, place: tuple[list[frozenset], ...], n_done: int) -> tuple[float, bool]:
        """Value and hiddenness after the first ``n_done`` axes are grouped; later ones hold one node each."""
        if n_done == 0:
            return self.cell(tuple(cover[0] for cover in place))
        axis = n_done - 1
        cover = place[axis]
        if len(cover) == 1:
            return self._grouped(place, axis)
        total = sum(self._part(place, axis, node) for node in cover)
        return total, round(total, 6) < self.threshold and not self.never(place)

    def never(self, place: tuple[list[frozenset], ...]) -> bool:
        """Whether every cell of an item is a structural zero; later axes hold one node each."""
        return all(self.impossible(one) for one in product(*place))

    def _part(self, place: tuple[list[frozenset], ...], axis: int, node: frozenset) -> float:
        value, hidden = self._grouped(_swap(place, axis, node), axis)
        return self._share(place, axis, node) if hidden else value

    def _share(self, place: tuple[list[frozenset], ...], axis: int, node: frozenset) -> float:
        """What D5 calls w: the even share of what the official parent prints beyond the shown siblings."""
        classification = self.fields[axis].classification
        _, nodes = self.levels_of(axis, node)
        mine = next(n for n in nodes if self.leaves(axis, n) == node)
        parents = classification.code(mine).parents[:1]
        parent = self.leaves(axis, parents[0] if parents else None)
        above, above_hidden = self._grouped(_swap(place, axis, parent), axis)
        if above_hidden:
            return 0.0
        siblings = [n for n in nodes if classification.code(n).parents[:1] == parents]
        found = [self._grouped(_swap(place, axis, self.leaves(axis, n)), axis) for n in siblings]
        left = above - sum(value for value, hidden in found if not hidden)
        return min(max(left / sum(hidden for _, hidden in found), 0.0), self.threshold - 1.0)


def _partitions(wanted: frozenset, official: list[frozenset]) -> Iterator[list[frozenset]]:
    """Every way to make up ``wanted`` of official nodes that share nothing."""
    if not wanted:
        yield []
        return
    for leaves in official:
        if min(wanted) in leaves and leaves <= wanted:
            for rest in _partitions(wanted - leaves, official):
                yield [leaves, *rest]


def _with(place: Place, axis: int, leaves: frozenset) -> Place:
    return (*place[:axis], leaves, *place[axis + 1 :])


def _swap(place: tuple[list[frozenset], ...], axis: int, leaves: frozenset) -> tuple[list[frozenset], ...]:
    return (*place[:axis], [leaves], *place[axis + 1 :])


def all_items(covers: list[list[list[frozenset]]]) -> Iterable[tuple[list[frozenset], ...]]:
    """Every cell of a table: one item of each axis."""
    return product(*covers)
