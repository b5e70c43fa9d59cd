"""Files of boundaries, opened: GeoJSON, TopoJSON, GeoPackage and Shapefile, in any coordinate system, as degrees.

GDAL opens many kinds of file, some of which name other files and hosts; so what a file *is* is judged by its first
bytes before GDAL sees it, and nothing but these four kinds gets so far.
"""

from __future__ import annotations

import gzip
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from statlas.errors import BoundariesError
from statlas.model.faults import Fault, FaultReport

MAX_BYTES = 2_000_000_000
"""Largest file taken, unpacked: arbitrary, four times the largest boundaries of the Office for National Statistics."""

MAX_AREAS = 300_000
"""Most shapes taken: more than the output areas of the United Kingdom (2021: about 240,000)."""

_KINDS = ((b"SQLite format 3\0", "GPKG"), (b"\x00\x00\x27\x0a", "ESRI Shapefile"), (b"PK\x03\x04", "zip"))
_WORDS = "GeoJSON, TopoJSON, GeoPackage or Shapefile (.shp beside its .dbf and .prj, or all of them in a .zip)"
_DEGREES = "EPSG:4326"


@dataclass(frozen=True)
class ShapeFile:
    """The shapes of a file in degrees of longitude and latitude (WGS 84), and what stands beside each.

    ``columns`` holds the texts of each column in the order of ``shapes``; ``crs`` is what the file said it was in.
    """

    shapes: NDArray[Any]
    columns: dict[str, tuple[str, ...]]
    crs: str

    def __len__(self) -> int:
        return len(self.shapes)


def read(path: Path, *, layer: str = "", crs: str = "") -> ShapeFile:
    """The shapes of a file.

    Args:
        path: the file; ``.gz`` at the end of its name is unpacked.
        layer: which layer, where there are several.
        crs: the coordinate system, such as ``EPSG:27700``, where the file does not say it or says it wrongly.

    Raises:
        BoundariesError: it cannot be read, has no areas, or its coordinates are not where it says they are.
    """
    with _unpacked(path) as file:
        _check_kind(file, path)
        found = _layer(file, path, layer)
        meta, geometry, fields = _raw(file, path, found)
    shapes = shapely.force_2d(shapely.from_wkb(geometry, on_invalid="ignore"))
    system = crs or meta.get("crs") or ""
    return ShapeFile(_in_degrees(shapes, system, path), _columns(meta["fields"], fields), system or _DEGREES)


def _fault(path: Path, code: str, expected: str, mend: str = "") -> BoundariesError:
    report = FaultReport((Fault(code, path.name, expected, mend),))
    return BoundariesError("The file of boundaries cannot be used; nothing was changed.", faults=report)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or an unpacked copy of it for a while."""
    if not path.is_file():
        raise _fault(path, "no-files", f"a file: {_WORDS}.", "Check the path.")
    if path.suffix != ".gz":
        _check_size(path, path.stat().st_size)
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.stem
        try:
            with gzip.open(path) as packed, copy.open("wb") as out:
                _copy(path, packed, out)
        except (OSError, EOFError) as error:
            if isinstance(error, EOFError | gzip.BadGzipFile):
                raise _fault(path, "unreadable", "a whole file packed with gzip.", "Fetch it again.") from None
            raise
        yield copy


def _copy(path: Path, packed: gzip.GzipFile, out: IO[bytes]) -> None:
    """Copy blocks until the end or until it is too much."""
    while out.tell() <= MAX_BYTES:
        block = packed.read(1 << 20)
        if not block:
            return
        out.write(block)
    _check_size(path, out.tell())


def _check_size(path: Path, size: int) -> None:
    if size > MAX_BYTES:
        mend = "Take a generalised version of the boundaries, or one region at a time."
        raise _fault(path, "too-many-shapes", f"at most {MAX_BYTES / 1e9:.0f} GB of boundaries, unpacked.", mend)


def _check_kind(file: Path, path: Path) -> None:
    with file.open("rb") as opened:
        head = opened.read(512)
    kind = next((name for start, name in _KINDS if head.startswith(start)), "")
    if not head.strip():
        raise _fault(path, "empty", "a file with boundaries; this one is empty.", "Fetch it again.")
    if not kind and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise _fault(path, "wrong-format", f"{_WORDS}.", "Export it in one of these formats.")
    missing = [end for end in (".dbf", ".shx") if kind == "ESRI Shapefile" and not _beside(file, end)]
    if missing:
        mend = "A Shapefile is several files of one name; keep them together."
        raise _fault(path, "unreadable", f"{' and '.join(missing)} beside the .shp file.", mend)


def _beside(file: Path, end: str) -> bool:
    return file.with_suffix(end).exists() or file.with_suffix(end.upper()).exists()


def _layer(file: Path, path: Path, wanted: str) -> str:
    """The layer to read: the one named, or the only one with areas."""
    try:
        listed = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(file)]
    except Exception as error:  # noqa: BLE001 - GDAL's errors have no common parent but Exception
        raise _unreadable(path, error) from None
    layers = [name for name, kind in listed if "Polygon" in kind or kind in ("Unknown", "GeometryCollection")]
    if wanted and wanted not in layers:
        raise _fault(path, "no-layer", f"a layer {wanted!r} with areas; there are {_listed(layers)}.", "Name one.")
    if not layers:
        raise _fault(path, "no-areas", "areas (polygons); the file has none.", "Choose the boundaries, not points.")
    if not wanted and len(layers) > 1:
        raise _fault(path, "several-layers", f"one layer; there are {_listed(layers)}.", "Name one with --layer.")
    return wanted or layers[0]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) or "none"


def _unreadable(path: Path, error: Exception) -> BoundariesError:
    """GDAL's words, which may name our temporary copy, are left out but for their kind."""
    return _fault(path, "unreadable", f"a whole file that can be read ({type(error).__name__}).", "Export it again.")


