"""What every kind of chart is drawn with: its data, colours, widths, and the channels that they share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt

from statlas.charts import palette
from statlas.charts.cells import Row, dimension_of, keys_of, measure_of, parts
from statlas.charts.choice import Choice
from statlas.charts.lettering import lines_of, width_of
from statlas.charts.marks import SHAPES, meaning, signs_in
from statlas.charts.setting import Setting, Width
from statlas.model.cells import CubeContent, CubeDimension, CubeMeasure
from statlas.model.legend import heading
from statlas.wording import gettext as _

LABEL = 12
"""Size of the letters of axes and legends, in pixels."""

EDGE = 12
"""Empty space around the whole, in pixels."""

_VISIBLE = 1.5
"""Half an interval is drawn from so many pixels on (arbitrary: what can be told from a line)."""

_FROM_ZERO = 0.6
"""An axis of lines begins at zero unless all numbers lie above this share of the largest (arbitrary)."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A chart about to be drawn: ``rows`` are its data, those of ``cells``."""

    cube: CubeContent
    choice: Choice
    setting: Setting
    rows: list[Row]

    @property
    def colours(self) -> palette.Palette:
        """The colours of the theme."""
        return palette.PALETTES[self.setting.theme]

    @property
    def is_narrow(self) -> bool:
        """Whether it is drawn for a telephone."""
        return self.setting.width is Width.NARROW

    @property
    def measure(self) -> CubeMeasure:
        """The one number of the chart."""
        return measure_of(self.cube, self.choice.measure)

    def dimension(self, field: str) -> CubeDimension:
        """A field of the chart."""
        return dimension_of(self.cube, field)

    def names(self, field: str) -> list[str]:
        """The labels of a field's items that are drawn, in the order of the table."""
        dimension = self.dimension(field)
        labels = keys_of(dimension)
        return [labels[n] for n in parts(dimension)]

    def wrapped(self, text: str, width: float, size: float = LABEL) -> str:
        """A label broken into lines no wider than so many pixels."""
        return "\n".join(lines_of(text, width, size))

    @cached_property
    def widest_label(self) -> float:
        """How much of the picture the labels on the left may take, in pixels."""
        return self.setting.pixels * (0.38 if self.is_narrow else 0.3)

    # --- numbers ------------------------------------------------------------------------------------------------------

    @cached_property
    def values(self) -> list[float]:
        """The numbers that are printed."""
        return [float(row["value"]) for row in self.rows if row.get("value") is not None]

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The smallest and the largest number, 0 among them."""
        return min([0.0, *self.values]), max([0.0, *self.values])

    @cached_property
    def starts_at_zero(self) -> bool:
        """Whether an axis of lines starts at zero; of bars it always does."""
        low, high = min(self.values, default=0.0), max(self.values, default=0.0)
        return low < 0 or low < _FROM_ZERO * high or low == high

    @property
    def number_format(self) -> str:
        """How an axis writes numbers: in full, with commas; small ones with the decimals they need."""
        return ",~f" if max(map(abs, self.extent)) < 10 else ",.0f"  # noqa: PLR2004 - below it decimals matter

    def axis_title(self) -> str:
        """What an axis of numbers is named: the measure, with its unit."""
        return heading(self.cube, self.measure)

    def shows_noise(self, pixels: float) -> bool:
        """Whether the intervals can be seen on an axis of so many pixels."""
        low, high = self.extent if self.starts_at_zero else (min(self.values), max(self.values))
        halves = sorted((row["upper"] - row["lower"]) / 2 for row in self.rows if "upper" in row)
        if not halves or high == low:
            return False
        return bool(halves[len(halves) // 2] * pixels / (high - low) >= _VISIBLE)

    # --- channels -----------------------------------------------------------------------------------------------------

    def colour(self, field: str, symbol: str = "square") -> Any:
        """The colours of a field's items, with a legend beneath."""
        names = self.names(field)
        scale = alt.Scale(domain=names, range=list(self.colours.series[: len(names)]))
        return alt.Color("series:N", title=self.legend_title(field), scale=scale, legend=self.legend(names, symbol))

    def legend_title(self, field: str) -> list[str]:
        """The name of a field over its legend, in lines."""
        return lines_of(self.dimension(field).label, self.setting.pixels - 2 * EDGE, LABEL, 3)

    def legend(self, names: Sequence[str], symbol: str) -> Any:
        """A legend in as many columns as there is room for."""
        width = self.setting.pixels - 2 * EDGE
        widest = max(width_of(name, LABEL) for name in names) + 46
        columns = max(1, min(len(names), int(width // widest)))
        # The strokes of a legend are those of the lines; pale bands behind them would make them as pale.
        stroke = {"symbolSize": 500, "symbolOpacity": 1, "symbolStrokeWidth": 2.5}
        long: dict[str, Any] = stroke if symbol == "stroke" else {}
        return alt.Legend(orient="top", columns=columns, labelLimit=width - 30, symbolType=symbol, **long)

    def signs(self) -> list[str]:
        """The signs that occur in the chart."""
        return signs_in(self.rows)

    def shape(self) -> Any:
        """The shapes of signs, with what each means in the legend."""
        signs = self.signs()
        width = self.setting.pixels - 2 * EDGE - 30
        said = {sign: "\n".join(lines_of(meaning(sign, self.cube), width, LABEL)) for sign in signs}
        return alt.Shape(
            "sign:N",
            title=_("Marks"),
            scale=alt.Scale(domain=signs, range=[SHAPES[sign] for sign in signs]),
            legend=alt.Legend(
                orient="top",
                columns=1,
                direction="vertical",
                labelLimit=0,
                labelExpr=_chosen(said),
                symbolFillColor="transparent",
                symbolStrokeColor=self.colours.text,
                symbolStrokeWidth=1.5,
            ),
        )


def _chosen(texts: dict[str, str]) -> str:
    """An expression that gives a text for each label."""
    return "".join(f"datum.label == {json.dumps(k)} ? {json.dumps(v)} : " for k, v in texts.items()) + "datum.label"


def plot_width(sheet: Sheet, names: Sequence[str], *, pixels: float | None = None) -> tuple[float, float]:
    """How wide the labels on the left are and how much is left for the numbers, in pixels."""
    limit = sheet.widest_label
    lines = [line for name in names for line in lines_of(name, limit, LABEL)]
    left = max((width_of(line, LABEL) for line in lines), default=0.0) + 14
    return left, (pixels or sheet.setting.pixels) - 2 * EDGE - left
