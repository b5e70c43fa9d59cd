"""A cube as its page shows it: rows and columns, one wafer after another, a row at a time.

Several measures stand side by side as the innermost columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import SYMBOLS, Z95, CellFlag, CellStatus, CubeContent, CubeDimension, CubeMeasure
from statlas.model.frames import precisions
from statlas.model.layout import Axis, derived_items, own_flags
from statlas.model.legend import FLAG_MARKS, STRUCTURAL_ZERO, heading
from statlas.model.query import Role
from statlas.model.spoken import spoken
from statlas.model.words import note_mark
from statlas.wording import _

_SYMBOL_OF = np.array([SYMBOLS.get(status, "") for status in sorted(CellStatus)], dtype=object)


@dataclass(frozen=True, eq=False)
class Printed:
    """One number of a measure: the value itself, or of a survey its error and the ends of its interval.

    values: in the shape of the cube; decimals: in one that broadcasts to it.
    """

    label: str
    measure: CubeMeasure
    values: NDArray[Any]
    decimals: NDArray[np.int64]
    is_value: bool = True


@dataclass(frozen=True)
class Row:
    """A row of a table: the labels that head it, then for each column a number or a symbol, and marks.

    numbers: Python numbers, None where none is printed. symbols: ``low``, ``c``, ``x``, or ``z`` beside the number 0;
    empty for other numbers. marks: in brackets, those of each column; empty where no cell of the row has any.
    """

    heads: tuple[str, ...]
    numbers: tuple[float | int | None, ...]
    symbols: tuple[str, ...]
    decimals: tuple[int, ...]
    marks: tuple[tuple[str, ...], ...] = ()


class Shown:
    """A cube laid out; ``by_wafer`` off puts the fields of the wafers before those of the rows.

    with_errors: columns for the standard errors and intervals of a survey too.
    """

    def __init__(self, cube: CubeContent, *, by_wafer: bool = True, with_errors: bool = False) -> None:
        self.cube = cube = spoken(cube)
        aside, down = Axis.of(cube, Role.WAFERS), Axis.of(cube, Role.ROWS)
        self.wafers = aside if by_wafer else Axis(())
        self.rows = down if by_wafer else Axis((*aside.dimensions, *down.dimensions))
        self.columns = Axis.of(cube, Role.COLUMNS)
        self.printed = tuple(_printed(cube, with_errors=with_errors))

    @property
    def n_columns(self) -> int:
        """Columns of numbers."""
        return len(self.columns) * len(self.printed)

    def field_heads(self) -> tuple[str, ...]:
        """What heads the labels of rows; there is always one."""
        return tuple(map(self.field_head, self.rows.dimensions)) or (_("What is counted"),)

    def field_head(self, dimension: CubeDimension) -> str:
        """The label of a field with the marks of its notes."""
        return _marked(dimension.label, map(note_mark, dimension.annotations))

    def item_heads(self, dimension: CubeDimension) -> tuple[str, ...]:
        """The labels of a field's items with the marks of sums and of notes."""
        derived = self._derived[dimension.field]
        mark = f"[{FLAG_MARKS[CellFlag.DERIVED]}]"
        return tuple(
            _marked(item.label, [*([mark] if item in derived else []), *map(note_mark, item.annotations)])
            for item in dimension.items
        )

    def column_heads(self) -> tuple[tuple[str, ...], ...]:
        """For each column the labels of its items, then of its number."""
        heads = [self.item_heads(d) for d in self.columns.dimensions]
        places = np.ndindex(*(len(d) for d in self.columns.dimensions))
        return tuple(
            (*(labels[at] for labels, at in zip(heads, place, strict=True)), one.label)
            for place in places
            for one in self.printed
        )

    def wafer_rows(self, wafer: int) -> Iterator[Row]:
        """The rows of one wafer, from 0."""
        aside = np.unravel_index(wafer, tuple(len(d) for d in self.wafers.dimensions)) if self.wafers.dimensions else ()
        heads = [self.item_heads(d) for d in self.rows.dimensions]
        for down in np.ndindex(*(len(d) for d in self.rows.dimensions)):
            labels = tuple(labels[at] for labels, at in zip(heads, down, strict=True)) or (self._only_head,)
            yield self._row(labels, (*(int(at) for at in aside), *down))

    @property
    def _only_head(self) -> str:
        return self.printed[0].label if len(self.printed) == 1 else "All"

    def _row(self, heads: tuple[str, ...], place: tuple[int, ...]) -> Row:
        status = self._at(self._statuses, place)
        values, decimals = self._at(self._values, place), self._at(self._decimals, place)
        hidden = status > CellStatus.SHOWN
        symbols = _SYMBOL_OF[status]
        symbols[status == CellStatus.STRUCTURAL_ZERO] = STRUCTURAL_ZERO
        numbers = values.astype(object)
        whole = decimals <= 0
        numbers[whole] = values[whole].astype(np.int64).astype(object)
        if hidden.any():
            numbers[hidden & (status != CellStatus.STRUCTURAL_ZERO)] = None
        return Row(heads, tuple(numbers), tuple(symbols), tuple(decimals.tolist()), self._marks(place, status))

    def _marks(self, place: tuple[int, ...], status: NDArray[np.uint8]) -> tuple[tuple[str, ...], ...]:
        flags = self._at(self._flags, place)
        noted = self.cube.cell_annotations
        if not flags.any() and not noted:
            return ()
        cells = self._at(self._cells, place).tolist() if noted else [-1] * len(flags)
        shown_ones = (status == CellStatus.SHOWN) | (status == CellStatus.STRUCTURAL_ZERO)
        marks = tuple(
            (*(_flag_marks(flag) if is_shown else ()), *map(note_mark, noted.get(cell, ())))
            for flag, is_shown, cell in zip(flags.tolist(), shown_ones.tolist(), cells, strict=True)
        )
        return marks if any(marks) else ()

    def _at(self, sides: Sequence[NDArray[Any]], place: tuple[int, ...]) -> NDArray[Any]:
        """The row of every column at a place, numbers of a column's measures side by side."""
        return np.stack([side[place].reshape(-1) for side in sides], axis=-1).reshape(-1)

    @cached_property
    def _order(self) -> list[int]:
        sides = (self.wafers, self.rows, self.columns)
        return [self.cube.dimensions.index(d) for side in sides for d in side.dimensions]

    def _turned(self, array: NDArray[Any]) -> NDArray[Any]:
        return np.transpose(np.broadcast_to(array, self.cube.shape), self._order)

    @cached_property
    def _values(self) -> list[NDArray[Any]]:
        same = {one.values.dtype for one in self.printed}
        kind = np.dtype(np.float64) if len(same) > 1 else same.pop()
        return [self._turned(one.values).astype(kind, copy=False) for one in self.printed]

    @cached_property
    def _decimals(self) -> list[NDArray[Any]]:
        return [self._turned(one.decimals) for one in self.printed]

    @cached_property
    def _statuses(self) -> list[NDArray[Any]]:
        return [self._turned(one.measure.status) for one in self.printed]

    @cached_property
    def _flags(self) -> list[NDArray[Any]]:
        none = np.zeros((1,) * len(self.cube.shape), np.uint8)
        return [
            self._turned(own_flags(self.cube, one.measure, self._derived) if one.is_value else none)
            for one in self.printed
        ]

    @cached_property
    def _cells(self) -> list[NDArray[Any]]:
        cells = self._turned(np.arange(self.cube.n_cells).reshape(self.cube.shape))
        return [cells if one.is_value else np.full_like(cells, -1) for one in self.printed]

    @cached_property
    def _derived(self) -> dict[str, frozenset[Any]]:
        return {d.field: derived_items(self.cube, d) for d in self.cube.dimensions}


def _printed(cube: CubeContent, *, with_errors: bool) -> Iterator[Printed]:
    for measure in cube.measures:
        label, decimals = heading(cube, measure), precisions(cube, measure)
        yield Printed(label, measure, measure.values, decimals)
        if with_errors and measure.se is not None:
            finer = np.maximum(decimals, 1)
            values: NDArray[Any] = measure.values
            half = Z95 * np.hypot(measure.se, measure.sd)
            ends = ((_("standard error"), measure.se), (_("lower end of the 95% interval"), values - half))
            for more, found in (*ends, (_("upper end of the 95% interval"), values + half)):
                yield Printed(f"{label}, {more}", measure, found, finer, is_value=False)


def _flag_marks(flags: int) -> tuple[str, ...]:
    return tuple(f"[{mark}]" for flag, mark in FLAG_MARKS.items() if flags & flag) if flags else ()


def _marked(label: str, marks: Any) -> str:
    return " ".join((label, *marks))
