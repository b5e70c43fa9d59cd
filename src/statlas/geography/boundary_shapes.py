"""Shapes mended and simplified together, so that neighbours keep meeting: no gaps, no overlaps.

Theory of operation: a *coverage* is a set of areas that touch along common lines and nowhere else.
Where areas share their vertices already, GEOS simplifies each common line once (Visvalingam and Whyatt, 1993, kept from
crossing itself).
Where they do not - drawn twice, a hair apart - every line is cut at every other, the plane falls into faces, and each
face goes to one area: that of the first that holds it, or, for a sliver that nobody holds, the neighbour with the
longest common line.
Lengths are metres in a plane in which a degree of longitude is shortened as it is in the middle of the areas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0
"""Metres in a degree of latitude (WGS 84, mean)."""

STEPS_M = (0.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1_600.0)
"""Tolerances tried in turn until the lines are short enough: arbitrary, each about twice the one before."""

MAX_VERTICES = 140_000
"""Vertices kept without need to simplify: the 7,264 areas of the Office for National Statistics have 116,000 and are
drawn in less than a second."""

VERTICES_AN_AREA = 18
"""Vertices kept of each of very many areas: a line between two is straight if it has fewer than about four."""

SLIVER_M = 30.0
"""How wide a gap between neighbours is taken for a fault of drawing and closed: arbitrary, wider is water."""

MAX_OVERLAP = 0.01
"""Share of the area that may lie in two areas: more is two vintages or levels in one file. Arbitrary."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Mended:
    """Shapes in metres that are a coverage, and what was found on the way.

    ``repaired`` shapes crossed themselves; ``overlap`` is the share of the area that lay in two areas; ``tolerance_m``
    is how far a line may have moved.
    """

    shapes: NDArray[Any]
    scale: tuple[float, float]
    repaired: int
    overlap: float
    tolerance_m: float = 0.0


def mend(shapes: NDArray[Any], progress: Progress) -> Mended:
    """Valid shapes of one coverage, from shapes in degrees."""
    scale = _scale(shapes)
    plane = shapely.transform(shapes, lambda xy: xy * scale)
    broken = ~shapely.is_valid(plane)
    plane[broken] = [_areas(shape) for shape in shapely.make_valid(plane[broken])]
    progress("mending", 0.3)
    overlap = 0.0
    if not shapely.coverage_is_valid(plane):
        overlap = overlap_of(plane)
        plane = plane if overlap > MAX_OVERLAP else _covering(plane)
    progress("mending", 1.0)
    return Mended(plane, scale, int(broken.sum()), overlap)


def _scale(shapes: NDArray[Any]) -> tuple[float, float]:
    _, south, _, north = shapely.total_bounds(shapes)
    return METRES_A_DEGREE * float(np.cos(np.radians((south + north) / 2))), METRES_A_DEGREE


def _areas(shape: Any) -> Any:
    """The polygons of a shape: a repair may leave lines and points as well."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def overlap_of(shapes: NDArray[Any]) -> float:
    """The share of the area that lies in more than one shape."""
    total = float(shapely.area(shapes).sum())
    together = float(shapely.union_all(shapes, grid_size=0.01).area)
    return max(0.0, 1 - together / total) if total else 0.0


def _covering(shapes: NDArray[Any]) -> NDArray[Any]:
    """The same areas cut from one drawing of lines."""
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    owners = _owners(faces, shapes)
    owners = _close_slivers(faces, owners)
    return np.array([shapely.union_all(faces[owners == n]) for n in range(len(shapes))], dtype=object)


def _owners(faces: NDArray[Any], shapes: NDArray[Any]) -> NDArray[np.int64]:
    """For each face the first area that holds it; -1 for none."""
    found, holders = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    owners = np.full(len(faces), len(shapes), dtype=np.int64)
    np.minimum.at(owners, found, holders)
    owners[owners == len(shapes)] = -1
    return owners


def _close_slivers(faces: NDArray[Any], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each thin face that nobody holds to the neighbour it touches longest."""
    tree = shapely.STRtree(faces)
    for sliver in np.flatnonzero(owners < 0):
        face = faces[sliver]
        if not shapely.buffer(face, -SLIVER_M / 2).is_empty:
            continue
        beside = [n for n in tree.query(face, predicate="intersects") if owners[n] >= 0]
        if beside:
            common = shapely.length(shapely.intersection(shapely.boundary(faces[beside]), face))
            owners[sliver] = owners[beside[int(np.argmax(common))]]
    return owners


def simplify(mended: Mended, tolerance_m: float | None, progress: Progress) -> Mended:
    """The same areas with fewer vertices.

    Args:
        mended: a coverage.
        tolerance_m: how far a line may move; None tries ``STEPS_M`` until few enough vertices are left.
        progress: told how far it is.
    """
    steps: Sequence[float] = STEPS_M if tolerance_m is None else (tolerance_m,)
    simpler, enough = mended.shapes, max(MAX_VERTICES, VERTICES_AN_AREA * len(mended.shapes))
    for n, step in enumerate(steps):
        simpler = shapely.coverage_simplify(mended.shapes, step) if step else mended.shapes
        progress("simplifying", (n + 1) / len(steps))
        if shapely.get_num_coordinates(simpler).sum() <= enough:
            break
    return Mended(simpler, mended.scale, mended.repaired, mended.overlap, step)


def in_degrees(mended: Mended) -> NDArray[Any]:
    """The shapes in degrees again."""
    shapes: NDArray[Any] = shapely.transform(mended.shapes, lambda xy: xy / mended.scale)
    return shapes
