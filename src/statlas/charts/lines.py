"""Lines and areas: numbers along dates, or along anything else that has an order."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from statlas.charts import palette
from statlas.charts.cells import Row, parts
from statlas.charts.choice import Kind
from statlas.charts.lettering import width_of
from statlas.charts.sheet import EDGE, LABEL, Sheet
from statlas.charts.timing import Times, times_of
from statlas.model.cells import CubeDimension
from statlas.wording import gettext as _

_HEIGHT = 340
_HEIGHT_NARROW = 260
_POINTS_UP_TO = 30  # periods of which each is marked by a point (arbitrary)
_FLUSH = 8  # pixels: the first and last date lie inside the chart, so that those of neighbouring panels never touch
BREAK = "b"
"""The key of a note that says: what follows is not comparable with what comes before."""


def timed(sheet: Sheet, rows: list[Row]) -> Times | None:
    """Puts every row in its place along the x axis, ``t``, in months or in steps; ``part`` is new after each break."""
    dimension = sheet.dimension(sheet.choice.x)
    times = times_of(dimension, 5 if sheet.is_narrow else 10)
    breaks = breaks_of(dimension)
    for row in rows:
        position = row["order"]
        row["t"] = times.months[position] if times else parts(dimension).index(position)
        row["part"] = sum(position >= one for one in breaks)
    return times


def breaks_of(dimension: CubeDimension) -> list[int]:
    """The positions from which on the series is another."""
    return [n for n in parts(dimension) if BREAK in dimension.items[n].annotations]


def x_axis(sheet: Sheet, times: Times | None, width: float) -> Any:
    """Dates, or the items of an ordered field, along the foot."""
    names = sheet.names(sheet.choice.x)
    if times is None:
        step = max(1, -(-len(names) * int(max(width_of(name, LABEL) for name in names) + 12) // int(width)))
        ticks = {n: name for n, name in enumerate(names) if n % step == 0}
        expression = "".join(f"datum.value == {n} ? {json.dumps(name)} : " for n, name in ticks.items()) + "''"
        values = [*ticks]
    else:
        values, expression = [month for month, _label in times.ticks], times.label_expression
    return alt.X(
        "t:Q",
        title=None if sheet.dimension(sheet.choice.x).is_date else sheet.dimension(sheet.choice.x).label,
        scale=alt.Scale(zero=False, nice=False, padding=6),
        axis=alt.Axis(values=values, labelExpr=expression, grid=False, labelOverlap=True, labelFlush=_FLUSH),
    )


def drawn(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The chart, and what has to be said of it."""
    times = timed(sheet, sheet.rows)
    width = sheet.setting.pixels - 2 * EDGE - number_width(sheet)
    height = _HEIGHT_NARROW if sheet.is_narrow else _HEIGHT
    if sheet.choice.kind is Kind.AREA:
        return _areas(sheet, x_axis(sheet, times, width), width, height), (_("The areas lie on one another."),)
    layers, said = line_layers(sheet, x_axis(sheet, times, width), height)
    return _layered(layers).properties(width=width, height=height), said


def number_width(sheet: Sheet) -> float:
    """How wide the numbers of an upright axis are."""
    return width_of(f"{max(map(abs, sheet.extent)):,.0f}", LABEL) + 16


def line_layers(sheet: Sheet, x: Any, height: float, *, colour: str | None = None) -> tuple[list[Any], tuple[str, ...]]:
    """Lines with their intervals, breaks, points and signs; in one colour, or by the field of the choice."""
    y = value_axis(sheet)
    hue = alt.value(colour or sheet.colours.series[0])
    paint: dict[str, Any] = {"color": hue}
    if sheet.choice.colour:
        names, title = sheet.names(sheet.choice.colour), sheet.legend_title(sheet.choice.colour)
        dashes = alt.Scale(domain=names, range=[list(dash) for dash in palette.DASHES[: len(names)]])
        legend = sheet.legend(names, "stroke")
        paint = {"color": sheet.colour(sheet.choice.colour, "stroke")}
        dash = {"strokeDash": alt.StrokeDash("series:N", title=title, scale=dashes, legend=legend)}
    else:
        dash = {}
    base = alt.Chart(alt.NamedData("cells"))
    layers: list[Any] = [*_breaks(sheet, base, x)]
    noisy = sheet.shows_noise(height)
    if noisy:
        layers.append(_noise(sheet, base, x, paint))
    layers.append(
        base.mark_line(strokeWidth=2.5, invalid="break-paths-show-domains").encode(
            x=x, y=y, detail="part:N", **paint, **dash
        )
    )
    layers += _points(sheet, base, x, y, paint)
    layers += sign_layers(sheet, base, {"x": x, "y": y}, {"x": x, "y": alt.value(height)})
    return layers, (*axis_said(sheet), *noise_said(sheet, shown=noisy))


