"""The short spellings of a query: ``latest(13)``, ``FIELD@LEVEL``, ``CODE@LEVEL``, groups by name.

Ready-made tables in definitions and the Python interface share them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Classification, Node
from statlas.model.database import Database, Field, FieldKind
from statlas.model.period import Calendar
from statlas.model.query import Dimension, Item, Role, TimeKind, TimeSelector

_SPELLINGS = "Write latest, latest(13), from 202404, 202404..202503 or all."
_DIMENSION_KEYS = ("field", "level", "codes", "groups", "total")


def parse_periods(text: str, calendar: Calendar | None = None) -> TimeSelector:
    """The time selector of ``latest``, ``latest(n)``, ``from P``, ``P..Q`` (or one period ``P``) or ``all``.

    Args:
        calendar: of the database; given, the periods must be ones of its frequency.

    Raises:
        QueryError: it is none of these.
    """
    selector = _parse_periods(" ".join(str(text).split()))
    for period in (selector.start, selector.end):
        if calendar is not None and period:
            calendar.check(period)
    return selector


def _parse_periods(text: str) -> TimeSelector:
    if text == "all":
        return TimeSelector(TimeKind.ALL)
    if found := re.fullmatch(r"latest(?: ?\( ?([0-9]{1,6}) ?\))?", text):
        return TimeSelector(TimeKind.LATEST, n=int(found[1] or 1))
    if found := re.fullmatch(r"from ([0-9]{4,6})", text):
        return TimeSelector(TimeKind.FROM, start=found[1])
    if found := re.fullmatch(r"([0-9]{4,6})(?: ?\.\. ?([0-9]{4,6}))?", text):
        return TimeSelector(TimeKind.RANGE, start=found[1], end=found[2] or found[1])
    raise QueryError(f"{text!r} does not say which periods.", mend=_SPELLINGS)


def parse_dimension(database: Database, given: str | Mapping[str, Any], role: Role = Role.ROWS) -> Dimension:
    """A dimension from ``"FIELD"``, ``"FIELD@LEVEL"`` or a mapping with field, level, codes, groups and total.

    Raises:
        UnknownNameError: a field, level or code is not in the database.
        QueryError: the mapping is no dimension.
    """
    if isinstance(given, str):
        name, _, level = given.partition("@")
        given = {"field": name, "level": level or None}
    unknown = [key for key in given if key not in _DIMENSION_KEYS]
    if unknown or "field" not in given:
        raise QueryError(
            f"A dimension has no key {unknown[0]!r}." if unknown else "A dimension names no field.",
            mend=f"It has {', '.join(_DIMENSION_KEYS)}.",
        )
    return _dimension(database.field(given["field"]), given, role)


def _dimension(field: Field, given: Mapping[str, Any], role: Role) -> Dimension:
    level, total = given.get("level"), bool(given.get("total"))
    items = _items(field, level, given.get("codes"), given.get("groups"))
    if items is not None:
        return Dimension(field.id, items=items, total=total, role=role)
    if field.kind is FieldKind.DATE:
        return Dimension(field.id, total=total, role=role)
    valueset = field.classification[level].id if level else field.valueset.id
    return Dimension(field.id, valueset=valueset, total=total, role=role)


def _items(
    field: Field, level: str | None, codes: Sequence[str] | None, groups: Mapping[str, Sequence[str]] | None
) -> tuple[Item, ...] | None:
    if codes is None and groups is None:
        return None
    single = (Item((node,)) for node in parse_codes(field, codes or (), level))
    grouped = (Item(parse_codes(field, members, level), name) for name, members in (groups or {}).items())
    return (*single, *grouped)


def parse_codes(field: Field, codes: Iterable[str], level: str | None = None) -> tuple[Node, ...]:
    """The nodes of codes: ``CODE@LEVEL``, or a code at ``level``, or at the default level or the first that has it.

    Raises:
        UnknownNameError: no level has such a code.
    """
    return tuple(_node(field, str(code), level) for code in codes)


def _node(field: Field, code: str, level: str | None) -> Node:
    name, _, own = code.rpartition("@")
    if name and own in field.classification:
        code, level = name, own
    classification = field.classification
    levels = [level] if level else _levels(field, classification)
    for valueset in levels:
        if code in classification[valueset]:
            return Node(valueset, code)
    raise UnknownNameError(
        f"{code!r} is not a code of {field.id}.",
        component=code,
        mend=f"Its levels are {', '.join(v.id for v in classification)}.",
    )


def _levels(field: Field, classification: Classification) -> list[str]:
    return list(dict.fromkeys((field.valueset.id, *(v.id for v in classification))))
