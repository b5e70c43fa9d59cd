"""From the body of a table request to a ``Query``.

What real clients send is accepted: ``recodes`` missing, null or ``{}``; a recode without ``map`` or with ``"map": []``
(every value); ``measures`` and ``dimensions`` missing or empty; several fields in one inner array; a valueset in place
of a field; a measure in place of its first statistic. What is not understood is refused with its place, never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from statlas.definitions import strict_json
from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.former import Former, Spelling
from statlas.definitions.stat_xplore.ids import Kind
from statlas.definitions.stat_xplore.refusing import ErrorType, refused, shortened, unknown_component
from statlas.errors import RequestError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.database import Database, Field, Measure
from statlas.model.query import Dimension, Item, Query, TimeKind, TimeSelector

FindDatabase = Callable[[str], Database]
"""From a database's id to the database; raises ``UnknownNameError``."""


class _Recode(BaseModel):
    """``{"map": [["str:value:..."], [...]], "total": true}``."""

    model_config = ConfigDict(strict=True, extra="forbid")

    map: list[list[str]] | None = None
    total: bool | None = None


class _Body(BaseModel):
    """The request as it is written."""

    model_config = ConfigDict(strict=True, extra="forbid")

    database: str
    measures: list[str] | None = None
    recodes: dict[str, _Recode | None] | None = None
    dimensions: list[list[str]] | None = None


@dataclass(frozen=True)
class TableRequest:
    """A table request understood.

    ``dimensions`` are the ids of fields and valuesets as they were asked for, inner arrays kept, the mandatory date
    first where the request left it out; flattened they are in the order of ``query.dimensions``.
    ``measures`` are the ids of measures as they were asked for, each with the id of its ``CubeMeasure``.
    Fields asked for by a former name have their present ids in all of these; ``former`` holds the names.
    """

    query: Query
    dimensions: tuple[tuple[str, ...], ...]
    measures: tuple[tuple[str, str], ...] = ()
    former: Former = field(default_factory=dict)


def read(body: bytes, find_database: FindDatabase) -> TableRequest:
    """The table that ``body`` asks for.

    Raises:
        UnknownNameError: it names a component that is not there.
        QueryError: it is not JSON, not of this form, or contradicts itself; ``error_type`` says which.
    """
    asked = _shaped(_parsed(body))
    database = _database(asked.database, find_database)
    spelling = Spelling(database)
    asked = _as_now(asked, spelling)
    dimensions = _with_date(database, [inner for inner in asked.dimensions or () if inner])
    uris = [uri for inner in dimensions for uri in inner]
    recodes = _recodes(database, asked.recodes or {}, uris)
    named = {uri for inner in asked.dimensions or () for uri in inner} | recodes.keys()
    measures = tuple((uri, _measure(database, uri)) for uri in dict.fromkeys(asked.measures or ()))
    query = Query(
        database=database.id,
        measures=tuple(dict.fromkeys(measure for _, measure in measures)),
        dimensions=tuple(_dimension(database, uri, recodes.get(uri), named=uri in named) for uri in uris),
    )
    return TableRequest(query, dimensions, measures, spelling.former)


def _as_now(asked: _Body, spelling: Spelling) -> _Body:
    """The request with the present ids of fields that it asks for by former ones."""
    now = spelling.now
    dimensions = [[now(uri) for uri in inner] for inner in asked.dimensions or ()]
    recodes = {now(uri): recode and _recode_as_now(recode, now) for uri, recode in (asked.recodes or {}).items()}
    if len(recodes) < len(asked.recodes or {}):
        raise _stray_recode(next(uri for uri in asked.recodes or {} if now(uri) != uri), is_used=True)
    return asked.model_copy(update={"dimensions": dimensions, "recodes": recodes})


def _recode_as_now(recode: _Recode, now: Callable[[str], str]) -> _Recode:
    if recode.map is None:
        return recode
    return recode.model_copy(update={"map": [[now(uri) for uri in item] for item in recode.map]})


def _parsed(body: bytes) -> object:
    try:
        return strict_json.parsed(body)
    except RequestError as error:
        raise refused(ErrorType.INVALID_JSON, error.message) from None


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _shaped(parsed: object) -> _Body:
    try:
        return _Body.model_validate(parsed)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    where = f" at {shortened(place)}" if place else ""
    what = "an object is expected" if first["type"] == "model_type" else _lower(first["msg"])
    raise refused(
        ErrorType.INVALID_REQUEST, f"The request is not of the expected form{where}: {what}.", component=place
    )


def _database(uri: str, find_database: FindDatabase) -> Database:
    found = ids.parse(uri)
    if found is None or found.kind is not Kind.DATABASE:
        raise unknown_component(uri)
    try:
        return find_database(found.parts[0])
    except UnknownNameError as error:
        if error.component not in (uri, found.parts[0]):
            # It is there; what is not is the release that was asked for.
            raise
        raise unknown_component(uri) from None


