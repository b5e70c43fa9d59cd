"""Bars: lying for categories, whose names are long, and standing for dates; alone, grouped, stacked, as a pyramid."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from statlas.charts.cells import Row
from statlas.charts.choice import Kind
from statlas.charts.lettering import lines_of, width_of
from statlas.charts.lines import TIP, noise_said, number_width, sign_layers
from statlas.charts.ordering import by_size, is_ordered
from statlas.charts.sheet import EDGE, LABEL, Sheet, plot_width
from statlas.wording import gettext as _

_BAR, _GROUPED_BAR, _GAP = 22, 11, 8
_STANDING = 320


def drawn(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The chart, and what has to be said of it."""
    kind = sheet.choice.kind
    if kind is Kind.PYRAMID:
        return _pyramid(sheet)
    said = top_said(sheet)
    layers, more = bar_layers(sheet, *_sizes(sheet))
    return layers, (*said, *more)


def top_said(sheet: Sheet) -> tuple[str, ...]:
    """That only the largest are shown."""
    total = len(sheet.names(sheet.choice.x))
    if not 0 < sheet.choice.top < total:
        return ()
    return (_("The {n} largest of {total}.").format(n=sheet.choice.top, total=total),)


def order_of(sheet: Sheet) -> list[str]:
    """The names of the bars in their order; only the largest where no more are asked for."""
    top = sheet.choice.top
    if is_ordered(sheet.dimension(sheet.choice.x)) and not top:
        return sheet.names(sheet.choice.x)
    largest = by_size(sheet.rows)
    return largest[:top] if top else largest


def keep(sheet: Sheet) -> list[str]:
    """The order of the bars, with every row that stands in none of them taken away."""
    order = order_of(sheet)
    kept = set(order)
    sheet.rows[:] = [row for row in sheet.rows if row["x"] in kept]
    return order


def is_standing(sheet: Sheet) -> bool:
    """Whether the bars stand: for dates, which run from left to right."""
    return sheet.dimension(sheet.choice.x).is_date


def _sizes(sheet: Sheet) -> tuple[float, float]:
    """Width and height of the plot."""
    if is_standing(sheet):
        keep(sheet)
        return sheet.setting.pixels - 2 * EDGE - number_width(sheet), _STANDING
    order = keep(sheet)
    _left, width = plot_width(sheet, order)
    grouped = sheet.choice.kind is Kind.GROUPED
    n = len(sheet.names(sheet.choice.colour)) if grouped else 1
    lines = max(len(lines_of(name, sheet.widest_label, LABEL)) for name in order)
    step = max(n * _GROUPED_BAR if grouped else _BAR, lines * 15) + _GAP * grouped
    return width, step * len(order)


def bar_layers(sheet: Sheet, width: float, height: float) -> tuple[Any, tuple[str, ...]]:
    """Bars with intervals and signs."""
    standing = is_standing(sheet)
    names = name_axis(sheet, width=width, standing=standing)
    numbers = number_axis(sheet, standing=standing)
    across, along = ("x", "y") if standing else ("y", "x")
    place = {across: names, along: numbers}
    paint = _paint(sheet)
    if sheet.choice.kind is Kind.GROUPED:
        place[f"{across}Offset"] = (alt.XOffset if standing else alt.YOffset)(
            "series:N", scale=alt.Scale(domain=sheet.names(sheet.choice.colour))
        )
    base = alt.Chart(alt.NamedData("cells"))
    stroke: dict[str, Any] = {"stroke": sheet.colours.ground, "strokeWidth": 1} if sheet.choice.colour else {}
    layers = [base.mark_bar(**stroke).encode(**place, **paint, tooltip=TIP, description="tip:N")]
    stacked = sheet.choice.kind in (Kind.STACKED, Kind.SHARE)
    noisy = not stacked and sheet.shows_noise(height if standing else width)
    if noisy:
        layers += _whiskers(sheet, base, place, along)
    if not stacked and not standing:
        layers.append(_figures(sheet, base, place, noisy=noisy))
    if not stacked:
        zero = {**place, along: (alt.YDatum if standing else alt.XDatum)(0)}
        layers += sign_layers(sheet, base, place, zero)
    chart = alt.layer(*layers, data=alt.NamedData("cells")).properties(width=width, height=height)
    return chart, (_stacked_said(sheet) if stacked else noise_said(sheet, shown=noisy))


def _figures(sheet: Sheet, base: Any, place: dict[str, Any], *, noisy: bool) -> Any:
    """The number at the end of its bar, for bars too short to be seen as well."""
    size = 10 if sheet.choice.kind is Kind.GROUPED else 11
    text = base.mark_text(align="left", dx=5, fontSize=size).transform_filter("isValid(datum.value)")
    if not noisy:
        return text.encode(**place, text="text:N")
    end = alt.X("end:Q")
    for row in sheet.rows:
        row["end"] = row.get("upper", row["value"])
    return text.encode(**{**place, "x": end}, text="text:N")


def _stacked_said(sheet: Sheet) -> tuple[str, ...]:
    signs = [sign for sign in sheet.signs() if sign in ("low", "c", "x")]
    if not signs:
        return ()
    listed = ", ".join(f"[{sign}]" for sign in signs)
    return (_("Parts that print {signs} are left out of the stack; see the table.").format(signs=listed),)


def _whiskers(sheet: Sheet, base: Any, place: dict[str, Any], along: str) -> list[Any]:
    """The intervals as strokes, with a seam that sets them off from their bars."""
    ends = {along: "lower:Q", f"{along}2": "upper:Q"}
    valid = base.transform_filter("isValid(datum.lower)")
    strokes = ((3, sheet.colours.ground), (1.25, sheet.colours.text))
    return [valid.mark_rule(color=hue, strokeWidth=width).encode(**{**place, **ends}) for width, hue in strokes]


