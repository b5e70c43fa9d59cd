"""Spreadsheets as other programs read them, and the rules of the Analysis Function as checks.

The rules are those of *Releasing statistics in spreadsheets*; each function yields a sentence for every breach.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
from odfdo import Document

SYMBOL = re.compile(r"\[(low|c|x|z)\]")


@dataclass(frozen=True)
class Read:
    """A sheet as it was read: its rows, and where its table stands (first row and column, last, from 0)."""

    name: str
    rows: list[list[Any]]
    table: str
    place: tuple[int, int, int, int]

    @property
    def heads(self) -> list[Any]:
        """The row of headings."""
        top, left, _, right = self.place
        return self.rows[top][left : right + 1]

    @property
    def body(self) -> list[list[Any]]:
        """The rows beneath it."""
        top, left, last, right = self.place
        return [row[left : right + 1] for row in self.rows[top + 1 : last + 1]]


def read_xlsx(data: bytes) -> list[Read]:
    """Every sheet of a workbook, by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = []
    for sheet in book.worksheets:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert len(sheet.tables) == 1, sheet.title
        (table,) = sheet.tables.values()
        left, top, right, last = openpyxl.utils.range_boundaries(table.ref)
        found.append(Read(sheet.title, rows, table.name, (top - 1, left - 1, last - 1, right - 1)))
    return found


def read_ods(data: bytes) -> list[Read]:
    """Every sheet of a document, by odfdo."""
    body = Document(io.BytesIO(data)).body
    ranges = {}
    for one in body.get_elements("//table:database-range"):
        target = one.get_attribute("table:target-range-address")
        name, first, last = re.fullmatch(r"'(.*)'\.([A-Z]+[0-9]+):'.*'\.([A-Z]+[0-9]+)", target).groups()
        assert name not in ranges, name
        ranges[name] = (one.get_attribute("table:name"), *map(_place, (first, last)))
    found = []
    for table in body.tables:
        rows = [[_value(cell) for cell in row.cells] for row in table.traverse()]
        name, (top, left), (last, right) = ranges[table.name]
        found.append(Read(table.name, rows, name, (top, left, last, right)))
    return found


def _place(reference: str) -> tuple[int, int]:
    column, row = openpyxl.utils.cell.coordinate_from_string(reference)
    return row - 1, openpyxl.utils.column_index_from_string(column) - 1


def _value(cell: Any) -> Any:
    if cell.type == "float":
        return float(cell.get_attribute("office:value"))
    return "\n".join(_text(paragraph) for paragraph in cell.get_elements("text:p"))


def _text(paragraph: Any) -> str:
    """The text of a paragraph, its blanks and tabs as they are meant."""
    element = ET.fromstring(_with_spaces(paragraph.serialize()))
    return "".join(_parts(element))


_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def _with_spaces(xml: str) -> str:
    declared = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return xml if "xmlns:text=" in xml else re.sub(r"^<text:p", f"<text:p {declared}", xml)


def _parts(element: ET.Element) -> Iterator[str]:
    if element.tag == f"{_TEXT}s":
        yield " " * int(element.get(f"{_TEXT}c", "1"))
    if element.tag == f"{_TEXT}tab":
        yield "\t"
    yield element.text or ""
    for child in element:
        yield from _parts(child)
        yield child.tail or ""


# --- the rules --------------------------------------------------------------------------------------------------------


def breaches(sheets: list[Read]) -> Iterator[str]:
    """Rules that hold for any spreadsheet, by what was read of it."""
    names, tables = [sheet.name for sheet in sheets], [sheet.table for sheet in sheets]
    if len(set(names)) < len(names) or len({table.casefold() for table in tables}) < len(tables):
        yield "names of sheets or tables are not unique"
    if names[:2] != ["Cover", "Contents"]:
        yield f"the first sheets are {names[:2]}"
    if not all(len(table) > len("table") and re.fullmatch("[a-z][a-z0-9_]*", table) for table in tables):
        yield f"a table has no meaningful name: {tables}"
    for sheet in sheets:
        yield from (f"{sheet.name}: {said}" for said in _sheet_breaches(sheet))
    listed = [row[0] for row in next(sheet for sheet in sheets if sheet.name == "Contents").body]
    if listed != [name for name in names if name not in ("Cover", "Contents")]:
        yield f"the contents list {listed}"


