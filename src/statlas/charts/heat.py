"""Heat maps: a field in the rows, another in the columns, the number as a shade; where there is room, in figures."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from statlas.charts.bars import name_axis, short
from statlas.charts.lettering import lines_of, width_of
from statlas.charts.lines import TIP
from statlas.charts.marks import ABSENT, meaning
from statlas.charts.sheet import LABEL, Sheet, plot_width
from statlas.wording import gettext as _

_ROW = 24
_LEGIBLE = 22  # narrower cells have no room for a symbol (the letters of *low*)
_TURNED = 46  # narrower columns have their names turned (arbitrary)


def drawn(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The chart, and what has to be said of it."""
    rows, columns = sheet.names(sheet.choice.x), sheet.names(sheet.choice.colour)
    _left, width = plot_width(sheet, rows)
    lines = max(len(lines_of(name, sheet.widest_label, LABEL)) for name in rows)
    height = len(rows) * max(_ROW, lines * 15)
    cell = width / len(columns)
    place = {
        "y": name_axis(sheet, width=width, standing=False, order=rows, gap=0.0),
        "x": _columns(columns, cell),
    }
    base = alt.Chart(alt.NamedData("cells"))
    rect = base.mark_rect(stroke=sheet.colours.ground, strokeWidth=1).transform_filter("isValid(datum.value)")
    layers = [rect.encode(**place, color=_shade(sheet, width), tooltip=TIP, description="tip:N")]
    layers += [*_absent(sheet, base, place, cell), *_figures(sheet, base, place, cell)]
    chart = alt.layer(*layers, data=alt.NamedData("cells")).properties(width=width, height=height)
    return chart, _said(sheet)


def _columns(names: list[str], cell: float) -> Any:
    is_turned = cell < _TURNED
    limit = 140 if is_turned else cell - 6
    wrapped = {name: "\n".join(lines_of(short(name), limit, LABEL)) for name in names}
    pairs = "".join(f"datum.label == {json.dumps(k)} ? {json.dumps(v)} : " for k, v in wrapped.items() if k != v)
    step = max(1, -(-16 // max(1, int(cell))))
    axis = alt.Axis(
        orient="top",
        labelAngle=-90 if is_turned else 0,
        labelExpr=f"{pairs}datum.label",
        values=[name for n, name in enumerate(names) if n % step == 0],
        ticks=False,
        domain=False,
        labelPadding=6 + 14 * max(text.count("\n") for text in wrapped.values()) * (not is_turned),
    )
    return alt.X("series:N", title=None, sort=names, axis=axis)


def _shade(sheet: Sheet, plot: float) -> Any:
    low, high = min(sheet.values, default=0.0), max(sheet.values, default=1.0)
    colours = sheet.colours
    if low < 0 < high:
        scale = alt.Scale(
            domain=[-max(-low, high), 0, max(-low, high)], range=[colours.lower, colours.middle, colours.upper]
        )
    else:
        scale = alt.Scale(range=list(colours.ramp), zero=False)
    width = min(260, plot - 20)
    legend = alt.Legend(
        orient="top", direction="horizontal", gradientLength=width, format=sheet.number_format, title=None
    )
    return alt.Color("value:Q", scale=scale, legend=legend)


def _absent(sheet: Sheet, base: Any, place: dict[str, Any], cell: float) -> list[Any]:
    """Cells without a number: an empty frame with the symbol in it."""
    if not any(row["value"] is None for row in sheet.rows):
        return []
    empty = base.transform_filter("!isValid(datum.value)")
    frame = empty.mark_rect(fill=None, stroke=sheet.colours.quiet, strokeDash=[2, 2], strokeWidth=1)
    frame = frame.encode(**place, tooltip=TIP, description="tip:N")
    if cell < _LEGIBLE:
        return [frame]
    return [frame, empty.mark_text(fontSize=10).encode(**place, text="sign:N")]


def _figures(sheet: Sheet, base: Any, place: dict[str, Any], cell: float) -> list[Any]:
    """The numbers themselves where each cell has room for the longest."""
    shown = [row["text"] for row in sheet.rows if row["value"] is not None]
    if not shown or max(width_of(text, 11) for text in shown) > cell - 6:
        return []
    low, high = min(sheet.values), max(sheet.values)
    dark_from = low + (high - low) * 0.55
    ink = alt.condition(f"datum.value > {dark_from!r}", alt.value(sheet.colours.ground), alt.value(sheet.colours.text))
    if low < 0 < high:
        reach = max(-low, high) * 0.55
        ink = alt.condition(
            f"abs(datum.value) > {reach!r}", alt.value(sheet.colours.ground), alt.value(sheet.colours.text)
        )
    text = base.mark_text(fontSize=11).transform_filter("isValid(datum.value)")
    return [text.encode(**place, text="text:N", color=ink)]


def _said(sheet: Sheet) -> tuple[str, ...]:
    absent = [meaning(sign, sheet.cube) for sign in sheet.signs() if sign in ABSENT]
    zeros = [meaning(sign, sheet.cube) for sign in sheet.signs() if sign == "z"]
    frames = [_("Dashed frames: {meanings}.").format(meanings="; ".join(absent))] if absent else []
    return (*frames, *(f"{zero}." for zero in zeros))