def _paint(sheet: Sheet) -> dict[str, Any]:
    if not sheet.choice.colour:
        return {"color": alt.value(sheet.colours.series[0])}
    order = {name: n for n, name in enumerate(sheet.names(sheet.choice.colour))}
    for row in sheet.rows:
        row["layer"] = order[row["series"]]
    paint: dict[str, Any] = {"color": sheet.colour(sheet.choice.colour)}
    if sheet.choice.kind in (Kind.STACKED, Kind.SHARE):
        paint["order"] = alt.Order("layer:Q")
    return paint


def name_axis(sheet: Sheet, *, width: float, standing: bool, order: list[str] | None = None, gap: float = 0.25) -> Any:
    """The axis of names, in order."""
    names = order or order_of(sheet)
    if standing:
        widest = max(width_of(short(name), LABEL) for name in names) + 10
        step = max(1, -(-int(widest * len(names)) // int(width)))
        shown = [name for n, name in enumerate(reversed(names)) if n % step == 0]
        axis = alt.Axis(values=shown, labelExpr=_shorter(shown), labelAngle=0, ticks=False, labelPadding=6)
        return alt.X("x:N", title=None, sort=names, scale=alt.Scale(paddingInner=0.15), axis=axis)
    wrapped = {name: sheet.wrapped(name, sheet.widest_label) for name in names}
    axis = alt.Axis(labelExpr=_wrapping(wrapped), ticks=False, domain=gap > 0, zindex=int(gap > 0), labelPadding=6)
    return alt.Y("x:N", title=None, sort=names, scale=alt.Scale(paddingInner=gap), axis=axis)


def short(name: str) -> str:
    """A date's label as an axis writes it: *Sep-25* of *202509 (Sep-25)*."""
    return name.rpartition("(")[2].rstrip(")") if name.endswith(")") and name[:1].isdigit() else name


def _shorter(names: list[str]) -> str:
    return _wrapping({name: short(name) for name in names})


def _wrapping(wrapped: dict[str, str]) -> str:
    """An expression that gives the lines of the labels that have several."""
    several = {name: text for name, text in wrapped.items() if text != name}
    chosen = "".join(f"datum.label == {json.dumps(k)} ? {json.dumps(v)} : " for k, v in several.items())
    return f"{chosen}datum.label"


def number_axis(sheet: Sheet, *, standing: bool) -> Any:
    """The axis of numbers, from zero."""
    is_share = sheet.choice.kind is Kind.SHARE
    kind = alt.Y if standing else alt.X
    stacks: dict[Kind, Any] = {Kind.SHARE: "normalize", Kind.STACKED: "zero"}
    axis = alt.Axis(
        format=".0%" if is_share else sheet.number_format,
        tickCount=4 if sheet.is_narrow else 6,
        domain=False,
        ticks=False,
        orient="left" if standing else "top",
        labelOverlap=True,
    )
    scale = alt.Scale(zero=True) if standing or sheet.choice.kind in stacks else _roomy(sheet)
    return kind("value:Q", title=None, stack=stacks.get(sheet.choice.kind), scale=scale, axis=axis)


def _roomy(sheet: Sheet) -> Any:
    """A scale from zero with room for a figure behind the longest bar."""
    low, high = sheet.extent
    widest = max((width_of(row["text"], 11) for row in sheet.rows if row["value"] is not None), default=0.0) + 10
    return alt.Scale(domain=[low, high + (high - low) * widest / (0.6 * sheet.setting.pixels)], nice=False)


# --- pyramids ---------------------------------------------------------------------------------------------------------


def _pyramid(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """Two sides back to back; the names, oldest on top, stand on the left."""
    order = sheet.names(sheet.choice.x)[::-1]
    left_name = sheet.names(sheet.choice.colour)[0]
    for row in sheet.rows:
        _mirror(row, left=row["series"] == left_name)
    _left, width = plot_width(sheet, order)
    tall = len(order) > 40  # noqa: PLR2004 - single years of age
    high = max(value for value in map(abs, sheet.extent))
    numbers = alt.X(
        "side:Q",
        title=None,
        scale=alt.Scale(domain=[-high, high], nice=True),
        axis=alt.Axis(
            labelExpr=f"format(abs(datum.value), '{sheet.number_format}')", tickCount=5, domain=False, ticks=False
        ),
    )
    names = name_axis(sheet, width=width, standing=False, order=order)
    if tall:
        names.axis.values = [name for n, name in enumerate(order[::-1]) if n % 10 == 0]
    base = alt.Chart(alt.NamedData("cells"))
    place = {"x": numbers, "y": names}
    bar = base.mark_bar().encode(**place, color=sheet.colour(sheet.choice.colour), tooltip=TIP, description="tip:N")
    layers = [bar]
    noisy = sheet.shows_noise(width / 2)
    if noisy:
        rule = base.mark_rule(color=sheet.colours.text).transform_filter("isValid(datum.lower)")
        layers.append(rule.encode(y=names, x="side_lower:Q", x2="side_upper:Q"))
    zero = {"y": names, "x": alt.X("side_nothing:Q")}
    layers += sign_layers(sheet, base, place, zero)
    chart = alt.layer(*layers, data=alt.NamedData("cells"))
    height = len(order) * (7 if tall else _BAR)
    return chart.properties(width=width, height=height), noise_said(sheet, shown=noisy)


def _mirror(row: Row, *, left: bool) -> None:
    """Numbers of the left side as lengths to the left; ``value`` stays the table's."""
    sign = -1 if left else 1
    row["side"] = None if row["value"] is None else sign * row["value"]
    row["side_nothing"] = 0
    if "lower" in row:
        row["side_lower"], row["side_upper"] = sign * row["lower"], sign * row["upper"]
