"""The rules of decision D7: which tables are refused, and which areas of a table are blocked.

Rules of the room: every judgement depends on metadata and printed numbers alone (``sparsity``, off by default, on
perturbed ones), so a refusal tells no more than the rule.

Query rules refuse a table before a number exists; area rules judge each area and period of a table by itself.
Size is never a disclosure rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.ptable import Ptable
from statlas.model.protection import Protection, RuleSetting
from statlas.wording import later


@dataclass(frozen=True)
class Rule:
    """A rule as it is published: what it says, why, and what to change.

    ``version`` is raised whenever the rule judges otherwise; ``message`` and ``mend`` are said to whoever asks,
    translated where they are said: outcomes are kept with answers, in English.
    """

    id: str
    version: int
    message: str
    reason: str
    mend: str


RULES: Final = {
    rule.id: rule
    for rule in (
        Rule(
            "one_geography",
            1,
            later("A table has at most one geography."),
            later("Two geographies over the same people cut out slivers in which few live."),
            later("Leave one of the geographies out."),
        ),
        Rule(
            "max_variables",
            1,
            later("The table has too many variables."),
            later(
                "Many variables together single people out; an area counts as one, a filter as well, the date does not."
            ),
            later("Leave out variables or filters, or take larger areas."),
        ),
        Rule(
            "field_exclusion",
            1,
            later("These variables may not stand in one table."),
            later("They say nearly the same in different words, so that their differences single people out."),
            later("Leave one of them out."),
        ),
        Rule(
            "mean_cell_size",
            1,
            later("The table has more cells than there are people in the area."),
            later("Where people are few for the detail asked, most of them would stand alone in a cell."),
            later("Leave out variables, or take coarser levels or larger areas."),
        ),
        Rule(
            "min_area_population",
            1,
            later("Too few people live in the area."),
            later("In a very small population everybody knows everybody."),
            later("Take larger areas."),
        ),
        Rule(
            "sparsity",
            1,
            later("Too many cells of the area hold very few people."),
            later("A table of mostly very small numbers describes individuals."),
            later("Leave out variables, or take coarser levels or larger areas."),
        ),
    )
}
"""Every rule by its id, in the order in which they are asked."""

# Decision D7.
MAX_VARIABLES: Final = 5
MAX_VARIABLES_SMALL: Final = 3
MEAN_CELL_SIZE: Final = 1.0
MIN_PERSONS: Final = 100
MIN_HOUSEHOLDS: Final = 40


@dataclass(frozen=True)
class Exclusion:
    """At most ``limit`` of these fields stand in one table."""

    fields: tuple[str, ...]
    limit: int


@dataclass(frozen=True)
class RuleLimits:
    """The rules of a database with their numbers; None (or False) where one is off.

    max_variables: with areas at authorities or above, or none; max_variables_small: with smaller areas.
    min_population: smallest number of residents, by what is counted (``persons``, ``households``).
    """

    one_geography: bool = True
    max_variables: int | None = MAX_VARIABLES
    max_variables_small: int | None = MAX_VARIABLES_SMALL
    exclusions: tuple[Exclusion, ...] = ()
    mean_cell_size: float | None = MEAN_CELL_SIZE
    min_persons: int | None = MIN_PERSONS
    min_households: int | None = MIN_HOUSEHOLDS
    sparsity: bool = False

    def min_population(self, of: str) -> int | None:
        """The smallest population of an area, in ``persons`` or ``households``; None where the rule is off."""
        return self.min_households if of == "households" else self.min_persons


def limits_of(protection: Protection) -> RuleLimits:
    """The rules that a protection sets, a later setting of a rule before an earlier one."""
    last = {setting.rule: setting for setting in protection.rules}
    variables, population = last.get("max_variables"), last.get("min_area_population")
    return RuleLimits(
        one_geography=_on(last.get("one_geography"), default=True),
        max_variables=_whole(variables, MAX_VARIABLES),
        max_variables_small=_whole(variables, MAX_VARIABLES_SMALL, small=True),
        exclusions=tuple(_exclusions(protection.rules)),
        mean_cell_size=_limit(last.get("mean_cell_size"), MEAN_CELL_SIZE),
        min_persons=_whole(population, MIN_PERSONS),
        min_households=_whole(population, MIN_HOUSEHOLDS),
        sparsity=_on(last.get("sparsity"), default=False),
    )


def _on(setting: RuleSetting | None, *, default: bool) -> bool:
    return default if setting is None else setting.on


def _limit(setting: RuleSetting | None, default: float, *, small: bool = False) -> float | None:
    if setting is None:
        return default
    if not setting.on:
        return None
    asked = setting.small_area_limit if small else setting.limit
    return default if asked is None else asked


def _whole(setting: RuleSetting | None, default: int, *, small: bool = False) -> int | None:
    limit = _limit(setting, default, small=small)
    return None if limit is None else int(limit)


def _exclusions(settings: Sequence[RuleSetting]) -> list[Exclusion]:
    found: dict[tuple[str, ...], Exclusion] = {}
    for setting in settings:
        if setting.rule == "field_exclusion":
            found.pop(setting.fields, None)
            if setting.on:
                found[setting.fields] = Exclusion(setting.fields, 1 if setting.limit is None else int(setting.limit))
    return list(found.values())


def pass_mean_cell_size(
    printed: NDArray[np.int64], shown: NDArray[np.bool_], n_cells: NDArray[np.int64], *, at_least: float
) -> NDArray[np.bool_]:
    """Which areas have people enough for the cells asked of them.

    Args:
        printed: (n_areas,) printed count of each area; shown: (n_areas,) whether it is printed.
        n_cells: (n_areas,) cells of the area that are no structural zeros, filters lifted.
        at_least: smallest mean count of a cell.

    Returns:
        (n_areas,) bool; an area with one possible cell passes, as the threshold says of it all that the rule would,
        and so does one with none, which prints nothing but structural zeros.

    Source: the rule of the 2001 census of the United Kingdom, with 1; New Zealand used 2 in 2006.
    """
    passed: NDArray[np.bool_] = (n_cells <= 1) | (shown & (printed >= at_least * n_cells))
    return passed


def pass_population(sizes: NDArray[np.int64], *, at_least: int) -> NDArray[np.bool_]:
    """Which areas have population enough: (n_areas,) residents, -1 where nothing is known, which passes."""
    return (sizes < 0) | (sizes >= at_least)


def pass_sparsity(perturbed: NDArray[np.int64], possible: NDArray[np.bool_], ptable: Ptable) -> NDArray[np.bool_]:
    """Which areas have few enough cells of the smallest numbers.

    Args:
        perturbed: (n_areas, n_cells) counts with noise; possible: which cells are no structural zeros.

    Returns:
        (n_areas,) bool; an area without a positive cell fails.

    Source: SuperSTAR's sparsity check, with the smallest numbers that the perturbation table leaves.
    """
    one, two = sparsity_shares(ptable)
    cells = np.where(possible, perturbed, 0)
    positive = np.maximum((cells > 0).sum(axis=1), 1)
    smallest = ptable.js + 1
    n_one = (cells == smallest).sum(axis=1)
    n_two = n_one + (cells == smallest + 1).sum(axis=1)
    passed: NDArray[np.bool_] = (cells > 0).any(axis=1) & (n_one / positive <= one) & (n_two / positive <= two)
    return passed


SPARSE_MEAN: Final = 2.75
"""Mean count of the table whose shares of small numbers are the limits of ``sparsity`` (decision D7)."""

SHARE_DECIMALS: Final = 2


def sparsity_shares(ptable: Ptable) -> tuple[float, float]:
    """Largest shares, among positive cells, of the smallest number printed, and of the two smallest.

    Those of a table whose true counts are Poisson with mean 2.75: .42 and .68 under the standard preset.
    """
    n = np.arange(ptable.n_max + 60)
    log_weights = n * np.log(SPARSE_MEAN) - SPARSE_MEAN - np.concatenate([[0.0], np.cumsum(np.log(n[1:]))])
    printed = np.zeros(n.size + ptable.D + 1)
    for count, weight in zip(n.tolist(), np.exp(log_weights).tolist(), strict=True):
        rows = ptable.i == min(count, ptable.n_max)
        np.add.at(printed, count + ptable.v[rows], weight * ptable.p[rows])
    positive = printed[1:].sum()
    one = printed[ptable.js + 1] / positive
    two = one + printed[ptable.js + 2] / positive
    return round(float(one), SHARE_DECIMALS), round(float(two), SHARE_DECIMALS)
