"""A cube as a person reads it: text for a terminal, HTML for a notebook; both are laid out by ``Grid``.

Several measures stand side by side as the innermost columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from statlas.model.cells import (
    DERIVED_STATISTICS,
    SYMBOLS,
    CellFlag,
    CellStatus,
    CubeContent,
    CubeDimension,
    CubeMeasure,
)
from statlas.model.legend import FLAG_MARKS, NONE_OR_FEW, STRUCTURAL_ZERO, blocked_by, heading, sentence, symbols_of
from statlas.model.query import Role
from statlas.model.spoken import measure_label, spoken
from statlas.model.words import listed
from statlas.wording import _

MAX_ROWS = 30
"""Rows shown of a long table, arbitrary: about one screen."""

MAX_COLUMNS = 12
"""Columns shown of a wide table, arbitrary: about one screen."""


Column = tuple[tuple[int, ...], int]
"""A column: the positions of its items, and which measure stands in it."""


@dataclass(frozen=True, eq=False)
class Grid:
    """One wafer as rows and columns of a cube: one item of every dimension in the wafers.

    rows: for each line the positions of its items in ``row_dimensions``; columns: likewise, by measure.
    """

    cube: CubeContent
    row_dimensions: tuple[CubeDimension, ...]
    column_dimensions: tuple[CubeDimension, ...]
    rows: tuple[tuple[int, ...], ...]
    columns: tuple[Column, ...]

    def text(self, row: tuple[int, ...], column: Column) -> str:
        """What the cell prints: a number with thousands separators, or its symbol in brackets."""
        place = dict(zip((d.field for d in self.row_dimensions), row, strict=True))
        place |= dict(zip((d.field for d in self.column_dimensions), column[0], strict=True))
        cell = tuple(place.get(d.field, _told(d)) for d in self.cube.dimensions)
        return cell_text(self.cube, self.cube.measures[column[1]], cell)

    def row_head(self, row: tuple[int, ...]) -> str:
        """The labels of a row; the measure's where nothing else stands there."""
        measures = self.cube.measures
        alone = heading(self.cube, measures[0]) if len(measures) == 1 else ""
        return " / ".join(labels(self.row_dimensions, row)) or alone

    def column_head(self, column: Column) -> str:
        """The labels of a column, and its measure where there are several or nothing else."""
        found = labels(self.column_dimensions, column[0])
        several = len(self.cube.measures) > 1
        measure = heading(self.cube, self.cube.measures[column[1]])
        return " / ".join((*found, measure) if several or not found else found)


def cell_text(cube: CubeContent, measure: CubeMeasure, cell: tuple[int, ...]) -> str:
    """What one cell prints: ``1,234``, ``[low]``, ``0 [z]`` for a structural zero, ``7 [u]`` for a marked number."""
    status, flags = CellStatus(int(measure.status[cell])), int(measure.flags[cell])
    if status in SYMBOLS:
        return f"[{SYMBOLS[status]}]"
    precision = precision_at(cube, measure, cell)
    marks = [STRUCTURAL_ZERO] if status is CellStatus.STRUCTURAL_ZERO else []
    marks += [mark for flag, mark in FLAG_MARKS.items() if flags & flag and flag is not CellFlag.DERIVED]
    return " ".join([f"{measure.values[cell]:,.{precision}f}", *(f"[{mark}]" for mark in marks)])


def precision_at(cube: CubeContent, measure: CubeMeasure, cell: tuple[int, ...]) -> int:
    """Decimals of one cell: the measure's, or those of the formula that it stands in."""
    items = (d.items[position] for d, position in zip(cube.dimensions, cell, strict=True))
    return next((item.formula.precision for item in items if item.formula is not None), measure.precision)


def grid_of(cube: CubeContent) -> Grid:
    """The first wafer; with no dimension in the columns, the last short one of several stands there."""
    cube = spoken(cube)
    several = tuple(d for d in cube.dimensions if not _is_aside(d))
    columns = tuple(d for d in several if d.role is Role.COLUMNS)
    if not columns and len(several) > 1 and len(several[-1]) <= MAX_COLUMNS and len(cube.measures) == 1:
        columns = several[-1:]
    rows = tuple(d for d in several if d not in columns)
    by_measure = tuple((line, n) for line in _lines(columns) for n in range(len(cube.measures)))
    return Grid(cube, rows, columns, _lines(rows), by_measure)


def _is_aside(dimension: CubeDimension) -> bool:
    """Whether a dimension is told beneath the table: a wafer, or one of a single item."""
    return dimension.role is Role.WAFERS or len(dimension) == 1


def _lines(dimensions: tuple[CubeDimension, ...]) -> tuple[tuple[int, ...], ...]:
    lines: list[tuple[int, ...]] = [()]
    for dimension in dimensions:
        lines = [(*line, position) for line in lines for position in range(len(dimension))]
    return tuple(lines)


