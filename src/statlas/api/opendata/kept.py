"""A query that was kept - saved, or made ready by the publisher - as this dialect would have asked it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.read import TableRequest
from statlas.model.database import Database
from statlas.model.query import Dimension, Item, Query


def request_of(database: Database, query: Query) -> TableRequest:
    """The table request that asks for what ``query`` does.

    The dialect has no filters: a field that is filtered by stands as a last axis of one item, its codes together.
    Nor has it ids for what is worked out from printed numbers, which is left out.

    Raises:
        UnknownNameError: the query names a field or measure that the database has no more.
    """
    dimensions = tuple(_dimensions(database, query))
    measures = tuple(_measure(database, name) for name in dict.fromkeys(query.measures))
    return TableRequest(
        replace(
            query,
            measures=tuple(dict.fromkeys(name for _, name in measures)),
            dimensions=dimensions,
            filters=(),
            derived=(),
        ),
        tuple((_uri(database, dimension),) for dimension in dimensions),
        measures,
    )


def _dimensions(database: Database, query: Query) -> Iterator[Dimension]:
    """The query's own, the date first where it has none, then its filters."""
    named = {dimension.field for dimension in query.dimensions} | {chosen.field for chosen in query.filters}
    if database.date.id not in named:
        yield Dimension(database.date.id)
    yield from query.dimensions
    yield from (Dimension(chosen.field, items=(Item(chosen.nodes),)) for chosen in query.filters)


def _uri(database: Database, dimension: Dimension) -> str:
    field = database.field(dimension.field)
    if dimension.valueset is not None:
        return ids.valueset(database.id, field.table, field.id, dimension.valueset)
    return ids.field(database.id, field.table, field.id)


def _measure(database: Database, name: str) -> tuple[str, str]:
    """The id of a measure as it is asked for, and that of what the cube will hold."""
    if name == database.records.id:
        return ids.count(database.id, name), name
    measure_id, _, statistic = name.partition(":")
    measure = database.measure(measure_id)
    if not statistic:
        return ids.measure(database.id, measure.table, measure.id), f"{measure.id}:{measure.statistics[0]}"
    return ids.statfn(database.id, measure.table, measure.id, statistic), name
