"""What is counted, in the form beside a table: lists of measures with their statistics, and what is worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas.definitions import derived_text
from statlas.definitions.address import Parameters, values
from statlas.errors import QueryError
from statlas.model.database import Database
from statlas.model.derived import Change, Percentage, Share, Since
from statlas.model.statistics import name_of
from statlas.web.option import Option, OptionGroup

MOST_MEASURES = 6
"""Lists of measures that the form offers; arbitrary, an address may name more."""


@dataclass(frozen=True)
class MeasureSlot:
    """One list of measures: the first, second ... number of every cell."""

    number: int
    groups: tuple[OptionGroup, ...]


@dataclass(frozen=True)
class MeasureForm:
    """The choice of numbers.

    slots: lists of measures; none where there is nothing but the count.
    derived: entries of the list of what is worked out. kept: what is worked out beside, which the list does not offer.
    """

    slots: tuple[MeasureSlot, ...]
    derived: tuple[Option, ...]
    kept: tuple[str, ...]


def measure_form(database: Database, parameters: Parameters) -> MeasureForm:
    """The choice of numbers for an address."""
    asked = values(parameters, "derived")
    choices = dict(_choices(database))
    chosen = next((text for text in asked if _canonical(text) in choices), "")
    options = tuple(Option(text, label, text == _canonical(chosen)) for text, label in choices.items())
    kept = tuple(text for text in asked if text != chosen)
    return MeasureForm(tuple(_slots(database, values(parameters, "measure"))), options, kept)


def _canonical(text: str) -> str:
    try:
        return derived_text.written(derived_text.read(text))
    except QueryError:
        return text


# --- measures ---------------------------------------------------------------------------------------------------------


def _slots(database: Database, asked: tuple[str, ...]) -> Iterator[MeasureSlot]:
    if not database.measures and not asked:
        return
    used = asked or (database.records.id,)
    for number in range(1, max(min(len(used) + 1, MOST_MEASURES), len(used)) + 1):
        chosen = used[number - 1] if number <= len(used) else ""
        yield MeasureSlot(number, tuple(_groups(database, _full_name(database, chosen))))


def _full_name(database: Database, name: str) -> str:
    """A measure with its statistic; the first where none is named."""
    measure = next((measure for measure in database.measures if measure.id == name), None)
    return f"{name}:{measure.statistics[0]}" if measure else name


def _groups(database: Database, chosen: str) -> Iterator[OptionGroup]:
    count = database.records
    yield OptionGroup("", (Option(count.id, f"Number of {count.label}", chosen == count.id),))
    for measure in database.measures:
        offered = [(f"{measure.id}:{statistic}", statistic) for statistic in measure.statistics]
        yield OptionGroup(
            measure.label,
            tuple(Option(name, f"{name_of(stat)} of {measure.label}", name == chosen) for name, stat in offered),
        )
    known = {count.id, *(f"{m.id}:{statistic}" for m in database.measures for statistic in m.statistics)}
    if chosen and chosen not in known:
        yield OptionGroup("", (Option(chosen, chosen, selected=True),))


# --- what is worked out -----------------------------------------------------------------------------------------------

_SHARES = {
    Share.ROW: "Percentages of each row",
    Share.COLUMN: "Percentages of each column",
    Share.TOTAL: "Percentages of the whole",
}


def _choices(database: Database) -> Iterator[tuple[str, str]]:
    """The simple derived numbers, of the first measure, by their text in an address."""
    yield "", "Nothing more"
    for share, label in _SHARES.items():
        yield derived_text.written(Percentage(share)), label
    period = database.calendar.frequency.replace("financial_", "financial ")
    for since, label in ((Since.PREVIOUS, f"Change on the {period} before"), (Since.YEAR, "Change on a year before")):
        if since is Since.PREVIOUS or not period.endswith("year"):
            yield derived_text.written(Change(since)), label
            yield derived_text.written(Change(since, percent=True)), f"{label}, in per cent"


def measures_of(database: Database, answers: Parameters) -> Iterator[tuple[str, str]]:
    """The parts of an address that a form's answers choose; the count alone needs none."""
    chosen = tuple(dict.fromkeys(values(answers, "measure")))
    if chosen != (database.records.id,):
        yield from (("measure", name) for name in chosen)
    yield from (("derived", text) for text in dict.fromkeys(values(answers, "derived")))
