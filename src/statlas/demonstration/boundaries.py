"""Shapes of the demonstration's places, kept in its home for maps.

Authorities of 2021 ship with it, derived from postcodes; every coarser or later place is joined from them.
Small areas and wards are invented, and so are their shapes: points are strewn in each authority, and its land is
divided by which point is nearest. The same seed gives the same shapes.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from statlas.demonstration.made import DATABASES
from statlas.geography.boundary_arcs import OBJECT, Topology
from statlas.geography.boundary_topology import shapes_of, topology_of
from statlas.model.boundary import Boundaries
from statlas.service.tables import boundaries
from statlas.store import Home

GEOGRAPHY = DATABASES / "geography"
SHIPPED = GEOGRAPHY / "boundaries.topojson"

POSTCODES = "Derived by Statlas from the ONS Postcode Directory (2021) and Natural Earth"
OGL = "OGL-UK-3.0"
ATTRIBUTION = (
    "Boundaries derived from postcodes: Office for National Statistics licensed under the Open Government Licence "
    "v.3.0. Contains OS data © Crown copyright and database right 2021, Royal Mail data © Royal Mail copyright and "
    "database right 2021. Coast from Natural Earth."
)
INVENTED = "Invented shapes inside real authorities, made by Statlas"
SEED = 2013
ROUNDS = 6
"""Times each point moves to the middle of its cell (Lloyd, 1982): arbitrary, few enough cells are slivers after it."""

OUTSIDE = {"ZZXXXXXXX", "XXZZZZZZZ", "XXXXXXXXX"}
VINTAGES = {"2021": "202104", "2023": "202304", "2025": "202504"}
"""Vintages in which the list of authorities changed, and the first month of each."""

Shapes = dict[str, Any]


def missing(home: Path) -> tuple[str, ...]:
    """What a home does not have yet, of ``real`` and ``invented`` shapes, as this version would make them."""
    there = {found.id: found.digest_of_source for found in boundaries.listed(Home(home))}
    digest = _fingerprint()
    wanted = {"real": "authority@2025", "invented": "small-area@2025"}
    return tuple(kind for kind, name in wanted.items() if there.get(name) != digest)


@cache
def _fingerprint() -> str:
    """A digest of everything the shapes are made from."""
    sources = (SHIPPED, GEOGRAPHY / "places.csv", GEOGRAPHY / "small_area.csv", Path(__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def add_real(home: Path) -> None:
    """Keep countries, regions, counties and authorities of each vintage."""
    oldest = _shipped()
    for vintage, month in VINTAGES.items():
        _keep(home, "authority", vintage, _joined(oldest, _later(month)), _labels("authority_uk.csv"))
    above = _parents("authority_uk_2023.csv") | _parents("authority_uk.csv")
    _keep(home, "county", "2021", _joined(oldest, _parents("authority_uk_2021.csv")), _labels("county_uk_2021.csv"))
    regions = _joined(oldest, above)
    _keep(home, "region", "2021", regions, _labels("region_uk.csv"))
    _keep(home, "country", "2021", _joined(regions, _parents("region_uk.csv")), _labels("country_uk.csv"))


def add_invented(home: Path) -> None:
    """Keep small areas and wards, whose shapes are as invented as they are."""
    cells = _cells(_shipped())
    oldest = _made(cells, _labels("small_area.csv"))
    _put(home, "small-area", "2021", oldest, invented=True)
    for vintage, month in (("2021", "202104"), ("2025", "202504")):
        _keep(home, "ward", vintage, _joined(cells, _wards(month)), _labels("ward.csv"), invented=True)
    _put(home, "small-area", "2025", _renamed(oldest, VINTAGES["2025"]), invented=True)


def _keep(
    home: Path, level: str, vintage: str, shapes: Shapes, labels: Mapping[str, str], *, invented: bool = False
) -> None:
    _put(home, level, vintage, _made(shapes, labels), invented=invented)


def _made(shapes: Shapes, labels: Mapping[str, str]) -> Topology:
    codes = sorted(shapes)
    named = [labels.get(code, code) for code in codes]
    return topology_of(codes, named, np.array([shapes[code] for code in codes], dtype=object))


def _put(home: Path, level: str, vintage: str, topology: Topology, *, invented: bool) -> None:
    about = Boundaries(
        level,
        vintage,
        "",
        0,
        0,
        source=INVENTED if invented else POSTCODES,
        licence=OGL,
        attribution=ATTRIBUTION,
        synthetic=invented,
        digest_of_source=_fingerprint(),
    )
    boundaries.keep(Home(home), about, topology)


def _shipped() -> Shapes:
    return shapes_of(json.loads(SHIPPED.read_text(encoding="utf-8")))


def _joined(shapes: Shapes, into: Mapping[str, str]) -> Shapes:
    """Shapes of places joined into coarser or later ones; a place that is in none stays itself."""
    groups: dict[str, list[Any]] = {}
    for code, shape in shapes.items():
        groups.setdefault(into.get(code, code), []).append(shape)
    return {code: found[0] if len(found) == 1 else shapely.coverage_union_all(found) for code, found in groups.items()}


# --- which place is in which ------------------------------------------------------------------------------------------


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (GEOGRAPHY / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _labels(name: str) -> dict[str, str]:
    return {row["code"]: row["label"] for row in _rows(name)}


def _parents(name: str) -> dict[str, str]:
    return {row["code"]: row["parent"] for row in _rows(name) if row["code"] not in OUTSIDE}


@cache
def _places() -> dict[str, dict[str, str]]:
    rows = [*_rows("places.csv"), *_rows("places_northern_ireland.csv")]
    return {row["area"]: row for row in rows if row["area"] not in OUTSIDE}


def _in_month(area: str, month: str) -> str:
    """What a small area of 2021 is called in a month."""
    place = _places()[area]
    return _in_month(place["later"], month) if place["later"] and place["since"] <= month else area


def _first() -> Iterable[str]:
    """Small areas of 2021: those that take over from no other."""
    later = {place["later"] for place in _places().values()}
    return (area for area in _places() if area not in later)


def _later(month: str) -> dict[str, str]:
    """For each authority of 2021 the one it belongs to in a month."""
    return {_places()[area]["authority"]: _places()[_in_month(area, month)]["authority"] for area in _first()}


def _wards(month: str) -> dict[str, str]:
    return {area: _places()[_in_month(area, month)]["ward"] for area in _first() if _places()[area]["ward"]}


def _renamed(topology: Topology, month: str) -> Topology:
    """The same shapes under the names that small areas have in a month."""
    labels = _labels("small_area.csv")
    now = [{**area, "id": _in_month(area["id"], month)} for area in topology["objects"][OBJECT]["geometries"]]
    named = [{**area, "properties": {"name": labels.get(area["id"], area["id"])}} for area in now]
    return {**topology, "objects": {OBJECT: {"type": "GeometryCollection", "geometries": named}}}


# --- invented shapes --------------------------------------------------------------------------------------------------


def _cells(authorities: Shapes) -> Shapes:
    """A shape for each small area of 2021 in its authority.

    All lines are drawn first and cut at each other, so that cells on both sides of a border meet it at the same points.
    """
    members: dict[str, list[str]] = {}
    for area in _first():
        members.setdefault(_places()[area]["authority"], []).append(area)
    chance = np.random.default_rng(SEED)
    seeds = {code: _seeds(authorities[code], len(areas), chance) for code, areas in members.items()}
    borders = shapely.boundary([*authorities.values()])
    inner = [_inner_lines(authorities[code], points) for code, points in seeds.items() if len(points) > 1]
    lines = shapely.union_all(np.array([*borders, *inner], dtype=object), grid_size=1e-6)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return _dealt(faces, authorities, members, seeds)


def _seeds(shape: Any, n: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Points in a shape, far from each other, in order from west to east and south."""
    points = _strewn(shape, n, chance)
    for _ in range(ROUNDS if n > 1 else 0):
        cells = shapely.intersection(_voronoi(shape, points), shape)
        points = shapely.get_coordinates(shapely.point_on_surface(cells[~shapely.is_empty(cells)]))
    while len(points) < n:
        points = np.vstack([points, _strewn(shape, n - len(points), chance)])
    return points[np.lexsort((points[:, 1], points[:, 0].round(1)))]


