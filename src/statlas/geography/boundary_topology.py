"""TopoJSON: each line between two areas stands once, so neighbours meet by construction.

Format: Bostock and Metcalf, *The TopoJSON Format Specification*, 2013.
Areas are the object ``areas``; each has its code as ``id`` and its name as ``properties.name``.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

OBJECT = "areas"
Topology = dict[str, Any]

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


def codes_of(topology: Topology) -> tuple[str, ...]:
    """Codes of the areas, in order."""
    return tuple(geometry["id"] for geometry in _geometries(topology))


def names_of(topology: Topology) -> dict[str, str]:
    """The name of each area."""
    return {geometry["id"]: geometry["properties"]["name"] for geometry in _geometries(topology)}


def _geometries(topology: Topology) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = topology["objects"][OBJECT]["geometries"]
    return found


def part_of(topology: Topology, codes: frozenset[str]) -> Topology:
    """The areas of some codes, with the arcs that they use and no others."""
    kept = [geometry for geometry in _geometries(topology) if geometry["id"] in codes]
    if len(kept) == len(_geometries(topology)):
        return topology
    used = sorted({_plain(arc) for geometry in kept for arc in _arcs(geometry.get("arcs", []))})
    place = {arc: position for position, arc in enumerate(used)}
    moved = [{**geometry, "arcs": _moved(geometry.get("arcs", []), place)} for geometry in kept]
    objects = {OBJECT: {"type": "GeometryCollection", "geometries": moved}}
    return {**topology, "arcs": [topology["arcs"][arc] for arc in used], "objects": objects}


def _plain(arc: int) -> int:
    """The position of an arc that may be run backwards, written as its complement."""
    return arc if arc >= 0 else ~arc


def _arcs(nested: Any) -> Iterator[int]:
    for part in nested:
        if isinstance(part, int):
            yield part
        else:
            yield from _arcs(part)


def _moved(nested: Any, place: dict[int, int]) -> Any:
    if isinstance(nested, int):
        return place[nested] if nested >= 0 else ~place[~nested]
    return [_moved(part, place) for part in nested]


def neighbours_of(topology: Topology) -> dict[str, tuple[str, ...]]:
    """For each area those that share a line with it, not only a corner; the longest line first."""
    users: dict[int, list[str]] = defaultdict(list)
    for geometry in _geometries(topology):
        for arc in _arcs(geometry.get("arcs", [])):
            users[_plain(arc)].append(geometry["id"])
    shared: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for arc, codes in users.items():
        if len(set(codes)) > 1:
            length = _length(topology, arc)
            for one in codes:
                for other in codes:
                    if one != other:
                        shared[one][other] += length
    return {code: tuple(sorted(found, key=lambda other: -found[other])) for code, found in shared.items()}


def _length(topology: Topology, arc: int) -> float:
    steps = np.asarray(topology["arcs"][arc][1:], dtype=float) * np.asarray(topology["transform"]["scale"])
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def shapes_of(topology: Topology) -> dict[str, Any]:
    """The shape of each area in degrees, by code."""
    scale, translate = (np.asarray(topology["transform"][key]) for key in ("scale", "translate"))
    lines = [np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"]]
    return {geometry["id"]: _shape(geometry, lines) for geometry in _geometries(topology)}


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
