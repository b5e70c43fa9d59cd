"""One part of a table at a time, and links to the others; what is not shown is always stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from statlas.definitions.address import Parameters
from statlas.web import links
from statlas.web.configuration import Settings
from statlas.web.grid import Grid, Part, Span
from statlas.web.order import sort_of
from statlas.wording import _, several


@dataclass(frozen=True)
class Turning:
    """Where one stands along an axis, and the addresses of the part before and after."""

    said: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Paging:
    """The parts of a table; None along an axis that is shown whole.

    ``folding`` states how many rows are folded away, with the address that unfolds them, or the other way round.
    """

    rows: Turning | None
    columns: Turning | None
    wafers: Turning | None
    folding: tuple[str, str, str] | None


def part_of(parameters: Parameters, settings: Settings) -> Part:
    """The part an address asks for; what is no whole number of at least 1 means the first."""
    given = dict(parameters)
    return Part(
        row=_position(given.get("row", "")),
        column=_position(given.get("column", "")),
        wafer=_position(given.get("wafer", "")),
        n_rows=settings.page_rows,
        n_columns=settings.page_columns,
        is_folded=given.get("empty") != "shown",
        is_every_one_folded=given.get("empty") == "hidden",
        sort=sort_of(given.get("sort", "")),
    )


def paging_of(
    database_id: str, parameters: Parameters, part: Part, grid: Grid, page: Callable[[Parameters], str] | None = None
) -> Paging:
    """Statements and links for every axis of which a part is shown.

    ``page`` gives the address of the page with other parameters, where it is not that of the table.
    """

    def turning(name: str, span: Span, size: int, said: str) -> Turning | None:
        if span.is_all:
            return None
        before, after = span.first - size, span.last + 1
        return Turning(
            said.format(first=f"{span.first:,}", last=f"{span.last:,}", total=f"{span.total:,}"),
            before=to(**{name: str(max(before, 1))}) if span.first > 1 else "",
            after=to(**{name: str(after)}) if after <= span.total else "",
        )

    def to(**changes: str) -> str:
        changed = links.changed(parameters, **changes)
        return (links.table(database_id, changed) if page is None else page(changed)) + "#table"

    rows, columns, wafer = grid.row_span, grid.column_span, Span(grid.wafer, grid.wafer, grid.n_wafers)
    return Paging(
        turning("row", rows, part.n_rows, _rows(rows.size)),
        turning("column", columns, part.n_columns, _columns(columns.size)),
        turning("wafer", wafer, 1, _("wafer {first} of {total}")),
        _folding(grid, part, to),
    )


def _rows(n: int) -> str:
    return several("row {first} of {total}", "rows {first} to {last} of {total}", n)


def _columns(n: int) -> str:
    return several("column {first} of {total}", "columns {first} to {last} of {total}", n)


def _folding(grid: Grid, part: Part, to: Callable[..., str]) -> tuple[str, str, str] | None:
    """How many rows are left out or could be, with what the link says and its address."""
    if grid.folded_rows:
        said = several(
            "{n} row in which no number can be shown is left out.",
            "{n} rows in which no number can be shown are left out.",
            grid.folded_rows,
        )
        return said.format(n=f"{grid.folded_rows:,}"), _("Show every row"), to(empty="shown", row="")
    if not part.is_folded:
        return _("Rows in which no number can be shown are included."), _("Leave them out"), to(empty="hidden", row="")
    if grid.empty_rows and grid.empty_rows < grid.row_span.total:
        said = several("{n} row shows no number.", "{n} rows show no number.", grid.empty_rows)
        return said.format(n=f"{grid.empty_rows:,}"), _("Leave empty rows out"), to(empty="hidden", row="")
    return None


def _position(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 - no table is longer
