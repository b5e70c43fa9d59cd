"""The address of a table, read into a ``Query`` and written from one: of its page, and of its answer for programs.

The query string is the permalink, made to be read and typed::

    rows=COA_CODE@V_C_MASTERGEOG11_LA_TO_REGION    a field at a level; without @ its default level
    columns=NEW_DATE_NAME                          repeated for several fields, outer first; wafers likewise
    periods=latest(13)                             latest | latest(n) | from 202404 | 202404..202503 | yearly | all
    items.COA_CODE=E08000035;E08000032             chosen categories, of the level named or LEVEL:CODE
    items.COA_CODE=Both=E08000035,E08000032        a group of categories counted together, with a name
    filter.TENURE_PUB=C_HOUSING_SECTOR:1           only records in these categories
    total=COA_CODE                                 with the total of the items
    measure=LAHBAMT:MEAN                           repeated for several; the count where none is named
    derived=percentage;row                         what is worked out from the numbers; see derived_text
    release=3                                      one release for ever; without it the latest
    group.COA_CODE=Both=E08000035,E08000032        a group that is defined, but in the table only where items name it

Any of ``% ; , : @ =`` inside a name or code is written as ``%`` and two hexadecimal digits.
Parameters that are not ours are refused: a misspelt filter must not give another table than the one meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from urllib.parse import unquote, urlencode

from statlas.definitions import derived_text
from statlas.definitions.asking import parse_periods
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector
from statlas.wording import _

Parameters = tuple[tuple[str, str], ...]
"""Names and values in the order of the address, names repeated."""

AXES = tuple(role.value for role in Role)
CHART = frozenset(
    {"kind", "x", "y", "size", "points", "colour", "facet", "number", "top", "at", "step", "theme", "width", "touch"}
)
"""How a table is drawn; see ``web.charting``."""

MAP = frozenset({"area", "number", "at", "classes", "n", "breaks", "per", "against", "find", "with", "theme", "width"})
"""How a table is drawn as a map; see ``web.mapping``."""

PRESENTATION = frozenset({"row", "column", "wafer", "empty", "sort", "ask", "undo"}) | CHART | MAP
"""Which part of a table is shown; no part of the query."""

_SINGLE = frozenset({"periods", "release"})
_NAMED = frozenset({*AXES, *_SINGLE, *PRESENTATION, "total", "measure", "derived"})
_PREFIXED = ("items.", "filter.", "group.")
_DEFINED = "group."
# What social networks and mailings add to links (met in the wild; arbitrary beyond that).
_TRACKING = ("utm_", "fbclid", "gclid", "mc_")


# --- reading ----------------------------------------------------------------------------------------------------------


def query_of(database: Database, parameters: Parameters) -> Query:
    """The query an address asks for.

    Raises:
        QueryError: the address cannot be read, or names what is not there (``UnknownNameError``).
    """
    _refuse_unknown(parameters)
    dimensions = [_dimension(database, parameters, role, text) for role, text in _axes(parameters)]
    _refuse_unused(database, parameters, {d.field for d in dimensions})
    return Query(
        database.id,
        measures=values(parameters, "measure"),
        dimensions=tuple(dimensions),
        filters=tuple(_filters(database, parameters)),
        release=single(parameters, "release") or None,
        derived=tuple(map(derived_text.read, values(parameters, "derived"))),
    )


def with_date(database: Database, query: Query) -> Query:
    """The query with its date where a reader looks for it: one date that stands nowhere heads the table as a wafer."""
    date = database.date.id
    if date in {d.field for d in query.dimensions} | {f.field for f in query.filters}:
        return query
    return replace(query, dimensions=(*query.dimensions, Dimension(date, role=Role.WAFERS)))


def is_presentation(name: str) -> bool:
    """Whether a part of an address is no part of the query: what is shown, and groups that are defined for later."""
    return name in PRESENTATION or name.startswith(_DEFINED)


def defined_groups(parameters: Parameters) -> Parameters:
    """The parts that define groups for later."""
    return tuple(part for part in parameters if part[0].startswith(_DEFINED))


def values(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Every value under a name that is not blank, in order."""
    return tuple(value for found, value in parameters if found == name and value)


