"""A spreadsheet as the Analysis Function asks for it, whichever program reads it: cover, contents, notes, tables.

Each sheet holds one table from column A on, with one row of headings, no empty cell, and above it in column A what it
is. A symbol in brackets stands in place of a number; marks on numbers stand in a column of notes at the end of the row.
Each wafer is a table of its own; many wafers are one table, whose first columns say which.

Source: reference of the Analysis Function, *Releasing statistics in spreadsheets* (checklist of the basics).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

import numpy as np

from statlas.errors import QueryError, StatlasError
from statlas.formats.facts import facts, remarks
from statlas.formats.shown import Printed, Row, Shown
from statlas.model.about import About
from statlas.model.cube import Cube
from statlas.model.layout import Axis
from statlas.model.query import Role
from statlas.wording import _, later

MOST_ROWS = 1_048_576
"""Rows of a sheet, in Excel and in LibreOffice."""

MOST_COLUMNS = 16_384
"""Columns of a sheet, likewise."""

MOST_NUMBERS = 1_000_000
"""Numbers of a file: about ten seconds and half a gigabyte, and more than anybody reads (arbitrary)."""

MOST_CHARACTERS = 100_000_000
"""Characters of labels of a file, each counted in every row where it stands (arbitrary, as above)."""

MOST_WAFERS = 30
"""Tables of a file; arbitrary: more tabs are hard to find one's way in."""

LONGEST_HEAD, LONGEST_CELL = 255, 32_000
"""Characters of a heading in a table of Excel, and of a cell (it takes 32,767)."""

NOTES = "Notes"
"""The heading of the column of marks."""

_WIDEST, _NARROWEST = 45, 9
_HEAD_WIDTH = 18


class Number(NamedTuple):
    """A number and how many decimals of it are shown."""

    value: float | int
    decimals: int


class Link(NamedTuple):
    """A text that leads somewhere: an address, or ``#Sheet`` within the file."""

    text: str
    address: str


Cell = str | Number | Link


@dataclass(frozen=True)
class Sheet:
    """One sheet with its table; ``rows()`` gives every row anew.

    name: of the sheet. table: of the table in it, unique in the file. above: lines in column A before the table.
    widths: of the columns, in characters. n_texts: columns of text before those of numbers.
    """

    name: str
    table: str
    title: str
    above: tuple[str, ...]
    heads: tuple[str, ...]
    rows: Callable[[], Iterator[Sequence[Cell]]]
    n_rows: int
    widths: tuple[int, ...]
    n_texts: int

    def is_text(self, column: int) -> bool:
        """Whether a column holds texts: labels before the numbers, or the notes behind them."""
        return column < self.n_texts or self.heads[column] == NOTES

    def lines(self, cells: Sequence[Cell]) -> int:
        """About how many lines the longest text of a row takes."""
        return max(_lines(cell, width) for cell, width in zip(cells, self.widths, strict=True))


