"""Formulas over the items of a field, each one more item; and cutting a cube down to some of its items.

Rules of the room: those of ``derived``; here too everything is a function of a public ``Cube``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.derived import part_of
from statlas.disclosure.formula import Part, work_out
from statlas.model.arithmetic import Arithmetic, parse
from statlas.model.cells import DERIVED_STATISTICS, CellFlag, CellStatus, CubeDimension, CubeItem
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.derived import Formula


def with_item(cube: Cube, asked: Formula, items: Mapping[str, int]) -> Cube:
    """The cube with the formula as the last item of its field.

    Its numbers are flagged *derived*; those of derived measures, and those where it meets an item that is itself a
    formula, are *not available*: nothing is worked out from what was worked out.

    Args:
        items: position in the field of each item by its name in the formula.
    """
    axis = next(n for n, d in enumerate(cube.dimensions) if d.field == asked.field)
    dimension = cube.dimensions[axis]
    item = CubeItem(asked.label, (), (asked.label,), formula=asked)
    dimensions = list(cube.dimensions)
    dimensions[axis] = replace(dimension, items=(*dimension.items, item), valueset=None)
    arithmetic, worked_out = parse(asked.expression), _of_formulas(cube, axis)
    measures = tuple(_extended(m, axis, arithmetic, items, asked.precision, worked_out) for m in cube.measures)
    return _laid_out(cube, tuple(dimensions), measures, lambda places: _longer(places, axis, -1))


def _of_formulas(cube: Cube, axis: int) -> NDArray[np.bool_]:
    """Where an item of another field than ``axis`` is a formula; one position along ``axis``."""
    found = np.zeros(tuple(1 if n == axis else len(d) for n, d in enumerate(cube.dimensions)), np.bool_)
    for n, dimension in enumerate(cube.dimensions):
        along = np.array([item.formula is not None for item in dimension.items])
        if n != axis:
            found |= along.reshape([-1 if k == n else 1 for k in range(len(cube.dimensions))])
    return found


def _extended(
    measure: CubeMeasure,
    axis: int,
    arithmetic: Arithmetic,
    items: Mapping[str, int],
    precision: int,
    worked_out: NDArray[np.bool_],
) -> CubeMeasure:
    parts = {name: _at(part_of(measure), axis, position) for name, position in items.items()}
    found = work_out(arithmetic, parts, precision=precision)
    is_derived = measure.statistic in DERIVED_STATISTICS
    without = worked_out | is_derived
    status = np.where(without, CellStatus.NOT_AVAILABLE, found.status).astype(np.uint8)
    shown = status == CellStatus.SHOWN
    values = measure.values if is_derived else measure.values.astype(np.float64)
    more = np.where(shown, found.values, 0.0).astype(values.dtype)
    flags = np.where(shown, found.flags | np.uint8(CellFlag.DERIVED), 0).astype(np.uint8)
    error = None if found.se is None or measure.se is None else np.where(shown, found.se, 0.0)
    return replace(
        measure,
        values=np.concatenate([values, more], axis),
        status=np.concatenate([measure.status, status], axis),
        flags=np.concatenate([measure.flags, flags], axis),
        sd=np.concatenate([measure.sd, np.where(shown, found.sd, 0.0)], axis),
        se=None if error is None or measure.se is None else np.concatenate([measure.se, error], axis),
    )


def _at(part: Part, axis: int, position: int) -> Part:
    place = (*[slice(None)] * axis, slice(position, position + 1))
    error = None if part.se is None else part.se[place]
    return Part(part.values[place], part.status[place], part.flags[place], part.sd[place], error)


def taken(cube: Cube, keep: Sequence[Sequence[int]], measures: Sequence[int]) -> Cube:
    """The cube with some positions along each dimension, and some of its measures, in the order given."""
    dimensions = tuple(
        d if len(kept) == len(d) else replace(d, items=tuple(d.items[n] for n in kept))
        for d, kept in zip(cube.dimensions, keep, strict=True)
    )
    chosen = tuple(_cut(cube.measures[n], keep) for n in measures)
    return _laid_out(cube, dimensions, chosen, lambda places: places[np.ix_(*keep)])


def _cut(measure: CubeMeasure, keep: Sequence[Sequence[int]]) -> CubeMeasure:
    place = np.ix_(*keep)
    return replace(
        measure,
        values=measure.values[place],
        status=measure.status[place],
        flags=measure.flags[place],
        sd=measure.sd[place],
        se=None if measure.se is None else measure.se[place],
    )


def _longer(array: NDArray[Any], axis: int, value: int) -> NDArray[Any]:
    """One more position along an axis, holding ``value``."""
    shape = tuple(1 if n == axis else size for n, size in enumerate(array.shape))
    return np.concatenate([array, np.full(shape, value, array.dtype)], axis)


def _laid_out(
    cube: Cube,
    dimensions: tuple[CubeDimension, ...],
    measures: tuple[CubeMeasure, ...],
    moved: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> Cube:
    """The cube over other dimensions; ``moved`` gives for every new cell the flat position it had, -1 for a new one."""
    places = moved(np.arange(cube.n_cells).reshape(cube.shape))
    new = np.full(cube.n_cells, -1)
    new[places[places >= 0]] = np.flatnonzero(places >= 0)
    notes = {int(new[old]): keys for old, keys in cube.cell_annotations.items() if new[old] >= 0}
    blocked = None
    if cube.blocked is not None:
        blocked = np.where(places >= 0, cube.blocked.reshape(-1)[places], 0).astype(np.uint8)
    return replace(
        cube,
        dimensions=dimensions,
        measures=measures,
        annotations=_texts(cube, dimensions, notes),
        cell_annotations=dict(sorted(notes.items())),
        blocked=blocked,
    )


def _texts(cube: Cube, dimensions: Sequence[CubeDimension], cells: Mapping[int, tuple[str, ...]]) -> dict[str, str]:
    """The notes that still occur."""
    used = set(cube.database_annotations).union(*cells.values())
    for dimension in dimensions:
        used.update(dimension.annotations, *(item.annotations for item in dimension.items))
    return {key: text for key, text in cube.annotations.items() if key in used}
