"""From a recipe to periods of records: claims live and look as they do in each period, or events happen in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.demonstration import steps
from statlas.demonstration.columns import Coded, Frame
from statlas.demonstration.events import Happened, Occurrences, happened, occur
from statlas.demonstration.months import MONTHS_A_YEAR, month_number, pension_age
from statlas.demonstration.panel import Claims, joined, live
from statlas.demonstration.places import Map, read_map
from statlas.demonstration.recipe import Kind, Recipe
from statlas.demonstration.step_forms import Step
from statlas.demonstration.streams import Chance, Kept, stream
from statlas.demonstration.totals import Caseload, Whole, blocks, read_caseload
from statlas.demonstration.writing import references, table

CLAIMS_AT_ONCE = 1_500_000
"""Claims of the largest period held in memory together; at full size London alone is half of Housing Benefit's."""

Months = Callable[[str], pa.Table]
"""From a period code to that period's records."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A recipe ready to be drawn at a scale (1 is the real caseload) from a seed."""

    recipe: Recipe
    caseload: Caseload
    places: Map
    scale: float
    seed: int

    @property
    def periods(self) -> tuple[str, ...]:
        """Period codes, oldest first."""
        return self.recipe.periods

    @property
    def n_records(self) -> int:
        """Records that all periods together will have, about."""
        return int(self.caseload.targets.sum() * self.scale)


def prepare(recipe: Recipe, databases: Path, *, scale: float, seed: int) -> Drawing:
    """The recipe of a database in the folder of all, with its caseload and map."""
    places = read_map(databases / "geography")
    return Drawing(recipe, read_caseload(databases, recipe, places), places, scale, seed)


def draw(drawing: Drawing) -> Iterator[Months]:
    """Block after block a function from period code to that period's records; each block has other units."""
    first_reference = 1
    for regions in blocks(drawing.caseload, drawing.scale, CLAIMS_AT_ONCE):
        block = _panel if drawing.recipe.kind is Kind.PANEL else _events
        months, n_units = block(drawing, regions, first_reference)
        yield months
        first_reference += n_units


# --- claims -----------------------------------------------------------------------------------------------------------


def _panel(drawing: Drawing, regions: tuple[str, ...], first_reference: int) -> tuple[Months, int]:
    recipe, caseload, places = drawing.recipe, drawing.caseload, drawing.places
    lives = [live(recipe, caseload, places, region, scale=drawing.scale, seed=drawing.seed) for region in regions]
    claims = joined(lives)
    units = references(recipe.unit_prefix, first_reference, len(claims))
    return _Claims(drawing, claims, first_reference, _carried(drawing, claims, regions), units), len(claims)


def _carried(drawing: Drawing, claims: Claims, regions: tuple[str, ...]) -> Frame:
    """What each claim drew once."""
    age = ((claims.first - claims.born) / MONTHS_A_YEAR).astype(np.float64)
    frame: Frame = {"region": claims.region, "stratum": claims.stratum, "age": age, "when": _when(claims.first)}
    steps.apply(drawing.recipe.once, frame, _streams(drawing, "column", regions))
    return {name: column for name, column in frame.items() if name not in ("age", "when")}


def _when(months: Whole) -> NDArray[np.int32]:
    """(n,) months written as 202512, to be compared with in a condition."""
    found: NDArray[np.int32] = months // MONTHS_A_YEAR * 100 + months % MONTHS_A_YEAR + 1
    return found


def _streams(drawing: Drawing, *names: str | tuple[str, ...]) -> Callable[[Step], Chance]:
    """For each step the stream of its column, of its own for each block."""
    kind, *of = names
    parts = [part for name in of for part in ([name] if isinstance(name, str) else name)]
    return lambda step: stream(drawing.seed, drawing.recipe.database, str(kind), step.column, *parts)


