"""Cuboids of a database: which there are and why, and building them.

A file of records has its cuboids to itself: a month that is appended gets its own, and months that stay keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from statlas import records as record_files
from statlas.engine.axes import FieldAxis
from statlas.engine.cuboids.building import axes_of, build
from statlas.engine.cuboids.choosing import (
    BUDGET,
    MOST_BUDGET,
    MOST_FIELDS,
    Choice,
    Demand,
    Verdict,
    choose,
    may_save,
)
from statlas.engine.cuboids.file import dumps
from statlas.engine.cuboids.using import Cuboids
from statlas.errors import QueryError
from statlas.model.database import Database
from statlas.model.release import Manifest, RecordFile
from statlas.service.tables.cuboid_demand import demand_of
from statlas.service.tables.cuboid_opening import opened
from statlas.service.tables.databases import database, manifest
from statlas.store import CuboidFiles, Home
from statlas.store.cuboids import building

KEPT_ROWS = 200_000_000
"""Records of the files kept to which one publish adds cuboids: it takes a few seconds; the rest waits for a rebuild."""

Progress = Callable[[str, float, float], None]
STAGE = "building cuboids"


@dataclass(frozen=True)
class CuboidFact:
    """What is known of one possible cuboid: ``CuboidFact(("Area", "Sex"), 748, 5984, 0.21, 0.93, "chosen", 3)``.

    cells, n_bytes: of one period. share: of the tables asked for, those that it answers.
    saved: the part of the newest period's records that such a table does without, on average, beyond what other
        cuboids save; to a hundredth, as how many there are is nobody's business.
    verdict: as ``engine.cuboids.choosing.Verdict`` says it, for the newest period.
    built: for how many periods it is there.
    """

    labels: tuple[str, ...]
    cells: int
    n_bytes: int
    share: float
    saved: float
    verdict: str
    built: int


@dataclass(frozen=True)
class CuboidReport:
    """The cuboids of a release: those that would be chosen now first, in their order.

    beyond: labels of the fields of tables that none can answer, as they have too many, and the share of those asked.
    periods, built: of the release, and how many of them have cuboids.
    n_bytes, record_bytes: on the disk, and of the records. budget: the part of these that cuboids may take.
    """

    database: str
    release: str
    facts: tuple[CuboidFact, ...]
    beyond: tuple[tuple[tuple[str, ...], float], ...]
    periods: int
    built: int
    n_bytes: int
    record_bytes: int
    budget: float


def cuboids(*, home: Home, database_id: str) -> CuboidReport:
    """Which cuboids the release that answers has, which would be chosen now, and why.

    Raises:
        UnknownNameError: there is no such database.
    """
    found = manifest(home=home, database_id=database_id)
    return _Work(home, database(home=home, database_id=database_id), found).report()


def rebuild_cuboids(
    *, home: Home, database_id: str, budget: float | None = None, progress: Progress | None = None
) -> CuboidReport:
    """Choose anew for every period of the release that answers, and build what is not there yet.

    Args:
        budget: the part of a record file's bytes that its cuboids may take; None is what it was before.

    Raises:
        UnknownNameError: there is no such database.
        QueryError: the budget is more than decision D8 allows.
        HomeError: somebody is publishing the database, or the disk failed.
    """
    if budget is not None and not 0 <= budget <= MOST_BUDGET:
        raise QueryError(f"A budget of {budget:g} cannot be.", mend=f"Give a number from 0 to {MOST_BUDGET:g}.")
    found = manifest(home=home, database_id=database_id)
    work = _Work(home, database(home=home, database_id=database_id), found, budget)
    with building(home.path, database_id):
        work.build(found.periods, progress=progress)
    return work.report()


def update_cuboids(
    *,
    home: Home,
    database: Database,
    manifest: Manifest,
    given: Collection[str],
    aside: Path | None = None,
    progress: Progress | None = None,
) -> None:
    """Build the cuboids of a release that was just published; the caller holds the lock of its database.

    Args:
        aside: the folder they are kept in, of a draft that is to be published.
        given: periods whose records were given now. To others cuboids are added as far as ``KEPT_ROWS`` goes, and
            none is taken away.

    Raises:
        OSError: the disk failed.
    """
    work = _Work(home, database.with_periods(manifest.periods), manifest, aside=aside)
    work.build(given, progress=progress)


class _Work:
    """The cuboids of one release, with all that decides about them."""

    def __init__(
        self,
        home: Home,
        database: Database,
        manifest: Manifest,
        budget: float | None = None,
        *,
        aside: Path | None = None,
    ) -> None:
        self.home, self.database, self.manifest = home, database, manifest
        self.files = CuboidFiles(home.path, database.id, aside)
        self.budget = self._budget_before() if budget is None else budget

    @cached_property
    def axes(self) -> dict[str, FieldAxis]:
        """Of every field of which there can be cuboids."""
        return axes_of(self.database)

    @cached_property
    def demand(self) -> Demand:
        """How often tables of which fields are asked for."""
        return demand_of(self.home, self.database)

    @property
    def newest_first(self) -> tuple[RecordFile, ...]:
        """The record files of the release."""
        return tuple(sorted(self.manifest.records, key=lambda record: record.period, reverse=True))

    def _held(self, record: RecordFile) -> Cuboids | None:
        return opened(self.files, record.sha256)

    def _budget_before(self) -> float:
        """What the newest cuboids were chosen by."""
        held = (self._held(record) for record in self.newest_first)
        return next((one.budget for one in held if one is not None), BUDGET)

    def _choices(self, record: RecordFile, held: Cuboids | None = None) -> tuple[Choice, ...]:
        return choose(
            self.axes,
            self.demand,
            n_rows=record.rows,
            n_bytes=record.size,
            budget=self.budget,
            held=[one.fields for one in held.tables] if held else (),
        )

    # --- building -----------------------------------------------------------------------------------------------------

    def build(self, given: Collection[str], *, progress: Progress | None) -> None:
        """Bring the cuboids of every period up to date, the newest first."""
        self.files.sweep()
        left, newest = KEPT_ROWS, None
        for number, record in enumerate(self.newest_first, start=1):
            held, is_given = self._held(record), record.period in given
            there = {one.fields for one in held.tables} if held else set()
            if is_given or newest is None or not newest <= there:
                wanted = self._wanted(record, None if is_given else held)
                newest = set(wanted) if newest is None else newest
                if is_given or (set(wanted) - there and record.rows <= left):
                    self._build(record, wanted, held)
                    left -= 0 if is_given else record.rows
            if progress is not None:
                progress(STAGE, number / len(self.manifest.records), 0.0)

    def _wanted(self, record: RecordFile, held: Cuboids | None) -> list[tuple[str, ...]]:
        """The fields of the cuboids that a file of records is to have; those held stay while they may."""
        if not may_save(record.rows):
            return []
        return [choice.fields for choice in self._choices(record, held) if choice.verdict is Verdict.CHOSEN]

    def _build(self, record: RecordFile, wanted: list[tuple[str, ...]], held: Cuboids | None) -> None:
        if not wanted and held is None and self.budget == BUDGET:
            return
        made = build(
            self.database,
            record_files.open_period(self.home.path_of(record), self.database),
            wanted,
            sha256=record.sha256,
            budget=self.budget,
            before=held,
        )
        self.files.keep(record.sha256, dumps(made))

    # --- telling ------------------------------------------------------------------------------------------------------

    def report(self) -> CuboidReport:
        """What there is, and what would be chosen now."""
        held = [one for record in self.manifest.records if (one := self._held(record)) is not None]
        built = [table.fields for one in held for table in one.tables]
        total = sum(self.demand.values())
        return CuboidReport(
            database=self.database.id,
            release=self.manifest.release,
            facts=tuple(self._fact(choice, built.count(choice.fields), total) for choice in self._newest()),
            beyond=tuple(self._beyond(total)),
            periods=len(self.manifest.records),
            built=len(held),
            n_bytes=sum(self._size(record) for record in self.manifest.records),
            record_bytes=sum(record.size for record in self.manifest.records),
            budget=self.budget,
        )

    def _newest(self) -> tuple[Choice, ...]:
        return self._choices(self.newest_first[0]) if self.manifest.records else ()

    def _fact(self, choice: Choice, built: int, total: float) -> CuboidFact:
        return CuboidFact(
            self._labels(choice.fields),
            choice.cells,
            choice.n_bytes,
            choice.weight / total,
            round(choice.saved / self.newest_first[0].rows, 2),
            choice.verdict.value,
            built,
        )

    def _beyond(self, total: float) -> Iterator[tuple[tuple[str, ...], float]]:
        for fields, weight in sorted(self.demand.items(), key=lambda one: (-one[1], sorted(one[0]))):
            if len(fields) > MOST_FIELDS:
                yield self._labels(field.id for field in self.database.categories if field.id in fields), weight / total

    def _labels(self, fields: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.database.field(name).label for name in fields)

    def _size(self, record: RecordFile) -> int:
        try:
            return self.files.path_of(record.sha256).stat().st_size
        except OSError:
            return 0
