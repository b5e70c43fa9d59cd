"""How a chart that moves is drawn: all dates on one pair of axes, of which one is shown."""

from __future__ import annotations

from typing import Any

import altair as alt

from statlas.charts import bars, points
from statlas.charts.choice import POINTS, Choice, Kind
from statlas.charts.framing import framed
from statlas.charts.lines import TIP, sign_layers
from statlas.charts.motion import at_step, date_of, moving_rows, step_of
from statlas.charts.setting import Setting
from statlas.charts.sheet import Sheet, plot_width
from statlas.charts.telling import standing
from statlas.model.cells import CubeContent
from statlas.wording import gettext as _

_BAR = 24


def motion(cube: CubeContent, choice: Choice, setting: Setting, step: int, *, whole: bool) -> dict[str, Any]:
    """A Vega-Lite specification of one date, or of all with the parameter ``step`` that shows one.

    Args:
        cube: the table; its date has several periods.
        choice: of one of ``motion.KINDS``.
        setting: as of ``specification``.
        step: which date, counted from 0; counted from the end where it is below.
        whole: with the rows of every date.

    Raises:
        QueryError: the table does not move so, or has no such date.
    """
    step = step_of(cube, choice, step)
    rows = moving_rows(cube, choice)
    sheet = Sheet(cube, at_step(cube, choice, step), setting, rows)
    chart, said = _race(sheet) if choice.kind is Kind.BAR else _still(sheet)
    spec = framed(sheet, chart, (*_beside(cube, choice), *said))
    inner = spec["vconcat"][0]
    inner["transform"] = [{"filter": "datum.step == step"}]
    inner["layer"].insert(0, _period(sheet, inner["width"], inner["height"]))
    spec["params"] = [{"name": "step", "value": step}]
    if not whole:
        spec["data"]["values"] = [row for row in rows if row["step"] == step]
    return spec


def _beside(cube: CubeContent, choice: Choice) -> tuple[str, ...]:
    """What is shown of fields that stand nowhere; the date is said in the picture."""
    date = date_of(cube)
    assert date is not None
    return standing(cube, choice, without=date.field)


def _still(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """Points and pyramids are drawn as those that do not move, on axes for all dates."""
    if sheet.choice.kind in POINTS:
        chart, _said = points.drawn(sheet)
        missing = _("Points of which not every number is shown are missing.")
        return chart, (*points.strokes_said(sheet), missing, _same())
    chart, said = bars.drawn(sheet)
    return chart, (*said, _same())


def _same() -> str:
    return _("The axes are the same at every date.")


def _race(sheet: Sheet) -> tuple[Any, tuple[str, ...]]:
    """The largest bars of each date, the largest on top."""
    shown = {row["x"] for row in sheet.rows}
    names = [name for name in sheet.names(sheet.choice.x) if name in shown]
    _left, width = plot_width(sheet, names)
    n_bars = max(row["place"] for row in sheet.rows) + 1
    axis = bars.name_axis(sheet, width=width, standing=False, order=names)
    axis.sort = alt.EncodingSortField("place", op="min", order="ascending")
    place = {"y": axis, "x": bars.number_axis(sheet, standing=False)}
    base = alt.Chart(alt.NamedData("cells"))
    bar = base.mark_bar(color=sheet.colours.series[0]).encode(**place, tooltip=TIP, description="tip:N")
    text = base.mark_text(align="left", dx=5, fontSize=11).transform_filter("isValid(datum.value)")
    layers = [bar, text.encode(**place, text="text:N"), *sign_layers(sheet, base, place, {**place, "x": alt.XDatum(0)})]
    chart = alt.layer(*layers, data=alt.NamedData("cells")).properties(width=width, height=_BAR * n_bars)
    total = len(sheet.names(sheet.choice.x))
    most = _("The {n} largest of {total} at each date.").format(n=n_bars, total=total)
    return chart, (*((most,) if n_bars < total else ()), _same())


def _period(sheet: Sheet, width: float, height: float) -> dict[str, Any]:
    """The date in large letters behind the numbers."""
    size = 26 if sheet.is_narrow else 40
    return {
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "bottom",
            "fontSize": size,
            "fontWeight": "bold",
            "color": sheet.colours.quiet,
            "opacity": 0.55,
        },
        "transform": [{"aggregate": [{"op": "count", "as": "n"}], "groupby": ["period"]}],
        "encoding": {
            "x": {"value": width - 8},
            "y": {"value": height - 6},
            "text": {"field": "period", "type": "nominal"},
        },
    }
