"""One map of a page, with its legend, its words and the table of its areas."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from statlas.charts import maps_picture
from statlas.charts.maps import place_of
from statlas.charts.maps_sheet import MapSheet, n_areas
from statlas.definitions.address import single
from statlas.web import links
from statlas.web.mapped import Mapped

ROWS = 400
"""Areas of the table beside a map; more are on further pages of it (arbitrary: what is still read by scrolling)."""


def figure(mapped: Mapped, n: int) -> dict[str, Any]:
    """One map with its legend and its table."""
    name = f"map-{n + 1}"
    first = _row(single(mapped.parameters, "row"))
    areas = _sorted(mapped.sheet)
    rest = areas[first - 1 + ROWS :]
    here = links.changed(mapped.here, row=str(first + ROWS))
    return {
        "name": name,
        "sheet": mapped.sheet,
        "what": mapped.sheet.what,
        "date": _date(mapped),
        "beside": mapped.sheet.beside,
        "svg": Markup(maps_picture.inline(mapped.sheet, name, mapped.alternative)),  # noqa: S704 - escaped as it is made
        "legend": [
            (entry, maps_picture.css_of(entry.key), n_areas(entry.n_areas) if entry.n_areas else "")
            for entry in mapped.sheet.legend
        ],
        "sentences": mapped.sentences,
        "credits": mapped.sheet.credits,
        "rows": areas[first - 1 : first - 1 + ROWS],
        "n_areas": len(areas),
        "first": first,
        "more_url": f"{links.map_(mapped.cube.database, here)}#{name}-numbers" if rest else "",
        "texts": _texts(mapped.sheet),
        "is_tiles": mapped.sheet.drawing.is_tiles,
        "table_url": links.table(mapped.cube.database, mapped.canonical),
    }


def _date(mapped: Mapped) -> str:
    """The date that is shown."""
    dimension = next((d for d in mapped.cube.dimensions if d.is_date), None)
    return "" if dimension is None else dimension.items[place_of(mapped.cube, mapped.choice)[dimension.field]].label


def _texts(sheet: MapSheet) -> list[tuple[str, str]]:
    """What is read out of each area, where there are too many to say it inside the drawing."""
    codes = sheet.drawing.paths
    many = len(codes) > maps_picture.MOST_TITLES
    return [(code, maps_picture.told(sheet, code)) for code in codes] if many else []


def _row(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1  # noqa: PLR2004


def _sorted(sheet: MapSheet) -> list[Any]:
    """Areas from the highest number to the lowest, then those without one; those not there at the date left out."""
    there = [area for area in sheet.areas if area.sign != "z"]
    return sorted(there, key=lambda area: (area.value is None, -(area.value or 0.0)))
