"""Opening encoded records: memory-mapped, nothing read before it is used."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.errors import HomeError
from statlas.model.database import Database
from statlas.records import layout

_BLOCK = 1 << 17
"""Positions compared at once: arbitrary, a part of a second-level cache."""


def open_period(path: Path, database: Database) -> PeriodRecords:
    """The encoded records of one period, read as records of ``database``.

    Raises:
        HomeError: the file is missing or damaged, or is not one of this database.
    """
    try:
        with pa.memory_map(str(path)) as source:
            batch = pa.ipc.open_file(source).get_batch(0)
    except (OSError, IndexError, pa.ArrowInvalid) as error:
        raise _damaged(path) from error
    header = layout.read_header(batch.schema)
    if header is None or header.database != database.id:
        raise _damaged(path)
    return PeriodRecords(batch, header, database)


def _damaged(path: Path) -> HomeError:
    return HomeError(
        f"The file of encoded records {path.name[:12]}... cannot be read.",
        mend="Restore the home from a backup; `statlas verify` lists what is damaged.",
    )


def _ascend(positions: NDArray[np.unsignedinteger]) -> bool:
    """Whether none is below the one before; looked at in blocks that stay in cache."""
    n = len(positions)
    blocks = (positions[first : first + _BLOCK + 1] for first in range(0, n, _BLOCK))
    return all(bool((block[1:] >= block[:-1]).all()) for block in blocks)


@lru_cache(maxsize=64)
def _identity(n: int) -> NDArray[np.int32]:
    """0 to n - 1, read-only: one array for all periods, so that what follows from it can be kept."""
    found = np.arange(n, dtype=np.int32)
    found.flags.writeable = False
    return found


class PeriodRecords:
    """The records of one period, one row a unit: ``open_period(path, database)``.

    Arrays are views of mapped memory and cannot be written to. Nothing here is public.
    """

    def __init__(self, batch: pa.RecordBatch, header: layout.Header, database: Database) -> None:
        self.table = pa.Table.from_batches([batch])
        self._batch = batch
        self.database = database
        self.header = header
        self._columns: dict[str, NDArray[Any]] = {}
        self._translations: dict[str, NDArray[np.int32]] = {}

    def __len__(self) -> int:
        return self.n_rows

    @property
    def period(self) -> str:
        """The period code."""
        return self.header.period

    @property
    def n_rows(self) -> int:
        """How many records there are."""
        return int(self.table.num_rows)

    @property
    def keys(self) -> NDArray[np.uint32]:
        """(n_rows,) uint32, the record keys."""
        return self._column(layout.KEY)

    def positions(self, field_id: str) -> NDArray[np.unsignedinteger]:
        """(n_rows,) uint8, uint16 or uint32: positions among the leaves *of the file*; see ``translation``."""
        return self._column(field_id)

    def is_current(self, field_id: str) -> bool:
        """Whether the file's leaves of a field are today's, in order: then ``translation`` is the identity."""
        return self.header.leaves[field_id] == self.database.field(field_id).classification.leaves_digest

    def translation(self, field_id: str) -> NDArray[np.int32]:
        """(leaves of the file,) int32: the position of each among today's leaves of the database, -1 if it is gone."""
        if field_id not in self._translations:
            self._translations[field_id] = self._translation(field_id)
        return self._translations[field_id]

    def _translation(self, field_id: str) -> NDArray[np.int32]:
        field = self.database.field(field_id)
        if self.is_current(field_id):
            return _identity(len(field.classification.leaves))
        today = {leaf: position for position, leaf in enumerate(field.classification.leaves)}
        return np.array([today.get(leaf, -1) for leaf in layout.read_leaves(self.table.schema, field_id)], np.int32)

    def starts(self, field_id: str) -> NDArray[np.int64] | None:
        """(leaves of the file + 1,) int64: where the rows of each leaf begin, the number of rows last.

        None where they do not stand in order: of all fields but one, and after a definition came to sort by another.
        """
        return self._starts if field_id == self._ordered_by else None

    @cached_property
    def _ordered_by(self) -> str | None:
        return next(iter(layout.sort_order(self.database)), None)

    @cached_property
    def _starts(self) -> NDArray[np.int64] | None:
        assert self._ordered_by is not None, "asked for a field only"
        positions = self.positions(self._ordered_by)
        if not _ascend(positions):
            return None
        leaves = np.arange(len(self.translation(self._ordered_by)), dtype=positions.dtype)
        return np.append(np.searchsorted(positions, leaves), len(positions)).astype(np.int64)

    def measure(self, measure_id: str) -> NDArray[np.int64]:
        """(n_rows,) int64, amounts times ``10**precision``; 0 where missing."""
        return self._column(measure_id)

    def missing(self, measure_id: str) -> NDArray[np.bool_] | None:
        """(n_rows,) bool, where an amount was blank; None if none was."""
        name = layout.missing_column(self.database.measure(measure_id))
        return self._column(name).view(np.bool_) if name in self.table.column_names else None

    def weights(self) -> tuple[NDArray[np.int64], ...]:
        """(n_rows,) int64 weights times ``10**precision``, then each replicate; empty where nothing is weighted."""
        return tuple(self._column(name) for name in layout.weight_columns(self.database))

    def _column(self, name: str) -> NDArray[Any]:
        if name not in self._columns:
            self._columns[name] = layout.view_of(self._batch.column(name))
        return self._columns[name]
