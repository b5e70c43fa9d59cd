"""What a claim carries: coded columns, numbers, and the frame that holds them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64] | NDArray[np.int32] | NDArray[np.int16]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of codes: ``positions`` (n,) into ``codes``."""

    codes: tuple[str, ...]
    positions: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, rows: NDArray[np.integer]) -> Coded:
        """The column for some rows."""
        return Coded(self.codes, self.positions[rows])

    def equals(self, wanted: str | tuple[str, ...]) -> Mask:
        """(n,) where the code is one of those wanted; a code the column does not have is a mistake in the recipe."""
        among = (wanted,) if isinstance(wanted, str) else wanted
        known = np.isin(self.codes, among)
        assert known.sum() == len(set(among)), f"{set(among) - set(self.codes)} are no codes of {self.codes[:9]}"
        found: Mask = known[self.positions]
        return found


Column = Coded | Numbers
Frame = dict[str, Column]
Condition = Mapping[str, str | tuple[str, ...] | tuple[float | None, float | None]]
"""Where something holds: a code or codes of a coded column, or [from, below) of a number; all of them together."""


def n_rows(frame: Frame) -> int:
    """Rows of a frame, whose columns are equally long."""
    return len(next(iter(frame.values())))


def where(frame: Frame, condition: Condition) -> Mask:
    """(n,) rows in which every part of the condition holds."""
    found = np.ones(n_rows(frame), dtype=bool)
    for name, wanted in condition.items():
        found &= _holds(frame[name], wanted)
    return found


def _holds(column: Column, wanted: object) -> Mask:
    if isinstance(column, Coded):
        assert isinstance(wanted, str | tuple)
        return column.equals(wanted)
    assert isinstance(wanted, tuple)
    low, high = wanted
    found: Mask = np.ones(len(column), dtype=bool)
    if low is not None:
        found &= column >= low
    if high is not None:
        found &= column < high
    return found
