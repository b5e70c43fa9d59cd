"""What a map is drawn with: its areas in classes, their colours, and the lines of its legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from statlas.charts.maps import NO_SIZE, Area, MapChoice, rate_decimals, shown_of, values_of, what
from statlas.charts.maps_classes import Scale
from statlas.charts.maps_drawing import Box, Drawing
from statlas.charts.marks import ABSENT, meaning
from statlas.charts.palette import PALETTES, Palette
from statlas.charts.setting import Setting
from statlas.model.cells import CubeContent
from statlas.model.legend import STRUCTURAL_ZERO
from statlas.wording import gettext as _
from statlas.wording import several


@dataclass(frozen=True)
class Entry:
    """A line of the legend: ``kind`` is ``class``, ``sign`` or ``outside``; ``key`` the class or sign."""

    kind: str
    key: str
    text: str
    n_areas: int


@dataclass(frozen=True, eq=False)
class MapSheet:
    """A map about to be drawn.

    ``found`` is the code of a place that was looked for; ``credits`` are sentences on whose shapes these are;
    ``elsewhere`` stands for addresses that are nowhere on the map.
    """

    cube: CubeContent
    choice: MapChoice
    areas: tuple[Area, ...]
    scale: Scale
    drawing: Drawing
    setting: Setting
    credits: tuple[str, ...] = ()
    found: str = ""
    elsewhere: tuple[Area, ...] = ()

    @property
    def colours(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.setting.theme]

    @cached_property
    def by_code(self) -> dict[str, Area]:
        """The area that each place belongs to."""
        return {code: area for area in self.areas for code in area.codes}

    @cached_property
    def box(self) -> Box:
        """The part of the drawing that is seen."""
        return self.drawing.around([code for code, area in self.by_code.items() if area.sign != STRUCTURAL_ZERO])

    @property
    def what(self) -> str:
        """What the numbers are."""
        return what(self.cube, self.choice)

    @property
    def shown(self) -> list[str]:
        """Which items of other fields are shown."""
        return shown_of(self.cube, self.choice)

    @property
    def beside(self) -> list[str]:
        """The same without the date."""
        dates = {d.label for d in self.cube.dimensions if d.is_date}
        return [said for said in self.shown if said.partition(":")[0] not in dates]

    def key_of(self, code: str) -> str:
        """How a place is filled: its class as a digit, the sign of what is not shown, or ``-`` outside the table."""
        area = self.by_code.get(code)
        if area is None:
            return "-"
        return str(self.scale.class_of(area.value)) if area.value is not None else area.sign

    @cached_property
    def without_shape(self) -> tuple[Area, ...]:
        """Areas with a number that are not drawn."""
        paths = self.drawing.paths
        return tuple(a for a in self.areas if a.sign != STRUCTURAL_ZERO and not any(code in paths for code in a.codes))

    @cached_property
    def legend(self) -> tuple[Entry, ...]:
        """Classes with their bounds, then why areas have no number."""
        keys = [self.key_of(area.codes[0]) for area in self.areas]
        decimals = self._decimals
        classes = [
            Entry("class", str(n), self._bounds(n, decimals), keys.count(str(n))) for n in range(self.scale.n_classes)
        ]
        signs = [sign for sign in (*ABSENT, NO_SIZE) if sign in keys]
        entries = [*classes, *(Entry("sign", sign, self._meaning(sign), keys.count(sign)) for sign in signs)]
        drawn = self.drawing.paths.keys() - self.by_code.keys()
        if STRUCTURAL_ZERO in keys or drawn:
            entries.append(Entry("outside", "-", _("Not in this table, or not at this date"), 0))
        return tuple(entries)

    @property
    def _decimals(self) -> int:
        """Those of the numbers, and more where two bounds would be written alike."""
        values = values_of(self.areas)
        fewest = 0 if all(value == int(value) for value in values) else 2
        fewest = rate_decimals(self.areas) if self.choice.per else fewest
        bounds = set(self.scale.breaks)
        apart = (n for n in range(fewest, fewest + 4) if len({_number(one, n) for one in bounds}) == len(bounds))
        return next(apart, fewest)

    def _bounds(self, n: int, decimals: int) -> str:
        """*1,204 to under 3,410*, the ends of the first and last class being the smallest and largest number."""
        values, breaks = values_of(self.areas), self.scale.breaks
        if not values:
            return _("No number is shown")
        if not breaks:
            return _number(values[0], decimals)
        if n == 0:
            return _("under {number}").format(number=_number(breaks[0], decimals))
        if n == len(breaks):
            return _("{number} and over").format(number=_number(breaks[-1], decimals))
        low, high = _number(breaks[n - 1], decimals), _number(breaks[n], decimals)
        return _("{low} to under {high}").format(low=low, high=high)

    def _meaning(self, sign: str) -> str:
        if sign == NO_SIZE:
            return _("[n] number of residents or households not known")
        return meaning(sign, self.cube)

    def fill(self, key: str) -> str:
        """The colour of a class."""
        n, colours = self.scale.n_classes, self.colours
        part = int(key) / max(n - 1, 1)
        if self.scale.is_diverging:
            return mixed((colours.lower, colours.middle, colours.upper), part)
        return mixed(colours.ramp, part if n > 1 else 0.5)


def not_drawn(sheet: MapSheet) -> str:
    """Which numbers of the table have no place on the map: *Not on the map: Unknown 18*."""
    few = 6
    named = [f"{area.label} {area.text}" for area in (*sheet.elsewhere, *sheet.without_shape)]
    if not named:
        return ""
    more = n_areas(len(named) - few) if len(named) > few else ""
    return _("Not on the map: {areas}.").format(areas="; ".join([*named[:few], *([more] if more else [])]))


def _number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace("-", "−")


def mixed(colours: Sequence[str], part: float) -> str:
    """The colour that lies so far along a row of colours, from 0 to 1."""
    place = part * (len(colours) - 1)
    n = min(int(place), len(colours) - 2)
    one, other = (bytes.fromhex(colour[1:]) for colour in colours[n : n + 2])
    return "#" + bytes(round(a + (b - a) * (place - n)) for a, b in zip(one, other, strict=True)).hex()


def n_areas(n: int) -> str:
    """*72 areas*."""
    return several("{n} area", "{n} areas", n).format(n=f"{n:,}")
