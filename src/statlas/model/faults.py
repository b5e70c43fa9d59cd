"""One fault report for definitions, code lists, records, and every later upload.

A fault says where (file, row, column or path), what was expected, how to mend it and how often it occurs; it never
shows a confidential value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One kind of mistake in one place of one file.

    ``path`` is a dotted path in a definition (``fields[2].levels[0].codes``), ``column`` a column of a table; ``rows``
    are the first rows in which it occurs, the header being row 1, or the line of the ``path``; ``count`` is how many
    rows have it.
    """

    code: str
    file: str
    expected: str
    mend: str = ""
    path: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 1

    def __str__(self) -> str:
        where = " ".join(x for x in (self.file, self.path, self._where_in_table()) if x)
        times = f" ({self.count:,} rows)" if self.count > 1 else ""
        return f"{where}: {self.expected}{times}" + (f" {self.mend}" if self.mend else "")

    def _where_in_table(self) -> str:
        word = f"{'line' if self.path else 'row'}{'s' if len(self.rows) > 1 else ''}"
        rows = f"{word} {', '.join(f'{r:,}' for r in self.rows)}" if self.rows else ""
        column = f"column {self.column!r}" if self.column else ""
        return " ".join(x for x in (column, rows) if x)


@dataclass(frozen=True)
class FaultReport:
    """Every fault found in one pass, in the order of files and places."""

    faults: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)

    def __add__(self, other: FaultReport) -> FaultReport:
        return FaultReport(self.faults + other.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)
