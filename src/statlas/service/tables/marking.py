"""The marks that a release sets by itself: [p] on provisional numbers, [r] on numbers that it revised.

A number is provisional if one of its periods is.
It is revised if it moved by more than noise (decisions page, D8) since the release before, of which the same table is
asked; a period whose records changed has new noise in every number, and few of them say anything new.
A mark stands with the release that made the change: the next one, which leaves the number as it is, does not repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.errors import BusyError, DestroyedError, StatlasError
from statlas.model.cells import CellFlag, CellStatus, CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.database import Database, Field
from statlas.model.difference import Side, differences
from statlas.model.query import Dimension, Filter, Query
from statlas.model.release import Manifest, ReleaseFacts
from statlas.service.tables.cancelling import CancelledError
from statlas.service.tables.databases import database_of, policy_of
from statlas.service.tables.otherwise import counted_otherwise, periods_apart
from statlas.service.tables.versions import before, facts
from statlas.store import Home
from statlas.wording import _

Ask = Callable[[Manifest, Query, int | None], Cube]
"""Gives the printed table of a release, without marks."""


@dataclass(frozen=True)
class Marking:
    """Sets the marks of one release on its tables.

    ask: gives the same table of the release before it.
    draft: the database as a draft has it; None of a release that is public, whose database is read.
    """

    home: Home
    manifest: Manifest
    standing: Standing
    ask: Ask
    draft: Database | None = None

    @classmethod
    def of(cls, home: Home, manifest: Manifest, ask: Ask) -> Marking:
        """What marks the tables of a release."""
        return cls(home, manifest, _standing(home.path, manifest), ask)

    @classmethod
    def of_draft(cls, home: Home, manifest: Manifest, told: ReleaseFacts, database: Database, ask: Ask) -> Marking:
        """What marks the tables of a draft as they will be marked; nothing of it is kept.

        Args:
            told: what readers will be told of it. database: as the draft has it, with its periods.
        """
        return cls(home, manifest, _stands(home, manifest, told, database), ask, database)

    def told(self, cube: Cube) -> Cube:
        """A table, or its head, with the version of its release and the moment at which that became public."""
        return replace(cube, version=self.standing.version, released=self.standing.released)

    def marked(self, cube: Cube) -> Cube:
        """A table with its marks, its version and its moment.

        Raises:
            BusyError, CancelledError: as of any table.
        """
        cube = self.told(cube)
        provisional = self._provisional(cube)
        try:
            revised = self._revised(cube)
        except DestroyedError as error:
            cube, revised = _unmarked(cube, error), {}
        if provisional is None and not revised:
            return cube
        return replace(cube, measures=tuple(_with(m, provisional, revised.get(m.id)) for m in cube.measures))

    def _provisional(self, cube: Cube) -> NDArray[np.bool_] | None:
        """Along the dimensions of the table, where the period is provisional; None where none is."""
        axis = next(n for n, d in enumerate(cube.dimensions) if d.is_date)
        found = np.array(
            [any(node.code in self.standing.provisional for node in item.nodes) for item in cube.dimensions[axis].items]
        )
        if not found.any():
            return None
        return found.reshape([-1 if n == axis else 1 for n in range(len(cube.dimensions))])

    def _revised(self, cube: Cube) -> dict[str, NDArray[np.bool_]]:
        """For each measure where it moved by more than noise; nothing where no number can have."""
        last = self.standing.last
        if last is None or not self._can_differ(cube):
            return {}
        then = database_of(home=self.home, manifest=last)
        now = self.draft or database_of(home=self.home, manifest=self.manifest)
        query = as_of(then, cube.query)
        if query is None:
            return {}
        try:
            earlier = self.ask(last, replace(query, release=last.release), None)
        except (BusyError, CancelledError, DestroyedError):
            raise
        except StatlasError:  # a rule refused it then, or nothing is left of it: there is no number to compare with
            return {}
        found = differences(Side(earlier, policy_of(then).variance), Side(cube, policy_of(now).variance))
        return {one.measure.id: one.beyond for one in found if one.beyond.any()}

    def _can_differ(self, cube: Cube) -> bool:
        dates = next(d for d in cube.dimensions if d.is_date)
        asked = {node.code for item in dates.items for node in item.nodes}
        if asked & self.standing.revised:
            return True
        fields = {*(d.field for d in cube.query.dimensions), *(f.field for f in cube.query.filters)}
        return bool(asked & self.standing.kept) and not fields.isdisjoint(self.standing.otherwise)


@dataclass(frozen=True)
class Standing:
    """What is told of a release, and how it stands to the one before it.

    provisional, revised, kept: periods; kept are those with the same records. otherwise: fields by which a table of
    kept periods can print other numbers all the same, the date among them where every table can.
    """

    version: str
    released: str
    last: Manifest | None
    provisional: frozenset[str]
    revised: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def _standing(path: Path, manifest: Manifest) -> Standing:
    """Kept, as a release never changes."""
    home = Home(path)
    found = facts(home=home, database_id=manifest.database, release=manifest.release)
    return _stands(home, manifest, found, database_of(home=home, manifest=manifest))


def _stands(home: Home, manifest: Manifest, found: ReleaseFacts, now: Database) -> Standing:
    told = (found.version, found.public_from or manifest.created)
    provisional = frozenset(found.provisional)
    last = before(home=home, manifest=manifest)
    if last is None:
        return Standing(*told, None, provisional)
    _added, revised, removed = periods_apart(last, manifest)
    kept = frozenset({*last.periods} - {*revised} - {*removed})
    then = database_of(home=home, manifest=last)
    fields = [field.id for field in now.fields if counted_otherwise(then, now, last, manifest, [field.id])]
    return Standing(*told, last, provisional, frozenset(revised), kept, frozenset(fields))


def _unmarked(cube: Cube, error: DestroyedError) -> Cube:
    """A table whose revised numbers cannot be known, as what they differ from is destroyed: it says so in a note."""
    said = _("Numbers that this release revised are not marked here: the records of release {release} were destroyed.")
    note = {"unmarked": said.format(release=error.release)}
    keys = (*cube.database_annotations, *(key for key in note if key not in cube.database_annotations))
    return replace(cube, annotations={**cube.annotations, **note}, database_annotations=keys)


def as_of(database: Database, query: Query) -> Query | None:
    """A query as answered, of as much of it as a database has; None where nothing of it can be asked there.

    Items that are not whole are left out; so is a total, which would be of other items.
    """
    fields = {field.id: field for field in database.fields}
    names = [*(d.field for d in query.dimensions), *(f.field for f in query.filters)]
    if any(name not in fields for name in names):
        return None
    dimensions = tuple(_dimension(fields[d.field], d) for d in query.dimensions)
    measures = tuple(_measures(database, query.measures))
    if any(d is None for d in dimensions) or not measures or not _filters_hold(fields, query.filters):
        return None
    return replace(query, dimensions=tuple(d for d in dimensions if d is not None), measures=measures, derived=())


def _dimension(field: Field, asked: Dimension) -> Dimension | None:
    items = asked.items or ()
    kept = tuple(item for item in items if all(_has(field, node) for node in item.nodes))
    if not kept:
        return None
    return replace(asked, items=kept, total=asked.total and kept == items)


def _filters_hold(fields: dict[str, Field], filters: tuple[Filter, ...]) -> bool:
    return all(_has(fields[one.field], node) for one in filters for node in one.nodes)


def _has(field: Field, node: Node) -> bool:
    return node.valueset in field.classification and node.code in field.classification[node.valueset]


def _measures(database: Database, asked: tuple[str, ...]) -> Iterator[str]:
    """Those that the database has; the count where none is named."""
    known = {f"{m.id}:{statistic}" for m in database.measures for statistic in m.statistics}
    known |= {m.id for m in database.measures} | {database.records.id}
    yield from (name for name in asked or (database.records.id,) if name in known)


def _with(
    measure: CubeMeasure, provisional: NDArray[np.bool_] | None, revised: NDArray[np.bool_] | None
) -> CubeMeasure:
    """A measure with marks on the numbers that it prints."""
    shown = measure.status == CellStatus.SHOWN
    flags = measure.flags.copy()
    if provisional is not None:
        flags[np.broadcast_to(provisional, shown.shape) & shown] |= np.uint8(CellFlag.PROVISIONAL)
    if revised is not None:
        flags[revised & shown] |= np.uint8(CellFlag.REVISED)
    return replace(measure, flags=flags)
