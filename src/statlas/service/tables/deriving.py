"""Answer a query with derived numbers: ask for what they need, work them out, hand over what was asked for.

What is needed beside the table asked stands behind its items and measures: totals of the fields that percentages add
up, earlier periods, codes and measures that formulas name.
The totals asked are made of the items asked, whatever stands behind them.
Everything that makes no sense is refused before a record is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from statlas.disclosure import derived, derived_items
from statlas.engine.plan import plan
from statlas.engine.query_rules import refused
from statlas.model.classification import Node
from statlas.model.cube import Cube, CubeDimension, CubeItem, CubeMeasure
from statlas.model.database import Database
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank, Since
from statlas.model.query import Dimension, Item, Query
from statlas.service.tables.derived_steps import Step, steps_of

MORE_CELLS = 4
"""How many times the cells of the answer may be counted for it: totals and earlier periods seldom double them."""

Ask = Callable[[Query, int | None], Cube]
"""Gives the printed table of a query without derived numbers, of at most so many cells."""


def with_derived(database: Database, query: Query, ask: Ask, *, exact: bool, max_cells: int | None) -> Cube:
    """The table of a query with everything derived: the measures asked, then derived ones; formulas as last items.

    Args:
        database: with the periods of the release asked.
        ask: gives the printed table behind it.
        exact: whether the policy is open.
        max_cells: most cells of the answer.

    Raises:
        QueryError: a derived number makes no sense for the table.
        UnknownNameError: it names a measure, field or code that is not there.
        TooManyCellsError, DisclosureRefused: as of any table.
    """
    asked = plan(database, replace(query, derived=()), max_cells=max_cells, exact=exact).query
    behind = _behind(database, asked, query.derived, exact=exact)
    most = None if max_cells is None else MORE_CELLS * max_cells
    counted = behind.marked(ask(behind.query, most))
    full = behind.with_derived(counted)
    cube = behind.cut(full)
    _refuse_if_all_blocked(cube)
    return replace(cube, query=replace(asked, release=query.release, derived=query.derived))


def _refuse_if_all_blocked(cube: Cube) -> None:
    """Refuse a table in which rules block every cell, as would be done without the numbers behind it."""
    if cube.blocked is not None and cube.blocked.all():
        raise refused(next(outcome for outcome in cube.rules if outcome.blocked))


# --- what is needed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One dimension of the table behind: the items asked, their total where it is needed, then what else is."""

    asked: Dimension
    has_total: bool
    extra: tuple[tuple[Node, ...], ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, the total as the group that it is."""
        items = self.asked.items or ()
        total = (Item(_union(items), "Total"),) if self.has_total else ()
        return (*items, *total, *(Item(nodes) for nodes in self.extra))

    @property
    def kept(self) -> list[int]:
        """Positions of what was asked for."""
        n = len(self.asked.items or ())
        return [*range(n), *([n] if self.asked.total else [])]

    def position(self, nodes: tuple[Node, ...]) -> int:
        """Where an item stands."""
        return [item.nodes for item in self.items].index(nodes)


@dataclass(frozen=True)
class Behind:
    """The table behind a query with derived numbers, and how these are worked out from it."""

    database: Database
    query: Query
    sides: tuple[Side, ...]
    steps: tuple[Step, ...]
    n_measures: int

    def marked(self, cube: Cube) -> Cube:
        """The table counted, with the totals known as such."""
        dimensions = tuple(_with_total(d, side) for d, side in zip(cube.dimensions, self.sides, strict=True))
        return replace(cube, dimensions=dimensions)

    def with_derived(self, cube: Cube) -> Cube:
        """The table with every derived measure behind its own, then every formula of a field behind its items."""
        by_id = {measure.id: measure for measure in cube.measures}
        over_items = [step for step in self.steps if isinstance(step.asked, Formula) and step.asked.field]
        made = [self._measure(cube, by_id, step) for step in self.steps if step not in over_items]
        full = replace(cube, measures=(*cube.measures[: self.n_measures], *made))
        for step in over_items:
            full = self._with_formula(full, step)
        return full

    def _measure(self, cube: Cube, by_id: Mapping[str, CubeMeasure], step: Step) -> CubeMeasure:
        match step.asked:
            case Percentage():
                return derived.percentage(cube, by_id[step.measure], step.asked)
            case Change(since):
                return derived.change(cube, by_id[step.measure], step.asked, _earlier(self.database, since))
            case Rank(field):
                return derived.rank(cube, by_id[step.measure], step.asked, among=self._side(field).kept)
            case Formula():
                return derived.formula(step.asked, {name: by_id[id_] for name, id_ in step.measures.items()})

    def _with_formula(self, cube: Cube, step: Step) -> Cube:
        assert isinstance(step.asked, Formula)
        side = self._side(step.asked.field or "")
        positions = {name: side.position(nodes) for name, nodes in step.items.items()}
        return derived_items.with_item(cube, step.asked, positions)

    def _side(self, field: str) -> Side:
        return next(side for side in self.sides if side.asked.field == field)

    def cut(self, cube: Cube) -> Cube:
        """What was asked for, and what was worked out."""
        keep = [
            [*side.kept, *range(len(side.items), len(dimension))]
            for side, dimension in zip(self.sides, cube.dimensions, strict=True)
        ]
        found = derived_items.taken(cube, keep, range(len(cube.measures)))
        dimensions = tuple(replace(d, valueset=self._valueset(d)) for d in found.dimensions)
        return replace(found, dimensions=dimensions)

    def _valueset(self, dimension: CubeDimension) -> str | None:
        """The valueset whose codes the items are, one by one and all of them, if there is one."""
        items = [item.nodes for item in dimension.items if not item.is_total]
        if not items or any(len(nodes) != 1 for nodes in items):
            return None
        found = self.database.field(dimension.field).classification[items[0][0].valueset]
        return found.id if tuple(nodes[0] for nodes in items) == found.nodes() else None


def _with_total(dimension: CubeDimension, side: Side) -> CubeDimension:
    if not side.has_total:
        return dimension
    n, items = len(side.asked.items or ()), list(dimension.items)
    items[n] = CubeItem("Total", items[n].nodes, (), is_total=True)
    return replace(dimension, items=tuple(items))


def _union(items: Iterable[Item]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(node for item in items for node in item.nodes))


def _behind(database: Database, asked: Query, wanted: Sequence[Derived], *, exact: bool) -> Behind:
    """The table behind a query as it is answered.

    Raises:
        QueryError, UnknownNameError: as ``with_derived``.
    """
    steps = steps_of(database, asked, wanted, exact=exact)
    named = (id_ for step in steps for id_ in (*([step.measure] if step.measure else []), *step.measures.values()))
    measures = tuple(dict.fromkeys((*asked.measures, *named)))
    sides = tuple(_side(database, asked, dimension, steps) for dimension in asked.dimensions)
    dimensions = tuple(replace(side.asked, items=side.items, total=False) for side in sides)
    query = replace(asked, measures=measures, dimensions=dimensions)
    return Behind(database, query, sides, steps, len(asked.measures))


def _side(database: Database, asked: Query, dimension: Dimension, steps: Sequence[Step]) -> Side:
    needs_total = any(dimension.field in _added_up(database, asked, step.asked) for step in steps)
    items = dimension.items or ()
    whole = _union(items)
    extra = [nodes for step in steps for nodes in _named(database, dimension, step)]
    has_total = dimension.total or needs_total or whole in extra
    there = {item.nodes for item in items} | ({whole} if has_total else set())
    return Side(dimension, has_total, tuple(nodes for nodes in dict.fromkeys(extra) if nodes not in there))


def _added_up(database: Database, asked: Query, one: Derived) -> set[str]:
    """Fields whose totals a derived number needs."""
    if not isinstance(one, Percentage):
        return set()
    axes = derived.added_axes(_as_answered(database, asked), one.of)
    return {asked.dimensions[axis].field for axis in axes}


def _as_answered(database: Database, asked: Query) -> tuple[CubeDimension, ...]:
    """The dimensions of the answer, bare."""
    return tuple(
        CubeDimension(d.field, "", "", (), d.role, is_date=d.field == database.date.id) for d in asked.dimensions
    )


def _named(database: Database, dimension: Dimension, step: Step) -> list[tuple[Node, ...]]:
    """Items of a dimension that a derived number needs."""
    match step.asked:
        case Formula(field=field) if field == dimension.field:
            return [*step.items.values()]
        case Change(since) if dimension.field == database.date.id:
            return _earlier_items(database, dimension, since)
        case _:
            return []


def _earlier_items(database: Database, date: Dimension, since: Since) -> list[tuple[Node, ...]]:
    """The earlier period of every single period, where it is published."""
    earlier = _earlier(database, since)
    single = [item.nodes[0] for item in date.items or () if len(item.nodes) == 1]
    found = [Node(node.valueset, earlier[node.code]) for node in single if node.code in earlier]
    return [(node,) for node in found if node.code in database.periods]


def _earlier(database: Database, since: Since) -> dict[str, str]:
    """For every published period the one that it is compared with: the one published before, or that of a year ago."""
    if since is Since.PREVIOUS:
        return dict(pairwise(reversed(database.periods)))
    return {period: database.calendar.year_before(period) for period in database.periods}
