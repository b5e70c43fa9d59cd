"""Saved tables and groups carried over to the release that answers, by the mapping plans of releases.

What is stored stays as it was saved; it is carried each time it is asked for, and stored anew only when its owner says
that the change is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from statlas.errors import StatlasError
from statlas.model.carrying import Carried, carry_codes
from statlas.model.database import Database
from statlas.model.mapping import MappingPlan
from statlas.model.query import Query
from statlas.service.office.groups import Fit, GroupFacts, fit
from statlas.service.office.saved import SavedFacts
from statlas.service.tables.changes import release_at
from statlas.service.tables.mapping import carried as carried_query
from statlas.service.tables.mapping import plans
from statlas.store import Home


def carried(*, home: Home, saved: SavedFacts) -> Carried:
    """The query of a saved table as it is asked now; a pinned one stays as it is.

    ``query`` is None where it cannot be carried, and ``cannot`` says why.
    """
    if saved.is_pinned or not home.has(saved.query.database):
        return Carried(saved.query)
    try:
        return carried_query(home=home, query=saved.query, then=saved.seen or _saved_at(home, saved))
    except StatlasError:
        return Carried(saved.query)


def as_now(*, home: Home, saved: SavedFacts) -> SavedFacts:
    """A saved table with its query as it is asked now; as it was saved where it cannot be carried."""
    found = carried(home=home, saved=saved).query
    return saved if found is None else replace(saved, query=found)


@dataclass(frozen=True)
class Standing:
    """How a saved table stands with the release that answers.

    carried: what it asks now, or why that cannot be asked. then: the release that its owner saw.
    now: the release that answers. is_kept: whether the release of then answers still.
    """

    carried: Carried
    then: str
    now: str
    is_kept: bool

    @property
    def is_lost(self) -> bool:
        """Whether it cannot be asked of the release that answers."""
        return self.carried.query is None


def standing(*, home: Home, saved: SavedFacts) -> Standing | None:
    """How a saved table stands; None where its database is not published, or cannot be read now."""
    database_id = saved.query.database
    if not home.has(database_id):
        return None
    try:
        then = saved.query.release or saved.seen or _saved_at(home, saved)
        now, kept = home.current(database_id).release, then in home.releases(database_id)
    except StatlasError:
        return None
    return Standing(carried(home=home, saved=saved), then, now, kept)


def opened(found: SavedFacts, standing: Standing | None) -> Query:
    """The query with which a table is opened: as it is asked now, else of the release that its owner saw."""
    if standing is None:
        return found.query
    if standing.carried.query is not None:
        return standing.carried.query
    return replace(found.query, release=standing.then) if standing.is_kept else found.query


def _saved_at(home: Home, saved: SavedFacts) -> str:
    return release_at(home=home, database_id=saved.query.database, moment=saved.created.isoformat(timespec="seconds"))


def fit_now(*, home: Home, group: GroupFacts, database: Database, field_id: str) -> Fit:
    """How a saved group fits a field of the release that answers, its codes carried over by every plan since."""
    field = database.field(field_id)
    found = fit(group, field)
    if not found.missing:
        return found
    then = release_at(home=home, database_id=database.id, moment=group.touched.isoformat(timespec="seconds"))
    now = home.current(database.id).release
    return fit(_carried_group(group, plans(home=home, database_id=database.id, then=then, now=now), field_id), field)


def _carried_group(group: GroupFacts, all_plans: tuple[MappingPlan, ...], field_id: str) -> GroupFacts:
    """A group with its codes as they are now; those that cannot be carried stay, and are told as missing."""
    labels = dict(group.codes)
    codes = [code for code, _label in group.codes]
    for plan in all_plans:
        mapping = next((one for one in plan.fields if one.now == field_id), None)
        if mapping is None:
            continue
        olds = [node for node, _new in mapping.codes if node.code in codes]
        nodes, lost = carry_codes(plan, mapping.field, olds)
        gone = {node.code for node in olds} - set(lost)
        codes = [*(code for code in codes if code not in gone), *(node.code for node in nodes)]
    kept = tuple((code, labels.get(code, "")) for code in dict.fromkeys(codes))
    return replace(group, codes=kept)
