"""The form beside a table: what stands in its lists, and its answers as the address of a table.

The form is sent by GET with scripts off.  Its answers are longer than an address need be (blank lists, a position for
each total), so the page redirects to the address proper, which is the permalink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from statlas.definitions.address import (
    AXES,
    Parameters,
    escape,
    field_and_level,
    parameters_of,
    query_of,
    values,
)
from statlas.errors import QueryError
from statlas.model.database import Database, Field
from statlas.model.query import Role
from statlas.web.measure_form import MeasureForm, measure_form, measures_of
from statlas.web.option import Option, OptionGroup

MARK = "form"
"""The parameter that tells a form's answers from an address."""

_CHOSEN = "chosen"
_LATEST_N = 13  # a year and the same month of the year before
_LEAST_SLOTS = {"rows": 2, "columns": 2, "wafers": 1}
_MOST_SLOTS = 5  # variables a table may have at most (decisions page D7)


# --- what the form shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """One list of an axis: the first, second ... field of the rows."""

    axis: str
    number: int
    groups: tuple[OptionGroup, ...]
    is_used: bool
    total: bool

    @property
    def name(self) -> str:
        """``rows.1``, the value of its total's tick box."""
        return f"{self.axis}.{self.number}"


@dataclass(frozen=True)
class Dates:
    """The choice of dates: which kind is ticked and what stands in the boxes."""

    kind: str = "latest"
    n: str = str(_LATEST_N)
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Form:
    """Everything the form shows: ``slots`` by axis, numbers, dates, and hidden parts that are changed elsewhere."""

    slots: dict[str, tuple[Slot, ...]]
    numbers: MeasureForm
    dates: Dates
    hidden: Parameters


def form_of(database: Database, parameters: Parameters) -> Form:
    """The form for an address; lenient, as it must show the mistakes of an address as well."""
    return Form(
        {axis: tuple(_slots(database, parameters, axis)) for axis in AXES},
        measure_form(database, parameters),
        _dates(database, parameters),
        tuple(_hidden(parameters)),
    )


def default_parameters(database: Database) -> Parameters:
    """The first table of a database: its first field in rows, the latest date in columns."""
    rows = tuple(("rows", _chosen(database, field, field.valueset.id)) for field in database.categories[:1])
    return (*rows, ("columns", escape(database.date.id)))


def _slots(database: Database, parameters: Parameters, axis: str) -> Iterator[Slot]:
    used = values(parameters, axis)
    mixed = {name.removeprefix("items.") for name, _ in parameters if name.startswith("items.")}
    totals = set(values(parameters, "total"))
    n_slots = min(max(len(used) + 1, _LEAST_SLOTS[axis]), max(_MOST_SLOTS, len(used)))
    for number in range(1, n_slots + 1):
        field_id, level = field_and_level(used[number - 1]) if number <= len(used) else ("", "")
        groups = tuple(_groups(database, field_id, level, is_mixed=field_id in mixed and not level))
        yield Slot(axis, number, groups, bool(field_id), field_id in totals)


def _groups(database: Database, field_id: str, level: str, *, is_mixed: bool) -> Iterator[OptionGroup]:
    for field in (database.date, *database.categories):
        is_used = field_id in (field.id, field.label)
        options = tuple(
            Option(
                _chosen(database, field, valueset.id),
                valueset.label,
                is_used and not is_mixed and valueset.id == (level or field.valueset.id),
            )
            for valueset in field.classification
        )
        if is_used and is_mixed:
            options = (Option(escape(field.id), "Chosen categories", selected=True), *options)
        if len(options) == 1:
            yield OptionGroup("", (replace(options[0], label=field.label),))
        else:
            yield OptionGroup(field.label, options)


def _chosen(database: Database, field: Field, level: str) -> str:
    # The date is chosen by period, not by level.
    return escape(field.id) if field is database.date else f"{escape(field.id)}@{escape(level)}"


def _dates(database: Database, parameters: Parameters) -> Dates:
    if any(name == f"items.{database.date.id}" for name, _ in parameters):
        return Dates(_CHOSEN)
    text = next(iter(values(parameters, "periods")), "latest")
    if text.startswith("latest("):
        return Dates("last", n=text.removeprefix("latest(").removesuffix(")"))
    if text.startswith("from "):
        return Dates("from", start=text.removeprefix("from "))
    start, is_range, end = text.partition("..")
    return Dates("range", start=start, end=end) if is_range else Dates(text)


