"""Reading and checking tabular files: CSV, CSV.gz, Parquet, Arrow and folders of them, through DuckDB.

One tabular checker serves code lists, records and every later upload.
The room knows files, columns and faults, and nothing of statistics.

Theory of operation::

    with tabular.connect(memory_limit="2GB") as connection:
        tables, faults = tabular.open_files(connection, paths)       # faults of files that cannot be opened
        faults += tabular.check(connection, tables, shape)           # faults of what is in the others
        if faults: raise RecordsError(..., faults=faults)
        for table in tables:
            # table.source stands after FROM; tabular.value(column, table) gives the SQL of a checked column's value
            connection.execute(f"select {tabular.value(shape['award'], table)} from {table.source}")

* ``open_files(connection, paths) -> (tables, faults)``: a ``Table`` a readable file, folders walked in name order.
  ``Table.source`` and ``Table.numbered`` stand after FROM; the latter adds the column ``statlas_row`` (the header is
  row 1, so the first record is row 2). Every CSV column is VARCHAR; Parquet and Arrow columns keep their types.
* ``TableShape(columns, strict, unique)`` of ``ColumnShape(name, kind, ...)`` says what is expected.
* ``check(connection, tables, shape, also=...) -> FaultReport``: every fault with its count and first five rows.
  One pass over a file that has no fault, one more to find the rows of one that has.
  ``also(table)`` gives further ``Check(column, code, expected, mend, condition)`` with a condition in SQL, true for a
  faulty row, so that a caller's own rules join the same pass.
* ``value(column_shape, table)``: SQL of the value as the check reads it, NULL for a blank:
  TEXT and CODE give VARCHAR without blanks at either end; INTEGER gives BIGINT; DECIMAL and MONEY give BIGINT scaled by
  ``10**scale`` (money: pence); REAL gives DOUBLE, whatever its decimals; DATE gives the DATE of the first day of its
  ``floor``.
* ``reading(table)`` is a context in which every DuckDB error becomes ``UnreadableError`` with a ``fault``: raw
  DuckDB errors quote values and must not travel.
"""

from statlas.tabular.checking import Check, check
from statlas.tabular.connection import connect
from statlas.tabular.opening import ROW, Table, UnreadableError, open_files, reading
from statlas.tabular.shape import FORMS_OF, ColumnShape, Kind, TableShape
from statlas.tabular.values import blank, identifier, is_plain, is_whole, literal, text, value

__all__ = [
    "FORMS_OF",
    "ROW",
    "Check",
    "ColumnShape",
    "Kind",
    "Table",
    "TableShape",
    "UnreadableError",
    "blank",
    "check",
    "connect",
    "identifier",
    "is_plain",
    "is_whole",
    "literal",
    "open_files",
    "reading",
    "text",
    "value",
]
