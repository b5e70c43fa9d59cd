"""Scatter and bubbles: every item of a field is a point, placed by two numbers and, as a bubble, sized by a third."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from statlas.charts.cells import label_of
from statlas.charts.choice import Quantity
from statlas.charts.lettering import lines_of, width_of
from statlas.charts.lines import TIP
from statlas.charts.marks import meaning
from statlas.charts.sheet import EDGE, LABEL, Sheet
from statlas.wording import gettext as _
from statlas.wording import several

_HEIGHT = 420
_HEIGHT_NARROW = 300
_IMPOSSIBLE = "datum.x_sign == 'z' || datum.y_sign == 'z'"
_NAMED_UP_TO = 25  # points that are named in the picture where there is room (arbitrary: more is no reading)
_NAME = 11  # pixels of their letters

_Box = tuple[float, float, float, float]  # from left to right and from below to above, in pixels


def drawn(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The chart, and what has to be said of it."""
    width = sheet.setting.pixels - 2 * EDGE - 70
    height = _HEIGHT_NARROW if sheet.is_narrow else _HEIGHT
    base = alt.Chart(alt.NamedData("cells")).transform_filter("isValid(datum.x) && isValid(datum.y)")
    chart = alt.layer(*point_layers(sheet, base, width, height), data=alt.NamedData("cells"))
    return chart.properties(width=width, height=height), points_said(sheet)


def point_layers(sheet: Sheet, base: Any, width: float, height: float) -> list[Any]:
    """Points with their intervals and, where they are few, their names."""
    place = {
        "x": _axis(sheet, alt.X, "x", sheet.choice.across, width),
        "y": _axis(sheet, alt.Y, "y", sheet.choice.up, height),
    }
    size = {"size": _size(sheet, sheet.choice.size)} if sheet.choice.size else {}
    hue = sheet.colours.series[0]
    mark = base.mark_circle(color=hue, opacity=0.65, stroke=sheet.colours.ground, strokeWidth=1)
    layers = [*_whiskers(sheet, base, place, width, height)]
    shown = mark.transform_filter(f"!({_IMPOSSIBLE})")
    layers.append(shown.encode(**place, **(size or {"size": alt.value(70)}), tooltip=TIP, description="tip:N"))
    if any("z" in (row["x_sign"], row["y_sign"]) for row in sheet.rows):
        point = base.mark_point(shape="diamond", size=60, color=sheet.colours.text, filled=False)
        layers.append(point.transform_filter(_IMPOSSIBLE).encode(**place, tooltip=TIP, description="tip:N"))
    if len(sheet.names(sheet.choice.x)) <= _NAMED_UP_TO and not sheet.is_narrow:
        layers += _names(sheet, base, place, (width, height))
    return layers


def _names(sheet: Sheet, base: Any, place: dict[str, Any], room: tuple[float, float]) -> list[Any]:
    """The names of points beside them, on the right or on the left; where there is no room for one, none."""
    name_points(sheet, room)
    layers = []
    for side, align, dx in (("right", "left", 7), ("left", "right", -7)):
        if any(row.get("named") == side for row in sheet.rows):
            text = base.mark_text(align=align, dx=dx, dy=-7, fontSize=_NAME)
            layers.append(text.transform_filter(f"datum.named == '{side}'").encode(**place, text="point:N"))
    return layers


def name_points(sheet: Sheet, room: tuple[float, float]) -> None:
    """Says in ``named`` on which side of a point its name stands; the largest come first, and no name lies on another.

    room: how wide and how high the chart is, in pixels.
    """
    (left, right), (low, high) = (_domain(sheet, part, pixels) for part, pixels in zip("xy", room, strict=True))
    taken: dict[Any, list[_Box]] = {}
    for row in sorted(sheet.rows, key=lambda row: (-(row.get("size") or 0), row["order"])):
        if row["x"] is None or row["y"] is None:
            continue
        across = (row["x"] - left) / (right - left) * room[0]
        up = (row["y"] - low) / (high - low) * room[1]
        there = taken.setdefault(row.get("step"), [])
        for side, box in _boxes(row["point"], across, up):
            if box[0] >= 0 and box[1] <= room[0] and not any(_meet(box, other) for other in there):
                there.append(box)
                row["named"] = side
                break