def single(parameters: Parameters, name: str) -> str:
    """The one value under a name; empty if there is none.

    Raises:
        QueryError: there are several.
    """
    found = values(parameters, name)
    if len(found) > 1:
        raise QueryError(
            _("{name} is given {n} times.").format(name=name, n=len(found)),
            mend=_("Give {name} once.").format(name=name),
        )
    return found[0] if found else ""


def field_and_level(text: str) -> tuple[str, str]:
    """``FIELD@LEVEL`` as its two parts; the level is empty where none is named."""
    field, _, level = text.partition("@")
    return unquote(field), unquote(level)


def _refuse_unknown(parameters: Parameters) -> None:
    for name, _value in parameters:
        if name not in _NAMED and not name.startswith((*_PREFIXED, *_TRACKING)):
            raise UnknownNameError(
                _("{name} is not a part of a table's address.").format(name=_shown(name)),
                component=_shown(name),
                mend=_("The parts are {listed}, items.FIELD, filter.FIELD and group.FIELD.").format(
                    listed=", ".join(sorted(_NAMED))
                ),
            )


def _refuse_unused(database: Database, parameters: Parameters, used: set[str]) -> None:
    wanted = dict.fromkeys(
        chain(
            values(parameters, "total"),
            (name.removeprefix("items.") for name, _ in parameters if name.startswith("items.")),
            [database.date.id] if values(parameters, "periods") else [],
        )
    )
    for name in wanted:
        field = database.field(name)
        if field.id not in used:
            raise QueryError(
                _("{field} has categories or a total in the address, but is not in the table.").format(
                    field=field.label
                ),
                mend=_("Put {field} in rows, columns or wafers.").format(field=field.label),
            )


def _axes(parameters: Parameters) -> Iterator[tuple[Role, str]]:
    return ((Role(name), value) for name, value in parameters if name in AXES and value)


def _dimension(database: Database, parameters: Parameters, role: Role, text: str) -> Dimension:
    name, level = field_and_level(text)
    field = database.field(name)
    if level:
        _ = field.classification[level]
    items = _items(field, level, _of_field(database, parameters, "items.", field))
    return Dimension(
        field.id,
        items=items,
        valueset=(level or None) if items is None else None,
        time=_time(database, field, parameters, given=bool(level) or items is not None),
        total=field.id in {database.field(name).id for name in values(parameters, "total")},
        role=role,
    )


def _time(database: Database, field: Field, parameters: Parameters, *, given: bool) -> TimeSelector | None:
    text = single(parameters, "periods")
    if field is not database.date or not text:
        return None
    if given:
        raise QueryError(
            _("{field} is given both periods and a list.").format(field=field.label), mend=_("Give one of the two.")
        )
    return parse_periods(text, database.calendar)


def _of_field(database: Database, parameters: Parameters, prefix: str, field: Field) -> list[str]:
    return [
        value
        for name, value in parameters
        if name.startswith(prefix) and database.field(name.removeprefix(prefix)) is field
    ]


def _items(field: Field, level: str, texts: list[str]) -> tuple[Item, ...] | None:
    if not texts:
        return None
    return tuple(_item(field, level, part) for text in texts for part in text.split(";") if part)


def items_of(field: Field, level: str, text: str) -> tuple[Item, ...]:
    """The items that ``CODE;CODE;Name=CODE,CODE`` names, codes without a level being of ``level``; there may be none.

    Raises:
        UnknownNameError: a level or code is not there.
    """
    return _items(field, level, [text]) or ()


def _item(field: Field, level: str, text: str) -> Item:
    label, is_named, nodes = text.rpartition("=")
    return Item(tuple(_nodes(field, level, nodes)), unquote(label) if is_named else None)


def _nodes(field: Field, level: str, text: str) -> Iterator[Node]:
    return (_node(field, level, part) for part in re.split("[,;]", text) if part)


