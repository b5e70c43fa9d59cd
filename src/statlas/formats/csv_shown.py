"""CSV as the page shows the table: title, rows by columns, one wafer beneath another, then symbols, notes and source.

It is for reading and for reports; a program takes the tidy CSV.
Numbers have their decimals and no separators; a symbol stands in brackets in place of a number, a mark behind one.
"""

from __future__ import annotations

from collections.abc import Iterator

from statlas.formats.csv_text import BOM, line
from statlas.formats.facts import facts, remarks
from statlas.formats.shown import Row, Shown
from statlas.model.about import About
from statlas.model.cube import Cube
from statlas.wording import _

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "shown.csv"

_LINES_AT_ONCE = 2_000


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in pieces; it begins with a byte order mark, as it is made for spreadsheets."""
    yield BOM
    pieces: list[bytes] = []
    for piece in _lines(cube, about):
        pieces.append(piece)
        if len(pieces) >= _LINES_AT_ONCE:
            yield b"".join(pieces)
            pieces = []
    yield b"".join(pieces)


def _lines(cube: Cube, about: About) -> Iterator[bytes]:
    table = Shown(cube)
    yield line([about.title])
    yield from (line([text]) for text in _said_above(cube, about))
    for wafer in range(len(table.wafers)):
        yield line([])
        if said := table.wafers.said(wafer):
            yield line([said])
        yield from _heads(table)
        yield from (_line(row) for row in table.wafer_rows(wafer))
    yield from _beneath(cube, about)


def _said_above(cube: Cube, about: About) -> Iterator[str]:
    if about.subtitle:
        yield about.subtitle
    yield from (f"{fact.label}: {fact.text}" for fact in facts(cube, about) if fact.name == "synthetic")


def _heads(table: Shown) -> Iterator[bytes]:
    """A line for each field of the columns, then one with the fields of the rows and what each number is."""
    fields, heads = table.field_heads(), table.column_heads()
    blank = [""] * (len(fields) - 1)
    for depth, dimension in enumerate(table.columns.dimensions):
        yield line([table.field_head(dimension), *blank, *(labels[depth] for labels in heads)])
    yield line([*fields, *(labels[-1] for labels in heads)])


def _line(row: Row) -> bytes:
    marks = row.marks or ((),) * len(row.numbers)
    cells = zip(row.numbers, row.symbols, row.decimals, marks, strict=True)
    # Numbers may begin with a minus: they are no formulas.
    heads = line(row.heads)[:-2]
    return b",".join([heads, *(_cell(*cell).encode() for cell in cells)]) + b"\r\n"


def _cell(number: float | None, symbol: str, decimals: int, marks: tuple[str, ...]) -> str:
    first = f"[{symbol}]" if number is None else f"{number:.{max(decimals, 0)}f}"
    more = [f"[{symbol}]"] if symbol and number is not None else []
    return " ".join((first, *more, *marks))


def _beneath(cube: Cube, about: About) -> Iterator[bytes]:
    if told := remarks(cube):
        yield line([])
        yield line([_("Symbols and notes")])
        yield from (line([fact.label, fact.text]) for fact in told)
    yield line([])
    yield line([_("About this table")])
    yield from (line([fact.label, fact.text]) for fact in facts(cube, about) if fact.name not in ("title", "subtitle"))
