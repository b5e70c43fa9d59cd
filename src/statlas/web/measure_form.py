"""What is counted, in the builder beside a table: measures with their statistics, and what is worked out from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from statlas.definitions import derived_text
from statlas.model.database import Database, Measure
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank, Share, Since
from statlas.model.period import Frequency
from statlas.model.query import Query
from statlas.model.statistics import name_of
from statlas.web.pressing import pressed
from statlas.wording import _

_ADDED_UP = ("COUNT", "SUM")
"""Statistics of which parts make a whole, so that they have percentages."""


@dataclass(frozen=True)
class Toggle:
    """A button that is on or off: what it is sent as, its short label, and what it says by itself."""

    value: str
    label: str
    said: str
    is_on: bool


@dataclass(frozen=True)
class NumberRow:
    """Buttons that belong together, under a label: the statistics of a measure, the ways to work something out."""

    label: str
    description: str
    toggles: tuple[Toggle, ...]


@dataclass(frozen=True)
class MeasureForm:
    """The choice of numbers.

    measures: a row for the count and one for each measure, with a button for each statistic.
    worked_out: for every number in the table, what can be worked out from it.
    others: what is worked out beside, which only its own page changes.
    """

    measures: tuple[NumberRow, ...]
    worked_out: tuple[NumberRow, ...]
    others: tuple[Toggle, ...]


def measure_form(database: Database, query: Query) -> MeasureForm:
    """The choice of numbers for a query."""
    used = measures_in(database, query)
    rows = tuple(_worked_out(database, query, used))
    offered = {toggle.value for row in rows for toggle in row.toggles}
    others = tuple(toggle for one in query.derived if (toggle := _other(database, one)).value not in offered)
    return MeasureForm(tuple(_measures(database, used)), rows, others)


def measures_in(database: Database, query: Query) -> tuple[str, ...]:
    """The measures of a query by their full names, as ``full_name`` writes them."""
    return tuple(full_name(database, name) for name in query.measures) or (database.records.id,)


def full_name(database: Database, name: str) -> str:
    """A measure with its statistic; the first where none is named."""
    measure = next((measure for measure in database.measures if measure.id == name), None)
    return f"{measure.id}:{measure.statistics[0]}" if measure else name


def measure_label(database: Database, name: str) -> str:
    """A measure with its statistic as people read it: *Number of claimants*, *Mean of Weekly Award*."""
    measure_id, _colon, statistic = full_name(database, name).partition(":")
    if not statistic:
        return _("Number of {unit}").format(unit=database.records.label)
    found = next((measure.label for measure in database.measures if measure.id == measure_id), measure_id)
    return _("{statistic} of {measure}").format(statistic=_statistic(statistic), measure=found)


def _statistic(name: str) -> str:
    """A statistic as people read it; one that there is not stays as it was written."""
    words = {"COUNT": _("Count"), "SUM": _("Sum"), "MEAN": _("Mean"), "MEDIAN": _("Median")}
    if name in words:
        return words[name]
    try:
        rank = name_of(name).removesuffix(" percentile")
    except ValueError:
        return name
    return _("{rank} percentile").format(rank=rank)


def _measures(database: Database, used: tuple[str, ...]) -> Iterator[NumberRow]:
    count = database.records
    label = measure_label(database, count.id)
    said = _("Count: {number}").format(number=label)
    yield NumberRow(label, "", (_measure_toggle(count.id, _("Count"), said, used),))
    for measure in database.measures:
        toggles = tuple(
            _measure_toggle(name, _statistic(name.partition(":")[2]), measure_label(database, name), used)
            for name in _names(measure, used)
        )
        yield NumberRow(measure.label, measure.description, toggles)


def _names(measure: Measure, used: tuple[str, ...]) -> Iterator[str]:
    """The statistics that are offered, and those in use beside them."""
    offered = [f"{measure.id}:{statistic}" for statistic in measure.statistics]
    yield from dict.fromkeys((*offered, *(name for name in used if name.partition(":")[0] == measure.id)))


def _measure_toggle(name: str, label: str, said: str, used: tuple[str, ...]) -> Toggle:
    is_on = name in used
    return Toggle(pressed("measure", name, "off" if is_on else "on"), label, said, is_on)


# --- what is worked out -----------------------------------------------------------------------------------------------


def _worked_out(database: Database, query: Query, used: tuple[str, ...]) -> Iterator[NumberRow]:
    for position, name in enumerate(used):
        measure = "" if position == 0 else name
        toggles = tuple(
            _derived_toggle(database, query, one, same) for one, same in _choices(database, query, measure, name)
        )
        label = _("From: {number}").format(number=measure_label(database, name)) if len(used) > 1 else ""
        yield NumberRow(label, "", toggles)


def _choices(database: Database, query: Query, measure: str, name: str) -> Iterator[tuple[Derived, Derived]]:
    """What can be worked out from a number, each with the same under the number's full name."""
    statistic = name.partition(":")[2] or "COUNT"
    if statistic in _ADDED_UP:
        yield from ((Percentage(share, measure), Percentage(share, name)) for share in Share)
    for since in _since(database):
        yield from ((Change(since, percent, measure), Change(since, percent, name)) for percent in (False, True))
    for dimension in query.dimensions:
        if dimension.field != database.date.id:
            yield Rank(dimension.field, measure), Rank(dimension.field, name)


def _since(database: Database) -> tuple[Since, ...]:
    is_yearly = database.calendar.frequency in (Frequency.YEAR, Frequency.FINANCIAL_YEAR)
    return (Since.PREVIOUS,) if is_yearly else (Since.PREVIOUS, Since.YEAR)


def _derived_toggle(database: Database, query: Query, one: Derived, same: Derived) -> Toggle:
    found = next((asked for asked in query.derived if asked in (one, same)), None)
    text = derived_text.written(found or one)
    label = worked_out_label(database, one)
    return Toggle(pressed("derived", text, "off" if found else "on"), label, label, found is not None)


def _other(database: Database, one: Derived) -> Toggle:
    label = worked_out_label(database, one)
    return Toggle(pressed("derived", derived_text.written(one), "off"), label, label, is_on=True)


def worked_out_label(database: Database, derived: Derived) -> str:
    """What is worked out, as people read it: *Per cent of each row*, *Change on a year before, in per cent*."""
    match derived:
        case Percentage(of):
            return {
                Share.ROW: _("Per cent of each row"),
                Share.COLUMN: _("Per cent of each column"),
                Share.TOTAL: _("Per cent of the whole table"),
            }[of]
        case Change(since, percent):
            return _change_label(database, since, percent=percent)
        case Rank(field, _measure, ascending):
            words = _("Rank by {field}, smallest first") if ascending else _("Rank by {field}")
            return words.format(field=_label(database, field))
        case Formula(label):
            return _("Formula: {label}").format(label=label)


def _change_label(database: Database, since: Since, *, percent: bool) -> str:
    if since is Since.YEAR:
        return _("Change on a year before, in per cent") if percent else _("Change on a year before")
    match database.calendar.frequency:
        case Frequency.MONTH:
            return _("Change on the month before, in per cent") if percent else _("Change on the month before")
        case Frequency.QUARTER:
            return _("Change on the quarter before, in per cent") if percent else _("Change on the quarter before")
        case _:
            return _("Change on the year before, in per cent") if percent else _("Change on the year before")


def _label(database: Database, field: str) -> str:
    return next((found.label for found in database.fields if field in (found.id, found.label)), field)
