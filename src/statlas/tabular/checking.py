"""Checking open files against a shape: every fault with its count and first rows, never a value.

Theory of operation: all conditions of a file are counted by one SELECT, which DuckDB runs on every core.
Only a file with faults is read once more, with row numbers, to find the first rows of each.
Memory is bounded by the connection's limit whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches

import duckdb

from statlas.model.faults import Fault, FaultReport
from statlas.tabular.opening import ROW, Table, UnreadableError, reading
from statlas.tabular.shape import ColumnShape, Kind, TableShape
from statlas.tabular.values import identifier, judgements, literal, value

#: How many rows of a fault are named: enough to find the pattern, few enough to read.
FIRST = 5

_REJECTED = {
    "MISSING COLUMNS": ("too-few-columns", "as many columns as the header", "Add the missing separators."),
    "TOO MANY COLUMNS": ("too-many-columns", "as many columns as the header", "Quote values that hold the separator."),
    "UNQUOTED VALUE": ("unclosed-quote", "quotes in pairs", "Close the quote, or double a quote inside a value."),
    "LINE SIZE OVER MAXIMUM": ("unclosed-quote", "rows under 2 MB", "Look for a quote that is never closed."),
    "INVALID ENCODING": ("wrong-encoding", "text in UTF-8", "Save it as CSV UTF-8."),
}


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong in a row: ``condition`` is SQL over the table's columns, true where it is."""

    column: str
    code: str
    expected: str
    mend: str
    condition: str


def _nothing(_: Table) -> Sequence[Check]:
    return ()


def check(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    shape: TableShape,
    *,
    also: Callable[[Table], Sequence[Check]] = _nothing,
) -> FaultReport:
    """Every fault of the tables, in their order, then in the order of the shape's columns.

    Args:
        also: further checks of a table, counted in the same pass; asked only for a table that has every column.
    """
    faults: list[Fault] = []
    with _code_types(connection, shape) as code_types:
        for table in tables:
            names = _name_faults(table, shape)
            missing = any(fault.code == "missing-column" for fault in names)
            checks = _checks(table, shape, code_types) + ([] if missing else list(also(table)))
            faults += [*names, *_faults_of(connection, table, checks, shape)]
    for key in shape.unique:
        faults += _duplicates(connection, [t for t in tables if set(key) <= set(t.columns)], shape, key)
    return FaultReport(tuple(faults))


@contextmanager
def _code_types(connection: duckdb.DuckDBPyConnection, shape: TableShape) -> Iterator[dict[str, str]]:
    """An SQL type for each list of codes: a cast to it is one look-up, however long the list."""
    lists = [column for column in shape if column.kind is Kind.CODE and column.codes]
    types = {column.name: f"statlas_codes_{n}" for n, column in enumerate(lists)}
    try:
        for column in lists:
            codes = ", ".join(literal(code) for code in dict.fromkeys(column.codes or ()))
            connection.execute(f"create type {types[column.name]} as enum ({codes})")
        yield types
    finally:
        for name in types.values():
            connection.execute(f"drop type if exists {name}")


def _name_faults(table: Table, shape: TableShape) -> list[Fault]:
    known, found = [column.name for column in shape], []
    for column in shape:
        if column.name not in table.types and not column.optional:
            found.append(_missing(table, column, [name for name in table.columns if name not in known]))
    if shape.strict:
        for name in table.columns:
            if name not in known:
                expected = f"only the columns {', '.join(known)}."
                found.append(Fault("unknown-column", table.file, expected, "Remove or rename it.", column=name))
    return found


def _missing(table: Table, column: ColumnShape, spare: list[str]) -> Fault:
    folded = {name.casefold(): name for name in spare}
    near = get_close_matches(column.name.casefold(), folded, n=1, cutoff=0.6)
    mend = f"Is it {folded[near[0]]!r}? Rename it." if near else f"The file has {', '.join(table.columns[:20])}."
    return Fault("missing-column", table.file, "a column of this name.", mend, column=column.name)


def _checks(table: Table, shape: TableShape, code_types: dict[str, str]) -> list[Check]:
    return [
        Check(column.name, wrong.code, wrong.expected, wrong.mend, wrong.condition)
        for column in shape
        if column.name in table.types
        for wrong in judgements(column, table, code_types.get(column.name))
    ]


def _faults_of(
    connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check], shape: TableShape
) -> Iterable[Fault]:
    try:
        with reading(table):
            n_rows, counts = _count(connection, table, checks)
            rejected = _rejected(connection, table)
            found = [(one, n) for one, n in zip(checks, counts, strict=True) if n]
            rows = _first_rows(connection, table, [one for one, _ in found]) if found else []
    except UnreadableError as error:
        return [error.fault]
    faults = [
        Fault(one.code, table.file, f"{one.expected}.", one.mend, column=one.column, rows=first, count=n)
        for (one, n), first in zip(found, rows, strict=True)
    ]
    if not n_rows and not rejected and not shape.may_be_empty:
        faults.append(Fault("no-records", table.file, "at least one record below the header.", "Export it anew."))
    return [*rejected, *_merged(faults)]