def _lines(cell: Cell, width: int) -> int:
    if not isinstance(cell, str) or (len(cell) < width - 1 and "\n" not in cell):
        return 1
    # Words do not fill a narrow line; in a wide one most letters are narrower than the digits a width is told in.
    fits = max(int(width * (1.2 if width > _WIDEST + 1 else 0.9)), 1)
    return sum(-(-len(line) // fits) or 1 for line in cell.split("\n"))


def misfit(cube: Cube, name: str) -> StatlasError | None:
    """Why a spreadsheet cannot hold a cube, if it cannot."""
    table = Shown(cube, by_wafer=is_by_wafer(cube), with_errors=True)
    rows, columns = len(table.rows), table.n_columns + len(table.field_heads()) + 1
    numbers = cube.n_cells * len(table.printed)
    if rows > MOST_ROWS - 10:
        return _too_large(name, _("{n:,} rows").format(n=rows), _("{n:,} with its headings").format(n=MOST_ROWS))
    if columns > MOST_COLUMNS:
        return _too_large(name, _("{n:,} columns").format(n=columns), f"{MOST_COLUMNS:,}")
    if numbers > MOST_NUMBERS:
        return _too_large(name, _("{n:,} numbers").format(n=numbers), f"{MOST_NUMBERS:,}")
    if (characters := _characters(table)) > MOST_CHARACTERS:
        return _too_large(name, _("labels of {n:,} characters").format(n=characters), f"{MOST_CHARACTERS:,}")
    return None


def _characters(table: Shown) -> int:
    """Characters of the labels of rows, all rows together."""
    rows = len(table.rows) * len(table.wafers)
    return sum(sum(len(item.label) for item in d.items) * rows // len(d) for d in table.rows.dimensions)


def _too_large(name: str, has: str, limit: str) -> QueryError:
    return QueryError(
        _("The table has {has}; a spreadsheet ({name}) holds {limit}.").format(has=has, name=name, limit=limit),
        mend=_("Take csv or parquet, which have no limit, or ask for fewer codes or dates."),
        format=name,
        instead="csv",
    )


def sheets_of(cube: Cube, about: About) -> tuple[Sheet, ...]:
    """The sheets of a file in order."""
    tables = tuple(_tables(cube, about))
    notes = tuple(_notes(cube, tables))
    return (_cover(cube, about), _contents((*notes, *tables)), *notes, *tables)


def plain(text: str) -> str:
    """A text as XML and spreadsheets hold it: tabs are blanks, what cannot be held becomes a replacement character."""
    one_kind = re.sub("\r\n?", "\n", text.replace("\t", " "))
    kept = re.sub("[^\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", one_kind)
    return (
        kept if len(kept) <= LONGEST_CELL else _("{text}... (cut: longer than a cell)").format(text=kept[:LONGEST_CELL])
    )


def time_of(made: str) -> datetime:
    """When a file was made, in UTC: at its release, so that the same table is the same bytes; a zip begins in 1980."""
    first = datetime(1980, 1, 1, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(made)
    except ValueError:
        return first
    return max(first, found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


# --- cover, contents, notes -------------------------------------------------------------------------------------------


def _small(name: str, table: str, title: str, heads: tuple[str, str], rows: Sequence[tuple[Cell, Cell]]) -> Sheet:
    widths = (26, 95)
    return Sheet(name, table, title, (_(ONE_TABLE),), heads, lambda: iter(rows), len(rows), widths, len(heads))


ONE_TABLE = later("This worksheet contains one table.")


def _cover(cube: Cube, about: About) -> Sheet:
    rows: list[tuple[Cell, Cell]] = []
    for fact in facts(cube, about):
        if fact.name == "title":
            continue
        if fact.name == "link":
            rows.append((fact.label, Link(_("The table on the web, where it can be changed"), about.link)))
        elif fact.name == "licence_address":
            rows.append((fact.label, Link(_("Text of the licence on the web"), fact.text)))
        else:
            rows.append((fact.label, plain(fact.text)))
    return _small("Cover", "about_this_file", about.title, (_("About"), _("What it says")), rows)


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    rows = [(Link(sheet.name, f"#{sheet.name}"), plain(sheet.title)) for sheet in sheets]
    return _small("Contents", "contents", _("Contents"), (_("Worksheet"), _("What it holds")), rows)


def _notes(cube: Cube, tables: Sequence[Sheet]) -> Iterator[Sheet]:
    rows: list[tuple[Cell, Cell]] = [(fact.label, plain(fact.text) or _("(no text)")) for fact in remarks(cube)]
    if any(len(head) >= LONGEST_HEAD for table in tables for head in table.heads):
        rows.append(("...", _("A heading that ends so is cut; the file csv has it whole.")))
    if rows:
        yield _small("Notes", "symbols_and_notes", _("Symbols and notes"), (_("Marker"), _("Meaning")), rows)


# --- tables -----------------------------------------------------------------------------------------------------------


def is_by_wafer(cube: Cube) -> bool:
    """Whether each wafer is a table of its own."""
    return len(Axis.of(cube, Role.WAFERS)) <= MOST_WAFERS


def _tables(cube: Cube, about: About) -> Iterator[Sheet]:
    table = Shown(cube, by_wafer=is_by_wafer(cube), with_errors=True)
    for wafer in range(len(table.wafers)):
        yield _table(table, wafer, about)


def _table(table: Shown, wafer: int, about: About) -> Sheet:
    number = wafer + 1
    said = table.wafers.said(wafer)
    fields = table.field_heads()
    columns = (" / ".join(labels if _says_number(table) else labels[:-1]) for labels in table.column_heads())
    heads = _distinct([*fields, *columns])
    of_numbers = heads[len(fields) :]
    has_marks = any(row.marks for row in table.wafer_rows(wafer)) if _may_have_marks(table) else False
    title = f"{about.title}. {said}" if said else about.title
    return Sheet(
        name=f"Table {number}",
        table=f"table_{number}_{_slug(title)}",
        title=_("Table {n}: {title}").format(n=number, title=title),
        above=tuple(_above(table, about)),
        heads=(*heads, *([NOTES] if has_marks else [])),
        rows=lambda: (_cells(row, of_numbers, has_marks=has_marks) for row in table.wafer_rows(wafer)),
        n_rows=len(table.rows),
        widths=tuple(_widths(table, of_numbers, has_marks=has_marks)),
        n_texts=len(fields),
    )


def _says_number(table: Shown) -> bool:
    return len(table.printed) > 1 or not table.columns.dimensions


def _above(table: Shown, about: About) -> Iterator[str]:
    cube = table.cube
    yield _(ONE_TABLE)
    if len(table.printed) == 1 and table.columns.dimensions:
        yield _("Every number: {label}.").format(label=table.printed[0].label)
    if about.subtitle:
        yield f"{about.subtitle}."
    if cube.synthetic:
        yield _("Synthetic: these numbers are made up.")
    explained = _("Markers in square brackets are explained on the worksheet Notes.")
    yield explained if remarks(cube) else _("No notes.")
    source = cube.source or cube.database_label
    yield _("Source: {source}, release {release}.").format(source=source, release=cube.release)


def _may_have_marks(table: Shown) -> bool:
    return bool(table.cube.cell_annotations) or any(measure.flags.any() for measure in table.cube.measures)


def _cells(row: Row, columns: Sequence[str], *, has_marks: bool) -> list[Cell]:
    cells: list[Cell] = [plain(head) or _("(no name)") for head in row.heads]
    for number, symbol, decimals in zip(row.numbers, row.symbols, row.decimals, strict=True):
        cells.append(f"[{symbol}]" if number is None or symbol else Number(number, max(decimals, 0)))
    if has_marks:
        cells.append(plain(_noted(row, columns)))
    return cells


def _noted(row: Row, columns: Sequence[str]) -> str:
    """What the marks of a row are on: *[u] Male; Female*; where it is every column, the mark alone."""
    if not row.marks:
        return _("None")
    by_mark: dict[str, list[str]] = {}
    for marks, column in zip(row.marks, columns, strict=True):
        for mark in marks:
            by_mark.setdefault(mark, []).append(column)
    every = _("every number")
    said = (f"{mark} {'; '.join(on) if len(on) < len(columns) else every}" for mark, on in by_mark.items())
    return ". ".join(said)


def _distinct(heads: Iterable[str]) -> list[str]:
    """Headings in one line of which no two are the same, letter case aside, none empty and none too long for Excel."""
    found: dict[str, str] = {}
    for at, head in enumerate(heads, 1):
        text = _cut(" ".join(plain(head).split()) or _("Column {n}").format(n=at))
        n = 2
        while text.casefold() in found or text.casefold() == NOTES.casefold():
            more = f" ({n})"
            text, n = _cut(text.removesuffix(f" ({n - 1})"), len(more)) + more, n + 1
        found[text.casefold()] = text
    return [*found.values()]


def _cut(text: str, less: int = 0) -> str:
    longest = LONGEST_HEAD - less
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_")


def _widths(table: Shown, columns: Sequence[str], *, has_marks: bool) -> Iterator[int]:
    dimensions = table.rows.dimensions
    for head, dimension in zip(table.field_heads(), dimensions, strict=False):
        yield _width(chain([head[:_HEAD_WIDTH]], (item.label for item in dimension.items)))
    if not dimensions:
        yield _width([one.label for one in table.printed])
    digits = [_digits(one) for one in table.printed]
    for at, head in enumerate(columns):
        longest_word = max(map(len, head.split()))
        yield min(max(digits[at % len(digits)], longest_word, min(len(head), _HEAD_WIDTH), _NARROWEST), _WIDEST) + 2
    if has_marks:
        yield _WIDEST


def _digits(one: Printed) -> int:
    """Characters of the longest number."""
    largest = float(np.abs(one.values).max(initial=0))
    return len(f"{-largest:,.{max(int(one.decimals.max(initial=0)), 0)}f}")


def _width(texts: Iterable[str]) -> int:
    return min(max(chain([_NARROWEST], map(len, texts))), _WIDEST) + 1
