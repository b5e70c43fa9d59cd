"""Tidy CSV: one line for each cell, with codes, labels, value, status, flags and the sd of the noise (RFC 4180, UTF-8).

A cell that prints no number has an empty value and its symbol in ``status``.
A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from statlas.model.cube import Cube

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "csv"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 50_000
"""Lines made at once, arbitrary: about 5 MB of text."""


def write(cube: Cube) -> Iterator[bytes]:
    """The file in pieces, its header line in the first."""
    table = _plain(cube.to_arrow())
    if cube.synthetic:
        table = table.append_column("remark", pa.array(["synthetic"] * table.num_rows))
    yield _header(table.column_names)
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        piece = io.BytesIO()
        options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
        pa.csv.write_csv(pa.Table.from_batches([batch]), piece, options)
        yield piece.getvalue()


def _header(names: list[str]) -> bytes:
    return (",".join(_quoted(neutral(name)) for name in names) + "\n").encode()


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if any(mark in text for mark in ',"\r\n') else text


def neutral(text: str) -> str:
    """The text itself, or with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _plain(table: pa.Table) -> pa.Table:
    """Dictionary columns as text, every distinct text made neutral once."""
    for position, name in enumerate(table.column_names):
        column = table.column(position)
        if pa.types.is_dictionary(column.type):
            chunks = [
                pa.DictionaryArray.from_arrays(c.indices, pa.array(map(neutral, c.dictionary.to_pylist()), pa.string()))
                for c in column.chunks
            ]
            table = table.set_column(position, name, pa.chunked_array(chunks).cast(pa.string()))
    return table
