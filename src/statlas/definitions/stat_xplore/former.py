"""Ids under which fields were known once: understood in a request, and given back in its answer.

Stat-Xplore renames: ``HNFAMILY_TYPE`` became ``hnfamily_type``, and the month of households moved to another table.
Queries saved before go on as they are: their ids are read as what they are called now, and written as they were asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statlas.definitions.stat_xplore import ids
from statlas.definitions.stat_xplore.ids import Id, Kind
from statlas.model.database import Database, Field, FormerName

FIRST_OF_A_VALUESET = 3
"""Parts of an id before that of its valueset: database, table, field."""

_OF_FIELDS = (Kind.FIELD, Kind.VALUESET, Kind.VALUE)

Former = Mapping[str, FormerName]
"""By the id of a field the former name by which it was asked for."""


class Spelling:
    """How one request names the fields of a database: ``former`` grows as former names are met."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.former: dict[str, FormerName] = {}

    def now(self, uri: str) -> str:
        """The id that an id of a field, valueset or value has now; any other text as it is."""
        found = ids.parse(uri)
        if found is None or found.kind not in _OF_FIELDS or found.parts[0] != self._database.id:
            return uri
        table, field_id = found.parts[1:FIRST_OF_A_VALUESET]
        if ids.find_field(self._database, table, field_id) is not None:
            return uri
        for field in self._database.fields:
            for name in field.formerly:
                if (name.table, name.id) == (table, field_id):
                    self.former[field.id] = name
                    return _renamed(found, field, dict(name.valuesets))
        return uri


def _renamed(found: Id, field: Field, valuesets: Mapping[str, str]) -> str:
    return _written(found, field.table, field.id, valuesets)


def as_asked(content: Any, database_id: str, former: Former) -> Any:
    """Part of an answer with every id of a field, valueset or value as the request would have written it."""
    if isinstance(content, str):
        return _before(content, database_id, former)
    if isinstance(content, Mapping):
        return {as_asked(k, database_id, former): as_asked(v, database_id, former) for k, v in content.items()}
    if isinstance(content, Sequence):
        return [as_asked(part, database_id, former) for part in content]
    return content


def _before(text: str, database_id: str, former: Former) -> str:
    found = ids.parse(text)
    if found is None or found.kind not in _OF_FIELDS or found.parts[0] != database_id:
        return text
    name = former.get(found.parts[2])
    return text if name is None else _written(found, name.table, name.id, {new: old for old, new in name.valuesets})


def _written(found: Id, table: str, field_id: str, valuesets: Mapping[str, str]) -> str:
    below = [valuesets.get(part, part) if n == 0 else part for n, part in enumerate(found.parts[FIRST_OF_A_VALUESET:])]
    return ":".join(("str", found.kind, found.parts[0], table, field_id, *below))
