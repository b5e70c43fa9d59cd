"""What the standard errors of a survey's sums and means need of its records: exact sums under every weight.

A sum of products is kept in units in which no product is rounded, so that the mean of equal amounts has an error of
exactly none.
64 bits hold such sums for any usual survey; where they may not, arrays hold Python's whole numbers instead.
Surveys are small, so all is added up in one run, the same whichever backend counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.kernel import cells_of_rows
from statlas.engine.plan import Plan
from statlas.engine.raw import Records
from statlas.model.database import Measure

Whole = NDArray[Any]
"""Whole numbers: int64, or Python's own where 64 bits may not hold them."""

_MOST_IN_WORDS = 2**61
"""What the sums of all products must stay below to be kept in 64 bits: twice as much still fits."""


@dataclass(frozen=True, eq=False, repr=False)
class DesignSums:
    """One measure of a survey under each of its weights, of the records with an amount, at the official nodes.

    weights: (1 + replicates, ...) sums of the weight and of each replicate, in units of 10**-precision of the weight.
    sums: (1 + replicates, ...) sums of amounts times weights, in the product of their units, not rounded.
    squares: (3, ...) sums of v, v x and v x² with v = w(w - 1), in the products of their units, as Python's whole
    numbers; None where there are replicates.
    """

    weights: Whole
    sums: Whole
    squares: Whole | None = None

    def __repr__(self) -> str:
        return f"<DesignSums of shape {self.sums.shape}>"


def design_sums(plan: Plan, records: Records) -> dict[str, DesignSums]:
    """For each measure that the plan adds up what its standard errors need; empty where nothing is weighted.

    Args:
        records: of one period, and such that a backend can add them up.
    """
    if plan.database.weight is None or not plan.measures:
        return {}
    cells = cells_of_rows(plan, records)
    return {measure.id: _of_measure(plan, records, measure, cells) for measure in plan.measures}


def _of_measure(plan: Plan, records: Records, measure: Measure, cells: NDArray[np.int64]) -> DesignSums:
    weight, missing = plan.database.weight, records.missing(measure.id)
    assert weight is not None, "only a survey has a design"
    given = slice(None) if missing is None else ~missing
    cells, amounts = cells[given], records.measure(measure.id)[given]
    columns = [column[given] for column in records.weights()]
    kind = np.dtype(np.int64 if _fit(amounts, columns) else object)
    return DesignSums(
        _summed(plan, cells, [column.astype(kind) for column in columns]),
        _summed(plan, cells, [amounts.astype(kind) * column for column in columns]),
        None if weight.replicates else _summed(plan, cells, _squares(amounts, columns[0], 10**weight.precision)),
    )


def _fit(amounts: NDArray[np.int64], columns: list[NDArray[np.int64]]) -> bool:
    """Whether 64 bits hold every sum of products, and a weight times any mean."""
    if not len(amounts):
        return True
    largest = max(int(amounts.max()), -int(amounts.min()))
    return max(int(column.sum()) for column in columns) * max(largest, 1) < _MOST_IN_WORDS


def _squares(amounts: NDArray[np.int64], weights: NDArray[np.int64], one: int) -> list[Whole]:
    """v, v x and v x² of each record, with v = w(w - 1)."""
    w, x = weights.astype(object), amounts.astype(object)
    v = w * (w - one)
    return [v, v * x, v * x * x]


def _summed(plan: Plan, cells: NDArray[np.int64], values: list[Whole]) -> Whole:
    """(values, ...) sums at the official nodes of values of each record."""
    shape = tuple(axis.n_atoms for axis in plan.axes)
    atoms = np.zeros((len(values), int(np.prod(shape, dtype=np.int64))), dtype=values[0].dtype)
    for row, column in zip(atoms, values, strict=True):
        np.add.at(row, cells, column)
    found: Whole = atoms.reshape(len(values), *shape)
    for position, axis in enumerate(plan.axes, start=1):
        found = _along(found, axis, position)
    return found


def _along(atoms: Whole, axis: FieldAxis, position: int) -> Whole:
    """Sums at the nodes of one axis from sums at its atoms."""
    starts, held = axis.node_atoms
    nodes = [held[start:end] for start, end in pairwise(starts)]
    return np.stack([atoms.take(node, axis=position).sum(axis=position) for node in nodes], axis=position)
