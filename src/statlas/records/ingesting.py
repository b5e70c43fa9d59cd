"""Ingest: record files in, one file of encoded records a period out.

Theory of operation: files are read once, encoded on the way into rows of packed words (``staging``), and written from
there period by period (``writing``).
Only if something looked wrong are they read again, to say what and where (``checking``).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from statlas.errors import BackendError, RecordsError
from statlas.model.database import Database
from statlas.model.faults import FaultReport
from statlas.records import checking, staging
from statlas.records.hashing import Secret, secret_of
from statlas.records.progress import Meter, Progress
from statlas.records.rows import RowFiles
from statlas.records.writing import Ingested, write_period
from statlas.tabular import Table, UnreadableError, connect, open_files, reading

MEMORY_LIMIT = "1500MB"
"""What DuckDB may take before it spills: reading needs a part of it, looking for units that stand twice more."""

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
        memory_limit: as DuckDB writes it; the rows and columns of one period come on top, in mapped files.
        threads: None means all cores; the files are the same whatever it is.

    Raises:
        RecordsError: with every fault of every file; no file has been written.
        QueryError: the period is none, or needs to be named.
        BackendError: memory or disk does not suffice.
    """
    only = staging.only_period(database, period)
    meter = Meter(progress)
    with _failing(), _folder(out_dir) as folder, ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        keyed = pool.submit(secret_of, secret)  # loads compiled loops, while DuckDB begins to read
        staged = RowFiles(database, folder, checking.watched(database))
        with _connected(folder, memory_limit, threads) as connection:
            meter.start("opening", 1)
            tables, unopened = open_files(connection, files)
            made = staging.begin(connection, database, only)
            if unopened or not _stage_all(connection, made, tables, staged, keyed, pool, meter):
                meter.start("finding faults", 1)
                raise _faulty(unopened + checking.report(connection, made, tables))
        return _write_all(database, staged, out_dir, keyed.result(), pool, meter)


@contextmanager
def _failing() -> Iterator[None]:
    """A context in which what fails by no fault of the files becomes ``BackendError``."""
    try:
        yield
    except duckdb.Error as error:
        # The engine's own words may quote a value, so the error travels without them.
        raise _failed(type(error).__name__) from None
    except OSError as error:
        raise _failed(error.strerror or "the disk failed") from error


@contextmanager
def _folder(out_dir: Path) -> Iterator[Path]:
    """A folder for what is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rows-", dir=out_dir) as folder:
        yield Path(folder)


@contextmanager
def _connected(folder: Path, memory_limit: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(memory_limit=memory_limit, temp_dir=folder / "spill", threads=threads) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = true")
        connection.execute("set enable_progress_bar_print = false")
        yield connection


def _failed(why: str) -> BackendError:
    return BackendError(
        f"The records could not be encoded ({why}).",
        mend="See that there is room in memory and on the disk, then publish again.",
    )


def _stage_all(
    connection: duckdb.DuckDBPyConnection,
    made: staging.Stage,
    tables: Sequence[Table],
    staged: RowFiles,
    secret: Future[Secret],
    pool: ThreadPoolExecutor,
    meter: Meter,
) -> bool:
    """Encode every file into rows; false as soon as anything is wrong."""
    if any(checking.missing_columns(made.database, table) for table in tables):
        return False
    sizes = [Path(table.file).stat().st_size for table in tables]
    meter.start("reading", sum(sizes))
    for table, size in zip(tables, sizes, strict=True):
        told = meter.part(connection, size, _expected_records(connection, table, size))
        try:
            with reading(table):
                n_records = staging.fill(connection, made, table, staged, secret, pool, told)
        except (UnreadableError, staging.FaultyError):
            return False
        meter.advance(size, n_records)
        if not n_records:
            return False
    meter.start("checking", 1)
    return bool(tables) and not checking.suspicious(connection, made, tables, staged)


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
    database: Database, staged: RowFiles, out_dir: Path, secret: Secret, pool: ThreadPoolExecutor, meter: Meter
) -> tuple[Ingested, ...]:
    found = sorted(staged.periods.items())
    written = tuple(Ingested(str(period), out_dir / f"{period}.arrow", rows.n_rows) for period, rows in found)
    meter.start("writing", sum(records.rows for records in written))
    for records, (_, rows) in zip(written, found, strict=True):
        write_period(database, rows, records, secret, pool, lambda n: meter.advance(n, n))
    return written