def _boxes(name: str, across: float, up: float) -> Iterator[tuple[str, _Box]]:
    wide = width_of(name, _NAME)
    yield "right", (across + 7, across + 7 + wide, up, up + _NAME + 3)
    yield "left", (across - 7 - wide, across - 7, up, up + _NAME + 3)


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def extent_of(sheet: Sheet, part: str) -> tuple[float, float]:
    """The smallest and largest number of an axis."""
    found = [float(row[part]) for row in sheet.rows if row.get(part) is not None]
    return min(found, default=0.0), max(found, default=1.0)


def _axis(sheet: Sheet, kind: Any, part: str, quantity: Quantity, pixels: float) -> Any:
    low, high = _domain(sheet, part, pixels)
    title = lines_of(label_of(sheet.cube, quantity), pixels, LABEL)
    form = ",~f" if max(abs(low), abs(high)) < 10 else ",.0f"  # noqa: PLR2004 - below it decimals matter
    axis = alt.Axis(format=form, tickCount=4 if sheet.is_narrow else 6, domain=False, ticks=False)
    return kind(f"{part}:Q", title=title, scale=alt.Scale(domain=[low, high], nice=True), axis=axis)


def _domain(sheet: Sheet, part: str, pixels: float) -> tuple[float, float]:
    """From where to where an axis goes: zero and the upper ends of the strokes that are seen are on it."""
    low, high = extent_of(sheet, part)
    if _is_seen(sheet, part, pixels):
        high = max(high, extent_of(sheet, f"{part}_upper")[1])
    return min(low, 0.0), max(high, 0.0) or 1.0


def _size(sheet: Sheet, quantity: Quantity) -> Any:
    _low, high = extent_of(sheet, "size")
    largest = 500 if sheet.is_narrow else 1200
    width = sheet.setting.pixels - 2 * EDGE
    legend = alt.Legend(
        orient="top",
        direction="horizontal",
        title=lines_of(label_of(sheet.cube, quantity), width, LABEL),
        tickCount=3,
        format=",.0f",
        symbolFillColor=sheet.colours.series[0],
        symbolStrokeWidth=0,
    )
    return alt.Size("size:Q", scale=alt.Scale(domain=[0, high or 1.0], range=[0, largest]), legend=legend)


def _whiskers(sheet: Sheet, base: Any, place: dict[str, Any], width: float, height: float) -> list[Any]:
    """The 95% intervals, across and up, where they can be seen."""
    layers = []
    for part, other, pixels in (("x", "y", width), ("y", "x", height)):
        if _is_seen(sheet, part, pixels):
            ends = {part: f"{part}_lower:Q", f"{part}2": f"{part}_upper:Q", other: place[other]}
            rule = base.mark_rule(color=sheet.colours.quiet, opacity=0.6, clip=True)
            layers.append(rule.transform_filter(f"isValid(datum.{part}_lower)").encode(**ends))
    return layers


def _is_seen(sheet: Sheet, part: str, pixels: float) -> bool:
    low, high = extent_of(sheet, part)
    low = min(low, 0.0)
    halves = sorted((row[f"{part}_upper"] - row[f"{part}_lower"]) / 2 for row in sheet.rows if f"{part}_lower" in row)
    return bool(halves) and high > low and halves[len(halves) // 2] * pixels / (high - low) >= 3  # noqa: PLR2004


def points_said(sheet: Sheet) -> tuple[str, ...]:
    """How many points are missing for want of a number, and what is said of noise."""
    parts = [name for name in ("x", "y", "size") if any(name in row for row in sheet.rows)]
    missing = sum(any(row.get(name) is None for name in parts) for row in sheet.rows)
    said = [*strokes_said(sheet)]
    if any("z" in (row["x_sign"], row["y_sign"]) for row in sheet.rows):
        said.append(_("Diamonds: {meaning}.").format(meaning=meaning("z", sheet.cube)))
    if missing:
        one, many = (
            "{n} point is missing: not all its numbers are shown.",
            "{n} points are missing: not all their numbers are shown.",
        )
        text = several(one, many, missing)
        said.append(text.format(n=missing))
    return tuple(said)


def strokes_said(sheet: Sheet) -> tuple[str, ...]:
    """What the strokes through the points are, where there are any."""
    if any(f"{part}_lower" in row for row in sheet.rows for part in ("x", "y")):
        return (_("Thin strokes are 95% intervals for the noise that protects people, where they can be seen."),)
    return ()
