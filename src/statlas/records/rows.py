"""Files of rows of packed words: one a period, written as records come, read once or twice and gone.

They lie in the private folder in which a release is made, and hold pseudonyms instead of unit ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.model.database import Database
from statlas.records.packing import Packing, values_at

_BLOCK = 1 << 18
"""Rows read at a time: some ten megabytes."""


@dataclass
class PeriodRows:
    """The rows of one period, in the order in which they came.

    ``missing`` are ids of the measures that are blank in some; ``seen`` says of a field whose codes do not exist in
    every period which positions have rows.
    """

    path: Path
    packing: Packing
    n_rows: int = 0
    missing: frozenset[str] = frozenset()
    seen: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def add(self, rows: NDArray[np.uint64]) -> None:
        """Write some rows behind the others."""
        with self.path.open("ab") as file:
            file.write(rows.data.cast("B"))
        self.n_rows += len(rows)
        self.missing |= self.packing.missing(rows)
        for field_id, seen in self.seen.items():
            seen[values_at(rows, self.packing.codes[field_id])] = True

    def blocks(self) -> Iterator[NDArray[np.uint64]]:
        """The rows, some at a time: (n, n_words) uint64."""
        n_words = self.packing.n_words
        with self.path.open("rb") as file:
            for first in range(0, self.n_rows, _BLOCK):
                n = min(_BLOCK, self.n_rows - first)
                yield np.fromfile(file, np.uint64, n * n_words).reshape(n, n_words)

    def word(self, word: int) -> NDArray[np.uint64]:
        """(n_rows,) uint64, one word of every row."""
        found = np.empty(self.n_rows, np.uint64)
        first = 0
        for rows in self.blocks():
            found[first : first + len(rows)] = rows[:, word]
            first += len(rows)
        return found


class RowFiles:
    """The rows of every period, by its code as a number."""

    def __init__(self, database: Database, folder: Path, watched: tuple[str, ...] = ()) -> None:
        self._packing = Packing(database)
        self._folder = folder
        self._watched = watched
        self.periods: dict[int, PeriodRows] = {}

    def add(self, periods: NDArray[np.uint32], rows: NDArray[np.uint64]) -> None:
        """Write rows to the files of their periods."""
        found = np.unique(periods).tolist() if len(periods) and (periods != periods[0]).any() else periods[:1].tolist()
        for period in found:
            self._of(period).add(rows if len(found) == 1 else rows[periods == period])

    def _of(self, period: int) -> PeriodRows:
        if period not in self.periods:
            seen = {name: np.zeros(self._packing.codes[name].mask + 1, np.bool_) for name in self._watched}
            self.periods[period] = PeriodRows(self._folder / f"{period}.rows", self._packing, seen=seen)
        return self.periods[period]
