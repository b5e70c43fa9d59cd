"""The same counts and key sums by other engines, on the same encoded columns in memory, and the time to read them.

Each gets what suits it: a column of authorities beside the small areas, the narrowest types, its own kind of table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from statlas.engine.runs import in_runs

KEY = "record_key"
Columns = dict[str, NDArray[Any]]


def duckdb_of(columns: Columns) -> Callable[[Sequence[str]], pa.Table]:
    """What counts by DuckDB, from a table of its own."""
    connection = duckdb.connect()
    connection.register("given", pa.table(columns))
    connection.execute("CREATE TABLE people AS FROM given")
    connection.unregister("given")

    def count(by: Sequence[str]) -> pa.Table:
        names = ", ".join(by)
        found = f"SELECT {names}, count(*) AS n, sum({KEY}) AS keys FROM people GROUP BY {names}"  # noqa: S608 - ours
        return connection.execute(found).to_arrow_table()

    return count


def polars_of(columns: Columns) -> Callable[[Sequence[str]], pl.DataFrame]:
    """What counts by Polars, from a frame."""
    people = pl.DataFrame(columns)

    def count(by: Sequence[str]) -> pl.DataFrame:
        return people.group_by(by).agg(pl.len().alias("n"), pl.col(KEY).sum().alias("keys"))

    return count


def read_once(columns: Sequence[NDArray[Any]]) -> int:
    """Read every byte of some columns once, on all cores: the floor under any scan of them."""
    words = [column.view(np.uint8)[: column.nbytes // 8 * 8].view(np.uint64) for column in columns]

    def read(rows: slice) -> int:
        share = rows.start, rows.stop, len(words[0])
        return sum(
            int(np.bitwise_xor.reduce(w[len(w) * share[0] // share[2] : len(w) * share[1] // share[2]])) for w in words
        )

    return sum(in_runs(read, len(words[0])))
