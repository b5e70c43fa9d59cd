"""Ingest: record files in, one file of encoded records a period out.

Theory of operation: files are read once, encoded on the way into a staged table (``staging``), and written from there
period by period (``writing``).
Only if something looked wrong are they read again, to say what and where (``checking``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from statlas.errors import BackendError, RecordsError
from statlas.model.database import Database
from statlas.model.faults import FaultReport
from statlas.records import checking, staging
from statlas.records.progress import Meter, Progress
from statlas.records.writing import Ingested, write_period
from statlas.tabular import Table, UnreadableError, connect, open_files, reading

MEMORY_LIMIT = "1500MB"
"""What DuckDB may take before it spills: five million records of ten fields, measured in November 2026, need no more,
and the process stays below 2 GB."""

_SAMPLE = 1 << 16
"""Bytes of a text file from which its number of rows is guessed, for the rate shown: arbitrary."""


def ingest(
    database: Database,
    files: Sequence[Path],
    *,
    secret: bytes,
    out_dir: Path,
    period: str | None = None,
    progress: Progress | None = None,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> tuple[Ingested, ...]:
    """Encode record files, or folders of them, into one Arrow file a period in ``out_dir``; periods oldest first.

    Args:
        secret: the family's; never written anywhere.
        out_dir: a private folder; what does not fit into memory spills there too.
        period: every record must be of it; None takes whatever periods the date column names.
        memory_limit: as DuckDB writes it; the columns of one period come on top, in mapped files.
        threads: None means all cores; the files are the same whatever it is.

    Raises:
        RecordsError: with every fault of every file; no file has been written.
        QueryError: the period is none, or needs to be named.
        BackendError: memory or disk does not suffice.
    """
    only = staging.only_period(database, period)
    with _connected(out_dir, memory_limit, threads) as connection:
        meter = Meter(progress)
        meter.start("opening", 1)
        tables, unopened = open_files(connection, files)
        made = staging.begin(connection, database, only)
        if unopened or not _stage_all(connection, made, tables, secret, meter):
            meter.start("finding faults", 1)
            raise _faulty(unopened + checking.report(connection, made, tables))
        return _write_all(connection, made, out_dir, secret, meter)


@contextmanager
def _connected(out_dir: Path, memory_limit: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with connect(memory_limit=memory_limit, temp_dir=out_dir / "spill", threads=threads) as connection:
            connection.execute("set preserve_insertion_order = false")
            connection.execute("set enable_progress_bar = true")
            connection.execute("set enable_progress_bar_print = false")
            yield connection
    except duckdb.Error as error:
        # The engine's own words may quote a value, so the error travels without them.
        raise _failed(type(error).__name__) from None
    except OSError as error:
        raise _failed(error.strerror or "the disk failed") from error


def _failed(why: str) -> BackendError:
    return BackendError(
        f"The records could not be encoded ({why}).",
        mend="See that there is room in memory and on the disk, then publish again.",
    )


def _stage_all(
    connection: duckdb.DuckDBPyConnection, made: staging.Stage, tables: Sequence[Table], secret: bytes, meter: Meter
) -> bool:
    """Encode every file into the staged table; false as soon as anything is wrong."""
    if any(checking.missing_columns(made.database, table) for table in tables):
        return False
    sizes = [Path(table.file).stat().st_size for table in tables]
    meter.start("reading", sum(sizes))
    for table, size in zip(tables, sizes, strict=True):
        expected = _expected_records(connection, table, size)
        try:
            with meter.watching(connection, size, expected), reading(table):
                n_records = staging.fill(connection, made, table, secret)
        except UnreadableError:
            return False
        meter.advance(size, n_records)
        if not n_records:
            return False
    meter.start("checking", 1)
    return bool(tables) and not checking.suspicious(connection, made, tables)


def _expected_records(connection: duckdb.DuckDBPyConnection, table: Table, size: int) -> int:
    """About how many records a file has; 0 where only reading it would tell."""
    if not table.rejects:
        return int(connection.execute(f"select count(*) from {table.source}").fetchall()[0][0])
    with Path(table.file).open("rb") as file:
        start = file.read(_SAMPLE)
    packed = start.startswith(b"\x1f\x8b")
    return 0 if packed else start.count(b"\n") * size // max(len(start), 1)


def _faulty(faults: FaultReport) -> RecordsError | BackendError:
    if not faults:  # what looked like a damaged file was a machine that could not read it
        return _failed("reading did not end")
    n = len(faults)
    return RecordsError(
        f"{n} kind{'s' if n > 1 else ''} of fault in the record files; nothing was changed.",
        mend="Mend the files and publish again.",
        faults=faults,
    )


def _write_all(
    connection: duckdb.DuckDBPyConnection, made: staging.Stage, out_dir: Path, secret: bytes, meter: Meter
) -> tuple[Ingested, ...]:
    counts = connection.execute(f"select period, count(*) from {staging.STAGED} group by 1 order by 1").fetchall()
    written = tuple(Ingested(str(period), out_dir / f"{period}.arrow", int(rows)) for period, rows in counts)
    meter.start("writing", sum(records.rows for records in written))
    for records in written:
        write_period(connection, made, records, secret, lambda n: meter.advance(n, n))
    return written
