"""Mapping plans: what became of the names that a release took away, and queries carried over by them.

A plan stands in the definition of the release that made the change; plans of several releases are followed one after
another.
A query is carried whole or not at all: a table that asked for two towns never becomes one of a town and a half.

Rules for the codes of an item:

* a code that became one other is that one;
* a code that became several is the group of them, under its own label;
* of codes that became one together, an item that holds all of them holds the new one, and so do items of one code each
  that are all of them; an item that holds only some cannot be carried, as the new one counts more people;
* a code that became nothing cannot be carried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from statlas.model.classification import Node
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank
from statlas.model.query import Dimension, Filter, Item, Query
from statlas.model.words import listed
from statlas.wording import _


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


@dataclass(frozen=True)
class Carried:
    """A query as it is asked after a mapping; ``query`` is None where it cannot be carried, and ``cannot`` says why.

    changed: what is asked for by another name now, in sentences; nothing where the query is as it was.
    """

    query: Query | None
    cannot: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def carry(plan: MappingPlan, query: Query) -> Carried:
    """A query of the release before, as it is asked of the release of the plan."""
    carrying = _Carrying(plan)
    dimensions = tuple(carrying.dimension(one) for one in query.dimensions)
    filters = tuple(carrying.filter(one) for one in query.filters)
    made = replace(
        query,
        dimensions=dimensions,
        filters=filters,
        measures=tuple(carrying.measure(name) for name in query.measures),
        derived=tuple(carrying.derived(one) for one in query.derived),
    )
    if carrying.cannot:
        return Carried(None, tuple(dict.fromkeys(carrying.cannot)))
    changed = tuple(dict.fromkeys(carrying.changed)) if made != query else ()
    return Carried(made, changed=changed)


def carry_codes(plan: MappingPlan, field_id: str, nodes: Iterable[Node]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Codes of a saved group as they are now, each once, and the codes that cannot be carried."""
    carrying = _Carrying(plan)
    found = carrying.nodes(plan.of(field_id), tuple(nodes))
    return found, tuple(carrying.lost)


@dataclass
class _Carrying:
    """Carries one query, gathering what cannot be and what is called otherwise."""

    plan: MappingPlan
    cannot: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

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
            self.changed.append(_("{old} is called {new} now.").format(old=measure, new=now))
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
            self.cannot.append(_("The formula {label} names what is called otherwise now.").format(label=one.label))
        return replace(one, field=over.now if one.field else one.field)

    def _field(self, field_id: str) -> FieldMapping:
        found = self.plan.of(field_id)
        if found.now != field_id:
            self.changed.append(_("{old} is called {new} now.").format(old=field_id, new=found.now))
        return found

    def _items(self, found: FieldMapping, items: tuple[Item, ...]) -> Iterator[Item]:
        moved: set[tuple[Node, ...]] = set()
        singles = frozenset(one.nodes[0] for one in items if len(one.nodes) == 1)
        for one in items:
            nodes = self.nodes(found, one.nodes, singles if len(one.nodes) == 1 else frozenset())
            if nodes == one.nodes:
                yield one
            elif nodes and nodes not in moved:
                moved.add(nodes)
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
                result.append(_at_level(found, node))
                continue
            lacking = sorted(set().union(*(whole[one] for one in now)) - given) if now else []
            if not now or lacking:
                self._lost(found, node, now, lacking)
                continue
            self._moved(node, now)
            result += now
        return tuple(dict.fromkeys(result))

    def _lost(self, found: FieldMapping, node: Node, now: tuple[Node, ...], lacking: list[Node]) -> None:
        self.lost.append(node.code)
        if not now:
            said = _("{code} of {field} became nothing that can be asked for.")
            self.cannot.append(said.format(code=node.code, field=found.field))
            return
        said = _("{code} of {field} became {now}, which counts {others} too.")
        others, names = listed(one.code for one in lacking), listed(one.code for one in now)
        self.cannot.append(said.format(code=node.code, field=found.field, now=names, others=others))

    def _moved(self, node: Node, now: tuple[Node, ...]) -> None:
        names = listed(one.code for one in now)
        self.changed.append(_("{old} is {new} now.").format(old=node.code, new=names))


def _wholes(found: FieldMapping) -> dict[Node, frozenset[Node]]:
    """For every new node the nodes of before that became it."""
    made: dict[Node, set[Node]] = {}
    for old, new in found.codes:
        for node in new:
            made.setdefault(node, set()).add(old)
    return {node: frozenset(olds) for node, olds in made.items()}


def _at_level(found: FieldMapping, node: Node) -> Node:
    return Node(dict(found.levels).get(node.valueset, node.valueset), node.code)


def said_of(found: Carried) -> tuple[str, ...]:
    """Sentences on what was carried over, or on what keeps it from being."""
    return found.cannot or found.changed


def follow(plans: Iterable[MappingPlan], query: Query) -> Carried:
    """A query carried over by the plans of several releases, the oldest first."""
    changed: list[str] = []
    for plan in plans:
        if not plan:
            continue
        found = carry(plan, query)
        if found.query is None:
            return replace(found, changed=tuple(changed))
        changed += found.changed
        query = found.query
    return Carried(query, changed=tuple(dict.fromkeys(changed)))


def names_after(plan: MappingPlan) -> Iterator[tuple[str, Node]]:
    """Every code that a plan leads to, with its field, so that whoever reads the plan can see that it is there."""
    for one in plan.fields:
        yield from ((one.now, node) for node in chain.from_iterable(new for _old, new in one.codes))
