"""A table cut out of larger ones that were printed: some dates and codes of one level, where no records are left.

Only what is printed there in so many cells is given: single dates and codes, the count, sums and means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.query import Dimension, Query
from statlas.model.release import Manifest
from statlas.service.tables.databases import policy_of
from statlas.service.tables.whole_tables import whole_tables

if TYPE_CHECKING:
    from statlas.engine.plan import Plan


def cut(made: Plan, manifest: Manifest, kept: Callable[[Query], Cube | None]) -> Cube | None:
    """The table of a plan out of a printed one that holds all of it; None where there is none.

    Args:
        kept: gives a printed table by its query.
    """
    from statlas.engine.annotate import cube_of  # noqa: PLC0415 - as the plan

    if made.query.filters or not all(_is_single(one) for one in made.query.dimensions):
        return None
    fields = {one.field for one in made.query.dimensions}
    for query in whole_tables(made.database):
        if {one.field for one in query.dimensions} != fields:
            continue
        found = kept(replace(query, release=manifest.release))
        measures = None if found is None else _measures(made, found)
        if found is not None and measures is not None:
            cube = cube_of(made, manifest, policy_of(made.database), measures)
            return replace(cube, rules=found.rules, blocked=_blocked(made.query, found))
    return None


def _is_single(one: Dimension) -> bool:
    """Whether a dimension is of single codes, without a total."""
    return not one.total and all(len(item.nodes) == 1 and item.label is None for item in one.items or ())


def _measures(made: Plan, found: Cube) -> tuple[CubeMeasure, ...] | None:
    """The numbers asked for, in the layout of the query; None where the printed table lacks one of them."""
    by_id = {measure.id: measure for measure in found.measures}
    if any(one.id not in by_id for one in made.asked) or _places(made.query, found) is None:
        return None
    return tuple(_cut(by_id[one.id], made.query, found) for one in made.asked)


def _cut(measure: CubeMeasure, query: Query, found: Cube) -> CubeMeasure:
    return replace(
        measure,
        values=_taken(measure.values, query, found),
        status=_taken(measure.status, query, found),
        flags=_taken(measure.flags, query, found),
        sd=_taken(measure.sd, query, found),
        se=None if measure.se is None else _taken(measure.se, query, found),
    )


def _taken(array: NDArray[Any], query: Query, found: Cube) -> NDArray[Any]:
    """The cells asked for, its axes in the order of the query."""
    places = _places(query, found)
    assert places is not None, "seen before anything is taken"
    order = [next(n for n, d in enumerate(found.dimensions) if d.field == one.field) for one in query.dimensions]
    taken = array.transpose(order)[np.ix_(*places)]
    return np.ascontiguousarray(taken)


def _places(query: Query, found: Cube) -> list[list[int]] | None:
    """Along each dimension of the query where its items stand in the printed table; None where one does not."""
    places = []
    for one in query.dimensions:
        printed = next(d for d in found.dimensions if d.field == one.field)
        at: dict[tuple[Node, ...], int] = {item.nodes: n for n, item in enumerate(printed.items)}
        if any(item.nodes not in at for item in one.items or ()):
            return None
        places.append([at[item.nodes] for item in one.items or ()])
    return places


def _blocked(query: Query, found: Cube) -> NDArray[Any] | None:
    return None if found.blocked is None else _taken(found.blocked, query, found)
