"""The life of every claim: when it begins and ends, whose it is and where.

Theory of operation: a *cell* is a stratum in an authority. For every period each cell has a target, its share of the
published caseload at the demonstration's scale. From one period to the next claims leave at their own rate, faster
where the cell has to shrink; then new claims fill the cell up to its target.
So a claim goes on from period to period with the same reference, and the stock follows the published line.
A claimant who reaches State Pension age moves to a pension-age cell, which then needs fewer new claims, or leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.cells import AgeTable, areas_of, neighbours
from statlas.demonstration.columns import Coded
from statlas.demonstration.months import pension_age
from statlas.demonstration.places import Map
from statlas.demonstration.recipe import Panel, Recipe
from statlas.demonstration.streams import stream
from statlas.demonstration.totals import Caseload, Whole

FRAIL_FROM = 70
"""Years of age from which claims end ever more often."""

ENDS = -1
"""Where a claim moves that ends at State Pension age."""


@dataclass(frozen=True, eq=False)
class Claims:
    """The whole life of n claims: first and last month (numbers, both included), the claimant's month of birth,
    the region and stratum in which the claim begins, the small area, and the authority that deals with it.
    """

    first: Whole
    last: Whole
    born: Whole
    region: Coded
    stratum: Coded
    area: Whole
    dealt_with_by: Whole

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: NDArray[np.integer]) -> Claims:
        """Some of the claims."""
        return Claims(
            self.first[rows],
            self.last[rows],
            self.born[rows],
            self.region.take(rows),
            self.stratum.take(rows),
            self.area[rows],
            self.dealt_with_by[rows],
        )

    def in_month(self, month: int) -> NDArray[np.int64]:
        """Positions of the claims in payment in a month."""
        return np.flatnonzero((self.first <= month) & (month <= self.last))


def joined(parts: Sequence[Claims]) -> Claims:
    """The claims of several regions, by area."""
    whole = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("first", "last", "born", "area", "dealt_with_by")
    }
    region, stratum = (
        Coded(getattr(parts[0], name).codes, np.concatenate([getattr(part, name).positions for part in parts]))
        for name in ("region", "stratum")
    )
    claims = Claims(region=region, stratum=stratum, **whole)
    return claims.take(np.argsort(claims.area, kind="stable"))


def live(recipe: Recipe, caseload: Caseload, places: Map, region: str, *, scale: float, seed: int) -> Claims:
    """Every claim of a region."""
    chance = stream(seed, recipe.database, "claims", region)
    authorities = caseload.authorities_of(region)
    targets = caseload.targets[:, authorities] * scale
    # One offset a cell for all months: rounding adds no noise from month to month, and none on average.
    targets = np.floor(targets + chance.random(targets.shape[1:])).astype(np.int32)
    lives = _Lives(recipe, caseload.strata, chance)
    for month, row in zip(recipe.months, targets, strict=True):
        lives.step(month, row.ravel())
    begun = lives.all_claims()
    where, stratum = np.divmod(begun.cell, len(caseload.strata))
    authority = authorities[where].astype(np.int32)
    area = areas_of(authority, places, recipe.places.unknown_share, chance)
    dealt_with_by = neighbours(recipe, caseload, authority, stratum, authorities, targets[0].sum(axis=1), chance)
    here = Coded(caseload.regions, np.full(len(area), caseload.regions.index(region), dtype=np.int8))
    strata = Coded(caseload.strata, stratum.astype(np.int8))
    return Claims(begun.first, begun.last, begun.born, here, strata, area, dealt_with_by)


@dataclass(frozen=True, eq=False)
class _Begun:
    """Claims as they began: the cell, and the rest as in ``Claims``."""

    cell: Whole
    first: Whole
    last: Whole
    born: Whole


class _Lives:
    """The claims of a region while periods pass."""

    def __init__(self, recipe: Recipe, strata: tuple[str, ...], chance: np.random.Generator) -> None:
        assert recipe.panel
        assert recipe.ages
        panel = recipe.panel
        self._chance = chance
        self._end = recipe.months[-1]
        self._leave = np.array([panel.leave[s] for s in strata])
        self._doubles = panel.doubles_every * 12
        self._moves = _moves(panel, strata)
        self._later_ages = AgeTable(recipe.ages, recipe.ages.weights, strata)
        self._first_ages = AgeTable(recipe.ages, recipe.ages.first or recipe.ages.weights, strata)
        self._n_strata = len(strata)
        self._ended: list[_Begun] = []
        self._cell = self._now = self._first = self._born = np.zeros(0, dtype=np.int32)

    def step(self, month: int, target: Whole) -> None:
        """Let a period pass, after which every cell has its target (or a little more, where too few could leave)."""
        if len(self._now):
            self._retire(month)
            self._end_some(month, target)
        need = np.maximum(target - np.bincount(self._now, minlength=len(target)), 0)
        cell = np.repeat(np.arange(len(target), dtype=np.int32), need)
        ages = self._later_ages if self._ended else self._first_ages
        born = month - ages.draw(cell % self._n_strata, self._chance)
        self._cell, self._now = np.append(self._cell, cell), np.append(self._now, cell)
        self._first = np.append(self._first, np.full(len(cell), month, dtype=np.int32))
        self._born = np.append(self._born, born)

    def _retire(self, month: int) -> None:
        """Move claimants who have reached State Pension age, or end their claims."""
        if self._moves is None:
            return
        if ENDS in self._moves:
            self._leave_where(self._old(month) & (self._moves[self._now % self._n_strata] == ENDS), month)
        stratum = self._now % self._n_strata
        moved = self._now - stratum + self._moves[stratum]
        self._now = np.where(self._old(month), moved, self._now).astype(np.int32)

    def _old(self, month: int) -> NDArray[np.bool_]:
        old: NDArray[np.bool_] = month - self._born >= pension_age(self._born)
        return old

    def _end_some(self, month: int, target: Whole) -> None:
        n_now = np.bincount(self._now, minlength=len(target))
        shrink = np.maximum(1 - target / np.maximum(n_now, 1), 0)
        frail = np.maximum(month - self._born - FRAIL_FROM * 12, 0) / self._doubles
        leave = self._leave[self._now % self._n_strata] * 2.0**frail
        self._leave_where(self._chance.random(len(self._now)) < leave + shrink[self._now], month)

    def _leave_where(self, ends: NDArray[np.bool_], month: int) -> None:
        self._ended.append(self._begun(ends, month - 1))
        stay = ~ends
        self._cell, self._now = self._cell[stay], self._now[stay]
        self._first, self._born = self._first[stay], self._born[stay]

    def _begun(self, which: NDArray[np.bool_], last: int) -> _Begun:
        ends = np.full(int(which.sum()), last, dtype=np.int32)
        return _Begun(self._cell[which], self._first[which], ends, self._born[which])

    def all_claims(self) -> _Begun:
        """Every claim there has been; those still in payment end with the last period."""
        parts = [*self._ended, self._begun(np.ones(len(self._now), dtype=bool), self._end)]
        return _Begun(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("cell", "first", "last", "born"))
        )


def _moves(panel: Panel, strata: tuple[str, ...]) -> NDArray[np.int64] | None:
    """(strata,) the stratum that a claimant moves to at State Pension age; None where nothing happens."""
    if panel.pension is None:
        return None
    moves = panel.pension.moves
    return np.array([ENDS if moves.get(s, s) is None else strata.index(moves.get(s, s) or s) for s in strata])
