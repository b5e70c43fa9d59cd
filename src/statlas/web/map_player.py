"""What plays a map through the dates of its table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from statlas.charts import maps_picture
from statlas.charts.maps import areas_of
from statlas.web import links, mapping
from statlas.web.mapped import Mapped, dates_of

SPEEDS = ((1, "0.5"), (2, "1"), (4, "2"))
"""Dates a second, and how the page names them."""

MOST_FRAMES = 40_000
"""Numbers that are sent for playing (arbitrary: a megabyte unpacked); of more, dates are gone through by links."""


def player(mapped: Mapped) -> dict[str, Any] | None:
    """What plays a table of several dates: the classes and numbers of each, and the links of its steps."""
    cube, dates = mapped.cube, dates_of(mapped.cube)
    if not dates or mapped.choice.against is not None:
        return None
    dimension = next(d for d in cube.dimensions if d.is_date)
    labels = [dimension.items[n].label for n in dates]
    now = dict(mapped.choice.at).get(dimension.field, dates[-1])
    step = dates.index(now) if now in dates else len(dates) - 1

    def link(n: int) -> str:
        return links.map_(cube.database, links.changed(mapped.here, step=str(n + 1))) + "#map"

    around = (("first", 0), ("before", step - 1), ("after", step + 1), ("last", len(dates) - 1))
    hidden = tuple(one for one in links.shortened(mapped.here) if one[0] != "step")
    return {
        "labels": labels,
        "step": step,
        "steps": {name: link(n) for name, n in around if 0 <= n < len(dates) and n != step},
        "hidden": hidden,
        "speeds": SPEEDS,
        "frames": _frames(mapped, dates) if len(dates) * len(mapped.sheet.areas) <= MOST_FRAMES else None,
    }


def _frames(mapped: Mapped, dates: tuple[int, ...]) -> dict[str, Any]:
    """The key and the text of every place at every date."""
    sheet = mapped.sheet
    field = next(d.field for d in mapped.cube.dimensions if d.is_date)
    codes = [*sheet.drawing.paths]
    frames = []
    for n in dates:
        at = (*(one for one in mapped.choice.at if one[0] != field), (field, n))
        chosen = replace(mapped.choice, at=at)
        areas = areas_of(mapped.cube, chosen, mapping.denominator_of(mapped.database, mapped.cube, chosen))
        then = replace(sheet, choice=chosen, areas=areas)
        frames.append([[maps_picture.css_of(then.key_of(code)), maps_picture.told(then, code)] for code in codes])
    return {"codes": codes, "frames": frames}
