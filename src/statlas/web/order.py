"""The order of the rows of a table as its page shows it: by the numbers of a column, by label, or as they are.

Where fields nest, the innermost is put in order within each item of the outer ones.
Numbers that are not shown come after those that are; totals and formulas stay last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.model.cells import CubeDimension

LABEL = "label"


@dataclass(frozen=True)
class Sort:
    """By the numbers of a column (from 1), or by label where that is 0: ``Sort(3, is_descending=True)``."""

    column: int
    is_descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.column or LABEL}"


def sort_of(text: str) -> Sort | None:
    """The order an address asks for, ``3``, ``-3``, ``label`` or ``-label``; None for anything else."""
    name = text.removeprefix("-")
    if name == LABEL:
        return Sort(0, text != name)
    is_number = name.isdecimal() and len(name) < 10  # noqa: PLR2004 - no table is longer
    return Sort(int(name), text != name) if is_number and int(name) else None


def in_order(
    positions: NDArray[np.intp],
    innermost: CubeDimension,
    sort: Sort,
    shown: tuple[NDArray[np.float64], NDArray[np.bool_]],
) -> NDArray[np.intp]:
    """Positions of rows in the order asked for.

    Args:
        positions: rows, in the order of the cube.
        innermost: the last field of the rows.
        sort: the order.
        shown: for every row of the table the number it is sorted by, and whether that is printed.
    """
    outer, item = np.divmod(positions, len(innermost))
    is_last = np.array([one.is_total or one.formula is not None for one in innermost.items])[item]
    if sort.column:
        keys, is_hidden = shown[0][positions], ~shown[1][positions]
    else:
        keys, is_hidden = _by_label(innermost)[item], np.zeros(len(positions), np.bool_)
    keys = np.where(is_last | is_hidden, 0.0, -keys if sort.is_descending else keys)
    return positions[np.lexsort((positions, keys, is_hidden & ~is_last, is_last, outer))]


def _by_label(dimension: CubeDimension) -> NDArray[np.float64]:
    """The place of each item among the labels; dates come in time, whatever their months are called."""
    places = np.arange(len(dimension), dtype=np.float64)
    if not dimension.is_date:
        labels = [item.label.casefold() for item in dimension.items]
        places[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
    return places
