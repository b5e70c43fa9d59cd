"""The short spellings of a query: ``latest(13)``, ``FIELD@LEVEL``, ``CODE@LEVEL``, groups by name, ``{rank: FIELD}``.

Ready-made tables in definitions and the Python interface share them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from statlas.errors import QueryError, UnknownNameError
from statlas.model.arithmetic import parse
from statlas.model.classification import Classification, Node
from statlas.model.database import Database, Field, FieldKind
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank, Share, Since
from statlas.model.period import Calendar
from statlas.model.query import Dimension, Item, Role, TimeKind, TimeSelector
from statlas.wording import _, later

E = TypeVar("E", bound=StrEnum)
_SPELLINGS = later("Write latest, latest(13), from 202404, 202404..202503, yearly, yearly 03 or all.")
_DERIVED_KEYS = {
    "percentage": ("measure",),
    "change": ("percent", "measure"),
    "rank": ("measure", "ascending"),
    "formula": ("label", "field", "precision"),
}
_DIMENSION_KEYS = ("field", "level", "codes", "groups", "total")


def parse_periods(text: str, calendar: Calendar | None = None) -> TimeSelector:
    """The time selector of ``latest``, ``latest(n)``, ``from P``, ``P..Q`` (or ``P``), ``yearly (03)`` or ``all``.

    Args:
        calendar: of the database; given, the periods must be ones of its frequency.

    Raises:
        QueryError: it is none of these.
    """
    selector = _parse_periods(" ".join(str(text).split()))
    if calendar is not None and selector.kind is TimeKind.YEARLY:
        calendar.check_month(selector.start)
    elif calendar is not None:
        for period in filter(None, (selector.start, selector.end)):
            calendar.check(period)
    return selector


def _parse_periods(text: str) -> TimeSelector:
    if text == "all":
        return TimeSelector(TimeKind.ALL)
    if found := re.fullmatch(r"latest(?: ?\( ?([0-9]{1,6}) ?\))?", text):
        return TimeSelector(TimeKind.LATEST, n=int(found[1] or 1))
    if found := re.fullmatch(r"from ([0-9]{4,6})", text):
        return TimeSelector(TimeKind.FROM, start=found[1])
    if found := re.fullmatch(r"yearly(?: ([0-9]{2}))?", text):
        return TimeSelector(TimeKind.YEARLY, start=found[1] or "")
    if found := re.fullmatch(r"([0-9]{4,6})(?: ?\.\. ?([0-9]{4,6}))?", text):
        return TimeSelector(TimeKind.RANGE, start=found[1], end=found[2] or found[1])
    raise QueryError(_("{text!r} does not say which periods.").format(text=text), mend=_(_SPELLINGS))


def parse_dimension(database: Database, given: str | Mapping[str, Any], role: Role = Role.ROWS) -> Dimension:
    """A dimension from ``"FIELD"``, ``"FIELD@LEVEL"`` or a mapping with field, level, codes, groups and total.

    Raises:
        UnknownNameError: a field, level or code is not in the database.
        QueryError: the mapping is no dimension.
    """
    if isinstance(given, str):
        name, _at, level = given.partition("@")
        given = {"field": name, "level": level or None}
    unknown = [key for key in given if key not in _DIMENSION_KEYS]
    if unknown or "field" not in given:
        raise QueryError(
            _("A dimension has no key {unknown!r}.").format(unknown=unknown[0])
            if unknown
            else _("A dimension names no field."),
            mend=_("It has {listed}.").format(listed=", ".join(_DIMENSION_KEYS)),
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
    name, _at, own = code.rpartition("@")
    if name and own in field.classification:
        code, level = name, own
    classification = field.classification
    levels = [level] if level else _levels(field, classification)
    for valueset in levels:
        if code in classification[valueset]:
            return Node(valueset, code)
    raise UnknownNameError(
        _("{code!r} is not a code of {field}.").format(code=code, field=field.id),
        component=code,
        mend=_("Its levels are {listed}.").format(listed=", ".join(v.id for v in classification)),
    )


def _levels(field: Field, classification: Classification) -> list[str]:
    return list(dict.fromkeys((field.valueset.id, *(v.id for v in classification))))


def parse_derived(given: Mapping[str, Any]) -> Derived:
    """What is worked out: ``{percentage: row}``, ``{change: year, percent: true}``, ``{rank: FIELD}`` or a formula.

    Raises:
        QueryError: it is none of these, or the formula is no arithmetic.
    """
    kinds = [key for key in _DERIVED_KEYS if key in given]
    if len(kinds) != 1:
        raise QueryError(
            _("A derived number is one of percentage, change, rank and formula."), mend=_("Write one of them.")
        )
    [kind] = kinds
    unknown = [key for key in given if key not in (kind, *_DERIVED_KEYS[kind])]
    if unknown:
        raise QueryError(
            _("A {kind} has no key {unknown!r}.").format(kind=kind, unknown=unknown[0]),
            mend=_("It has {listed}.").format(listed=", ".join(_DERIVED_KEYS[kind])),
        )
    match kind:
        case "percentage":
            return Percentage(_one_of(Share, given[kind]), given.get("measure") or "")
        case "change":
            return Change(_one_of(Since, given[kind]), bool(given.get("percent")), given.get("measure") or "")
        case "rank":
            return Rank(str(given[kind]), given.get("measure") or "", bool(given.get("ascending")))
        case _:
            return _formula(given)


def _one_of(kind: type[E], value: Any) -> E:
    if value not in tuple(kind):
        raise QueryError(
            _("{value!r} is none of {listed}.").format(value=value, listed=", ".join(kind)),
            mend=_("Write one of them."),
        )
    return kind(value)


def _formula(given: Mapping[str, Any]) -> Formula:
    expression = str(given["formula"])
    if not given.get("label"):
        raise QueryError(_("A formula has no label."), mend=_("Say in `label` what people read."))
    parse(expression)
    precision = given.get("precision")
    return Formula(str(given["label"]), expression, given.get("field"), 1 if precision is None else int(precision))


def names_in(expression: str) -> tuple[str, ...]:
    """The names in braces of a formula, each once, in order."""
    return parse(expression).names
