"""Dates along an axis: each period as a number of months, and which of them are named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from statlas.charts.cells import parts
from statlas.model.cells import CubeDimension
from statlas.wording import gettext as _
from statlas.wording import later

_MONTHS = (
    *(later("Jan"), later("Feb"), later("Mar"), later("Apr"), later("May"), later("Jun")),
    *(later("Jul"), later("Aug"), later("Sep"), later("Oct"), later("Nov"), later("Dec")),
)
_YEAR = 12
_LONG = 40  # months from which years alone are named (arbitrary: more than three years)


@dataclass(frozen=True)
class Times:
    """The periods of a date axis.

    months: for each position of the dimension the months since the year 0, the same distance for the same time.
    ticks: which of them are named, with what.
    """

    months: dict[int, int]
    ticks: tuple[tuple[int, str], ...]

    @property
    def label_expression(self) -> str:
        """What names each tick, as a Vega expression."""
        named = "".join(f"datum.value == {month} ? {json.dumps(label)} : " for month, label in self.ticks)
        return f"{named}''"


def times_of(dimension: CubeDimension, most: int) -> Times | None:
    """The periods of a date dimension, at most so many named; None where one cannot be placed in time."""
    positions = parts(dimension)
    codes = [dimension.items[n].nodes[0].code if len(dimension.items[n].nodes) == 1 else "" for n in positions]
    months = _months(codes)
    if not dimension.is_date or months is None:
        return None
    return Times(dict(zip(positions, months, strict=True)), _ticks(dimension, positions, months, most))


def _months(codes: Sequence[str]) -> list[int] | None:
    if all(re.fullmatch("[0-9]{4}", code) for code in codes):
        return [int(code) * _YEAR for code in codes]
    if not all(re.fullmatch("[0-9]{6}", code) for code in codes):
        return None
    if all(int(code[4:]) == (int(code[:4]) + 1) % 100 for code in codes):
        return [int(code[:4]) * _YEAR + 3 for code in codes]
    months = [int(code[4:]) for code in codes]
    return [int(c[:4]) * _YEAR + m - 1 for c, m in zip(codes, months, strict=True)] if max(months) <= _YEAR else None


def _ticks(
    dimension: CubeDimension, positions: Sequence[int], months: Sequence[int], most: int
) -> tuple[tuple[int, str], ...]:
    codes = [dimension.items[n].nodes[0].code for n in positions]
    is_monthly = any(len(code) == len("202509") for code in codes) and any((m - 3) % _YEAR for m in months)
    if is_monthly and months[-1] - months[0] >= _LONG:
        years = range(-(-months[0] // _YEAR), months[-1] // _YEAR + 1)
        step = -(-len(years) // most)
        return tuple((year * _YEAR, str(year)) for year in years if (year - years[0]) % step == 0)
    step = -(-len(positions) // most)
    chosen = [*range(len(positions) - 1, -1, -step)][::-1]
    return tuple((months[n], _name(dimension, positions[n], months[n], is_monthly=is_monthly)) for n in chosen)


def _name(dimension: CubeDimension, position: int, month: int, *, is_monthly: bool) -> str:
    if is_monthly:
        return f"{_(_MONTHS[month % _YEAR])} {month // _YEAR}"
    return dimension.items[position].label
