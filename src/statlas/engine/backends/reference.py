"""Slow, obvious and right: one record at a time, one node at a time."""

from __future__ import annotations

from itertools import product

import numpy as np

from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.engine.raw import RawCube, Records


def count(plan: Plan, records: Records) -> RawCube:
    """Counts and key sums of one period, by looking at every record in turn."""
    counts = np.zeros(plan.shape, dtype=np.int64)
    keys = np.zeros(plan.shape, dtype=np.uint64)
    for row in range(records.n_rows):
        held_by = [_nodes_of(axis, _leaf(axis, records, row)) for axis in plan.axes]
        for cell in product(*held_by):
            counts[cell] += 1
            keys[cell] += np.uint64(records.keys[row])
    return RawCube(counts, (keys % np.uint64(2**32)).astype(np.uint32))


def _leaf(axis: FieldAxis, records: Records, row: int) -> int:
    return int(records.translation(axis.field.id)[records.positions(axis.field.id)[row]])


def _nodes_of(axis: FieldAxis, leaf: int) -> list[int]:
    members = axis.field.classification.members
    return [p for p, node in enumerate(axis.nodes) if node is None or leaf in members[node]]
