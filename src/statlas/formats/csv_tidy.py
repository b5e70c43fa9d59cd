"""Tidy CSV: one line for each cell, with codes, labels, value, status, flags, the sd of the noise and notes
(RFC 4180, UTF-8).

A cell that prints no number has an empty value and its symbol in ``status``.
Where rules of disclosure control block cells, a column ``rule`` names the rule; a survey has columns for its errors.
With several measures the columns of each begin with its label.
A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice, repeat

import numpy as np

from statlas.model.cube import Cube, CubeMeasure
from statlas.model.frames import (
    STATUS_TEXTS,
    cell_notes,
    column_names,
    dimension_columns,
    flag_text,
    interval_columns,
    numbers,
    rule_column,
)

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "csv"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 20_000
"""Lines made at once, arbitrary: about 2 MB of text."""


def write(cube: Cube) -> Iterator[bytes]:
    """The file in pieces, its header line in the first."""
    columns = [*_columns(cube)]
    yield _lines([[neutral(name) for name, _ in columns]])
    rows = zip(*(column for _, column in columns), strict=True)
    while piece := _lines(islice(rows, _ROWS_AT_ONCE)):
        yield piece


def _columns(cube: Cube) -> Iterator[tuple[str, Iterable[object]]]:
    for name, texts, rows in dimension_columns(cube):
        yield name, np.array([neutral(text) for text in texts], dtype=object)[rows]
    for before, measure in zip(column_names(cube), cube.measures, strict=True):
        yield from ((before + name, column) for name, column in _measure_columns(cube, measure))
    rules = rule_column(cube)
    if rules is not None:
        yield "rule", rules
    yield "notes", cell_notes(cube)
    if cube.synthetic:
        yield "remark", repeat("synthetic", cube.n_cells)


def _measure_columns(cube: Cube, measure: CubeMeasure) -> Iterator[tuple[str, Iterable[object]]]:
    yield "value", numbers(cube, measure).reshape(-1).tolist()
    yield "status", map(STATUS_TEXTS.__getitem__, measure.status.reshape(-1).tolist())
    yield "flags", map(flag_text, measure.flags.reshape(-1).tolist())
    yield "noise_sd", measure.sd.reshape(-1).tolist()
    yield from interval_columns(measure)


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def neutral(text: str) -> str:
    """The text itself, or with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
