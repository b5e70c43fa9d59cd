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
from statlas.web.words import listed, note_mark, number, plural_of
from statlas.wording import _, later, several

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
    more = _(" (up to {sd} for sums marked [d])").format(sd=number(largest, 1)) if largest > noise_sd else ""
    said = _(
        "To protect people, counts are changed by small random amounts with a standard deviation of {sd}{more}; "
        "they may not add up to totals."
    )
    return said.format(sd=number(noise_sd, 1), more=more)


def _noise_of(cube: Cube, measure: CubeMeasure) -> str:
    size = number(largest_sd(measure), max(measure.precision, 1))
    if measure.statistic in DERIVED_STATISTICS:
        said = _("{what}: made of changed numbers, so it is off by a standard deviation of up to {size}.")
        return said.format(what=measure.label, size=size)
    unit = "£" if measure.unit == "GBP" else ""
    said = _("{what}: the standard deviation of the change is up to {size}.")
    return said.format(what=heading(cube, measure), size=f"{unit}{size}")


def worked_out(query: Query, parameters: Parameters) -> Iterator[Chosen]:
    """Everything derived, each with the address where it is dropped."""
    for one in query.derived:
        part = ("derived", derived_text.written(one))
        kept = tuple(given for given in parameters if given != part)
        yield Chosen(_("Worked out"), _said(one), "", links.table(query.database, kept))


_PERCENTAGES = {
    Share.ROW: later("percentages of each row"),
    Share.COLUMN: later("percentages of each column"),
    Share.TOTAL: later("percentages of the whole table"),
}
_CHANGES = {
    (Since.PREVIOUS, False): later("change on the period before"),
    (Since.PREVIOUS, True): later("change on the period before in per cent"),
    (Since.YEAR, False): later("change on a year before"),
    (Since.YEAR, True): later("change on a year before in per cent"),
}


def _said(derived: Derived) -> str:
    match derived:
        case Percentage(of, measure):
            said = _(_PERCENTAGES[of])
        case Change(since, percent, measure):
            said = _(_CHANGES[since, percent])
        case Rank(field, measure, ascending):
            first = _("place by {field}, the smallest first") if ascending else _("place by {field}, the largest first")
            said = first.format(field=field)
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
        yield Chosen(database.field(f.field).label, _("only {categories}").format(categories=said), change, remove)


def _items(database: Database, dimension: Dimension) -> str:
    field = database.field(dimension.field)
    if dimension.items is None:
        if field is database.date:
            return _periods(database, dimension)
        valueset = field.classification[dimension.valueset] if dimension.valueset else field.valueset
        every = _("all {n} of {level}").format(n=f"{len(valueset):,}", level=valueset.label)
        return every if len(valueset) > 1 else _("all")
    if len(dimension.items) > _MOST_NAMED:
        n = len(dimension.items)
        return several("{n} category", "{n} categories", n).format(n=f"{n:,}")
    return listed(item.label or listed(database.label_of(field.id, n) for n in item.nodes) for item in dimension.items)


def _periods(database: Database, dimension: Dimension) -> str:
    if dimension.time is None or dimension.time.kind == "latest":
        n = dimension.time.n if dimension.time else 1
        return several("the latest", "the latest {n}", n).format(n=n)
    calendar, time = database.calendar, dimension.time
    match time.kind:
        case "all":
            return _("all {n}").format(n=f"{len(database.periods):,}")
        case "from":
            return _("from {period} on").format(period=calendar.label_of(time.start))
        case "yearly":
            month = calendar.month_name(time.start) if time.start else ""
            return _("{month} of every year").format(month=month) if month else _("the same date every year")
        case _:
            first, last = calendar.label_of(time.start), calendar.label_of(time.end)
            return _("{first} to {last}").format(first=first, last=last)


def share_sentence(share: float | None, unit: str) -> str:
    """How many of those the table is about stand in shown cells; empty where that cannot be said."""
    if share is None:
        return ""
    if share < _ONE_PERCENT:
        said = _("Less than 1% of all {units} in this table are in cells that show a number.")
    else:
        said = _("About {share} of all {units} in this table are in cells that show a number.")
    return said.format(share=f"{share:.0%}", units=plural_of(unit))


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
