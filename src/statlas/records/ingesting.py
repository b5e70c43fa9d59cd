"""Ingest: record files in, one file of encoded records a period out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from statlas.errors import RecordsError
from statlas.model.database import Database
from statlas.records import staging, writing
from statlas.tabular import connect, open_files, reading

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and records a second."""


@dataclass(frozen=True)
class Ingested:
    """The encoded records of one period: ``Ingested("202509", Path(".../202509.arrow"), 63_388)``."""

    period: str
    path: Path
    rows: int


def ingest(
    database: Database,
    files: Sequence[Path],
    *,
    secret: bytes,
    out_dir: Path,
    period: str | None = None,
    progress: Progress | None = None,
    memory_limit: str = "1GB",
    threads: int | None = None,
) -> tuple[Ingested, ...]:
    """Encode record files, or folders of them, into one Arrow file a period in ``out_dir``; periods oldest first.

    Args:
        secret: the family's; never written anywhere.
        out_dir: a private folder; what does not fit into memory spills there too.
        period: every record must be of it; None takes whatever periods there are.
        memory_limit: as DuckDB writes it; the arrays of one period come on top, as mapped files.

    Raises:
        RecordsError: with every fault of every file; nothing of value is left in ``out_dir``.
    """
    with connect(memory_limit=memory_limit, temp_dir=out_dir / "spill", threads=threads) as connection:
        connection.execute("set preserve_insertion_order = false")
        tables, faults = open_files(connection, files)
        if faults:
            raise RecordsError("The record files have faults; nothing was changed.", faults=faults)
        made = staging.stage(connection, database)
        for table in tables:
            with reading(table):
                staging.fill(connection, made, table, secret)
        return _write(connection, made, out_dir)


def _write(connection: duckdb.DuckDBPyConnection, made: staging.Stage, out_dir: Path) -> tuple[Ingested, ...]:
    found = connection.execute(f"select distinct period from {staging.STAGED} order by period").fetchall()
    written = []
    for (period,) in found:
        path = out_dir / f"{period}.arrow"
        written.append(
            Ingested(str(period), path, writing.write_period(connection, made, period, path, lambda _: None))
        )
    return tuple(written)
