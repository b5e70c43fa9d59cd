"""From frames to Parquet files that say they are synthetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from statlas.demonstration.columns import Coded, Frame, Numbers

DIGITS = 8
SYNTHETIC = "synthetic: drawn at random by Statlas; no row is about a person"


def references(prefix: str, first: int, n: int) -> pa.Array:
    """(n,) unit ids ``SYN-HB-00000001`` that nobody can take for real ones."""
    numbers = np.arange(first, first + n, dtype=np.int64)
    width = len(prefix) + DIGITS
    letters = np.empty((n, width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    for place in range(DIGITS):
        letters[:, width - 1 - place] = ord("0") + numbers // 10**place % 10
    offsets = np.arange(0, (n + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(letters))


def table(frame: Frame, unit: tuple[str, pa.Array], money: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """The columns of a frame as Arrow: codes as dictionaries of text, money as pounds, other numbers whole.

    A missing number is null.
    """
    arrays = {unit[0]: unit[1]}
    for name, column in frame.items():
        if isinstance(column, Coded):
            codes = pa.array(column.codes, pa.string())
            arrays[name] = pa.DictionaryArray.from_arrays(pa.array(column.positions), codes)
        elif name in columns:
            arrays[name] = _pounds(column) if name in money else _whole(column)
    return pa.table({name: arrays[name] for name in columns})


def _pounds(amounts: Numbers) -> pa.Array:
    """Pounds as doubles, the nearest to whole pence, with a missing amount null.

    Not decimals: DuckDB reads doubles of whole pence three times as fast as it checks decimals (November 2026).
    """
    return pa.array(np.round(amounts, 2), from_pandas=True)


def _whole(numbers: Numbers) -> pa.Array:
    if numbers.dtype != np.float64:
        return pa.array(numbers)
    missing = np.isnan(numbers)
    return pa.array(np.where(missing, 0, numbers).astype(np.int32), mask=missing)


class Files:
    """Parquet files in a folder, each written part by part; a period is a part."""

    def __init__(self, folder: Path, unit: str, about: Mapping[str, str]) -> None:
        self._folder = folder
        self._unit = unit
        self._about = {"statlas.synthetic": SYNTHETIC, **about}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def append(self, name: str, rows: pa.Table) -> int:
        """Add rows to the file of that name; how many they are."""
        if name not in self._writers:
            schema = rows.schema.with_metadata(self._about)
            self._writers[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet",
                schema,
                compression="snappy",
                use_dictionary=[field.name for field in schema if field.name != self._unit],
                column_encoding={self._unit: "DELTA_BYTE_ARRAY"},
                write_statistics=False,
            )
        self._writers[name].write_table(rows.replace_schema_metadata(self._about))
        return int(rows.num_rows)

    def close(self) -> None:
        """Finish every file."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
