"""One part of a table at a time, and links to the others; what is not shown is always stated."""

from __future__ import annotations

from dataclasses import dataclass

from statlas.definitions.address import Parameters
from statlas.web import links
from statlas.web.configuration import Settings
from statlas.web.grid import Grid, Part, Span
from statlas.web.words import plural


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
    )


def paging_of(database_id: str, parameters: Parameters, part: Part, grid: Grid) -> Paging:
    """Statements and links for every axis of which a part is shown."""

    def turning(name: str, span: Span, size: int, noun: str) -> Turning | None:
        if span.is_all:
            return None
        before, after = span.first - size, span.last + 1
        said = f"{noun}s {span.first:,} to {span.last:,}" if span.size > 1 else f"{noun} {span.first:,}"
        return Turning(
            f"{said} of {span.total:,}",
            before=to(**{name: str(max(before, 1))}) if span.first > 1 else "",
            after=to(**{name: str(after)}) if after <= span.total else "",
        )

    def to(**changes: str) -> str:
        return links.table(database_id, links.changed(parameters, **changes)) + "#table"

    wafer = Span(grid.wafer, grid.wafer, grid.n_wafers)
    return Paging(
        turning("row", grid.row_span, part.n_rows, "row"),
        turning("column", grid.column_span, part.n_columns, "column"),
        turning("wafer", wafer, 1, "wafer"),
        _folding(grid, part, to(empty="shown", row=""), to(empty="", row="")),
    )


def _folding(grid: Grid, part: Part, unfold: str, fold: str) -> tuple[str, str, str] | None:
    if grid.folded_rows:
        rows = plural(grid.folded_rows, "row")
        return (
            f"{rows} in which no number can be shown {'is' if grid.folded_rows == 1 else 'are'} left out.",
            "Show every row",
            unfold,
        )
    if not part.is_folded:
        return "Rows in which no number can be shown are included.", "Leave them out", fold
    return None


def _position(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 - no table is longer
