"""A database as canonical JSON and back, exactly.

A release keeps its definition in this form, so it must be quick to load in a cold process and the same text for equal
databases. A code is an array ``[id, label, [[valueset, code], ...], valid_from, valid_to]``: thousands of them are
most of the text.
The module imports the model alone; keep it so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from statlas.errors import HomeError
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import (
    Annotation,
    Contact,
    Database,
    Field,
    FieldKind,
    Measure,
    ReadyTable,
    RecordTable,
)
from statlas.model.derivation import Band, Banded, Column, Combined, Constant, LookedUp, Source
from statlas.model.period import Calendar, Frequency
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector

FORMAT = 1


def dumps(database: Database) -> str:
    """The database as one line of JSON, the same for equal databases."""
    return json.dumps(_database(database), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Database:
    """The database that ``dumps`` wrote.

    Raises:
        HomeError: it was written by a later version, or not by ``dumps``.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise HomeError("The definition was stored by a later version.", mend="Install that version of Statlas.")
        return _read_database(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HomeError("The stored definition is damaged.", mend="Run `statlas verify`, then publish again.") from None


def _database(d: Database) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": d.id,
        "label": d.label,
        "records": [d.records.id, d.records.label, d.records.unit, d.records.unit_id],
        "calendar": [d.calendar.frequency, d.calendar.label],
        "fields": [_field(f) for f in d.fields],
        "measures": [_measure(m) for m in d.measures],
        "annotations": [[a.key, a.text, [list(pair) for pair in a.where]] for a in d.annotations],
        "tables": [[t.id, t.title, _query(t.query), t.view] for t in d.tables],
        "folder": list(d.folder),
        "description": d.description,
        "family": d.family,
        "policy": d.policy,
        "licence": d.licence,
        "contact": [d.contact.name, d.contact.email],
        "methodology": d.methodology,
        "source": d.source,
        "synthetic": d.synthetic,
    }


def _read_database(data: Mapping[str, Any]) -> Database:
    frequency, label = data["calendar"]
    return Database(
        id=data["id"],
        label=data["label"],
        records=RecordTable(*data["records"]),
        calendar=Calendar(Frequency(frequency), label),
        fields=tuple(_read_field(f) for f in data["fields"]),
        measures=tuple(_read_measure(m) for m in data["measures"]),
        annotations=tuple(
            Annotation(key, text, tuple((field, code) for field, code in where))
            for key, text, where in data["annotations"]
        ),
        tables=tuple(ReadyTable(id_, title, _read_query(q), view) for id_, title, q, view in data["tables"]),
        folder=tuple(data["folder"]),
        description=data["description"],
        family=data["family"],
        policy=data["policy"],
        licence=data["licence"],
        contact=Contact(*data["contact"]),
        methodology=data["methodology"],
        source=data["source"],
        synthetic=data["synthetic"],
    )


def _field(f: Field) -> dict[str, Any]:
    return {
        "id": f.id,
        "label": f.label,
        "table": f.table,
        "valuesets": [[v.id, v.label, [_code(c) for c in v.codes]] for v in f.classification.valuesets],
        "source": _source(f.source),
        "kind": f.kind,
        "default_valueset": f.default_valueset,
        "group": f.group,
        "description": f.description,
        "missing": f.missing,
        "inherit": f.inherit,
        "inherit_reason": f.inherit_reason,
    }


def _read_field(data: Mapping[str, Any]) -> Field:
    valuesets = (Valueset(id_, label, tuple(_read_code(c) for c in codes)) for id_, label, codes in data["valuesets"])
    return Field(
        id=data["id"],
        label=data["label"],
        table=data["table"],
        classification=Classification(tuple(valuesets)),
        source=_read_source(data["source"]),
        kind=FieldKind(data["kind"]),
        default_valueset=data["default_valueset"],
        group=data["group"],
        description=data["description"],
        missing=data["missing"],
        inherit=data["inherit"],
        inherit_reason=data["inherit_reason"],
    )


def _code(c: Code) -> list[Any]:
    return [c.id, c.label, [list(parent) for parent in c.parents], c.valid_from, c.valid_to]


def _read_code(data: list[Any]) -> Code:
    id_, label, parents, valid_from, valid_to = data
    return Code(id_, label, tuple([Node(v, c) for v, c in parents]), valid_from, valid_to)


def _source(source: Source) -> list[Any]:
    match source:
        case Column(column):
            return ["column", column]
        case Constant(code):
            return ["constant", code]
        case Banded(column, bands):
            return ["banded", column, [[b.code, b.low, b.high] for b in bands]]
        case LookedUp(column, table):
            return ["looked_up", column, [list(pair) for pair in table]]
        case Combined(columns, combinations, otherwise):
            return ["combined", list(columns), [[list(values), code] for values, code in combinations], otherwise]


def _read_source(data: list[Any]) -> Source:
    match data:
        case ["column", column]:
            return Column(column)
        case ["constant", code]:
            return Constant(code)
        case ["banded", column, bands]:
            return Banded(column, tuple(Band(*band) for band in bands))
        case ["looked_up", column, table]:
            return LookedUp(column, tuple((key, value) for key, value in table))
        case ["combined", columns, table, otherwise]:
            return Combined(tuple(columns), tuple((tuple(values), code) for values, code in table), otherwise)
        case _:
            raise ValueError("source")


def _measure(m: Measure) -> list[Any]:
    return [m.id, m.label, m.table, m.column, m.unit, m.precision, list(m.statistics), m.description]


def _read_measure(data: list[Any]) -> Measure:
    id_, label, table, column, unit, precision, statistics, description = data
    return Measure(id_, label, table, column, unit, precision, tuple(statistics), description)


def _query(q: Query) -> dict[str, Any]:
    return {
        "database": q.database,
        "measures": list(q.measures),
        "dimensions": [_dimension(d) for d in q.dimensions],
        "filters": [[f.field, [list(node) for node in f.nodes]] for f in q.filters],
        "release": q.release,
    }


def _read_query(data: Mapping[str, Any]) -> Query:
    return Query(
        data["database"],
        tuple(data["measures"]),
        tuple(_read_dimension(d) for d in data["dimensions"]),
        tuple(Filter(field, _nodes(nodes)) for field, nodes in data["filters"]),
        data["release"],
    )


def _dimension(d: Dimension) -> list[Any]:
    items = None if d.items is None else [[[list(node) for node in i.nodes], i.label] for i in d.items]
    time = None if d.time is None else [d.time.kind, d.time.n, d.time.start, d.time.end]
    return [d.field, items, d.valueset, time, d.total, d.role]


def _read_dimension(data: list[Any]) -> Dimension:
    field, items, valueset, time, total, role = data
    return Dimension(
        field,
        None if items is None else tuple(Item(_nodes(nodes), label) for nodes, label in items),
        valueset,
        None if time is None else TimeSelector(TimeKind(time[0]), *time[1:]),
        total,
        Role(role),
    )


def _nodes(pairs: list[list[str]]) -> tuple[Node, ...]:
    return tuple(Node(valueset, code) for valueset, code in pairs)
