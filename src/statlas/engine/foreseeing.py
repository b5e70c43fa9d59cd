"""What the rules would say of a table, told without counting it: from its plan and the printed count of each area.

The whole of each area prints the same number in a table of areas alone as in the table asked for, so the rules judge
both alike; ``sparsity`` alone needs the table itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from statlas.disclosure.cubes import PublicCube
from statlas.disclosure.rules import RuleLimits
from statlas.engine.area_rules import (
    AreaNumbers,
    area_numbers,
    area_outcomes,
    area_position,
    asked_areas,
    blocked_by,
    judge,
    n_possible_cells,
)
from statlas.engine.axes import FieldAxis
from statlas.engine.plan import Plan
from statlas.engine.protect import possible
from statlas.engine.query_rules import query_outcomes
from statlas.model.protection import RuleOutcome


@dataclass(frozen=True)
class Advice:
    """Something to change, and how many areas (by period) would then be printed.

    ``field`` is left out, or taken at ``level`` where one is named.
    """

    text: str
    passed: int
    evaluated: int
    field: str
    level: str = ""


@dataclass(frozen=True)
class Foreseen:
    """What the rules would say: ``refused`` if nothing at all would be printed.

    ``passed`` of ``evaluated`` areas, by period, would be printed; ``advice`` tells what would print more, the best
    first.
    """

    outcomes: tuple[RuleOutcome, ...]
    evaluated: int
    passed: int
    advice: tuple[Advice, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a query rule refuses the table, or no area is left of it."""
        by_query = any(outcome.blocked for outcome in self.outcomes if outcome.rule in _QUERY_RULES)
        return by_query or self.passed == 0


_QUERY_RULES = ("one_geography", "max_variables", "field_exclusion")


def areas_alone(plan: Plan) -> Plan:
    """The plan of a table that holds nothing but the area of this one."""
    position = area_position(plan)
    axes = () if position is None else (plan.axes[position],)
    return replace(plan, axes=axes, layout=(-1, *range(len(axes))), measures=(), asked=())


def foresee_table(plan: Plan, areas: Mapping[str, PublicCube], limits: RuleLimits) -> Foreseen:
    """What the rules would say of a table.

    Args:
        plan: of the table.
        areas: for each period the printed cells of ``areas_alone(plan)``.
        limits: the rules.
    """
    found = _judged(plan, areas, limits)
    if found.passed == found.evaluated:
        return found
    latest = {max(areas): areas[max(areas)]}  # one period tells which change helps
    return replace(found, advice=_advice(plan, latest, limits))


def _judged(plan: Plan, areas: Mapping[str, PublicCube], limits: RuleLimits) -> Foreseen:
    by_query = query_outcomes(plan, limits)
    masks = {period: judge(plan, _numbers(plan, areas[period], period), limits) for period in areas}
    asked = asked_areas(plan)
    blocked = np.stack([blocked_by(plan, found)[asked] != 0 for found in masks.values()])
    passed = 0 if any(outcome.blocked for outcome in by_query) else int((~blocked).sum())
    return Foreseen((*by_query, *area_outcomes(plan, masks)), blocked.size, passed)


def _numbers(plan: Plan, areas: PublicCube, period: str) -> AreaNumbers:
    alone = area_numbers(areas_alone(plan), areas, np.ones(areas.values.shape, dtype=bool))
    return replace(alone, n_cells=n_possible_cells(plan, possible(plan, period)))


def _advice(plan: Plan, areas: Mapping[str, PublicCube], limits: RuleLimits) -> tuple[Advice, ...]:
    now = _judged(plan, areas, limits)
    tried = [*_changes(plan, areas, limits)]
    better = [one for one in tried if one.passed * now.evaluated > now.passed * one.evaluated]
    return tuple(sorted(better, key=lambda one: -one.passed / one.evaluated))


def _changes(plan: Plan, areas: Mapping[str, PublicCube], limits: RuleLimits) -> Iterator[Advice]:
    """Every single thing that may be left out or made coarser, with what the rules would then say."""
    area = area_position(plan)
    for position, axis in enumerate(plan.axes):
        if position != area:
            rest = plan.axes[:position] + plan.axes[position + 1 :]
            then = _judged(replace(plan, axes=rest), areas, limits)
            yield Advice(f"Leave out {axis.field.label}.", then.passed, then.evaluated, axis.field.id)
    if area is not None:
        for level, coarser in _coarser(plan.axes[area]):
            axes = (*plan.axes[:area], coarser, *plan.axes[area + 1 :])
            then, field = _judged(replace(plan, axes=axes), areas, limits), coarser.field
            text = f"Take {field.classification[level].label} instead."
            yield Advice(text, then.passed, then.evaluated, field.id, level)


def _coarser(axis: FieldAxis) -> Iterator[tuple[str, FieldAxis]]:
    """The axis with a coarser level of it asked for, the nearest first, and that level's id."""
    asked = np.concatenate([cover.positions for cover in axis.covers])
    levels = [np.unique(level.nodes) for level in axis.axis.levels]
    first = max((n for n, nodes in enumerate(levels) if np.isin(nodes, asked).any()), default=0)
    for nodes in reversed(levels[:first]):
        valuesets = [node.valueset for p in nodes if (node := axis.nodes[p]) is not None]
        yield (
            max(valuesets, key=valuesets.count),
            replace(axis, covers=tuple(type(axis.covers[0])(np.array([p])) for p in nodes)),
        )
