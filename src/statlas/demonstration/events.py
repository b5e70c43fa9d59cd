"""Events, and people counted at a time: independent records of each period, each with an id of its own.

How many there are in a cell is its target rounded. Of events the running total is rounded, so that a place with a third
of an event a month has one every three months; of a snapshot each period by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.cells import AgeTable, areas_of, neighbours
from statlas.demonstration.columns import Coded
from statlas.demonstration.places import Map
from statlas.demonstration.recipe import Kind, Recipe
from statlas.demonstration.streams import stream
from statlas.demonstration.totals import Caseload, Whole


@dataclass(frozen=True, eq=False)
class Occurrences:
    """``counts`` (periods, authorities, strata) whole numbers of records of some regions."""

    regions: tuple[str, ...]
    authorities: NDArray[np.int64]
    counts: Whole

    def before(self, n_periods: int) -> int:
        """Records of the first periods."""
        return int(self.counts[:n_periods].sum())


def occur(recipe: Recipe, caseload: Caseload, regions: tuple[str, ...], *, scale: float, seed: int) -> Occurrences:
    """How many records each cell of some regions has in each period."""
    authorities = np.concatenate([caseload.authorities_of(region) for region in regions])
    targets = caseload.targets[:, authorities] * scale
    chance = stream(seed, recipe.database, "counts", *regions)
    if recipe.kind is Kind.EVENTS:
        running = np.floor(targets.cumsum(axis=0) + chance.random(targets.shape[1:]))
        counts = np.diff(running, axis=0, prepend=0.0)
    else:
        counts = np.floor(targets + chance.random(targets.shape))
    return Occurrences(regions, authorities, counts.astype(np.int32))


@dataclass(frozen=True, eq=False)
class Happened:
    """The n records of one period: region, stratum, age in months, small area, and the authority dealing with it."""

    region: Coded
    stratum: Coded
    age: Whole | None
    area: Whole
    dealt_with_by: Whole

    def __len__(self) -> int:
        return len(self.area)


def happened(
    recipe: Recipe, caseload: Caseload, places: Map, occurrences: Occurrences, n_period: int, *, seed: int
) -> Happened:
    """The records of a period, by authority."""
    chance = stream(seed, recipe.database, "events", recipe.periods[n_period], *occurrences.regions)
    counts = occurrences.counts[n_period].ravel()
    cell = np.repeat(np.arange(len(counts)), counts)
    where, stratum = np.divmod(cell, len(caseload.strata))
    authority = occurrences.authorities[where].astype(np.int32)
    age = AgeTable(recipe.ages, recipe.ages.weights, caseload.strata).draw(stratum, chance) if recipe.ages else None
    area = areas_of(authority, places, recipe.places.unknown_share, chance)
    return Happened(
        Coded(caseload.regions, caseload.region_of[authority].astype(np.int8)),
        Coded(caseload.strata, stratum.astype(np.int8)),
        age,
        area,
        _dealt_with_by(recipe, caseload, occurrences, authority, stratum, chance),
    )


def _dealt_with_by(
    recipe: Recipe,
    caseload: Caseload,
    occurrences: Occurrences,
    authority: Whole,
    stratum: NDArray[np.integer],
    chance: np.random.Generator,
) -> Whole:
    """The authority that deals with each, of the same region."""
    found = authority.copy()
    sizes = dict(zip(occurrences.authorities, occurrences.counts.sum(axis=(0, 2)), strict=True))
    for region in occurrences.regions:
        rows = np.flatnonzero(caseload.region_of[authority] == caseload.regions.index(region))
        near = caseload.authorities_of(region)
        size = np.array([sizes[a] for a in near])
        found[rows] = neighbours(recipe, caseload, authority[rows], stratum[rows], near, size, chance)
    return found
