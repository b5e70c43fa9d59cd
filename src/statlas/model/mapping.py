"""Mapping plans: what became of the names that a release took away.

A plan stands in the definition of the release that made the change; plans of several releases are followed one after
another (``model.carrying``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from statlas.model.classification import Node


@dataclass(frozen=True)
class FieldMapping:
    """What became of a field and its codes: of *AREA* the town S became X, ``((Node("TOWN", "S"), (X,)),)``.

    to: id of the field now, empty where it kept its own. levels: pairs of the id that a level had and the one it has.
    codes: nodes of before, each with those that it became; none where it became nothing.
    """

    field: str
    to: str = ""
    levels: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[Node, tuple[Node, ...]], ...] = ()

    @property
    def now(self) -> str:
        """The id of the field now."""
        return self.to or self.field

    def at_level(self, node: Node) -> Node:
        """A node whose code is what it was, at the level as it is called now."""
        return Node(dict(self.levels).get(node.valueset, node.valueset), node.code)


@dataclass(frozen=True)
class MappingPlan:
    """What became of the names of the release before: of fields with their codes, and of measures."""

    fields: tuple[FieldMapping, ...] = ()
    measures: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.measures)

    def of(self, field_id: str) -> FieldMapping:
        """What became of a field; itself where nothing is said."""
        return next((one for one in self.fields if one.field == field_id), FieldMapping(field_id))


Known = Callable[[str], Collection[Node]]
"""The nodes that a field had in the release before, by its id."""


def completed(plan: MappingPlan, known: Known) -> MappingPlan:
    """The plan with what it leaves unsaid: a code that others joined was there before, and counts them too now.

    Of *Southey became Northam* where Northam was there already, Northam became Northam as well, so that who asked for
    one of the two alone is not given both.
    """
    return replace(plan, fields=tuple(_completed(one, known(one.field)) for one in plan.fields))


def _completed(one: FieldMapping, before: Collection[Node]) -> FieldMapping:
    said = {old for old, _new in one.codes}
    joined = {node for _old, new in one.codes for node in new}
    return replace(one, codes=(*one.codes, *_kept(one, before, said, joined))) if joined else one


def _kept(
    one: FieldMapping, before: Collection[Node], said: set[Node], joined: set[Node]
) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    for old in before:
        now = one.at_level(old)
        if old not in said and now in joined:
            yield old, (now,)
