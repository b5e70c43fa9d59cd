"""What a topology says without its shapes being built: which areas it has, their names, who borders whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

OBJECT = "areas"
"""The object of a topology that holds its areas."""

Topology = dict[str, Any]
"""TopoJSON as JSON gives it."""


def codes_of(topology: Topology) -> tuple[str, ...]:
    """Codes of the areas, in order."""
    return tuple(geometry["id"] for geometry in geometries(topology))


def names_of(topology: Topology) -> dict[str, str]:
    """The name of each area."""
    return {geometry["id"]: geometry["properties"]["name"] for geometry in geometries(topology)}


def geometries(topology: Topology) -> list[dict[str, Any]]:
    """The areas as TopoJSON has them."""
    found: list[dict[str, Any]] = topology["objects"][OBJECT]["geometries"]
    return found


def part_of(topology: Topology, codes: frozenset[str]) -> Topology:
    """The areas of some codes, with the arcs that they use and no others."""
    kept = [geometry for geometry in geometries(topology) if geometry["id"] in codes]
    if len(kept) == len(geometries(topology)):
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
    for geometry in geometries(topology):
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