def _node(field: Field, level: str, text: str) -> Node:
    named, is_named, code = text.rpartition(":")
    code = unquote(code)
    found = unquote(named) if is_named else level or _level_of(field, code)
    _ = field.classification[found][code]
    return Node(found, code)


def _level_of(field: Field, code: str) -> str:
    """The coarsest level that has the code."""
    for valueset in field.classification:
        if code in valueset:
            return valueset.id
    raise UnknownNameError(
        _("{code} is not a category of {field}.").format(code=_shown(code), field=field.label),
        component=_shown(code),
        mend=_("See the categories on the page of the database."),
    )


def _filters(database: Database, parameters: Parameters) -> Iterator[Filter]:
    names = [name.removeprefix("filter.") for name, _ in parameters if name.startswith("filter.")]
    for field in dict.fromkeys(database.field(name).id for name in names):
        texts = _of_field(database, parameters, "filter.", database.field(field))
        nodes = chain.from_iterable(_nodes(database.field(field), "", text) for text in texts)
        yield Filter(field, tuple(dict.fromkeys(nodes)))


def _shown(text: str) -> str:
    """Sent text as a message may repeat it: short, and with nothing unprintable in it."""
    return repr(text if len(text) <= 60 else f"{text[:60]}...")  # noqa: PLR2004 - arbitrary


# --- writing ----------------------------------------------------------------------------------------------------------


def parameters_of(query: Query) -> Parameters:
    """The parts of the address from which ``query_of`` reads the query again."""
    return tuple(
        chain(
            *(_dimension_parameters(dimension) for dimension in query.dimensions),
            ((f"filter.{f.field}", ",".join(node_text(node) for node in f.nodes)) for f in query.filters),
            (("measure", measure) for measure in query.measures),
            (("derived", derived_text.written(derived)) for derived in query.derived),
            [("release", query.release)] if query.release else [],
        )
    )


def query_string(parameters: Iterable[tuple[str, str]]) -> str:
    """Parameters as the part of an address after ``?``; legible, as only what must be escaped is."""
    return urlencode([*parameters], safe="()~;,:@.=/")


def _dimension_parameters(dimension: Dimension) -> Iterator[tuple[str, str]]:
    level = dimension.valueset or _common_level(dimension)
    name = escape(dimension.field)
    yield dimension.role.value, f"{name}@{escape(level)}" if level else name
    if dimension.items is not None:
        yield f"items.{dimension.field}", ";".join(item_text(item, level) for item in dimension.items)
    if dimension.time is not None:
        yield "periods", time_text(dimension.time)
    if dimension.total:
        yield "total", dimension.field


def _common_level(dimension: Dimension) -> str:
    levels = {node.valueset for item in dimension.items or () for node in item.nodes}
    return levels.pop() if len(levels) == 1 else ""


def item_text(item: Item, level: str = "") -> str:
    """An item as it stands in an address; its codes without their level where that is ``level``."""
    nodes = ",".join(node_text(node, level) for node in item.nodes)
    return nodes if item.label is None else f"{escape(item.label)}={nodes}"


def node_text(node: Node, level: str = "") -> str:
    """A node as it stands in an address: ``LEVEL:CODE``, or ``CODE`` where its level is ``level``."""
    return escape(node.code) if node.valueset == level else f"{escape(node.valueset)}:{escape(node.code)}"


def time_text(time: TimeSelector) -> str:
    """A selector as it stands in an address."""
    match time.kind:
        case TimeKind.ALL:
            return "all"
        case TimeKind.LATEST:
            return "latest" if time.n == 1 else f"latest({time.n})"
        case TimeKind.FROM:
            return f"from {time.start}"
        case TimeKind.RANGE:
            return f"{time.start}..{time.end}"
        case TimeKind.YEARLY:
            return f"yearly {time.start}".rstrip()


def escape(text: str) -> str:
    """A name or code with the marks of the address written as ``%`` and two digits."""
    return text.translate(_ESCAPED)


# A table of 7,000 chosen areas writes each of them into the addresses of a page.
_ESCAPED = {ord(mark): f"%{ord(mark):02X}" for mark in "%;,:@="}
