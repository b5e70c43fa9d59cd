"""Public ids: ``str:value:hb_new:V_F_HB_NEW:TENURE_PUB:C_HOUSING_SECTOR:1`` and its kin.

The part after ``str:`` says what is named, and with it how many parts follow. The last part is everything that remains,
so a code may hold colons.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, quote_plus, unquote

from statlas.model.database import Database, Field
from statlas.model.public_ids import count, database, field, measure, statfn, value, valueset

__all__ = [
    "ROOT_FOLDER",
    "Id",
    "Kind",
    "count",
    "database",
    "field",
    "find_field",
    "folder",
    "group",
    "in_a_path",
    "measure",
    "parse",
    "ready_table",
    "same",
    "saved_table",
    "spellings",
    "statfn",
    "value",
    "valueset",
]


class Kind(StrEnum):
    """What an id names: the word after ``str:``."""

    FOLDER = "folder"
    DATABASE = "database"
    TABLE = "table"
    GROUP = "group"
    COUNT = "count"
    MEASURE = "measure"
    STATFN = "statfn"
    FIELD = "field"
    VALUESET = "valueset"
    VALUE = "value"


_N_PARTS = {
    Kind.FOLDER: 1,
    Kind.DATABASE: 1,
    Kind.TABLE: 1,
    Kind.GROUP: 2,
    Kind.COUNT: 2,
    Kind.MEASURE: 3,
    Kind.STATFN: 4,
    Kind.FIELD: 3,
    Kind.VALUESET: 4,
    Kind.VALUE: 5,
}

_KINDS = {kind.value: kind for kind in Kind}

ROOT_FOLDER = "str:folder:root"


class Id(NamedTuple):
    """An id taken apart: ``Id(Kind.COUNT, ("hb_new", "V_F_HB_NEW"))``."""

    kind: Kind
    parts: tuple[str, ...]


def parse(text: str) -> Id | None:
    """The id that ``text`` spells, or None if it is no id."""
    scheme, _, rest = text.partition(":")
    word, _, rest = rest.partition(":")
    kind = _KINDS.get(word)
    if scheme != "str" or kind is None:
        return None
    parts = tuple(rest.split(":", _N_PARTS[kind] - 1))
    return Id(kind, parts) if len(parts) == _N_PARTS[kind] and all(parts) else None


def group(database_id: str, label: str) -> str:
    """``str:group:UC_Households:X_Geography+%28residence-based%29``: the label form-encoded, as Stat-Xplore does."""
    return f"str:group:{database_id}:X_{_form_encoded(label)}"


def folder(path: tuple[str, ...]) -> str:
    """``str:folder:fHousing+Benefit``; the root for the empty path.

    Stat-Xplore's folder ids are invented by hand (``fuc``); ours follow from the labels, levels joined by a colon.
    """
    return f"str:folder:f{':'.join(map(_form_encoded, path))}" if path else ROOT_FOLDER


def ready_table(database_id: str, table_id: str) -> str:
    """``str:table:hb_new.by_region``: a ready-made table of a database, whose own id holds no dot."""
    return f"str:table:{database_id}.{table_id}"


def saved_table(table_id: str) -> str:
    """``str:table:1529fb5c-8f71-425c-bc95-a017f6534c8f``: a table that somebody saved."""
    return f"str:table:{table_id}"


def find_field(database: Database, table: str, field_id: str) -> Field | None:
    """The field that the parts of an id name, or None."""
    return next((field for field in database.fields if (field.table, field.id) == (table, field_id)), None)


def _form_encoded(label: str) -> str:
    return quote_plus(label, safe="*").replace("~", "%7E")


def in_a_path(component: str) -> str:
    """An id as the end of an address: names that are form-encoded already stay as they are, as at Stat-Xplore."""
    found = parse(component)
    encoded = found is not None and found.kind in (Kind.FOLDER, Kind.GROUP)
    return quote(component, safe=":+%*" if encoded else ":+")


def spellings(component: str) -> tuple[str, ...]:
    """What a path may have meant: as it came, decoded once more, and twice; clients encode ids once, twice or not."""
    found = [component]
    for _ in range(2):
        found.append(unquote(found[-1]))
    return tuple(dict.fromkeys(found))


def same(left: str, right: str) -> bool:
    """Whether two ids are the same but for how often they were URL-encoded."""
    return left == right or _decoded(left) == _decoded(right)


def _decoded(text: str) -> str:
    return spellings(text)[-1].replace("+", " ")
