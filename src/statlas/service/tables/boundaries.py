"""Boundaries of a home: adding them, and finding those that fit the areas of a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from statlas.geography.boundary_arcs import Topology, codes_of, neighbours_of
from statlas.model.boundary import Boundaries
from statlas.model.classification import Valueset
from statlas.model.database import FieldKind
from statlas.model.faults import FaultReport
from statlas.service.tables.databases import databases
from statlas.store import Home, boundaries, durable

if TYPE_CHECKING:  # a site that draws maps need not load what reads files of shapes
    from statlas.geography.boundaries import Prepared, Wanted
    from statlas.geography.boundary_shapes import Progress


@dataclass(frozen=True)
class Added:
    """What came of adding boundaries: the set, what was done to it, and what does not match the codes of the home.

    ``matched`` of its codes are codes of ``where``, the level of the home's databases that fits best; it is empty where
    none fits.
    """

    boundaries: Boundaries
    prepared: Prepared
    where: str
    matched: int
    report: FaultReport


def add(
    *, home: Home, path: Path, wanted: Wanted, boundaries_as: Boundaries, progress: Progress, replace_old: bool = True
) -> Added:
    """Put the boundaries of a file into a home, in the place of those of the same level and vintage.

    Args:
        home: where to; it is made if it is not there.
        path: GeoJSON, TopoJSON, GeoPackage or Shapefile.
        wanted: what to read from it.
        boundaries_as: level, vintage, source, licence and attribution; the rest is filled in here.
        progress: told of each step and how much of it is done.
        replace_old: off for a trial: everything but keeping them.

    Raises:
        BoundariesError: the file cannot be used; its faults say why.
        HomeError: level or vintage cannot be the name of a file, or the folder is no home.
    """
    from statlas.geography import boundary_codes  # noqa: PLC0415 - it loads what reads files of shapes
    from statlas.geography.boundaries import prepare  # noqa: PLC0415 - ditto

    levels = [*_levels(home)]
    known = frozenset(code.id for _, level in levels for code in level)
    prepared = prepare(path, wanted, known, progress)
    where, fitting = _fitting(levels, prepared.codes, boundaries_as.level)
    report = boundary_codes.compared(path.name, prepared.codes, fitting, where) if fitting else FaultReport()
    made = replace(boundaries_as, tolerance_m=prepared.tolerance_m, digest_of_source=durable.digest(path).sha256)
    made, data = _written(made, prepared.topology)
    if replace_old:
        boundaries.keep(home.path, made, data, codes_of(prepared.topology))
    return Added(made, prepared, where, len(prepared.codes & fitting.keys()), report)


def keep(home: Home, boundaries_as: Boundaries, topology: Topology) -> Boundaries:
    """Put shapes that are ready into a home; the set as it is kept."""
    made, data = _written(boundaries_as, topology)
    boundaries.keep(home.path, made, data, codes_of(topology))
    return made


def _written(about: Boundaries, topology: Topology) -> tuple[Boundaries, bytes]:
    """The set with what its bytes tell of it, and the bytes."""
    data = json.dumps(topology, separators=(",", ":"), ensure_ascii=False).encode()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    digest, n_areas = durable.digest_of(data), len(codes_of(topology))
    return replace(about, sha256=digest, size=len(data), n_areas=n_areas, added=now), data


def _levels(home: Home) -> Iterator[tuple[str, Valueset]]:
    """Every level of every geography of a home's databases, named."""
    for database in databases(home=home) if home.exists else ():
        for field in database.categories:
            if field.kind is FieldKind.GEOGRAPHY:
                yield from ((f"{level.label} ({database.id})", level) for level in field.classification)


def _fitting(levels: list[tuple[str, Valueset]], codes: frozenset[str], name: str) -> tuple[str, dict[str, str]]:
    """The level that the codes are of: the one of that id or label, else the one that has most of them.

    Of several, the one with fewest codes beside them; codes for addresses outside every area are no areas.
    """
    named = [level for level in levels if name in (level[1].id, level[1].label)]
    candidates = [(where, {code.id: code.label for code in level}) for where, level in named or levels]
    best, found = "", dict[str, str]()
    for where, labels in candidates:
        if (len(codes & labels.keys()), -len(labels)) > (len(codes & found.keys()), -len(found)):
            best, found = where, labels
    return best, {code: label for code, label in found.items() if not _is_elsewhere(code)}


def _is_elsewhere(code: str) -> bool:
    """Whether a code stands for addresses outside every area, as ``ZZXXXXXXX`` does on Stat-Xplore."""
    return set(code) <= {"X", "Z"}


def listed(home: Home) -> tuple[Boundaries, ...]:
    """Every set of boundaries of a home."""
    return boundaries.listed(home.path)


def remove(home: Home, level: str, vintage: str) -> None:
    """Take boundaries out of a home.

    Raises:
        UnknownNameError: there are none of that level and vintage.
    """
    boundaries.remove(home.path, level, vintage)


def topology(home: Home, found: Boundaries) -> Topology:
    """The shapes of a set; not to be changed, as it is kept.

    Raises:
        HomeError: they are missing or damaged.
    """
    return _topology(home.path, found)


@lru_cache(maxsize=16)
def _topology(home: Path, found: Boundaries) -> Topology:
    made: Topology = json.loads(boundaries.shapes(home, found))
    return made


@lru_cache(maxsize=64)
def _codes(home: Path, found: Boundaries) -> frozenset[str]:
    return boundaries.codes(home, found)


def find(home: Home, codes: Iterable[str]) -> Boundaries | None:
    """The set that has shapes for most of these areas, the newest of equals; None where no set has half of them."""
    asked = frozenset(code for code in codes if not _is_elsewhere(code))
    sets = listed(home)
    fits = {found: len(asked & _codes(home.path, found)) for found in sets}
    best = max(sets, key=lambda found: (fits[found], found.vintage, -found.n_areas), default=None)
    return best if best is not None and fits[best] * 2 >= max(len(asked), 1) else None


def drawn(home: Home, found: Boundaries) -> frozenset[str]:
    """Codes of the areas that a set has shapes of."""
    return _codes(home.path, found)


def neighbours(home: Home, code: str) -> tuple[str, ...]:
    """Areas that share a line with one, the longest first; empty where its boundaries are not known.

    Of several vintages the newest that has the area answers.
    """
    having = [found for found in listed(home) if code in _codes(home.path, found)]
    newest = max(having, key=lambda found: found.vintage, default=None)
    return _neighbours(home.path, newest).get(code, ()) if newest is not None else ()


@lru_cache(maxsize=16)
def _neighbours(home: Path, found: Boundaries) -> dict[str, tuple[str, ...]]:
    return neighbours_of(_topology(home, found))
