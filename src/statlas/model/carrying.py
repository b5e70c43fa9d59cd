"""Queries and groups of an earlier release carried over to a later one, as mapping plans say.

A query is carried whole or not at all: a table that asked for two towns never becomes one of a town and a half.

Rules for the codes of an item:

* a code that became one other is that one;
* a code that became several is the group of them, under its own label;
* of codes that became one together, an item that holds all of them holds the new one, and so do items of one code each
  that are all of them; an item that holds only some cannot be carried, as the new one counts more people;
* a code that others joined is such a code too: alone it is not carried;
* a code that became nothing cannot be carried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from statlas.model.classification import Node
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank
from statlas.model.mapping import FieldMapping, MappingPlan
from statlas.model.query import Dimension, Filter, Item, Query
from statlas.model.words import listed
from statlas.wording import _, later

_T = TypeVar("_T")
_Made = TypeVar("_Made")


class Obstacle(StrEnum):
    """What keeps a query from being carried: of what kind it is, never of what code."""

    GONE = "gone"
    WIDER = "wider"
    FIELD = "field"
    LEVEL = "level"
    MEASURE = "measure"
    STATISTIC = "statistic"
    FORMULA = "formula"

    @property
    def said(self) -> str:
        """In words, for whoever publishes."""
        return _(_OBSTACLES[self])


_OBSTACLES = {
    Obstacle.GONE: later("a category is gone, and no plan says what became of it"),
    Obstacle.WIDER: later("a category counts more people now than the one that was asked for"),
    Obstacle.FIELD: later("a field is gone"),
    Obstacle.LEVEL: later("a level is gone"),
    Obstacle.MEASURE: later("a measure is gone"),
    Obstacle.STATISTIC: later("a measure no longer has the statistic"),
    Obstacle.FORMULA: later("a formula names what is called otherwise now"),
}


class Names:
    """What sentences call things: their ids, unless somebody knows what readers call them."""

    def field(self, field_id: str) -> str:
        """A field, before or now."""
        return field_id

    def node(self, field_id: str, node: Node) -> str:  # noqa: ARG002 - who knows labels needs it
        """A code of a field, before or now."""
        return node.code

    def measure(self, measure_id: str) -> str:
        """A measure, before or now."""
        return measure_id


@dataclass(frozen=True)
class Carried:
    """A query as it is asked after a mapping; ``query`` is None where it cannot be carried, and ``cannot`` says why.

    changed: what is asked for by another name now, in sentences; nothing where the query is as it was.
    why: the kinds of what ``cannot`` says. rest: what of the query can be asked still, where it is not carried.
    """

    query: Query | None
    cannot: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    why: frozenset[Obstacle] = frozenset()
    rest: Query | None = None


def carry(plan: MappingPlan, query: Query, names: Names | None = None) -> Carried:
    """A query of the release before, as it is asked of the release of the plan."""
    carrying = _Carrying(plan, names or Names())
    made = replace(
        query,
        dimensions=tuple(carrying.dimension(one) for one in query.dimensions),
        filters=tuple(carrying.each(carrying.filter, query.filters)),
        measures=tuple(carrying.measure(name) for name in query.measures),
        derived=tuple(carrying.each(carrying.derived, query.derived)),
    )
    if carrying.cannot:
        return Carried(None, tuple(dict.fromkeys(carrying.cannot)), why=frozenset(carrying.why), rest=made)
    changed = tuple(dict.fromkeys(carrying.changed)) if made != query else ()
    return Carried(made, changed=changed)


def carry_codes(plan: MappingPlan, field_id: str, nodes: Iterable[Node]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Codes of a saved group as they are now, each once, and the codes that cannot be carried."""
    carrying = _Carrying(plan, Names())
    found = carrying.nodes(plan.of(field_id), tuple(nodes))
    return found, tuple(carrying.lost)


