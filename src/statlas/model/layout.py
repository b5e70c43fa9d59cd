"""The sides of a table: which items stand at a position, and headers that span equal neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import (
    DERIVED_STATISTICS,
    CellFlag,
    CellStatus,
    CubeContent,
    CubeDimension,
    CubeItem,
    CubeMeasure,
)
from statlas.model.legend import FLAG_MARKS, heading
from statlas.model.query import Role
from statlas.model.words import note_mark


@dataclass(frozen=True)
class Header:
    """A header cell; ``span`` is how many rows or columns it heads."""

    text: str
    span: int = 1
    marks: tuple[str, ...] = ()
    is_total: bool = False


@dataclass(frozen=True)
class Axis:
    """The dimensions on one side, outer first."""

    dimensions: tuple[CubeDimension, ...]

    @classmethod
    def of(cls, cube: CubeContent, role: Role) -> Axis:
        """The side of a cube that ``role`` names."""
        return cls(tuple(d for d in cube.dimensions if d.role is role))

    def __len__(self) -> int:
        return prod(len(d) for d in self.dimensions)

    def items(self, position: int) -> tuple[CubeItem, ...]:
        """The items at a position, outer first; none where the side has no dimension."""
        if not self.dimensions:
            return ()
        indices = np.unravel_index(position, tuple(len(d) for d in self.dimensions))
        return tuple(d.items[int(i)] for d, i in zip(self.dimensions, indices, strict=True))

    def said(self, position: int) -> str:
        """A position in words, *Sex: Female*; what is the same at every position goes without saying."""
        pairs = zip(self.dimensions, self.items(position), strict=True)
        return ", ".join(f"{d.label}: {item.label}" for d, item in pairs if len(d) > 1)


@dataclass(frozen=True)
class Run:
    """Equal neighbours: ``n`` positions from ``start`` (from 0) on, all headed by ``item``."""

    start: int
    n: int
    item: CubeItem


def runs(axis: Axis, positions: Sequence[int], depth: int) -> Iterator[Run]:
    """Neighbours among ``positions`` that share their items down to ``depth``.

    A header that would span a part's edge is begun anew there, so that every part can be read by itself.
    """
    paths = [axis.items(position)[: depth + 1] for position in positions]
    start = 0
    for path, same in groupby(paths):
        n = sum(1 for _ in same)
        yield Run(start, n, path[-1])
        start += n


def item_header(run: Run, derived: frozenset[CubeItem]) -> Header:
    """The header of a run; an item whose every number is a sum bears the mark once instead of each number."""
    marks = (f"[{FLAG_MARKS[CellFlag.DERIVED]}]",) if run.item in derived else ()
    return Header(run.item.label, run.n, (*marks, *map(note_mark, run.item.annotations)), run.item.is_total)


def field_header(dimension: CubeDimension) -> Header:
    """The header over a field's items."""
    return Header(dimension.label, marks=tuple(map(note_mark, dimension.annotations)))


def measure_dimension(cube: CubeContent) -> CubeDimension:
    """The measures as the innermost field of the columns, one item for each."""
    items = tuple(CubeItem(heading(cube, measure), (), (measure.id,)) for measure in cube.measures)
    return CubeDimension("", "", "", items, Role.COLUMNS)


def derived_items(cube: CubeContent, dimension: CubeDimension) -> frozenset[CubeItem]:
    """Groups, totals and formulas of a dimension of which every number shown is made of printed numbers.

    Measures that are themselves derived say so in their names, and do not count here.
    """
    printed = [measure for measure in cube.measures if measure.statistic not in DERIVED_STATISTICS]
    others = tuple(i for i, d in enumerate(cube.dimensions) if d is not dimension)
    shown = np.array([measure.status == CellStatus.SHOWN for measure in printed])
    derived = np.array([has_flag(measure, CellFlag.DERIVED) for measure in printed])
    over = (0, *(i + 1 for i in others))
    every = (derived | ~shown).all(axis=over) & shown.any(axis=over)
    made = (item.is_total or item.formula is not None or len(item.nodes) > 1 for item in dimension.items)
    found = zip(dimension.items, every, made, strict=True)
    return frozenset(item for item, is_derived, is_made in found if is_derived and is_made)


def own_flags(cube: CubeContent, measure: CubeMeasure, derived: Mapping[str, frozenset[CubeItem]]) -> NDArray[np.uint8]:
    """Flags of a measure without the mark of a sum where a heading bears it.

    Args:
        derived: by field what ``derived_items`` gives.
    """
    flags = measure.flags.copy()
    for axis, dimension in enumerate(cube.dimensions):
        items = [i for i, item in enumerate(dimension.items) if item in derived[dimension.field]]
        index = tuple(items if i == axis else slice(None) for i in range(flags.ndim))
        flags[index] &= ~np.uint8(CellFlag.DERIVED)
    return flags


def has_flag(measure: CubeMeasure, flag: CellFlag) -> NDArray[np.bool_]:
    """Which cells bear a flag, in the shape of the cube."""
    found: NDArray[np.bool_] = (measure.flags & int(flag)) > 0
    return found
