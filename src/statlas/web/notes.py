"""What stands beneath and beside a table: the legend of its symbols, its notes, and the categories chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas.definitions import derived_text
from statlas.definitions.address import AXES, Parameters, escape, field_and_level
from statlas.model.cells import DERIVED_STATISTICS
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Database
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank, Share, Since
from statlas.model.legend import heading, sentence
from statlas.model.query import Dimension, Query
from statlas.web import links
from statlas.web.grid import largest_sd
from statlas.web.words import listed, note_mark, number, plural, plural_of

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
    return tuple((f"[{symbol}]", sentence(symbol, cube)) for symbol in symbols)


def notes(cube: Cube) -> tuple[tuple[str, str], ...]:
    """Every note that applies, as its mark and text, those on the whole database first."""
    keys = dict.fromkeys((*cube.database_annotations, *cube.annotations))
    return tuple((note_mark(key), cube.annotations[key]) for key in keys if key in cube.annotations)


def anchors(legend: tuple[tuple[str, str], ...], notes: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Where the meaning of each mark stands on the page; a note comes before a symbol of the same mark."""
    symbols = {mark: f"symbol-{mark.strip('[]')}" for mark, _meaning in legend}
    return symbols | {mark: f"note-{n}" for n, (mark, _text) in enumerate(notes, 1)}


def noise(cube: Cube) -> tuple[str, ...]:
    """How large the noise is, of counts and of every other number; nothing where there is none."""
    if not cube.noise_sd:
        return ()
    counts = [measure for measure in cube.measures if measure.statistic == "COUNT"]
    others = [m for m in cube.measures if m.statistic not in ("COUNT", "RANK") and largest_sd(m)]
    largest = max((largest_sd(measure) for measure in counts), default=0.0)
    return (_noise_of_counts(cube.noise_sd, largest), *(_noise_of(cube, measure) for measure in others))


def _noise_of_counts(noise_sd: float, largest: float) -> str:
    more = f" (up to {number(largest, 1)} for sums marked [d])" if largest > noise_sd else ""
    return (
        "To protect people, counts are changed by small random amounts with a standard deviation of "
        f"{number(noise_sd, 1)}{more}; they may not add up to totals."
    )


def _noise_of(cube: Cube, measure: CubeMeasure) -> str:
    size = number(largest_sd(measure), max(measure.precision, 1))
    if measure.statistic in DERIVED_STATISTICS:
        return f"{measure.label}: made of changed numbers, so it is off by a standard deviation of up to {size}."
    unit = "£" if measure.unit == "GBP" else ""
    return f"{heading(cube, measure)}: the standard deviation of the change is up to {unit}{size}."


def worked_out(query: Query, parameters: Parameters) -> Iterator[Chosen]:
    """Everything derived, each with the address where it is dropped."""
    for one in query.derived:
        part = ("derived", derived_text.written(one))
        kept = tuple(given for given in parameters if given != part)
        yield Chosen("Worked out", _said(one), "", links.table(query.database, kept))


def _said(derived: Derived) -> str:
    match derived:
        case Percentage(of, measure):
            said = f"percentages of {'the whole table' if of is Share.TOTAL else f'each {of}'}"
        case Change(since, percent, measure):
            before = "a year before" if since is Since.YEAR else "the period before"
            said = f"change on {before}{' in per cent' if percent else ''}"
        case Rank(field, measure, ascending):
            said = f"place by {field}, the {'smallest' if ascending else 'largest'} first"
        case Formula(label, expression):
            return f"{label} = {expression}"
    return f"{said} ({measure})" if measure else said


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
        case "yearly":
            return f"{calendar.month_name(time.start)} of every year" if time.start else "the same date every year"
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
