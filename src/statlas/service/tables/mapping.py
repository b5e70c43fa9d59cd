"""Carry a query of an earlier release over to a later one by the mapping plans of the releases between."""

from __future__ import annotations

from dataclasses import replace

from statlas.errors import StatlasError
from statlas.model.database import Database
from statlas.model.carrying import Carried, follow
from statlas.model.mapping import MappingPlan, completed
from statlas.model.query import Query
from statlas.service.tables.databases import database, database_of
from statlas.service.tables.fitting import misfits
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


def carried(*, home: Home, query: Query, then: str) -> Carried:
    """A query that was asked of release ``then`` as it is asked of the release that answers.

    Its own release is left out. ``cannot`` says what keeps it from being asked, by the plans or for want of one.

    Raises:
        UnknownNameError, WithdrawnError: the database does not answer any more.
    """
    now = database(home=home, database_id=query.database)
    current = home.current(query.database).release
    moving = replace(query, release=None)
    found = follow(plans(home=home, database_id=query.database, then=then, now=current), moving)
    if found.query is None:
        return found
    wrong = misfits(now, found.query, _then(home, query.database, then))
    return replace(found, query=None, cannot=wrong) if wrong else found


def _then(home: Home, database_id: str, release: str) -> Database | None:
    """The database as it was; None where nothing is left of the release."""
    try:
        return database_of(home=home, manifest=home.any_manifest(database_id, release))
    except StatlasError:
        return None