def _hidden(parameters: Parameters) -> Iterator[tuple[str, str]]:
    levels = dict(field_and_level(value) for axis in AXES for value in values(parameters, axis))
    for name, value in parameters:
        if name.startswith("items."):
            field = name.removeprefix("items.")
            yield f"kept.{field}", f"{escape(levels.get(field, ''))}|{value}"
        elif name.startswith("filter.") or name == "release":
            yield name, value


# --- what the form answers --------------------------------------------------------------------------------------------


def address_of(database: Database, answers: Parameters) -> Parameters:
    """The address that a form's answers ask for; what cannot be read stays as it is, for the page to explain."""
    is_choice = (MARK, "categories") in answers
    address = tuple(_from_categories(database, answers) if is_choice else _from_table(database, answers))
    try:
        return parameters_of(query_of(database, address))
    except QueryError:
        return address


def _from_table(database: Database, answers: Parameters) -> Iterator[tuple[str, str]]:
    periods = _periods(answers)
    yield from _axes(database, answers, is_one_period=periods == "latest")
    yield from _totals(answers)
    yield from _kept(database, answers, are_dates_kept=periods == _CHOSEN)
    if periods not in ("latest", _CHOSEN):
        yield "periods", periods
    yield from measures_of(database, answers)
    yield from ((name, value) for name, value in answers if name.startswith("filter.") or name == "release")


def _totals(answers: Parameters) -> Iterator[tuple[str, str]]:
    fields = dict(_fields_by_slot(answers))
    for field in dict.fromkeys(fields.get(slot, "") for slot in values(answers, "total")):
        if field:
            yield "total", field


def _kept(database: Database, answers: Parameters, *, are_dates_kept: bool) -> Iterator[tuple[str, str]]:
    """Categories chosen before, for every field that still stands at the level at which they were."""
    levels = dict(field_and_level(value) for axis in AXES for value in values(answers, axis))
    for name, value in answers:
        field, (level, _, items) = name.removeprefix("kept."), value.partition("|")
        # The date has one level, so its place is chosen without.
        is_date = field == database.date.id
        is_same = field in levels and (is_date or levels[field] == field_and_level(f"@{level}")[1])
        if name.startswith("kept.") and is_same and (are_dates_kept or not is_date):
            yield f"items.{field}", items


def _axes(database: Database, answers: Parameters, *, is_one_period: bool) -> Iterator[tuple[str, str]]:
    used = [(axis, value) for axis in AXES for value in values(answers, axis)]
    if not is_one_period and database.date.id not in {field_and_level(value)[0] for _, value in used}:
        used.append((Role.COLUMNS.value, escape(database.date.id)))
    yield from used


def _fields_by_slot(answers: Parameters) -> Iterator[tuple[str, str]]:
    for axis in AXES:
        in_order = [value for name, value in answers if name == axis]
        for number, value in enumerate(in_order, start=1):
            yield f"{axis}.{number}", field_and_level(value)[0]


def _periods(answers: Parameters) -> str:
    given = dict(answers)
    match given.get("dates", "latest"):
        case "last":
            return f"latest({given.get('n', '').strip()})"
        case "from":
            return f"from {given.get('start', '')}"
        case "range":
            return f"{given.get('start', '')}..{given.get('end', '')}"
        case other:
            return other or "latest"


def _from_categories(database: Database, answers: Parameters) -> Iterator[tuple[str, str]]:
    """The answers of the page where categories are ticked: none ticked means all of the level."""
    given = dict(answers)
    field, level = given.get("field", ""), given.get("level", "")
    has_ticks = bool(values(answers, f"items.{field}"))
    is_whole_level = given.get("use") == "items" and level and not has_ticks and field != database.date.id
    for name, value in answers:
        if name in AXES and is_whole_level and field_and_level(value)[0] == field:
            yield name, f"{escape(field)}@{escape(level)}"
        elif name == "periods" and has_ticks and field == database.date.id:
            continue
        elif name not in (MARK, "field", "use", "level", "find", "add"):
            yield name, value


# --- the date is always in the table ----------------------------------------------------------------------------------
