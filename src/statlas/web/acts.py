"""What the buttons of the table builder do: each is one edit of the query, sent as ``do=VERB;PART;PART``.

A button, a key and a drag that mean the same send the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from statlas.definitions import derived_text, parse_periods
from statlas.definitions.address import Parameters, query_of, values, with_date
from statlas.errors import QueryError
from statlas.model import editing
from statlas.model.database import Database
from statlas.model.query import Dimension, Query, Role, TimeSelector
from statlas.web import pressing
from statlas.web.measure_form import full_name, measure_label, worked_out_label
from statlas.web.pressing import DO
from statlas.wording import _

ANSWERS = frozenset({DO, "dates", "n", "start", "end", "month", "find"})
"""Parts that are answers of the builder's forms, and no part of a table's address."""


@dataclass(frozen=True)
class Done:
    """A table after an edit: what was done, in a sentence, and the part of the builder where it was done."""

    query: Query
    said: str
    anchor: str


def done(database: Database, query: Query, answers: Parameters, first: Parameters) -> Done:
    """The table after what was pressed.

    Args:
        first: the address of the table that a builder begins with.

    Raises:
        QueryError: there is no such act, or it cannot be done.
    """
    verb, parts = pressing.read(dict(answers).get(DO, ""))
    act = _ACTS.get(verb)
    if act is None:
        raise QueryError(
            _("The page does not know what to do."), mend=_("Use the buttons of the table builder, or begin again.")
        )
    # A measure may be asked for without its statistic; the buttons name it.
    named = replace(query, measures=tuple(full_name(database, name) for name in query.measures))
    after = act(_Asked(database, named, parts, dict(answers), first))
    return replace(after, query=_in_axis_order(after.query))


def _in_axis_order(query: Query) -> Query:
    """The same table with its fields in the order of the axes, so that one table has one address."""
    return replace(query, dimensions=tuple(d for role in Role for d in editing.axis(query, role)))


@dataclass(frozen=True)
class _Asked:
    """An act with everything it may need."""

    database: Database
    query: Query
    parts: tuple[str, ...]
    answers: Mapping[str, str]
    first: Parameters

    def part(self, position: int) -> str:
        return self.parts[position] if position < len(self.parts) else ""

    @property
    def field(self) -> str:
        """The id of the field that the first part names."""
        return self.database.field(self.part(0)).id

    @property
    def label(self) -> str:
        return self.database.field(self.part(0)).label

    @property
    def count(self) -> str:
        return self.database.records.id

    def done(self, query: Query, said: str, anchor: str = "") -> Done:
        return Done(query, said, anchor or anchor_of(self.database, self.field))


def anchor_of(database: Database, field: str) -> str:
    """The id of a field's card on the page: by its number, as an id of a field may hold anything."""
    return f"card-{[one.id for one in database.fields].index(field)}"


# --- fields -----------------------------------------------------------------------------------------------------------


def axis_word(role: Role) -> str:
    """What an axis is called in a sentence."""
    return {Role.ROWS: _("rows"), Role.COLUMNS: _("columns"), Role.WAFERS: _("wafers")}[role]


def _place(asked: _Asked) -> Done:
    role, at = _role(asked.part(1)), asked.part(2)
    place = int(at) if re.fullmatch("[0-9]{1,3}", at, re.ASCII) else None
    was_there = editing.dimension(asked.query, asked.field) is not None
    words = _("{field} moved to {axis}.") if was_there else _("{field} added to {axis}.")
    said = words.format(field=asked.label, axis=axis_word(role))
    return asked.done(editing.place(asked.query, asked.field, role, place), said)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise QueryError(
            _("A table has rows, columns and wafers only."), mend=_("Use the buttons of the table builder.")
        ) from None


def _nudge(asked: _Asked) -> Done:
    by = -1 if asked.part(1) == "out" else 1
    words = _("{field} moved up.") if by < 0 else _("{field} moved down.")
    return asked.done(editing.nudge(asked.query, asked.field, by), words.format(field=asked.label))