def _raw(file: Path, path: Path, layer: str) -> tuple[dict[str, Any], NDArray[Any], list[NDArray[Any]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            n_areas = pyogrio.read_info(file, layer=layer, force_feature_count=True)["features"]
            _check_number(n_areas, path)
            meta, _, geometry, fields = pyogrio.raw.read(file, layer=layer)
    except BoundariesError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise _unreadable(path, error) from None
    if geometry is None or not len(geometry):
        raise _fault(path, "no-areas", "areas (polygons); the file has none.", "Choose a layer that has some.")
    return meta, geometry, fields


def _check_number(n_areas: int, path: Path) -> None:
    if n_areas > MAX_AREAS:
        raise _fault(path, "too-many-shapes", f"at most {MAX_AREAS:,} areas; there are {n_areas:,}.", "Split the file.")


def _columns(names: Sequence[str], fields: Sequence[NDArray[Any]]) -> dict[str, tuple[str, ...]]:
    return {str(name): tuple(map(_text, values)) for name, values in zip(names, fields, strict=True)}


def _text(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and np.isnan(value))
    return "" if missing else str(value).strip()


def _in_degrees(shapes: NDArray[Any], crs: str, path: Path) -> NDArray[Any]:
    """Shapes in longitude and latitude."""
    system = _system(crs, path)
    if system is not None and not system.is_geographic:
        turn = pyproj.Transformer.from_crs(system, _DEGREES, always_xy=True)
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
    elif system is not None and not system.equals(_DEGREES):
        turn = pyproj.Transformer.from_crs(system, _DEGREES, always_xy=True)
        _check_degrees(shapes, path, crs)
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
    _check_degrees(shapes, path, crs)
    return shapes


def _system(crs: str, path: Path) -> pyproj.CRS | None:
    """The coordinate system of that name; None where nothing is said, which is taken for degrees and then checked."""
    if not crs:
        return None
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise _fault(path, "unknown-crs", f"a coordinate system; {crs[:60]!r} is none.", "--crs EPSG:27700") from None


def _check_degrees(shapes: NDArray[Any], path: Path, crs: str) -> None:
    """Coordinates that are no degrees mean that the file is in another system than it says."""
    bounds = shapely.total_bounds(shapes)
    if not np.isfinite(bounds).all():
        raise _fault(path, "wrong-crs", "coordinates that are numbers within their coordinate system.", _NAME_CRS)
    if np.abs(bounds[[0, 2]]).max() > 180 or np.abs(bounds[[1, 3]]).max() > 90:  # noqa: PLR2004 - degrees
        said = f"{crs} as the file says" if crs else "degrees, as the file names no coordinate system"
        raise _fault(path, "wrong-crs", f"coordinates in {said}; these reach to {bounds.max():,.0f}.", _NAME_CRS)


_NAME_CRS = "Name the coordinate system, such as --crs EPSG:27700 for the British National Grid."
