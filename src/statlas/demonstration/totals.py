"""How many there are of each stratum in each authority and period: what the drawing aims at.

Totals come from two CSV files of a database, or from a few anchors in its recipe: a total now and then, straight lines
between them, a season, and a spread over authorities.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.months import MONTHS_A_YEAR, month_number
from statlas.demonstration.places import Map
from statlas.demonstration.recipe import Recipe, Total
from statlas.demonstration.step_forms import Anchors

Floats = NDArray[np.float64]
Whole = NDArray[np.int32]

SPREADS = "spreads.csv"
"""Numbers by authority, shared by all databases, in proportion to which totals are spread."""


@dataclass(frozen=True, eq=False)
class Caseload:
    """``targets`` (periods, authorities, strata): how many are expected in each cell, not yet whole numbers."""

    strata: tuple[str, ...]
    regions: tuple[str, ...]
    region_of: Whole
    targets: Floats

    def authorities_of(self, region: str) -> NDArray[np.int64]:
        """Positions of the authorities of a region."""
        return np.flatnonzero(self.region_of == self.regions.index(region))

    def largest(self, region: str) -> float:
        """The most there are in one period, at full size."""
        return float(self.targets[:, self.authorities_of(region)].sum(axis=(1, 2)).max())


def read_caseload(databases: Path, recipe: Recipe, places: Map) -> Caseload:
    """Targets at full size."""
    if recipe.totals.strata:
        return _from_anchors(recipe, places, read_spreads(databases / SPREADS))
    return _from_files(databases / recipe.database, recipe, places)


def read_spreads(path: Path) -> dict[str, dict[str, float]]:
    """By column of the file, a number for each authority."""
    rows, columns = _numbers(path, ("authority",))
    return {name: {key: numbers[n] for (key,), numbers in rows.items()} for n, name in enumerate(columns)}


# --- from anchors -----------------------------------------------------------------------------------------------------


def _from_anchors(recipe: Recipe, places: Map, spreads: Mapping[str, Mapping[str, float]]) -> Caseload:
    regions = tuple(dict.fromkeys(places.region_of))
    region_of = np.array([regions.index(region) for region in places.region_of], dtype=np.int32)
    authorities = places.authorities.codes[: places.n_authorities]
    targets = [
        _spread(
            recipe.months, total, np.array([spreads[total.spread].get(a, 0) for a in authorities]), regions, region_of
        )
        for total in recipe.totals.strata.values()
    ]
    return Caseload(tuple(recipe.totals.strata), regions, region_of, recipe.totals.unit * np.stack(targets, axis=2))


def _spread(months: Sequence[int], total: Total, spread: Floats, regions: Sequence[str], region_of: Whole) -> Floats:
    """(periods, authorities) what a stratum has, in the unit of the recipe."""
    unknown = set(total.regions) - set(regions)
    assert not unknown, f"{unknown} are no regions"
    factors = np.stack([_factors(total.regions.get(region, 1.0), months) for region in regions], axis=1)
    weights = spread * factors[:, region_of]
    whole = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
    found: Floats = shares * (between(total.anchors, months) * _season(total.season, months))[:, None]
    return found


def between(anchors: Anchors, months: Sequence[int] | Whole) -> Floats:
    """(n,) numbers on the line through the anchors, level before the first and after the last."""
    known = sorted((month_number(period), number) for period, number in anchors.items())
    found: Floats = np.interp(np.asarray(months), [month for month, _ in known], [number for _, number in known])
    return found


def _factors(given: float | Anchors, months: Sequence[int]) -> Floats:
    return between(given, months) if isinstance(given, dict) else np.full(len(months), given)


def _season(season: Sequence[float], months: Sequence[int]) -> Floats:
    """(n,) the factor of each calendar month; the mean of a year is 1, whatever was written."""
    if not season:
        return np.ones(len(months))
    assert len(season) == MONTHS_A_YEAR, "a season has twelve factors, January first"
    found: Floats = (np.array(season) / np.mean(season))[np.array(months) % MONTHS_A_YEAR]
    return found


# --- from files -------------------------------------------------------------------------------------------------------


def _from_files(folder: Path, recipe: Recipe, places: Map) -> Caseload:
    assert recipe.totals.caseload
    assert recipe.totals.shares
    rows, strata = _numbers(folder / recipe.totals.caseload, ("month", "region"))
    regions = tuple(dict.fromkeys(region for _, region in rows))
    by_region = {region: np.zeros((len(recipe.months), len(strata))) for region in regions}
    for (period, region), numbers in rows.items():
        by_region[region][recipe.periods.index(period)] = numbers
    shares, columns = _numbers(folder / recipe.totals.shares, ("authority", "region"))
    assert columns == strata
    none = np.zeros((len(recipe.months), len(strata)))
    share = {authority: by_region[region] * numbers for (authority, region), numbers in shares.items()}
    authorities = places.authorities.codes[: places.n_authorities]
    targets = np.stack([share.get(code, none) for code in authorities], axis=1)
    regions = tuple(dict.fromkeys([*regions, *places.region_of]))
    region_of = np.array([regions.index(region) for region in places.region_of], dtype=np.int32)
    return Caseload(strata, regions, region_of, targets)


def _numbers(path: Path, keys: Sequence[str]) -> tuple[dict[tuple[str, ...], Floats], tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = tuple(name for name in rows[0] if name not in keys)
    found = {tuple(row[key] for key in keys): np.array([float(row[c]) for c in columns]) for row in rows}
    return found, columns


# --- in parts ---------------------------------------------------------------------------------------------------------


def blocks(caseload: Caseload, scale: float, most: int) -> Iterator[tuple[str, ...]]:
    """Regions in groups of at most ``most`` expected in the largest period of each (a region is never split).

    Regions in which there is nobody are left out.
    """
    group: list[str] = []
    size = 0.0
    for region in caseload.regions:
        n = caseload.largest(region) * scale
        if not n:
            continue
        if group and size + n > most:
            yield tuple(group)
            group, size = [], 0.0
        group.append(region)
        size += n
    yield tuple(group)
