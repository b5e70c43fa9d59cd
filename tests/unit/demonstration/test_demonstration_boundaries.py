"""Shapes of the demonstration: all its places, in little space, and like the official ones."""

import json

import numpy as np
import pytest
import shapely

from statlas.demonstration import boundaries as shapes
from statlas.geography import boundary_files, boundary_shapes
from statlas.geography.boundary_arcs import codes_of, names_of
from statlas.geography.boundary_topology import shapes_of, spare
from statlas.service.tables import boundaries
from statlas.store import Home

LEAST_MEDIAN = 0.88


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with every shape of the demonstration, and no database."""
    path = tmp_path_factory.mktemp("shapes") / "home"
    shapes.add_real(path)
    shapes.add_invented(path)
    return Home(path)


def kept(home, name):
    """The shapes of a set by its name."""
    found = next(one for one in boundaries.listed(home) if one.id == name)
    return boundaries.topology(home, found)


def test_shipped_boundaries_are_small_and_of_every_authority():
    """The file that ships is below 400 kB and has the authorities of April 2021, Northern Ireland's among them."""
    assert shapes.SHIPPED.stat().st_size < 400_000
    shipped = set(codes_of(json.loads(shapes.SHIPPED.read_text())))
    assert shipped == set(shapes._labels("authority_uk_2021.csv")) - shapes.OUTSIDE


@pytest.mark.parametrize(("vintage", "file"), [("2021", "authority_uk_2021.csv"), ("2023", "authority_uk_2023.csv")])
def test_every_vintage_has_its_authorities(home, vintage, file):
    """Districts that merged are one shape from the year they merged in, under the name of the new authority."""
    topology = kept(home, f"authority@{vintage}")
    labels = {code: label for code, label in shapes._labels(file).items() if code not in shapes.OUTSIDE}
    assert set(codes_of(topology)) == labels.keys()
    assert all(name for name in names_of(topology).values())


def test_every_small_area_has_an_invented_shape_in_its_authority(home):
    """No small area is left out, none is empty, and nearly all of each lies in its own authority."""
    cells, authorities = shapes_of(kept(home, "small-area@2021")), shapes_of(kept(home, "authority@2021"))
    assert set(cells) == set(shapes._first())
    inside = [
        shapely.intersection(shapely.make_valid(cell), authorities[shapes._places()[code]["authority"]]).area
        / cell.area
        for code, cell in list(cells.items())[::25]
    ]
    assert min(inside) > 0.97


@pytest.mark.parametrize("name", ["authority@2025", "region@2021", "country@2021", "small-area@2025", "ward@2025"])
def test_neighbours_leave_no_gap_and_no_overlap(home, name):
    """Measured by areas, the shapes of a set lie beside each other and nowhere on each other."""
    overlap, gaps = spare(kept(home, name))
    assert overlap < 1e-9
    assert gaps < 1e-6


def test_neighbours_share_a_line(home):
    """Leeds borders Bradford and Wakefield; the Isles of Scilly border nobody."""
    found = boundaries.neighbours(home, "E08000035")
    assert {"E08000032", "E08000036"} <= set(found)
    assert boundaries.neighbours(home, "E06000053") == ()
    assert boundaries.neighbours(home, "nowhere") == ()


def test_nothing_is_missing_afterwards(home):
    """A second run of the demonstration finds every shape and makes none."""
    assert shapes.missing(home.path) == ()


def test_authorities_look_like_the_official_ones(shared):
    """The median overlap (intersection over union) with the official shapes is at least 0.88."""
    path = shared / "data" / "boundaries" / "uk_areas_2014-2025.topojson"
    official_file = boundary_files.read(path, layer="ltla")
    plane = np.array([boundary_shapes.METRES_A_DEGREE * np.cos(np.radians(54.5)), boundary_shapes.METRES_A_DEGREE])
    official = dict(zip(official_file.columns["areacd"], shapely.make_valid(official_file.shapes), strict=True))
    ours = shapes_of(json.loads(shapes.SHIPPED.read_text()))
    alike = []
    for code in ours.keys() & official.keys():
        one, other = (shapely.transform(shape, lambda xy: xy * plane) for shape in (ours[code], official[code]))
        alike.append(shapely.intersection(one, other).area / shapely.union(one, other).area)
    assert len(alike) > 360
    assert np.median(alike) >= LEAST_MEDIAN
