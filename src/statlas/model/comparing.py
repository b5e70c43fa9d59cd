"""In what two definitions of a database differ: things by their ids, each with its labels and properties.

Whatever no rule names is compared all the same, so two databases that differ always have a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import TypeVar

from statlas.model.change import Bump, Change, Changed, ChangeKind
from statlas.model.classification import Code, Node, Valueset
from statlas.model.database import Annotation, Database, Field, Measure, ReadyTable

_TEXTS = (
    "description",
    "contact",
    "methodology",
    "source",
    "quality",
    "folder",
    "licence",
    "next_release",
    "provisional",
    "mapping",
)
"""Properties of a database that no number depends on."""

_COMPARED = frozenset(
    {"id", "label", "fields", "measures", "annotations", "tables", "protection", "policy", "records", *_TEXTS}
)
"""Properties with a rule of their own; the others are compared as they are."""


def compared(before: Database, after: Database) -> Iterator[Change]:
    """Every difference of two definitions but their periods, in the order of the definition."""
    yield from _fields(before, after)
    yield from _measures(before, after)
    yield from _protection(before, after)
    yield from _notes(before, after)
    yield from _ready_tables(before, after)
    yield from _whole(before, after)


T = TypeVar("T")


def _compared(
    what: Changed, path: tuple[str, ...], before: Mapping[str, T], after: Mapping[str, T], label: Callable[[T], str]
) -> Iterator[Change]:
    """What was removed, added and relabelled among things that have ids."""
    for key in (key for key in before if key not in after):
        yield Change(ChangeKind.REMOVED, Bump.MAJOR, what, (*path, key), before=label(before[key]))
    for key, one in after.items():
        if key not in before:
            yield Change(ChangeKind.ADDED, Bump.MINOR, what, (*path, key), after=label(one))
        elif (then := label(before[key])) != (now := label(one)):
            yield Change(ChangeKind.RELABELLED, Bump.MINOR, what, (*path, key), then, now)


def _fields(before: Database, after: Database) -> Iterator[Change]:
    then, now = {f.id: f for f in before.fields}, {f.id: f for f in after.fields}
    yield from _compared(Changed.FIELD, (), then, now, lambda field: field.label)
    for key, field in now.items():
        if key in then and then[key] != field:
            yield from _field(then[key], field, is_date=field is after.date and then[key] is before.date)
    if [key for key in then if key in now] != [key for key in now if key in then]:
        yield _differs(Changed.DATABASE, ("order of fields",), Bump.MINOR, ", ".join(then), ", ".join(now))


def _field(before: Field, after: Field, *, is_date: bool) -> Iterator[Change]:
    yield from _levels(before, after, is_date=is_date)
    path = (after.id,)
    if before.table != after.table and not _known_by(after, before.table, before.id):
        yield _differs(Changed.FIELD, (*path, "table"), Bump.MAJOR, before.table, after.table)
    for name in ("description", "group"):
        yield from _property(Changed.TEXT, path, name, before, after, Bump.PATCH)
    for one in fields(Field):
        if one.name not in {"id", "label", "classification", "description", "group", "table"}:
            yield from _property(Changed.FIELD, path, one.name, before, after, Bump.MINOR)
    if before.table != after.table and _known_by(after, before.table, before.id):
        yield _differs(Changed.FIELD, (*path, "table"), Bump.MINOR, before.table, after.table)


def _known_by(field: Field, table: str, field_id: str) -> bool:
    """Whether the public id that a field had is still understood."""
    return any((name.table, name.id) == (table, field_id) for name in field.formerly)


def _levels(before: Field, after: Field, *, is_date: bool) -> Iterator[Change]:
    if before.classification == after.classification:
        return
    then, now = ({v.id: v for v in field.classification} for field in (before, after))
    yield from _compared(Changed.LEVEL, (after.id,), then, now, lambda level: level.label)
    for key, level in now.items():
        if key in then and not is_date:  # the periods of a release are told by its publisher
            yield from _codes((after.id, key), then[key], level)
    if [key for key in then if key in now] != [key for key in now if key in then]:
        yield _differs(Changed.FIELD, (after.id, "order of levels"), Bump.MINOR, ", ".join(then), ", ".join(now))


def _codes(path: tuple[str, ...], before: Valueset, after: Valueset) -> Iterator[Change]:
    if before == after:
        return
    then, now = {c.id: c for c in before}, {c.id: c for c in after}
    yield from _compared(Changed.CODE, path, then, now, lambda code: code.label)
    for key, code in now.items():
        if key in then and then[key] != code:
            yield from _code((*path, key), then[key], code)
    if [key for key in then if key in now] != [key for key in now if key in then]:
        yield _differs(Changed.LEVEL, (*path, "order of codes"), Bump.PATCH, "", "")
    if before.small_areas != after.small_areas:
        yield _differs(Changed.LEVEL, (*path, "small_areas"), Bump.MINOR, before.small_areas, after.small_areas)


def _code(path: tuple[str, ...], before: Code, after: Code) -> Iterator[Change]:
    if before.parents != after.parents:
        yield _differs(Changed.CODE, (*path, "parents"), Bump.MINOR, _named(before.parents), _named(after.parents))
    for name in ("valid_from", "valid_to"):
        yield from _property(Changed.CODE, path, name, before, after, Bump.MINOR)


def _named(nodes: tuple[Node, ...]) -> str:
    return ", ".join(f"{node.valueset} {node.code}" for node in nodes)


def _measures(before: Database, after: Database) -> Iterator[Change]:
    """Measures with their statistics; the count is one of them, under the id of the record table."""
    then, now = {m.id: m for m in before.measures}, {m.id: m for m in after.measures}
    yield from _compared(Changed.MEASURE, (), then, now, lambda measure: measure.label)
    for key, measure in now.items():
        if key in then and then[key] != measure:
            yield from _measure(then[key], measure)
    if [key for key in then if key in now] != [key for key in now if key in then]:
        yield _differs(Changed.DATABASE, ("order of measures",), Bump.PATCH, ", ".join(then), ", ".join(now))
    yield from _records(before, after)


def _measure(before: Measure, after: Measure) -> Iterator[Change]:
    then, now = ({name: name for name in measure.statistics} for measure in (before, after))
    yield from _compared(Changed.STATISTIC, (after.id,), then, now, lambda name: name)
    if set(then) == set(now) and before.statistics != after.statistics:
        names = ", ".join(before.statistics), ", ".join(after.statistics)
        yield _differs(Changed.MEASURE, (after.id, "statistics"), Bump.MINOR, *names)
    yield from _property(Changed.TEXT, (after.id,), "description", before, after, Bump.PATCH)
    yield from _property(Changed.MEASURE, (after.id,), "table", before, after, Bump.MAJOR)
    for one in fields(Measure):
        if one.name not in {"id", "label", "statistics", "description", "table"}:
            yield from _property(Changed.MEASURE, (after.id,), one.name, before, after, Bump.MINOR)


def _records(before: Database, after: Database) -> Iterator[Change]:
    then, now = before.records, after.records
    yield from _compared(Changed.MEASURE, (), {then.id: then}, {now.id: now}, lambda records: records.label)
    for one in fields(now):
        if one.name not in {"id", "label"}:
            yield from _property(Changed.DATABASE, ("records",), one.name, then, now, Bump.MINOR)


def _protection(before: Database, after: Database) -> Iterator[Change]:
    then, now = before.protected_by, after.protected_by
    if then != now:
        yield Change(
            ChangeKind.CHANGED,
            Bump.MINOR,
            Changed.PROTECTION,
            (),
            f"{then.name} {then.version}",
            f"{now.name} {now.version}",
        )
    elif (before.policy, before.protection) != (after.policy, after.protection):
        yield Change(ChangeKind.CHANGED, Bump.PATCH, Changed.PROTECTION, ("spelling",), before.policy, after.policy)


def _notes(before: Database, after: Database) -> Iterator[Change]:
    """Notes have keys; several may share one, in different places, and their order is that in which they are read."""
    if before.annotations == after.annotations:
        return
    then, now = _by_key(before.annotations), _by_key(after.annotations)
    for key in [*then, *(key for key in now if key not in then)]:
        if then.get(key) != now.get(key):
            yield _thing(Changed.NOTE, (key,), _texts(then.get(key, ())), _texts(now.get(key, ())))
    if then == now:
        yield _differs(Changed.NOTE, ("order of notes",), Bump.PATCH, "", "")


def _by_key(notes: tuple[Annotation, ...]) -> dict[str, tuple[Annotation, ...]]:
    return {note.key: tuple(one for one in notes if one.key == note.key) for note in notes}


def _texts(notes: tuple[Annotation, ...]) -> str | None:
    return " ".join(dict.fromkeys(note.text for note in notes)) if notes else None


def _ready_tables(before: Database, after: Database) -> Iterator[Change]:
    if before.tables == after.tables:
        return
    then, now = _titles(before.tables), _titles(after.tables)
    for key in [*then, *(key for key in now if key not in then)]:
        if then.get(key) != now.get(key):
            titles = (" ".join(one.title for one in side[key]) if key in side else None for side in (then, now))
            yield _thing(Changed.READY_TABLE, (key,), *titles)
    if then == now:
        yield _differs(Changed.READY_TABLE, ("order of tables",), Bump.PATCH, "", "")


def _titles(tables: tuple[ReadyTable, ...]) -> dict[str, tuple[ReadyTable, ...]]:
    return {table.id: tuple(one for one in tables if one.id == table.id) for table in tables}


def _thing(what: Changed, where: tuple[str, ...], before: str | None, after: str | None) -> Change:
    """A text or table that came, went or changed; no number depends on it."""
    if before is None:
        return Change(ChangeKind.ADDED, Bump.PATCH, what, where, after=after or "")
    if after is None:
        return Change(ChangeKind.REMOVED, Bump.PATCH, what, where, before=before)
    return Change(ChangeKind.CHANGED, Bump.PATCH, what, where, before, after)


def _whole(before: Database, after: Database) -> Iterator[Change]:
    """The database itself; properties that are not named here are compared all the same, and count as minor."""
    if before.id != after.id:
        yield _differs(Changed.DATABASE, ("id",), Bump.MAJOR, before.id, after.id)
    if before.label != after.label:
        yield Change(ChangeKind.RELABELLED, Bump.MINOR, Changed.DATABASE, (), before.label, after.label)
    for name in _TEXTS:
        yield from _property(Changed.TEXT, (), name, before, after, Bump.PATCH)
    for one in fields(Database):
        if one.name not in _COMPARED:
            yield from _property(Changed.DATABASE, (), one.name, before, after, Bump.MINOR)


def _property(
    what: Changed, path: tuple[str, ...], name: str, before: object, after: object, level: Bump
) -> Iterator[Change]:
    then, now = getattr(before, name), getattr(after, name)
    if then != now:
        yield _differs(what, (*path, name), level, then, now)


def _differs(what: Changed, where: tuple[str, ...], level: Bump, before: object, after: object) -> Change:
    return Change(ChangeKind.CHANGED, level, what, where, _said(before), _said(after))


def _said(value: object) -> str:
    """A property as text where it is one; what has parts is not spelt out."""
    if value is None:
        return ""
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return " > ".join(value)
    return str(value) if isinstance(value, str | int | float) else ""
