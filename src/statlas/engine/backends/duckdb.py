"""Counting by DuckDB: the independent engine that the kernel is held against."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from statlas.engine.nodes import sum_nodes
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, Records, atoms_of


def count(plan: Plan, records: Records) -> RawCube:
    """Counts and key sums of one period by GROUP BY over the atoms of every axis."""
    with duckdb.connect() as connection:
        connection.register("records", _columns(plan, records))
        names = [f"a{i}" for i in range(len(plan.axes))]
        for name, axis in zip(names, plan.axes, strict=True):
            atoms = atoms_of(axis, records)
            connection.register(f"m_{name}", pa.table({"leaf": np.arange(len(atoms)), "atom": atoms}))
        found: dict[str, Any] = connection.sql(_sql(names)).fetchnumpy()
    shape = tuple(axis.n_atoms for axis in plan.axes)
    where = tuple(found[name] for name in names)
    counts, keys = np.zeros(shape, dtype=np.uint64), np.zeros(shape, dtype=np.uint64)
    # Without a field there is one cell and no axis to place it on.
    counts[where] = found["n"] if names else found["n"][0]
    keys[where] = found["k"] if names else found["k"][0]
    summed = sum_nodes(keys, plan.axes) & np.uint64(0xFFFFFFFF)
    return RawCube(sum_nodes(counts, plan.axes).astype(np.int64), summed.astype(np.uint32))


def _columns(plan: Plan, records: Records) -> pa.Table:
    columns = {f"a{i}": records.positions(axis.field.id) for i, axis in enumerate(plan.axes)}
    return pa.table({**columns, "record_key": records.keys})


def _sql(names: list[str]) -> str:
    joins = " ".join(f"JOIN m_{name} ON records.{name} = m_{name}.leaf" for name in names)
    chosen = "".join(f"m_{name}.atom AS {name}, " for name in names)
    group = f" GROUP BY {', '.join(f'm_{name}.atom' for name in names)}" if names else ""
    key_sum = "CAST(coalesce(sum(record_key::HUGEINT), 0) % 4294967296 AS UBIGINT)"
    # Only names made here stand in the text.
    return f"SELECT {chosen}CAST(count(*) AS UBIGINT) AS n, {key_sum} AS k FROM records {joins}{group}"
