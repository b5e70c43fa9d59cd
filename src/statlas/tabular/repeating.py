"""Rows whose key occurred before, in all files together.

Keys are compared by a 64-bit hash first, so that memory holds eight bytes a row whatever the key; only rows whose hash
repeats are then compared exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from statlas.model.faults import Fault
from statlas.tabular.opening import ROW, Table, UnreadableError, reading
from statlas.tabular.rejects import FIRST, in_file, left_out
from statlas.tabular.shape import TableShape
from statlas.tabular.values import value

_SUSPECTS = "statlas_suspects"


def duplicates(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], shape: TableShape, key: tuple[str, ...]
) -> list[Fault]:
    """A fault for each file that holds rows whose key occurred before, in it or in a file before it.

    Rows with a blank in the key are passed over.
    """
    whole = [table for table in tables if set(key) <= set(table.columns)]
    if not whole:
        return []
    try:
        with reading(whole[0]):
            return _repeated(connection, whole, shape, key) if _suspected(connection, whole, shape, key) else []
    except UnreadableError:
        return []  # the pass over the file itself has reported it
    finally:
        connection.execute(f"drop table if exists {_SUSPECTS}")


def _suspected(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], shape: TableShape, key: tuple[str, ...]
) -> bool:
    """Whether any hash repeats; the table of suspects then holds the hashes that do."""
    keys = " union all ".join(_keys(table, shape, key, table.source, "0", 0) for table in tables)
    connection.execute(
        f"create or replace temp table {_SUSPECTS} as select h from "
        f"(select hash({_names(key)}) as h from ({keys}) where {_complete(key)}) group by h having count(*) > 1"
    )
    return bool(connection.execute(f"select exists (from {_SUSPECTS})").fetchall()[0][0])


def _repeated(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], shape: TableShape, key: tuple[str, ...]
) -> list[Fault]:
    keys = " union all ".join(_keys(table, shape, key, table.numbered, ROW, n) for n, table in enumerate(tables))
    suspects = f"{_complete(key)} and hash({_names(key)}) in (from {_SUSPECTS})"
    nth = f"row_number() over (partition by {_names(key)} order by file_no, row_no)"
    ranked = f"select file_no, row_no, {nth} as nth from ({keys}) where {suspects}"
    found = connection.execute(
        f"select file_no, count(*), min(row_no, {FIRST}) from ({ranked}) where nth > 1 group by 1 order by 1"
    ).fetchall()
    return [_fault(connection, tables[file], key, int(n), rows) for file, n, rows in found]


def _fault(
    connection: duckdb.DuckDBPyConnection, table: Table, key: tuple[str, ...], n: int, rows: Sequence[int]
) -> Fault:
    gaps = left_out(connection, table)
    if len(key) > 1:
        expected = "each combination of these columns' values once in all files together."
    else:
        expected = "each value once in all files together."
    return Fault(
        "duplicate",
        table.file,
        expected,
        "Remove the repeated rows.",
        column=", ".join(key),
        rows=tuple(in_file(int(row), gaps) for row in rows),
        count=n,
    )


def _keys(table: Table, shape: TableShape, key: tuple[str, ...], source: str, row: str, file: int) -> str:
    values = ", ".join(f"{value(shape[name], table)} as k{n}" for n, name in enumerate(key))
    return f"select {file} as file_no, {row} as row_no, {values} from {source}"


def _names(key: tuple[str, ...]) -> str:
    return ", ".join(f"k{n}" for n in range(len(key)))


def _complete(key: tuple[str, ...]) -> str:
    return " and ".join(f"k{n} is not null" for n in range(len(key)))
