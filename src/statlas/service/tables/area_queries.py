"""The tables that a figure of a place opens: with what holds it, over time, beside every place of its level."""

from __future__ import annotations

from collections.abc import Iterator

from statlas.geography.kinds import is_place
from statlas.model.classification import Node
from statlas.model.period import Frequency
from statlas.model.query import Dimension, Item, Query, Role, TimeKind, TimeSelector
from statlas.service.tables.area_figures import Figure, measures_of

_SEVERAL = {Frequency.MONTH: 25, Frequency.QUARTER: 13}
"""Periods of a series: two or three years; of years all."""


def table_of(figure: Figure) -> Query:
    """The place with what holds it, in the latest period and that of a year before."""
    dates = figure.database.date.valueset
    items = tuple(Item((Node(dates.id, period),)) for period in reversed(figure.periods))
    rows = Dimension(figure.field.id, items=tuple(Item((node,)) for node in (figure.node, *_above(figure))))
    return _query(figure, rows, Dimension(figure.database.date.id, items=items, role=Role.COLUMNS))


def series_of(figure: Figure, ended: str | None) -> Query | None:
    """The place over time, until it ended, where it has; None where that is one period."""
    database, periods = figure.database, figure.database.periods
    there = [period for period in periods if not ended or period <= ended]
    if len(there) < 2:  # noqa: PLR2004 - one period is no series
        return None
    wanted = there[-_SEVERAL.get(database.calendar.frequency, len(there)) :]
    time = TimeSelector(TimeKind.RANGE, start=wanted[0], end=wanted[-1])
    if there[-1] == periods[-1]:
        time = TimeSelector(TimeKind.LATEST, n=len(wanted))
    columns = Dimension(figure.field.id, items=(Item((figure.node,)),), role=Role.COLUMNS)
    return _query(figure, Dimension(database.date.id, time=time), columns)


def level_of(figure: Figure) -> Query:
    """Every place of the level in the latest period."""
    return _query(figure, Dimension(figure.field.id, valueset=figure.node.valueset))


def _query(figure: Figure, *dimensions: Dimension) -> Query:
    return Query(figure.database.id, measures_of(figure.database), dimensions, release=figure.asked)


def _above(figure: Figure) -> Iterator[Node]:
    """What holds the place, the nearest first, each code once."""
    classification = figure.field.classification
    code, seen = classification.code(figure.node), {figure.node.code}
    while code.parents:
        node = code.parents[0]
        code = classification.code(node)
        if node.code not in seen and is_place(node.code):
            seen.add(node.code)
            yield node