def _sheet_breaches(sheet: Read) -> Iterator[str]:
    top, left, last, _ = sheet.place
    if left != 0:
        yield "the table does not begin in column A"
    if not sheet.rows[0][0] or sheet.rows[1][0] != "This worksheet contains one table.":
        yield "column A does not begin with a title and how many tables there are"
    if any(cell not in (None, "") for row in sheet.rows[:top] for cell in row[1:]):
        yield "something stands beside column A above the table"
    if any(row[0] in (None, "") for row in sheet.rows[:top]):
        yield "a row above the table is blank"
    heads = [str(head).casefold() for head in sheet.heads]
    if any(head in (None, "") for head in sheet.heads) or len(set(heads)) < len(heads):
        yield f"headings are empty or not unique: {sheet.heads}"
    if any(cell in (None, "") for row in sheet.body for cell in row):
        yield "a cell of the table is empty"
    if len(sheet.rows) > last + 1 and any(cell not in (None, "") for row in sheet.rows[last + 1 :] for cell in row):
        yield "something stands beneath the table"


def symbols_unexplained(sheets: list[Read], n_texts: int) -> set[str]:
    """Symbols of the tables, behind so many columns of labels, that the sheet of notes does not tell."""
    told = {row[0] for sheet in sheets if sheet.name == "Notes" for row in sheet.body}
    used = {cell for sheet in sheets if sheet.name.startswith("Table") for row in sheet.body for cell in row[n_texts:]}
    return {cell for cell in used if isinstance(cell, str) and SYMBOL.fullmatch(cell)} - told


def xlsx_breaches(data: bytes) -> Iterator[str]:
    """Rules of the inside of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    properties = book.properties
    if not (properties.title and properties.creator and properties.created):
        yield "the properties lack a title, an author or a time"
    if "Language" not in [one.name for one in book.custom_doc_props.props]:
        yield "the properties lack a language"
    if book.active is not book.worksheets[0]:
        yield "the cursor is not in the first sheet"
    for sheet in book.worksheets:
        yield from (f"{sheet.title}: {said}" for said in _page_breaches(sheet))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        odd = [name for name in archive.namelist() if re.search("vba|media|drawing|macro", name)]
    if odd:
        yield f"the file holds {odd}"


def _page_breaches(sheet: Any) -> Iterator[str]:
    if sheet.merged_cells.ranges:
        yield "cells are merged"
    if sheet.freeze_panes:
        yield "panes are frozen"
    if any(table.autoFilter for table in sheet.tables.values()) or sheet.auto_filter.ref:
        yield "there is a filter"
    if any(d.hidden for d in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())):
        yield "rows or columns are hidden"
    if sheet.sheet_view.selection[0].activeCell != "A1":
        yield "the cursor is not in A1"
    if sheet.oddHeader.center.text or sheet.oddFooter.center.text:
        yield "there is a header or footer"
    cells = [cell for row in sheet.iter_rows() for cell in row]
    if any(cell.fill.fill_type for cell in cells):
        yield "a cell is filled"
    if any(cell.data_type == "f" for cell in cells):
        yield "a cell is a formula"
    (table,) = sheet.tables.values()
    inside = [cell for row in sheet[table.ref] for cell in row]
    # A symbol is one word.
    texts = [cell for cell in inside if cell.data_type == "s" and not SYMBOL.fullmatch(cell.value)]
    if not all(cell.alignment.wrap_text for cell in texts):
        yield "a text is not wrapped"


def ods_breaches(data: bytes) -> Iterator[str]:
    """Rules of the inside of a document."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first, names = archive.infolist()[0], archive.namelist()
        content, meta, settings = (archive.read(f"{name}.xml").decode() for name in ("content", "meta", "settings"))
    if (first.filename, first.compress_type, first.flag_bits, first.extra) != ("mimetype", zipfile.ZIP_STORED, 0, b""):
        yield "the type of the file does not come first"
    if not all(f"<{tag}>" in meta for tag in ("dc:title", "dc:creator", "dc:language", "dc:date")):
        yield "the properties lack a title, an author, a language or a time"
    if ">Cover</config:config-item>" not in settings:
        yield "the cursor is not in the first sheet"
    for word in (
        "number-columns-spanned",
        "covered-table-cell",
        "table:formula",
        "background-color",
        "draw:",
        "filter=",
    ):
        if word in content:
            yield f"the content has {word}"
    if 'display-filter-buttons="true"' in content or "table:visibility" in content:
        yield "there is a filter, or something hidden"
    if any(re.search("Basic|Pictures|Object", name) for name in names):
        yield f"the file holds {names}"
