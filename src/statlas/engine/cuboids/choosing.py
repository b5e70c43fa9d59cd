"""Which cuboids are worth their room: greedy by what they save for each byte.

A table costs as many rows as are read for it: all of the records, or the words of the smallest cuboid that has its
fields, and a fixed number that is not worth a file.
A cuboid saves the difference for every table it answers better than those chosen before it, times how often that table
is asked for.
Next is always the one that saves most for each of its bytes, until nothing is saved or there is no room.

Source: Harinarayan, Rajaraman and Ullman (1996), the greedy choice by benefit per unit of space; it comes near the best
there is, and its cost does not depend on the number of records.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from statlas.engine.axes import FieldAxis
from statlas.engine.cuboids.building import Fields, n_cells
from statlas.engine.plan import Plan
from statlas.engine.query_rules import is_small_level
from statlas.model.database import FieldKind

# Decision D8.
MOST_FIELDS = 2
ROWS_A_CELL = 20
MOST_BUDGET = 0.5

BUDGET = 0.1
"""The part of a record file's bytes that its cuboids take unless told otherwise: arbitrary. Of twenty million people by
twelve fields it holds all tables of two fields ten times over."""

FIXED_ROWS = 100_000
"""Rows whose reading is not worth a file: they are counted in a fifth of a millisecond, of which a cuboid saves two
thirds. Measured, November 2026."""

WORD_BYTES, LEAF_BYTES = 8, 4

_LEAST = 1.0
"""Rows that a cuboid has to save: less is what rounding leaves."""

Demand = Mapping[frozenset[str], float]
"""How often tables of these fields are asked for."""


class Verdict(StrEnum):
    """Why there is a cuboid, or why there is none."""

    CHOSEN = "chosen"
    TOO_MANY_CELLS = "too many cells"
    NO_ROOM = "no room"
    NOTHING_SAVED = "nothing saved"


@dataclass(frozen=True)
class Choice:
    """What was decided of one possible cuboid.

    cells: its words. weight: how often tables that it answers are asked for. saved: rows that one of these tables, on
    average, does without, beyond what the cuboids chosen before save; of one not chosen, beyond all that were.
    """

    fields: Fields
    cells: int
    weight: float
    saved: float
    verdict: Verdict

    @property
    def n_bytes(self) -> int:
        """Bytes of its words."""
        return self.cells * WORD_BYTES


def may_save(n_rows: int) -> bool:
    """Whether any cuboid of so many records can save anything."""
    return n_rows > FIXED_ROWS


def candidates(axes: Mapping[str, FieldAxis]) -> tuple[Fields, ...]:
    """The fields of every cuboid that there may be, the date apart; no two geographies, which rules keep apart (D7)."""
    found = (fields for n in range(1, MOST_FIELDS + 1) for fields in combinations(axes, n))
    return tuple(fields for fields in found if sum(_is_area(axes[name]) for name in fields) <= 1)


def _is_area(axis: FieldAxis) -> bool:
    return axis.field.kind is FieldKind.GEOGRAPHY


def fields_asked(plan: Plan) -> frozenset[str] | None:
    """The fields that a plan tells apart; None where no cuboid can answer it, however large."""
    if plan.measures or plan.database.weight is not None:
        return None
    asked = [axis for axis in plan.axes if axis.n_atoms > 1]
    if any(_is_area(axis) and _is_small(axis) for axis in asked):
        return None
    return frozenset(axis.field.id for axis in asked)


def _is_small(axis: FieldAxis) -> bool:
    used = {node.valueset for node in axis.nodes if node is not None}
    return any(is_small_level(axis.field.classification[valueset]) for valueset in used)


def choose(
    axes: Mapping[str, FieldAxis],
    demand: Demand,
    *,
    n_rows: int,
    n_bytes: int,
    budget: float,
    held: Collection[Fields] = (),
) -> tuple[Choice, ...]:
    """What is decided of every possible cuboid of a record file: those chosen first, in the order in which they were.

    Args:
        axes: of the fields, as their cuboids have them.
        n_rows, n_bytes: of the record file.
        budget: the part of its bytes that all together may take, at most ``MOST_BUDGET``.
        held: those there are, which stay while there is room.
    """
    possible = candidates(axes)
    cells = np.array([n_cells(axes, fields) for fields in possible], dtype=np.int64)
    # Anybody may ask for thousands of combinations of more fields; none has a cuboid.
    answerable = {asked: weight for asked, weight in demand.items() if len(asked) <= MOST_FIELDS}
    greedy = _Greedy(possible, cells, answerable, n_rows)
    beside = sum(len(axis.leaf_atoms) * LEAF_BYTES for axis in axes.values())
    greedy.room = int(min(budget, MOST_BUDGET) * n_bytes) - beside
    greedy.choose([possible.index(fields) for fields in held if fields in possible])
    return greedy.told()


class _Greedy:
    """The choice under way: tables asked for along one axis, possible cuboids along the other."""

    def __init__(self, possible: tuple[Fields, ...], cells: NDArray[np.int64], demand: Demand, n_rows: int) -> None:
        self.possible, self.cells, self.room = possible, cells, 0
        self.weights = np.array(list(demand.values()), dtype=np.float64)
        answers = [[asked <= set(fields) for asked in demand] for fields in possible]
        self.answers = np.array(answers, dtype=bool).reshape(len(possible), len(demand))
        self.costs = np.full(len(demand), n_rows, dtype=np.float64)
        self.allowed = cells * ROWS_A_CELL <= n_rows
        self.saved = self._saved(slice(None)).sum(axis=1)
        self.chosen: dict[int, float] = {}

    def _saved(self, tables: slice | NDArray[np.bool_]) -> NDArray[np.float64]:
        """(cuboids, tables) what each cuboid saves of each table, as things stand."""
        less = np.clip(self.costs[tables] - FIXED_ROWS - self.cells[:, np.newaxis], 0, None)
        return np.asarray(less * self.weights[tables] * self.answers[:, tables])

    def choose(self, held: list[int]) -> None:
        """Take those held, then the best for its bytes, as long as there is one that saves anything."""
        for number in held:
            if self._may(number) and self.saved[number] > _LEAST:
                self._take(number)
        while True:
            left = self.allowed & (self.cells * WORD_BYTES <= self.room) & (self.saved > _LEAST)
            left[list(self.chosen)] = False
            if not left.any():
                return
            worth = np.where(left, self.saved / self.cells, 0)
            self._take(int(worth.argmax()))

    def _may(self, number: int) -> bool:
        return bool(self.allowed[number]) and int(self.cells[number]) * WORD_BYTES <= self.room

    def _take(self, number: int) -> None:
        self.chosen[number] = float(self.saved[number])
        self.room -= int(self.cells[number]) * WORD_BYTES
        tables = self.answers[number]
        before = self._saved(tables).sum(axis=1)
        self.costs[tables] = np.minimum(self.costs[tables], self.cells[number] + FIXED_ROWS)
        self.saved += self._saved(tables).sum(axis=1) - before

    def told(self) -> tuple[Choice, ...]:
        """What was decided of each."""
        rest = sorted(set(range(len(self.possible))) - set(self.chosen), key=lambda n: -self.saved[n])
        return tuple(self._told(number) for number in (*self.chosen, *rest))

    def _told(self, number: int) -> Choice:
        weight = float(self.weights[self.answers[number]].sum())
        saved = self.chosen.get(number, float(self.saved[number]))
        cells = int(self.cells[number])
        return Choice(self.possible[number], cells, weight, saved / max(weight, 1e-9), self._verdict(number))

    def _verdict(self, number: int) -> Verdict:
        if number in self.chosen:
            return Verdict.CHOSEN
        if not self.allowed[number]:
            return Verdict.TOO_MANY_CELLS
        return Verdict.NO_ROOM if self.saved[number] > _LEAST else Verdict.NOTHING_SAVED
