"""What is drawn where a number is missing or marked: a shape for each symbol of the table, with its line in the legend.

A cell that prints no number is never drawn as zero: its place holds the shape of its symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from statlas.model.cells import SYMBOLS, CellFlag, CellStatus, CubeContent, CubeMeasure
from statlas.model.legend import FLAG_MARKS, STRUCTURAL_ZERO, sentence
from statlas.wording import gettext as _

ZERO = "0"
"""The sign of a number that is nought, or rounds to it: no bar can be seen."""

SHAPES: dict[str, str] = {
    "low": "triangle-down",
    "c": "cross",
    "x": "M-1,-1L1,1M-1,1L1,-1",
    "z": "diamond",
    ZERO: "stroke",
    "u": "triangle-up",
    "p": "circle",
    "r": "square",
}
"""The shape of each sign, drawn as an outline."""

ABSENT = tuple(SYMBOLS.values())
"""Signs that stand for a number."""

_DRAWN_FLAGS = (CellFlag.UNRELIABLE, CellFlag.PROVISIONAL, CellFlag.REVISED)


def sign_of(measure: CubeMeasure, cell: tuple[int, ...]) -> str:
    """The sign of a cell: its symbol, the mark of a structural zero or of nought, the first of its flags, or none."""
    status = CellStatus(int(measure.status[cell]))
    if status in SYMBOLS:
        return SYMBOLS[status]
    if status is CellStatus.STRUCTURAL_ZERO:
        return STRUCTURAL_ZERO
    flags = int(measure.flags[cell])
    flagged = next((FLAG_MARKS[flag] for flag in _DRAWN_FLAGS if flags & flag), "")
    return flagged or (ZERO if measure.values[cell] == 0 else "")


def signs_in(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The signs that occur, in the order of the legend."""
    found = {row["sign"] for row in rows}
    return [sign for sign in SHAPES if sign in found]


def meaning(sign: str, cube: CubeContent) -> str:
    """A sign's line in the legend: *[low] fewer than 5, or none*."""
    return f"0: {_('none, or too small to be seen')}" if sign == ZERO else f"[{sign}] {sentence(sign, cube)}"
