"""Slices: tables of a few areas, made from the records of those areas and of a few beside or above them (ADR 0085).

Records stand in the order of one geography, so that the rows of an area are known without looking for them.
What an area prints depends on other areas only where one of its cells inherits (decisions page, D4), which is rare: it
is then almost alone in everything that holds it.
So a table of few areas is counted together with their *company*, a few siblings or the nearest node above; where that
shows that no cell inherits, the asked areas print what they print in the whole table, to the bit.
Where it does not, the whole axis is counted.

The nodes of a *slice* are the areas asked for, after a root that stands for nothing: nobody reads it, as it is not
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.axis import NOWHERE, ROOT, Axis, Level
from statlas.disclosure.company import Company
from statlas.disclosure.policy import Policy
from statlas.engine.axes import FieldAxis, ItemCover
from statlas.engine.few_areas import few_areas, is_part
from statlas.engine.plan import Plan
from statlas.engine.raw import Kept, Records, atoms_of

N_SIBLINGS = 3
"""Siblings counted beside each area: arbitrary, of which usually one is shown."""

FEW_ROWS = 100_000
"""Rows that are read in less time than it takes to try with fewer and then again: a tenth of a millisecond."""

_ELSEWHERE = 0
"""The atom of all leaves that a slice does not need."""


@dataclass(frozen=True, eq=False)
class Way:
    """One way to make a slice.

    axis: what is counted, along the axis of the areas; None is the whole one.
    kept: positions on it of the nodes of the slice; None are all.
    company: who has to be seen; None where no cell can inherit, and for the whole axis.
    """

    axis: FieldAxis | None
    kept: NDArray[np.int64] | None
    company: Company | None = None

    def rows_of(self, records: Records) -> Records:
        """The records of a period that this way looks at; all where they are not in order, or most are needed."""
        starts = None if self.axis is None else records.starts(self.axis.field.id)
        if self.axis is None or starts is None:
            return records
        found = SomeRows.of(records, self.axis.field.id, starts, _stretches(Kept(atoms_of(self.axis, records))))
        return found if 2 * found.n_rows < records.n_rows else records


@lru_cache(maxsize=64)
def _stretches(atoms: Kept) -> list[tuple[int, int]]:
    """From which leaf of a file to before which other all are needed, given the atom of each; kept as these are."""
    edges = np.flatnonzero(np.diff(atoms.value != _ELSEWHERE, prepend=False, append=False))
    return [(first, last) for first, last in edges.reshape(-1, 2).tolist()]


WHOLE_AXIS = Way(None, None)
"""The only way to make a table that is no slice."""


@dataclass(frozen=True, eq=False)
class Slice:
    """A plan of few areas, and the ways to make its table.

    position: of their axis in the plan. asked: that axis with the areas asked for alone.
    ways: from the one that reads least to the whole axis, which always does.
    """

    position: int
    asked: FieldAxis
    ways: tuple[Way, ...]

    def of(self, plan: Plan) -> Plan:
        """The plan of the table that is printed: with the areas asked for alone."""
        return _with(plan, self.position, self.asked)

    def to_count(self, plan: Plan, way: Way) -> Plan:
        """What is counted in a way, of the plan with the whole axis."""
        return plan if way.axis is None else _with(plan, self.position, way.axis)

    def rows_of(self, records: Records) -> Records:
        """The records of the areas asked for."""
        return Way(self.asked, None).rows_of(records)

    def ways_for(self, records: Records) -> Iterator[tuple[Way, Records]]:
        """The ways worth trying for a period, in order, and the records that each looks at."""
        rows = [way.rows_of(records) for way in self.ways]
        for n, way in enumerate(self.ways):
            is_last_part = n + 2 >= len(self.ways)
            if is_last_part or rows[n + 1].n_rows > FEW_ROWS:
                yield way, rows[n]


@lru_cache(maxsize=64)
def _with(plan: Plan, position: int, axis: FieldAxis) -> Plan:
    """The plan with another axis in the place of one; kept, so that what follows from a plan can be."""
    return replace(plan, axes=(*plan.axes[:position], axis, *plan.axes[position + 1 :]))


def slice_of(plan: Plan, policy: Policy) -> Slice | None:
    """How to make the table of a plan from some of the areas; None where it takes all."""
    found = few_areas(plan.axes)
    if found is None:
        return None
    position, asked = found
    axis = plan.axes[position]
    ways = list(_ways(axis, asked, may_inherit=policy.inherit and axis.axis.inherit, position=position))
    if not ways or not is_part(max(len(way.axis.nodes) for way in ways if way.axis), axis):
        return None
    if ways[-1].company is not None:
        ways.append(Way(None, np.append(ROOT, asked)))
    alone, where = _part(axis, asked)
    return Slice(position, replace(alone, covers=_covers(axis, where)), tuple(ways))


def _covers(axis: FieldAxis, where: dict[int, int]) -> tuple[ItemCover, ...]:
    return tuple(ItemCover(np.array([where[int(cover.positions[0])]], dtype=np.int64)) for cover in axis.covers)


def usually_counted(plan: Plan, policy: Policy) -> tuple[Plan, float]:
    """What is usually counted for the table of a plan, and about which part of the records is read for it.

    For a few areas it is the first way of their slice, and the part of the leaves that it needs.
    """
    sliced = slice_of(plan, policy)
    if sliced is None or sliced.ways[0].axis is None:
        return plan, 1.0
    way = sliced.ways[0].axis
    return sliced.to_count(plan, sliced.ways[0]), float(np.mean(way.leaf_atoms != _ELSEWHERE))


# --- who has to be seen -----------------------------------------------------------------------------------------------


def _ways(axis: FieldAxis, asked: NDArray[np.int64], *, may_inherit: bool, position: int) -> Iterator[Way]:
    """Every way but the whole axis."""
    if not may_inherit:
        yield _way(axis, asked, None)
    elif not axis.axis.hidden_inherit:
        for company in companies(axis, asked, position):
            yield _way(axis, asked, company)


def companies(axis: FieldAxis, asked: NDArray[np.int64], position: int) -> Iterator[Company]:
    """Beside whom the areas asked for are seen, by their positions on the whole axis: siblings, then wholes as well."""
    neighbourhoods = [_neighbourhood(axis, int(node)) for node in asked]
    siblings = _filled([siblings for siblings, _ in neighbourhoods])
    wholes = _filled([wholes for _, wholes in neighbourhoods])
    if (siblings != NOWHERE).any(axis=1).all():
        yield Company(position, asked, siblings, _filled([()] * len(asked)))
    if ((siblings != NOWHERE).any(axis=1) | (wholes != NOWHERE).any(axis=1)).all() and (wholes != NOWHERE).any():
        yield Company(position, asked, siblings, wholes)


def _way(axis: FieldAxis, asked: NDArray[np.int64], company: Company | None) -> Way:
    """A way that counts the nodes asked for and their company, who stands on the whole axis."""
    if company is None:
        return Way(_part(axis, asked)[0], None)
    needed = np.unique(np.concatenate([asked, company.siblings.reshape(-1), company.wholes.reshape(-1)]))
    part, where = _part(axis, needed[needed != NOWHERE])
    places = np.full(len(axis.nodes) + 1, NOWHERE, dtype=np.int64)  # the last stands for NOWHERE
    places[list(where)] = list(where.values())
    seen = Company(company.position, places[asked], places[company.siblings], places[company.wholes])
    return Way(part, np.append(ROOT, places[asked]), seen)


def _filled(rows: list[tuple[int, ...]]) -> NDArray[np.int64]:
    """Rows of different lengths as an array, filled up with ``NOWHERE``."""
    width = max(map(len, rows), default=0)
    return np.array([(*row, *[NOWHERE] * (width - len(row))) for row in rows], dtype=np.int64).reshape(len(rows), width)


def _neighbourhood(axis: FieldAxis, node: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The nearest siblings of a node under all that holds it, and the smallest nodes that hold it, below the root."""
    level, place = _home(axis.axis, node)
    held = [above for above in level.above if above[place] not in (NOWHERE, node)]
    together = np.logical_and.reduce([above == above[place] for above in held])
    beside = np.flatnonzero(together & (level.nodes != node))
    nearest = beside[np.argsort(np.abs(beside - place), kind="stable")[:N_SIBLINGS]]
    wholes = _smallest(axis, sorted({int(above[place]) for above in held}))
    return tuple(level.nodes[nearest].tolist()), () if ROOT in wholes else wholes


