"""Exact percentiles of amounts, for databases that are published as they are (decisions page, D6).

The p-th percentile of a cell is the smallest amount at or below which lie p percent of those records of the cell that
have an amount; in a survey p percent of their weight.

Theory of operation: the records of a date item are sorted once, by the atoms in which they lie and by amount.
Every cell of the answer, a group and a total as well, is then a few sorted runs, and its percentile is found by halving
the interval from its smallest to its largest amount: how many records lie at or below the middle is a binary search in
what is left of each run.
A run of which nothing is left drops out, so that halving costs little more than one binary search in each run.
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

FIRST, LAST, MIDDLE = 0, 1, 2
"""Columns of what is left of the runs of a cell: its bounds, and where an amount would stand."""

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
    starts, order = _grouped(targets, n_targets)
    return _Members(starts, runs[order])


def _items_of_atoms(axis: FieldAxis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The items that hold each atom, as a pair (starts, items)."""
    starts, held = axis.node_atoms
    parts = [[held[starts[node] : starts[node + 1]] for node in cover.positions] for cover in axis.covers]
    atoms = [np.concatenate(part) for part in parts]
    items = np.repeat(np.arange(len(atoms)), [len(part) for part in atoms])
    starts, order = _grouped(np.concatenate(atoms), axis.n_atoms)
    return starts, items[order]


def _grouped(groups: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each of n groups begins, and the last ends, once they stand in order; and that order."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=n))]).astype(np.int64)
    order = np.empty(len(groups), dtype=np.int64)
    _put_in_order(groups, starts[:-1].copy(), order)
    return starts, order


@compiled
def _put_in_order(groups: NDArray[np.int64], places: NDArray[np.int64], order: NDArray[np.int64]) -> None:
    for at in range(len(groups)):
        order[places[groups[at]]] = at
        places[groups[at]] += 1


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
    most = 0
    for cell in range(cells[0], cells[1]):
        most = max(most, members.starts[cell + 1] - members.starts[cell])
    left = np.empty((most, 3), dtype=np.int64)
    for cell in range(cells[0], cells[1]):
        runs = members.runs[members.starts[cell] : members.starts[cell + 1]]
        counts[cell] = 0
        for at in range(len(runs)):
            left[at, FIRST], left[at, LAST] = ordered.starts[runs[at]], ordered.starts[runs[at] + 1]
            counts[cell] += left[at, LAST] - left[at, FIRST]
        values[cell] = _percentile_of(ordered.amounts, ordered.below, left[: len(runs)], p) if len(runs) else 0


@compiled
def _percentile_of(amounts: NDArray[np.int64], below: NDArray[np.int64], left: NDArray[np.int64], p: int) -> np.int64:
    """The percentile of some runs; ``left`` are their bounds, and is used up.

    What lies before the bounds has too little weight, what lies within and before has enough.
    """
    low, high = np.int64(2**63 - 1), np.int64(-(2**63))
    before, total = np.int64(0), np.int64(0)
    for at in range(len(left)):
        low, high = min(low, amounts[left[at, FIRST]]), max(high, amounts[left[at, LAST] - 1])
        total += below[left[at, LAST]] - below[left[at, FIRST]]
    n_left = len(left)
    while low < high:
        middle = (low & high) + ((low ^ high) >> 1)  # rounded down; low + high may not fit
        reached = before
        for at in range(n_left):
            left[at, MIDDLE] = _at_or_below(amounts, left[at, FIRST], left[at, LAST], middle)
            reached += below[left[at, MIDDLE]] - below[left[at, FIRST]]
        enough = 100 * reached >= p * total
        low, high = (low, middle) if enough else (middle + 1, high)
        before = before if enough else reached
        n_left = _narrow(left, n_left, LAST if enough else FIRST)
    return low


@compiled
def _at_or_below(amounts: NDArray[np.int64], first: np.int64, last: np.int64, amount: np.int64) -> np.int64:
    """Where those that are ``amount`` or less end, of the ascending amounts from ``first`` to ``last``."""
    while first < last:
        middle = (first + last) // 2
        if amounts[middle] <= amount:
            first = middle + 1
        else:
            last = middle
    return first


@compiled
def _narrow(left: NDArray[np.int64], n_left: int, bound: int) -> int:
    """Make the middle of every run one of its bounds; gives how many runs are not used up, which now stand first."""
    kept = 0
    for at in range(n_left):
        left[at, bound] = left[at, MIDDLE]
        if left[at, FIRST] < left[at, LAST]:
            left[kept, FIRST], left[kept, LAST] = left[at, FIRST], left[at, LAST]
            kept += 1
    return kept