@dataclass
class _Carrying:
    """Carries one query, gathering what cannot be and what is called otherwise."""

    plan: MappingPlan
    names: Names
    cannot: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    why: set[Obstacle] = field(default_factory=set)

    def each(self, one: Callable[[_T], _Made], asked: Iterable[_T]) -> Iterator[_Made]:
        """Those that are carried; the others are told of."""
        for part in asked:
            n_told = len(self.cannot)
            made = one(part)
            if len(self.cannot) == n_told:
                yield made

    def dimension(self, asked: Dimension) -> Dimension:
        found = self._field(asked.field)
        levels = dict(found.levels)
        valueset = levels.get(asked.valueset, asked.valueset) if asked.valueset else asked.valueset
        items = None if asked.items is None else tuple(self._items(found, asked.items))
        return replace(asked, field=found.now, valueset=valueset, items=items or None)

    def filter(self, asked: Filter) -> Filter:
        found = self._field(asked.field)
        return Filter(found.now, self.nodes(found, asked.nodes) or asked.nodes)

    def measure(self, name: str) -> str:
        """A measure by its name now; ``RENT:MEAN`` keeps its statistic."""
        measure, colon, statistic = name.partition(":")
        now = dict(self.plan.measures).get(measure, measure)
        if now != measure:
            old, new = _told_apart(self.names.measure(measure), self.names.measure(now), measure, now)
            self.changed.append(_("{old} is called {new} now.").format(old=old, new=new))
        return f"{now}{colon}{statistic}"

    def derived(self, one: Derived) -> Derived:
        """What is worked out, of the measures and fields as they are called now; formulas name both by hand."""
        match one:
            case Rank(field_id):
                return replace(one, field=self.plan.of(field_id).now, measure=self.measure(one.measure))
            case Percentage() | Change():
                return replace(one, measure=self.measure(one.measure))
            case Formula():
                return self._formula(one)

    def _formula(self, one: Formula) -> Formula:
        over = self.plan.of(one.field or "")
        names = [node.code for node, _now in over.codes] if one.field else [name for name, _now in self.plan.measures]
        if any(f"{{{name}" in one.expression or f":{name}}}" in one.expression for name in names):
            self.why.add(Obstacle.FORMULA)
            self.cannot.append(_("The formula {label} names what is called otherwise now.").format(label=one.label))
        return replace(one, field=over.now if one.field else one.field)

    def _field(self, field_id: str) -> FieldMapping:
        found = self.plan.of(field_id)
        if found.now != field_id:
            old, new = _told_apart(self.names.field(field_id), self.names.field(found.now), field_id, found.now)
            self.changed.append(_("{old} is called {new} now.").format(old=old, new=new))
        return found

    def _items(self, found: FieldMapping, items: tuple[Item, ...]) -> Iterator[Item]:
        singles = frozenset(one.nodes[0] for one in items if len(one.nodes) == 1)
        beside = {one: singles if len(one.nodes) == 1 else frozenset[Node]() for one in items}
        pairs = [*self.each(lambda one: (one, self.nodes(found, one.nodes, beside[one])), items)]
        there = {nodes for one, nodes in pairs if nodes == one.nodes}
        for one, nodes in pairs:
            if nodes == one.nodes:
                yield one
            elif nodes not in there:
                there.add(nodes)
                split = len(nodes) > len(one.nodes)
                yield Item(nodes, one.label or (", ".join(node.code for node in one.nodes) if split else None))

    def nodes(
        self, found: FieldMapping, nodes: tuple[Node, ...], beside: frozenset[Node] = frozenset()
    ) -> tuple[Node, ...]:
        """The nodes that some became together, each once; ``beside`` are codes that stand alone beside them."""
        became = dict(found.codes)
        whole = _wholes(found)
        given = beside | frozenset(nodes)
        result: list[Node] = []
        for node in nodes:
            now = became.get(node)
            if now is None:
                result.append(found.at_level(node))
                continue
            lacking = sorted(set().union(*(whole[one] for one in now)) - given) if now else []
            if not now or lacking:
                self._lost(found, node, now, lacking)
                continue
            if now != (found.at_level(node),):
                self._moved(found, node, now)
            result += now
        return tuple(dict.fromkeys(result))

    def _lost(self, found: FieldMapping, node: Node, now: tuple[Node, ...], lacking: list[Node]) -> None:
        self.lost.append(node.code)
        self.why.add(Obstacle.WIDER if now else Obstacle.GONE)
        field, others = self.names.field(found.field), listed(self.names.node(found.field, one) for one in lacking)
        name = self.names.node(found.field, node)
        if not now:
            said = _("{code} of {field} became nothing that can be asked for.").format(code=name, field=field)
        elif now == (found.at_level(node),):
            said = _("{code} of {field} counts {others} too now.").format(code=name, field=field, others=others)
        else:
            name, names = self._both(found, node, now)
            told = _("{code} of {field} became {now}, which counts {others} too.")
            said = told.format(code=name, field=field, now=names, others=others)
        self.cannot.append(said)

    def _moved(self, found: FieldMapping, node: Node, now: tuple[Node, ...]) -> None:
        old, new = self._both(found, node, now)
        self.changed.append(_("{old} is {new} now.").format(old=old, new=new))

    def _both(self, found: FieldMapping, node: Node, now: tuple[Node, ...]) -> tuple[str, str]:
        """What a code is called, and what those are that it became."""
        new, codes = listed(self.names.node(found.now, one) for one in now), listed(one.code for one in now)
        return _told_apart(self.names.node(found.field, node), new, node.code, codes)


def _told_apart(old: str, new: str, old_id: str, new_id: str) -> tuple[str, str]:
    """Two names, with their ids where they are the same."""
    return (f"{old} ({old_id})", f"{new} ({new_id})") if old == new else (old, new)


def _wholes(found: FieldMapping) -> dict[Node, frozenset[Node]]:
    """For every new node the nodes of before that became it."""
    made: dict[Node, set[Node]] = {}
    for old, new in found.codes:
        for node in new:
            made.setdefault(node, set()).add(old)
    return {node: frozenset(olds) for node, olds in made.items()}


def follow(plans: Iterable[MappingPlan], query: Query, names: Names | None = None) -> Carried:
    """A query carried over by the plans of several releases, the oldest first."""
    changed: list[str] = []
    left = [plan for plan in plans if plan]
    while left:
        found = carry(left.pop(0), query, names)
        if found.query is None:
            assert found.rest is not None, "something is left of every query"
            rest = follow(left, found.rest, names)
            return replace(found, changed=tuple(changed), rest=rest.query or rest.rest)
        changed += found.changed
        query = found.query
    return Carried(query, changed=tuple(dict.fromkeys(changed)))
