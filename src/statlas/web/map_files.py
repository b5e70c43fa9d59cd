"""A map as a file: a picture, its areas with their numbers, or its specification."""

from __future__ import annotations

import json

from django.http import Http404

from statlas.charts import maps_picture, maps_spec, pictures
from statlas.charts.maps_sheet import MapSheet
from statlas.service.tables import boundaries
from statlas.web import asking
from statlas.web.mapped import Mapped
from statlas.wording import _

FILES = ("svg", "png", "pdf", "geojson", "json")
"""Kinds of files, in the order of the page."""

MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "geojson": "application/geo+json",
    "json": "application/vnd.vegalite.v6+json",
}


def body_of(mapped: Mapped, sheet: MapSheet, suffix: str) -> bytes:
    """The bytes of a file of a map.

    Raises:
        Http404: the areas have no shapes.
    """
    if suffix == "geojson":
        return _geojson(mapped)
    if suffix == "json":
        topology = boundaries.topology(asking.home(), mapped.shapes) if mapped.shapes else None
        return json.dumps(maps_spec.specification(sheet, topology), ensure_ascii=False).encode()
    svg = maps_picture.picture(sheet, mapped.alternative)
    return svg.encode() if suffix == "svg" else pictures.picture({"svg": svg}, suffix)


def _geojson(mapped: Mapped) -> bytes:
    from statlas.geography.boundary_arcs import part_of  # noqa: PLC0415 - beside the next
    from statlas.geography.boundary_topology import geojson_of  # noqa: PLC0415 - shapely is slow to load, for this alone

    if mapped.shapes is None:
        raise Http404(_("These areas are drawn as tiles, as nobody knows their shapes."))
    sheet = mapped.sheet
    numbers = {
        code: {"name": area.label, "value": area.value, "text": area.text, "sign": area.sign}
        for code, area in sheet.by_code.items()
    }
    topology = boundaries.topology(asking.home(), mapped.shapes)
    found = geojson_of(part_of(topology, frozenset(numbers)), numbers)
    said = {
        "title": mapped.title,
        "measure": sheet.what,
        "shown": sheet.shown,
        "credits": [*sheet.credits],
        "synthetic": mapped.cube.synthetic,
        "release": mapped.cube.release,
    }
    return json.dumps({**found, "statlas": said}, ensure_ascii=False).encode()