def _count(connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check]) -> tuple[int, list[int]]:
    _forget_rejects(connection, table)
    wanted = ["count(*)", *(f"count_if({one.condition})" for one in checks)]
    # fetchall, not fetchone: rejects are written when the result has been read to its end
    [row] = connection.execute(f"select {', '.join(wanted)} from {table.source}").fetchall()
    return int(row[0]), [int(n or 0) for n in row[1:]]


def _first_rows(connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check]) -> list[tuple[int, ...]]:
    left_out = _left_out(connection, table)
    wanted = ", ".join(f"min({ROW}, {FIRST}) filter (where {one.condition})" for one in checks)
    [row] = connection.execute(f"select {wanted} from {table.numbered}").fetchall()
    return [tuple(_with_gaps(int(n), left_out) for n in first) for first in row]


def _merged(faults: list[Fault]) -> list[Fault]:
    """One fault for two checks of one column that say the same (a word and a fraction are both no whole number)."""
    merged: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        place = (fault.column, fault.code, fault.expected)
        if place in merged:
            before = merged[place]
            rows = tuple(sorted({*before.rows, *fault.rows}))[:FIRST]
            fault = replace(before, rows=rows, count=before.count + fault.count)
        merged[place] = fault
    return list(merged.values())


def _forget_rejects(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    if table.rejects:
        connection.execute(f"drop table if exists {table.rejects}")
        connection.execute(f"drop table if exists {table.rejects}_scan")


def _rejected(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Fault]:
    """Faults of rows that do not have the header's shape; DuckDB's own messages show values and are not read."""
    if not table.rejects:
        return []
    grouped = connection.execute(
        f"select cast(error_type as varchar), count(distinct line), min(distinct line, {FIRST}) "
        f"from {table.rejects} group by 1 order by min(line)"
    ).fetchall()
    faults = []
    for kind, n, rows in grouped:
        code, expected, mend = _REJECTED.get(kind, ("unreadable-row", "a row like the others", "Look at the row."))
        faults.append(Fault(code, table.file, f"{expected}.", mend, rows=tuple(map(int, rows)), count=int(n)))
    return faults


def _left_out(connection: duckdb.DuckDBPyConnection, table: Table) -> list[int]:
    """The first rows that DuckDB left out, ascending; the numbers of those after them must be shifted."""
    if not table.rejects:
        return []
    found = connection.execute(f"select distinct line from {table.rejects} order by 1 limit 100000").fetchall()
    return [int(row[0]) for row in found]


def _with_gaps(row: int, left_out: list[int]) -> int:
    """The row's number in the file, given its number among the rows that were not left out."""
    for gap in left_out:
        if gap > row:
            break
        row += 1
    return row


def _duplicates(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], shape: TableShape, key: tuple[str, ...]
) -> list[Fault]:
    """Rows whose key occurred before, by file.

    Keys are compared by their 64-bit hash first, which keeps memory small; only rows whose hash repeats are compared
    exactly.
    """
    if not tables:
        return []
    try:
        with reading(tables[0]):
            return _repeated(connection, tables, shape, key)
    except UnreadableError:
        return []  # already reported by the pass over the file itself


def _repeated(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], shape: TableShape, key: tuple[str, ...]
) -> list[Fault]:
    hashes = " union all ".join(_keys(table, shape, key, table.source, "0") for table in tables)
    suspects = f"select h from (select hash({_names(key)}) as h from ({hashes}) where {_whole(key)}) group by h having count(*) > 1"
    if connection.execute(f"select count(*) from ({suspects})").fetchall() == [(0,)]:
        return []
    rows = " union all ".join(_keys(t, shape, key, t.numbered, ROW, n) for n, t in enumerate(tables))
    ranked = (
        f"select file_no, row_no, row_number() over (partition by {_names(key)} order by file_no, row_no) as nth from ({rows}) "
        f"where {_whole(key)} and hash({_names(key)}) in ({suspects})"
    )
    found = connection.execute(
        f"select file_no, count(*), min(row_no, {FIRST}) from ({ranked}) where nth > 1 group by 1 order by 1"
    ).fetchall()
    column = ", ".join(key)
    return [_duplicate(connection, tables[file], column, int(n), at) for file, n, at in found]


def _duplicate(connection: duckdb.DuckDBPyConnection, table: Table, column: str, n: int, at: Sequence[int]) -> Fault:
    rows = tuple(_with_gaps(int(row), _left_out(connection, table)) for row in at)
    expected = "each value, or combination of values, once in all files together."
    return Fault("duplicate", table.file, expected, "Remove the repeated rows.", column=column, rows=rows, count=n)


def _keys(table: Table, shape: TableShape, key: tuple[str, ...], source: str, row: str, file: int = 0) -> str:
    values = ", ".join(f"{value(shape[name], table)} as k{n}" for n, name in enumerate(key))
    return f"select {file} as file_no, {row} as row_no, {values} from {source}"


def _names(key: tuple[str, ...]) -> str:
    return ", ".join(f"k{n}" for n in range(len(key)))


def _whole(key: tuple[str, ...]) -> str:
    return " and ".join(f"k{n} is not null" for n in range(len(key)))
