"""Writing a period: the staged rows, keyed and sorted, into one Arrow file.

Theory of operation: DuckDB sorts, spilling if it must, and hands over batches; each column of a batch is copied to its
place in a *scratch file* mapped into memory, and the record batch is written straight from there.
So the file has one record batch however many rows it has, and memory stays bounded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.records import keys, layout, units
from statlas.records.staging import STAGED, Stage

BATCH = 1 << 17
"""Rows taken from DuckDB at a time: a measurement of November 2026 found no gain beyond a hundred thousand."""


@dataclass(frozen=True)
class Ingested:
    """The encoded records of one period: ``Ingested("202509", Path(".../202509.arrow"), 63_388)``."""

    period: str
    path: Path
    rows: int


def write_period(
    connection: duckdb.DuckDBPyConnection,
    made: Stage,
    records: Ingested,
    secret: bytes,
    step: Callable[[int], None],
) -> None:
    """Write one period's staged records to their file.

    Args:
        step: told how many records each batch had.
    """
    missing = _missing(connection, made, records.period)
    schema = layout.schema(made.database, records.period, missing)
    query, bound = (
        _sorted(made, records.period, missing),
        {} if units.are_named(made.records) else keys.parameters(secret),
    )
    with _scratch(records.path.with_suffix(".scratch"), schema, records.rows) as columns:
        at = 0
        for batch in connection.execute(query, bound).to_arrow_reader(BATCH):
            for column, part in zip(columns, batch.columns, strict=True):
                column[at : at + len(batch)] = layout.view_of(part)
            at += len(batch)
            step(len(batch))
        assert at == records.rows
        _write(records.path, schema, records.rows, columns)


def _missing(connection: duckdb.DuckDBPyConnection, made: Stage, period: str) -> frozenset[str]:
    """Ids of the measures that have blanks in a period."""
    if not made.measures:
        return frozenset()
    wanted = ", ".join(f"count_if({name} is null)" for name, _ in made.measures)
    [counts] = connection.execute(f"select {wanted} from {STAGED} where period = {period}").fetchall()
    return frozenset(measure.id for (_, measure), n in zip(made.measures, counts, strict=True) if n)


def _sorted(made: Stage, period: str, missing: frozenset[str]) -> str:
    """SQL of a period's rows in the columns and the order of the file."""
    by_id = {f.field.id: f.column for f in made.fields}
    columns = ["record_key", *by_id.values()]
    for name, measure in made.measures:
        columns.append(f"coalesce({name}, 0)")
        columns += [f"cast({name} is null as utinyint)"] if measure.id in missing else []
    weights = [name for name, _ in made.weights]
    columns += weights
    order = [by_id[field_id] for field_id in layout.sort_order(made.database)]
    order += ["record_key", *(name for name, _ in made.measures), *weights]
    return f"select {', '.join(columns)} from ({_keyed(made, period)}) order by {', '.join(order)}"


def _keyed(made: Stage, period: str) -> str:
    """SQL of a period's staged rows with their record keys."""
    rows = f"from {STAGED} where period = {period}"
    if units.are_named(made.records):
        return f"select *, {keys.key_sql('own' if units.has_own_key(made.records) else 'unit')} as record_key {rows}"
    # Equal rows may differ in what is no part of their unit: which is which must not depend on the order of the file.
    order = ", ".join(name for name, _ in made.weights)
    window = f"partition by unit order by {order}" if order else "partition by unit"
    numbered = f"select *, row_number() over ({window}) as ordinal {rows}"
    return f"select *, {keys.row_key_sql('unit', 'ordinal')} as record_key from ({numbered})"


@contextmanager
def _scratch(path: Path, schema: pa.Schema, n_rows: int) -> Iterator[list[NDArray[Any]]]:
    """An array a column, in a file that is gone afterwards; each has room to the next multiple of the alignment."""
    kinds = [layout.kind_of(field.type) for field in schema]
    rooms = [layout.room(kind.itemsize, n_rows) for kind in kinds]
    ends = np.cumsum(rooms).tolist()
    try:
        _take_room(path, ends[-1])
        mapped = np.memmap(path, np.uint8, "r+", shape=ends[-1])
        yield [mapped[end - room : end].view(kind) for kind, room, end in zip(kinds, rooms, ends, strict=True)]
    finally:
        path.unlink(missing_ok=True)


def _take_room(path: Path, size: int) -> None:
    """Make a file of noughts with its room on the disk taken: writing to a map of a full disk kills the process."""
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def _write(path: Path, schema: pa.Schema, n_rows: int, columns: list[NDArray[Any]]) -> None:
    arrays = [
        pa.Array.from_buffers(field.type, n_rows, [None, pa.py_buffer(column)])
        for field, column in zip(schema, columns, strict=True)
    ]
    batch = layout.aligned(pa.RecordBatch.from_arrays(arrays, schema=schema))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema, options=layout.OPTIONS) as writer:
        writer.write_batch(batch)
