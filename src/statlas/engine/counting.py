"""Counts and key sums of one period at the atoms of a plan: which rows are counted into which words, on which core.

Records stand in the order of one field, the first geography.
Where it is in the plan, the rows of each of its atoms are known without reading them, and each core takes whole atoms
and fills a part of the table that no other touches.
Small tables, and those without that field, are cut by rows alone: each core has a table of its own, and they are added
up at the end.
A large table without that field is cut in parts, each of which one core counts, after rows were put down by part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.engine import margins
from statlas.engine.axes import FieldAxis
from statlas.engine.contributions import read_only
from statlas.engine.partitioning import count_parts
from statlas.engine.placing import MOST_COLUMNS, Places, places
from statlas.engine.plan import MAX_WORKING_CELLS, Plan
from statlas.engine.raw import Records, atoms_of
from statlas.engine.runs import in_runs, n_runs_for
from statlas.engine.scanning import PACKED, Runs, count_runs

PRIVATE_WORDS = 4_000_000
"""Most words of a table of which every core may have its own: 32 MB each."""

PARTED_WORDS = 1_000_000
"""Words of a table from which rows in no order are counted by its parts: 8 MB. Up to 648,000 words it is slower, from
1,296,000 words on faster. Measured, November 2026."""

_CHEAP_WORDS = 1 << 16
"""Words of a table that is cheaper to have twice than to cut at atoms, which may differ in size: arbitrary."""

_UNEVEN = 1.25
"""How much longer than its share a core may work where atoms are kept whole: arbitrary."""

# An axis of two atoms or more has two nodes or more, so that a plan has fewer of them; blankness may come on top.
assert 2**MOST_COLUMNS > MAX_WORKING_CELLS


def count_atoms(plan: Plan, records: Records, *, packed: bool, n_cores: int | None = None) -> NDArray[np.uint64]:
    """Records in every cell at the atoms of all axes.

    Args:
        packed: whether a count and its key sum share a word.
        n_cores: on how many to count; None chooses.

    Returns:
        (1, atoms of each axis) words with the count in the low and the key sum in the high half; otherwise
        (2, atoms of each axis), the counts and then the key sums.

    Raises:
        BackendError: a record has a code that its field no longer has.
    """
    scan = _scan(plan, records, n_cores)
    adds = [PACKED] if packed else [(0, 1), (1, 0)]
    words = [_count(scan, records, add) for add in adds]
    return _in_order(words[0][np.newaxis] if packed else np.stack(words), plan.axes, scan.first)


def count_nodes(
    plan: Plan, records: Records, *, n_cores: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.uint32]] | None:
    """Counts and key sums of at most 2^32 - 1 records at the nodes of all axes, without a table of the atoms.

    Returns:
        int64 and uint32 arrays with the nodes of each axis along it; None where a table of the atoms is small, or
        cannot be made a few atoms of its sorted axis at a time.

    Raises:
        BackendError: a record has a code that its field no longer has.
    """
    first = _sorted_axis(plan, records)
    if first is None or _n_cells(plan.axes) <= _CHEAP_WORDS:
        return None
    scan = _scan(plan, records, n_cores)
    is_private = scan.parts[0][1]
    if is_private or not margins.fits(first, scan.others):
        return None
    counts, keys = margins.fill_nodes(first, scan.others, _shares(scan, first.n_atoms, read_only(records.keys)))
    position = plan.axes.index(first)
    in_order = np.moveaxis(counts, 0, position), np.moveaxis(keys, 0, position)
    return np.ascontiguousarray(in_order[0]), np.ascontiguousarray(in_order[1])


def _shares(scan: _Scan, n_atoms: int, keys: NDArray[np.uint32]) -> list[tuple[int, int, margins.Produce]]:
    """For each core the atoms of the sorted axis that it counts, all of them in turn, and what counts some of them."""
    runs = [part for part, _ in scan.parts]
    firsts = [0] + [int(part.atoms[0]) if len(part) else n_atoms for part in runs[1:]] + [n_atoms]
    ends = np.minimum.accumulate(firsts[::-1])[::-1].tolist()
    return [(low, high, _produce(scan, part, keys)) for (low, high), part in zip(pairwise(ends), runs, strict=True)]


def _produce(scan: _Scan, runs: Runs, keys: NDArray[np.uint32]) -> margins.Produce:
    """Counts runs of some atoms, into the same memory again and again."""
    memory = np.empty(0, dtype=np.uint64)

    def produce(first: int, last: int) -> NDArray[np.uint64]:
        nonlocal memory
        n_words = (last - first) * scan.stretch
        if memory.size < n_words:
            memory = np.empty(n_words, dtype=np.uint64)
        words = memory[:n_words]
        words[:] = 0
        low, high = np.searchsorted(runs.atoms, (first, last))
        some = Runs(runs.starts[low:high], runs.stops[low:high], runs.atoms[low:high] - first)
        count_runs(words, some, scan.stretch, scan.where, keys, *PACKED)
        return words.reshape(last - first, scan.stretch)

    return produce


@dataclass(frozen=True, eq=False)
class _Scan:
    """How the records of a period are counted.

    first: the axis in whose order they stand, whose atoms are counted one after the other.
    others: those that are left, in the order of the words. stretch: words of an atom of the first.
    where: the place of a record in its stretch.
    n_words: of the whole table. parts: the runs of each core, and whether it has a table of its own.
    """

    first: FieldAxis | None
    others: list[FieldAxis]
    stretch: int
    where: Places
    n_words: int
    parts: list[tuple[Runs, bool]]


def _scan(plan: Plan, records: Records, n_cores: int | None) -> _Scan:
    first = _sorted_axis(plan, records)
    others = [axis for axis in plan.axes if axis is not first]
    stretch = _n_cells(others)
    n_words = stretch * (1 if first is None else first.n_atoms)
    parts = _parts(_runs(first, records), n_words, n_cores or n_runs_for(records.n_rows))
    return _Scan(first, others, stretch, places_on(others, records), n_words, parts)


def _sorted_axis(plan: Plan, records: Records) -> FieldAxis | None:
    """The axis in whose order the records stand, if it tells any of them apart."""
    return next((a for a in plan.axes if a.n_atoms > 1 and records.starts(a.field.id) is not None), None)


def places_on(axes: Sequence[FieldAxis], records: Records) -> Places:
    """The place of every record among the atoms of some axes, the last of which changes fastest.

    Raises:
        BackendError: a record has a code that its field no longer has.
    """
    columns, worth, stride = [], [], 1
    for axis in reversed(axes):
        atoms = atoms_of(axis, records)
        if axis.n_atoms > 1:
            columns.append(records.positions(axis.field.id))
            worth.append(atoms * stride)
        stride *= axis.n_atoms
    return places(columns, worth)


def _n_cells(axes: Sequence[FieldAxis]) -> int:
    return prod(axis.n_atoms for axis in axes)


def _in_order(words: NDArray[np.uint64], axes: tuple[FieldAxis, ...], first: FieldAxis | None) -> NDArray[np.uint64]:
    """Words with the sorted axis before the others, laid out by axes in their order."""
    shape = [axis.n_atoms for axis in axes]
    if first is None:
        return words.reshape(-1, *shape)
    position = axes.index(first)
    del shape[position]
    return np.moveaxis(words.reshape(len(words), first.n_atoms, *shape), 1, 1 + position)


# --- runs of rows -----------------------------------------------------------------------------------------------------


def _runs(axis: FieldAxis | None, records: Records) -> Runs:
    """The rows of every atom of the sorted axis, by atom; all rows as one run where there is none."""
    starts = None if axis is None else records.starts(axis.field.id)
    if axis is None or starts is None:
        return Runs(*(np.array([number], dtype=np.int64) for number in (0, records.n_rows, 0)))
    held = np.flatnonzero(np.diff(starts))
    atoms = atoms_of(axis, records)[held]
    firsts = np.flatnonzero(np.diff(atoms, prepend=-1))
    begun, at = starts[held[firsts]], atoms[firsts]
    order = np.argsort(at, kind="stable")
    return Runs(begun[order], np.append(begun[1:], records.n_rows)[: len(begun)][order], at[order])


def _parts(runs: Runs, n_words: int, n_cores: int) -> list[tuple[Runs, bool]]:
    """The runs of each core, and whether it has a table of its own."""
    if n_cores == 1:
        return [(runs, False)]
    whole, total = _ends_of_atoms(runs), int(np.sum(runs.stops - runs.starts))
    fair = total * np.arange(n_cores + 1) // n_cores
    kept = np.append(0, whole[np.searchsorted(whole, fair[1:])]) if len(whole) else fair
    uneven = np.diff(kept).max() > _UNEVEN * total / n_cores
    if n_words <= _CHEAP_WORDS or (n_words <= PRIVATE_WORDS and uneven):
        return [(_between(runs, low, high), True) for low, high in pairwise(fair.tolist())]
    return [(_between(runs, low, high), False) for low, high in pairwise(kept.tolist())]


def _ends_of_atoms(runs: Runs) -> NDArray[np.int64]:
    """How many rows have been worked through at the end of each atom, the runs one after the other."""
    ends = np.cumsum(runs.stops - runs.starts)
    return np.asarray(ends[np.flatnonzero(np.diff(runs.atoms, append=-1))])


def rows_apart(plan: Plan, records: Records, n_cores: int) -> list[slice]:
    """All rows, cut where no cell has rows on both sides: one share for each core, or fewer."""
    runs = _runs(_sorted_axis(plan, records), records)
    if records.n_rows == 0 or (np.diff(runs.starts) < 0).any() or (np.diff(runs.atoms) == 0).any():
        return [slice(0, records.n_rows)]
    ends = runs.stops[np.searchsorted(runs.stops, records.n_rows * np.arange(1, n_cores + 1) // n_cores)]
    return [slice(low, high) for low, high in pairwise(np.unique([0, *ends.tolist()]).tolist())]


def _between(runs: Runs, low: int, high: int) -> Runs:
    """What of the runs lies between two numbers of rows worked through."""
    rows = runs.stops - runs.starts
    before = np.cumsum(rows) - rows
    starts = runs.starts + np.clip(low - before, 0, rows)
    stops = runs.starts + np.clip(high - before, 0, rows)
    held = stops > starts
    return Runs(starts[held], stops[held], runs.atoms[held])


def _count(scan: _Scan, records: Records, add: tuple[int, int]) -> NDArray[np.uint64]:
    """(n_words,) what every record adds to the word of its cell."""
    keys = read_only(records.keys)
    shared = np.zeros(scan.n_words, dtype=np.uint64)
    if scan.first is None and scan.n_words > PARTED_WORDS:
        count_parts(shared, records.n_rows, scan.where, keys, add, len(scan.parts))
        return shared

    def work(which: slice) -> NDArray[np.uint64] | None:
        runs, is_private = scan.parts[which.start]
        words = np.zeros(scan.n_words, dtype=np.uint64) if is_private and which.start else shared
        count_runs(words, runs, scan.stretch, scan.where, keys, *add)
        return words if is_private and which.start else None

    for words in in_runs(work, len(scan.parts), len(scan.parts)):
        if words is not None:
            shared += words
    return shared