def value_axis(sheet: Sheet) -> Any:
    """The axis of numbers, upright; from zero where that shows something."""
    return alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=sheet.starts_at_zero, nice=True),
        axis=alt.Axis(format=sheet.number_format, tickCount=5, domain=False, ticks=False),
    )


def axis_said(sheet: Sheet) -> tuple[str, ...]:
    """What is said of the axis of numbers."""
    return () if sheet.starts_at_zero else (_("The axis does not start at zero."),)


def noise_said(sheet: Sheet, *, shown: bool) -> tuple[str, ...]:
    """What is said of noise."""
    if shown:
        return (_("Pale bands or thin strokes are 95% intervals for the noise that protects people."),)
    halves = [(row["upper"] - row["lower"]) / 2 for row in sheet.rows if "upper" in row]
    if not halves:
        return ()
    said = _("95% of the numbers lie within ±{half} of the exact one, too little to be seen here.")
    return (said.format(half=f"{max(halves):,.1f}"),)


def _points(sheet: Sheet, base: Any, x: Any, y: Any, paint: dict[str, Any]) -> list[Any]:
    """A point for every number where there are few; where there are many, points to touch that are not seen."""
    seen = len(sheet.names(sheet.choice.x)) <= _POINTS_UP_TO
    if not seen and not sheet.setting.touch:
        return []
    mark = base.mark_circle(size=40 if seen else 60, opacity=1 if seen else 0)
    return [mark.transform_filter("isValid(datum.value)").encode(x=x, y=y, tooltip=TIP, description="tip:N", **paint)]


TIP = "tip:N"


def _noise(sheet: Sheet, base: Any, x: Any, paint: dict[str, Any]) -> Any:
    few = not sheet.choice.colour or len(sheet.names(sheet.choice.colour)) <= 3  # noqa: PLR2004 - more bands are mud
    mark = base.mark_area(opacity=0.18, invalid="break-paths-show-domains") if few else base.mark_rule(opacity=0.5)
    return mark.encode(x=x, y="lower:Q", y2="upper:Q", detail="part:N", **paint)


def _breaks(sheet: Sheet, base: Any, x: Any) -> list[Any]:
    """An upright dashed line where a series breaks."""
    if not breaks_of(sheet.dimension(sheet.choice.x)):
        return []
    rule = base.mark_rule(strokeDash=[4, 4], color=sheet.colours.quiet)
    firsts = breaks_of(sheet.dimension(sheet.choice.x))
    where = " || ".join(f"datum.order == {n}" for n in firsts)
    return [rule.transform_filter(where).encode(x=x)]


def sign_layers(sheet: Sheet, base: Any, at_value: dict[str, Any], at_nothing: dict[str, Any]) -> list[Any]:
    """The signs of marked numbers where they are, and those of missing numbers where nothing is."""
    if not sheet.signs():
        return []
    mark = base.mark_point(filled=False, size=55, strokeWidth=1.5, color=sheet.colours.text, opacity=1)
    layers = []
    for condition, place in (("!isValid(datum.value)", at_nothing), ("isValid(datum.value)", at_value)):
        wanted = [row for row in sheet.rows if row["sign"] and (row["value"] is None) == (place is at_nothing)]
        if wanted:
            filtered = mark.transform_filter(f"datum.sign != '' && {condition}")
            layers.append(filtered.encode(**place, shape=sheet.shape(), tooltip=TIP, description="tip:N"))
    return layers


def _areas(sheet: Sheet, x: Any, width: float, height: float) -> Any:
    names = sheet.names(sheet.choice.colour)
    order = {name: n for n, name in enumerate(names)}
    for row in sheet.rows:
        row["layer"] = order[row["series"]]
    y = alt.Y(
        "value:Q",
        title=None,
        stack="zero",
        axis=alt.Axis(format=sheet.number_format, tickCount=5, domain=False, ticks=False),
    )
    base = alt.Chart(alt.NamedData("cells"))
    paint = {"color": sheet.colour(sheet.choice.colour), "order": alt.Order("layer:Q")}
    # No tip on the areas themselves: each number would be an area of its own.
    layers = [base.mark_area(stroke=sheet.colours.ground, strokeWidth=1).encode(x=x, y=y, **paint)]
    if sheet.setting.touch:
        dots = base.mark_circle(size=60, opacity=0)
        layers.append(dots.encode(x=x, y=y, tooltip=TIP, description="tip:N", **paint))
    return _layered(layers).properties(width=width, height=height)


def _layered(layers: list[Any]) -> Any:
    return alt.layer(*layers, data=alt.NamedData("cells"))
