"""Writing a period: its rows of packed words, sorted and taken apart, into one Arrow file.

Theory of operation: rows are moved to buckets in a *scratch file* mapped into memory, sorted there some buckets at a
time (``sorting``), and each column is written in that order to its place in another, from which the record batch is
written.
So the file has one record batch however many rows it has, and what memory is needed the system can take back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.model.database import Database
from statlas.records import keys, layout, sorting, units
from statlas.records.hashing import Secret
from statlas.records.rows import PeriodRows

_TOGETHER = 1 << 16
"""Rows sorted at a time, unless a bucket has more: arbitrary, a few megabytes."""

Columns = list[NDArray[Any]]


@dataclass(frozen=True)
class Ingested:
    """The encoded records of one period: ``Ingested("202509", Path(".../202509.arrow"), 63_388)``."""

    period: str
    path: Path
    rows: int


def write_period(
    database: Database,
    rows: PeriodRows,
    records: Ingested,
    secret: Secret,
    pool: ThreadPoolExecutor,
    step: Callable[[int], None],
) -> None:
    """Write one period's rows to their file, and remove theirs.

    Args:
        step: told how many records each part had.
    """
    schema = layout.schema(database, records.period, rows.missing)
    n_words = rows.packing.n_words
    with (
        _scratch(records.path.with_suffix(".scratch"), [np.dtype(np.uint64)], rows.n_rows * n_words) as [room],
        _scratch(records.path.with_suffix(".columns"), list(map(layout.kind_of, schema.types)), rows.n_rows) as columns,
    ):
        placed = room[: rows.n_rows * n_words].reshape(rows.n_rows, n_words)
        bounds = _place(placed, rows, None if units.are_named(database.records) else _row_keys(rows, secret))
        rows.path.unlink()
        for n in pool.map(lambda part: _write_part(columns, placed, part, rows), _parts(bounds)):
            step(n)
        _write(records.path, schema, records.rows, columns)


def _row_keys(rows: PeriodRows, secret: Secret) -> NDArray[np.uint64]:
    """The record keys of rows that are their own units, in the high 32 bits."""
    packing = rows.packing
    return keys.row_keys(secret, rows.word(packing.unit), tuple(rows.word(word) for word in packing.weights))


def _place(placed: NDArray[np.uint64], rows: PeriodRows, row_keys: NDArray[np.uint64] | None) -> NDArray[np.int64]:
    """Move rows to their buckets; (n_buckets + 1,) int64, where these begin.

    Args:
        row_keys: what keys come from, if not from what the rows say.
    """
    shift = sorting.bucket_shift(rows.n_rows)
    bounds = np.zeros((1 << (64 - shift)) + 1, np.int64)
    for block in rows.blocks():
        sorting.count_buckets(bounds[1:], block, shift)
    bounds = np.cumsum(bounds)
    ends, first = bounds[:-1].copy(), 0
    for block in rows.blocks():
        if row_keys is not None:
            block[:, rows.packing.own] = row_keys[first : first + len(block)]
        sorting.place_rows(placed, ends, block, shift)
        first += len(block)
    return bounds


def _parts(bounds: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The buckets in parts of about as many rows: the bounds of those of each."""
    first = 0
    while first < len(bounds) - 1:
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + _TOGETHER, "right")) - 1)
        yield bounds[first : last + 1]
        first = last


def _write_part(columns: Columns, placed: NDArray[np.uint64], bounds: NDArray[np.int64], rows: PeriodRows) -> int:
    """Sort some buckets, and write each column of them to its place; how many rows they have."""
    part = slice(int(bounds[0]), int(bounds[-1]))
    packing, ours = rows.packing, placed[part]
    index, equal = np.empty(len(ours), np.uint32), np.empty(len(ours), np.bool_)
    if sorting.sort_buckets(index, equal, ours, bounds - bounds[0], packing.masks, packing.own):
        index = sorting.settled(packing, ours, index, equal)
    for column, place in zip(columns, packing.columns(rows.missing), strict=True):
        sorting.unpack(column[part], ours, index, np.uint64(place.word), np.uint64(place.shift), np.uint64(place.mask))
    return len(ours)


@contextmanager
def _scratch(path: Path, kinds: list[np.dtype[Any]], n_rows: int) -> Iterator[Columns]:
    """An array a column, in a file that is gone afterwards; each has room to the next multiple of the alignment."""
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
