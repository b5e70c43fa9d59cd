"""The life of every claim: when it begins and ends, whose it is and where.

Theory of operation: a *cell* is a stratum in an authority. For every month each cell has a target, its share of the
published caseload at the demonstration's scale. From one month to the next claims leave at their own rate, faster
where the cell has to shrink; then new claims fill the cell up to its target.
So a claim goes on from month to month with the same reference, and the stock follows the published line.
A claimant who reaches State Pension age moves to a pension-age cell, which then needs fewer new claims.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.columns import Coded
from statlas.demonstration.months import month_number, months_between, pension_age
from statlas.demonstration.places import Map
from statlas.demonstration.recipe import Recipe, Weights
from statlas.demonstration.streams import stream

Whole = NDArray[np.int32]
FRAIL_FROM = 70
"""Years of age from which claims end ever more often."""


@dataclass(frozen=True, eq=False)
class Claims:
    """The whole life of n claims: first and last month (numbers, both included), the claimant's month of birth,
    the region and stratum in which the claim begins, the small area, and the authority that pays it.
    """

    first: Whole
    last: Whole
    born: Whole
    region: Coded
    stratum: Coded
    area: Whole
    paid_by: Whole

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
            self.paid_by[rows],
        )

    def in_month(self, month: int) -> NDArray[np.int64]:
        """Positions of the claims in payment in a month."""
        return np.flatnonzero((self.first <= month) & (month <= self.last))


def joined(parts: Sequence[Claims]) -> Claims:
    """The claims of several regions, by area."""
    whole = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("first", "last", "born", "area", "paid_by")
    }
    region, stratum = (
        Coded(getattr(parts[0], name).codes, np.concatenate([getattr(part, name).positions for part in parts]))
        for name in ("region", "stratum")
    )
    claims = Claims(region=region, stratum=stratum, **whole)
    return claims.take(np.argsort(claims.area, kind="stable"))


@dataclass(frozen=True, eq=False)
class Caseload:
    """``targets`` (months, authorities, strata): claims expected in each cell, not yet whole numbers."""

    strata: tuple[str, ...]
    regions: tuple[str, ...]
    region_of: Whole
    targets: NDArray[np.float64]


def read_caseload(folder: Path, recipe: Recipe, places: Map) -> Caseload:
    """Targets at full size, from the two CSVs of a database."""
    months = months_between(recipe.first, recipe.last)
    rows, strata = _numbers(folder / recipe.panel.caseload, ("month", "region"))
    regions = tuple(dict.fromkeys(region for _, region in rows))
    by_region = {region: np.zeros((len(months), len(strata))) for region in regions}
    for (period, region), numbers in rows.items():
        by_region[region][month_number(period) - months[0]] = numbers
    shares, columns = _numbers(folder / recipe.panel.shares, ("authority", "region"))
    assert columns == strata
    share = {authority: (region, numbers) for (authority, region), numbers in shares.items()}
    authorities = places.authorities.codes[: len(places.first_area) - 1]
    targets = np.stack([by_region[share[code][0]] * share[code][1] for code in authorities], axis=1)
    region_of = np.array([regions.index(share[code][0]) for code in authorities], dtype=np.int32)
    return Caseload(strata, regions, region_of, targets)


def _numbers(path: Path, keys: Sequence[str]) -> tuple[dict[tuple[str, ...], NDArray[np.float64]], tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = tuple(name for name in rows[0] if name not in keys)
    found = {tuple(row[key] for key in keys): np.array([float(row[c]) for c in columns]) for row in rows}
    return found, columns


def live(recipe: Recipe, caseload: Caseload, places: Map, region: str, *, scale: float, seed: int) -> Claims:
    """Every claim of a region."""
    chance = stream(seed, recipe.database, "claims", region)
    authorities = np.flatnonzero(caseload.region_of == caseload.regions.index(region))
    targets = caseload.targets[:, authorities] * scale
    # One offset a cell for all months: rounding adds no noise from month to month, and none on average.
    targets = np.floor(targets + chance.random(targets.shape[1:])).astype(np.int32)
    lives = _Lives(recipe, caseload.strata, chance)
    for month, row in zip(months_between(recipe.first, recipe.last), targets, strict=True):
        lives.step(month, row.ravel())
    begun = lives.all_claims()
    where, stratum = np.divmod(begun.cell, len(caseload.strata))
    authority = authorities[where].astype(np.int32)
    area = _areas(authority, places, recipe.panel.places.unknown_share, chance)
    elsewhere = np.array([recipe.panel.places.elsewhere.get(s, 0.0) for s in caseload.strata])[stratum]
    paid_by = _neighbours(authority, elsewhere, authorities, targets[0].sum(axis=1), chance)
    here = Coded(caseload.regions, np.full(len(area), caseload.regions.index(region), dtype=np.int8))
    strata = Coded(caseload.strata, stratum.astype(np.int8))
    return Claims(begun.first, begun.last, begun.born, here, strata, area, paid_by)


def _areas(authority: Whole, places: Map, unknown_share: float, chance: np.random.Generator) -> Whole:
    """A small area of each claim's authority, in proportion to people; or nowhere known."""
    upto = np.concatenate([[0.0], places.people.cumsum()])
    low, high = upto[places.first_area[authority]], upto[places.first_area[authority + 1]]
    found = np.searchsorted(upto, low + chance.random(len(authority)) * (high - low), side="right") - 1
    found = np.clip(found, places.first_area[authority], places.first_area[authority + 1] - 1)
    return np.where(chance.random(len(authority)) < unknown_share, places.unknown_area, found).astype(np.int32)


