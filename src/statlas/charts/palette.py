"""Colours that everybody can tell apart, on a light ground and on a dark one.

The series colours were found by climbing from a hand-made set: the smallest distance in OKLab between any two, as seen
with full colour vision and with protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes, 2009), is at
least 0.15, and each has a contrast of at least 3:1 with its ground (WCAG 2.2, 1.4.11).
A test works both out again. Dashes of lines say the same without colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from statlas.charts.setting import Theme


@dataclass(frozen=True)
class Palette:
    """The colours of a theme.

    series: in the order in which they are used. ramp: from few to many, for heat maps and maps.
    lower, upper: the two ends of a ramp that diverges from its middle.
    """

    ground: str
    text: str
    quiet: str
    line: str
    series: tuple[str, ...]
    ramp: tuple[str, ...]
    lower: str
    middle: str
    upper: str


PALETTES = {
    Theme.LIGHT: Palette(
        ground="#ffffff",
        text="#0b0c0c",
        quiet="#4a5553",
        line="#cfd8d6",
        series=("#0d3b66", "#e57004", "#167184", "#b03600", "#9e73f1", "#6e0600"),
        ramp=("#e3f2f0", "#a9d3ce", "#5fa8a3", "#1f7a75", "#07474a"),
        lower="#b03600",
        middle="#f2f2f0",
        upper="#0d3b66",
    ),
    Theme.DARK: Palette(
        ground="#121b1a",
        text="#f3f7f6",
        quiet="#b4c2bf",
        line="#3b4a48",
        series=("#7cc0ff", "#dd500a", "#3e9599", "#e1b121", "#834ac8", "#d0ffbc"),
        ramp=("#17302e", "#1f5a57", "#2f8a84", "#6fbdb4", "#d5f2ed"),
        lower="#e8773c",
        middle="#2b3635",
        upper="#7cc0ff",
    ),
}

DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 4), (12, 3))
"""The dashes of lines, in the order of the series' colours."""

MOST_SERIES = len(DASHES)
"""Series told apart by colour; more are drawn in panels of their own."""
