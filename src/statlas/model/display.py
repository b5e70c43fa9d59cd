"""A cube as a person reads it: text for a terminal, HTML for a notebook; both are laid out by ``Grid``."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from statlas.model.cells import SYMBOLS, CellStatus, CubeContent, CubeDimension, CubeMeasure
from statlas.model.query import Role

MAX_ROWS = 30
"""Rows shown of a long table, arbitrary: about one screen."""

MAX_COLUMNS = 12
"""Columns shown of a wide table, arbitrary: about one screen."""


@dataclass(frozen=True, eq=False)
class Grid:
    """One wafer of one measure as rows and columns of a cube: one item of every dimension in the wafers.

    rows, columns: for each line the positions of its items in ``row_dimensions``, ``column_dimensions``.
    """

    cube: CubeContent
    measure: CubeMeasure
    row_dimensions: tuple[CubeDimension, ...]
    column_dimensions: tuple[CubeDimension, ...]
    rows: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]

    def text(self, row: tuple[int, ...], column: tuple[int, ...]) -> str:
        """What the cell prints: a number with thousands separators, or its symbol in brackets."""
        place = dict(zip((d.field for d in self.row_dimensions), row, strict=True))
        place |= dict(zip((d.field for d in self.column_dimensions), column, strict=True))
        cell = tuple(place.get(d.field, _told(d)) for d in self.cube.dimensions)
        return cell_text(self.measure, cell)


def cell_text(measure: CubeMeasure, cell: tuple[int, ...]) -> str:
    """What one cell prints: ``1,234``, ``[low]``, ``0`` for a structural zero."""
    status = CellStatus(int(measure.status[cell]))
    if status in SYMBOLS:
        return f"[{SYMBOLS[status]}]"
    return f"{measure.values[cell]:,.{measure.precision}f}"


def grid_of(cube: CubeContent) -> Grid:
    """The first wafer; with no dimension in the columns, the last short one of several stands there."""
    several = tuple(d for d in cube.dimensions if not _is_aside(d))
    columns = tuple(d for d in several if d.role is Role.COLUMNS)
    if not columns and len(several) > 1 and len(several[-1]) <= MAX_COLUMNS:
        columns = several[-1:]
    rows = tuple(d for d in several if d not in columns)
    return Grid(cube, cube.measures[0], rows, columns, _lines(rows), _lines(columns))


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
    """What has to be said beneath a table: how it is protected, its cut, its wafer, synthetic, its notes."""
    grid = grid_of(cube)
    wafers = [d for d in cube.dimensions if _is_aside(d)]
    said = [f"{d.label}: {d.items[_told(d)].label}" + _more(len(d)) for d in wafers]
    if cube.threshold:
        said.append(
            f"[low] is fewer than {cube.threshold}, or none. Every number carries noise with a standard deviation of "
            f"about {cube.noise_sd}; totals are not the sums of their parts."
        )
    if len(grid.rows) > MAX_ROWS or len(grid.columns) > MAX_COLUMNS:
        said.append(f"Shown are the first lines of {len(grid.rows):,} rows by {len(grid.columns):,} columns.")
    if cube.synthetic:
        said.append("Synthetic: these are invented people.")
    return (*said, *(f"{key}: {text}" for key, text in cube.annotations.items()))


def _told(dimension: CubeDimension) -> int:
    """Which item of a wafer is shown: the first, of dates the latest."""
    singles = sum(not item.is_total for item in dimension.items)
    return singles - 1 if dimension.is_date else 0


def _more(n: int) -> str:
    return f" (one of {n})" if n > 1 else ""


def title_of(cube: CubeContent) -> str:
    """*Housing Benefit Claimants by Month and Tenure*."""
    names = [d.label for d in cube.dimensions if not _is_aside(d)]
    last = " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    return f"{cube.measures[0].label}{' by ' + last if last else ''}"


def text_of(cube: CubeContent) -> str:
    """The table as monospaced text, with its title above and its notes beneath."""
    grid = grid_of(cube)
    columns, rows = grid.columns[:MAX_COLUMNS], grid.rows[:MAX_ROWS]
    head = ["", *(" / ".join(labels(grid.column_dimensions, c)) or grid.measure.label for c in columns)]
    body = [
        [" / ".join(labels(grid.row_dimensions, r)) or grid.measure.label, *(grid.text(r, c) for c in columns)]
        for r in rows
    ]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = [_line(line, widths) for line in [head, *body]]
    return "\n".join([f"{title_of(cube)} ({cube.database_label}, release {cube.release})", *lines, *notes_of(cube)])


def _line(cells: list[str], widths: list[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]).rstrip()


def html_of(cube: CubeContent) -> str:
    """The table as an HTML ``<table>`` with a caption and scoped headers, its notes beneath."""
    grid = grid_of(cube)
    columns, rows = grid.columns[:MAX_COLUMNS], grid.rows[:MAX_ROWS]
    heads = "".join(f'<th scope="col">{_joined(labels(grid.column_dimensions, c), grid)}</th>' for c in columns)
    body = "".join(
        f'<tr><th scope="row">{_joined(labels(grid.row_dimensions, r), grid)}</th>'
        + "".join(f"<td>{grid.text(r, c)}</td>" for c in columns)
        + "</tr>"
        for r in rows
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in notes_of(cube))
    caption = f"<caption>{escape(title_of(cube))}</caption>"
    return f"<table>{caption}<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _joined(texts: tuple[str, ...], grid: Grid) -> str:
    return escape(" / ".join(texts) or grid.measure.label)