def _neighbours(
    authority: Whole, share: NDArray[np.float64], region: NDArray[np.int64], size: Whole, chance: np.random.Generator
) -> Whole:
    """The authority that pays: the one lived in, or for some another of the region."""
    upto = np.cumsum(size) / size.sum()
    other = region[np.minimum(np.searchsorted(upto, chance.random(len(authority))), len(region) - 1)]
    return np.where(chance.random(len(authority)) < share, other, authority).astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Begun:
    """Claims as they began: the cell, and the rest as in ``Claims``."""

    cell: Whole
    first: Whole
    last: Whole
    born: Whole


class _Lives:
    """The claims of a region while months pass."""

    def __init__(self, recipe: Recipe, strata: tuple[str, ...], chance: np.random.Generator) -> None:
        panel = recipe.panel
        self._chance = chance
        self._end = month_number(recipe.last)
        self._leave = np.array([panel.leave[s] for s in strata])
        self._doubles = panel.doubles_every * 12
        self._moves = np.array([strata.index(panel.pension.moves.get(s, s)) for s in strata])
        self._first_ages = _AgeTable(panel.ages.bands, panel.ages.first, strata)
        self._later_ages = _AgeTable(panel.ages.bands, panel.ages.later, strata)
        self._n_strata = len(strata)
        self._ended: list[_Begun] = []
        self._cell = self._now = self._first = self._born = np.zeros(0, dtype=np.int32)

    def step(self, month: int, target: Whole) -> None:
        """Let a month pass, after which every cell has its target (or a little more, where too few could leave)."""
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
        """Move claimants who have reached State Pension age."""
        stratum = self._now % self._n_strata
        old = month - self._born >= pension_age(self._born)
        self._now = np.where(old, self._now - stratum + self._moves[stratum], self._now).astype(np.int32)

    def _end_some(self, month: int, target: Whole) -> None:
        n_now = np.bincount(self._now, minlength=len(target))
        shrink = np.maximum(1 - target / np.maximum(n_now, 1), 0)
        frail = np.maximum(month - self._born - FRAIL_FROM * 12, 0) / self._doubles
        leave = self._leave[self._now % self._n_strata] * 2.0**frail
        ends = self._chance.random(len(self._now)) < leave + shrink[self._now]
        self._ended.append(self._begun(ends, month - 1))
        stay = ~ends
        self._cell, self._now = self._cell[stay], self._now[stay]
        self._first, self._born = self._first[stay], self._born[stay]

    def _begun(self, which: NDArray[np.bool_], last: int) -> _Begun:
        ends = np.full(int(which.sum()), last, dtype=np.int32)
        return _Begun(self._cell[which], self._first[which], ends, self._born[which])

    def all_claims(self) -> _Begun:
        """Every claim there has been; those still in payment end with the last month."""
        parts = [*self._ended, self._begun(np.ones(len(self._now), dtype=bool), self._end)]
        return _Begun(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("cell", "first", "last", "born"))
        )


class _AgeTable:
    """Ages in months at which claims begin, by stratum."""

    def __init__(
        self, bands: Mapping[str, tuple[float, float]], weights: Mapping[str, Weights], strata: tuple[str, ...]
    ) -> None:
        self._ends = np.array(list(bands.values())) * 12
        table = np.array([[weights[s].get(band, 0.0) for band in bands] for s in strata])
        self._upto = table.cumsum(axis=1) / table.sum(axis=1, keepdims=True)

    def draw(self, stratum: Whole, chance: np.random.Generator) -> Whole:
        """(n,) ages in months."""
        upto = self._upto[stratum]
        band = np.minimum((upto <= chance.random(len(stratum))[:, None]).sum(axis=1), len(self._ends) - 1)
        low, high = self._ends[band, 0], self._ends[band, 1]
        months: Whole = np.floor(low + chance.random(len(stratum)) * (high - low)).astype(np.int32)
        return months


def blocks(caseload: Caseload, scale: float, most: int) -> Iterator[tuple[str, ...]]:
    """Regions in groups of at most ``most`` claims expected in the first month (a region is never split)."""
    size = np.zeros(len(caseload.regions))
    np.add.at(size, caseload.region_of, caseload.targets[0].sum(axis=1) * scale)
    group: list[str] = []
    for region, n in zip(caseload.regions, size, strict=True):
        if group and size[[caseload.regions.index(r) for r in group]].sum() + n > most:
            yield tuple(group)
            group = []
        group.append(region)
    yield tuple(group)
