"""Small multiples: one small chart for every item of a field, all on the same axes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import altair as alt

from statlas.charts import bars, lines
from statlas.charts.lettering import lines_of
from statlas.charts.ordering import is_ordered
from statlas.charts.sheet import EDGE, LABEL, Sheet, plot_width
from statlas.wording import gettext as _

_SPACE = 22


def drawn(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The chart, and what has to be said of it."""
    along = sheet.dimension(sheet.choice.x)
    if along.is_date or (is_ordered(along) and len(along) > 12):  # noqa: PLR2004 - so many bars fill no panel
        return _lines(sheet)
    return _bars(sheet)


def _lines(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    columns = _columns(sheet, 4)
    numbers = lines.number_width(sheet)
    width = _panel_width(sheet, columns, numbers)
    height = 110
    times = lines.timed(sheet, sheet.rows)
    x = lines.x_axis(sheet, _few(times), width)
    layers, said = lines.line_layers(sheet, x, height)
    return _faceted(sheet, layers, columns, width, height), (*said, *_same())


def _few(times: Any) -> Any:
    """Only the first and last of the dates that would be named: a panel has no room for more."""
    if times is None or len(times.ticks) < 3:  # noqa: PLR2004 - two are few
        return times
    middle = [times.ticks[0], times.ticks[-1]]
    return replace(times, ticks=tuple(middle))


def _bars(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    columns = 1 if sheet.is_narrow else 2
    names = sheet.names(sheet.choice.x)
    left, _rest = plot_width(sheet, names)
    width = _panel_width(sheet, columns, left)
    place = {
        "y": bars.name_axis(sheet, width=width, standing=False, order=names),
        "x": bars.number_axis(sheet, standing=False),
    }
    base = alt.Chart(alt.NamedData("cells"))
    paint = sheet.colours.series[0]
    layers = [base.mark_bar(color=paint).encode(**place, tooltip=lines.TIP, description="tip:N")]
    layers += lines.sign_layers(sheet, base, place, {**place, "x": alt.XDatum(0)})
    height = len(names) * max(16, 15 * max(len(lines_of(name, sheet.widest_label, LABEL)) for name in names))
    said = (*lines.noise_said(sheet, shown=False), *_same())
    return _faceted(sheet, layers, columns, width, height), said


def _columns(sheet: Sheet, most: int) -> int:
    return min(2 if sheet.is_narrow else most, len(sheet.names(sheet.choice.facet)))


def _panel_width(sheet: Sheet, columns: int, left: float) -> float:
    room = sheet.setting.pixels - 2 * EDGE - left - (columns - 1) * _SPACE
    if not sheet.dimension(sheet.choice.x).is_date:
        room -= (columns - 1) * left if columns > 1 else 0
    return max(60.0, room / columns)


def _faceted(sheet: Sheet, layers: list[Any], columns: int, width: float, height: float) -> Any:
    names = sheet.names(sheet.choice.facet)
    wrapped = {name: "\n".join(lines_of(name, width, LABEL * 1.06)) for name in names}
    pairs = "".join(f"datum.label == {json.dumps(k)} ? {json.dumps(v)} : " for k, v in wrapped.items() if k != v)
    header = alt.Header(labelExpr=f"{pairs}datum.label", labelAnchor="start", labelPadding=4, labelLimit=0)
    unit = alt.layer(*layers).properties(width=width, height=height)
    panel = alt.Facet("panel:N", sort=names, header=header, title=None)
    return unit.facet(facet=panel, columns=columns, data=alt.NamedData("cells"), spacing=_SPACE)


def _same() -> tuple[str, ...]:
    return (_("Every panel has the same axes."),)
