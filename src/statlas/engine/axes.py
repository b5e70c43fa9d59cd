"""From a field and what is asked of it to official nodes, their atoms, and the covers of items.

An *atom* is a class of leaves that no node in use tells apart; counting is done at atoms and added up to nodes.
Of two nodes with the same members the coarser one stands for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, ROOT, Axis, Level
from statlas.engine.covers import NodeSets
from statlas.engine.itself import Itself
from statlas.model.classification import Classification, Node, Valueset
from statlas.model.database import Field, FieldKind

_FOR_EVER = "999999"
"""A period after every other: they begin with the year."""


@dataclass(frozen=True, eq=False)
class FieldTree:
    """The whole official hierarchy of a field as arrays over its leaves."""

    classification: Classification

    @cached_property
    def n_leaves(self) -> int:
        """Base codes of the field."""
        return len(self.classification.leaves)

    @cached_property
    def is_dated(self) -> bool:
        """Whether any code exists in some periods only."""
        return any(code.valid_from or code.valid_to for valueset in self.classification for code in valueset)

    @cached_property
    def existence(self) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """(n_leaves,) twice: the first and last period in which each leaf and all above it exist, as text."""
        chains = [(leaf, *self.classification.above[leaf]) for leaf in self.classification.leaves]
        codes = [[self.classification.code(node) for node in chain] for chain in chains]
        first = [max(code.valid_from or "" for code in chain) for chain in codes]
        last = [min(code.valid_to or _FOR_EVER for code in chain) for chain in codes]
        return np.array(first), np.array(last)

    @cached_property
    def member(self) -> dict[str, NDArray[np.int64]]:
        """For each valueset the position of the code that holds each leaf, -1 if none does."""
        return {valueset.id: self._member(valueset) for valueset in self.classification}

    def _member(self, valueset: Valueset) -> NDArray[np.int64]:
        found = np.full(self.n_leaves, NOWHERE, dtype=np.int64)
        for position, node in enumerate(valueset.nodes()):
            found[list(self.classification.members[node])] = position
        return found

    def union(self, nodes: Iterable[Node]) -> NDArray[np.bool_]:
        """(n_leaves,) which leaves lie in any of the nodes."""
        found = np.zeros(self.n_leaves, dtype=bool)
        for node in nodes:
            found[list(self.classification.members[node])] = True
        return found

    @cached_property
    def by_members(self) -> dict[tuple[int, ...], Node | None]:
        """For every set of leaves that is published the coarsest node with these members; None for the root."""
        found: dict[tuple[int, ...], Node | None] = {tuple(range(self.n_leaves)): None}
        for node in self.classification.nodes:
            found.setdefault(self.classification.members[node], node)
        return found

    @cached_property
    def canonical(self) -> dict[Node, Node | None]:
        """For every node the coarsest with the same members; None for the root."""
        return {node: self.by_members[self.classification.members[node]] for node in self.classification.nodes}

    @cached_property
    def largest_first(self) -> tuple[Node | None, ...]:
        """The official nodes, those with the same members once; of equal size in the order of the definition."""
        return tuple(self.by_members[members] for members in sorted(self.by_members, key=len, reverse=True))

    @cached_property
    def sets(self) -> NodeSets:
        """The members of each of ``largest_first``."""
        return NodeSets(sorted(self.by_members, key=len, reverse=True))

    def coarser(self, valueset_id: str) -> tuple[str, ...]:
        """Valuesets with a node above some code of this one, nearest first."""
        return self._coarser[valueset_id]

    @cached_property
    def _coarser(self) -> dict[str, tuple[str, ...]]:
        return {valueset.id: self._coarser_than(valueset.id) for valueset in self.classification}

    def _coarser_than(self, valueset_id: str) -> tuple[str, ...]:
        above = {up.valueset for code in self.classification[valueset_id] for up in code.parents}
        for valueset in reversed(self.classification.valuesets):
            if valueset.id in above:
                above |= {up.valueset for code in valueset for up in code.parents}
        order = [v.id for v in self.classification]
        return tuple(sorted(above, key=lambda v: -order.index(v)))

    def cover(self, nodes: Iterable[Node]) -> tuple[Node | None, ...]:
        """The fewest official nodes that make up the union of ``nodes``, no two of which overlap; (None,) is the root.

        Of several such covers the first, listed largest first and then in the order of the definition: ``covers``
        tells how it is found.

        Raises:
            QueryError: bandings cross in more ways than can be compared.
        """
        nodes = tuple(nodes)
        if len(nodes) == 1:
            return (self.canonical[nodes[0]],)
        return tuple(self.largest_first[position] for position in self.sets.fewest(self.union(nodes)))


@lru_cache(maxsize=256)
def _tree(kept: Itself[Classification]) -> FieldTree:
    return FieldTree(kept.value)


def tree_of(field: Field) -> FieldTree:
    """The tree of a field, kept while its classification is in use."""
    return _tree(Itself(field.classification))


@dataclass(frozen=True, eq=False)
class ItemCover:
    """One resulting position: the positions of its cover on the axis."""

    positions: NDArray[np.int64]

    @property
    def is_node(self) -> bool:
        """Whether the item is one official node."""
        return len(self.positions) == 1


@dataclass(frozen=True, eq=False)
class FieldAxis:
    """One field in use: its official nodes along an axis, and how records reach them.

    nodes: the node at each position; None is the root, at position 0.
    leaf_atoms: (n_leaves,) the atom of each leaf.
    n_atoms: atoms along the axis.
    node_atoms: for each position the atoms it holds, as a pair (starts, atoms): those of p are
        ``atoms[starts[p]:starts[p + 1]]``.
    axis: what disclosure control needs to know of it.
    covers: one for each item asked.
    """

    field: Field
    nodes: tuple[Node | None, ...]
    leaf_atoms: NDArray[np.int64]
    n_atoms: int
    node_atoms: tuple[NDArray[np.int64], NDArray[np.int64]]
    axis: Axis
    covers: tuple[ItemCover, ...]

    def possible(self, period: str) -> NDArray[np.bool_]:
        """(n_nodes,) whether each node exists in ``period``; what does not is a structural zero."""
        tree = tree_of(self.field)
        if not tree.is_dated:
            return np.ones(len(self.nodes), dtype=bool)
        first, last = tree.existence
        alive = np.zeros(self.n_atoms, dtype=bool)
        alive[self.leaf_atoms[(first <= period) & (period <= last)]] = True
        starts, held = self.node_atoms
        return np.asarray(np.logical_or.reduceat(alive[held], starts[:-1]))

    def within(self, nodes: Iterable[Node]) -> NDArray[np.bool_]:
        """(n_nodes,) whether each node lies within the union of some, of any level."""
        inside = np.ones(self.n_atoms, dtype=bool)
        inside[self.leaf_atoms[~tree_of(self.field).union(nodes)]] = False
        starts, held = self.node_atoms
        return np.asarray(np.logical_and.reduceat(inside[held], starts[:-1]))


def field_axis(field: Field, items: Iterable[tuple[Node, ...]]) -> FieldAxis:
    """The axis on which these items of a field are counted.

    All codes of every level that holds a node of a cover are on it, and all levels above: siblings are needed whole,
    whatever the user asked for.
    """
    tree = tree_of(field)
    covers = [tree.cover(nodes) for nodes in items]
    frame = _frame_of(field, {n.valueset for cover in covers for n in cover if n is not None})
    return _axis(field, frame, (frame.cover(nodes) for nodes in covers))


def level_axis(field: Field, valuesets: Iterable[str]) -> FieldAxis:
    """The axis of all codes of some levels and of all levels above them; no item is asked of it."""
    return _axis(field, _frame_of(field, set(valuesets)), ())


def _axis(field: Field, frame: _Frame, covers: Iterable[ItemCover]) -> FieldAxis:
    return FieldAxis(
        field=field,
        nodes=frame.nodes,
        leaf_atoms=frame.leaf_atoms,
        n_atoms=frame.n_atoms,
        node_atoms=frame.node_atoms,
        axis=frame.axis,
        covers=tuple(covers),
    )


@dataclass(frozen=True, eq=False)
class _Frame:
    """All of an axis that its levels decide: the same for every query at these levels.

    where: the position of each node on the axis.
    alone: the covers by one node that were asked for so far.
    """

    nodes: tuple[Node | None, ...]
    where: dict[Node | None, int]
    leaf_atoms: NDArray[np.int64]
    n_atoms: int
    node_atoms: tuple[NDArray[np.int64], NDArray[np.int64]]
    axis: Axis
    alone: dict[Node | None, ItemCover] = dataclass_field(default_factory=dict)

    def cover(self, nodes: tuple[Node | None, ...]) -> ItemCover:
        """The positions of some nodes; kept where it is one, as there may be thousands of such items."""
        held = self.alone.get(nodes[0]) if len(nodes) == 1 else None
        if held is None:
            held = ItemCover(np.array([self.where[node] for node in nodes], dtype=np.int64))
            if len(nodes) == 1:
                self.alone[nodes[0]] = held
        return held


def _frame_of(field: Field, used: set[str]) -> _Frame:
    tree = tree_of(field)
    return _frame(tree, _levels(tree, used), field.inherit, field.kind is not FieldKind.GEOGRAPHY)


@lru_cache(maxsize=256)
def _frame(tree: FieldTree, levels: tuple[str, ...], inherit: bool, hidden_inherit: bool) -> _Frame:  # noqa: FBT001 - a cache has no keywords
    """Kept, because thousands of areas take longer to set out than to count."""
    nodes, where = _positions(tree, levels)
    leaf_atoms, n_atoms = _atoms(tree, levels)
    return _Frame(
        nodes,
        where,
        leaf_atoms,
        n_atoms,
        _node_atoms(tree, nodes, leaf_atoms, n_atoms),
        Axis(len(nodes), tuple(_level(tree, v, where) for v in levels), inherit, hidden_inherit),
    )


def _levels(tree: FieldTree, used: set[str]) -> tuple[str, ...]:
    needed = used.union(*(tree.coarser(valueset) for valueset in used)) if used else set()
    return tuple(valueset.id for valueset in tree.classification if valueset.id in needed)


def _positions(tree: FieldTree, levels: tuple[str, ...]) -> tuple[tuple[Node | None, ...], dict[Node | None, int]]:
    nodes: list[Node | None] = [None]
    where: dict[Node | None, int] = {None: ROOT}
    for valueset in levels:
        for node in tree.classification[valueset].nodes():
            same = tree.canonical[node]
            if same not in where:
                where[same] = len(nodes)
                nodes.append(same)
            where[node] = where[same]
    return tuple(nodes), where


def _atoms(tree: FieldTree, levels: tuple[str, ...]) -> tuple[NDArray[np.int64], int]:
    if not levels:
        return np.zeros(tree.n_leaves, dtype=np.int64), 1
    table = np.stack([tree.member[valueset] for valueset in levels], axis=1)
    unique, atoms = np.unique(table, axis=0, return_inverse=True)
    return atoms.reshape(-1).astype(np.int64), len(unique)


def _node_atoms(
    tree: FieldTree, nodes: tuple[Node | None, ...], leaf_atoms: NDArray[np.int64], n_atoms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    members = tree.classification.members
    held = [np.arange(n_atoms) if n is None else np.unique(leaf_atoms[list(members[n])]) for n in nodes]
    starts = np.concatenate([[0], np.cumsum([len(atoms) for atoms in held])]).astype(np.int64)
    return starts, np.concatenate(held).astype(np.int64)


def _level(tree: FieldTree, valueset_id: str, where: dict[Node | None, int]) -> Level:
    valueset = tree.classification[valueset_id]
    nodes = valueset.nodes()
    above = [
        np.array([_at_level(tree, node, coarse, where) for node in nodes], dtype=np.int64)
        for coarse in tree.coarser(valueset_id)
    ]
    return Level(
        nodes=np.array([where[node] for node in nodes], dtype=np.int64),
        parents=np.array([_parent(code.parents, where) for code in valueset], dtype=np.int64),
        above=(*above, np.full(len(nodes), ROOT, dtype=np.int64)),
        home=np.array([tree.canonical[node] == node for node in nodes], dtype=bool),
    )


def _at_level(tree: FieldTree, node: Node, valueset: str, where: dict[Node | None, int]) -> int:
    return next((where[up] for up in tree.classification.above[node] if up.valueset == valueset), NOWHERE)


def _parent(parents: tuple[Node, ...], where: dict[Node | None, int]) -> int:
    return where[parents[0]] if parents else ROOT
