"""The catalogue as a tree: folders, databases, and what can be asked of a database.

    FOLDER -> FOLDER | DATABASE | TABLE;  DATABASE -> COUNT | MEASURE | FIELD | GROUP;  MEASURE -> STAT_FUNCTION
    GROUP -> FIELD;  FIELD -> VALUESET -> VALUE

A node is grown when it is looked at: a value set may hold thousands of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import cached_property
from typing import Any

from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.ids import Kind
from statlas.definitions.stat_xplore.refusing import unknown_component
from statlas.model.classification import Code, Valueset
from statlas.model.database import Database, Field, Measure, ReadyTable
from statlas.model.statistics import name_of

ROOT_LABEL = "Catalogue"

PAGE_SIZE = 100
"""Children of a node given at once; the default of the vendor's documentation."""


@dataclass(frozen=True)
class SchemaNode:
    """One component: ``SchemaNode("str:count:hb_new:V_F_HB_NEW", "Housing Benefit Claimants", "COUNT")``.

    ``grow`` gives its children; None for what never has any. ``more`` are members that other types lack.
    """

    id: str
    label: str
    type: str
    grow: Callable[[], Iterator[SchemaNode]] | None = None
    more: Mapping[str, Any] = member(default_factory=dict)

    @cached_property
    def children(self) -> tuple[SchemaNode, ...]:
        """The components one level down."""
        return () if self.grow is None else tuple(self.grow())


@dataclass(frozen=True)
class Saved:
    """A table that the asker saved: ``Saved("1529fb5c-8f71-425c-bc95-a017f6534c8f", "Tenure", 1677695185153)``.

    ``modified_ms`` counts from the beginning of 1970.
    """

    id: str
    label: str
    modified_ms: int


@dataclass(frozen=True)
class Catalogue:
    """What one asker is shown: the databases in their order, and the tables that this asker saved.

    Both are asked for only where they are shown: ``published_ms`` says when the release of a database was published, in
    milliseconds since the beginning of 1970.
    """

    databases: Sequence[Database]
    published_ms: Callable[[str], int] = lambda _: 0
    saved: Callable[[], Sequence[Saved]] = tuple


def root(catalogue: Catalogue) -> SchemaNode:
    """The whole catalogue, in its order."""
    return _folder((), catalogue)


def _folder(path: tuple[str, ...], catalogue: Catalogue) -> SchemaNode:
    label = path[-1] if path else ROOT_LABEL
    return SchemaNode(ids.folder(path), label, "FOLDER", lambda: _in_folder(path, catalogue))


def _in_folder(path: tuple[str, ...], catalogue: Catalogue) -> Iterator[SchemaNode]:
    """Folders, databases, their ready-made tables; at the root the asker's own tables, where clients look for them."""
    depth = len(path)
    inside = [database for database in catalogue.databases if database.folder[:depth] == path]
    here = [database for database in inside if len(database.folder) == depth]
    for below in dict.fromkeys(database.folder[: depth + 1] for database in inside if len(database.folder) > depth):
        yield _folder(below, catalogue)
    yield from (_database(database) for database in here)
    yield from (_ready(database, table, catalogue) for database in here for table in database.tables)
    if not path:
        yield from map(_saved, catalogue.saved())


def _ready(database: Database, table: ReadyTable, catalogue: Catalogue) -> SchemaNode:
    id_ = ids.ready_table(database.id, table.id)
    return _table(id_, table.title, catalogue.published_ms(database.id))


def _saved(table: Saved) -> SchemaNode:
    return _table(ids.saved_table(table.id), table.label, table.modified_ms)


def _table(id_: str, label: str, modified_ms: int) -> SchemaNode:
    # Records of a cell can be viewed at no Statlas site.
    return SchemaNode(id_, label, "TABLE", more={"lastModified": modified_ms, "recordViewEnabled": False})


def _database(database: Database) -> SchemaNode:
    return SchemaNode(ids.database(database.id), database.label, "DATABASE", lambda: _in_database(database))


def _in_database(database: Database) -> Iterator[SchemaNode]:
    """The count, the measures, the date, then the other fields in order, a group where its first field would stand."""
    yield _count(database)
    yield from (_measure(database, measure) for measure in database.measures)
    grouped = set()
    for field in database.fields:
        if not field.group:
            yield _field(database, field)
        elif field.group not in grouped:
            grouped.add(field.group)
            yield _group(database, field.group)


def _count(database: Database) -> SchemaNode:
    return SchemaNode(ids.count(database.id, database.records.id), database.records.label, "COUNT")


def _measure(database: Database, measure: Measure) -> SchemaNode:
    return SchemaNode(
        ids.measure(database.id, measure.table, measure.id),
        measure.label,
        "MEASURE",
        lambda: (_statistic(database, measure, statistic) for statistic in measure.statistics),
    )


def _statistic(database: Database, measure: Measure, statistic: str) -> SchemaNode:
    return SchemaNode(
        ids.statfn(database.id, measure.table, measure.id, statistic), name_of(statistic), "STAT_FUNCTION"
    )


def _group(database: Database, label: str) -> SchemaNode:
    fields = [field for field in database.fields if field.group == label]
    return SchemaNode(
        ids.group(database.id, label), label, "GROUP", lambda: (_field(database, field) for field in fields)
    )


