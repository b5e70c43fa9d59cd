"""Carry a query of an earlier release over to a later one by the mapping plans of the releases between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from statlas.errors import StatlasError
from statlas.model.carrying import Carried, Names, follow
from statlas.model.classification import Node
from statlas.model.database import Database, Field
from statlas.model.mapping import MappingPlan, completed
from statlas.model.query import Query
from statlas.service.tables.databases import database, database_of
from statlas.service.tables.fitting import fitted, obstacles
from statlas.store import Home


def plans(*, home: Home, database_id: str, then: str, now: str) -> tuple[MappingPlan, ...]:
    """The plans of the releases after ``then`` up to ``now``, the oldest first.

    A plan that stays in the definition counts for the release that brought it alone; those of withdrawn releases do
    not count.
    """
    found: list[MappingPlan] = []
    before: Database | None = None
    for number in home.releases(database_id):
        if int(number) > int(now):
            break
        database = database_of(home=home, manifest=home.any_manifest(database_id, number))
        if int(number) > int(then):
            found.append(plan_after(before, database))
        before = database
    return tuple(plan for plan in found if plan)


def plan_after(before: Database | None, database: Database) -> MappingPlan:
    """What the plan of a release means after the one before it; nothing where it only stayed in the definition."""
    plan = database.mapping
    if before is None:
        return plan
    if plan == before.mapping:
        return MappingPlan()
    known = {field.id: field.classification.nodes for field in before.fields}
    return completed(plan, lambda field_id: known.get(field_id, ()))


@dataclass(frozen=True)
class _Labels(Names):
    """What readers called things before, or call them now; what neither has, as of a release between, by its id."""

    before: Database | None
    after: Database

    def field(self, field_id: str) -> str:
        """The label of a field."""
        return next((one.label for one in self._fields(field_id)), field_id)

    def node(self, field_id: str, node: Node) -> str:
        """The label of a code."""
        for field in self._fields(field_id):
            if node.valueset in field.classification and node.code in field.classification[node.valueset]:
                return field.classification.code(node).label
        return node.code

    def measure(self, measure_id: str) -> str:
        """The label of a measure."""
        found = (one for database in self._databases for one in database.measures if one.id == measure_id)
        return next((one.label for one in found), measure_id)

    def _fields(self, field_id: str) -> Iterator[Field]:
        yield from (one for database in self._databases for one in database.fields if one.id == field_id)

    @property
    def _databases(self) -> tuple[Database, ...]:
        return (self.before, self.after) if self.before is not None else (self.after,)


@dataclass(frozen=True)
class Way:
    """How a query of an earlier release comes to be asked of a later one.

    plans: of the releases between, the oldest first. before: the database as it was, None where nothing is left of it.
    after: the database that the query is to be asked of.
    """

    plans: tuple[MappingPlan, ...]
    before: Database | None
    after: Database

    def carried(self, query: Query) -> Carried:
        """The query as it is asked now, its own release left out.

        ``cannot`` says what keeps it from being asked, by the plans or for want of one.
        """
        found = follow(self.plans, replace(query, release=None), _Labels(self.before, self.after))
        if found.query is None:
            rest = found.rest and fitted(self.after, found.rest)
            return replace(found, rest=rest)
        wrong = [*obstacles(self.after, found.query, self.before)]
        if not wrong:
            return found
        return replace(
            found,
            query=None,
            cannot=tuple(sentence for _kind, sentence in wrong),
            why=frozenset(kind for kind, _sentence in wrong),
            rest=fitted(self.after, found.query),
        )


def way(*, home: Home, database_id: str, then: str, after: Database | None = None) -> Way:
    """The way from release ``then`` to the one that answers, or on to ``after``, the database as a draft has it.

    Raises:
        UnknownNameError, WithdrawnError: the database does not answer any more.
    """
    now = database(home=home, database_id=database_id)
    found = plans(home=home, database_id=database_id, then=then, now=home.current(database_id).release)
    if after is not None and (last := plan_after(now, after)):
        found = (*found, last)
    return Way(found, _then(home, database_id, then), after or now)


def carried(*, home: Home, query: Query, then: str) -> Carried:
    """A query that was asked of release ``then`` as it is asked of the release that answers; see ``Way.carried``.

    Raises:
        UnknownNameError, WithdrawnError: the database does not answer any more.
    """
    return way(home=home, database_id=query.database, then=then).carried(query)


def _then(home: Home, database_id: str, release: str) -> Database | None:
    """The database as it was; None where nothing is left of the release."""
    try:
        return database_of(home=home, manifest=home.any_manifest(database_id, release))
    except StatlasError:
        return None
