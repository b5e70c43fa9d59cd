"""What differs between two releases of a database: its definition, its periods, and printed numbers beyond noise.

By level, as decision D8 has it: for every level of every field the table by date and that level alone is compared, cell
for cell, with the count and every sum and mean.
Only periods whose numbers can differ are looked at: those whose records changed, and all where the level itself is
made otherwise.
Both tables are public, and so is everything that is said of them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from statlas.errors import StatlasError
from statlas.model.cells import CubeContent
from statlas.model.database import Database
from statlas.model.difference import MeasureDifference, Side, differences
from statlas.model.display import cell_text
from statlas.model.explanation import value_of
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.model.release_difference import ChangedCell, Level, LevelDifference, ReleaseDifference
from statlas.model.versioning import changes, weighed
from statlas.service.tables.cancelling import Cancel, Patience
from statlas.service.tables.databases import database_of, manifest, policy_of
from statlas.service.tables.giving import Giving
from statlas.service.tables.otherwise import counted_otherwise, periods_apart
from statlas.service.tables.versions import facts
from statlas.service.tables.whole_tables import at_once, kept_periods, measures_of_both, table_by
from statlas.store import Home
from statlas.wording import _

_WAIT_S = 30.0


def difference(*, home: Home, database_id: str, then: str, now: str | None = None) -> ReleaseDifference:
    """What differs between two releases of a database.

    Args:
        then: number of the earlier one. now: of the later one; None is the one that answers.

    Raises:
        UnknownNameError: there is no such database or release.
        WithdrawnError: one of them was withdrawn.
    """
    before = manifest(home=home, database_id=database_id, release=then)
    after = manifest(home=home, database_id=database_id, release=now)
    one, two = database_of(home=home, manifest=before), database_of(home=home, manifest=after)
    added, revised, removed = periods_apart(before, after)
    facts_then = facts(home=home, database_id=database_id, release=before.release)
    facts_now = facts(home=home, database_id=database_id, release=after.release)
    kind = facts_now.kind if after.previous == before.release else ""  # of several releases together it is none
    return ReleaseDifference(
        two,
        facts_then,
        facts_now,
        weighed(changes(one, two, added=added, revised=revised, removed=removed), kind),
        added,
        revised,
        removed,
        tuple(_levels(one, two, before, after)),
    )


def _levels(one: Database, two: Database, before: Manifest, after: Manifest) -> Iterator[Level]:
    _added, revised, _removed = periods_apart(before, after)
    both = tuple(period for period in two.periods if period in one.periods)

    def periods(*fields: str) -> tuple[str, ...]:
        return both if counted_otherwise(one, two, before, after, fields) else revised

    yield Level("", "", "", _("Whole database"), 1, periods())
    then = {field.id: field for field in one.categories}
    for field in two.categories:
        if field.id in then:
            compared = periods(field.id)
            for level in field.classification:
                if level.id in then[field.id].classification:
                    yield Level(field.id, level.id, field.label, level.label, len(level), compared)


def level_difference(*, home: Home, found: ReleaseDifference, level: Level) -> LevelDifference:
    """The numbers of one level that changed by more than noise.

    Raises:
        BusyError: no turn came in time.
    """
    database_id = found.database.id
    before = manifest(home=home, database_id=database_id, release=found.then.release)
    after = manifest(home=home, database_id=database_id, release=found.now.release)
    one, two = database_of(home=home, manifest=before), found.database
    cells: list[ChangedCell] = []
    n_compared = 0
    try:
        gone = tuple(home.is_destroyed(database_id, made.release) for made in (before, after))
        for asked_before, asked_after in _pairs(one, two, level, gone):
            a, b = _printed(home, before, asked_before), _printed(home, after, asked_after)
            for measure in differences(Side(a, policy_of(one).variance), Side(b, policy_of(two).variance)):
                n_compared += measure.n_compared
                cells += _cells(a, b, measure)
    except StatlasError as error:
        if error.code in ("busy", "withdrawn"):
            raise
        return LevelDifference(level, why_not=error.message)
    return LevelDifference(level, n_compared, len(cells), tuple(cells))


def _pairs(one: Database, two: Database, level: Level, gone: tuple[bool, ...]) -> Iterator[tuple[Query, Query]]:
    """Tables of both releases to compare; of one without records those that were kept, whatever is asked."""
    measures = measures_of_both(one, two)
    if not any(gone):
        for periods in at_once(level):
            yield table_by(one, level, periods, measures), table_by(two, level, periods, measures)
        return
    kept = [
        [*kept_periods(database, level)] if is_gone else [] for database, is_gone in zip((one, two), gone, strict=True)
    ]
    for then in kept[0] or [()]:
        for now in kept[1] or [()]:
            wanted = tuple(p for p in level.periods if p in (then or level.periods) and p in (now or level.periods))
            if wanted:
                yield (
                    table_by(one, level, then, measures_of_both(one, one))
                    if then
                    else table_by(one, level, wanted, measures),
                    table_by(two, level, now, measures_of_both(two, two))
                    if now
                    else table_by(two, level, wanted, measures),
                )


def _printed(home: Home, made: Manifest, query: Query) -> CubeContent:
    giving = Giving.of(home, made, Patience.of(_WAIT_S, Cancel()))
    return giving.give(replace(query, release=made.release), None)


def _cells(a: CubeContent, b: CubeContent, found: MeasureDifference) -> Iterator[ChangedCell]:
    then = next(m for m in a.measures if m.id == found.measure.id)
    for place in zip(*np.nonzero(found.beyond), strict=True):
        at = tuple(int(n) for n in place)
        items = tuple(d.items[n] for d, n in zip(b.dimensions, at, strict=True))
        was = tuple(int(place[n]) for place, n in zip(found.places, at, strict=True))
        node = items[1].nodes[0] if len(items) > 1 else None
        yield ChangedCell(
            period=items[0].nodes[0].code,
            code=node.code if node else "",
            label=items[1].label if node else _("Whole database"),
            measure=found.measure.id,
            measure_label=found.measure.label,
            before=value_of(a, then, was),
            after=value_of(b, found.measure, at),
            before_text=cell_text(a, then, was),
            after_text=cell_text(b, found.measure, at),
            limit=float(found.limit[at]),
        )
