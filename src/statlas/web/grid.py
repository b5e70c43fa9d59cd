"""A cube laid out as the table of a page: nested headers, the rows and columns of one part, and what they say.

Everything shown is read from the ``Cube``.  Several measures stand side by side as the innermost columns.
A part states its place in the whole (*rows 1 to 200 of 7,201*); rows in which no number is shown are folded away by
default, which is stated too. Rows may be put in another order.

A cell has a number: its place in row-major order in the cube.
It is the sum of what its wafer, its row and its column add to it, so that a page need not say it for every cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from statlas.model.cube import SYMBOLS, CellStatus, Cube, CubeItem, CubeMeasure
from statlas.model.frames import precisions
from statlas.model.layout import (
    Axis,
    Header,
    derived_items,
    field_header,
    item_header,
    measure_dimension,
    own_flags,
    runs,
)
from statlas.model.legend import FLAG_MARKS, STRUCTURAL_ZERO, heading, symbols_of
from statlas.model.query import Role
from statlas.web.order import Sort, in_order
from statlas.web.words import note_mark
from statlas.wording import _

# A table that is read at one glance is not folded, nor are a few rows of a longer one (arbitrary).
_FOLD_TABLES_FROM, _FOLD_FROM = 25, 3

_SYMBOLS = {int(status): f"[{symbol}]" for status, symbol in SYMBOLS.items()}
_ZERO_MARKS = (f"[{STRUCTURAL_ZERO}]",)

MOST_WAFERS_LISTED = 500
"""Wafers among which one may choose by name; arbitrary. Of more, one chooses by number."""


@dataclass(frozen=True)
class Part:
    """Which part of a table is shown: first row and column (from 1), wafer (from 1), whether empty rows are, the order.

    is_every_one_folded: rows without a number are left out of short tables too.
    """

    row: int = 1
    column: int = 1
    wafer: int = 1
    n_rows: int = 200
    n_columns: int = 50
    is_folded: bool = True
    is_every_one_folded: bool = False
    sort: Sort | None = None


class GridCell(NamedTuple):
    """A data cell: a number or a symbol in brackets, and the marks after it."""

    text: str
    marks: tuple[str, ...] = ()
    is_number: bool = True


@dataclass(frozen=True)
class GridRow:
    """A row: the headers that begin in it, outer first, and its cells; ``cell`` is what it adds to their numbers."""

    headers: tuple[Header, ...]
    cells: tuple[GridCell, ...]
    cell: int = 0


@dataclass(frozen=True)
class HeaderRow:
    """A row of column headers under the label of their field."""

    field: Header
    headers: tuple[Header, ...]


@dataclass(frozen=True)
class Span:
    """Positions ``first`` to ``last`` (from 1) of ``total``."""

    first: int
    last: int
    total: int

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.first <= 1 and self.last >= self.total

    @property
    def size(self) -> int:
        """How many positions are shown."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Grid:
    """One part of one wafer.

    ``row_fields`` head the row headers; ``folded_rows`` counts rows left out because no number is shown in them.
    ``wafer`` is the number (from 1) of the wafer shown of ``n_wafers``, ``wafer_label`` its name; ``wafers`` names them
    all, where they are few enough for a list. ``symbols`` are those that occur in the table, for the legend.
    ``columns`` says of each column shown what it adds to the number of a cell, and the id of its measure.
    ``empty_rows`` counts rows in which no number is shown, folded or not.
    """

    row_fields: tuple[Header, ...]
    header_rows: tuple[HeaderRow, ...]
    rows: tuple[GridRow, ...]
    row_span: Span
    column_span: Span
    wafer: int
    n_wafers: int
    wafer_label: str
    wafers: tuple[str, ...]
    folded_rows: int
    symbols: tuple[str, ...]
    columns: tuple[tuple[int, str], ...] = ()
    empty_rows: int = 0

    has_row_fields: bool = True

    @property
    def n_head_lines(self) -> int:
        """Lines of heads above the numbers: those of the items, and over them the names of fields."""
        return sum(2 if row.field.text else 1 for row in self.header_rows)

    @property
    def column_labels(self) -> tuple[str, ...]:
        """The label at the foot of each column's heads."""
        return tuple(header.text for header in self.header_rows[-1].headers)


