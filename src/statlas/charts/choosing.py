"""What stands where in a chart of a table unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from statlas.charts.cells import parts
from statlas.charts.choice import POINTS, Choice, Kind, Quantity
from statlas.charts.ordering import is_ordered
from statlas.charts.palette import MOST_SERIES
from statlas.model.cells import CubeContent, CubeDimension, CubeMeasure

MOST_BARS = 60
"""Bars of a picture, and the largest of more that are shown unasked; arbitrary: about two screens."""

TOP = 30
"""How many of too many bars are shown unasked (arbitrary: one screen)."""

MOST_PANELS = 36
"""Panels of small multiples (arbitrary: a page of them)."""

_SIDES = re.compile(r"\b(male|female|men|women|man|woman|boys|girls|gender|sex)\b", re.IGNORECASE)
_AGE = re.compile(r"\bage", re.IGNORECASE)


def ranked(cube: CubeContent) -> Iterator[Kind]:
    """Kinds in the order in which they are tried."""
    wide = _wide(cube)
    if any(d.is_date for d in wide):
        yield from (Kind.LINE, Kind.MULTIPLES, Kind.HEAT)
    if len(wide) > 1 and _sides(cube) is not None and _ages(cube) is not None:
        yield Kind.PYRAMID
    if len(wide) == 1 and _has_two_numbers(cube) and len(wide[0]) > 5:  # noqa: PLR2004 - fewer are read as bars
        yield Kind.SCATTER
    if len(wide) > 1:
        yield from (Kind.GROUPED, Kind.MULTIPLES, Kind.HEAT)
    if len(wide) == 1 and is_ordered(wide[0]) and len(wide[0]) > MOST_BARS // 2:
        yield Kind.LINE
    yield Kind.BAR


def _has_two_numbers(cube: CubeContent) -> bool:
    return len([m for m in cube.measures if m.statistic != "RANK"]) > 1


def _wide(cube: CubeContent) -> list[CubeDimension]:
    return [d for d in cube.dimensions if len(parts(d)) > 1]


def _sides(cube: CubeContent) -> CubeDimension | None:
    for dimension in _wide(cube):
        labels = " ".join([dimension.label, *(dimension.items[n].label for n in parts(dimension))])
        if len(parts(dimension)) == 2 and _SIDES.search(labels):  # noqa: PLR2004 - it has two sides
            return dimension
    return None


def _ages(cube: CubeContent) -> CubeDimension | None:
    found = (d for d in _wide(cube) if _AGE.search(d.label) and is_ordered(d) and not d.is_date)
    return next(found, None)


def choice_of(cube: CubeContent, kind: Kind) -> Choice:
    """What stands where in a kind of chart of a table unasked; parts for which there is no field stay empty."""
    if not cube.dimensions:
        return Choice(kind)
    if kind in POINTS:
        return _points_choice(cube, kind)
    # Whoever had percentages worked out asks about them, not about the counts that they are of.
    share = _share(cube)
    return replace(_fields_choice(cube, kind), measure=share.id if share else "")


def _share(cube: CubeContent) -> CubeMeasure | None:
    return next((m for m in cube.measures if m.statistic == "PERCENTAGE"), None)


def _fields_choice(cube: CubeContent, kind: Kind) -> Choice:
    wide = _wide(cube) or [cube.dimensions[0]]
    dates = [d for d in wide if d.is_date]
    others = sorted((d for d in wide if not d.is_date), key=lambda d: -len(parts(d)))
    match kind:
        case Kind.LINE | Kind.AREA:
            return _lines_choice(kind, dates, others)
        case Kind.PYRAMID:
            return _pyramid_choice(cube, others)
        case Kind.MULTIPLES:
            return _panels_choice(dates, others)
        case Kind.HEAT:
            return Choice(kind, _field(others or dates, 0), _field([*dates, *others[1:]] if others else [], 0))
        case _:
            return _bars_choice(kind, dates, others)


def _lines_choice(kind: Kind, dates: list[CubeDimension], others: list[CubeDimension]) -> Choice:
    along = [*dates, *(d for d in others if is_ordered(d)), *others][0]
    rest = [d for d in (*others, *dates) if d is not along]
    return Choice(kind, along.field, _fewest(rest, MOST_SERIES))


def _pyramid_choice(cube: CubeContent, others: list[CubeDimension]) -> Choice:
    sides, ages = _sides(cube), _ages(cube)
    if sides is not None and ages is not None:
        return Choice(Kind.PYRAMID, ages.field, sides.field)
    return Choice(Kind.PYRAMID, _field(others, 0), _field(others, 1))


def _bars_choice(kind: Kind, dates: list[CubeDimension], others: list[CubeDimension]) -> Choice:
    pair = _pair(others) if len(others) > 1 else [*others, *dates] if kind is Kind.BAR else [*dates, *others]
    n = len(parts(pair[0]))
    top = TOP if n > MOST_BARS and not pair[0].is_date else 0
    return Choice(kind, pair[0].field, "" if kind is Kind.BAR else _field(pair, 1), top=top)


def _pair(others: list[CubeDimension]) -> list[CubeDimension]:
    """The longest field along the bars; the longest of those whose colours can be told apart in colours."""
    x = others[0]
    rest = [d for d in others[1:] if len(parts(d)) <= MOST_SERIES] or others[1:]
    return [x, rest[0]]


def _fewest(dimensions: list[CubeDimension], most: int) -> str:
    """A field for colours; one with too many where there is no other, so that it is said."""
    return _field([d for d in dimensions if len(parts(d)) <= most] or dimensions, 0)


def _panels_choice(dates: list[CubeDimension], others: list[CubeDimension]) -> Choice:
    if dates:
        few = [d for d in others if len(parts(d)) <= MOST_PANELS] or others
        return Choice(Kind.MULTIPLES, dates[0].field, facet=_field(few, 0))
    ordered = sorted(others, key=lambda d: (not is_ordered(d), len(parts(d))))
    facet = [d for d in others if ordered and d is not ordered[0]]
    return Choice(Kind.MULTIPLES, _field(ordered, 0), facet=_field(facet, 0))


def _field(dimensions: list[CubeDimension], n: int) -> str:
    return dimensions[n].field if len(dimensions) > n else ""


def _points_choice(cube: CubeContent, kind: Kind) -> Choice:
    wide = sorted((d for d in _wide(cube) if not d.is_date), key=lambda d: -len(parts(d))) or [*cube.dimensions]
    x = wide[0].field
    across, up, size = _shares(cube, x) or _first_three(cube, x)
    return Choice(kind, x, across=across, up=up, size=size if kind is Kind.BUBBLE else None)


def _first_three(cube: CubeContent, point: str) -> tuple[Quantity, Quantity, Quantity | None]:
    found = quantities(cube, point)
    if len(found) < 2:  # noqa: PLR2004 - a point stands at two numbers
        return Quantity(), Quantity(), None
    return found[0], found[1], found[2] if len(found) > 2 else None  # noqa: PLR2004 - the third


def _shares(cube: CubeContent, point: str) -> tuple[Quantity, Quantity, Quantity] | None:
    """Of percentages of a row the first two against each other, sized by the whole: *within a year, within two*."""
    share = _share(cube)
    count = next((m for m in cube.measures if m.statistic in ("COUNT", "SUM")), None)
    found = quantities(cube, point)
    if share is None or count is None or not found or not found[0].at:
        return None
    field = found[0].at[0][0]
    beside = next(d for d in cube.dimensions if d.field == field)
    whole = next((n for n, item in enumerate(beside.items) if item.is_total), None)
    first = parts(beside)[:2]
    if whole is None or len(first) < 2:  # noqa: PLR2004 - two are set against each other
        return None
    across, up = (Quantity(share.id, ((field, n),)) for n in first)
    return across, up, Quantity(count.id, ((field, whole),))


def quantities(cube: CubeContent, point: str, most: int = 40) -> list[Quantity]:
    """The numbers that a point can have: each measure, for each item of the field of fewest items beside it."""
    beside = [d for d in cube.dimensions if d.field != point and not d.is_date and len(d) > 1]
    beside.sort(key=len)
    measures = [m.id for m in cube.measures]
    if not beside:
        return [Quantity(measure) for measure in measures]
    own = beside[0]
    order = [*parts(own), *(n for n in range(len(own)) if n not in parts(own))]
    return [Quantity(m, ((own.field, n),)) for m in measures for n in order][:most]
