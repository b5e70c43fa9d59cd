"""A file of boundaries turned into shapes that a home can keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from statlas.errors import BoundariesError
from statlas.geography import boundary_codes, boundary_files, boundary_shapes, boundary_topology
from statlas.geography.boundary_arcs import Topology
from statlas.geography.boundary_shapes import Progress
from statlas.model.faults import Fault, FaultReport


@dataclass(frozen=True)
class Wanted:
    """What to read from a file: its layer, columns, coordinate system, and how far lines may move (None: as needed)."""

    layer: str = ""
    code_column: str = ""
    name_column: str = ""
    crs: str = ""
    tolerance_m: float | None = None


@dataclass(frozen=True)
class Prepared:
    """Shapes ready to be kept, and what was done to them.

    ``joined`` areas came in several rows; ``repaired`` shapes crossed themselves.
    """

    topology: Topology
    codes: frozenset[str]
    code_column: str
    crs: str
    joined: int
    repaired: int
    tolerance_m: float


def prepare(path: Path, wanted: Wanted, known: frozenset[str], progress: Progress) -> Prepared:
    """Read, mend and simplify the boundaries of a file.

    Args:
        path: GeoJSON, TopoJSON, GeoPackage or Shapefile.
        wanted: what to read from it.
        known: codes by which the column of codes is found, where none is named.
        progress: told of each step and how much of it is done.

    Raises:
        BoundariesError: the file cannot be used; its faults say why.
    """
    progress("reading", 0.0)
    file = boundary_files.read(path, layer=wanted.layer, crs=wanted.crs)
    progress("reading", 1.0)
    column = boundary_codes.code_column(file, known, wanted.code_column, path.name)
    names = file.columns.get(boundary_codes.name_column(file, column, wanted.name_column), ())
    _check_codes(file.columns[column], path.name)
    codes, labels, shapes = _by_code(file.columns[column], names, file.shapes)
    _check_areas(codes, shapes, path.name)
    mended = boundary_shapes.mend(shapes, progress)
    _check_overlap(mended.overlap, path.name)
    mended = boundary_shapes.simplify(mended, wanted.tolerance_m, progress)
    progress("sharing lines", 0.1)
    topology = boundary_topology.topology_of(codes, labels, boundary_shapes.in_degrees(mended))
    progress("sharing lines", 1.0)
    joined = len(file) - len(codes)
    return Prepared(topology, frozenset(codes), column, file.crs, joined, mended.repaired, mended.tolerance_m)


def _by_code(
    codes: tuple[str, ...], names: tuple[str, ...], shapes: NDArray[Any]
) -> tuple[list[str], list[str], NDArray[Any]]:
    """Codes in order, their names and shapes; rows of one code together, as islands often have rows of their own."""
    rows: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        rows.setdefault(code, []).append(row)
    joined = [shapes[of[0]] if len(of) == 1 else _together(shapes[of]) for of in rows.values()]
    labels = [names[of[0]] if names else code for code, of in rows.items()]
    return list(rows), labels, np.array(joined, dtype=object)


def _together(shapes: NDArray[Any]) -> Any:
    there = [shape for shape in shapely.make_valid(shapes) if shape is not None]
    return shapely.union_all(there)


def _check_codes(codes: tuple[str, ...], name: str) -> None:
    blank = [row for row, code in enumerate(codes, 2) if not code]
    if blank:
        mend = "Give each area its code, or take out what is no area."
        raise _refused(
            Fault("blank-area-code", name, "a code for every area.", mend, rows=(*blank[:5],), count=len(blank))
        )


def _check_areas(codes: list[str], shapes: NDArray[Any], name: str) -> None:
    polygons = [shape is not None and shape.geom_type.endswith("Polygon") and not shape.is_empty for shape in shapes]
    empty = [code for code, is_area in zip(codes, polygons, strict=True) if not is_area]
    if empty:
        expected = f"an area (polygon) for every code; {', '.join(empty[: boundary_codes.FIRST])} has none."
        raise _refused(Fault("no-areas", name, expected, "Take these rows out of the file.", count=len(empty)))


def _check_overlap(overlap: float, name: str) -> None:
    if overlap > boundary_shapes.MAX_OVERLAP:
        expected = f"areas that lie beside each other; {overlap:.0%} of them lies in two areas."
        mend = "Keep one level and one vintage: the file seems to have several."
        raise _refused(Fault("overlapping-areas", name, expected, mend))


def _refused(fault: Fault) -> BoundariesError:
    return BoundariesError("The file of boundaries cannot be used; nothing was changed.", faults=FaultReport((fault,)))