def _home(axis: Axis, node: int) -> tuple[Level, int]:
    """The level at which a node inherits, and its place there."""
    number, place = _homes(axis)
    return axis.levels[number[node]], int(place[node])


@lru_cache(maxsize=64)
def _homes(axis: Axis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n_nodes,) twice: the number of each node's coarsest level, and its place there; kept, as the axis is."""
    number, place = np.zeros((2, len(axis)), dtype=np.int64)
    for n, level in enumerate(axis.levels):
        number[level.nodes[level.home]], place[level.nodes[level.home]] = n, np.flatnonzero(level.home)
    return number, place


def _smallest(axis: FieldAxis, nodes: list[int]) -> tuple[int, ...]:
    """Those of the nodes that hold none of the others."""
    held = {node: set(_atoms_of(axis, node).tolist()) for node in nodes if node != ROOT}
    if not held:
        return (ROOT,)
    return tuple(n for n in held if not any(held[other] < held[n] for other in held))


def _atoms_of(axis: FieldAxis, node: int) -> NDArray[np.int64]:
    starts, held = axis.node_atoms
    return held[starts[node] : starts[node + 1]]


# --- a part of an axis ------------------------------------------------------------------------------------------------


def _part(axis: FieldAxis, nodes: NDArray[np.int64]) -> tuple[FieldAxis, dict[int, int]]:
    """The axis with some of its nodes after a root, and where each stands on it; nothing inherits along it."""
    members = [_atoms_of(axis, node) for node in nodes.tolist()]
    relabelled, n_atoms = _relabelled(axis.n_atoms, members)
    held = [np.array([_ELSEWHERE]), *(np.unique(relabelled[atoms]) for atoms in members)]
    part = FieldAxis(
        field=axis.field,
        nodes=(None, *(axis.nodes[node] for node in nodes.tolist())),
        leaf_atoms=relabelled[axis.leaf_atoms],
        n_atoms=n_atoms,
        node_atoms=(np.cumsum([0, *map(len, held)], dtype=np.int64), np.concatenate(held)),
        axis=Axis(len(nodes) + 1, (), inherit=False, hidden_inherit=False),
        covers=(),
    )
    return part, {node: n for n, node in enumerate(nodes.tolist(), start=1)}


