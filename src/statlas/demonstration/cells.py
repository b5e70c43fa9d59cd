"""What panels and events share: ages by stratum, and the place of a claim in its authority."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.places import Map
from statlas.demonstration.recipe import Ages, Recipe, listed
from statlas.demonstration.step_forms import Weights
from statlas.demonstration.totals import Caseload, Whole


class AgeTable:
    """Ages in months by stratum."""

    def __init__(self, ages: Ages, weights: Mapping[str, Weights], strata: tuple[str, ...]) -> None:
        rows = [listed(weights, stratum) for stratum in strata]
        bands = tuple(ages.bands) or tuple(dict.fromkeys(band for row in rows for band in row))
        self._ends = np.array([ages.ends(band) for band in bands]) * 12
        table = np.array([[row.get(band, 0.0) for band in bands] for row in rows])
        self._upto = table.cumsum(axis=1) / table.sum(axis=1, keepdims=True)

    def draw(self, stratum: NDArray[np.integer], chance: np.random.Generator) -> Whole:
        """(n,) ages in months."""
        upto = self._upto[stratum]
        band = np.minimum((upto <= chance.random(len(stratum))[:, None]).sum(axis=1), len(self._ends) - 1)
        low, high = self._ends[band, 0], self._ends[band, 1]
        months: Whole = np.floor(low + chance.random(len(stratum)) * (high - low)).astype(np.int32)
        return months


def areas_of(authority: Whole, places: Map, unknown_share: float, chance: np.random.Generator) -> Whole:
    """A small area of each claim's authority, in proportion to people; or nowhere known."""
    upto = np.concatenate([[0.0], places.people.cumsum()])
    low, high = upto[places.first_area[authority]], upto[places.first_area[authority + 1]]
    found = np.searchsorted(upto, low + chance.random(len(authority)) * (high - low), side="right") - 1
    found = np.clip(found, places.first_area[authority], places.first_area[authority + 1] - 1)
    return np.where(chance.random(len(authority)) < unknown_share, places.unknown_area, found).astype(np.int32)


def neighbours(
    recipe: Recipe,
    caseload: Caseload,
    authority: Whole,
    stratum: NDArray[np.integer],
    region: NDArray[np.int64],
    size: Whole,
    chance: np.random.Generator,
) -> Whole:
    """The authority that deals with a claim: the one lived in, or for some another of the region, by size."""
    if recipe.places.dealt_with_by is None or not size.sum():
        return authority
    shares = recipe.places.dealt_with_by.shares
    elsewhere = np.array([shares.get(s, 0.0) for s in caseload.strata])[stratum]
    upto = np.cumsum(size) / size.sum()
    other = region[np.minimum(np.searchsorted(upto, chance.random(len(authority))), len(region) - 1)]
    return np.where(chance.random(len(authority)) < elsewhere, other, authority).astype(np.int32)
