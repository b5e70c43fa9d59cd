"""The order of the rows of a table as its page shows it: by the numbers of a column, by label, or as they are.

Where fields nest, the innermost is put in order within each item of the outer ones.
Numbers that are not shown come after those that are; totals and formulas stay last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.definitions.address import Parameters, query_string
from statlas.model.cells import CubeDimension
from statlas.web import links
from statlas.wording import _

LABEL = "label"


@dataclass(frozen=True)
class Sort:
    """By the numbers of a column (from 1), or by label where that is 0: ``Sort(3, is_descending=True)``."""

    column: int
    is_descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.column or LABEL}"


@dataclass(frozen=True)
class SortLink:
    """How a head sorts: the address for the next order, and how its column is sorted now, as ``aria-sort`` says it."""

    url: str
    now: str = ""


@dataclass(frozen=True)
class Sorting:
    """The links in the heads of a table: of the innermost field of the rows, and of each column shown.

    said: how the rows are sorted; empty where they are as they are. original: the address without an order.
    """

    label: SortLink | None
    columns: tuple[SortLink, ...]
    said: str = ""
    original: str = ""


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


def sorting(
    database_id: str, parameters: Parameters, sort: Sort | None, columns: range, innermost: str, heads: Sequence[str]
) -> Sorting:
    """The links in the heads of a table.

    Args:
        database_id: of the table.
        parameters: its address.
        sort: the order shown.
        columns: which columns (from 1) are shown.
        innermost: the last field of the rows; empty where there is none, and nothing to put in order.
        heads: what heads each column shown.
    """
    if not innermost:
        return Sorting(None, tuple(SortLink("") for _one in columns))
    rest = tuple(one for one in parameters if one[0] not in ("sort", "row"))
    begun = f"{links.database(database_id)}/table?{query_string(rest)}"

    def to(column: int, *cycle: bool) -> SortLink:
        """The next order of a column; ``cycle`` is whether its first and second descend."""
        now = sort if sort is not None and sort.column == column else None
        after = cycle[0] if now is None else cycle[1]
        is_over = now is not None and now.is_descending is cycle[1]
        url = f"{begun}#table" if is_over else f"{begun}&sort={Sort(column, after)}#table"
        return SortLink(url, "" if now is None else "descending" if now.is_descending else "ascending")

    by = dict(zip(columns, heads, strict=True))
    return Sorting(
        to(0, False, True),  # noqa: FBT003 - ascending, then descending
        tuple(to(column, True, False) for column in columns),  # noqa: FBT003 - the largest first, then the smallest
        "" if sort is None else _said(sort, by.get(sort.column, ""), innermost),
        f"{begun}#table",
    )


def _said(sort: Sort, head: str, innermost: str) -> str:
    if not sort.column:
        said = _("Sorted by {field}, from the last.") if sort.is_descending else _("Sorted by {field}.")
        return said.format(field=innermost)
    head = head or _("column {n}").format(n=sort.column)
    largest = _("Sorted by {column}, the largest first.")
    return (largest if sort.is_descending else _("Sorted by {column}, the smallest first.")).format(column=head)
