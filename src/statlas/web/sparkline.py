"""A few numbers as a small line: points of an SVG, beside which the numbers stand in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 96, 28
_EDGE = 4
"""Units around the line, so that its last point is drawn whole."""

LEAST = 3
"""Numbers of which a line tells more than their words: arbitrary."""


@dataclass(frozen=True)
class Line:
    """A line from ``begins`` to ``ends``: ``paths`` between numbers that follow one another, ``last`` its last point.

    ``text`` has every number. The ground of the line is zero, so that heights can be compared.
    """

    paths: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    last: tuple[str, str]
    text: str
    begins: str
    ends: str
    width: int = WIDTH
    height: int = HEIGHT


def drawn(values: Sequence[float | None], text: str, ends: tuple[str, str]) -> Line | None:
    """Numbers as a line; None where fewer than three are there. A gap is left where a number is missing."""
    known = [value for value in values if value is not None]
    if len(known) < LEAST or values[-1] is None:
        return None
    highest = max(*known, 0) or 1
    places = [None if value is None else _place(n, len(values), value / highest) for n, value in enumerate(values)]
    paths = tuple(f"M{one[0]} {one[1]}L{other[0]} {other[1]}" for one, other in pairwise(places) if one and other)
    last = places[-1]
    assert last is not None
    return Line(paths, _alone(places), last, text, *ends)


def _place(n: int, of: int, height: float) -> tuple[str, str]:
    x = _EDGE + (WIDTH - 2 * _EDGE) * n / (of - 1)
    y = HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * max(height, 0)
    return f"{x:.1f}", f"{y:.1f}"


def _alone(places: Sequence[tuple[str, str] | None]) -> tuple[tuple[str, str], ...]:
    """Points with nothing before and behind them, which no path shows."""
    around = zip((None, *places), places, (*places[1:], None), strict=False)
    return tuple(one for before, one, after in around if one and not before and not after)