@dataclass(frozen=True, eq=False)
class _Claims:
    """The claims of a block as they look in each period."""

    drawing: Drawing
    claims: Claims
    first_reference: int
    carried: Frame
    units: pa.Array

    def __call__(self, period: str) -> pa.Table:
        recipe = self.drawing.recipe
        month = month_number(period)
        rows = self.claims.in_month(month)
        frame = {name: column.take(rows) for name, column in self.carried.items()}
        frame |= self._time(rows, month)
        frame |= _place(self.drawing, self.claims.area[rows], self.claims.dealt_with_by[rows], month)
        frame[recipe.period] = _one_code(period, len(rows))
        steps.apply(recipe.each_period, frame, self._kept(rows, month), month)
        unit = (recipe.unit, self.units.take(pa.array(rows)))
        return table(frame, unit, recipe.money, recipe.write)

    def _time(self, rows: NDArray[np.int64], month: int) -> Frame:
        assert self.drawing.recipe.panel
        assert self.drawing.recipe.ages
        pension = self.drawing.recipe.panel.pension
        born = self.claims.born[rows]
        age = np.minimum((month - born) // MONTHS_A_YEAR, self.drawing.recipe.ages.oldest).astype(np.int16)
        when = np.full(len(rows), _when(np.array(month)), dtype=np.int32)
        duration = self._duration(rows, month)
        found: Frame = {"age": age, "when": when, "duration": duration, "years": duration / MONTHS_A_YEAR}
        if pension:
            old = (month - born >= pension_age(born)).astype(np.int8)
            found[pension.column] = Coded((pension.before, pension.after), old)
        return found

    def _duration(self, rows: NDArray[np.int64], month: int) -> NDArray[np.int16]:
        """(n,) whole months for which the claims have lasted; those of the first period had lasted before."""
        recipe = self.drawing.recipe
        assert recipe.panel
        lasted = month - self.claims.first[rows]
        if not recipe.panel.before:
            return lasted.astype(np.int16)
        chance = Kept(self.drawing.seed, (recipe.database, "before"), self._numbers(rows), np.zeros(1, np.int64))
        before = np.floor(-recipe.panel.before * np.log(1 - chance.random(len(rows))))
        old = self.claims.first[rows] == recipe.months[0]
        return (lasted + np.where(old, before, 0)).astype(np.int16)

    def _kept(self, rows: NDArray[np.int64], month: int) -> Callable[[Step], Chance]:
        """For each step the chance that its claims keep, for as long as the step says."""
        numbers = self._numbers(rows)

        def chance(step: Step) -> Chance:
            lasts = getattr(step, "lasts", 0)
            # Claims take their turns in different months.
            epochs = (month + numbers) // lasts if lasts else np.zeros(1, np.int64)
            return Kept(self.drawing.seed, (self.drawing.recipe.database, step.column), numbers, epochs)

        return chance

    def _numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows + self.first_reference


# --- events -----------------------------------------------------------------------------------------------------------


def _events(drawing: Drawing, regions: tuple[str, ...], first_reference: int) -> tuple[Months, int]:
    occurrences = occur(drawing.recipe, drawing.caseload, regions, scale=drawing.scale, seed=drawing.seed)
    return _Events(drawing, occurrences, first_reference), occurrences.before(len(drawing.periods))


@dataclass(frozen=True, eq=False)
class _Events:
    """The events of a block in each period."""

    drawing: Drawing
    occurrences: Occurrences
    first_reference: int

    def __call__(self, period: str) -> pa.Table:
        recipe = self.drawing.recipe
        n_period = recipe.periods.index(period)
        month = recipe.months[n_period]
        found = happened(
            recipe, self.drawing.caseload, self.drawing.places, self.occurrences, n_period, seed=self.drawing.seed
        )
        frame: Frame = {"region": found.region, "stratum": found.stratum, **self._time(found, month)}
        frame |= _place(self.drawing, found.area, found.dealt_with_by, month)
        frame[recipe.period] = _one_code(period, len(found))
        steps.apply(recipe.once, frame, _streams(self.drawing, "event", (period, *self.occurrences.regions)), month)
        first = self.first_reference + self.occurrences.before(n_period)
        unit = (recipe.unit, references(recipe.unit_prefix, first, len(found)))
        return table(frame, unit, recipe.money, recipe.write)

    def _time(self, found: Happened, month: int) -> Frame:
        when: Frame = {"when": np.full(len(found), _when(np.array(month)), dtype=np.int32)}
        ages = self.drawing.recipe.ages
        if found.age is None or ages is None:
            return when
        return when | {"age": np.minimum(found.age // MONTHS_A_YEAR, ages.oldest).astype(np.int16)}


# --- both -------------------------------------------------------------------------------------------------------------


def _place(drawing: Drawing, area: Whole, dealt_with_by: Whole, month: int) -> Frame:
    names, places = drawing.recipe.places, drawing.places
    found: Frame = {column: places.coded(kind, area, month) for kind, column in names.columns.items()}
    if names.dealt_with_by:
        found[names.dealt_with_by.column] = places.authorities.in_month(dealt_with_by, month)
    return found


def _one_code(code: str, n: int) -> Coded:
    return Coded((code,), np.zeros(n, dtype=np.int8))
