"""How many residents or households areas have: from the open databases of a home, else from the geography itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from statlas.model.cells import CellStatus
from statlas.model.cube import Cube
from statlas.model.database import Database, Field, FieldKind, Measure
from statlas.model.frames import code_of
from statlas.model.query import Dimension, Query
from statlas.service.tables.databases import databases
from statlas.service.tables.table import table
from statlas.store import Home

UNITS = {"persons": ("people", "persons", "residents"), "households": ("households",)}
"""Units in which residents and households are counted, as open databases name them."""

_ENOUGH = 0.9
"""Share of the areas that a database has to know to be used; arbitrary: the rest may have changed its code."""


def denominator(*, home: Home, of: str, field: Field, codes: Iterable[str]) -> tuple[dict[str, float], str] | None:
    """Residents (``persons``) or ``households`` of areas by code, and where they are from; None where nobody knows.

    Areas that the database does not know have the residents that the geography of the table gives them.
    """
    asked = frozenset(codes)
    best: tuple[dict[str, float], str, dict[str, str]] = ({}, "", {})
    for database, place, level, measure in _open_counts(home, of):
        if len(asked.intersection(code.id for code in place.classification[level])) > len(asked & best[0].keys()):
            sizes = _sizes(home.path, database.id, _release(home, database), place.id, level, measure.id)
            best = sizes, database.label, {code.id: code.label for code in place.classification[level]}
    known = {code: size for code, size in best[0].items() if code in asked}
    known = {**_renamed(field, asked, best[0], best[2]), **known} if known else known
    own = _of_geography(field, of)
    if len(known) < _ENOUGH * len(asked):
        known, source = {}, field.label
    else:
        source = best[1]
    sizes = {**{code: size for code, size in own.items() if code in asked}, **known}
    return (sizes, source) if sizes else None


def _renamed(field: Field, asked: frozenset[str], sizes: dict[str, float], labels: dict[str, str]) -> dict[str, float]:
    """Sizes of areas that the database knows by the same name under another code, if it has one of that name alone.

    Barnsley and Sheffield got other codes in 2025, and lost or won a few houses.
    """
    by_label: dict[str, list[str]] = {}
    for code, label in labels.items():
        by_label.setdefault(label, []).append(code)
    own = {code.id: code.label for level in field.classification for code in level}
    same = {code: by_label.get(own.get(code, ""), []) for code in asked - sizes.keys()}
    return {code: sizes[found[0]] for code, found in same.items() if len(found) == 1 and found[0] in sizes}


def _of_geography(field: Field, of: str) -> dict[str, float]:
    population = field.population
    if population is None or population.of != of:
        return {}
    return {node.code: float(size) for node, size in population.sizes}


def _open_counts(home: Home, of: str) -> Iterator[tuple[Database, Field, str, Measure]]:
    """Levels of open databases at which residents or households are summed."""
    for database in databases(home=home):
        if database.policy != "open":
            continue
        for measure in database.measures:
            if measure.unit in UNITS[of] and "SUM" in measure.statistics:
                yield from (
                    (database, field, level.id, measure)
                    for field in database.categories
                    if field.kind is FieldKind.GEOGRAPHY
                    for level in field.classification
                )


def _release(home: Home, database: Database) -> str:
    return home.current(database.id).release


@lru_cache(maxsize=32)
def _sizes(home: Path, database: str, release: str, field: str, level: str, measure: str) -> dict[str, float]:
    """The numbers of one level; kept, as a release never changes."""
    query = Query(
        database, measures=(f"{measure}:SUM",), dimensions=(Dimension(field, valueset=level),), release=release
    )
    return dict(_numbers(table(home=Home(home), query=query, door="web"), field))


def _numbers(cube: Cube, field: str) -> Iterator[tuple[str, float]]:
    dimension = next(d for d in cube.dimensions if d.field == field)
    values, status = cube.measures[0].values.ravel(), cube.measures[0].status.ravel()
    for n in range(len(dimension)):
        if status[n] == CellStatus.SHOWN and values[n] > 0:
            yield code_of(dimension, n), float(values[n])
