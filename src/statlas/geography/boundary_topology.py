"""TopoJSON: each line between two areas stands once, so neighbours meet by construction.

Format: Bostock and Metcalf, *The TopoJSON Format Specification*, 2013.
Areas are the object ``areas``; each has its code as ``id`` and its name as ``properties.name``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from statlas.geography.boundary_arcs import OBJECT, Topology, geometries

QUANTUM, FINE_QUANTUM = 100_000, 1_000_000
"""Steps of the grid along each side: of the United Kingdom about 10 metres, and 1 metre where that swallows an area."""


def topology_of(codes: Sequence[str], names: Sequence[str], shapes: NDArray[Any]) -> Topology:
    """Shapes in degrees that are a coverage, as TopoJSON."""
    found = _built(codes, names, shapes, QUANTUM)
    if any(not _area(shape) > 0 for shape in shapes_of(found).values()):
        found = _built(codes, names, shapes, FINE_QUANTUM)
    return found


def _area(shape: Any) -> float:
    return float(shapely.area(shape))


def _built(codes: Sequence[str], names: Sequence[str], shapes: NDArray[Any], quantum: int) -> Topology:
    from topojson.core.topology import Topology as Made  # noqa: PLC0415 - slow to load, for whoever adds boundaries

    features = [
        {"type": "Feature", "id": code, "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape)}
        for code, name, shape in zip(codes, names, shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Made(
            collection, object_name=OBJECT, prequantize=quantum, shared_coords=True, prevent_oversimplify=False
        ).to_dict()
    made["objects"][OBJECT]["geometries"] = [
        {**geometry, "id": code, "properties": {"name": name}}
        for geometry, code, name in zip(made["objects"][OBJECT]["geometries"], codes, names, strict=True)
    ]
    return {"type": "Topology", **{key: made[key] for key in ("transform", "bbox", "arcs", "objects")}}


def shapes_of(topology: Topology) -> dict[str, Any]:
    """The shape of each area in degrees, by code."""
    scale, translate = (np.asarray(topology["transform"][key]) for key in ("scale", "translate"))
    lines = [np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"]]
    return {geometry["id"]: _shape(geometry, lines) for geometry in geometries(topology)}


def _shape(geometry: dict[str, Any], lines: list[NDArray[Any]]) -> Any:
    if geometry["type"] is None:
        return shapely.Polygon()
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    made = [_polygon([_ring(ring, lines) for ring in rings]) for rings in polygons]
    return made[0] if geometry["type"] == "Polygon" else shapely.MultiPolygon([p for p in made if not p.is_empty])


def _ring(arcs: list[int], lines: list[NDArray[Any]]) -> NDArray[Any]:
    run = [lines[arc] if arc >= 0 else lines[~arc][::-1] for arc in arcs]
    return np.concatenate([run[0], *(line[1:] for line in run[1:])])


def _polygon(rings: list[NDArray[Any]]) -> Any:
    least = 4
    if len(rings[0]) < least:
        return shapely.Polygon()
    return shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= least])


def geojson_of(topology: Topology, properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Areas as GeoJSON (RFC 7946) with what ``properties`` holds of each code."""
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, **properties.get(code, {})},
            "geometry": shapely.geometry.mapping(shapely.orient_polygons(shape)),
        }
        for code, shape in shapes_of(topology).items()
    ]
    return {"type": "FeatureCollection", "features": features}


def spare(topology: Topology) -> tuple[float, float]:
    """Shares of the area that overlap, and that are holes narrower than the grid; both 0 where all lines are shared."""
    shapes = shapely.make_valid(np.array([*shapes_of(topology).values()], dtype=object))
    total = float(shapely.area(shapes).sum())
    whole = shapely.union_all(shapes)
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(whole)])
    holes = shapely.get_parts(shapely.difference(filled, whole))
    grid = max(topology["transform"]["scale"]) * 2
    narrow = [float(hole.area) for hole in holes if shapely.buffer(hole, -grid).is_empty]
    return max(0.0, 1 - float(whole.area) / total), sum(narrow) / total
