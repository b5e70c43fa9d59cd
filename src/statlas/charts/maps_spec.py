"""A map as a Vega-Lite specification, complete with shapes, numbers and classes, to be drawn elsewhere."""

from __future__ import annotations

from typing import Any

from statlas.charts.framing import credits_of
from statlas.charts.lettering import FONT
from statlas.charts.maps_picture import told
from statlas.charts.maps_sheet import MapSheet

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def specification(sheet: MapSheet, topology: dict[str, Any] | None) -> dict[str, Any]:
    """A Vega-Lite 6 specification; ``topology`` None draws the tiles.

    ``datasets.numbers`` has a row for each place: ``code``, ``label``, ``value`` (null where none is printed), ``text``
    and ``class``.
    """
    entries = sheet.legend
    domain = [entry.text for entry in entries]
    fills = [sheet.fill(e.key) if e.kind == "class" else _grey(sheet, e.kind) for e in entries]
    label = {entry.key: entry.text for entry in entries}
    outside = label.get("-", "")
    numbers = [
        {
            "code": code,
            "label": area.label if (area := sheet.by_code.get(code)) else sheet.drawing.names.get(code, code),
            "value": area.value if area else None,
            "text": told(sheet, code),
            "class": label.get(sheet.key_of(code), outside),
        }
        for code in sheet.drawing.paths
    ]
    colour = {
        "field": "class",
        "type": "nominal",
        "title": sheet.what,
        "scale": {"domain": domain, "range": fills},
        "legend": {"labelLimit": 400, "titleLimit": 400},
    }
    shared = {
        "$schema": SCHEMA,
        "title": {"text": sheet.setting.title, "subtitle": [*sheet.shown, *sheet.credits, *credits_of(sheet.cube)]},
        "datasets": {"numbers": numbers},
        "background": sheet.colours.ground,
        "config": {"font": FONT, "view": {"stroke": None}},
        "usermeta": {"source": sheet.setting.address, "synthetic": sheet.cube.synthetic},
        "width": 560,
        "height": 760,
    }
    tip = {"field": "text", "type": "nominal"}
    drawn = _shapes(topology, colour, tip) if topology is not None else _tiles(sheet, numbers, colour, tip)
    return {**shared, **drawn}


def _grey(sheet: MapSheet, kind: str) -> str:
    return sheet.colours.quiet if kind == "sign" else sheet.colours.line


def _shapes(topology: dict[str, Any], colour: dict[str, Any], tip: dict[str, Any]) -> dict[str, Any]:
    west, _south, east, _north = topology["bbox"]
    look_up = {"lookup": "id", "from": {"data": {"name": "numbers"}, "key": "code", "fields": ["class", "text"]}}
    return {
        "data": {"values": topology, "format": {"type": "topojson", "feature": "areas"}},
        "transform": [look_up],
        "projection": {"type": "transverseMercator", "rotate": [-(west + east) / 2, 0, 0]},
        "mark": {"type": "geoshape", "stroke": "white", "strokeWidth": 0.3},
        "encoding": {"color": colour, "tooltip": tip},
    }


def _tiles(
    sheet: MapSheet, numbers: list[dict[str, Any]], colour: dict[str, Any], tip: dict[str, Any]
) -> dict[str, Any]:
    boxes = sheet.drawing.boxes
    rows = [{**row, "x": boxes[row["code"]][0], "y": boxes[row["code"]][1]} for row in numbers]
    place = {"type": "quantitative", "axis": None}
    return {
        "data": {"values": rows},
        "mark": {"type": "square", "size": 150, "opacity": 1},
        "encoding": {
            "x": {"field": "x", **place},
            "y": {"field": "y", "scale": {"reverse": True}, **place},
            "color": colour,
            "tooltip": tip,
        },
    }