def _relabelled(n_atoms: int, members: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], int]:
    """(n_atoms,) the new atom of each, and how many there are: one for all that the same of these sets hold."""
    found = np.full(n_atoms, _ELSEWHERE, dtype=np.int64)
    for atoms in members:
        # What a set tells apart in each class becomes a class of its own.
        split = found[atoms]
        _, new = np.unique(split, return_inverse=True)
        found[atoms] = found.max() + 1 + new
    used = np.zeros(int(found.max()) + 1, dtype=bool)
    used[found] = used[_ELSEWHERE] = True
    return (np.cumsum(used) - 1)[found], int(used.sum())


# --- some of the rows -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SomeRows:
    """Some of the records of a period, those of some leaves of the field in whose order they stand.

    runs: the runs of rows, in order; nothing of the others is read.
    ordered: the field. begins: ``starts`` of it for these records.
    """

    records: Records
    runs: tuple[slice, ...]
    ordered: str
    begins: NDArray[np.int64]

    @classmethod
    def of(
        cls, records: Records, field_id: str, starts: NDArray[np.int64], stretches: Iterable[tuple[int, int]]
    ) -> SomeRows:
        """The records of some leaves of a field.

        Args:
            starts: of the field.
            stretches: from which leaf to before which other, in order.
        """
        begins, runs, before = np.zeros(len(starts), dtype=np.int64), [], 0
        for first, last in stretches:
            run = slice(int(starts[first]), int(starts[last]))
            begins[first:last] = starts[first:last] - run.start + before
            before += run.stop - run.start
            begins[last:] = before
            runs.append(run)
        return cls(records, tuple(runs), field_id, begins)

    @property
    def n_rows(self) -> int:
        """How many they are."""
        return int(self.begins[-1])

    @property
    def keys(self) -> NDArray[np.uint32]:
        """(n_rows,) record keys."""
        return self._some(self.records.keys)

    def positions(self, field_id: str) -> NDArray[np.unsignedinteger]:
        """(n_rows,) position of each record's code in the file's leaves of the field."""
        return self._some(self.records.positions(field_id))

    def translation(self, field_id: str) -> NDArray[np.int32]:
        """(file leaves,) position of each in the leaves of today's definition."""
        return self.records.translation(field_id)

    def starts(self, field_id: str) -> NDArray[np.int64] | None:
        """(file leaves + 1,) where the rows of each leaf begin; None but for the field in whose order they stand."""
        return self.begins if field_id == self.ordered else None

    def measure(self, measure_id: str) -> NDArray[np.int64]:
        """(n_rows,) amounts."""
        return self._some(self.records.measure(measure_id))

    def missing(self, measure_id: str) -> NDArray[np.bool_] | None:
        """(n_rows,) whether an amount was blank; None where none was in the whole period."""
        found = self.records.missing(measure_id)
        return None if found is None else self._some(found)

    def weights(self) -> tuple[NDArray[np.int64], ...]:
        """(n_rows,) weights, then each replicate; empty where nothing is weighted."""
        return tuple(self._some(column) for column in self.records.weights())

    def _some(self, column: NDArray[Any]) -> NDArray[Any]:
        """A view of one run, a copy of several that cannot be written to, as what is mapped."""
        if len(self.runs) == 1:
            return column[self.runs[0]]
        found = np.concatenate([column[run] for run in self.runs]) if self.runs else column[:0]
        found.flags.writeable = False
        return found
