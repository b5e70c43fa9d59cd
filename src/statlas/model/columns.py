"""A cube as tidy columns of Arrow, made a few rows at a time: one row for each cell, in row-major order.

Every file of cells and every frame is made of these columns, so all hold the same.
No column is longer than what is asked for: ten million cells are written in the memory of the cube and some more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.model.cells import Z95, CubeContent, CubeMeasure
from statlas.model.frames import (
    STATUS_TEXTS,
    code_of,
    column_names,
    flag_text,
    label_column,
    precisions,
    shown_statuses,
)

ROWS_AT_ONCE = 65_536
"""Rows of a batch, arbitrary: some megabytes."""


@dataclass(frozen=True)
class Column:
    """One column: ``rows(start, stop)`` gives its part as an Arrow array, null where no number is printed.

    texts: what a dictionary column can say; None for numbers.
    decimals: of numbers, for the same rows; None where they are as many as are needed.
    """

    name: str
    rows: Callable[[int, int], Any]
    texts: tuple[str, ...] | None = None
    decimals: Callable[[int, int], NDArray[np.int64] | int] | None = None


def columns_of(cube: CubeContent) -> tuple[Column, ...]:
    """Codes and labels of every dimension, then of each measure its value, status, flags and noise sd (of a survey its
    standard error and interval too), the rule that blocks a cell where any is blocked, and keys of notes on cells.
    """
    return tuple(_distinct((*_dimensions(cube), *_measures(cube), *_rule(cube), _notes(cube))))


def _distinct(columns: Sequence[Column]) -> Iterator[Column]:
    """The columns under names that are not empty and of which none is another's, letter case aside, as in SQL."""
    taken: set[str] = set()
    for number, column in enumerate(columns, 1):
        # In one line: programs that read a first line of names take no line ends in them.
        name = " ".join(column.name.encode("utf-8", "replace").decode().split()) or f"column {number}"
        while name.casefold() in taken:
            name = f"{name} ({number})"
        taken.add(name.casefold())
        yield replace(column, name=name)


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Names and types of the columns, from no row at all."""
    return pa.schema([pa.field(column.name, column.rows(0, 0).type) for column in columns])


def batches(cube: CubeContent, columns: Sequence[Column], rows_at_once: int = ROWS_AT_ONCE) -> Iterator[pa.RecordBatch]:
    """The rows of the columns in order."""
    schema = schema_of(columns)
    for start, stop in parts(cube.n_cells, rows_at_once):
        yield pa.record_batch([column.rows(start, stop) for column in columns], schema=schema)


def to_arrow(cube: CubeContent) -> pa.Table:
    """Every row of the columns of a cube: texts as dictionaries, numbers null where none is printed."""
    columns = columns_of(cube)
    return pa.Table.from_batches(batches(cube, columns, max(cube.n_cells, 1)), schema=schema_of(columns))


def parts(n_rows: int, rows_at_once: int) -> Iterator[tuple[int, int]]:
    """Where each batch starts and stops."""
    for start in range(0, n_rows, rows_at_once):
        yield start, min(start + rows_at_once, n_rows)


def _coded(name: str, texts: Sequence[str], positions: Callable[[int, int], NDArray[Any]]) -> Column:
    # Half a surrogate pair can be asked for as a label, and no file can hold it.
    writable = tuple(text.encode("utf-8", "replace").decode() for text in texts)
    dictionary = pa.array(writable, pa.string())

    def rows(start: int, stop: int) -> Any:
        found = pa.array(positions(start, stop).astype(np.int32, copy=False))
        return pa.DictionaryArray.from_arrays(found, dictionary)

    return Column(name, rows, writable)


# --- dimensions -------------------------------------------------------------------------------------------------------


def _dimensions(cube: CubeContent) -> Iterator[Column]:
    for axis, dimension in enumerate(cube.dimensions):
        positions = partial(_along, cube.shape, axis)
        codes = [code_of(dimension, position) for position in range(len(dimension))]
        yield _coded(f"{dimension.field}_code", codes, positions)
        yield _coded(label_column(cube, dimension), [item.label for item in dimension.items], positions)


def _along(shape: tuple[int, ...], axis: int, start: int, stop: int) -> NDArray[np.int64]:
    """The position along an axis of every cell from ``start`` on."""
    stride = int(np.prod(shape[axis + 1 :], dtype=np.int64))
    return np.arange(start, stop) // stride % shape[axis]


# --- measures ---------------------------------------------------------------------------------------------------------


def _measures(cube: CubeContent) -> Iterator[Column]:
    for before, measure in zip(column_names(cube), cube.measures, strict=True):
        hidden = partial(_hidden, measure.status.reshape(-1))
        values = measure.values.reshape(-1)
        yield _numbers(f"{before}value", values, hidden, _decimals(cube, measure))
        yield _status(f"{before}status", measure.status.reshape(-1))
        yield _flags(f"{before}flags", measure.flags.reshape(-1))
        yield _numbers(f"{before}noise_sd", measure.sd.reshape(-1))
        yield from _interval(before, measure, hidden)


def _hidden(status: NDArray[np.uint8], start: int, stop: int) -> NDArray[np.bool_]:
    return ~shown_statuses(status[start:stop])


def _numbers(
    name: str,
    values: NDArray[Any],
    hidden: Callable[[int, int], NDArray[np.bool_]] | None = None,
    decimals: Callable[[int, int], NDArray[np.int64] | int] | None = None,
) -> Column:
    def rows(start: int, stop: int) -> Any:
        return pa.array(values[start:stop], mask=None if hidden is None else hidden(start, stop))

    return Column(name, rows, decimals=decimals)


def _decimals(cube: CubeContent, measure: CubeMeasure) -> Callable[[int, int], NDArray[np.int64] | int]:
    found = precisions(cube, measure)
    if found.size == 1:
        return lambda _start, _stop: int(found.item())
    flat = np.broadcast_to(found, cube.shape).astype(np.int8).reshape(-1)
    return lambda start, stop: flat[start:stop].astype(np.int64)


def _status(name: str, status: NDArray[np.uint8]) -> Column:
    statuses = sorted(STATUS_TEXTS)
    places = np.zeros(max(statuses) + 1, np.int32)
    places[statuses] = np.arange(len(statuses))
    return _coded(name, [STATUS_TEXTS[s] for s in statuses], lambda start, stop: places[status[start:stop]])


def _flags(name: str, flags: NDArray[np.uint8]) -> Column:
    met = np.flatnonzero(np.bincount(flags, minlength=256))
    places = np.zeros(256, np.int32)
    places[met] = np.arange(len(met))
    return _coded(name, [flag_text(int(one)) for one in met], lambda start, stop: places[flags[start:stop]])


def _interval(before: str, measure: CubeMeasure, hidden: Callable[[int, int], NDArray[np.bool_]]) -> Iterator[Column]:
    if measure.se is None:
        return
    se, sd = measure.se.reshape(-1), measure.sd.reshape(-1)
    values: NDArray[Any] = measure.values.reshape(-1)
    places = max(measure.precision, 1)

    def end(sign: int, start: int, stop: int) -> Any:
        half = Z95 * np.hypot(se[start:stop], sd[start:stop])
        return pa.array((values[start:stop] + sign * half).round(places), mask=hidden(start, stop))

    yield _numbers(f"{before}standard_error", se, hidden)
    yield Column(f"{before}lower", partial(end, -1))
    yield Column(f"{before}upper", partial(end, 1))


# --- rules and notes --------------------------------------------------------------------------------------------------


def _rule(cube: CubeContent) -> Iterator[Column]:
    if cube.blocked is not None:
        blocked = cube.blocked.reshape(-1)
        yield _coded("rule", ["", *(one.rule for one in cube.rules)], lambda start, stop: blocked[start:stop])


def _notes(cube: CubeContent) -> Column:
    texts = {"": 0}
    cells = np.array(sorted(cube.cell_annotations), np.int64)
    keys = [" ".join(cube.cell_annotations[cell]) for cell in cells.tolist()]
    said = np.array([texts.setdefault(key, len(texts)) for key in keys], np.int32)

    def positions(start: int, stop: int) -> NDArray[np.int32]:
        found = np.zeros(stop - start, np.int32)
        first, last = np.searchsorted(cells, (start, stop))
        found[cells[first:last] - start] = said[first:last]
        return found

    return _coded("notes", [*texts], positions)
