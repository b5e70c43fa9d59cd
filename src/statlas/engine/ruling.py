"""What the rules do to a counted table: blocked areas print nothing, and a table without any other is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.policy import Policy
from statlas.disclosure.rules import RuleLimits
from statlas.engine.answering import PrintedTables
from statlas.engine.area_rules import (
    Masks,
    all_blocked,
    area_numbers,
    area_outcomes,
    area_position,
    blocked_by,
    blocked_cells,
    judge,
)
from statlas.engine.grouping import Grouping
from statlas.engine.plan import Plan
from statlas.engine.protect import possible
from statlas.engine.query_rules import refused
from statlas.model.cells import CellStatus
from statlas.model.cube import CubeMeasure
from statlas.model.protection import RuleOutcome


@dataclass(frozen=True, eq=False)
class Ruling:
    """What the area rules said: outcomes in their order, and for each period ``blocked_by`` of its areas."""

    plan: Plan
    outcomes: tuple[RuleOutcome, ...]
    by: Mapping[str, NDArray[np.uint8]]

    def applied(self, tables: PrintedTables) -> PrintedTables:
        """The printed tables with every cell of a blocked area confidential."""
        if not any(found.any() for found in self.by.values()):
            return tables
        cells = {p: cube.blocked(self._where(p)) for p, cube in tables.cells.items()}
        bands = {
            name: {p: cube.blocked(self._where(p)[..., np.newaxis]) for p, cube in periods.items()}
            for name, periods in tables.bands.items()
        }
        return PrintedTables(cells, bands, tables.exact)

    def _where(self, period: str) -> NDArray[np.bool_]:
        return blocked_cells(self.plan, self.by[period])

    def marks(self, grouping: Grouping, measures: tuple[CubeMeasure, ...]) -> NDArray[np.uint8] | None:
        """For every cell of the answer the position in ``outcomes``, from 1, of the rule that blocks it; 0 for none.

        None where nothing is blocked.
        """
        closed = [measure.status == CellStatus.CONFIDENTIAL for measure in measures]
        if not np.any(closed):
            return None
        return np.where(np.any(closed, axis=0), grouping.laid_out(self._items(grouping)), 0).astype(np.uint8)

    def _items(self, grouping: Grouping) -> NDArray[np.uint8]:
        """The first rule that blocks a part of each item: date items first, then the items of each axis."""
        position = area_position(self.plan)
        covers = [np.array([0])] if position is None else [c.positions for c in self.plan.axes[position].covers]
        found = [
            [max(self.by[period][cover].max() for period in date) for cover in covers] for date in self.plan.periods
        ]
        shape = [len(self.plan.periods), *[1] * len(self.plan.axes)]
        if position is not None:
            shape[position + 1] = len(covers)
        whole = tuple(grouping.n_parts().shape)
        return np.broadcast_to(np.array(found, dtype=np.uint8).reshape(shape), whole)


def rule_areas(
    plan: Plan, cells: Mapping[str, PublicCube], policy: Policy, sparsity: Mapping[str, Masks] | None = None
) -> Ruling | None:
    """Judge every area and period of a printed table; None where there are no rules.

    Args:
        plan: of the table.
        cells: what each period prints at the official nodes, before any group.
        policy: the rules with their numbers.
        sparsity: for each period what passes ``sparsity``, where it is on.

    Raises:
        DisclosureRefused: no area that is asked for is left.
    """
    if policy.rules is None:
        return None
    masks = masks_of(plan, cells, policy.rules, sparsity or {})
    refuse_if_all_blocked(plan, masks)
    return ruling_of(plan, masks)


def masks_of(
    plan: Plan, cells: Mapping[str, PublicCube], limits: RuleLimits, sparsity: Mapping[str, Masks]
) -> dict[str, Masks]:
    """For each period which areas pass each rule that is on."""
    masks: dict[str, Masks] = {}
    for period, printed in cells.items():
        numbers = area_numbers(plan, printed, possible(plan, period))
        masks[period] = {**judge(plan, numbers, limits), **sparsity.get(period, {})}
    return masks


def refuse_if_all_blocked(plan: Plan, masks: Mapping[str, Masks]) -> None:
    """Refuse a table of which nothing is left.

    Raises:
        DisclosureRefused: no area that is asked for is left in any period.
    """
    if all_blocked(plan, (blocked_by(plan, found) for found in masks.values())):
        raise refused(next(outcome for outcome in area_outcomes(plan, masks) if outcome.blocked))


def ruling_of(plan: Plan, masks: Mapping[str, Masks]) -> Ruling:
    """What the rules do to the periods of ``masks``."""
    by = {period: blocked_by(plan, found) for period, found in masks.items()}
    return Ruling(plan, area_outcomes(plan, masks), by)