def _measure(database: Database, uri: str) -> str:
    """The id of what a cube will hold: the record table's for its count, else ``MEASURE:STATISTIC``.

    A measure alone stands for its first statistic.
    """
    match ids.parse(uri):
        case (Kind.COUNT, (database_id, table)) if (database_id, table) == (database.id, database.records.id):
            return table
        case (Kind.MEASURE | Kind.STATFN, (database_id, table, measure_id, *statistic)) if database_id == database.id:
            measure = next((m for m in database.measures if (m.table, m.id) == (table, measure_id)), None)
            if measure is not None:
                return f"{measure.id}:{_statistic(database, measure, statistic, uri)}"
    raise unknown_component(uri)


def _statistic(database: Database, measure: Measure, asked: Sequence[str], uri: str) -> str:
    """The statistic asked of a measure; whether a percentile may be asked is for the policy to say."""
    statistic = {"P50": "MEDIAN"}.get(asked[0], asked[0]) if asked else measure.statistics[0]
    is_percentile = measure.has_percentiles and re.fullmatch("MEDIAN|P[1-9][0-9]?", statistic)
    if statistic not in measure.statistics and not is_percentile:
        offered = (ids.statfn(database.id, measure.table, measure.id, name) for name in measure.statistics)
        raise refused(
            ErrorType.STATISTIC_NOT_AVAILABLE,
            f"{measure.label} has no such statistic: {shortened(uri)}.",
            component=uri,
            mend=f"Ask for {', '.join(offered)}.",
        )
    return statistic


def _with_date(database: Database, dimensions: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The dimensions asked for, the mandatory date as the first where no dimension is of it."""
    asked = tuple(tuple(inner) for inner in dimensions)
    if any(_target(database, uri)[0] is database.date for inner in asked for uri in inner):
        return asked
    return ((ids.field(database.id, database.date.table, database.date.id),), *asked)


def _target(database: Database, uri: str) -> tuple[Field, str | None]:
    """The field of a dimension, and the valueset if one was named.

    Raises:
        UnknownNameError: it is no field or valueset of the database.
    """
    match ids.parse(uri):
        case (Kind.FIELD | Kind.VALUESET, (database_id, table, field_id, *below)) if database_id == database.id:
            field = ids.find_field(database, table, field_id)
            valueset = below[0] if below else None
            if field is not None and (valueset is None or valueset in field.classification):
                return field, valueset
    raise unknown_component(uri)


def _recodes(database: Database, asked: Mapping[str, _Recode | None], uris: Sequence[str]) -> dict[str, _Recode]:
    """The recodes by dimension, each named as its dimension is.

    Raises:
        QueryError: a recode is of a field that is no dimension, or is not named as its dimension is.
    """
    fields = {_target(database, uri)[0].id for uri in uris}
    for uri in asked:
        if uri not in uris:
            raise _stray_recode(uri, is_used=_target(database, uri)[0].id in fields)
    return {uri: recode for uri, recode in asked.items() if recode is not None}


def _stray_recode(uri: str, *, is_used: bool) -> Exception:
    if is_used:
        return refused(
            ErrorType.DUPLICATE_RECODES,
            "A field is recoded twice: once by its dimension and once by a recode under another name.",
            component=uri,
            mend="Give the recode the same id as the dimension, the field's or the valueset's.",
        )
    return refused(
        ErrorType.INVALID_RECODE,
        "A field is recoded that is not among the dimensions.",
        component=uri,
        mend="Add it to the dimensions, or leave the recode out.",
    )


def _dimension(database: Database, uri: str, recode: _Recode | None, *, named: bool) -> Dimension:
    field, valueset = _target(database, uri)
    total = bool(recode and recode.total)
    if recode and recode.map:
        items = tuple(_item(database, field, valueset, item, uri) for item in recode.map)
        return Dimension(field.id, items=items, total=total)
    if field is database.date and valueset is None and named:
        return Dimension(field.id, time=TimeSelector(TimeKind.ALL), total=total)
    return Dimension(field.id, valueset=valueset, total=total)


def _item(database: Database, field: Field, valueset: str | None, uris: Sequence[str], dimension: str) -> Item:
    nodes = tuple(_node(database, field, uri) for uri in uris)
    if valueset is not None and any(node.valueset != valueset for node in nodes):
        raise _bad_item(dimension, "holds a value of another valueset than the dimension's")
    if not nodes:
        raise _bad_item(dimension, "names no value")
    if len(set(nodes)) < len(nodes):
        raise _bad_item(dimension, "names a value twice")
    return Item(nodes)


def _bad_item(dimension: str, what: str) -> Exception:
    return refused(
        ErrorType.INVALID_RECODE,
        f"An item of the recode {what}.",
        component=dimension,
        mend="Each inner array of map is one item: the ids of the values counted together in it.",
    )


def _node(database: Database, field: Field, uri: str) -> Node:
    match ids.parse(uri):
        case (Kind.VALUE, (database_id, table, field_id, valueset, code)) if (
            (database_id, table, field_id) == (database.id, field.table, field.id)
            and valueset in field.classification
            and code in field.classification[valueset]
        ):
            return Node(valueset, code)
        case _:
            raise unknown_component(uri)
