"""The same cell at every period: what to ask, and where it stands in the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from statlas.model.cells import DERIVED_STATISTICS, CubeContent, CubeDimension, CubeItem, CubeMeasure
from statlas.model.display import cell_text
from statlas.model.explanation import Cell, measure_of, value_of
from statlas.model.query import Dimension, Query, TimeKind, TimeSelector


@dataclass(frozen=True)
class Moment:
    """A cell at one period: ``Moment("September 2025", 1234, "1,234", is_asked=True)``.

    value: None where no number is printed. is_asked: whether it is the period of the cell itself.
    """

    period: str
    value: float | int | None
    text: str
    is_asked: bool = False


def history_query(cube: CubeContent, cell: Cell, measure: CubeMeasure) -> Query | None:
    """The table of a cell at every period; None where a cell has no single period.

    Items that are worked out from others, and measures that are, need the others beside them.
    """
    dimensions = []
    for dimension, n in zip(cube.dimensions, cell, strict=True):
        asked = next(d for d in cube.query.dimensions if d.field == dimension.field)
        if dimension.is_date:
            if len(dimension.items[n].nodes) != 1 or dimension.items[n].is_total:
                return None
            every = TimeSelector(TimeKind.ALL)
            dimensions.append(replace(asked, items=None, valueset=None, time=every, total=False))
        else:
            dimensions.append(
                asked if _needs_others(dimension.items[n], measure) else _alone(asked, dimension.items[n])
            )
    if not any(dimension.is_date for dimension in cube.dimensions):
        return None
    is_worked_out = measure.statistic in DERIVED_STATISTICS or any(
        dimension.items[n].formula is not None for dimension, n in zip(cube.dimensions, cell, strict=True)
    )
    if is_worked_out:
        return replace(cube.query, dimensions=tuple(dimensions))
    return replace(cube.query, dimensions=tuple(dimensions), measures=(measure.id,), derived=())


def moments(cube: CubeContent, cell: Cell, measure: CubeMeasure, answered: CubeContent) -> tuple[Moment, ...]:
    """The cell of ``cube`` at every period, oldest first, from the answer to its ``history_query``."""
    return tuple(_moments(cube, cell, measure, answered))


def _moments(cube: CubeContent, cell: Cell, measure: CubeMeasure, answered: CubeContent) -> Iterator[Moment]:
    found = measure_of(answered, measure.id)
    items = {d.field: d.items[n] for d, n in zip(cube.dimensions, cell, strict=True)}
    place = [0 if d.is_date else _position(d, items[d.field]) for d in answered.dimensions]
    along = next(n for n, d in enumerate(answered.dimensions) if d.is_date)
    date = answered.dimensions[along]
    for n, item in enumerate(date.items):
        at = (*place[:along], n, *place[along + 1 :])
        yield Moment(
            item.label,
            value_of(answered, found, at),
            cell_text(answered, found, at),
            item.nodes == items[date.field].nodes,
        )


def _needs_others(item: CubeItem, measure: CubeMeasure) -> bool:
    return item.is_total or item.formula is not None or measure.statistic in DERIVED_STATISTICS


def _alone(asked: Dimension, item: CubeItem) -> Dimension:
    found = next(one for one in asked.items or () if one.nodes == item.nodes)
    return replace(asked, items=(found,), valueset=None, total=False)


def _position(dimension: CubeDimension, item: CubeItem) -> int:
    same = (
        n
        for n, one in enumerate(dimension.items)
        if (one.nodes, one.is_total, one.formula) == (item.nodes, item.is_total, item.formula)
    )
    return next(same)
