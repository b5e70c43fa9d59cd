"""Exact percentiles of amounts, for databases that are published as they are (decisions page, D6).

The p-th percentile of a cell is the smallest amount at or below which lie p percent of those records of the cell that
have an amount; in a survey p percent of their weight.

Theory of operation: the records of a date item are sorted once, by the atoms in which they lie and by amount.
Every cell of the answer, a group and a total as well, is then a few sorted runs, and its percentile is found by halving
the interval from its smallest to its largest amount: how many records lie at or below the middle is a binary search in
each run.
No amount is copied for a cell, however many cells a record lies in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled
from statlas.engine.axes import FieldAxis
from statlas.engine.contributions import WEIGHTS, too_large
from statlas.engine.kernel import cells_of_rows
from statlas.engine.plan import Plan
from statlas.engine.raw import Records
from statlas.engine.runs import in_runs, n_runs_for
from statlas.errors import BackendError

_LARGEST_WEIGHT = (2**63 - 1) // 100
"""The most that weights may come to together, so that p times their sum fits into 64 bits."""


def percentile_definition(amounts: Sequence[int], p: int, weights: Sequence[int] | None = None) -> int:
    """The smallest amount at or below which p percent of the weight lies, by the formula; 0 where there is none."""
    pairs = sorted(zip(amounts, weights or [1] * len(amounts), strict=True))
    total, reached = sum(weight for _, weight in pairs), 0
    for amount, weight in pairs:
        reached += weight
        if 100 * reached >= p * total:
            return amount
    return 0


def percentiles(
    plan: Plan, periods: Sequence[Sequence[Records]], measure_id: str, ps: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Exact percentiles of a measure at every cell of the answer; never for a protected database.

    Args:
        periods: for each date item the records of the periods it adds up.
        ps: percentages from 1 to 99.

    Returns:
        values: (len(ps), date items, items of each axis) int64 in units of 10**-precision; 0 where no record has an
            amount.
        counts: (date items, items of each axis) int64, records that have an amount.

    Raises:
        BackendError: weights are too large to be added up exactly, or below 0.
    """
    assert set(ps) <= set(range(1, 100)), ps
    found = [_one_date(plan, records, measure_id, ps) for records in periods]
    return np.stack([values for values, _ in found], axis=1), np.stack([counts for _, counts in found])


