"""Whether a query still fits a database, and what of it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from statlas.errors import StatlasError, UnknownNameError
from statlas.model.carrying import Obstacle
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Query
from statlas.model.words import listed
from statlas.wording import gettext as _
from statlas.wording import several

_MOST_NAMED = 5
"""Names told one by one before they are counted: arbitrary."""


def misfits(database: Database, query: Query, then: Database | None = None) -> tuple[str, ...]:
    """What of a query is not in a database any more, a sentence each; nothing where it fits.

    ``then`` is the database as it was when the query did fit: it names what is gone.
    """
    return tuple(sentence for _kind, sentence in obstacles(database, query, then))


def obstacles(database: Database, query: Query, then: Database | None = None) -> Iterator[tuple[Obstacle, str]]:
    """The same, each with its kind."""
    parts = [(d.field, d.valueset, _nodes(d)) for d in query.dimensions]
    parts += [(one.field, None, one.nodes) for one in query.filters]
    yield from chain.from_iterable(_of_field(database, then, *part) for part in parts)
    yield from _measures(database, then, query)


def fitted(database: Database, query: Query) -> Query:
    """What of a query a database still has: items, filters and numbers that it lacks are left out."""

    def has(nodes: tuple[Node, ...], field: Field) -> bool:
        return all(_has(field, node) for node in nodes)

    dimensions = []
    for asked in query.dimensions:
        field = _field(database, asked.field)
        if field is None:
            continue
        items = tuple(item for item in asked.items or () if has(item.nodes, field)) or None
        level = asked.valueset if asked.valueset and asked.valueset in field.classification else None
        dimensions.append(replace(asked, valueset=level, items=items))
    kept = {asked.field for asked in dimensions}
    filters = tuple(
        one for one in query.filters if (field := _field(database, one.field)) is not None and has(one.nodes, field)
    )
    measures = tuple(one for one in query.measures if not [*_measures(database, None, replace(query, measures=(one,)))])
    derived = query.derived if measures == query.measures and len(kept) == len(query.dimensions) else ()
    return replace(query, dimensions=tuple(dimensions), filters=filters, measures=measures, derived=derived)


def renamed(database: Database, query: Query, then: Database) -> tuple[tuple[str, str], ...]:
    """Fields and categories of a query that have another label than then: the old one and the new one."""
    used = [(d.field, _nodes(d)) for d in query.dimensions] + [(one.field, one.nodes) for one in query.filters]
    return tuple(dict.fromkeys(chain.from_iterable(_renamed(database, then, *part) for part in used)))


def _of_field(
    database: Database, then: Database | None, field_id: str, level: str | None, nodes: tuple[Node, ...]
) -> Iterator[tuple[Obstacle, str]]:
    field = _field(database, field_id)
    before = _field(then, field_id) if then else None
    said = before.label if before else field_id
    if field is None:
        yield Obstacle.FIELD, _("{field} is no longer a field of this database.").format(field=said)
        return
    if level and level not in field.classification:
        named = before.classification[level].label if before and level in before.classification else level
        yield Obstacle.LEVEL, _("{field} no longer has the level {level}.").format(field=said, level=named)
    if gone := [node for node in nodes if not _has(field, node)]:
        yield Obstacle.GONE, _gone(said, [_label(before, node) for node in gone])


def _gone(field: str, labels: list[str]) -> str:
    named, more = labels[:_MOST_NAMED], len(labels) - _MOST_NAMED
    if more > 0:
        named.append(several("{n} more", "{n} more", more).format(n=f"{more:,}"))
    said = several(
        "{n} category of {field} is no longer there: {names}.",
        "{n} categories of {field} are no longer there: {names}.",
        len(labels),
    )
    return said.format(n=f"{len(labels):,}", field=field, names=listed(named))


def _measures(database: Database, then: Database | None, query: Query) -> Iterator[tuple[Obstacle, str]]:
    known = {measure.id: measure.statistics for measure in database.measures}
    for text in query.measures:
        name, _colon, statistic = text.partition(":")
        if name == database.records.id:
            continue
        label = next((m.label for m in (then.measures if then else ()) if m.id == name), name)
        if name not in known:
            yield Obstacle.MEASURE, _("{measure} is no longer a number of this database.").format(measure=label)
        elif statistic and statistic not in known[name]:
            yield (
                Obstacle.STATISTIC,
                _("{measure} no longer has {statistic}.").format(measure=label, statistic=statistic),
            )


def _renamed(database: Database, then: Database, field_id: str, nodes: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    now, before = _field(database, field_id), _field(then, field_id)
    if now is None or before is None:
        return
    pairs = ((_label(before, node), _label(now, node)) for node in nodes if _has(now, node) and _has(before, node))
    yield from ((old, new) for old, new in ((before.label, now.label), *pairs) if old != new)


def _nodes(dimension: Dimension) -> tuple[Node, ...]:
    return tuple(chain.from_iterable(item.nodes for item in dimension.items or ()))


def _field(database: Database, field_id: str) -> Field | None:
    try:
        return database.field(field_id)
    except UnknownNameError:
        return None


def _has(field: Field, node: Node) -> bool:
    return node.valueset in field.classification and node.code in field.classification[node.valueset]


def _label(field: Field | None, node: Node) -> str:
    if field is None or not _has(field, node):
        return node.code
    try:
        return field.classification.code(node).label
    except StatlasError:
        return node.code
