"""XLSX by XlsxWriter: the sheets of ``sheets`` with tables as Excel marks them up.

Texts are written as texts: none becomes a formula or a link, and one that looks like a formula is marked as text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format as Style
from xlsxwriter.worksheet import Worksheet

from statlas.formats import sheets
from statlas.formats.facts import attribution
from statlas.formats.sheets import Cell, Link, Number, Sheet, plain, time_of
from statlas.model.about import About
from statlas.model.cube import Cube
from statlas.model.words import licence

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUFFIX = "xlsx"

_LONGEST_ADDRESS = 2_000
"""Characters of an address in a link: Excel takes 2,079."""

_LONGEST_PROPERTY = 250
_PIECE = 1 << 16
_A4 = 9
_LINE_HEIGHT, _TITLE_HEIGHT = 15, 24

misfit = partial(sheets.misfit, name=SUFFIX)


def write(cube: Cube, about: About) -> Iterator[bytes]:
    """The file in pieces.

    Raises:
        QueryError: a spreadsheet cannot hold the cube.
    """
    if found := misfit(cube):
        raise found
    return _pieces(cube, about)


def _pieces(cube: Cube, about: About) -> Iterator[bytes]:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_size(2400, 1600)
        _say(book, cube, about)
        writer = _Writer(book)
        for sheet in sheets.sheets_of(cube, about):
            writer.write(sheet)
    view = file.getbuffer()
    yield from (bytes(view[at : at + _PIECE]) for at in range(0, len(view), _PIECE))


def _say(book: xlsxwriter.Workbook, cube: Cube, about: About) -> None:
    """The properties of the document; the time is that of the release, so the same table is the same bytes."""
    terms = " ".join(part for part in (licence(cube.licence).name, attribution(cube)) if part)
    book.set_properties(
        {
            "title": plain(about.title),
            "subject": plain(about.subtitle),
            "author": plain(cube.source or cube.database_label),
            "category": "Synthetic statistics" if cube.synthetic else "Statistics",
            "keywords": plain(cube.database_label),
            "comments": plain(f"Release {cube.release}. {terms}"),
            "created": time_of(about.made).replace(tzinfo=None),
        }
    )
    told = {"Language": "en-GB", "Digest": about.digest, "Release": cube.release, "Link": about.link}
    for name, text in told.items():
        if 0 < len(text) <= _LONGEST_PROPERTY:
            book.set_custom_property(name, text)


class _Styles:
    """The looks of cells, each made once a book: nothing is said by colour alone, and nothing is filled."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Style] = {}

    def of(self, **look: Any) -> Style:
        key = tuple(look.items())
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Arial", "font_size": 11, "valign": "top", **look})
        return self._made[key]

    def title(self) -> Style:
        return self.of(bold=True, font_size=15)

    def line(self) -> Style:
        return self.of()

    def head(self, *, is_text: bool, is_first: bool) -> Style:
        side = {"align": "left", "indent": 0 if is_first else 1} if is_text else {"align": "right"}
        return self.of(bold=True, text_wrap=True, bottom=1, valign="bottom", **side)

    def text(self, *, is_formula: bool = False, is_first: bool = True) -> Style:
        # Indented, so that a text does not touch the number before it.
        return self.of(text_wrap=True, quote_prefix=is_formula, align="left", indent=0 if is_first else 1)

    def number(self, decimals: int) -> Style:
        return self.of(num_format="#,##0" + ("." + "0" * decimals if decimals else ""))

    def symbol(self) -> Style:
        return self.of(align="right")

    def link(self, *, is_first: bool) -> Style:
        return self.of(font_color="#0000EE", underline=1, text_wrap=True, align="left", indent=0 if is_first else 1)


class _Writer:
    """Writes sheets into a book."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._styles = _Styles(book)

    def write(self, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.name)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.write_string(0, 0, plain(" ".join(sheet.title.split())), self._styles.title())
        page.set_row(0, _TITLE_HEIGHT)
        for row, text in enumerate(sheet.above, 1):
            page.write_string(row, 0, plain(text), self._styles.line())
        top = len(sheet.above) + 1
        self._deepen(page, top, sheet.heads, sheet)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, column, width)
        for at, cells in enumerate(sheet.rows(), top + 1):
            self._row(page, at, cells, sheet)
        self._mark_up(page, sheet, top)

    def _deepen(self, page: Worksheet, row: int, cells: Sequence[Cell], sheet: Sheet) -> None:
        """Make a row as high as its text, which not every program does when it opens a file."""
        if (lines := sheet.lines(cells)) > 1:
            page.set_row(row, _LINE_HEIGHT * lines)

    def _row(self, page: Worksheet, row: int, cells: Sequence[Cell], sheet: Sheet) -> None:
        self._deepen(page, row, cells, sheet)
        for column, cell in enumerate(cells):
            if isinstance(cell, Number):
                page.write_number(row, column, cell.value, self._styles.number(cell.decimals))
            elif isinstance(cell, Link):
                self._link(page, row, column, cell)
            else:
                style = self._text(cell, column) if sheet.is_text(column) else self._styles.symbol()
                page.write_string(row, column, cell, style)

    def _text(self, cell: str, column: int) -> Style:
        return self._styles.text(is_formula=cell.startswith(("=", "+", "-", "@")), is_first=column == 0)

    def _link(self, page: Worksheet, row: int, column: int, link: Link) -> None:
        if len(link.address) > _LONGEST_ADDRESS:
            page.write_string(row, column, plain(link.address), self._styles.text())
        elif link.address.startswith("#"):
            target = f"internal:'{link.address[1:]}'!A1"
            page.write_url(row, column, target, self._styles.link(is_first=column == 0), string=link.text)
        else:
            page.write_url(row, column, link.address, self._styles.link(is_first=column == 0), string=link.text)

    def _mark_up(self, page: Worksheet, sheet: Sheet, top: int) -> None:
        heads = [
            {"header": head, "header_format": self._styles.head(is_text=sheet.is_text(at), is_first=at == 0)}
            for at, head in enumerate(sheet.heads)
        ]
        options = {"name": sheet.table, "columns": heads, "autofilter": False, "style": None}
        last = top + max(sheet.n_rows, 1)
        done = page.add_table(top, 0, last, len(sheet.heads) - 1, options)
        assert done == 0, done
