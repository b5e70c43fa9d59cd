"""Codes with their hierarchy.

A *classification* is a set of *valuesets* (lists at which one can tabulate: country, region, authority).
A published category is a *node*: a code of a valueset.
Codes name their parents in coarser valuesets; a code that is nobody's parent is a *leaf*, and every record carries one
leaf.
A node is the set of its leaves, so ragged trees (a region without small areas) and several bandings
of the same single years live in one shape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from statlas.errors import QueryError, UnknownNameError
from statlas.wording import _


class Node(NamedTuple):
    """An official node: a published code at a published level, ``Node("LA", "E08000035")``."""

    valueset: str
    code: str


@dataclass(frozen=True)
class Code:
    """One category: ``Code("E08000035", "Leeds", parents=(Node("REGION", "E12000003"),))``.

    ``parents`` are nodes of coarser valuesets, the main one first; none means directly under the whole.
    ``valid_from`` and ``valid_to`` are the first and last period code in which the category exists, both included,
    compared as text (``"201804"``); outside them the category is a structural zero.
    """

    id: str
    label: str
    parents: tuple[Node, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None

    def valid_in(self, period: str) -> bool:
        """Whether the category exists in ``period``."""
        return (self.valid_from is None or period >= self.valid_from) and (
            self.valid_to is None or period <= self.valid_to
        )


@dataclass(frozen=True)
class Valueset:
    """One list of categories at which to tabulate, such as the 374 local authorities.

    ``small_areas`` says whether a geography's level lies below authorities; None judges by the number of codes.
    """

    id: str
    label: str
    codes: tuple[Code, ...]
    small_areas: bool | None = None

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, code_id: object) -> bool:
        return code_id in self._by_id

    def __getitem__(self, code_id: str) -> Code:
        try:
            return self._by_id[code_id]
        except KeyError:
            raise UnknownNameError(
                _("{code_id!r} is not a code of {valueset}.").format(code_id=code_id, valueset=self.id),
                component=code_id,
                mend=_("See the codes of the valueset."),
            ) from None

    def node(self, code: Code) -> Node:
        """The node of one of this valueset's codes."""
        return Node(self.id, code.id)

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(Node(self.id, code.id) for code in self.codes)

    def nodes(self) -> tuple[Node, ...]:
        """Every node of this valueset, in order."""
        return self._nodes


