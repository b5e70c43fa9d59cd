"""The rules that judge each area and period of a table by itself, on printed numbers (decisions page, D7).

The *area* of a table is its first geography, at the level asked for; without one the whole country is one area.
An area is judged with the filters on everything else lifted: its table has every code of the levels in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure import rules
from statlas.disclosure.axis import ROOT
from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.ptable import Ptable
from statlas.disclosure.rules import RULES, RuleLimits
from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.engine.raw import Kept
from statlas.model.cells import CellStatus
from statlas.model.database import FieldKind
from statlas.model.protection import RuleOutcome

NAMED_AREAS = 20
"""Blocked areas named in an answer; arbitrary."""

FEW_CELLS = 1_000_000
"""Cells of which it is kept from period to period which are possible: a megabyte; arbitrary."""

Masks = Mapping[str, NDArray[np.bool_]]
"""For each rule asked of a period, which nodes of the area axis pass; one node, everything, without a geography."""


def area_position(plan: Plan) -> int | None:
    """Which axis of the plan is the area; None if there is no geography."""
    kinds = [axis.field.kind for axis in plan.axes]
    return kinds.index(FieldKind.GEOGRAPHY) if FieldKind.GEOGRAPHY in kinds else None


def finest(axis: FieldAxis) -> NDArray[np.int64]:
    """Positions of the codes of the finest level asked of an axis; everything, where no level is."""
    asked = np.unique(np.concatenate([cover.positions for cover in axis.covers]))
    used = [np.unique(level.nodes) for level in axis.axis.levels if np.isin(level.nodes, asked[asked != ROOT]).any()]
    return max(used, key=len, default=np.array([ROOT]))


@dataclass(frozen=True, eq=False)
class AreaNumbers:
    """What area rules look at, for every node of the area axis.

    printed, shown: (n_areas,) what the area as a whole prints, and whether it does.
    n_cells: (n_areas,) cells of its table that are no structural zeros.
    """

    printed: NDArray[np.int64]
    shown: NDArray[np.bool_]
    n_cells: NDArray[np.int64]


def n_possible_cells(plan: Plan, possible: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n_areas,) cells of each area's table that are no structural zeros, at the finest levels asked.

    Args:
        possible: bool, official nodes of every axis of the plan.
    """
    count = _kept_n_possible_cells if possible.size <= FEW_CELLS else _n_possible_cells
    return count(plan, Kept(possible))


def _n_possible_cells(plan: Plan, possible: Kept) -> NDArray[np.int64]:
    return np.asarray(_area_table(plan, possible.value).sum(axis=1, dtype=np.int64))


_kept_n_possible_cells = lru_cache(maxsize=4)(_n_possible_cells)
"""Kept, as the same codes exist in most periods."""


def _area_table(plan: Plan, array: NDArray[np.generic]) -> NDArray[np.generic]:
    """(n_areas, n_cells): the area's nodes by the finest codes of everything else."""
    position = area_position(plan)
    if position is None:
        array, position = array[np.newaxis], 0
        others = list(plan.axes)
    else:
        array = np.moveaxis(array, position, 0)
        others = [axis for n, axis in enumerate(plan.axes) if n != position]
    for n, axis in enumerate(others, start=1):
        array = np.take(array, finest(axis), axis=n)
    return array.reshape(len(array), -1)


def area_numbers(plan: Plan, printed: PublicCube, possible: NDArray[np.bool_]) -> AreaNumbers:
    """What area rules look at, from the whole printed table of a period."""
    position = area_position(plan)
    whole = tuple(slice(None) if n == position else ROOT for n in range(len(plan.axes)))
    status = np.atleast_1d(printed.status[whole])
    return AreaNumbers(
        np.atleast_1d(printed.values[whole]), status == CellStatus.SHOWN, n_possible_cells(plan, possible)
    )


