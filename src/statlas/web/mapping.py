"""How an address says what is drawn of its table on a map, read into a ``MapChoice``, and the map that comes of it.

The parts of an address are those of ``definitions.address.MAP``; what it leaves out is as in the map shown unasked::

    area=FIELD            which geography is drawn
    number=MEASURE        which number; likewise at=FIELD:CODE, the category shown of a field beside it, as of a chart
    per=persons           or households: per 1,000 of them
    against=202404        the change since that date
    classes=quantile      or equal, natural, own; n=5 of them; breaks=100,500,1000 of one's own
    find=Leeds            the place that is marked
    with=202404           a second map beside it: another date, or the address of another table
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from statlas.charts.cells import dimension_of, measure_of
from statlas.charts.maps import (
    FEWEST,
    MOST,
    Area,
    Classes,
    Denominator,
    MapChoice,
    areas_of,
    date_of,
    is_elsewhere,
    values_of,
)
from statlas.charts.maps_classes import Scale, scale_of
from statlas.charts.maps_drawing import Drawing, drawing_of
from statlas.charts.maps_sheet import MapSheet
from statlas.charts.maps_tiles import MOST_BLOCKS, tiles_of
from statlas.charts.setting import Setting
from statlas.definitions.address import Parameters, single, values
from statlas.errors import QueryError, UnknownNameError
from statlas.model.boundary import Boundaries
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.frames import code_of
from statlas.model.legend import STRUCTURAL_ZERO
from statlas.model.query import Item, Query, TimeKind
from statlas.service.tables import boundaries, denominators
from statlas.store import Home
from statlas.web import asking
from statlas.wording import _

MOST_BREAKS = 7


def geographies(cube: Cube) -> list[str]:
    """The geography fields of a table, the one with most areas first."""
    found = [d for d in cube.dimensions if d.is_geography]
    return [d.field for d in sorted(found, key=len, reverse=True)]


def including(database: Database, query: Query, against: str) -> Query:
    """The query with the date that its numbers are compared with among its dates.

    Raises:
        UnknownNameError: the database has no such date.
    """
    if not against:
        return query
    valueset = database.date.classification.valuesets[0]
    _ = valueset[against]
    dimension = next(d for d in query.dimensions if d.field == database.date.id)
    if dimension.time is not None and dimension.time.kind is not TimeKind.LATEST:
        codes = database.periods if dimension.time.kind is TimeKind.ALL else _between(database, dimension.time)
    elif dimension.items is not None:
        codes = tuple(node.code for item in dimension.items for node in item.nodes)
    else:
        codes = database.periods[-(dimension.time.n if dimension.time else 1) :]
    if against in codes:
        return query
    items = tuple(Item((Node(valueset.id, code),)) for code in sorted({*codes, against}))
    changed = replace(dimension, items=items, time=None, valueset=None)
    return replace(query, dimensions=tuple(changed if d is dimension else d for d in query.dimensions))


def _between(database: Database, time: Any) -> tuple[str, ...]:
    return tuple(p for p in database.periods if p >= time.start and (not time.end or p <= time.end))


def choice(cube: Cube, parameters: Parameters) -> MapChoice:
    """What an address draws of a table.

    Raises:
        QueryError: it cannot be read, the table has no areas, or it names what is not in it (``UnknownNameError``).
    """
    found = geographies(cube)
    if not found:
        raise QueryError(_("The table has no areas to draw."), mend=_("Put a geography into the table."))
    area = unquote(single(parameters, "area")) or found[0]
    if area not in found:
        raise UnknownNameError(_("There are no areas of that name in the table."), component=area[:60])
    against, number = single(parameters, "against"), unquote(single(parameters, "number"))
    breaks = _breaks(single(parameters, "breaks"))
    return MapChoice(
        area,
        measure=measure_of(cube, number).id,
        at=tuple(_at(cube, text) for text in values(parameters, "at")),
        against=_position(cube, date_of(cube).field, against) if against else None,
        per=_one_of(single(parameters, "per"), ("", "persons", "households")),
        classes=Classes(_one_of(single(parameters, "classes") or "quantile", [one.value for one in Classes])),
        n_classes=min(max(_whole(single(parameters, "n") or "5"), FEWEST), MOST),
        breaks=breaks,
    )


def _one_of(text: str, known: Any) -> str:
    if text not in known:
        raise UnknownNameError(_("The address asks for a map of an unknown kind."), component=text[:60])
    return text


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3):  # noqa: PLR2004 - classes are few
        raise QueryError(_("A whole number of classes was expected."), mend=_("Choose from 3 to 7."))
    return int(text)


def _breaks(text: str) -> tuple[float, ...]:
    parts = [part.strip().replace("−", "-") for part in text.replace(";", ",").split(",") if part.strip()]
    try:
        found = sorted({float(part) for part in parts})
    except ValueError:
        found = [float("nan")]
    if len(found) > MOST_BREAKS or any(one != one or abs(one) > 1e15 for one in found):  # noqa: PLR0124, PLR2004 - nan, inf
        raise QueryError(
            _("Breaks are at most seven numbers with commas between them."), mend=_("Write 100, 500, 1000.")
        )
    return tuple(found)


def _at(cube: Cube, text: str) -> tuple[str, int]:
    field, _colon, code = text.partition(":")
    name = dimension_of(cube, unquote(field)).field
    return name, _position(cube, name, unquote(code))


def _position(cube: Cube, field: str, code: str) -> int:
    dimension = dimension_of(cube, field)
    for n in range(len(dimension)):
        if code_of(dimension, n) == code:
            return n
    raise UnknownNameError(_("The table has no such category."), component=code[:60])


# --- the map ----------------------------------------------------------------------------------------------------------


def sheet_of(
    database: Database, cube: Cube, chosen: MapChoice, setting: Setting, *, find: str = "", scale: Scale | None = None
) -> tuple[MapSheet, Boundaries | None]:
    """The map of a table, and whose shapes are drawn; None where they are tiles."""
    every = areas_of(cube, chosen, denominator_of(database, cube, chosen))
    areas = tuple(area for area in every if not is_elsewhere(area))
    there = [code for area in areas if area.sign != STRUCTURAL_ZERO for code in area.codes]
    shapes = boundaries.find(asking.home(), there)
    drawing = outlines(asking.home(), shapes) if shapes else _tiles(database, chosen, areas)
    found = _found(areas, find)
    return (
        MapSheet(
            cube,
            chosen,
            areas,
            scale or common_scale(database, cube, chosen, areas),
            drawing,
            setting,
            tuple(credits_of(shapes, database, cube, chosen)),
            found,
            tuple(area for area in every if is_elsewhere(area) and area.sign != STRUCTURAL_ZERO),
        ),
        shapes,
    )


def common_scale(database: Database, cube: Cube, chosen: MapChoice, now: tuple[Area, ...]) -> Scale:
    """The same classes for every date of the table, so that its maps can be compared."""
    dates = [d for d in cube.dimensions if d.is_date and len(d) > 1]
    if not dates or chosen.against is not None:
        return scale_of(values_of(now), chosen)
    sizes = denominator_of(database, cube, chosen)
    every = (replace(chosen, at=(*chosen.at, (dates[0].field, n))) for n in range(len(dates[0])))
    areas = (area for one in every for area in areas_of(cube, one, sizes) if not is_elsewhere(area))
    return scale_of(values_of([*areas]), chosen)


def denominator_of(database: Database, cube: Cube, chosen: MapChoice) -> Denominator | None:
    """How many residents or households the areas of a map have; None where no rate is asked for."""
    if not chosen.per:
        return None
    dimension = dimension_of(cube, chosen.area)
    codes = [node.code for item in dimension.items for node in item.nodes]
    field = database.field(chosen.area)
    found = denominators.denominator(home=asking.home(), of=chosen.per, field=field, codes=codes)
    return Denominator(chosen.per, *(found or ({}, "")))


def credits_of(shapes: Boundaries | None, database: Database, cube: Cube, chosen: MapChoice) -> list[str]:
    """Whose shapes are drawn, whether they are invented or tiles, and where residents and households are counted."""
    said = []
    if shapes is None:
        said.append(
            _(
                "No boundaries are known for these areas: each is one tile, in a block of the area above. "
                "Where a tile stands in its block means nothing."
            )
        )
    elif shapes.synthetic:
        said.append(_("The shapes of these areas are invented, as the areas are."))
    if shapes is not None:
        said.append(
            shapes.attribution or _("Boundaries: {source}, {year}.").format(source=shapes.source, year=shapes.vintage)
        )
    sizes = denominator_of(database, cube, chosen)
    if sizes is not None and sizes.source:
        said.append(_("Rates per 1,000: {source}.").format(source=sizes.source))
    return said


@lru_cache(maxsize=8)
def _outlines(home: str, shapes: Boundaries) -> Drawing:
    return drawing_of(boundaries.topology(Home(home), shapes))  # type: ignore[arg-type]


def outlines(home: Home, shapes: Boundaries) -> Drawing:
    """The drawing of a set of boundaries; kept, as it never changes."""
    return _outlines(str(home.path), shapes)


def _tiles(database: Database, chosen: MapChoice, areas: tuple[Area, ...]) -> Drawing:
    """A tile for each area, in blocks of the areas above it, which lie where they are if their shapes are known."""
    parents = {
        code.id: code.parents[0].code
        for level in database.field(chosen.area).classification
        for code in level
        if code.parents
    }
    tiles = [(code, area.label) for area in areas if area.sign != STRUCTURAL_ZERO for code in area.codes]
    above = {code: parents.get(code, "") for code, _label in tiles}
    while len(set(above.values())) > MOST_BLOCKS:
        above = {code: parents.get(block, "") for code, block in above.items()}
    blocks: dict[str, list[tuple[str, str]]] = {}
    for code, label in tiles:
        blocks.setdefault(above[code], []).append((code, label))
    return tiles_of([*blocks.items()], _middles([*blocks]))


def _middles(codes: list[str]) -> dict[str, tuple[float, float]]:
    shapes = boundaries.find(asking.home(), codes) if len(codes) > 1 else None
    if shapes is None:
        return {}
    drawing = outlines(asking.home(), shapes)
    left, top, wide, high = drawing.around([code for code in codes if code in drawing.boxes])
    return {
        code: ((box[0] + box[2] / 2 - left) / wide, (box[1] + box[3] / 2 - top) / high)
        for code, box in drawing.boxes.items()
        if code in codes
    }


def _found(areas: tuple[Area, ...], text: str) -> str:
    """The code of the place that is looked for, by name or code; the best match first."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return ""
    best = [
        (area.label.casefold() != wanted, not area.label.casefold().startswith(wanted), len(area.label), area.codes[0])
        for area in areas
        if wanted in area.label.casefold() or wanted in (code.casefold() for code in area.codes)
    ]
    return min(best)[-1] if best else ""