def labels(dimensions: tuple[CubeDimension, ...], line: tuple[int, ...]) -> tuple[str, ...]:
    """Labels of the items of one row or column."""
    return tuple(d.items[position].label for d, position in zip(dimensions, line, strict=True))


def notes_of(cube: CubeContent) -> tuple[str, ...]:
    """What has to be said beneath a table: its wafer, symbols, noise, rules, cut, synthetic, its notes."""
    grid = grid_of(cube)
    wafers = [d for d in cube.dimensions if _is_aside(d)]
    said = [f"{d.label}: {d.items[_told(d)].label}" + _more(len(d)) for d in wafers]
    said += [" ".join(found)] if (found := [*_symbols(cube), *_noise(cube)]) else []
    said += blocked_by(cube)
    if any(measure.se is not None for measure in cube.measures):
        said.append(_("Sample: all numbers but medians and percentiles have a standard error and a 95% interval."))
    if len(grid.rows) > MAX_ROWS or len(grid.columns) > MAX_COLUMNS:
        said.append(
            _("Shown are the first lines of {rows:,} rows by {columns:,} columns.").format(
                rows=len(grid.rows), columns=len(grid.columns)
            )
        )
    if cube.synthetic:
        said.append(_("Synthetic: these are invented people."))
    return (*said, *(f"{key}: {text}" for key, text in cube.annotations.items()))


def _symbols(cube: CubeContent) -> list[str]:
    """A sentence on each symbol; that on the threshold also where nothing is low, as the next release may differ."""
    found = dict.fromkeys(([NONE_OR_FEW] if cube.threshold else []) + [*symbols_of(cube.measures)])
    return [
        _("[{symbol}] is {meaning}.").format(symbol=symbol, meaning=sentence(symbol, cube))
        for symbol in found
        if symbol != FLAG_MARKS[CellFlag.DERIVED]
    ]


def _noise(cube: CubeContent) -> list[str]:
    if not cube.noise_sd:
        return []
    is_count = all(measure.statistic == "COUNT" for measure in cube.measures)
    said = (
        _("Every number carries noise with a standard deviation of about {sd}; totals are not the sums of their parts.")
        if is_count
        else _(
            "Every count carries noise with a standard deviation of about {sd} and other numbers carry it along; "
            "totals are not the sums of their parts."
        )
    )
    return [said.format(sd=cube.noise_sd)]


def _told(dimension: CubeDimension) -> int:
    """Which item of a wafer is shown: the first, of dates the latest."""
    singles = sum(not item.is_total and item.formula is None for item in dimension.items)
    return singles - 1 if dimension.is_date else 0


def _more(n: int) -> str:
    return _(" (one of {n})").format(n=n) if n > 1 else ""


def title_of(cube: CubeContent) -> str:
    """*Housing Benefit Claimants by Month and Tenure*; what is worked out from a number goes without saying."""
    names = [d.label for d in cube.dimensions if not _is_aside(d)]
    counted = [measure_label(measure) for measure in cube.measures if measure.statistic not in DERIVED_STATISTICS]
    measures = listed(counted or [measure_label(measure) for measure in cube.measures])
    return _("{what} by {fields}").format(what=measures, fields=listed(names)) if names else measures


def text_of(cube: CubeContent) -> str:
    """The table as monospaced text, with its title above and its notes beneath."""
    grid = grid_of(cube)
    columns, rows = grid.columns[:MAX_COLUMNS], grid.rows[:MAX_ROWS]
    head = ["", *map(grid.column_head, columns)]
    body = [[grid.row_head(r), *(grid.text(r, c) for c in columns)] for r in rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = [_line(line, widths) for line in [head, *body]]
    release = _("release {release}").format(release=cube.release)
    if cube.version:
        release = _("{release}, version {version}").format(release=release, version=cube.version)
    return "\n".join([f"{title_of(cube)} ({cube.database_label}, {release})", *lines, *notes_of(cube)])


def _line(cells: list[str], widths: list[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]).rstrip()


def html_of(cube: CubeContent) -> str:
    """The table as an HTML ``<table>`` with a caption and scoped headers, its notes beneath."""
    grid = grid_of(cube)
    columns, rows = grid.columns[:MAX_COLUMNS], grid.rows[:MAX_ROWS]
    heads = "".join(f'<th scope="col">{escape(grid.column_head(c))}</th>' for c in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(grid.row_head(r))}</th>'
        + "".join(f"<td>{grid.text(r, c)}</td>" for c in columns)
        + "</tr>"
        for r in rows
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in notes_of(cube))
    caption = f"<caption>{escape(title_of(cube))}</caption>"
    return f"<table>{caption}<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>{notes}"
