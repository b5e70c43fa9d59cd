"""What a map shows: a number for each area of a table, as it is, per resident or household, or against another date.

Everything here is worked out from printed numbers; an area whose number is not printed has none, and is never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from statlas.charts.cells import Cell, dimension_of, keys_of, measure_of, usual_position
from statlas.charts.marks import ABSENT, sign_of
from statlas.errors import QueryError
from statlas.model.cells import CubeContent, CubeDimension, CubeMeasure
from statlas.model.display import cell_text, precision_at
from statlas.model.explanation import value_of
from statlas.model.frames import code_of
from statlas.model.legend import STRUCTURAL_ZERO, heading
from statlas.wording import gettext as _
from statlas.wording import later

PER = 1_000
"""Residents or households that a rate is of."""


class Classes(StrEnum):
    """How areas are put into classes; the value is its name in addresses."""

    QUANTILE = "quantile"
    EQUAL = "equal"
    NATURAL = "natural"
    OWN = "own"


CLASS_LABELS: dict[Classes, str] = {
    Classes.QUANTILE: later("As many areas in each"),
    Classes.EQUAL: later("Equal steps"),
    Classes.NATURAL: later("Natural breaks"),
    Classes.OWN: later("My own breaks"),
}

FEWEST, MOST, USUAL = 3, 7, 5
"""Classes: fewer say little, more are hard to tell apart (Brewer and Pickle, 2002)."""


@dataclass(frozen=True)
class MapChoice:
    """What somebody chooses of a map.

    area: the geography field. measure: id of the number; empty is the first.
    at: of every other field the position shown. against: position of the date that numbers are compared with.
    per: ``persons`` or ``households`` for a rate, else empty. breaks: own breaks, ascending.
    """

    area: str
    measure: str = ""
    at: tuple[tuple[str, int], ...] = ()
    against: int | None = None
    per: str = ""
    classes: Classes = Classes.QUANTILE
    n_classes: int = USUAL
    breaks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Denominator:
    """How many residents or households each area has, by code, and in which words that is said."""

    of: str
    sizes: Mapping[str, float] = field(hash=False)
    source: str = ""


@dataclass(frozen=True)
class Area:
    """An area of the table with its number on the map; None where none is printed.

    ``codes`` are the places it is made of (several in a group); ``cells`` the flat cells its number is worked out from.
    ``sign`` says why there is no number, as in the table.
    """

    label: str
    codes: tuple[str, ...]
    value: float | None
    text: str
    sign: str
    cells: tuple[int, ...]

    @property
    def is_absent(self) -> bool:
        """Whether its number is not printed, or cannot be worked out."""
        return self.value is None


NO_SIZE = "n"
"""The sign of an area whose number of residents or households is not known."""


def areas_of(cube: CubeContent, choice: MapChoice, denominator: Denominator | None = None) -> tuple[Area, ...]:
    """The areas of a map in the order of the table; totals and formulas are no areas.

    Raises:
        UnknownNameError: the choice names what is not in the table.
    """
    dimension, measure = dimension_of(cube, choice.area), measure_of(cube, choice.measure)
    fixed = _place(cube, choice)
    areas = tuple(
        _area(cube, choice, measure, denominator, fixed | {dimension.field: n}, item.label, _codes(dimension, n))
        for n, item in enumerate(dimension.items)
        if not item.is_total and item.formula is None
    )
    return tuple(_told_apart(areas if denominator is None else _rated(areas, is_change=choice.against is not None)))


def rate_decimals(areas: Sequence[Area]) -> int:
    """As many decimals as tell rates apart: below ten in a thousand two, below one three."""
    largest = max((abs(area.value) for area in areas if area.value is not None), default=0.0)
    return 1 if largest >= 10 else 2 if largest >= 1 else 3  # noqa: PLR2004 - as said


def _rated(areas: Sequence[Area], *, is_change: bool) -> list[Area]:
    decimals = rate_decimals(areas)
    return [
        area
        if area.value is None
        else replace(area, text=_signed(area.value, decimals) if is_change else f"{area.value:,.{decimals}f}")
        for area in areas
    ]


def _told_apart(areas: Sequence[Area]) -> Iterator[Area]:
    """Areas of one name at one date get their codes into it; one that took over from another is alone at its date."""
    times = Counter(area.label for area in areas if area.sign != STRUCTURAL_ZERO)
    for area in areas:
        is_alone = times[area.label] <= 1 or area.sign == STRUCTURAL_ZERO
        yield area if is_alone else replace(area, label=f"{area.label} ({area.codes[0]})")


def is_elsewhere(area: Area) -> bool:
    """Whether an area stands for addresses that are not known or outside every area (codes of Stat-Xplore's kind)."""
    return all(set(code) <= {"X", "Z"} for code in area.codes)


def _place(cube: CubeContent, choice: MapChoice) -> dict[str, int]:
    chosen = dict(choice.at)
    return {d.field: chosen.get(d.field, usual_position(d)) for d in cube.dimensions if d.field != choice.area}


def place_of(cube: CubeContent, choice: MapChoice) -> dict[str, int]:
    """Which item of every other field is shown."""
    return _place(cube, choice)


def _codes(dimension: CubeDimension, position: int) -> tuple[str, ...]:
    nodes = dimension.items[position].nodes
    return tuple(node.code for node in nodes) or (code_of(dimension, position),)


def _area(
    cube: CubeContent,
    choice: MapChoice,
    measure: CubeMeasure,
    denominator: Denominator | None,
    at: dict[str, int],
    label: str,
    codes: tuple[str, ...],
) -> Area:
    cells = [_cell(cube, at)]
    if choice.against is not None:
        cells.append(_cell(cube, at | {date_of(cube).field: choice.against}))
    flat = tuple(int(np.ravel_multi_index(cell, cube.shape)) for cell in cells)
    missing = next((sign for cell in cells if (sign := _missing(measure, cell))), "")
    if missing:
        cell = next(cell for cell in cells if _missing(measure, cell))
        return Area(label, codes, None, cell_text(cube, measure, cell), missing, flat)
    numbers = [float(value_of(cube, measure, cell) or 0.0) for cell in cells]
    if denominator is None:
        value = numbers[0] - numbers[1] if len(numbers) > 1 else numbers[0]
        text = (
            _signed(value, precision_at(cube, measure, cells[0]))
            if len(numbers) > 1
            else cell_text(cube, measure, cells[0])
        )
        return Area(label, codes, value, text, "", flat)
    size = sum(denominator.sizes.get(code, 0.0) for code in codes)
    if not size or any(code not in denominator.sizes for code in codes):
        return Area(label, codes, None, _("not known"), NO_SIZE, flat)
    rates = [number * PER / size for number in numbers]
    return Area(label, codes, rates[0] - rates[1] if len(rates) > 1 else rates[0], "", "", flat)


def _signed(value: float, precision: int) -> str:
    text = f"{abs(value):,.{max(precision, 0)}f}"
    return text if not float(text.replace(",", "")) else f"{'+' if value > 0 else '−'}{text}"


def _missing(measure: CubeMeasure, cell: Cell) -> str:
    """Why a cell has no number to draw: its symbol, or that the area is not there at that date."""
    sign = sign_of(measure, cell)
    return sign if sign in ABSENT or sign == STRUCTURAL_ZERO else ""


def _cell(cube: CubeContent, at: Mapping[str, int]) -> Cell:
    return tuple(at[d.field] for d in cube.dimensions)


def date_of(cube: CubeContent) -> CubeDimension:
    """The date of a table.

    Raises:
        QueryError: it has none.
    """
    for dimension in cube.dimensions:
        if dimension.is_date:
            return dimension
    raise QueryError(_("The table has no date to compare with."), mend=_("Put the date into the table."))


def what(cube: CubeContent, choice: MapChoice) -> str:
    """What the numbers of a map are: *Housing Benefit Claimants per 1,000 residents, change since April 2024*."""
    said = heading(cube, measure_of(cube, choice.measure))
    if choice.per:
        unit = _("residents") if choice.per == "persons" else _("households")
        said = _("{measure} per 1,000 {unit}").format(measure=said, unit=unit)
    if choice.against is not None:
        then = date_of(cube).items[choice.against].label
        said = _("{measure}: change since {date}").format(measure=said, date=then)
    return said


def shown_of(cube: CubeContent, choice: MapChoice) -> list[str]:
    """Which item is shown of every other field, where the table has several."""
    named = {d.field: d for d in cube.dimensions}
    at = _place(cube, choice)
    return [f"{named[name].label}: {keys_of(named[name])[n]}" for name, n in at.items() if len(named[name]) > 1]


def values_of(areas: Sequence[Area]) -> list[float]:
    """The numbers that are drawn."""
    return [area.value for area in areas if area.value is not None]
