"""What can be found: a document for each database, ready-made table, field, measure, category and area.

An area is one document however many databases know it; everything else belongs to one database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from statlas.model.classification import Classification, Code, Valueset
from statlas.model.database import Database, Field, FieldKind

_OFFICIAL = re.compile("[A-Z][0-9]{8}")
_OFFICIAL_WEIGHT = 1.5
"""Codes of the national register are of places that people live in, others of offices and contracts; arbitrary."""


class Kind(StrEnum):
    """What a document is of, in the order in which results are shown."""

    DATABASE = "database"
    TABLE = "table"
    AREA = "area"
    FIELD = "field"
    MEASURE = "measure"
    VALUE = "value"


@dataclass(frozen=True)
class Document:
    """Something that can be found: ``Document(Kind.FIELD, "Gender", "People on Universal Credit", ...)``.

    ``title`` is what it is called, ``context`` where it belongs, ``more`` other words by which it is found.
    ``database``, ``field``, ``level`` and ``code`` say what it is, as far as they apply; ``code`` is also the id of a
    ready-made table or measure. ``weight`` is how likely it is to be meant, compared with others of its kind.
    """

    kind: Kind
    title: str
    context: str = ""
    more: str = ""
    database: str = ""
    field: str = ""
    level: str = ""
    code: str = ""
    weight: float = 1.0


def documents_of(databases: Iterable[Database], is_place: Callable[[str], bool]) -> Iterator[Document]:
    """Everything that can be found in these databases.

    is_place: whether a code of a geography is a place, and not *Unknown* or *Abroad*.
    """
    seen: set[str] = set()
    for database in databases:
        yield _database(database)
        yield from _tables(database)
        yield from _measures(database)
        for field in database.categories:
            yield _field(database, field)
            if field.kind is FieldKind.GEOGRAPHY:
                yield from _areas(field.classification, seen, is_place)
            else:
                yield from _values(database, field)


def _database(database: Database) -> Document:
    more = f"{database.description} {database.records.unit} {database.id}"
    folders = " ".join((*database.folder, database.records.label))
    return Document(Kind.DATABASE, database.label, folders, more, database.id, weight=1 + len(database.fields) / 100)


def _tables(database: Database) -> Iterator[Document]:
    for table in database.tables:
        weight = 1.5 if table.featured else 1.0
        yield Document(Kind.TABLE, table.title, database.label, table.view, database.id, code=table.id, weight=weight)


def _measures(database: Database) -> Iterator[Document]:
    for measure in database.measures:
        more = f"{measure.description} {measure.id}"
        yield Document(Kind.MEASURE, measure.label, database.label, more, database.id, code=measure.id)


def _field(database: Database, field: Field) -> Document:
    more = f"{field.group} {field.description} {field.id}"
    return Document(Kind.FIELD, field.label, database.label, more, database.id, field.id)


def _values(database: Database, field: Field) -> Iterator[Document]:
    context = f"{field.label}, {database.label}"
    for valueset in field.classification:
        for code in valueset:
            yield Document(Kind.VALUE, code.label, context, code.id, database.id, field.id, valueset.id, code.id)


def _areas(classification: Classification, seen: set[str], is_place: Callable[[str], bool]) -> Iterator[Document]:
    for valueset in classification:
        # A level of few places holds large ones, which are more often meant: 5 countries before 7,000 small areas.
        weight = 1 + 4 / (1 + math.log(len(valueset) + 1))
        for code in valueset:
            if code.id not in seen and is_place(code.id):
                seen.add(code.id)
                is_official = _OFFICIAL.fullmatch(code.id) is not None
                yield _area(classification, valueset, code, weight * (_OFFICIAL_WEIGHT if is_official else 1))


def _area(classification: Classification, valueset: Valueset, code: Code, weight: float) -> Document:
    context = ", ".join(classification.code(node).label for node in code.parents[:1])
    return Document(
        Kind.AREA, code.label, context, f"{code.id} {valueset.label}", level=valueset.label, code=code.id, weight=weight
    )
