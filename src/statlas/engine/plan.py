"""What has to be counted for a query, decided before a record is read.

The plan resolves time selectors and levels to items, adds the mandatory date, and turns every other dimension and
filter into a ``FieldAxis``.
Axes stand in definition order, the order in which disclosure control works through them; ``layout`` tells where each
of the query's dimensions stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from statlas.engine.axes import FieldAxis, field_axis
from statlas.engine.few_areas import few_areas
from statlas.engine.itself import Itself
from statlas.engine.measures import MEAN, SUM, Asked, resolve_measures
from statlas.errors import QueryError, TooManyCellsError
from statlas.model.classification import Node, Valueset
from statlas.model.database import Database, Field, FieldKind, Measure
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeSelector
from statlas.model.selecting import selected
from statlas.wording import _

MAX_WORKING_CELLS = 40_000_000
"""Most official cells of one period held at once: about 2 GB at 50 bytes each on the way through disclosure control."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A query made ready to count.

    query: the query as answered: the date added, every dimension with its items.
    periods: for each date item the periods it adds up; the total of dates, where asked, last.
    axes: one for each other dimension and filter, in definition order.
    layout: for each dimension of ``query`` its position in ``axes``; -1 is the date.
    measures: those to add up beside the counts; percentiles need none.
    asked: what stands in the answer for every cell, in its order.
    """

    database: Database
    query: Query
    periods: tuple[tuple[str, ...], ...]
    axes: tuple[FieldAxis, ...]
    layout: tuple[int, ...]
    measures: tuple[Measure, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def all_periods(self) -> tuple[str, ...]:
        """Every period to count, oldest first."""
        return tuple(sorted({period for item in self.periods for period in item}))

    @property
    def shape(self) -> tuple[int, ...]:
        """Official nodes along each axis."""
        return tuple(len(axis.nodes) for axis in self.axes)


def plan(database: Database, query: Query, *, max_cells: int | None = None, exact: bool = False) -> Plan:
    """Make a query ready to count.

    Args:
        database: with the periods of the release asked.
        query: names are those of the database, or labels of fields.
        max_cells: most cells of the answer; None for no limit.
        exact: whether the policy is open, under which any percentile may be asked.

    Raises:
        UnknownNameError: a name is not in the database.
        QueryError: the query does not make sense for it.
        TooManyCellsError: the answer, or the table behind it, is too large.
    """
    asked = resolve_measures(database, query.measures, exact=exact)
    resolved = [resolve(database, d) for d in _with_date(database, query.dimensions)]
    filters = [_resolve_filter(database, f) for f in query.filters]
    _refuse_reuse(resolved, filters)
    _refuse_size(resolved, max_cells)
    fields = {d.field: _asked(d) for d in resolved if d.field != database.date.id}
    fields |= {f.field: [f.nodes] for f in filters}
    axes = tuple(field_axis(f, fields[f.id]) for f in database.categories if f.id in fields)
    order = [axis.field.id for axis in axes]
    layout = tuple(order.index(d.field) if d.field in order else -1 for d in resolved)
    measures = tuple(dict.fromkeys(one.measure for one in asked if one.measure and one.statistic in (SUM, MEAN)))
    names = tuple(one.id for one in asked)
    answered = replace(query, measures=names, dimensions=tuple(resolved), filters=tuple(filters))
    made = Plan(database, answered, _period_items(resolved[layout.index(-1)]), axes, layout, measures, asked)
    refuse_working_size(made, exact=exact)
    return made


def _with_date(database: Database, dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    if not database.periods:
        raise QueryError(
            _("{database} has no period yet.").format(database=database.id), mend=_("Publish records for it first.")
        )
    if any(database.field(d.field).kind is FieldKind.DATE for d in dimensions):
        return dimensions
    return (Dimension(database.date.id, time=TimeSelector(), role=Role.WAFERS), *dimensions)


def resolve(database: Database, dimension: Dimension) -> Dimension:
    """The dimension with every item listed.

    Raises:
        UnknownNameError: a field, valueset, code or period is not there.
    """
    field = database.field(dimension.field)
    if dimension.time is not None and field.kind is not FieldKind.DATE:
        raise QueryError(
            _("{field} is not the date.").format(field=field.label), mend=_("Choose codes of it instead of periods.")
        )
    if dimension.items is not None:
        items = tuple(
            replace(item, nodes=tuple(_known(field, node) for node in item.nodes)) for item in dimension.items
        )
    elif field.kind is FieldKind.DATE and dimension.valueset is None:
        items = _periods(database, dimension.time or TimeSelector())
    else:
        valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
        items = _whole(Itself(valueset))
    return replace(dimension, field=field.id, items=items, valueset=None, time=None)


@lru_cache(maxsize=256)
def _whole(kept: Itself[Valueset]) -> tuple[Item, ...]:
    """The codes of a valueset, one by one; kept, as there may be thousands."""
    return tuple(Item((node,)) for node in kept.value.nodes())


def _known(field: Field, node: Node) -> Node:
    field.classification.code(node)
    return node


def _periods(database: Database, time: TimeSelector) -> tuple[Item, ...]:
    valueset = database.date.valueset
    chosen = selected(time, database.periods, database.calendar)
    if not chosen:
        raise QueryError(
            _("{database} has no period in that range.").format(database=database.id),
            mend=_("Its periods go from {first} to {last}.").format(
                first=database.periods[0], last=database.periods[-1]
            ),
        )
    return tuple(Item((Node(valueset.id, period),)) for period in chosen)


def _resolve_filter(database: Database, filter_: Filter) -> Filter:
    field = database.field(filter_.field)
    if field.kind is FieldKind.DATE:
        raise QueryError(_("The date cannot be a filter."), mend=_("Choose the periods as a dimension."))
    return Filter(field.id, tuple(_known(field, node) for node in filter_.nodes))


def _refuse_reuse(dimensions: list[Dimension], filters: list[Filter]) -> None:
    names = [d.field for d in dimensions] + [f.field for f in filters]
    for name in names:
        if names.count(name) > 1:
            raise QueryError(_("{name} is used twice in the query.").format(name=name), mend=_("Use each field once."))


def _refuse_size(dimensions: list[Dimension], max_cells: int | None) -> None:
    cells = 1
    for dimension in dimensions:
        cells *= len(dimension.items or ()) + dimension.total
    if max_cells is not None and cells > max_cells:
        raise TooManyCellsError(value=cells, limit=max_cells)


def refuse_working_size(plan: Plan, *, exact: bool = False) -> None:
    """Refuse a plan for which more would be held at once than is.

    Args:
        exact: whether the policy is open: of few areas no other is then held.

    Raises:
        TooManyCellsError: the cells behind the answer, once more for each measure, are more than ``MAX_WORKING_CELLS``.
    """
    cells, shape = 1 + len(plan.measures), list(plan.shape)
    if exact and (found := few_areas(plan.axes)) is not None:
        shape[found[0]] = 1 + len(found[1])
    for n_nodes in shape:
        cells *= n_nodes
    if cells > MAX_WORKING_CELLS:
        raise TooManyCellsError(value=cells, limit=MAX_WORKING_CELLS, behind=True)


def _asked(dimension: Dimension) -> list[tuple[Node, ...]]:
    items = [item.nodes for item in dimension.items or ()]
    return [*items, _union(items)] if dimension.total else items


def _union(items: list[tuple[Node, ...]]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(node for nodes in items for node in nodes))


def _period_items(date: Dimension) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(node.code for node in nodes) for nodes in _asked(date))
