"""The builder beside a table: what stands in its lists for a query.

Every button of it is a submit of one form, which holds the query and the trail in hidden fields; see ``acts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from statlas.definitions.address import (
    AXES,
    Parameters,
    escape,
    parameters_of,
    query_of,
    with_date,
)
from statlas.errors import QueryError
from statlas.model import editing
from statlas.model.database import Database, Field
from statlas.model.derived import Formula
from statlas.model.query import MONTHS, Dimension, Query, Role, TimeKind, TimeSelector
from statlas.web import acts, chosen, links
from statlas.web.measure_form import MeasureForm, Toggle, measure_form
from statlas.web.pressing import pressed
from statlas.wording import _

_LATEST_N = 13  # a year and the same month of the year before
_MOST_OPEN = 12  # fields up to which every group of them is open (arbitrary)
_MOST_READ = 60  # parts of an address with a mistake that are tried one by one (arbitrary)


# --- what the builder shows -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A field in the table: ``slug`` tells its card's elements apart.

    said: what is chosen of it. levels: its levels, for fields of several. choose_url: where its categories are chosen.
    moves: the other axes, each with the act that moves it there. outward, inward, removal: acts.
    """

    slug: str
    field: str
    label: str
    said: str
    is_date: bool
    is_first: bool
    is_last: bool
    total: Toggle
    levels: tuple[Toggle, ...]
    moves: tuple[Toggle, ...]
    choose_url: str
    outward: str
    inward: str
    removal: str


@dataclass(frozen=True)
class Axis:
    """An axis with its cards, outermost first."""

    role: str
    label: str
    hint: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Entry:
    """A field in the list of all: its buttons are on where it stands in the table."""

    slug: str
    field: str
    label: str
    description: str
    levels: str
    is_date: bool
    toggles: tuple[Toggle, ...]


@dataclass(frozen=True)
class FieldGroup:
    """Fields under the heading that the publisher gives them; a group without a heading is always open."""

    slug: str
    label: str
    entries: tuple[Entry, ...]
    is_open: bool


@dataclass(frozen=True)
class ChosenFilter:
    """A field by which it is limited who is counted."""

    slug: str
    label: str
    said: str
    choose_url: str
    drop: str


@dataclass(frozen=True)
class FormulaLink:
    """A formula in the table, and the page where it is changed."""

    label: str
    url: str


@dataclass(frozen=True)
class Dates:
    """The choice of dates: which kind is ticked and what stands in the boxes; ``months`` are those that have dates."""

    kind: str = "latest"
    n: str = str(_LATEST_N)
    start: str = ""
    end: str = ""
    month: str = ""
    months: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Form:
    """Everything the builder shows; ``hidden`` are the parts of the address that its forms send along."""

    axes: tuple[Axis, ...]
    groups: tuple[FieldGroup, ...]
    n_fields: int
    find: str
    numbers: MeasureForm
    dates: Dates
    filters: tuple[ChosenFilter, ...]
    filterable: tuple[Field, ...]
    formulas: tuple[FormulaLink, ...]
    new_formula_url: str
    hidden: Parameters
    is_empty: bool


def form_of(database: Database, query: Query, carried: Parameters, *, find: str = "") -> Form:
    """The builder for a query.

    Args:
        carried: parts of the address beside the query that go on with every step: the trail, groups that are defined.
        find: what is looked for among the fields; empty lists them all.
    """
    address = (*parameters_of(query), *carried)
    groups = tuple(_groups(database, query, find))
    return Form(
        axes=tuple(_axis(database, query, role, address) for role in Role),
        groups=groups,
        n_fields=sum(len(group.entries) for group in groups),
        find=find,
        numbers=measure_form(database, query),
        dates=_dates(database, query),
        filters=tuple(_filters(database, query, address)),
        filterable=tuple(f for f in database.categories if f.id not in _used(query)),
        formulas=tuple(_formulas(database, query, address)),
        new_formula_url=links.formula(database.id, address),
        hidden=links.shortened(address),
        is_empty=_used(query) <= {database.date.id},
    )