@dataclass(frozen=True)
class Classification:
    """Valuesets over the same leaves, coarse before fine; ``Country > Region > Authority``.

    Raises:
        QueryError: a valueset occurs twice, or a parent is not there or forms a circle.
    """

    valuesets: tuple[Valueset, ...]

    def __post_init__(self) -> None:
        if len(self._by_id) != len(self.valuesets):
            raise QueryError(_("A classification names a valueset twice."))
        for valueset in self.valuesets:
            for code in valueset:
                self._check_parents(valueset, code)

    def _check_parents(self, valueset: Valueset, code: Code) -> None:
        for parent in code.parents:
            above = self._by_id.get(parent.valueset)
            if above is None or parent.code not in above:
                raise QueryError(
                    _("{code} of {valueset} has a parent that is not there: {parent}.").format(
                        code=code.id, valueset=valueset.id, parent=parent.code
                    )
                )
            if self._order[parent.valueset] >= self._order[valueset.id]:
                raise QueryError(
                    _("{parent} must come before {valueset}, whose codes it holds.").format(
                        parent=parent.valueset, valueset=valueset.id
                    )
                )

    @cached_property
    def _by_id(self) -> dict[str, Valueset]:
        return {valueset.id: valueset for valueset in self.valuesets}

    @cached_property
    def _order(self) -> dict[str, int]:
        return {valueset.id: position for position, valueset in enumerate(self.valuesets)}

    def __iter__(self) -> Iterator[Valueset]:
        return iter(self.valuesets)

    def __contains__(self, valueset_id: object) -> bool:
        return valueset_id in self._by_id

    def __getitem__(self, valueset_id: str) -> Valueset:
        try:
            return self._by_id[valueset_id]
        except KeyError:
            raise UnknownNameError(
                _("{valueset_id!r} is not a valueset of this field.").format(valueset_id=valueset_id),
                component=valueset_id,
                mend=_("It has {listed}.").format(listed=", ".join(self._by_id)),
            ) from None

    def code(self, node: Node) -> Code:
        """The code of a node."""
        return self[node.valueset][node.code]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every official node, coarse before fine."""
        return tuple(node for valueset in self.valuesets for node in valueset.nodes())

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """Nodes that are nobody's parent, in order; a record is encoded as a position in this tuple."""
        parents = {parent for valueset in self.valuesets for code in valueset for parent in code.parents}
        return tuple(node for node in self.nodes if node not in parents)

    @cached_property
    def leaves_digest(self) -> str:
        """SHA-256 of the list of leaves, in hexadecimal: where it is equal, positions mean the same leaves."""
        return hashlib.sha256(json.dumps(self.leaves).encode()).hexdigest()

    @cached_property
    def above(self) -> dict[Node, tuple[Node, ...]]:
        """For every node all nodes that contain it, nearest first, itself left out."""
        found: dict[Node, tuple[Node, ...]] = {}
        for node in self.nodes:
            reached: list[Node] = []
            for parent in self.code(node).parents:
                reached += [parent, *found[parent]]
            found[node] = tuple(sorted(dict.fromkeys(reached), key=lambda n: -self._order[n.valueset]))
        return found

    @cached_property
    def members(self) -> dict[Node, tuple[int, ...]]:
        """For every node the positions of its leaves in ``leaves``, ascending."""
        found: dict[Node, list[int]] = {node: [] for node in self.nodes}
        for position, leaf in enumerate(self.leaves):
            for node in (leaf, *self.above[leaf]):
                found[node].append(position)
        return {node: tuple(positions) for node, positions in found.items()}

    def next_above(self, valueset_id: str) -> str | None:
        """The valueset that holds the main parents of this one's codes; None if they have none."""
        parents = (code.parents[0].valueset for code in self[valueset_id] if code.parents)
        return next(parents, None)

    def children(self, node: Node) -> tuple[Node, ...]:
        """Nodes whose main parent is ``node``, in order."""
        return self._children.get(node, ())

    @cached_property
    def _children(self) -> dict[Node, tuple[Node, ...]]:
        found: dict[Node, list[Node]] = {}
        for child in self.nodes:
            for parent in self.code(child).parents[:1]:
                found.setdefault(parent, []).append(child)
        return {parent: tuple(children) for parent, children in found.items()}

    @cached_property
    def n_inside(self) -> dict[Node, dict[str, int]]:
        """For every node that others lie in, by level how many."""
        found: dict[Node, dict[str, int]] = {}
        for node in self.nodes:
            for parent in self.above[node]:
                counts = found.setdefault(parent, {})
                counts[node.valueset] = counts.get(node.valueset, 0) + 1
        return found

    @cached_property
    def positions(self) -> dict[Node, int]:
        """The place of every node in ``nodes``."""
        return {node: position for position, node in enumerate(self.nodes)}

    @cached_property
    def spellings(self) -> dict[str, tuple[Node, ...]]:
        """The nodes that a text may name, by the code or label as ``folded`` has it, coarse before fine."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            code = self.code(node)
            for text in dict.fromkeys((folded(code.id), folded(code.label))):
                found.setdefault(text, []).append(node)
        return {text: tuple(nodes) for text, nodes in found.items()}

    @cached_property
    def searched(self) -> dict[Node, str]:
        """For every node what a search looks through: its code and label, and the labels of what it lies in."""
        found: dict[Node, str] = {}
        for node in self.nodes:
            code = self.code(node)
            above = " ".join(self.code(parent).label for parent in self.above[node])
            found[node] = folded(f"{code.id} {code.label} {above}")
        return found


_SAME = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2011": "-", "&": " and ", ".": ""})


def folded(text: str) -> str:
    """A name as it is compared with what somebody typed: in small letters, single blanks, plain quotes and dashes."""
    return " ".join(text.translate(_SAME).casefold().split())
