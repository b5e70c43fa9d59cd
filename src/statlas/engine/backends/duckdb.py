"""Counting by DuckDB: the independent engine that the kernel is held against.

Columns are named here, and no name of a database stands in a statement: ``a0``, ``a1`` ... are the axes, ``x0`` ...
the contributions to measures, null where blank, ``w0`` ... the weight and its replicates, ``s`` is w(w - 1).
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.contributions import SQUARES, WEIGHTS, contributions_of, ranks_of, refuse_total, too_large
from statlas.engine.nodes import merge_nodes, sum_nodes
from statlas.engine.plan import Plan
from statlas.engine.raw import N_TOP, RawCube, RawMeasure, Records, atoms_of
from statlas.model.database import Weight


def count(plan: Plan, records: Records) -> RawCube:
    """Counts, key sums and what measures add up to, of one period, by GROUP BY over the atoms of every axis.

    Raises:
        BackendError: amounts or weights are too large to be added up exactly.
    """
    weight = plan.database.weight
    with duckdb.connect() as connection:
        connection.register("records", _columns(plan, records))
        for i, axis in enumerate(plan.axes):
            atoms = atoms_of(axis, records)
            connection.register(f"m{i}", pa.table({"leaf": np.arange(len(atoms)), "atom": atoms}))
        connection.execute(f"CREATE TEMP TABLE cells AS {_cells(plan, weight)}")
        counts, keys = _records(connection, plan.axes, "true")
        measures = {m.id: _measure(connection, plan.axes, f"x{i}", m.id) for i, m in enumerate(plan.measures)}
        weights, squares = (None, None) if weight is None else _weights(connection, plan.axes, weight)
    return RawCube(counts, keys, measures, weights, squares)


def _columns(plan: Plan, records: Records) -> pa.Table:
    columns: dict[str, NDArray[Any]] = {"record_key": records.keys}
    columns |= {f"a{i}": records.positions(axis.field.id) for i, axis in enumerate(plan.axes)}
    for i, measure in enumerate(plan.measures):
        missing = records.missing(measure.id)
        columns[f"x{i}"] = records.measure(measure.id)
        columns[f"b{i}"] = np.zeros(records.n_rows, dtype=np.bool_) if missing is None else missing
    if plan.database.weight is not None:
        columns |= {f"w{i}": weights for i, weights in enumerate(records.weights())}
    return pa.table(columns)


def _cells(plan: Plan, weight: Weight | None) -> str:
    """Every record with its atoms, contributions and weights, in whole numbers of 128 bits."""
    chosen = [f"m{i}.atom AS a{i}" for i in range(len(plan.axes))]
    for i in range(len(plan.measures)):
        contribution = f"x{i}::HUGEINT" if weight is None else _times_weight(f"x{i}::HUGEINT", weight)
        chosen.append(f"CASE WHEN b{i} THEN NULL ELSE {contribution} END AS x{i}")
    if weight is not None:
        chosen += [f"w{i}::HUGEINT AS w{i}" for i in range(1 + len(weight.replicates))]
        chosen.append(f"{_times_weight(f'(w0::HUGEINT - {10**weight.precision})', weight)} AS s")
    joins = " ".join(f"JOIN m{i} ON records.a{i} = m{i}.leaf" for i in range(len(plan.axes)))
    return f"SELECT {', '.join([*chosen, 'record_key'])} FROM records {joins}"


def _times_weight(value: str, weight: Weight) -> str:
    """A value times the weight in the value's unit, rounded half to even."""
    one, product = 10**weight.precision, f"({value} * w0)"
    whole, twice = f"(abs({product}) // {one})", f"(abs({product}) % {one} * 2)"
    up = f"({twice} > {one} OR ({twice} = {one} AND {whole} % 2 = 1))"
    return f"(sign({product}) * ({whole} + CASE WHEN {up} THEN 1 ELSE 0 END))"


def _at_atoms(
    connection: duckdb.DuckDBPyConnection, axes: tuple[FieldAxis, ...], columns: list[str]
) -> NDArray[np.uint64]:
    """(columns, atoms of every axis) uint64, one aggregate a column; 0 where no record is."""
    names = [f"a{i}" for i in range(len(axes))]
    named = [f"coalesce({column}, 0)::BIGINT AS c{i}" for i, column in enumerate(columns)]
    group = f" GROUP BY {', '.join(names)}" if names else ""
    found = connection.sql(f"SELECT {', '.join([*names, *named])} FROM cells{group}").fetchnumpy()
    out = np.zeros((len(columns), *(axis.n_atoms for axis in axes)), dtype=np.uint64)
    for i in range(len(columns)):
        # Without a field there is one cell and no axis to place it on.
        numbers = np.asarray(found[f"c{i}"]).astype(np.uint64)
        out[(i, *(found[name] for name in names))] = numbers if names else numbers[0]
    return out


def _of_records(condition: str) -> list[str]:
    """Aggregates of the records for which a condition holds: their number and their key sum modulo 2^32."""
    return [
        f"count(*) FILTER (WHERE {condition})",
        f"sum(record_key::HUGEINT) FILTER (WHERE {condition}) % {2**32}",
    ]


def _records(
    connection: duckdb.DuckDBPyConnection, axes: tuple[FieldAxis, ...], condition: str
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Counts and key sums, at the official nodes, of the records for which a condition holds."""
    counts, keys = (sum_nodes(part, axes) for part in _at_atoms(connection, axes, _of_records(condition)))
    return counts.astype(np.int64), (keys % 2**32).astype(np.uint32)


def _measure(connection: duckdb.DuckDBPyConnection, axes: tuple[FieldAxis, ...], x: str, measure_id: str) -> RawMeasure:
    _refuse(connection, x, measure_id)
    ranked = f"list({x} ORDER BY abs({x}) DESC, {x} DESC) FILTER (WHERE {x} <> 0)"
    atoms = _at_atoms(connection, axes, [*(f"{ranked}[{place}]" for place in range(1, N_TOP + 1)), f"sum({x})"])
    atoms[:N_TOP] = ranks_of(atoms[:N_TOP].astype(np.int64))
    cells = np.ascontiguousarray(np.moveaxis(atoms, 0, -1))
    words = np.ascontiguousarray(np.moveaxis(merge_nodes(cells, axes), -1, 0))
    given, nonzero = (_records(connection, axes, f"{x} {test}") for test in ("IS NOT NULL", "<> 0"))
    return RawMeasure(*given, words[N_TOP].astype(np.int64), *nonzero, contributions_of(words[:N_TOP]))


def _weights(
    connection: duckdb.DuckDBPyConnection, axes: tuple[FieldAxis, ...], weight: Weight
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    names = [f"w{i}" for i in range(1 + len(weight.replicates))]
    for name, what in (*((name, WEIGHTS) for name in names), ("s", SQUARES)):
        _refuse(connection, name, what)
    found = _at_atoms(connection, axes, [f"sum({name})" for name in (*names, "s")])
    sums = np.stack([sum_nodes(part, axes) for part in found]).astype(np.int64)
    return sums[:-1], sums[-1]


def _refuse(connection: duckdb.DuckDBPyConnection, column: str, what: str) -> None:
    """Refuse a column whose absolute values are too large together, for 64 bits or even for 128."""
    try:
        ((total,),) = connection.sql(f"SELECT coalesce(sum(abs({column})), 0) FROM cells").fetchall()
    except duckdb.OutOfRangeException:  # its words may quote a value
        raise too_large(what) from None
    refuse_total(what, int(total))
