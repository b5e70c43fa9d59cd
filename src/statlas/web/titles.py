"""What a table is called."""

from __future__ import annotations

from dataclasses import replace

from statlas.definitions.address import with_date
from statlas.model.cells import DERIVED_STATISTICS
from statlas.model.cube import Cube, CubeDimension
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.web.words import listed, lower_first

_MOST_NAMED = 3  # measures named in a title (arbitrary)


def title(database: Database, cube: Cube) -> str:
    """*Housing Benefit Claimants by region and month*."""
    wide = [_level(database, d) for d in cube.dimensions if len(d) > 1]
    counted = _counted(cube)
    return f"{counted} by {listed(map(lower_first, wide))}" if wide else counted


def _counted(cube: Cube) -> str:
    """What the table is of; what is worked out from it goes without saying."""
    labels = [measure.label for measure in cube.measures if measure.statistic not in DERIVED_STATISTICS]
    if len(labels) > _MOST_NAMED:
        return f"{labels[0]} and {len(labels) - 1} other numbers"
    return listed((labels[0], *map(lower_first, labels[1:])))


def ready_title(database: Database, query: Query) -> str:
    """What the publisher calls the table, if it is one made ready; else empty."""
    asked = replace(query, release=None)
    return next((ready.title for ready in database.tables if with_date(database, ready.query) == asked), "")


def subtitle(database: Database, cube: Cube) -> str:
    """What holds for the whole table: single items and filters, *Month: September 2025. Only Tenure: Private*."""
    single = [f"{d.label}: {d.items[0].label}" for d in cube.dimensions if len(d) == 1]
    filters = [
        f"Only {database.field(f.field).label}: {listed(database.label_of(f.field, node) for node in f.nodes)}"
        for f in cube.query.filters
    ]
    return ". ".join((*single, *filters))


def _level(database: Database, dimension: CubeDimension) -> str:
    """The level where a field has several and one stands in the table; the field where not."""
    classification = database.field(dimension.field).classification
    levels = {node.valueset for item in dimension.items for node in item.nodes}
    several = len(classification.valuesets) > 1
    return classification[levels.pop()].label if several and len(levels) == 1 else dimension.label
