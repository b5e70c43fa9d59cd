"""The tables by date and one level: what differences are worked out from, and what outlives the records."""

from __future__ import annotations

from collections.abc import Iterator

from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.query import Dimension, Item, Query, Role
from statlas.model.release_difference import Level

MOST_AT_ONCE = 500_000
"""Cells of one table that is compared; more periods are compared in turn. Arbitrary, some tens of megabytes."""

MOST_KEPT = 4_000_000
"""Cells of the tables of one level that are kept for good when records are destroyed: arbitrary, some hundred MB."""


def whole_tables(database: Database) -> Iterator[Query]:
    """The tables of a release that are kept when its records are destroyed: by date and each level, all of both.

    Levels with more than ``MOST_KEPT`` cells are left out.
    """
    levels = [Level("", "", "", "", 1, database.periods)]
    levels += [
        Level(field.id, level.id, field.label, level.label, len(level), database.periods)
        for field in database.categories
        for level in field.classification
    ]
    for level in levels:
        if level.n_codes * len(level.periods) <= MOST_KEPT:
            for periods in at_once(level):
                yield table_by(database, level, periods, measures_of_both(database, database))


def kept_periods(database: Database, level: Level) -> Iterator[tuple[str, ...]]:
    """The periods of each table of a level that is kept of a release."""
    n_codes = len(database.field(level.field).classification[level.level]) if level.field else 1
    return at_once(Level(level.field, level.level, "", "", n_codes, database.periods))


def at_once(level: Level) -> Iterator[tuple[str, ...]]:
    """The periods of a level in portions of at most ``MOST_AT_ONCE`` cells."""
    n = max(1, MOST_AT_ONCE // level.n_codes)
    return (level.periods[start : start + n] for start in range(0, len(level.periods), n))


def measures_of_both(one: Database, two: Database) -> tuple[str, ...]:
    """The count, and the sums and means that both releases have."""
    if one.records.id != two.records.id:
        count: tuple[str, ...] = ()
    else:
        count = (two.records.id,)
    then = {f"{m.id}:{s}" for m in one.measures for s in m.statistics}
    amounts = (f"{m.id}:{s}" for m in two.measures for s in m.statistics if s in ("SUM", "MEAN"))
    return (*count, *(name for name in amounts if name in then))


def table_by(database: Database, level: Level, periods: tuple[str, ...], measures: tuple[str, ...]) -> Query:
    """The table of a database by some periods and one level."""
    date = database.date
    items = tuple(Item((Node(date.valueset.id, period),)) for period in periods)
    by = (Dimension(level.field, valueset=level.level),) if level.field else ()
    return Query(database.id, measures, (Dimension(date.id, items=items, role=Role.COLUMNS), *by))