def default_parameters(database: Database) -> Parameters:
    """The first table of a database: its first field in rows, the latest date in columns."""
    rows = tuple(("rows", f"{escape(field.id)}@{escape(field.valueset.id)}") for field in database.categories[:1])
    return (*rows, ("columns", escape(database.date.id)))


def or_default(database: Database, parameters: Parameters) -> Parameters:
    """The parts of an address; where they name nothing but a release, the first table as of it."""
    if any(name != "release" and value for name, value in parameters):
        return parameters
    return (*default_parameters(database), *(part for part in parameters if part[1]))


def as_far_as_read(database: Database, parameters: Parameters) -> Query:
    """What can be understood of an address with a mistake, so that a builder for it can be shown."""
    in_order = sorted(parameters, key=lambda part: part[0] not in AXES)
    understood: Parameters = ()
    for part in in_order if len(in_order) <= _MOST_READ else ():
        try:
            query_of(database, (*understood, part))
        except QueryError:
            continue
        understood = (*understood, part)
    if not any(name in AXES for name, _value in understood):
        understood = default_parameters(database)
    return with_date(database, query_of(database, understood))


def _used(query: Query) -> set[str]:
    return {d.field for d in query.dimensions} | {f.field for f in query.filters}


def slug_of(database: Database, field: str) -> str:
    """What tells a field's elements of the page apart: its number, as ids of fields may hold anything."""
    return f"f{[one.id for one in database.fields].index(field)}"


# --- the layout -------------------------------------------------------------------------------------------------------


def axis_label(role: Role) -> str:
    """An axis as its heading."""
    return {Role.ROWS: _("Rows"), Role.COLUMNS: _("Columns"), Role.WAFERS: _("Wafers")}[role]


def _axis(database: Database, query: Query, role: Role, address: Parameters) -> Axis:
    on_axis = editing.axis(query, role)
    cards = tuple(_card(database, position, on_axis, address) for position in range(len(on_axis)))
    hint = _("One table for each category, one shown at a time.") if role is Role.WAFERS else ""
    return Axis(role.value, axis_label(role), hint, cards)


def _card(database: Database, position: int, on_axis: Sequence[Dimension], address: Parameters) -> Card:
    dimension = on_axis[position]
    field = database.field(dimension.field)
    is_date = field is database.date
    return Card(
        slug=slug_of(database, field.id),
        field=field.id,
        label=field.label,
        said=chosen.items_said(database, dimension),
        is_date=is_date,
        is_first=position == 0,
        is_last=position == len(on_axis) - 1,
        total=_total(field, dimension),
        levels=() if is_date else tuple(_levels(field, dimension)),
        moves=tuple(_move(field, role) for role in Role if role is not dimension.role),
        choose_url=links.categories(database.id, address, field.id, "items"),
        outward=pressed("nudge", field.id, "out"),
        inward=pressed("nudge", field.id, "in"),
        removal=pressed("remove", field.id),
    )


def _total(field: Field, dimension: Dimension) -> Toggle:
    said = _("Total of {field}").format(field=field.label)
    return Toggle(pressed("total", field.id, "off" if dimension.total else "on"), _("Total"), said, dimension.total)


def _levels(field: Field, dimension: Dimension) -> Iterator[Toggle]:
    now = (dimension.valueset or field.valueset.id) if dimension.items is None else ""
    for valueset in field.classification if len(field.classification.valuesets) > 1 else ():
        label = f"{valueset.label} ({len(valueset):,})"
        said = _("{field} by {level}").format(field=field.label, level=label)
        yield Toggle(pressed("level", field.id, valueset.id), label, said, valueset.id == now)


def _move(field: Field, role: Role) -> Toggle:
    said = _("Move {field} to {axis}").format(field=field.label, axis=acts.axis_word(role))
    return Toggle(pressed("place", field.id, role), axis_label(role), said, is_on=False)


# --- the list of fields -----------------------------------------------------------------------------------------------


