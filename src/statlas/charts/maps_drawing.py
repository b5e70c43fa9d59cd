"""Outlines of areas as paths of a drawing, from TopoJSON.

Degrees become a plane by the transverse Mercator projection about the middle meridian (of the sphere: a map of a
country needs no ellipsoid), as the British National Grid is drawn.
Coordinates are whole tenths of a pixel of a drawing 600 pixels wide or 900 high, so that it can be looked into closely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 6_000, 9_000
"""Most units across and down."""

Box = tuple[int, int, int, int]
"""Left, top, width and height."""


@dataclass(frozen=True)
class Drawing:
    """Paths of areas by code, each with the box around it; names beside, for areas that are not in the table."""

    paths: Mapping[str, str]
    boxes: Mapping[str, Box]
    names: Mapping[str, str]
    is_tiles: bool = False

    def around(self, codes: Iterable[str]) -> Box:
        """The box around some areas with a margin; around all where none of them is drawn."""
        found = [self.boxes[code] for code in codes if code in self.boxes] or [*self.boxes.values()]
        left, top = min(box[0] for box in found), min(box[1] for box in found)
        right, bottom = max(box[0] + box[2] for box in found), max(box[1] + box[3] for box in found)
        margin = max(right - left, bottom - top) // 40 + 4
        return left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin


def drawing_of(topology: dict[str, Any]) -> Drawing:
    """The drawing of every area of a topology whose object is ``areas``."""
    lines = _fitted([_plane(line, _middle(topology)) for line in _lines(topology)])
    paths, boxes, names = {}, {}, {}
    for area in topology["objects"]["areas"]["geometries"]:
        rings = [_ring(ring, lines) for ring in _rings(area)]
        path = "".join(map(_path, rings))
        if path:
            every = np.concatenate(rings)
            low, high = every.min(axis=0), every.max(axis=0)
            paths[area["id"]], names[area["id"]] = path, area["properties"]["name"]
            boxes[area["id"]] = (int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
    return Drawing(paths, boxes, names)


def _lines(topology: dict[str, Any]) -> Iterator[NDArray[np.float64]]:
    scale, translate = (np.asarray(topology["transform"][key]) for key in ("scale", "translate"))
    return (np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"])


def _middle(topology: dict[str, Any]) -> float:
    west, _south, east, _north = topology["bbox"]
    return float(west + east) / 2


def _plane(line: NDArray[np.float64], middle: float) -> NDArray[np.float64]:
    """Degrees in the plane, north up (Snyder, 1987, equations 8-1 and 8-3 with k0 = R = 1)."""
    across, up = np.radians(line[:, 0] - middle), np.radians(line[:, 1])
    return np.column_stack([np.arctanh(np.cos(up) * np.sin(across)), np.arctan2(np.tan(up), np.cos(across))])


def _fitted(lines: list[NDArray[np.float64]]) -> list[NDArray[np.int64]]:
    """Lines in whole units with north at the top."""
    low = np.min([line.min(axis=0) for line in lines], axis=0)
    high = np.max([line.max(axis=0) for line in lines], axis=0)
    factor = min(np.array([WIDTH, HEIGHT]) / np.maximum(high - low, 1e-12))
    turned = (line - [low[0], high[1]] for line in lines)
    return [np.rint(line * [factor, -factor]).astype(np.int64) for line in turned]


def _rings(area: dict[str, Any]) -> Iterator[list[int]]:
    polygons = [area["arcs"]] if area["type"] == "Polygon" else area.get("arcs", [])
    return (ring for rings in polygons for ring in rings)


def _ring(arcs: list[int], lines: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    run = [lines[arc] if arc >= 0 else lines[~arc][::-1] for arc in arcs]
    return np.concatenate([run[0], *(line[1:] for line in run[1:])])


def _path(ring: NDArray[np.int64]) -> str:
    steps = np.diff(ring, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < 3:  # noqa: PLR2004 - less is no area
        return ""
    run = " ".join(map(str, steps[:-1].ravel().tolist()))
    return f"M{ring[0][0]} {ring[0][1]}l{run}z"
