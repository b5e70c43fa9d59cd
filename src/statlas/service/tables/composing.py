"""Tables made from what was typed: *spare room Leeds* is the field about spare rooms, for Leeds.

What was typed names things of a database (itself, a ready-made table, fields, categories), areas and a time. For each
database that most of it speaks of, a table is put together and told with everything that it was understood as, so that
a reader sees at once whether it is the one meant. Nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from statlas.catalogue import Document, Kind, Term, fold
from statlas.catalogue.index import Found
from statlas.catalogue.moments import Moment
from statlas.model.classification import Node
from statlas.model.database import Database, Field, FieldKind, ReadyTable
from statlas.model.query import Dimension, Filter, Item, Query, Role, TimeKind, TimeSelector

MOST_SUGGESTED, MOST_FIELDS = 3, 2
"""Tables that are offered, and fields in one; arbitrary, what can be taken in at a glance."""

_PERIODS_ALONE = TimeSelector(TimeKind.LATEST, n=13)
"""What shows a change on a year where a table is of areas alone."""


@dataclass(frozen=True)
class Suggestion:
    """A table that fits what was typed, and what each part of it was taken for.

    ``ready`` is the ready-made table it was made of, if any; ``left`` is what was typed that it does not speak of.
    """

    database: Database
    query: Query
    fields: tuple[Field, ...]
    categories: tuple[tuple[Field, Node], ...]
    areas: tuple[Document, ...]
    time: TimeSelector | None
    ready: ReadyTable | None
    left: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What was typed, as far as it is understood before any database is looked at.

    ``areas`` are those that each name may mean, the likeliest first.
    """

    terms: tuple[Term, ...]
    areas: tuple[tuple[Document, ...], ...]
    moment: Moment | None
    found: Mapping[Kind, Sequence[Found]]


def suggestions(databases: Sequence[Database], asked: Asked) -> tuple[Suggestion, ...]:
    """Tables that fit what was typed, the best first; none where it names one thing alone, which is found by itself."""
    readings = [_Reading(database, asked) for database in databases]
    telling = sorted((one for one in readings if one.tells_enough), key=lambda one: one.standing)
    best = [one for one in telling if one.n_covered == telling[0].n_covered]
    made = (suggestion for one in best for suggestion in one.suggestions())
    return tuple(one for one, _ in zip(made, range(MOST_SUGGESTED), strict=False))


