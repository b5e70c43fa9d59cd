"""Slow, obvious and right: one record at a time, one node at a time, and whole numbers of any size."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.contributions import SQUARES, WEIGHTS, contribution_definition, refuse_total
from statlas.engine.plan import Plan
from statlas.engine.raw import N_TOP, RawCube, RawMeasure, Records
from statlas.engine.replicates import DesignSums
from statlas.model.database import Measure, Weight

_Cells = dict[tuple[int, ...], list[int]]
"""For every cell that holds some, the rows of its records."""


def count(plan: Plan, records: Records) -> RawCube:
    """Counts, key sums and what measures add up to, of one period, by looking at every record in turn.

    Raises:
        BackendError: amounts or weights are too large to be added up exactly.
    """
    cells = _cells(plan, records)
    counts, keys = _count(plan, records, cells)
    measures = {measure.id: _measure(plan, records, cells, measure) for measure in plan.measures}
    weight = plan.database.weight
    weights, squares = (None, None) if weight is None else _weights(plan, records, cells, weight)
    return RawCube(counts, keys, measures, weights, squares)


def design_sums(plan: Plan, records: Records) -> dict[str, DesignSums]:
    """What ``engine.replicates.design_sums`` gives, by looking at every record in turn."""
    weight, cells = plan.database.weight, _cells(plan, records)
    if weight is None:
        return {}
    columns, found = [[int(w) for w in column] for column in records.weights()], {}
    v = [w * (w - 10**weight.precision) for w in columns[0]]
    for measure in plan.measures:
        x, missing = [int(amount) for amount in records.measure(measure.id)], records.missing(measure.id)
        given = {cell: [row for row in rows if missing is None or not missing[row]] for cell, rows in cells.items()}
        powers = [[v[row] * x[row] ** power for row in range(len(x))] for power in range(3)]
        found[measure.id] = DesignSums(
            np.stack([_whole(plan, given, w) for w in columns]),
            np.stack([_whole(plan, given, [w[row] * x[row] for row in range(len(x))]) for w in columns]),
            None if weight.replicates else np.stack([_whole(plan, given, values) for values in powers]),
        )
    return found


def _whole(plan: Plan, cells: _Cells, values: list[int]) -> NDArray[np.object_]:
    """Sums of values of the records of every cell, as whole numbers of any size."""
    sums = np.zeros(plan.shape, dtype=object)
    for cell, rows in cells.items():
        sums[cell] = sum(values[row] for row in rows)
    return sums


def _cells(plan: Plan, records: Records) -> _Cells:
    cells: _Cells = defaultdict(list)
    for row in range(records.n_rows):
        held_by = [_nodes_of(axis, _leaf(axis, records, row)) for axis in plan.axes]
        for cell in product(*held_by):
            cells[cell].append(row)
    return cells


def _leaf(axis: FieldAxis, records: Records, row: int) -> int:
    return int(records.translation(axis.field.id)[records.positions(axis.field.id)[row]])


def _nodes_of(axis: FieldAxis, leaf: int) -> list[int]:
    members = axis.field.classification.members
    return [p for p, node in enumerate(axis.nodes) if node is None or leaf in members[node]]


def _count(plan: Plan, records: Records, cells: _Cells) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    counts, keys = np.zeros(plan.shape, dtype=np.int64), np.zeros(plan.shape, dtype=np.uint32)
    for cell, rows in cells.items():
        counts[cell] = len(rows)
        keys[cell] = sum(int(records.keys[row]) for row in rows) % 2**32
    return counts, keys


def _measure(plan: Plan, records: Records, cells: _Cells, measure: Measure) -> RawMeasure:
    given = _contributions(records, measure, plan.database.weight)
    refuse_total(measure.id, sum(abs(x) for x in given.values()))
    with_amount = {cell: [row for row in rows if row in given] for cell, rows in cells.items()}
    not_zero = {cell: [row for row in rows if given[row] != 0] for cell, rows in with_amount.items()}
    sums, top = np.zeros(plan.shape, dtype=np.int64), np.zeros((N_TOP, *plan.shape), dtype=np.int64)
    for cell, rows in not_zero.items():
        found = sorted((given[row] for row in rows), key=lambda x: (-abs(x), -x))
        sums[cell] = sum(found)
        for place, x in enumerate(found[:N_TOP]):
            top[(place, *cell)] = x
    return RawMeasure(*_count(plan, records, with_amount), sums, *_count(plan, records, not_zero), top)


def _contributions(records: Records, measure: Measure, weight: Weight | None) -> dict[int, int]:
    """What every record that has an amount contributes."""
    amounts, missing = records.measure(measure.id), records.missing(measure.id)
    rows = [row for row in range(records.n_rows) if missing is None or not missing[row]]
    if weight is None:
        return {row: int(amounts[row]) for row in rows}
    weights = records.weights()[0]
    return {row: contribution_definition(int(amounts[row]), int(weights[row]), weight.precision) for row in rows}


def _weights(
    plan: Plan, records: Records, cells: _Cells, weight: Weight
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    columns = [[int(w) for w in column] for column in records.weights()]
    one = 10**weight.precision
    squares = [contribution_definition(w - one, w, weight.precision) for w in columns[0]]
    summed = np.stack([_sums(plan, cells, column, WEIGHTS) for column in columns])
    return summed, _sums(plan, cells, squares, SQUARES)


def _sums(plan: Plan, cells: _Cells, values: list[int], what: str) -> NDArray[np.int64]:
    refuse_total(what, sum(abs(value) for value in values))
    sums = np.zeros(plan.shape, dtype=np.int64)
    for cell, rows in cells.items():
        sums[cell] = sum(values[row] for row in rows)
    return sums
