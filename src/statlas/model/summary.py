"""A table in three sentences: what it shows and when, what leads in it, and what has changed or stands apart.

Every figure is a printed number, or is worked out from printed numbers, and says from which cells.
A difference is told only where it is larger than what the noise (and of a survey its design) may make: beyond the 95%
interval of the difference. What is not printed is never spoken of: the smallest number is named only where every number
is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import numpy as np

from statlas.model import titles, words
from statlas.model.cells import DERIVED_STATISTICS, Z95, CellStatus, CubeContent, CubeDimension, CubeMeasure
from statlas.model.database import Database
from statlas.wording import _, several

Cell = tuple[int, ...]

_ADDITIVE = ("COUNT", "SUM")
_MATTERS = 0.005
"""Share of a number above which its 95% half-width is worth an *about*; arbitrary: half a per cent."""


_MOST_COMPARED = 100
"""Largest cells of a table that are compared with the very largest; arbitrary."""


class Of(StrEnum):
    """How a figure comes from its cells.

    VALUE: the first. SHARE: the first in per cent of the sum of the others. CHANGE: the second less the first.
    GROWTH: that in per cent of the first. TIMES: the first divided by the second.
    """

    VALUE = "value"
    SHARE = "share"
    CHANGE = "change"
    GROWTH = "growth"
    TIMES = "times"


@dataclass(frozen=True)
class Figure:
    """One figure of a sentence: ``Figure("34%", 34.2, Of.SHARE, ((0, 1), (3, 1)), "V_F_HB_NEW")``.

    text: as it stands in the sentence. value: before rounding. cells: positions in the cube. measure: whose numbers.
    """

    text: str
    value: float
    of: Of
    cells: tuple[Cell, ...]
    measure: str


@dataclass(frozen=True)
class Sentence:
    """A sentence with the figures in it."""

    text: str
    figures: tuple[Figure, ...] = ()

    def __str__(self) -> str:
        return self.text


def sentences(cube: CubeContent, database: Database | None = None) -> tuple[Sentence, ...]:
    """Three sentences on a table; ``database`` names its levels, where it is at hand."""
    table = _Table(cube)
    leading = table.leading()
    last = table.change() or table.contrast() or _release(cube)
    return (_about(cube, database), leading or table.only() or _none(), last)


def _about(cube: CubeContent, database: Database | None) -> Sentence:
    """*This table shows Housing Benefit Claimants by region and month, from January to March 2025.*"""
    what = titles.title(cube, database)
    when = next((_when(d) for d in cube.dimensions if d.is_date), "")
    single = [f"{d.label}: {d.items[0].label}" for d in cube.dimensions if len(d) == 1 and not d.is_date]
    only = [titles.only(one, database, begins=False) for one in cube.query.filters]
    aside = f" ({'; '.join((*single, *only))})" if single or only else ""
    return Sentence(_("This table shows {what}{when}{aside}.").format(what=what, when=when, aside=aside))


def _when(dimension: CubeDimension) -> str:
    labels = [dimension.items[n].label for n in _singles(dimension)]
    if not labels:
        return ""
    if len(labels) == 1:
        return _(", {period}").format(period=labels[0])
    return _(", from {first} to {last}").format(first=labels[0], last=labels[-1])


def _release(cube: CubeContent) -> Sentence:
    said = _("The numbers are those of release {release}, published {day}.")
    return Sentence(said.format(release=cube.release, day=words.day(cube.released)))


def _none() -> Sentence:
    return Sentence(_("What it prints has no single largest number to tell of."))


def _singles(dimension: CubeDimension) -> list[int]:
    """Positions of items that are neither totals nor formulas."""
    return [n for n, item in enumerate(dimension.items) if not item.is_total and item.formula is None]


@dataclass(frozen=True, eq=False)
class _Table:
    cube: CubeContent

    @cached_property
    def measure(self) -> CubeMeasure:
        """The first measure that is not worked out from others."""
        printed = (m for m in self.cube.measures if m.statistic not in DERIVED_STATISTICS)
        return next(printed, self.cube.measures[0])

    @cached_property
    def date(self) -> int | None:
        """The axis of the dates, where there are several."""
        return next((n for n, d in enumerate(self.cube.dimensions) if d.is_date and len(_singles(d)) > 1), None)

    @cached_property
    def wide(self) -> list[int]:
        """Axes of several items that are no dates: those of the rows first, then of columns and wafers."""
        order = {"rows": 0, "columns": 1, "wafers": 2}
        found = [n for n, d in enumerate(self.cube.dimensions) if not d.is_date and len(_singles(d)) > 1]
        return sorted(found, key=lambda n: order[self.cube.dimensions[n].role])

    def at(self, *free: int) -> Cell | None:
        """The cell where every axis stands at its total or only item, dates at the latest; ``free`` ones at 0."""
        place = []
        for n, dimension in enumerate(self.cube.dimensions):
            singles = _singles(dimension)
            total = next((i for i, item in enumerate(dimension.items) if item.is_total), None)
            if n in free:
                place.append(0)
            elif dimension.is_date and singles:
                place.append(singles[-1])
            elif total is not None:
                place.append(total)
            elif len(singles) == 1:
                place.append(singles[0])
            else:
                return None
        return tuple(place)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def is_shown(self, cell: Cell) -> bool:
        return int(self.measure.status[cell]) == CellStatus.SHOWN

    def number(self, cell: Cell) -> float:
        return float(self.measure.values[cell])

    def error(self, cell: Cell) -> float:
        """Standard deviation of noise and design together."""
        se = 0.0 if self.measure.se is None else float(np.nan_to_num(self.measure.se[cell]))
        return float(np.hypot(se, self.measure.sd[cell]))

    def differ(self, one: Cell, other: Cell) -> bool:
        """Whether two numbers differ by more than noise."""
        apart = abs(self.number(one) - self.number(other))
        return apart > 0 and apart > Z95 * float(np.hypot(self.error(one), self.error(other)))

    def value(self, cell: Cell) -> Figure:
        """A printed number, as it is printed."""
        number, error = self.number(cell), self.error(cell)
        said = self._with_unit(number)
        text = _about_it(said, is_rough=Z95 * error > _MATTERS * abs(number))
        return Figure(text, number, Of.VALUE, (cell,), self.measure.id)

    def _with_unit(self, number: float) -> str:
        pounds = "£" if self.measure.unit == "GBP" else ""
        sign = "-" if number < 0 else ""
        return f"{sign}{pounds}{abs(number):,.{max(self.measure.precision, 0)}f}"

    # --- what leads ---------------------------------------------------------------------------------------------------

    def leading(self) -> Sentence | None:
        """The item with the largest number of the first field, or the largest cell where its others have no total."""
        if not self.wide:
            return None
        place = self.at(self.wide[0])
        if place is not None:
            return self._leading_of(self.wide[0], place)
        return self._leading_cell()

    def _leading_of(self, axis: int, place: Cell) -> Sentence | None:
        dimension = self.cube.dimensions[axis]
        cells = [_with(place, axis, n) for n in _singles(dimension)]
        found = sorted(filter(self.is_shown, cells), key=self.number, reverse=True)
        if len(found) < 2:  # noqa: PLR2004 - of one number none is the largest
            return None
        first = found[0]
        label = dimension.items[first[axis]].label
        share = self._share(first, self._whole(axis, place, cells))
        return self._lead(found, label, self._prefix(first, axis), share)

    def _leading_cell(self) -> Sentence | None:
        """The largest of all cells of the latest date; where there are too many to tell apart, it says so."""
        sides = [[_singles(d)[-1]] if d.is_date and _singles(d) else _singles(d) for d in self.cube.dimensions]
        if not all(sides):
            return None
        inside = np.ix_(*sides)
        values = np.where(self.measure.status[inside] == CellStatus.SHOWN, self.measure.values[inside], -np.inf)
        flat = np.argsort(-values.reshape(-1), kind="stable")[: _MOST_COMPARED + 1]
        places = [np.unravel_index(int(one), values.shape) for one in flat if np.isfinite(values.reshape(-1)[one])]
        found = [tuple(side[int(i)] for side, i in zip(sides, place, strict=True)) for place in places]
        if len(found) < 2:  # noqa: PLR2004 - ditto
            return None
        items = (self.cube.dimensions[n].items[found[0][n]].label for n in self.wide)
        return self._lead(found, ", ".join(items), self._prefix(found[0], None), None)

    def _lead(self, found: Sequence[Cell], label: str, prefix: str, share: Figure | None) -> Sentence:
        value = self.value(found[0])
        near = [cell for cell in found[1 : _MOST_COMPARED + 1] if not self.differ(found[0], cell)]
        figures: tuple[Figure, ...] = (value,)
        if near:
            said = several(
                "{prefix}{label} has the largest printed number, {value}, but another is within the noise of it.",
                "{prefix}{label} has the largest printed number, {value}, but {n} others are within the noise of it.",
                len(near),
            )
        elif share is not None:
            said = _("{prefix}{label} has the largest number: {value}, {share} of the total.")
            figures = (value, share)
        else:
            said = _("{prefix}{label} has the largest number: {value}.")
        more = len(near) >= _MOST_COMPARED
        n = _("more than {n}").format(n=_MOST_COMPARED - 1) if more else f"{len(near):,}"
        text = said.format(prefix=prefix, label=label, value=value.text, share=share and share.text, n=n)
        return Sentence(_capital(text), figures)

    def _prefix(self, cell: Cell, axis: int | None) -> str:
        """*In March 2025, *: where several dates stand in the table, of which one is told."""
        if self.date is None or self.date == axis:
            return ""
        return _("In {period}, ").format(period=self.cube.dimensions[self.date].items[cell[self.date]].label)

    def _whole(self, axis: int, place: Cell, parts: Iterable[Cell]) -> tuple[Cell, ...]:
        """The cells that make up the whole of which an item is a part; none where that is not known.

        A total that is printed, or every category of one level, all of them printed.
        """
        dimension = self.cube.dimensions[axis]
        if self.measure.statistic not in _ADDITIVE:
            return ()
        total = next((n for n, item in enumerate(dimension.items) if item.is_total), None)
        whole = tuple(parts) if total is None else (_with(place, axis, total),)
        known = total is not None or dimension.valueset is not None
        return whole if known and all(map(self.is_shown, whole)) else ()

    def _share(self, part: Cell, whole: tuple[Cell, ...]) -> Figure | None:
        numbers = [self.number(cell) for cell in whole]
        if not numbers or min(numbers) < 0 or not 0 < self.number(part) <= sum(numbers):
            return None
        share = 100 * self.number(part) / sum(numbers)
        rough = 100 * Z95 * self.error(part) / sum(numbers) > 0.5  # noqa: PLR2004 - half of what is printed
        text = _("less than 1%") if share < 1 else _about_it(f"{share:.0f}%", is_rough=rough)
        return Figure(text, share, Of.SHARE, (part, *whole), self.measure.id)

    def only(self) -> Sentence | None:
        """The one number of a table that has no more."""
        cell = self.at()
        if cell is None or not self.is_shown(cell):
            return None
        value = self.value(cell)
        text = _("{prefix}the number is {value}.").format(prefix=self._prefix(cell, None), value=value.text)
        return Sentence(_capital(text), (value,))

    # --- what has changed, or stands apart ----------------------------------------------------------------------------

    def change(self) -> Sentence | None:
        """From the first printed date to the last, of the whole table; else of what leads in it."""
        if self.date is None:
            return None
        place, label = self.at(), _("the total") if self.wide else _("the number")
        if place is None:
            led = self.leading()
            if led is None or not led.figures:
                return None
            place = led.figures[0].cells[0]
            items = ", ".join(self.cube.dimensions[n].items[place[n]].label for n in self.wide)
            label = _("the number for {items}").format(items=items)
        dimension = self.cube.dimensions[self.date]
        cells = [_with(place, self.date, n) for n in _singles(dimension)]
        found = list(filter(self.is_shown, cells))
        return self._changed(found[0], found[-1], label) if len(found) > 1 else None

    def _changed(self, before: Cell, after: Cell, label: str) -> Sentence:
        assert self.date is not None
        items = self.cube.dimensions[self.date].items
        named = {"first": items[before[self.date]].label, "last": items[after[self.date]].label, "label": label}
        if not self.differ(before, after):
            said = _("From {first} to {last}, {label} changed by no more than the noise may make.")
            return Sentence(said.format(**named))
        change = self.number(after) - self.number(before)
        error = float(np.hypot(self.error(before), self.error(after)))
        by = _about_it(self._with_unit(abs(change)), is_rough=Z95 * error > _MATTERS * abs(change))
        figures = [Figure(by, change, Of.CHANGE, (before, after), self.measure.id)]
        growth = self._growth(before, after)
        figures += [growth] if growth else []
        to = self.value(after)
        rose = _("From {first} to {last}, {label} rose by {by}{growth}, to {to}.")
        fell = _("From {first} to {last}, {label} fell by {by}{growth}, to {to}.")
        percent = f" ({growth.text})" if growth else ""
        text = (rose if change > 0 else fell).format(**named, by=by, growth=percent, to=to.text)
        return Sentence(text, (*figures, to))

    def _growth(self, before: Cell, after: Cell) -> Figure | None:
        """The change in per cent, with a decimal where noise leaves one; None where it says nothing."""
        first, last = self.number(before), self.number(after)
        if first <= 0 or last < 0:
            return None
        growth = 100 * (last - first) / first
        half = 100 * Z95 * float(np.hypot(self.error(before), self.error(after))) / first
        decimals = 1 if half < 0.05 else 0  # noqa: PLR2004 - half of the last decimal printed
        said = f"{abs(growth):,.{decimals}f}"
        if not float(said.replace(",", "")):
            return None
        text = _about_it(f"{said}%", is_rough=half > 0.5)  # noqa: PLR2004 - half of a per cent
        return Figure(text, growth, Of.GROWTH, (before, after), self.measure.id)

    def contrast(self) -> Sentence | None:
        """The largest and the smallest of a field: of the second, else of the first; only where all are printed."""
        for axis in (*self.wide[1:], *self.wide[:1]):
            place = self.at(axis)
            told = None if place is None else self._contrast_of(axis, place)
            if told is not None:
                return told
        return self._second()

    def _second(self) -> Sentence | None:
        """What comes after the largest of the first field, where it stands apart from what comes before and after."""
        place = self.at(self.wide[0]) if self.wide else None
        if place is None:
            return None
        axis = self.wide[0]
        cells = (_with(place, axis, n) for n in _singles(self.cube.dimensions[axis]))
        found = sorted(filter(self.is_shown, cells), key=self.number, reverse=True)
        if len(found) < 2 or not all(self.differ(*pair) for pair in pairwise(found[:3])):  # noqa: PLR2004 - of two
            return None
        value = self.value(found[1])
        label = self.cube.dimensions[axis].items[found[1][axis]].label
        return Sentence(_("Next comes {label} with {value}.").format(label=label, value=value.text), (value,))

    def _contrast_of(self, axis: int, place: Cell) -> Sentence | None:
        dimension = self.cube.dimensions[axis]
        cells = [_with(place, axis, n) for n in _singles(dimension)]
        if not all(map(self.is_shown, cells)):
            return None
        most, least = max(cells, key=self.number), min(cells, key=self.number)
        others = [cell for cell in cells if cell != least]
        if not self.differ(most, least) or not all(self.differ(least, cell) for cell in others):
            return None
        label = dimension.items[least[axis]].label
        smallest = self.value(least)
        times = self._times(most, least)
        if times is None:
            text = _("{label} has the smallest, {value}.").format(label=label, value=smallest.text)
            return Sentence(text, (smallest,))
        said = _("{most} has {times} times the number of {label}, which is smallest: {value}.")
        named = {"most": dimension.items[most[axis]].label, "label": label}
        return Sentence(said.format(**named, times=times.text, value=smallest.text), (times, smallest))

    def _times(self, most: Cell, least: Cell) -> Figure | None:
        """How many times as large, as one decimal, where noise leaves that."""
        if self.number(least) <= 0:
            return None
        times = self.number(most) / self.number(least)
        half = (
            Z95 * times * float(np.hypot(self.error(most) / self.number(most), self.error(least) / self.number(least)))
        )
        if times < 1.1 or half > times / 4:  # noqa: PLR2004 - less is no contrast, or no figure (arbitrary)
            return None
        rough = half > 0.05  # noqa: PLR2004 - half of the decimal printed
        return Figure(_about_it(f"{times:,.1f}", is_rough=rough), times, Of.TIMES, (most, least), self.measure.id)


def _about_it(text: str, *, is_rough: bool) -> str:
    return _("about {number}").format(number=text) if is_rough else text


def _with(place: Cell, axis: int, n: int) -> Cell:
    return (*place[:axis], n, *place[axis + 1 :])


def _capital(text: str) -> str:
    """The sentence with a capital; a label keeps its own letters behind it."""
    return text[:1].upper() + text[1:]


def said(cube: CubeContent, database: Database | None = None) -> str:
    """The sentences as one text, for those who cannot see the table."""
    return " ".join(map(str, sentences(cube, database)))
