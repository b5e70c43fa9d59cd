"""Which tables are asked for, as far as it decides which cuboids are built: no number, and nobody who asks."""

from __future__ import annotations

from collections.abc import Iterable

from statlas.engine.cuboids.building import axes_of
from statlas.engine.cuboids.choosing import Demand, candidates, fields_asked
from statlas.engine.plan import plan
from statlas.errors import StatlasError, UnknownNameError
from statlas.model.database import Database
from statlas.service.tables import querylog
from statlas.service.tables.databases import policy_of
from statlas.store import Home

READY = 10.0
"""A ready-made table counts as much as that many queries: arbitrary; it is on the database's page."""

UNASKED = (1.0, 1.0, 0.1)
"""What tables of no field, one and two count for before anybody has asked for them: arbitrary. Every field is looked at
alone some day, few pairs are."""


def demand_of(home: Home, database: Database) -> Demand:
    """How often tables of which fields are asked for: by the query log, the ready-made tables, and in general.

    Args:
        database: with the periods of its release.
    """
    found: dict[frozenset[str], float] = {frozenset(): UNASKED[0]}
    for fields in candidates(axes_of(database)):
        found[frozenset(fields)] = UNASKED[len(fields)]
    for asked in _ready(database):
        found[asked] = found.get(asked, 0.0) + READY
    for names, times in querylog.fields_asked(home=home, database_id=database.id).items():
        known = _known(database, names)
        if known is not None:
            found[known] = found.get(known, 0.0) + times
    return found


def _ready(database: Database) -> Iterable[frozenset[str]]:
    """The fields of each ready-made table that cuboids can answer."""
    for one in database.tables:
        try:
            asked = fields_asked(plan(database, one.query, exact=policy_of(database).open))
        except StatlasError:
            continue
        if asked is not None:
            yield asked


def _known(database: Database, names: Iterable[str]) -> frozenset[str] | None:
    """The fields of a line of the log, the date apart; None where one is no field."""
    try:
        found = {database.field(name).id for name in names}
    except UnknownNameError:
        return None
    return frozenset(found - {database.date.id})
