"""Rows of a CSV that DuckDB left out because they do not have the header's shape.

DuckDB notes them in a table of its own; its messages show values and are never read.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from statlas.model.faults import Fault
from statlas.tabular.opening import Table

#: How many rows of a fault are named: enough to find the pattern, few enough to read.
FIRST = 5

# Rows after this many left-out rows are numbered a little too low; nobody counts that far. Arbitrary.
_MOST_GAPS = 100_000

_QUOTE = "Close the quote, or double a quote inside a value."
_MEANING = {
    "MISSING COLUMNS": ("too-few-columns", "as many columns as the header", "Add the missing separators."),
    "TOO MANY COLUMNS": ("too-many-columns", "as many columns as the header", "Quote values that hold the separator."),
    "UNQUOTED VALUE": ("unclosed-quote", "quotes in pairs", _QUOTE),
    "LINE SIZE OVER MAXIMUM": ("unclosed-quote", "rows under 2 MB; a quote may never be closed", _QUOTE),
    "INVALID ENCODING": ("wrong-encoding", "text in UTF-8", "Save it as CSV UTF-8."),
}
_OTHER = ("unreadable-row", "a row like the others", "Look at the row.")


def forget(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Drop what was noted in earlier passes, each of which notes the same rows again."""
    if table.rejects:
        connection.execute(f"drop table if exists {table.rejects}")
        connection.execute(f"drop table if exists {table.rejects}_scan")


def rejected(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Fault]:
    """A fault for each way in which rows differ from the header."""
    if not table.rejects:
        return []
    grouped = connection.execute(
        f"select cast(error_type as varchar), count(distinct line), min(distinct line, {FIRST}) "
        f"from {table.rejects} group by 1 order by min(line)"
    ).fetchall()
    return [_fault(table, kind, int(n), rows) for kind, n, rows in grouped]


def _fault(table: Table, kind: str, n: int, rows: Sequence[int]) -> Fault:
    code, expected, mend = _MEANING.get(kind, _OTHER)
    return Fault(code, table.file, f"{expected}.", mend, rows=tuple(map(int, rows)), count=n)


def left_out(connection: duckdb.DuckDBPyConnection, table: Table) -> list[int]:
    """The rows left out, ascending; the numbers of those after them must be shifted by ``in_file``."""
    if not table.rejects:
        return []
    found = connection.execute(f"select distinct line from {table.rejects} order by 1 limit {_MOST_GAPS}").fetchall()
    return [int(row[0]) for row in found]


def in_file(row: int, gaps: Sequence[int]) -> int:
    """The number of a row in its file, given its number among the rows that were not left out."""
    for gap in gaps:
        if gap > row:
            break
        row += 1
    return row
