"""A map in words: what it shows, its largest and smallest number, and how much is not shown."""

from __future__ import annotations

from statlas.charts.maps import NO_SIZE, Area
from statlas.charts.maps_sheet import MapSheet, not_drawn
from statlas.charts.marks import ABSENT
from statlas.wording import gettext as _
from statlas.wording import several


def description(sheet: MapSheet) -> tuple[str, ...]:
    """A few sentences; every figure is the text of an area, or a number of areas."""
    kind = _("Tile map") if sheet.drawing.is_tiles else _("Map")
    shown = f" ({'; '.join(sheet.shown)})" if sheet.shown else ""
    first = f"{kind}: {sheet.what}{shown}."
    missing = not_drawn(sheet)
    return (first, *_extremes(sheet.areas), *_missing(sheet.areas), *([missing] if missing else []))


def _extremes(areas: tuple[Area, ...]) -> tuple[str, ...]:
    numbered = [area for area in areas if area.value is not None]
    if not numbered:
        return (_("No area has a number that can be shown."),)
    low, high = (pick(numbered, key=lambda area: area.value or 0.0) for pick in (min, max))
    if low is high:
        return (_("{area} has {number}.").format(area=high.label, number=high.text),)
    said = _("{high} has the highest number, {high_number}; {low} the lowest that is shown, {low_number}.")
    return (said.format(high=high.label, high_number=high.text, low=low.label, low_number=low.text),)


def _missing(areas: tuple[Area, ...]) -> tuple[str, ...]:
    n = sum(area.sign in (*ABSENT, NO_SIZE) for area in areas)
    total = sum(area.value is not None for area in areas) + n
    if not n:
        return ()
    said = several("{n} of {total} areas has no number.", "{n} of {total} areas have no number.", n)
    return (said.format(n=f"{n:,}", total=f"{total:,}"),)
