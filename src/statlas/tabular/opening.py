"""Files as DuckDB relations, whatever their format, and the faults of those that cannot be opened.

A file is known by its first bytes, not by its name; in a folder only names that look like data are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa

from statlas.model.faults import Fault, FaultReport
from statlas.tabular.text_files import TextFile, examine

#: The column that ``Table.numbered`` adds: the header is row 1, the first record row 2.
ROW = "statlas_row"

_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet", ".arrow", ".arrows", ".feather", ".ipc")
# What damaged files raise. Mistakes in our own SQL are other classes and travel as they are.
_DAMAGE = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.SerializationException,
    duckdb.DataError,
    pa.ArrowInvalid,
)
_WORDS = "a CSV, CSV.gz, Parquet or Arrow file"
_NUMBERS = count(1)


class UnreadableError(Exception):
    """A file could not be read to its end; ``fault`` says so without showing what is in it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Table:
    """An open file.

    Attributes:
        file: its name as given, for faults.
        source: stands after FROM.
        numbered: the same with the column ``statlas_row``.
        types: DuckDB's type of every column by name, in order; VARCHAR for all of a CSV.
        rejects: the table in which DuckDB notes rows of a CSV that it left out, if it is one.
    """

    file: str
    source: str
    numbered: str
    types: Mapping[str, str]
    rejects: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(self.types)


def open_files(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path]) -> tuple[tuple[Table, ...], FaultReport]:
    """Every file as a table, folders walked in name order, with the faults of those that cannot be opened."""
    tables: list[Table] = []
    faults: list[Fault] = []
    for path in paths:
        found = _files_of(path)
        if not found:
            expected = f"{_WORDS}, or a folder that holds some."
            faults.append(Fault("no-files", str(path), expected, "Check the path."))
        for file in found:
            opened = _open(connection, file)
            (faults if isinstance(opened, Fault) else tables).append(opened)  # type: ignore[arg-type]
    return tuple(tables), FaultReport(tuple(faults))


@contextmanager
def reading(table: Table) -> Iterator[None]:
    """A context in which a DuckDB or Arrow error becomes ``UnreadableError``: theirs quote values."""
    try:
        yield
    except _DAMAGE as error:
        raise UnreadableError(_unreadable(table.file, error)) from None


def _files_of(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        inside = (p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(_SUFFIXES))
        return tuple(sorted(p for p in inside if not p.name.startswith((".", "_"))))
    return (path,) if path.is_file() else ()


def _open(connection: duckdb.DuckDBPyConnection, path: Path) -> Table | Fault:
    try:
        return _open_by_content(connection, path)
    except _DAMAGE as error:
        return _unreadable(str(path), error)
    except OSError:
        return Fault("unreadable", str(path), "a file that can be opened.", "Check that it may be read.")


def _open_by_content(connection: duckdb.DuckDBPyConnection, path: Path) -> Table | Fault:
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(b"PAR1"):
        return _open_parquet(connection, path)
    if start.startswith(b"ARROW1"):
        return _open_arrow(connection, path, path)
    if start.startswith(b"\xff\xff\xff\xff"):
        return _open_stream(connection, path)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Fault("wrong-format", str(path), f"{_WORDS}; this is a spreadsheet or archive.", "Save it as CSV UTF-8.")
    text = examine(path, str(path), gzipped=start.startswith(b"\x1f\x8b"))
    return text if isinstance(text, Fault) else _open_text(path, text)


def _open_text(path: Path, text: TextFile) -> Table:
    rejects = f"statlas_rejects_{next(_NUMBERS)}"
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in text.columns)
    options = (
        f"{_one_file(path)}, auto_detect=false, header=true, delim={_quoted(text.separator)}, "
        f"quote='\"', escape='\"', columns={{{columns}}}, strict_mode=true, "
        f"compression='{'gzip' if text.gzipped else 'none'}', store_rejects=true, rejects_limit=0, "
        f"rejects_table='{rejects}', rejects_scan='{rejects}_scan'"
    )
    source = f"read_csv({options})"
    return Table(str(path), source, _numbered(source), dict.fromkeys(text.columns, "VARCHAR"), rejects)


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Table:
    source = f"read_parquet({_one_file(path)}, hive_partitioning=false)"
    with_rows = f"read_parquet({_one_file(path)}, hive_partitioning=false, file_row_number=true)"
    numbered = f"(select file_row_number + 2 as {ROW}, * exclude (file_row_number) from {with_rows})"
    return Table(str(path), source, numbered, _types(connection, source))


def _open_arrow(connection: duckdb.DuckDBPyConnection, path: Path, content: Path) -> Table:
    import pyarrow.dataset  # noqa: PLC0415 - takes a fifth of a second, more than reading most files does

    name = f"statlas_arrow_{next(_NUMBERS)}"
    connection.register(name, pyarrow.dataset.dataset(str(content), format="ipc"))
    return Table(str(path), name, _numbered(name), _types(connection, name))


def _open_stream(connection: duckdb.DuckDBPyConnection, path: Path) -> Table:
    """A stream can be read once only, so it is copied, a batch at a time, to a file that can be read again."""
    name = f"statlas_stream_{next(_NUMBERS)}"
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        connection.register("statlas_stream", stream)
        connection.execute(f"create temp table {name} as select * from statlas_stream")
        connection.unregister("statlas_stream")
    return Table(str(path), name, _numbered(name), _types(connection, name))


def _numbered(source: str) -> str:
    return f"(select row_number() over () + 1 as {ROW}, * from {source})"


def _types(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(f"describe select * from {source}").fetchall()}


def _unreadable(file: str, error: Exception) -> Fault:
    if "invalid state" in str(error):
        expected = "a CSV with one kind of line ending and quotes in pairs."
        return Fault("mixed-line-endings", file, expected, "Save it anew as CSV UTF-8.")
    return Fault("unreadable", file, f"{_WORDS}; this one is cut short or damaged.", "Copy or export the file anew.")


def _one_file(path: Path) -> str:
    """SQL of a path that means this file alone: DuckDB takes * ? and [ in a name for a pattern."""
    return _quoted(re.sub(r"([*?\[])", r"[\1]", str(path)))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
