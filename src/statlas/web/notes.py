"""What stands beneath a table: the legend of its symbols, its notes, and how large its noise is."""

from __future__ import annotations

from collections.abc import Iterator

from statlas.definitions.address import AXES, Parameters, escape, field_and_level
from statlas.model.cells import DERIVED_STATISTICS
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Database
from statlas.model.legend import heading, sentence
from statlas.model.query import Query
from statlas.web import links
from statlas.web.grid import largest_sd
from statlas.web.words import note_mark, number, plural_of
from statlas.wording import _

_ONE_PERCENT = 0.01


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
