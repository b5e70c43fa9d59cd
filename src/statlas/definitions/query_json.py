"""Our own queries in JSON: from a ``QueryForm`` to a ``Query``, every mistake told at once, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from statlas.definitions import nearest
from statlas.definitions.address import time_text
from statlas.definitions.asking import parse_codes, parse_derived, parse_periods
from statlas.definitions.nearest import Named
from statlas.definitions.query_form import CodesOrCode, DimensionOfQuery, GroupForm, QueryForm
from statlas.errors import QueryError, UnknownNameError
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.derived import Change, Derived, Formula, Percentage, Rank
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeSelector
from statlas.wording import _

T = TypeVar("T")
Place = tuple[str | int, ...]
"""Where in the request: names and positions from the top."""

MOST_TOLD = 20
"""Mistakes told of one query; arbitrary: who makes more has one cause for all of them."""

_MOST_COMPARED = 5  # unknown names for which the nearest are looked for: each takes time


# --- reading ----------------------------------------------------------------------------------------------------------


def query_of(database: Database, form: QueryForm) -> Query:
    """The query that a form asks for.

    Args:
        database: as of the release asked for.

    Raises:
        QueryError: the form asks for what is not there or makes no sense; several mistakes stand in ``errors``, each
            with ``pointer`` (RFC 6901), and ``nearest`` where a name is not known.
    """
    reading = _Reading(database)
    query = reading.query(form)
    reading.refuse()
    assert query is not None  # else there was a mistake
    return query


class _EnoughError(Exception):
    """There are as many mistakes as are told."""


@dataclass
class _Reading:
    """Reads one form, gathering mistakes."""

    database: Database
    mistakes: list[QueryError] = field(default_factory=list)
    n_compared: int = 0

    def query(self, form: QueryForm) -> Query | None:
        try:
            return self._query(form)
        except _EnoughError:
            return None

    def refuse(self) -> None:
        """Raise what was found, if anything was."""
        if len(self.mistakes) == 1:
            raise self.mistakes[0]
        if self.mistakes:
            raise QueryError(
                _("The query has {n} mistakes.").format(n=_counted(len(self.mistakes))),
                mend=_("Correct what `errors` lists."),
                errors=[told(mistake) for mistake in self.mistakes],
            )

    def _query(self, form: QueryForm) -> Query | None:
        time = self._time(form.periods, ("periods",))
        dimensions = self._dated([*self._dimensions(form, time)], form, time)
        filters = [self._filter(name, codes) for name, codes in form.filters.items()]
        self._check_measures(form.measures)
        derived = [self._derived(n, one.model_dump(exclude_unset=True)) for n, one in enumerate(form.derived)]
        if self.mistakes:
            return None
        made = partial(
            Query,
            self.database.id,
            tuple(form.measures),
            tuple(d for d in dimensions if d is not None),
            tuple(f for f in filters if f is not None),
            form.release,
            tuple(d for d in derived if d is not None),
        )
        return self._take((), made)

    def _take(self, place: Place, make: Callable[[], T], known: Iterable[Named] = ()) -> T | None:
        try:
            return make()
        except QueryError as error:
            self._add(error, place, known)
            return None

    def _add(self, error: QueryError, place: Place, known: Iterable[Named] = ()) -> None:
        error.facts["pointer"] = "".join(f"/{_in_pointer(part)}" for part in place)
        if isinstance(error, UnknownNameError) and self.n_compared < _MOST_COMPARED:
            self.n_compared += 1
            error.facts["nearest"] = list(nearest.nearest(error.component, known))
        self.mistakes.append(error)
        if len(self.mistakes) >= MOST_TOLD:
            raise _EnoughError

    def _time(self, text: str | None, place: Place) -> TimeSelector | None:
        return None if text is None else self._take(place, lambda: parse_periods(text, self.database.calendar))

    def _dimensions(self, form: QueryForm, time: TimeSelector | None) -> Iterator[Dimension | None]:
        axes: Mapping[str, Sequence[str | DimensionOfQuery]] = {role: getattr(form, role) for role in Role}
        if form.dimensions is not None and any(axes.values()):
            wrong = QueryError(
                _("The query has both `dimensions` and an axis of its own."), mend=_("Write one of the two.")
            )
            self._add(wrong, ("dimensions",))
        for n, given in enumerate(form.dimensions or ()):
            role = Role.ROWS if isinstance(given, str) else Role(given.role)
            yield self._dimension(given, role, ("dimensions", n), time)
        for axis, several in axes.items():
            for n, given in enumerate(several):
                yield self._dimension(given, Role(axis), (axis, n), time)

    def _dimension(
        self, given: str | DimensionOfQuery, role: Role, place: Place, time: TimeSelector | None
    ) -> Dimension | None:
        if isinstance(given, str):
            name, _, level = given.partition("@")
            given = DimensionOfQuery.model_validate({"field": name or given, "level": level or None})
            at: Callable[[str], Place] = lambda _: place  # noqa: E731 - one text is one place
        else:
            at = lambda part: (*place, part)  # noqa: E731 - ditto
        found = self._field(given.field, at("field"))
        if found is None or not self._is_level(found, given.level, at("level")):
            return None
        return self._of_field(found, given, role, time, at)

    def _of_field(
        self,
        asked: Field,
        given: DimensionOfQuery,
        role: Role,
        time: TimeSelector | None,
        at: Callable[[str], Place],
    ) -> Dimension | None:
        own = self._time(given.periods, at("periods"))
        if own is not None and asked is not self.database.date:
            wrong = QueryError(
                _("{asked} is not the date.").format(asked=asked.label),
                mend=_("Choose codes of it instead of periods."),
            )
            self._add(wrong, at("periods"))
        items = self._items(asked, given, at)
        is_dated = asked is self.database.date and items is None and given.level is None
        make = partial(
            Dimension,
            asked.id,
            items=items,
            valueset=given.level if items is None else None,
            time=own or (time if is_dated else None),
            total=given.total,
            role=role,
        )
        return self._take(at("field"), make)

    def _field(self, name: str, place: Place) -> Field | None:
        return self._take(place, lambda: self.database.field(name), nearest.fields(self.database))

    def _is_level(self, asked: Field, level: str | None, place: Place) -> bool:
        if level is None:
            return True
        return self._take(place, lambda: asked.classification[level], nearest.levels(asked)) is not None

    def _items(self, asked: Field, given: DimensionOfQuery, at: Callable[[str], Place]) -> tuple[Item, ...] | None:
        if given.items is None and given.codes is None and given.groups is None:
            return None
        if given.items is not None and (given.codes is not None or given.groups is not None):
            wrong = QueryError(_("`items` stands beside `codes` or `groups`."), mend=_("Write everything in `items`."))
            self._add(wrong, at("items"))
        found = [
            *(self._item(asked, one, given.level, (*at("items"), n)) for n, one in enumerate(given.items or ())),
            *(self._item(asked, one, given.level, (*at("codes"), n)) for n, one in enumerate(given.codes or ())),
            *(self._group(asked, name, c, given.level, at("groups")) for name, c in (given.groups or {}).items()),
        ]
        return tuple(item for item in found if item is not None)

    def _item(self, asked: Field, given: str | GroupForm, level: str | None, place: Place) -> Item | None:
        if isinstance(given, str):
            node = self._node(asked, given, level, place)
            return None if node is None else Item((node,))
        return self._of_nodes(asked, given.codes, level, given.label, (*place, "codes"))

    def _group(self, asked: Field, name: str, codes: Sequence[str], level: str | None, place: Place) -> Item | None:
        return self._of_nodes(asked, codes, level, name, (*place, name))

    def _of_nodes(
        self, asked: Field, codes: Sequence[str], level: str | None, label: str | None, place: Place
    ) -> Item | None:
        nodes = [self._node(asked, code, level, (*place, n)) for n, code in enumerate(codes)]
        known = tuple(node for node in nodes if node is not None)
        return None if len(known) < len(nodes) else self._take(place, lambda: Item(known, label))

    def _node(self, asked: Field, code: str, level: str | None, place: Place) -> Node | None:
        # A million codes are usual, a mistake among them is not: names to compare with are listed when one is met.
        try:
            return parse_codes(asked, (code,), level)[0]
        except QueryError as error:
            self._add(error, place, nearest.codes(asked, level))
            return None

    def _filter(self, name: str, given: CodesOrCode) -> Filter | None:
        place: Place = ("filters", name)
        asked = self._field(name, place)
        if asked is None:
            return None
        codes = [given] if isinstance(given, str) else given
        nodes = [
            self._node(asked, code, None, place if codes is not given else (*place, n)) for n, code in enumerate(codes)
        ]
        known = tuple(dict.fromkeys(node for node in nodes if node is not None))
        return self._take(place, lambda: Filter(asked.id, known)) if known else None

    def _check_measures(self, names: Sequence[str]) -> None:
        known = {self.database.records.id, *(measure.id for measure in self.database.measures)}
        for n, name in enumerate(names):
            if name not in known and name.partition(":")[0] not in known:
                offered = ", ".join(known_id for known_id, _ in nearest.measures(self.database) if ":" not in known_id)
                unknown = UnknownNameError(
                    _("{name!r} is not a measure of {database}.").format(name=name, database=self.database.id),
                    component=name,
                    mend=_("It has {offered}.").format(offered=offered),
                )
                self._add(unknown, ("measures", n), nearest.measures(self.database))

    def _derived(self, n: int, given: Mapping[str, Any]) -> Derived | None:
        return self._take(("derived", n), lambda: parse_derived(given))

    def _dated(
        self, dimensions: list[Dimension | None], form: QueryForm, time: TimeSelector | None
    ) -> list[Dimension | None]:
        """The dimensions with a date: the latest, or those that ``periods`` names, first and in the wafers."""
        date = self.database.date
        if date.id in {d.field for d in dimensions if d is not None} or {date.id, date.label} & form.filters.keys():
            return dimensions
        return [Dimension(date.id, time=time or TimeSelector(), role=Role.WAFERS), *dimensions]


def told(error: QueryError) -> dict[str, Any]:
    """One of several mistakes: what it is, where, and how to mend it."""
    return {"code": error.code, "detail": error.message, "mend": error.mend, **error.facts}


def _counted(n: int) -> str:
    return _("{n} or more").format(n=n) if n >= MOST_TOLD else f"{n}"


def _in_pointer(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


# --- writing ----------------------------------------------------------------------------------------------------------


def query_json(query: Query) -> dict[str, Any]:
    """A query in the words of a ``QueryForm``, from which ``query_of`` makes the same query again."""
    return {
        "database": query.database,
        **({"release": query.release} if query.release else {}),
        "measures": list(query.measures),
        "dimensions": [_dimension(d) for d in query.dimensions],
        **(
            {"filters": {f.field: [_code(node, "") for node in f.nodes] for f in query.filters}}
            if query.filters
            else {}
        ),
        **({"derived": [_worked_out(d) for d in query.derived]} if query.derived else {}),
    }


def _dimension(dimension: Dimension) -> dict[str, Any]:
    level = dimension.valueset or _common_level(dimension)
    found: dict[str, Any] = {"field": dimension.field}
    if level:
        found["level"] = level
    if dimension.items is not None:
        found["items"] = [_item(item, level) for item in dimension.items]
    if dimension.time is not None:
        found["periods"] = time_text(dimension.time)
    return found | {"total": dimension.total, "role": str(dimension.role)}


def _common_level(dimension: Dimension) -> str:
    levels = {node.valueset for item in dimension.items or () for node in item.nodes}
    return levels.pop() if len(levels) == 1 else ""


def _item(item: Item, level: str) -> str | dict[str, Any]:
    codes = [_code(node, level) for node in item.nodes]
    if item.label is None and len(codes) == 1:
        return codes[0]
    return {**({} if item.label is None else {"label": item.label}), "codes": codes}


def _code(node: Node, level: str) -> str:
    return node.code if node.valueset == level and "@" not in node.code else f"{node.code}@{node.valueset}"


def _worked_out(derived: Derived) -> dict[str, Any]:
    match derived:
        case Percentage(of, measure):
            found: dict[str, Any] = {"percentage": str(of), "measure": measure or None}
        case Change(since, percent, measure):
            found = {"change": str(since), "percent": percent, "measure": measure or None}
        case Rank(of_field, measure, ascending):
            found = {"rank": of_field, "ascending": ascending, "measure": measure or None}
        case Formula(label, expression, of_field, precision):
            found = {"formula": expression, "label": label, "field": of_field, "precision": precision}
    return {name: value for name, value in found.items() if value is not None}
