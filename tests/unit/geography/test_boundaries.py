"""Files of boundaries: every kind, every coordinate system, mended, simplified without gaps, refused when hostile."""

import gzip
import json
import time

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from statlas.errors import BoundariesError, HomeError, UnknownNameError
from statlas.geography import boundary_files, boundary_shapes
from statlas.geography.boundaries import Wanted, prepare
from statlas.geography.boundary_arcs import codes_of, names_of, neighbours_of, part_of
from statlas.geography.boundary_topology import geojson_of, shapes_of, spare
from statlas.model.boundary import Boundaries
from statlas.service.tables import boundaries
from statlas.store import Home

SQUARES = {"E1": (0, 50), "E2": (1, 50), "E3": (0, 51), "E4": (3, 50)}


def silent(_step, _fraction):
    """Be told of progress, and say nothing."""


def square(x, y, side=1.0):
    """A square of degrees."""
    return shapely.box(x, y, x + side, y + side)


def features(shapes, **columns):
    """Shapes as GeoJSON, with columns of texts beside them."""
    rows = [{name: texts[n] for name, texts in columns.items()} for n in range(len(shapes))]
    made = [
        {"type": "Feature", "properties": row, "geometry": shape and shapely.geometry.mapping(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": made}


@pytest.fixture
def written(tmp_path):
    """``written(shapes, **columns)``: a GeoJSON file of them."""

    def write(shapes, name="areas.geojson", **columns):
        path = tmp_path / name
        path.write_text(json.dumps(features(shapes, **columns)))
        return path

    return write


@pytest.fixture
def squares(written):
    """Four squares, three of them neighbours."""
    shapes = [square(*corner) for corner in SQUARES.values()]
    return written(shapes, AREACD=[*SQUARES], AREANM=[f"Area {code}" for code in SQUARES])


def made(path, known=frozenset(SQUARES), **wanted):
    """What is prepared of a file."""
    return prepare(path, Wanted(**wanted), known, silent)


def refusal(path, **wanted):
    """The code of the fault for which a file is refused."""
    with pytest.raises(BoundariesError) as caught:
        made(path, **wanted)
    return caught.value.faults.faults[0].code


# --- what is read -----------------------------------------------------------------------------------------------------


def test_codes_and_names_are_found(squares):
    """The column with known codes is that of codes, the one named after it that of names."""
    prepared = made(squares)
    assert prepared.code_column == "AREACD"
    assert names_of(prepared.topology)["E2"] == "Area E2"
    assert set(codes_of(prepared.topology)) == set(SQUARES)


def test_a_column_named_like_a_code_is_found_without_known_codes(squares):
    """In a home without databases the name of the column decides."""
    assert made(squares, known=frozenset()).code_column == "AREACD"


def test_neighbours_share_a_line_not_a_corner(squares):
    """E1 touches E2 and E3 along a line; E2 and E3 meet at a corner; E4 is an island."""
    found = neighbours_of(made(squares).topology)
    assert set(found["E1"]) == {"E2", "E3"}
    assert found["E2"] == ("E1",)
    assert "E4" not in found


@pytest.mark.parametrize(("driver", "name"), [("GPKG", "a.gpkg"), ("ESRI Shapefile", "a.shp"), ("GeoJSON", "a.json")])
@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:3857", "EPSG:4258"])
def test_every_kind_and_coordinate_system_lands_in_the_same_place(tmp_path, driver, name, crs):
    """A square of degrees, written in another system, comes back where it was, within 20 metres."""
    turn = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    shape = shapely.transform(square(-1, 52), lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
    path = tmp_path / name
    fields = [np.array(["E1"], dtype=object)]
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([shape])), fields, ["code"], driver=driver, crs=crs, geometry_type="Polygon"
    )
    prepared = made(path)
    found = shapes_of(prepared.topology)["E1"]
    assert np.allclose(found.bounds, (-1, 52, 0, 53), atol=2e-4)


def test_a_shapefile_in_a_zip_and_a_packed_geojson_are_read(tmp_path, squares):
    """What offices offer to download is read as it comes."""
    packed = tmp_path / "areas.geojson.gz"
    packed.write_bytes(gzip.compress(squares.read_bytes()))
    assert set(codes_of(made(packed).topology)) == set(SQUARES)


def test_rows_of_one_code_are_joined(written):
    """Islands with rows of their own become one area."""
    path = written([square(0, 50), square(3, 50)], code=["E1", "E1"])
    prepared = made(path)
    assert prepared.joined == 1
    assert shapes_of(prepared.topology)["E1"].geom_type == "MultiPolygon"


# --- mended and simplified --------------------------------------------------------------------------------------------


def test_a_shape_that_crosses_itself_is_mended(written):
    """A bow tie becomes two triangles."""
    tie = shapely.Polygon([(0, 50), (1, 51), (1, 50), (0, 51)])
    prepared = made(written([tie], code=["E1"]))
    assert prepared.repaired == 1
    assert shapes_of(prepared.topology)["E1"].is_valid


def test_lines_drawn_twice_become_one(written):
    """Neighbours drawn a few metres apart, with vertices of their own, meet afterwards: no gap, no overlap."""
    left = shapely.Polygon([(0, 50), (1, 50), (1.0001, 50.3), (0.9999, 50.6), (1, 51), (0, 51)])
    right = shapely.Polygon([(1, 50), (2, 50), (2, 51), (1, 51), (1.00005, 50.5)])
    prepared = made(written([left, right], code=["E1", "E2"]))
    overlap, gaps = spare(prepared.topology)
    assert (overlap < 1e-9, gaps < 1e-9) == (True, True)
    assert neighbours_of(prepared.topology)["E1"] == ("E2",)


def test_simplified_areas_still_meet(written):
    """A ragged border is drawn with fewer points, on both sides the same."""
    chance = np.random.default_rng(1)
    border = [(1 + chance.normal(0, 0.002), y) for y in np.linspace(50, 51, 2_000)]
    left = shapely.Polygon([(0, 50), *border, (0, 51)])
    right = shapely.Polygon([(2, 50), *border, (2, 51)])
    prepared = made(written([left, right], code=["E1", "E2"]), tolerance_m=500)
    assert sum(len(arc) for arc in prepared.topology["arcs"]) < 400
    overlap, gaps = spare(prepared.topology)
    assert (overlap < 1e-9, gaps < 1e-9) == (True, True)


def test_a_part_keeps_only_the_lines_it_uses(squares):
    """Areas taken out of a topology are the same shapes in fewer lines."""
    whole = made(squares).topology
    part = part_of(whole, frozenset({"E1", "E2"}))
    assert len(part["arcs"]) < len(whole["arcs"])
    assert shapes_of(part)["E2"].equals(shapes_of(whole)["E2"])


def test_geojson_has_the_numbers_beside_the_shapes(squares):
    """Rings run as RFC 7946 asks, and properties are those given."""
    found = geojson_of(made(squares).topology, {"E1": {"value": 3}})
    feature = next(one for one in found["features"] if one["id"] == "E1")
    assert feature["properties"] == {"code": "E1", "value": 3}
    assert shapely.geometry.shape(feature["geometry"]).exterior.is_ccw


# --- hostile files ----------------------------------------------------------------------------------------------------

HOSTILE = {
    "empty": b"",
    "wrong-format": b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>",
    "unreadable": b'{"type": "FeatureCollection", "features": [',
    "no-areas": b'{"type": "FeatureCollection", "features": []}',
}


@pytest.mark.parametrize("code", HOSTILE)
def test_what_is_no_file_of_boundaries_is_refused(tmp_path, code):
    """Empty, of another kind (one that names other files), broken off, or without features: each has its fault."""
    path = tmp_path / "x.geojson"
    path.write_bytes(HOSTILE[code])
    assert refusal(path) == code


def test_a_missing_file_and_a_damaged_packed_one_are_refused(tmp_path):
    """A path that leads nowhere, and a file that is no gzip for all its name."""
    assert refusal(tmp_path / "nowhere.geojson") == "no-files"
    path = tmp_path / "x.geojson.gz"
    path.write_bytes(b"not packed")
    assert refusal(path) == "unreadable"


def test_a_packed_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """Unpacking stops at the limit."""
    monkeypatch.setattr(boundary_files, "MAX_BYTES", 1_000)
    path = tmp_path / "x.geojson.gz"
    path.write_bytes(gzip.compress(b" " * 3_000_000))
    assert refusal(path) == "too-many-shapes"


def test_a_shapefile_without_its_other_files_is_refused(tmp_path):
    """The .dbf holds the codes."""
    path = tmp_path / "x.shp"
    path.write_bytes(b"\x00\x00\x27\x0a" + bytes(96))
    assert refusal(path) == "unreadable"


def test_metres_said_to_be_degrees_are_refused(written):
    """A GeoJSON of the British National Grid does not land in the Gulf of Guinea; named, its system is used."""
    grid = written([shapely.box(400_000, 300_000, 410_000, 310_000)], code=["E1"])
    assert refusal(grid) == "wrong-crs"
    assert refusal(grid, crs="EPSG:nothing") == "unknown-crs"
    west, south, _, _ = shapes_of(made(grid, crs="EPSG:27700").topology)["E1"].bounds
    assert (round(west), round(south)) == (-2, 53)


def test_points_blank_codes_and_missing_shapes_are_refused(written):
    """Each area has a code and a shape."""
    assert refusal(written([shapely.Point(0, 50)], code=["E1"])) == "no-areas"
    assert refusal(written([square(0, 50), None], code=["E1", "E2"])) == "no-areas"
    assert refusal(written([square(0, 50), square(1, 50)], code=["E1", ""])) == "blank-area-code"


def test_two_levels_in_one_file_are_refused(written):
    """An area that lies in another belongs to another level or year."""
    assert refusal(written([square(0, 50), square(0.2, 50.2, 0.5)], code=["E1", "E2"])) == "overlapping-areas"


def test_columns_that_are_not_there_are_refused(written):
    """No column of codes, or none of the name given."""
    path = written([square(0, 50)], colour=["dark red, mostly"])
    assert refusal(path) == "no-code-column"
    assert refusal(path, code_column="code") == "no-code-column"


def test_one_of_several_layers_has_to_be_named(tmp_path):
    """The fault lists the layers; a name that is not among them is refused as well."""
    path = tmp_path / "a.gpkg"
    for layer in ("one", "two"):
        fields = [np.array(["E1"], dtype=object)]
        options = {"driver": "GPKG", "crs": "EPSG:4326", "geometry_type": "Polygon", "append": layer == "two"}
        pyogrio.raw.write(path, shapely.to_wkb(np.array([square(0, 50)])), fields, ["code"], layer=layer, **options)
    assert refusal(path) == "several-layers"
    assert refusal(path, layer="three") == "no-layer"
    assert made(path, layer="two").codes == {"E1"}


# --- kept in a home ---------------------------------------------------------------------------------------------------


def added(home, path, level="authority", vintage="2024"):
    """Boundaries of a file, kept in a home."""
    about = Boundaries(level, vintage, "", 0, 0)
    return boundaries.add(home=home, path=path, wanted=Wanted(), boundaries_as=about, progress=silent)


def test_what_is_kept_is_found_and_replaced_and_removed(tmp_path, squares, written):
    """A set is found by the codes it has shapes of; one of the same level and vintage takes its place, file and all."""
    home = Home(tmp_path / "home")
    added(home, squares)
    assert boundaries.find(home, ["E1", "E2", "ZZXXXXXXX"]).id == "authority@2024"
    assert boundaries.find(home, ["W1", "W2"]) is None
    assert boundaries.neighbours(home, "E2") == ("E1",)
    added(home, written([square(0, 50)], "one.geojson", code=["E1"]))
    assert [one.n_areas for one in boundaries.listed(home)] == [1]
    assert len(list((home.path / "boundaries" / "files").iterdir())) == 2
    boundaries.remove(home, "authority", "2024")
    assert boundaries.listed(home) == ()
    with pytest.raises(UnknownNameError):
        boundaries.remove(home, "authority", "2024")


def test_the_set_with_most_of_the_areas_is_drawn(tmp_path, squares, written):
    """Of two vintages the one that has the table's areas; of equals the newer."""
    home = Home(tmp_path / "home")
    added(home, squares, vintage="2021")
    added(home, squares, vintage="2023")
    added(home, written([square(9, 50)], "new.geojson", code=["E9"]), vintage="2025")
    assert boundaries.find(home, SQUARES).vintage == "2023"
    assert boundaries.find(home, ["E9"]).vintage == "2025"


def test_damaged_shapes_are_told(tmp_path, squares):
    """Bytes that are not those that were written are not drawn."""
    home = Home(tmp_path / "home")
    kept = added(home, squares).boundaries
    (home.path / "boundaries" / "files" / f"{kept.sha256}.topojson").write_text("{}")
    with pytest.raises(HomeError):
        boundaries.topology(home, kept)


@pytest.mark.parametrize("name", ["../outside", "", "a/b"])
def test_a_level_cannot_lead_out_of_the_folder(tmp_path, squares, name):
    """Levels and vintages are names of files, and nothing else."""
    with pytest.raises(HomeError):
        added(Home(tmp_path / "home"), squares, level=name)


# --- real files -------------------------------------------------------------------------------------------------------

REAL = [
    ("lad24_uk.topojson", 361, 400_000, 20),
    ("pcon24_uk_buc.geojson", 650, 400_000, 20),
    ("msoa21_ew.topojson.gz", 7_264, 2_000_000, 40),
]


@pytest.mark.parametrize(("name", "n_areas", "n_bytes", "seconds"), REAL)
def test_real_boundaries_go_through(shared, name, n_areas, n_bytes, seconds):
    """Official files keep every code, leave no gap and no overlap by areas, stay small, and do not take long."""
    path = shared / "data" / "boundaries" / name
    started = time.monotonic()
    prepared = prepare(path, Wanted(), frozenset(), silent)
    took = time.monotonic() - started
    assert len(prepared.codes) == n_areas == len(shapes_of(prepared.topology))
    assert all(shape.area > 0 for shape in shapes_of(prepared.topology).values())
    overlap, gaps = spare(prepared.topology)
    assert overlap < 1e-9
    assert gaps < 1e-6
    assert len(json.dumps(prepared.topology, separators=(",", ":"))) < n_bytes
    assert took < seconds


def test_a_full_drawing_is_simplified_to_what_can_be_drawn(written, monkeypatch):
    """Tolerances are tried until few enough vertices are left, and the one used is told."""
    monkeypatch.setattr(boundary_shapes, "MAX_VERTICES", 300)
    circle = shapely.Point(0, 50).buffer(1, quad_segs=2_000)
    prepared = made(written([circle], code=["E1"]))
    assert prepared.tolerance_m > 0
    assert shapely.get_num_coordinates(shapes_of(prepared.topology)["E1"]) <= 300