def _remove(asked: _Asked) -> Done:
    if asked.field == asked.database.date.id:
        # Every table has a date: without one of its own it is the latest, above the table.
        query = with_date(asked.database, editing.remove(asked.query, asked.field))
        return asked.done(query, _("{field} is the latest one.").format(field=asked.label))
    found = editing.dimension(asked.query, asked.field)
    said = _("{field} removed.").format(field=asked.label)
    return asked.done(editing.remove(asked.query, asked.field), said, f"axis-{found.role}" if found else "fields")


def _swap(asked: _Asked) -> Done:
    return asked.done(editing.swap(asked.query), _("Rows and columns swapped."), "layout")


def _level(asked: _Asked) -> Done:
    valueset = asked.database.field(asked.field).classification[asked.part(1)]
    said = _("{field} by {level}.").format(field=asked.label, level=valueset.label)
    return asked.done(editing.set_level(asked.query, asked.field, valueset.id), said)


def _total(asked: _Asked) -> Done:
    total = asked.part(1) == "on"
    words = _("{field} with a total.") if total else _("{field} without a total.")
    return asked.done(editing.set_total(asked.query, asked.field, total=total), words.format(field=asked.label))


def _unfilter(asked: _Asked) -> Done:
    said = _("{field} no longer limits who is counted.").format(field=asked.label)
    return asked.done(editing.set_filter(asked.query, asked.field, ()), said, "filters")


# --- dates ------------------------------------------------------------------------------------------------------------


def _dates(asked: _Asked) -> Done:
    date = asked.database.date
    if asked.answers.get("dates") == "chosen":
        return asked.done(asked.query, _("The dates stay as chosen."), "dates")
    time = parse_periods(_periods(asked.answers), asked.database.calendar)
    dated = with_date(asked.database, asked.query)
    if time != TimeSelector() and editing.dimension(dated, date.id) == Dimension(date.id, role=Role.WAFERS):
        # The latest date alone heads a table; several are put where they can be seen together.
        dated = editing.place(dated, date.id, Role.COLUMNS)
    return asked.done(editing.set_time(dated, date.id, time), _("Other dates chosen."), "dates")


def _periods(given: Mapping[str, str]) -> str:
    """What the form of dates asks for, as it stands in an address."""
    match given.get("dates", "latest"):
        case "last":
            return f"latest({given.get('n', '').strip()})"
        case "from":
            return f"from {given.get('start', '')}"
        case "range":
            first, last = sorted((given.get("start", ""), given.get("end", "")))
            return f"{first}..{last}"
        case "yearly":
            return f"yearly {given.get('month', '')}".rstrip()
        case other:
            return other


# --- numbers ----------------------------------------------------------------------------------------------------------


def _measure(asked: _Asked) -> Done:
    name = asked.part(0)
    label = measure_label(asked.database, name)
    if asked.part(1) == "off":
        query = editing.remove_measure(asked.query, name, asked.count)
        return asked.done(query, _("{number} removed.").format(number=label), "measures")
    query = editing.add_measure(asked.query, name, asked.count)
    return asked.done(query, _("{number} added.").format(number=label), "measures")


def _derived(asked: _Asked) -> Done:
    derived = derived_text.read(asked.part(0))
    label = worked_out_label(asked.database, derived)
    if asked.part(1) == "off":
        query = editing.remove_derived(asked.query, derived)
        return asked.done(query, _("{number} removed.").format(number=label), "worked-out")
    return asked.done(
        editing.add_derived(asked.query, derived), _("{number} added.").format(number=label), "worked-out"
    )


# --- everything -------------------------------------------------------------------------------------------------------


def _restart(asked: _Asked) -> Done:
    query = with_date(asked.database, query_of(asked.database, asked.first))
    query = replace(query, release=asked.query.release)
    return asked.done(query, _("Started again."), "layout")


def _keep(asked: _Asked) -> Done:
    return asked.done(asked.query, "", "layout")


_ACTS: dict[str, Callable[[_Asked], Done]] = {
    "place": _place,
    "nudge": _nudge,
    "remove": _remove,
    "swap": _swap,
    "level": _level,
    "total": _total,
    "unfilter": _unfilter,
    "dates": _dates,
    "measure": _measure,
    "derived": _derived,
    "restart": _restart,
    "keep": _keep,
}


VERBS = frozenset(_ACTS)
"""What can be done."""


def find_text(answers: Parameters) -> str:
    """What is looked for among the fields."""
    return " ".join(values(answers, "find")).strip()
