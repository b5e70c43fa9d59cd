"""What stands beneath and beside a table: the legend of its symbols, its notes, and the categories chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Dimension, Query
from statlas.web import links
from statlas.web.read import AXES, Parameters, escape, field_and_level
from statlas.web.words import listed, meaning, note_mark, number, plural, plural_of

_ONE_PERCENT = 0.01
_MOST_NAMED = 3  # categories named one by one before they are counted (arbitrary)


@dataclass(frozen=True)
class Chosen:
    """The categories of one field in words, with the addresses where they are changed and where a filter is dropped."""

    label: str
    said: str
    change: str
    remove: str = ""


def legend(cube: Cube, symbols: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each symbol that occurs, in brackets, with its meaning."""
    return tuple((f"[{symbol}]", meaning(symbol, cube.threshold)) for symbol in symbols)


def notes(cube: Cube) -> tuple[tuple[str, str], ...]:
    """Every note that applies, as its mark and text, those on the whole database first."""
    keys = dict.fromkeys((*cube.database_annotations, *cube.annotations))
    return tuple((note_mark(key), cube.annotations[key]) for key in keys if key in cube.annotations)


def noise_sentence(noise_sd: float, largest_sd: float) -> str:
    """The size of the noise; ``largest_sd`` is that of the most uncertain sum. Empty where there is no noise."""
    if not noise_sd:
        return ""
    more = f" (up to {number(largest_sd, 1)} for sums marked [d])" if largest_sd > noise_sd else ""
    return (
        "To protect people, numbers are changed by small random amounts with a standard deviation of "
        f"{number(noise_sd, 1)}{more}; they may not add up to totals."
    )


def narrowing(database: Database, query: Query, parameters: Parameters) -> Iterator[Chosen]:
    """The categories of every field in the table, then the filters."""
    for dimension in query.dimensions:
        change = links.categories(database.id, parameters, dimension.field, "items")
        yield Chosen(database.field(dimension.field).label, _items(database, dimension), change)
    for f in query.filters:
        change = links.categories(database.id, parameters, f.field, "filter")
        remove = links.table(database.id, links.without_field(parameters, f.field))
        said = listed(database.label_of(f.field, node) for node in f.nodes)
        yield Chosen(database.field(f.field).label, f"only {said}", change, remove)


def _items(database: Database, dimension: Dimension) -> str:
    field = database.field(dimension.field)
    if dimension.items is None:
        if field is database.date:
            return _periods(database, dimension)
        valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
        return f"all {len(valueset):,} of {valueset.label}" if len(valueset) > 1 else "all"
    if len(dimension.items) > _MOST_NAMED:
        return plural(len(dimension.items), "category", "categories")
    return listed(item.label or listed(database.label_of(field.id, n) for n in item.nodes) for item in dimension.items)


def _periods(database: Database, dimension: Dimension) -> str:
    if dimension.time is None or dimension.time.kind == "latest":
        n = dimension.time.n if dimension.time else 1
        return "the latest" if n == 1 else f"the latest {n}"
    calendar, time = database.calendar, dimension.time
    match time.kind:
        case "all":
            return f"all {len(database.periods):,}"
        case "from":
            return f"from {calendar.label_of(time.start)} on"
        case _:
            return f"{calendar.label_of(time.start)} to {calendar.label_of(time.end)}"


def share_sentence(share: float | None, unit: str) -> str:
    """How many of those the table is about stand in shown cells; empty where that cannot be said."""
    if share is None:
        return ""
    percent = "Less than 1%" if share < _ONE_PERCENT else f"About {share:.0%}"
    return f"{percent} of all {plural_of(unit)} in this table are in cells that show a number."


def coarser(database: Database, query: Query, parameters: Parameters) -> Iterator[tuple[str, str]]:
    """For every field that stands at a level with another above it: the label of that level, and the table by it."""
    for dimension in query.dimensions:
        field = database.field(dimension.field)
        level = dimension.valueset or (field.valueset.id if dimension.items is None else "")
        above = level and field.classification.next_above(level)
        if above and field is not database.date:
            replaced = tuple(
                (name, f"{value.partition('@')[0]}@{escape(above)}" if _names(name, value, field.id) else value)
                for name, value in parameters
            )
            yield field.classification[above].label, links.table(database.id, replaced) + "#table"


def _names(name: str, value: str, field_id: str) -> bool:
    return name in AXES and field_and_level(value)[0] == field_id
