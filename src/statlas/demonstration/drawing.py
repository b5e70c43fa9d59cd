"""From a recipe to months of records: claims live, carry what they drew once, and look as they do in each month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.demonstration import steps
from statlas.demonstration.columns import Coded, Frame
from statlas.demonstration.months import month_number, months_between, pension_age, period_code
from statlas.demonstration.panel import Caseload, Claims, blocks, joined, live, read_caseload
from statlas.demonstration.places import Map, read_map
from statlas.demonstration.recipe import Recipe
from statlas.demonstration.streams import stream
from statlas.demonstration.writing import references, table

CLAIMS_AT_ONCE = 1_500_000
"""Claims of the first month held in memory together; at full size London alone is half of it."""


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
        return tuple(period_code(m) for m in months_between(self.recipe.first, self.recipe.last))

    @property
    def n_records(self) -> int:
        """Records that all months together will have, about."""
        return int(self.caseload.targets.sum() * self.scale)


def prepare(recipe: Recipe, databases: Path, *, scale: float, seed: int) -> Drawing:
    """The recipe of a database in the folder of all, with its caseload and map."""
    places = read_map(databases / "geography", recipe.panel.places.unknown)
    caseload = read_caseload(databases / recipe.database, recipe, places)
    return Drawing(recipe, caseload, places, scale, seed)


def draw(drawing: Drawing) -> Iterator[Callable[[str], pa.Table]]:
    """Block after block a function from period code to that month's records; each block has other claims."""
    first_reference = 1
    for regions in blocks(drawing.caseload, drawing.scale, CLAIMS_AT_ONCE):
        lives = (
            live(drawing.recipe, drawing.caseload, drawing.places, r, scale=drawing.scale, seed=drawing.seed)
            for r in regions
        )
        claims = joined(list(lives))
        carried = _carried(drawing, claims, regions)
        units = references(drawing.recipe.unit_prefix, first_reference, len(claims))
        yield _Months(drawing, claims, carried, units)
        first_reference += len(claims)


def _carried(drawing: Drawing, claims: Claims, regions: tuple[str, ...]) -> Frame:
    """What each claim drew once."""
    age = ((claims.first - claims.born) / 12).astype(np.float64)
    frame: Frame = {"region": claims.region, "stratum": claims.stratum, "age": age}
    steps.apply(drawing.recipe.once, frame, _chances(drawing, regions))
    del frame["age"]
    return frame


def _chances(drawing: Drawing, regions: tuple[str, ...]) -> Mapping[str, np.random.Generator]:
    """A stream for each column drawn, of its own for each block."""
    names = [step.column for step in drawing.recipe.once]
    return {name: stream(drawing.seed, drawing.recipe.database, "column", name, *regions) for name in names}


@dataclass(frozen=True, eq=False)
class _Months:
    """The claims of a block as they look in each month."""

    drawing: Drawing
    claims: Claims
    carried: Frame
    units: pa.Array

    def __call__(self, period: str) -> pa.Table:
        recipe = self.drawing.recipe
        month = month_number(period)
        rows = self.claims.in_month(month)
        frame = {name: column.take(rows) for name, column in self.carried.items()}
        frame |= self._time(rows, month) | self._place(rows, month)
        frame[recipe.month] = Coded((period,), np.zeros(len(rows), dtype=np.int8))
        steps.apply(recipe.monthly, frame, {}, month)
        unit = (recipe.unit, self.units.take(pa.array(rows)))
        return table(frame, unit, recipe.money, recipe.write)

    def _time(self, rows: NDArray[np.int64], month: int) -> Frame:
        pension = self.drawing.recipe.panel.pension
        born = self.claims.born[rows]
        age = np.minimum((month - born) // 12, self.drawing.recipe.panel.oldest).astype(np.int16)
        old = (month - born >= pension_age(born)).astype(np.int8)
        return {"age": age, pension.column: Coded((pension.before, pension.after), old)}

    def _place(self, rows: NDArray[np.int64], month: int) -> Frame:
        names, places = self.drawing.recipe.panel.places, self.drawing.places
        area = self.claims.area[rows]
        return {
            names.area: places.areas.in_month(area, month),
            names.authority: places.authorities.in_month(places.authority_of[area], month),
            names.constituency: Coded(places.constituencies, places.constituency_of[area]),
            names.administered_by: places.authorities.in_month(self.claims.paid_by[rows], month),
        }
