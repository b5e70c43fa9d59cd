"""The id that somebody may have meant by one that names nothing here.

Each part is taken as it is where it fits, else the likest real one: a wrong letter in a field, a code under another
level, last year's name of a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from statlas.definitions.nearest import Named, codes, fields, levels, nearest
from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.ids import Kind
from statlas.model.classification import Node
from statlas.model.database import Database, Field


def nearest_id(databases: Sequence[Database], component: str) -> str:
    """A real id like ``component``, or nothing where none is, or where it is real and stands in the wrong place."""
    found = ids.parse(ids.spellings(component)[-1])
    if found is None:
        return ""
    by_id = {database.id: database for database in databases}
    name = _likest(found.parts[0], ((d.id, d.label) for d in databases))
    near = _in_database(by_id[name], found.kind, found.parts[1:]) if name else ""
    return "" if near == component else near


def _in_database(database: Database, kind: Kind, names: Sequence[str]) -> str:
    match kind, names:
        case Kind.DATABASE, _:
            return ids.database(database.id)
        case Kind.COUNT, _:
            return ids.count(database.id, database.records.id)
        case Kind.MEASURE | Kind.STATFN, (_, measure_id, *statistic):
            return _measure(database, measure_id, *statistic)
        case Kind.FIELD | Kind.VALUESET | Kind.VALUE, (_, field_id, *below):
            name = _likest(field_id, fields(database))
            return _below_field(database, database.field(name), kind, below) if name else ""
        case _:
            return ""


def _measure(database: Database, measure_id: str, statistic: str = "") -> str:
    name = _likest(measure_id, ((measure.id, measure.label) for measure in database.measures))
    if not name:
        return ""
    measure = database.measure(name)
    if not statistic:
        return ids.measure(database.id, measure.table, name)
    offered = _likest(statistic, ((offered, offered) for offered in measure.statistics))
    return ids.statfn(database.id, measure.table, name, offered or measure.statistics[0])


def _below_field(database: Database, field: Field, kind: Kind, names: Sequence[str]) -> str:
    if kind is Kind.FIELD:
        return ids.field(database.id, field.table, field.id)
    level = _likest(names[0], levels(field))
    if kind is Kind.VALUESET:
        return ids.valueset(database.id, field.table, field.id, level) if level else ""
    node = _node(field, level, names[1])
    return ids.value(database.id, field.table, field.id, node) if node else ""


def _node(field: Field, level: str, code: str) -> Node | None:
    """The code in its level, else in any level of the field, else the likest one of the level."""
    wanted = [*([field.classification[level]] if level else ()), *field.classification]
    for valueset in wanted:
        if code in valueset:
            return Node(valueset.id, code)
    near = _likest(code, codes(field, level)) if level else ""
    return Node(level, near) if near else None


def _likest(name: str, known: Iterable[Named]) -> str:
    named = list(known)
    if any(name == id_ for id_, _ in named):
        return name
    return next(iter(nearest(name, named)), "")