def judge(plan: Plan, numbers: AreaNumbers, limits: RuleLimits) -> dict[str, NDArray[np.bool_]]:
    """Which areas pass each area rule that is on; ``sparsity`` is judged by ``judge_sparsity``."""
    found = {}
    if limits.mean_cell_size is not None:
        found["mean_cell_size"] = rules.pass_mean_cell_size(
            numbers.printed, numbers.shown, numbers.n_cells, at_least=limits.mean_cell_size
        )
    sizes = _populations(plan)
    if sizes is not None and (least := limits.min_population(sizes[0])) is not None:
        found["min_area_population"] = rules.pass_population(sizes[1], at_least=least)
    return found


def judge_sparsity(
    plan: Plan, perturbed: NDArray[np.int64], possible: NDArray[np.bool_], ptable: Ptable
) -> dict[str, NDArray[np.bool_]]:
    """Which areas pass ``sparsity``, from the counts with noise of a period."""
    cells, allowed = _area_table(plan, perturbed), _area_table(plan, possible)
    return {"sparsity": rules.pass_sparsity(cells.astype(np.int64), allowed.astype(np.bool_), ptable)}


def _populations(plan: Plan) -> tuple[str, NDArray[np.int64]] | None:
    """What population is known, and (n_areas,) the size of each area's, -1 where it is not."""
    position = area_position(plan)
    population = None if position is None else plan.axes[position].field.population
    if position is None or population is None:
        return None
    known = population.by_area
    sizes = [-1 if node is None else known.get(node, -1) for node in plan.axes[position].nodes]
    return population.of, np.array(sizes, dtype=np.int64)


def blocked_by(plan: Plan, masks: Masks) -> NDArray[np.uint8]:
    """(n_areas,) for each area the position in ``masks``, from 1, of the first rule that blocks it; 0 for none."""
    position = area_position(plan)
    by = np.zeros(1 if position is None else len(plan.axes[position].nodes), dtype=np.uint8)
    for number, passed in reversed(list(enumerate(masks.values(), start=1))):
        by[~passed] = number
    return by


def blocked_cells(plan: Plan, by: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which cells a rule blocks, in a shape that broadcasts to the official nodes of every axis."""
    position = area_position(plan)
    along = [1] * len(plan.axes)
    if position is not None:
        along[position] = -1
    return np.asarray((by != 0).reshape(along))


def asked_areas(plan: Plan) -> NDArray[np.int64]:
    """Positions on the area axis that the table is made of: groups are judged at their base nodes."""
    position = area_position(plan)
    if position is None:
        return np.array([ROOT])
    return np.unique(np.concatenate([cover.positions for cover in plan.axes[position].covers]))


def area_outcomes(plan: Plan, masks: Mapping[str, Masks]) -> tuple[RuleOutcome, ...]:
    """What area rules say of a table: ``masks`` holds for each period what passes each rule."""
    asked = asked_areas(plan)
    names = tuple(dict.fromkeys(rule for found in masks.values() for rule in found))
    found = []
    for name in names:
        passed = np.stack([masks[period][name][asked] for period in masks if name in masks[period]])
        rule, hit = RULES[name], asked[~passed.all(axis=0)]
        areas = tuple(_labels(plan, hit[:NAMED_AREAS]))
        found.append(RuleOutcome(rule.id, rule.version, passed.size, int(passed.sum()), rule.message, rule.mend, areas))
    return tuple(found)


def _labels(plan: Plan, positions: NDArray[np.int64]) -> Iterable[str]:
    area = area_position(plan)
    for position in positions.tolist():
        node = None if area is None else plan.axes[area].nodes[position]
        if node is not None and area is not None:
            yield plan.axes[area].field.classification.code(node).label


def all_blocked(plan: Plan, by: Iterable[NDArray[np.uint8]]) -> bool:
    """Whether no area that is asked for is left in any period: ``by`` holds ``blocked_by`` of each."""
    asked = asked_areas(plan)
    return all(bool(found[asked].all()) for found in by)