def _strewn(shape: Any, n: int, chance: np.random.Generator) -> NDArray[np.float64]:
    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    found = np.empty((0, 2))
    while len(found) < n:
        tried = chance.uniform((west, south), (east, north), size=(8 * n + 16, 2))
        found = np.vstack([found, tried[shapely.contains_xy(shape, tried)]])
    return found[:n]


def _voronoi(shape: Any, points: NDArray[np.float64]) -> NDArray[Any]:
    made: NDArray[Any] = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(*shape.bounds))
    )
    return made


def _inner_lines(shape: Any, points: NDArray[np.float64]) -> Any:
    """The lines between the cells of a shape, within it."""
    edges = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(*shape.bounds), only_edges=True)
    return shapely.intersection(edges, shape)


def _dealt(
    faces: NDArray[Any],
    authorities: Shapes,
    members: Mapping[str, list[str]],
    seeds: Mapping[str, NDArray[np.float64]],
) -> Shapes:
    """Faces given to the small area of their authority whose point is nearest."""
    codes = [*authorities]
    points = shapely.point_on_surface(faces)
    found, holders = shapely.STRtree([*authorities.values()]).query(points, predicate="intersects")
    dealt: dict[str, list[Any]] = {}
    for face, holder in zip(found, holders, strict=True):
        code = codes[holder]
        distance = np.hypot(*(seeds[code] - shapely.get_coordinates(points[face])).T)
        dealt.setdefault(members[code][int(np.argmin(distance))], []).append(faces[face])
    return {area: shapely.union_all(parts) for area, parts in dealt.items()}
