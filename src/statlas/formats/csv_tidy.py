"""Tidy CSV: one line for each cell, with codes, labels, value, status, flags, the sd of the noise and notes
(RFC 4180, UTF-8).

A cell that prints no number has an empty value and its symbol in ``status``.
Where rules of disclosure control block cells, a column ``rule`` names the rule; a survey has columns for its errors.
With several measures the columns of each begin with its label.
A text that a spreadsheet would take for a formula gets an apostrophe in front.
What is to be said of the whole stands in the last column, ``about``, of the first line: one header line and lines of
cells are all there is, so that every reader can take the file as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from statlas.formats.csv_text import BOM, coded, decimal, line, lines, neutral, quoted, writable
from statlas.formats.facts import in_one_line
from statlas.model.about import About, about_of
from statlas.model.columns import ROWS_AT_ONCE, Column, columns_of, parts
from statlas.model.cube import Cube

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "csv"

_BATCH_BYTES = 64 * 2**20
"""Bytes of text made at once, at most: arbitrary; one of the longest lines is always made."""

_MOST_SAID = 30_000
"""Characters of ``about``: a cell of a spreadsheet holds 32,767."""


def write(cube: Cube, about: About | None = None, *, bom: bool = False) -> Iterator[bytes]:
    """The file in pieces, its header line in the first; ``bom`` begins it with the mark of UTF-8."""
    columns = columns_of(cube)
    yield (BOM if bom else b"") + line([*(column.name for column in columns), *_ends(cube)])
    said = quoted(neutral(writable(_shortened(in_one_line(cube, about or about_of(cube))))))
    texts = [_Texts(column) for column in columns]
    constant = ["synthetic"] if cube.synthetic else []
    for start, stop in parts(cube.n_cells, _rows_at_once(texts)):
        # The first line alone says what the whole is.
        first = 1 if start == 0 else 0
        if first:
            yield lines([*(text.rows(0, 1) for text in texts), *constant, pa.array([said])])
        if stop > start + first:
            yield lines([*(text.rows(start + first, stop) for text in texts), *constant, ""])


def heading(cube: Cube) -> tuple[tuple[str, bool], ...]:
    """What the header line says, in order: the name of each column, and whether it holds text rather than numbers."""
    found = [(column.name, column.texts is not None) for column in columns_of(cube)]
    return tuple(
        (neutral(writable(name)), is_text) for name, is_text in [*found, *((end, True) for end in _ends(cube))]
    )


def _ends(cube: Cube) -> list[str]:
    return ["remark", "about"] if cube.synthetic else ["about"]


def write_with_bom(cube: Cube, about: About | None = None) -> Iterator[bytes]:
    """The same file, beginning with the mark by which older spreadsheets know UTF-8."""
    return write(cube, about, bom=True)


class _Texts:
    """A column as texts that stand in CSV; those of a dictionary are made once."""

    def __init__(self, column: Column) -> None:
        self._column = column
        texts = None if column.texts is None else [quoted(neutral(text)) for text in column.texts]
        self._dictionary = None if texts is None else pa.array(texts, pa.string())
        self.longest = 24 if texts is None else max(map(len, texts), default=0)

    def rows(self, start: int, stop: int) -> Any:
        found = self._column.rows(start, stop)
        if self._dictionary is not None:
            return coded(found, self._dictionary)
        decimals = self._column.decimals
        return decimal(found, None if decimals is None else decimals(start, stop))


def _rows_at_once(texts: Sequence[_Texts]) -> int:
    # A character takes up to four bytes.
    return max(1, min(ROWS_AT_ONCE, _BATCH_BYTES // (4 * sum(text.longest + 1 for text in texts))))


def _shortened(text: str) -> str:
    if len(text) <= _MOST_SAID:
        return text
    return f"{text[:_MOST_SAID]} ... (cut here; the page of the table has all its notes)"
