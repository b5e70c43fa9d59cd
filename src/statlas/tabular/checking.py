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
from statlas.tabular.rejects import FIRST, forget, in_file, left_out, rejected
from statlas.tabular.repeating import duplicates
from statlas.tabular.shape import ColumnShape, Kind, TableShape
from statlas.tabular.values import is_plain, judgements, literal


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
        also: further checks of a table, counted in the same pass; asked only of a table that has all columns.
    """
    faults: list[Fault] = []
    with _code_types(connection, shape) as code_types:
        for table in tables:
            names = _name_faults(table, shape)
            usable = all(fault.code == "unknown-column" for fault in names)
            checks = _checks(table, shape, code_types) + (list(also(table)) if usable else [])
            faults += [*names, *_faults_of(connection, table, checks, shape)]
    for key in shape.unique:
        faults += duplicates(connection, [t for t in tables if set(key) <= set(t.columns)], shape, key)
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
    known = [column.name for column in shape]
    spare = [name for name in table.columns if name not in known]
    absent = [column for column in shape if column.name not in table.types and not column.optional]
    faults = [_missing(table, column, spare) for column in absent]
    faults += [_not_plain(table, column) for column in shape if not is_plain(column.name, table)]
    if shape.strict:
        expected, mend = f"only the columns {', '.join(known)}.", "Remove or rename it."
        faults += [Fault("unknown-column", table.file, expected, mend, column=name) for name in spare]
    return faults


def _missing(table: Table, column: ColumnShape, spare: list[str]) -> Fault:
    folded = {name.casefold(): name for name in spare}
    near = get_close_matches(column.name.casefold(), folded, n=1, cutoff=0.6)
    mend = f"Is it {folded[near[0]]!r}? Rename it." if near else f"The file has {', '.join(table.columns[:20])}."
    return Fault("missing-column", table.file, "a column of this name.", mend, column=column.name)


def _not_plain(table: Table, column: ColumnShape) -> Fault:
    expected = "a column of plain values; this one holds bytes, lists or records."
    return Fault("column-type", table.file, expected, "Write it as text or numbers.", column=column.name)


def _checks(table: Table, shape: TableShape, code_types: dict[str, str]) -> list[Check]:
    return [
        Check(column.name, wrong.code, wrong.expected, wrong.mend, wrong.condition)
        for column in shape
        if column.name in table.types and is_plain(column.name, table)
        for wrong in judgements(column, table, code_types.get(column.name))
    ]


def _faults_of(
    connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check], shape: TableShape
) -> Iterable[Fault]:
    try:
        with reading(table):
            n_rows, counts = _count(connection, table, checks)
            refused = rejected(connection, table)
            found = [(one, n) for one, n in zip(checks, counts, strict=True) if n]
            rows = _first_rows(connection, table, [one for one, _ in found]) if found else []
    except UnreadableError as error:
        return [error.fault]
    faults = [
        Fault(one.code, table.file, f"{one.expected}.", one.mend, column=one.column, rows=first, count=n)
        for (one, n), first in zip(found, rows, strict=True)
    ]
    if not n_rows and not refused and not shape.may_be_empty:
        faults.append(Fault("no-records", table.file, "at least one record below the header.", "Export it anew."))
    return [*refused, *_merged(faults)]


def _count(connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check]) -> tuple[int, list[int]]:
    forget(connection, table)
    wanted = ["count(*)", *(f"count_if({one.condition})" for one in checks)]
    # fetchall, not fetchone: rejects are written when the result has been read to its end
    [row] = connection.execute(f"select {', '.join(wanted)} from {table.source}").fetchall()
    return int(row[0]), [int(n or 0) for n in row[1:]]


def _first_rows(connection: duckdb.DuckDBPyConnection, table: Table, checks: list[Check]) -> list[tuple[int, ...]]:
    gaps = left_out(connection, table)
    wanted = ", ".join(f"min({ROW}, {FIRST}) filter (where {one.condition})" for one in checks)
    [row] = connection.execute(f"select {wanted} from {table.numbered}").fetchall()
    return [tuple(in_file(int(n), gaps) for n in first) for first in row]


def _merged(faults: list[Fault]) -> list[Fault]:
    """One fault for two checks of one column that say the same (a word and a fraction are both no whole number)."""
    merged: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        place = (fault.column, fault.code, fault.expected)
        merged[place] = _together(merged[place], fault) if place in merged else fault
    return list(merged.values())


def _together(one: Fault, other: Fault) -> Fault:
    rows = tuple(sorted({*one.rows, *other.rows}))[:FIRST]
    return replace(one, rows=rows, count=one.count + other.count)
