"""What somebody chooses of a chart: its kind, and what of the table stands where in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from statlas.wording import later


class Kind(StrEnum):
    """A kind of chart; the value is its name in addresses."""

    BAR = "bar"
    GROUPED = "grouped"
    STACKED = "stacked"
    SHARE = "share"
    LINE = "line"
    AREA = "area"
    PYRAMID = "pyramid"
    MULTIPLES = "multiples"
    HEAT = "heat"
    SCATTER = "scatter"
    BUBBLE = "bubble"


LABELS: dict[Kind, str] = {
    Kind.BAR: later("Bars"),
    Kind.GROUPED: later("Grouped bars"),
    Kind.STACKED: later("Stacked bars"),
    Kind.SHARE: later("Stacked bars to 100%"),
    Kind.LINE: later("Lines"),
    Kind.AREA: later("Stacked area"),
    Kind.PYRAMID: later("Pyramid"),
    Kind.MULTIPLES: later("Small multiples"),
    Kind.HEAT: later("Heat map"),
    Kind.SCATTER: later("Scatter"),
    Kind.BUBBLE: later("Bubbles"),
}
"""What each kind is called."""

POINTS = frozenset({Kind.SCATTER, Kind.BUBBLE})
"""Kinds that set one number against another, instead of showing one number by fields."""

STACKS = frozenset({Kind.STACKED, Kind.SHARE, Kind.AREA})
"""Kinds that lay numbers on one another."""


@dataclass(frozen=True)
class Quantity:
    """A number of the table as an axis: ``Quantity("V_F_WP:PERCENTAGE:row", (("JO_WITHIN", 0),))``.

    measure: the id of one of the cube's; empty for its first.
    at: for a field the position of the item whose numbers are meant; other fields stand where the chart has them.
    """

    measure: str = ""
    at: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Choice:
    """What stands where: fields on ``x``, ``colour`` and ``facet``; one number, or for points two or three.

    x: of points, the field of which every item is a point.
    at: for a field that stands nowhere, the position of the item that is shown.
    top: only so many of the largest bars; 0 for all.
    """

    kind: Kind
    x: str = ""
    colour: str = ""
    facet: str = ""
    measure: str = ""
    across: Quantity = Quantity()
    up: Quantity = Quantity()
    size: Quantity | None = None
    at: tuple[tuple[str, int], ...] = ()
    top: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that stand in the chart."""
        return tuple(name for name in (self.x, self.colour, self.facet) if name)
