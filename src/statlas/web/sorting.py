"""The links in the heads of a table that put its rows in another order."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.definitions.address import Parameters
from statlas.web import links
from statlas.web.grid import Grid
from statlas.web.order import Sort
from statlas.wording import _


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


def of_grid(database_id: str, parameters: Parameters, sort: Sort | None, grid: Grid) -> Sorting:
    """The links in the heads of a table.

    Args:
        database_id: of the table.
        parameters: its address.
        sort: the order shown.
        grid: the part shown.
    """
    columns = range(grid.column_span.first, grid.column_span.last + 1)
    innermost = grid.row_fields[-1].text if grid.has_row_fields else ""
    if not innermost:
        return Sorting(None, tuple(SortLink("") for _one in columns))
    rest = tuple(one for one in parameters if one[0] not in ("sort", "row"))
    begun = links.table(database_id, rest)
    behind = "&" if "?" in begun else "?"

    def to(column: int, first: bool, second: bool) -> SortLink:  # noqa: FBT001 - whether the order descends
        """The next order of a column: as it is, the first, the second, as it is again."""
        now = sort if sort is not None and sort.column == column else None
        is_over = now is not None and now.is_descending is second
        after = Sort(column, first if now is None else second)
        url = f"{begun}#table" if is_over else f"{begun}{behind}sort={after}#table"
        return SortLink(url, "" if now is None else "descending" if now.is_descending else "ascending")

    heads = dict(zip(columns, grid.column_labels, strict=True))
    return Sorting(
        to(0, first=False, second=True),
        tuple(to(column, first=True, second=False) for column in columns),
        "" if sort is None else _said(sort, heads.get(sort.column, ""), innermost),
        f"{begun}#table",
    )


def _said(sort: Sort, head: str, innermost: str) -> str:
    if not sort.column:
        said = _("Sorted by {field}, from the last.") if sort.is_descending else _("Sorted by {field}.")
        return said.format(field=innermost)
    head = head or _("column {n}").format(n=sort.column)
    largest = _("Sorted by {column}, the largest first.")
    return (largest if sort.is_descending else _("Sorted by {column}, the smallest first.")).format(column=head)