def grid_of(cube: Cube, part: Part) -> Grid:
    """The part of a cube that a page shows; a place beyond the table shows its last part."""
    wafers = Axis.of(cube, Role.WAFERS)
    slice_ = _Slice(cube, min(max(part.wafer, 1), len(wafers)) - 1)
    unfolded = slice_.rows_in_order(part)
    row_span = _span(part.row, part.n_rows, len(unfolded))
    column_span = _span(part.column, part.n_columns, len(slice_.columns))
    rows = [int(row) for row in unfolded[row_span.first - 1 : row_span.last]]
    columns = range(column_span.first - 1, column_span.last)
    return Grid(
        row_fields=tuple(map(field_header, slice_.rows.dimensions)) or (Header(_("What is counted")),),
        header_rows=tuple(slice_.header_rows(columns)),
        rows=tuple(slice_.grid_rows(rows, columns)),
        row_span=row_span,
        column_span=column_span,
        wafer=slice_.wafer + 1,
        n_wafers=len(wafers),
        wafer_label=wafers.said(slice_.wafer),
        wafers=tuple(map(wafers.said, range(len(wafers)))) if len(wafers) <= MOST_WAFERS_LISTED else (),
        folded_rows=len(slice_.every_row) - len(unfolded),
        symbols=symbols_of(cube.measures),
        columns=tuple(slice_.column_parts(columns)),
        empty_rows=len(slice_.every_row) - len(slice_.filled),
        has_row_fields=bool(slice_.rows.dimensions),
    )


def largest_sd(measure: CubeMeasure) -> float:
    """The standard deviation of the most uncertain number of a measure that is shown; 0 where none is."""
    shown = measure.sd[measure.status == CellStatus.SHOWN]
    return float(shown.max()) if shown.size else 0.0


def _span(first: int, size: int, total: int) -> Span:
    start = min(max(first, 1), max(total, 1))
    return Span(start, min(start + size - 1, total), total)