def _field(database: Database, field: Field) -> SchemaNode:
    return SchemaNode(
        ids.field(database.id, field.table, field.id),
        field.label,
        "FIELD",
        lambda: (_valueset(database, field, valueset) for valueset in field.classification),
    )


def _valueset(database: Database, field: Field, valueset: Valueset) -> SchemaNode:
    return SchemaNode(
        ids.valueset(database.id, field.table, field.id, valueset.id),
        valueset.label,
        "VALUESET",
        lambda: (_value(database, field, valueset, code) for code in valueset),
    )


def _value(database: Database, field: Field, valueset: Valueset, code: Code) -> SchemaNode:
    return SchemaNode(ids.value(database.id, field.table, field.id, valueset.node(code)), code.label, "VALUE")


def find(catalogue: Catalogue, component: str) -> SchemaNode:
    """The component of that id, however often a client URL-encoded it.

    Raises:
        UnknownNameError: there is none.
    """
    for spelling in ids.spellings(component):
        found = _find(catalogue, spelling)
        if found is not None:
            return found
    raise unknown_component(component)


def _find(catalogue: Catalogue, component: str) -> SchemaNode | None:
    match ids.parse(component):
        case (Kind.FOLDER, _):
            return _same(_folders(root(catalogue)), component)
        case (Kind.TABLE, _):
            return next((table for table in _tables(catalogue) if table.id == component), None)
        case (kind, (database_id, *names)):
            database = next((known for known in catalogue.databases if known.id == database_id), None)
            return None if database is None else _component(database, kind, names, component)
        case _:
            return None


def _tables(catalogue: Catalogue) -> Iterator[SchemaNode]:
    yield from map(_saved, catalogue.saved())
    yield from (_ready(database, table, catalogue) for database in catalogue.databases for table in database.tables)


def _folders(node: SchemaNode) -> Iterator[SchemaNode]:
    yield node
    for child in node.children:
        if child.type == "FOLDER":
            yield from _folders(child)


def _same(nodes: Iterable[SchemaNode], component: str) -> SchemaNode | None:
    """The node of that id, else of that id in another URL-encoding."""
    alike = [node for node in nodes if ids.same(node.id, component)]
    return min(alike, key=lambda node: node.id != component, default=None)


def _component(database: Database, kind: Kind, names: Sequence[str], component: str) -> SchemaNode | None:
    match kind, names:
        case Kind.DATABASE, ():
            return _database(database)
        case Kind.GROUP, _:
            return _same(_in_database(database), component)
        case Kind.COUNT, (table,) if table == database.records.id:
            return _count(database)
        case ((Kind.MEASURE | Kind.STATFN), (table, measure_id, *below)):
            measure = next((m for m in database.measures if (m.table, m.id) == (table, measure_id)), None)
            return None if measure is None else _below_measure(database, measure, below)
        case ((Kind.FIELD | Kind.VALUESET | Kind.VALUE), (table, field_id, *below)):
            field = ids.find_field(database, table, field_id)
            return None if field is None else _below_field(database, field, below)
        case _:
            return None


def _below_measure(database: Database, measure: Measure, names: Sequence[str]) -> SchemaNode | None:
    if not names:
        return _measure(database, measure)
    return _statistic(database, measure, names[0]) if names[0] in measure.statistics else None


def _below_field(database: Database, field: Field, names: Sequence[str]) -> SchemaNode | None:
    match names:
        case ():
            return _field(database, field)
        case (valueset,) if valueset in field.classification:
            return _valueset(database, field, field.classification[valueset])
        case (valueset, code) if valueset in field.classification and code in field.classification[valueset]:
            holder = field.classification[valueset]
            return _value(database, field, holder, holder[code])
        case _:
            return None


_OPENED: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    "folder": frozenset({"FOLDER"}),
    "field": frozenset({"FOLDER", "DATABASE", "GROUP", "MEASURE", "FIELD"}),
    "valueset": frozenset({"FOLDER", "DATABASE", "GROUP", "MEASURE", "FIELD", "VALUESET"}),
}
"""Types of component whose children are shown too, by depth."""


def depths_of(node: SchemaNode) -> tuple[str, ...]:
    """How deep a client may look from here: below a folder no deeper than databases, else the answer has no bound."""
    return ("folder",) if node.type == "FOLDER" else ("folder", "field", "valueset")


def as_json(
    node: SchemaNode, location: Callable[[str], str], *, depth: str = "", first: int = 0, n: int = PAGE_SIZE
) -> Mapping[str, Any]:
    """A component and its children, as clients read it.

    Args:
        node: the component.
        location: from an id to the address at which the component can be fetched.
        depth: one of ``depths_of(node)``, to recurse down to components of that type; empty for one level.
        first: position of the first child given.
        n: children given, at most; those of nested components come whole.

    Returns:
        Scalar members, and ``children`` unless the component never has any.
    """
    shown = _scalars(node, location)
    if node.grow is not None:
        shown["children"] = [_nested(child, location, _OPENED[depth]) for child in node.children[first : first + n]]
    return shown


def _nested(node: SchemaNode, location: Callable[[str], str], opened: frozenset[str]) -> dict[str, Any]:
    shown = _scalars(node, location)
    if node.type in opened:
        shown["children"] = [_nested(child, location, opened) for child in node.children]
    return shown


def _scalars(node: SchemaNode, location: Callable[[str], str]) -> dict[str, Any]:
    return {"id": node.id, "label": node.label, "location": location(node.id), "type": node.type, **node.more}
