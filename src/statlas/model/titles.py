"""What a table is called."""

from __future__ import annotations

from collections.abc import Iterator

from statlas.model.cells import DERIVED_STATISTICS, CubeContent, CubeDimension
from statlas.model.database import Database
from statlas.model.query import Filter
from statlas.model.spoken import measure_label
from statlas.model.words import listed, lower_first, number
from statlas.wording import _, several

_MOST_NAMED = 3  # measures named in a title (arbitrary)
_MOST_CATEGORIES = 20  # categories of a filter named in a sentence (arbitrary, some lines); of more it is said how many


def title(cube: CubeContent, database: Database | None = None) -> str:
    """*Housing Benefit Claimants by region and month*; without its database a field stands in place of its level."""
    wide = [level_of(d, database) for d in cube.dimensions if len(d) > 1]
    counted = _counted(cube)
    return _("{what} by {fields}").format(what=counted, fields=listed(map(lower_first, wide))) if wide else counted


def subtitle(cube: CubeContent, database: Database | None = None) -> str:
    """What holds for the whole table: single items and filters, *Month: September 2025. Only Tenure: Private*."""
    single = [f"{d.label}: {d.items[0].label}" for d in cube.dimensions if len(d) == 1]
    return ". ".join((*single, *(only(one, database) for one in cube.query.filters)))


def level_of(dimension: CubeDimension, database: Database | None = None) -> str:
    """The level where a field has several and one stands in the table; the field where not."""
    if database is None:
        return dimension.label
    classification = database.field(dimension.field).classification
    levels = {node.valueset for item in dimension.items for node in item.nodes}
    is_one_of_several = len(classification.valuesets) > 1 and len(levels) == 1
    return classification[levels.pop()].label if is_one_of_several else dimension.label


def _counted(cube: CubeContent) -> str:
    """What the table is of; what is worked out from it goes without saying."""
    printed = [measure_label(measure) for measure in cube.measures if measure.statistic not in DERIVED_STATISTICS]
    labels = printed or [measure_label(measure) for measure in cube.measures]
    if len(labels) > _MOST_NAMED:
        n = len(labels) - 1
        return several("{first} and {n} other number", "{first} and {n} other numbers", n).format(first=labels[0], n=n)
    return listed((labels[0], *map(lower_first, labels[1:])))


def only(one: Filter, database: Database | None, *, begins: bool = True) -> str:
    """What a filter leaves: *Only Tenure: Private*; in the midst of a sentence, *only Tenure: Private*."""
    label = one.field if database is None else database.field(one.field).label
    said = _("Only {field}: {categories}") if begins else _("only {field}: {categories}")
    return said.format(field=label, categories=_categories(one, database))


def _categories(one: Filter, database: Database | None) -> str:
    """By name, as long as a sentence can hold them."""
    n = len(one.nodes)
    if n > _MOST_CATEGORIES:
        return several("{n} category", "{n} categories", n).format(n=number(n))
    return listed(_nodes(one, database))


def _nodes(one: Filter, database: Database | None) -> Iterator[str]:
    return (node.code if database is None else database.label_of(one.field, node) for node in one.nodes)