def _groups(database: Database, query: Query, find: str) -> Iterator[FieldGroup]:
    found = [field for field in database.fields if _matches(field, find)]
    is_open = bool(find) or len(database.fields) <= _MOST_OPEN
    # Fields of one group stand together wherever the definition has them.
    order = list(dict.fromkeys(field.group for field in found))
    in_groups = sorted(found, key=lambda field: order.index(field.group))
    for label, fields in groupby(in_groups, key=lambda field: field.group):
        entries = tuple(_entry(database, query, field) for field in fields)
        is_used = any(toggle.is_on for entry in entries for toggle in entry.toggles)
        yield FieldGroup(f"group-{order.index(label)}", label, entries, is_open or is_used)


def _matches(field: Field, find: str) -> bool:
    """Whether a field has every word of a search in its name, group, description or levels."""
    levels = " ".join(valueset.label for valueset in field.classification)
    text = f"{field.label} {field.group} {field.description} {levels}".casefold()
    return all(word in text for word in find.casefold().split())


def _entry(database: Database, query: Query, field: Field) -> Entry:
    dimension = editing.dimension(query, field.id)
    is_date = field is database.date
    levels = [valueset.label for valueset in field.classification if valueset.label != field.label]
    return Entry(
        slug=slug_of(database, field.id),
        field=field.id,
        label=field.label,
        description=field.description,
        levels=", ".join(levels),
        is_date=is_date,
        toggles=tuple(_axis_toggle(field, role, dimension, is_date=is_date) for role in Role),
    )


def _axis_toggle(field: Field, role: Role, dimension: Dimension | None, *, is_date: bool) -> Toggle:
    """Puts the field on an axis; takes it away where it stands, but the date, which every table has."""
    is_on = dimension is not None and dimension.role is role
    act = pressed("remove", field.id) if is_on and not is_date else pressed("place", field.id, role)
    said = _("{field} in {axis}").format(field=field.label, axis=acts.axis_word(role))
    return Toggle(act, axis_label(role), said, is_on)


# --- filters and dates ------------------------------------------------------------------------------------------------


def _filters(database: Database, query: Query, address: Parameters) -> Iterator[ChosenFilter]:
    for one in query.filters:
        field = database.field(one.field)
        said = chosen.nodes_said(database, one.field, one.nodes)
        url = links.categories(database.id, address, field.id, "filter")
        yield ChosenFilter(slug_of(database, field.id), field.label, said, url, pressed("unfilter", field.id))


def _formulas(database: Database, query: Query, address: Parameters) -> Iterator[FormulaLink]:
    written = (one for one in query.derived if isinstance(one, Formula))
    for place, one in enumerate(written):
        url = links.formula(database.id, address, edit=str(place))
        yield FormulaLink(_("Change {formula}").format(formula=one.label), url)


def _dates(database: Database, query: Query) -> Dates:
    dimension = editing.dimension(query, database.date.id)
    months = tuple(_months(database))
    if dimension is not None and (dimension.items is not None or dimension.valueset is not None):
        kind = "chosen" if dimension.items is not None else "all"
        return Dates(kind, months=months)
    return _dates_of((dimension.time if dimension else None) or TimeSelector(), months)


def _dates_of(time: TimeSelector, months: tuple[tuple[str, str], ...]) -> Dates:
    match time.kind:
        case TimeKind.LATEST if time.n > 1:
            return Dates("last", n=str(time.n), months=months)
        case TimeKind.FROM:
            return Dates("from", start=time.start, months=months)
        case TimeKind.RANGE:
            return Dates("range", start=time.start, end=time.end, months=months)
        case TimeKind.YEARLY:
            return Dates("yearly", month=time.start, months=months)
        case kind:
            return Dates(kind.value, months=months)


def _months(database: Database) -> Iterator[tuple[str, str]]:
    """The months of the year that have dates, where a year has more than one."""
    found = {period[4:] for period in database.periods} & {*MONTHS}
    if len(found) > 1 and database.calendar.frequency in ("month", "quarter"):
        yield from ((month, chosen.month_word(month)) for month in sorted(found))
