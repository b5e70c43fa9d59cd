"""Saved tables and groups carried over to the release that answers, by the mapping plans of releases.

What is stored stays as it was saved; it is carried each time it is asked for, and stored anew only when its owner says
that the change is seen.
"""

from __future__ import annotations

from dataclasses import replace

from statlas.errors import StatlasError
from statlas.model.carrying import Carried, carry_codes
from statlas.model.database import Database
from statlas.model.mapping import MappingPlan
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