@dataclass(frozen=True)
class _Reading:
    """What was typed, read as being about one database."""

    database: Database
    asked: Asked

    @cached_property
    def by_itself(self) -> frozenset[int]:
        """Terms that the database's own name and folder speak of."""
        return next((one.whole for one in self._of(Kind.DATABASE)), frozenset())

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Fields whose labels speak of terms that the database's name does not."""
        wanted = self.every - self.by_itself
        chosen: list[Field] = []
        for found in self._of(Kind.FIELD):
            field = self.database.field(found.document.field)
            if found.whole & wanted and field.kind is FieldKind.CATEGORY and len(chosen) < MOST_FIELDS:
                chosen.append(field)
                wanted -= found.whole
        return tuple(chosen)

    @cached_property
    def categories(self) -> tuple[tuple[Field, Node], ...]:
        """Categories whose labels speak of terms that nothing else does."""
        wanted = self.every - self.by_itself - self._by_fields
        chosen: list[tuple[Field, Node]] = []
        for found in self._of(Kind.VALUE):
            if found.whole & wanted:
                one = found.document
                chosen.append((self.database.field(one.field), Node(one.level, one.code)))
                wanted -= found.whole
        return tuple(chosen)

    @cached_property
    def places(self) -> tuple[tuple[Field, tuple[Node, ...]], ...]:
        """The geography that knows the areas, with them; none where no geography knows them all."""
        for field in self.database.categories:
            if field.kind is FieldKind.GEOGRAPHY and self.asked.areas:
                nodes = [_node_of(field, area) for area in self.asked.areas]
                if all(nodes):
                    return ((field, tuple(node for node in nodes if node)),)
        return ()

    @cached_property
    def areas(self) -> tuple[Document, ...]:
        """The areas in the table."""
        codes = {node.code for _, nodes in self.places for node in nodes}
        return tuple(next(one for one in area if one.code in codes) for area in self.asked.areas) if codes else ()

    @cached_property
    def time(self) -> TimeSelector | None:
        """The periods meant, where there are such."""
        return self.asked.moment.selector(self.database) if self.asked.moment else None

    @cached_property
    def ready(self) -> ReadyTable | None:
        """The ready-made table whose title speaks of terms that the database's name does not."""
        wanted = self.every - self.by_itself
        found = next((one for one in self._of(Kind.TABLE) if one.whole >= wanted), None)
        tables = {table.id: table for table in self.database.tables}
        return tables.get(found.document.code) if found and wanted else None

    @property
    def every(self) -> frozenset[int]:
        """The place of every term."""
        return frozenset(range(len(self.asked.terms)))

    @cached_property
    def _by_fields(self) -> frozenset[int]:
        ids = {field.id for field in self.fields}
        return frozenset(n for one in self._of(Kind.FIELD) if one.document.field in ids for n in one.whole)

    @cached_property
    def covered(self) -> frozenset[int]:
        """Every term that the table would speak of."""
        chosen = {(field.id, node.code) for field, node in self.categories}
        values = (one for one in self._of(Kind.VALUE) if (one.document.field, one.document.code) in chosen)
        return self.by_itself | self._by_fields | frozenset(n for one in values for n in one.whole)

    @property
    def n_covered(self) -> int:
        """How much of what was typed is understood: its words, what is more definite than a word counting more."""
        words = sum(self.asked.terms[n].weight for n in self.covered)
        named = sum(self.asked.terms[n].weight for n in self.by_itself)
        return words + 2 * named + 2 * bool(self.places) + 2 * (self.time is not None)

    @property
    def tells_enough(self) -> bool:
        """Whether something of the database is named, and more than one thing in all."""
        parts = [self.by_itself, self.fields or self.categories, self.places, self.time]
        return bool(self.covered) and sum(map(bool, parts)) > 1

    @property
    def standing(self) -> tuple[int, int, int]:
        """Where it stands among other readings, the least first.

        Of two alike the one whose fields are called most like what was typed, then the database with more in it.
        """
        n_words = sum(len(fold(field.label)) for field in self.fields)
        return (-self.n_covered, n_words, -len(self.database.fields))

    def suggestions(self) -> Iterator[Suggestion]:
        """The table of the fields and areas; then the ready-made one, kept to the areas and time."""
        yield self._suggestion(self._query())
        if self.ready is not None and (self.places or self.time):
            narrowed = _narrowed(self.ready.query, self.places, self.time, self.database.date.id)
            yield replace(self._suggestion(narrowed), ready=self.ready, fields=(), categories=())

    def _suggestion(self, query: Query) -> Suggestion:
        return Suggestion(self.database, query, self.fields, self.categories, self.areas, self.time, None, self._left)

    @property
    def _left(self) -> tuple[str, ...]:
        terms = (term.said for n, term in enumerate(self.asked.terms) if n not in self.covered)
        areas = () if self.places else (area.title for area, *_ in self.asked.areas)
        moment = self.asked.moment
        return (*terms, *areas, *([moment.said] if moment and self.time is None else []))

    def _query(self) -> Query:
        date, in_rows = self.database.date.id, {field.id for field in self.fields}
        filtered = [(field, node) for field, node in self.categories if field.id not in in_rows]
        rows = [Dimension(field.id) for field in self.fields]
        places = [(field, _items(nodes)) for field, nodes in self.places]
        if rows:
            columns = [Dimension(field.id, items=items, role=Role.COLUMNS) for field, items in places]
        else:
            rows = [Dimension(field.id, items=items) for field, items in places]
            columns = []
        if not rows:
            rows, filtered = _by_first(filtered)
        rows = rows or [Dimension(self.database.categories[0].id)]
        time = self.time or (None if columns or self.fields else _PERIODS_ALONE)
        dated = Dimension(date, time=time, role=Role.COLUMNS)
        return Query(self.database.id, (), (*rows, *columns, dated), _filters(filtered))

    def _of(self, kind: Kind) -> Iterator[Found]:
        found = self.asked.found.get(kind, ())
        return (one for one in found if one.document.database == self.database.id)


def _by_first(
    chosen: Sequence[tuple[Field, Node]],
) -> tuple[list[Dimension], list[tuple[Field, Node]]]:
    """The first field of some categories as rows, all its categories that are chosen; the rest still to be filters."""
    if not chosen:
        return [], []
    first = chosen[0][0]
    nodes = tuple(node for field, node in chosen if field is first)
    return [Dimension(first.id, items=_items(nodes))], [one for one in chosen if one[0] is not first]


def _narrowed(
    query: Query, places: Sequence[tuple[Field, tuple[Node, ...]]], time: TimeSelector | None, date: str
) -> Query:
    """A query of these areas and periods alone."""
    for field, nodes in places:
        dimensions = tuple(_kept_to(d, nodes) if d.field == field.id else d for d in query.dimensions)
        is_in_table = field.id in {d.field for d in query.dimensions}
        others = tuple(one for one in query.filters if one.field != field.id)
        filters = others if is_in_table else (*others, Filter(field.id, nodes))
        query = replace(query, dimensions=dimensions, filters=filters)
    if time is None:
        return query
    kept = [d for d in query.dimensions if d.field != date]
    role = next((d.role for d in query.dimensions if d.field == date), Role.COLUMNS)
    return replace(query, dimensions=(*kept, Dimension(date, time=time, role=role)))


def _kept_to(dimension: Dimension, nodes: tuple[Node, ...]) -> Dimension:
    return replace(dimension, items=_items(nodes), valueset=None, time=None, total=False)


def _items(nodes: Sequence[Node]) -> tuple[Item, ...]:
    return tuple(Item((node,)) for node in nodes)


def _filters(chosen: Sequence[tuple[Field, Node]]) -> tuple[Filter, ...]:
    by_field: dict[str, list[Node]] = {}
    for field, node in chosen:
        by_field.setdefault(field.id, []).append(node)
    return tuple(Filter(field, tuple(dict.fromkeys(nodes))) for field, nodes in by_field.items())


def _node_of(field: Field, areas: Sequence[Document]) -> Node | None:
    """The likeliest of some areas that a geography knows, in its coarsest level that has it."""
    levels = field.classification
    return next((Node(level.id, one.code) for one in areas for level in levels if one.code in level), None)