def percentile(
    plan: Plan, periods: Sequence[Sequence[Records]], measure_id: str, p: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One percentile: ``percentiles`` with values in the shape of the counts."""
    values, counts = percentiles(plan, periods, measure_id, (p,))
    return values[0], counts


def _one_date(
    plan: Plan, periods: Sequence[Records], measure_id: str, ps: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ordered = _ordered(plan, periods, measure_id)
    shape = tuple(len(axis.covers) for axis in plan.axes)
    members = _members(plan.axes, ordered.cells)
    values = np.zeros((len(ps), int(np.prod(shape, dtype=np.int64))), dtype=np.int64)
    counts = np.zeros(values.shape[1], dtype=np.int64)
    n_runs = min(n_runs_for(100 * len(members.runs)), len(counts))
    for p, out in zip(ps, values, strict=True):
        in_runs(partial(_select_run, ordered, members, p, out, counts), len(counts), n_runs)
    return values.reshape(len(ps), *shape), counts.reshape(shape)


# --- the records in order ---------------------------------------------------------------------------------------------


class _Ordered(NamedTuple):
    """Amounts by atom cell, ascending in each.

    cells: (runs,) the atom cell of each run, flat; none is empty.
    starts: (runs + 1,) where each run begins, and the last ends.
    amounts: (n,).
    below: (n + 1,) the weight of all amounts before each.
    """

    cells: NDArray[np.int64]
    starts: NDArray[np.int64]
    amounts: NDArray[np.int64]
    below: NDArray[np.int64]


def _ordered(plan: Plan, periods: Sequence[Records], measure_id: str) -> _Ordered:
    parts = [_given(plan, records, measure_id) for records in periods]
    cells, amounts, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    _refuse_weights(weights)
    order = _order(cells, amounts)
    held, starts = np.unique(cells[order], return_index=True)
    below = np.concatenate([[0], np.cumsum(weights[order])]).astype(np.int64)
    return _Ordered(held, np.append(starts, len(cells)).astype(np.int64), amounts[order], below)


def _given(plan: Plan, records: Records, measure_id: str) -> tuple[NDArray[np.int64], ...]:
    """Atom cell, amount and weight of every record that has an amount."""
    missing, weight = records.missing(measure_id), plan.database.weight
    rows = slice(None) if missing is None else ~missing
    weights = np.ones(records.n_rows, dtype=np.int64) if weight is None else records.weights()[0]
    return cells_of_rows(plan, records)[rows], records.measure(measure_id)[rows], weights[rows]


def _refuse_weights(weights: NDArray[np.int64]) -> None:
    if int(weights.min(initial=0)) < 0:
        raise BackendError("A weight is below 0.", mend="Publish the records again with weights of 0 or more.")
    high, low = weights >> 32, weights & (2**32 - 1)  # each of their sums fits
    if (int(high.sum()) << 32) + int(low.sum()) > _LARGEST_WEIGHT:
        raise too_large(WEIGHTS)


def _order(cells: NDArray[np.int64], amounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of records by cell and amount: as one number where it fits into 64 bits, which is much faster."""
    low, high, most = int(amounts.min(initial=0)), int(amounts.max(initial=0)), int(cells.max(initial=0))
    span = high - low + 1
    if (most + 1) * span < 2**63:
        return np.argsort(cells * span + (amounts - low))
    return np.lexsort((amounts, cells))


# --- the cells of the answer ------------------------------------------------------------------------------------------


class _Members(NamedTuple):
    """Which runs make up each cell of the answer: those of cell c are ``runs[starts[c]:starts[c + 1]]``."""

    starts: NDArray[np.int64]
    runs: NDArray[np.int64]


def _members(axes: tuple[FieldAxis, ...], cells: NDArray[np.int64]) -> _Members:
    # The first axis, of one place, stands in for them all where there is none.
    _, *atoms = np.unravel_index(cells, (1, *(axis.n_atoms for axis in axes)))
    runs, targets, n_targets = np.arange(len(cells)), np.zeros(len(cells), dtype=np.int64), 1
    for axis, atom in zip(axes, atoms, strict=True):
        starts, items = _items_of_atoms(axis)
        many = np.diff(starts)[atom[runs]]
        first = np.repeat(starts[atom[runs]] - np.cumsum(many) + many, many)
        held = items[first + np.arange(many.sum())]
        targets = np.repeat(targets, many) * len(axis.covers) + held
        runs, n_targets = np.repeat(runs, many), n_targets * len(axis.covers)
    order = np.argsort(targets, kind="stable")
    return _Members(_starts(targets, n_targets), runs[order].astype(np.int64))


def _items_of_atoms(axis: FieldAxis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The items that hold each atom, as a pair (starts, items)."""
    starts, held = axis.node_atoms
    parts = [[held[starts[node] : starts[node + 1]] for node in cover.positions] for cover in axis.covers]
    atoms = [np.concatenate(part) for part in parts]
    items = np.repeat(np.arange(len(atoms)), [len(part) for part in atoms])
    flat = np.concatenate(atoms)
    return _starts(flat, axis.n_atoms), items[np.argsort(flat, kind="stable")]


def _starts(groups: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """(n + 1,) where each group would begin, and the last end, if they stood in order."""
    return np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=n))]).astype(np.int64)


# --- the percentile of a cell -----------------------------------------------------------------------------------------


def _select_run(
    ordered: _Ordered, members: _Members, p: int, values: NDArray[np.int64], counts: NDArray[np.int64], cells: slice
) -> None:
    _select(ordered, members, p, values, counts, (cells.start, cells.stop))


@compiled
def _select(
    ordered: _Ordered,
    members: _Members,
    p: int,
    values: NDArray[np.int64],
    counts: NDArray[np.int64],
    cells: tuple[int, int],
) -> None:
    for cell in range(cells[0], cells[1]):
        runs = members.runs[members.starts[cell] : members.starts[cell + 1]]
        count, total = 0, 0
        low, high = np.int64(2**63 - 1), np.int64(-(2**63))
        for run in runs:
            first, last = ordered.starts[run], ordered.starts[run + 1]
            count += last - first
            total += ordered.below[last] - ordered.below[first]
            low, high = min(low, ordered.amounts[first]), max(high, ordered.amounts[last - 1])
        counts[cell] = count
        while low < high:
            middle = (low & high) + ((low ^ high) >> 1)  # rounded down; low + high may not fit
            if 100 * _reached(ordered, runs, middle) >= p * total:
                high = middle
            else:
                low = middle + 1
        values[cell] = low if count else 0


@compiled
def _reached(ordered: _Ordered, runs: NDArray[np.int64], amount: np.int64) -> np.int64:
    """The weight of the records of some runs that lie at or below an amount."""
    reached = np.int64(0)
    for run in runs:
        first, last = ordered.starts[run], ordered.starts[run + 1]
        reached -= ordered.below[first]
        while first < last:
            middle = (first + last) // 2
            if ordered.amounts[middle] <= amount:
                first = middle + 1
            else:
                last = middle
        reached += ordered.below[first]
    return reached