@dataclass(frozen=True)
class _Slice:
    """One wafer (from 0), as rows and columns."""

    cube: Cube
    wafer: int

    @cached_property
    def rows(self) -> Axis:
        return Axis.of(self.cube, Role.ROWS)

    @cached_property
    def columns(self) -> Axis:
        dimensions = Axis.of(self.cube, Role.COLUMNS).dimensions
        return Axis((*dimensions, measure_dimension(self.cube)) if self._are_several else dimensions)

    @property
    def _are_several(self) -> bool:
        return len(self.cube.measures) > 1

    @cached_property
    def every_row(self) -> NDArray[np.intp]:
        return np.arange(len(self.rows))

    def rows_in_order(self, part: Part) -> NDArray[np.intp]:
        """The rows that are not folded, in the order asked for."""
        found = self._unfolded(part) if part.is_folded else self.every_row
        sort = part.sort
        if sort is None or not self.rows.dimensions or sort.column > len(self.columns):
            return found
        at = max(sort.column - 1, 0)
        is_printed = (self._status[:, at] == CellStatus.SHOWN) | (self._status[:, at] == CellStatus.STRUCTURAL_ZERO)
        return in_order(found, self.rows.dimensions[-1], sort, (self._values[:, at], is_printed))

    def _unfolded(self, part: Part) -> NDArray[np.intp]:
        """Rows with a number, and all where the table is small or few have none, unless every empty row is to go."""
        n_empty = len(self.every_row) - len(self.filled)
        is_worth_it = len(self.every_row) >= _FOLD_TABLES_FROM and n_empty >= _FOLD_FROM
        is_wanted = is_worth_it or (part.is_every_one_folded and len(self.filled) > 0)
        return self.filled if is_wanted else self.every_row

    @cached_property
    def filled(self) -> NDArray[np.intp]:
        """Rows with a number.

        Where fields nest, a whole group of the outer one is filled or not, so that each shown group has all its rows.
        """
        shown = (self._status == CellStatus.SHOWN).any(axis=1)
        n_groups = len(self.rows.dimensions[0]) if self.rows.dimensions else 1
        groups = shown.reshape(n_groups, -1).any(axis=1)
        return np.flatnonzero(np.repeat(groups, len(shown) // n_groups))

    def column_parts(self, columns: range) -> Iterator[tuple[int, str]]:
        """What each column adds to the number of a cell, and the id of its measure."""
        ids = [measure.id for measure in self.cube.measures]
        return ((int(self._positions[0, at] - self._positions[0, 0]), ids[at % len(ids)]) for at in columns)

    def header_rows(self, positions: range) -> Iterator[HeaderRow]:
        """A header row for each field in the columns; without one, the measure heads the numbers."""
        if not self.columns.dimensions:
            yield HeaderRow(Header(""), (Header(heading(self.cube, self.cube.measures[0])),))
        for depth, dimension in enumerate(self.columns.dimensions):
            derived = self._derived.get(dimension.field, frozenset())
            headers = (item_header(run, derived) for run in runs(self.columns, positions, depth))
            yield HeaderRow(field_header(dimension), tuple(headers))

    def grid_rows(self, positions: Sequence[int], columns: range) -> Iterator[GridRow]:
        """Rows with their headers; a header stands in the first of the rows it spans."""
        begun = self._row_headers(positions)
        across = slice(columns.start, columns.stop)
        for place, position in enumerate(positions):
            headers = tuple(starts[place] for starts in begun if place in starts)
            yield GridRow(headers, tuple(self._cells(position, across)), int(self._positions[position, 0]))

    def _row_headers(self, positions: Sequence[int]) -> list[dict[int, Header]]:
        if not self.rows.dimensions:
            return [{0: Header(_("All") if self._are_several else heading(self.cube, self.cube.measures[0]))}]
        return [
            {run.start: item_header(run, self._derived[d.field]) for run in runs(self.rows, positions, depth)}
            for depth, d in enumerate(self.rows.dimensions)
        ]

    def _cells(self, row: int, columns: slice) -> Iterator[GridCell]:
        """The cells of a row; most are numbers without a mark, and are made without looking for one."""
        values, decimals = self._values[row, columns].tolist(), self._precision[row, columns].tolist()
        status, flags = self._status[row, columns], self._flags[row, columns]
        if not status.any() and not flags.any() and not self.cube.cell_annotations:
            return (GridCell(f"{value:,.{places}f}") for value, places in zip(values, decimals, strict=True))
        positions = self._positions[row, columns].tolist()
        return map(self._cell, values, decimals, status.tolist(), flags.tolist(), positions)

    def _cell(self, value: float, decimals: int, status: int, flags: int, position: int) -> GridCell:
        notes = tuple(map(note_mark, self.cube.cell_annotations.get(position, ())))
        symbol = _SYMBOLS.get(status)
        if symbol is not None:
            return GridCell(symbol, notes, is_number=False)
        zero = _ZERO_MARKS if status == CellStatus.STRUCTURAL_ZERO else ()
        flagged = tuple(f"[{mark}]" for flag, mark in FLAG_MARKS.items() if flags & flag) if flags else ()
        return GridCell(f"{value:,.{decimals}f}", (*zero, *flagged, *notes))

    @cached_property
    def _values(self) -> NDArray[Any]:
        return self._two_ways([measure.values.astype(np.float64) for measure in self.cube.measures])

    @cached_property
    def _precision(self) -> NDArray[Any]:
        return self._two_ways([precisions(self.cube, measure) for measure in self.cube.measures])

    @cached_property
    def _status(self) -> NDArray[np.uint8]:
        return self._two_ways([measure.status for measure in self.cube.measures])

    @cached_property
    def _positions(self) -> NDArray[np.int64]:
        cells = np.arange(self.cube.n_cells).reshape(self.cube.shape)
        return self._two_ways([cells] * len(self.cube.measures))

    @cached_property
    def _flags(self) -> NDArray[np.uint8]:
        return self._two_ways([own_flags(self.cube, measure, self._derived) for measure in self.cube.measures])

    @cached_property
    def _derived(self) -> dict[str, frozenset[CubeItem]]:
        return {d.field: derived_items(self.cube, d) for d in self.cube.dimensions}

    def _two_ways(self, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """An array for each measure, in the shape of the cube, as the (rows, columns) of this wafer."""
        sides = [Axis.of(self.cube, role) for role in (Role.WAFERS, Role.ROWS, Role.COLUMNS)]
        order = [self.cube.dimensions.index(d) for side in sides for d in side.dimensions]
        by_measure = np.stack([np.broadcast_to(array, self.cube.shape) for array in arrays], axis=-1)
        sides_first = np.transpose(by_measure, [*order, len(order)])
        found: NDArray[Any] = sides_first.reshape([len(sides[0]), len(sides[1]), -1])[self.wafer]
        return found
