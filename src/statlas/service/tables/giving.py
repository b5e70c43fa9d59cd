"""Give a table from the cheapest of: memory, the disk, somebody else's count that is under way, a count of our own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service.tables import costing
from statlas.service.tables.answers import Answers
from statlas.service.tables.cancelling import TICK_S, Patience
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, count, opener
from statlas.service.tables.cuboid_opening import answers as answers_from_cuboids
from statlas.service.tables.cuboid_opening import cuboids_of
from statlas.service.tables.databases import database_of, policy_of, refuse_destroyed
from statlas.service.tables.flights import Flights
from statlas.service.tables.lanes import Lane
from statlas.service.tables.shelf import ONE_LARGE, Shelf, name_of, shelf
from statlas.store import Home, printed

if TYPE_CHECKING:
    from statlas.engine.plan import Plan

LARGE_S = 0.5
"""A table that takes longer is a large one; arbitrary, about what a reader does not notice."""

DISK_BYTES = 1_000_000_000
"""Bytes of answers kept in a home unless told otherwise: some fifty of the largest, or many thousands of usual ones."""

answers = Answers()
flights = Flights()
small = Lane(at_once=os.cpu_count() or 1, most_waiting=64)
large = Lane(at_once=1, most_waiting=1)

_max_bytes = DISK_BYTES


def keep_answers(max_bytes: int) -> None:
    """Keep at most about so many bytes of answers on the disk of a home from now on; 0 keeps none."""
    global _max_bytes  # noqa: PLW0603 - a setting of the process, made once at its start
    _max_bytes = max_bytes


_heard: ContextVar[list[tuple[Manifest, Query, Cube]] | None] = ContextVar("heard", default=None)


@contextmanager
def hearing() -> Iterator[list[tuple[Manifest, Query, Cube]]]:
    """Every table given meanwhile, by whomever this thread asks: of which release, to which query."""
    heard: list[tuple[Manifest, Query, Cube]] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


@dataclass(frozen=True)
class Giving:
    """Gives tables of one release to one asker."""

    home: Home
    manifest: Manifest
    shelf: Shelf
    noise_key: bytes
    patience: Patience

    @classmethod
    def of(cls, home: Home, manifest: Manifest, patience: Patience) -> Giving:
        """What gives the tables of a release."""
        key = home.secret(NOISE_SECRET, NOISE_BYTES)
        return cls(home, manifest, shelf(home.path, manifest, key, _max_bytes), key, patience)

    def give(self, query: Query, max_cells: int | None) -> Cube:
        """The table of a query without derived numbers.

        Raises:
            QueryError, DisclosureRefused: as ``table``.
            BusyError, CancelledError: no turn came in time, or the asker went away.
        """
        cube = self._kept(query)
        if cube is None or (max_cells is not None and cube.n_cells > max_cells):
            cube = self._planned(query, max_cells)
            answers.keep((self.shelf.release, query), cube)
        heard = _heard.get()
        if heard is not None:
            heard.append((self.manifest, query, cube))
        return cube

    def _kept(self, query: Query) -> Cube | None:
        found = answers.get((self.shelf.release, query))
        if found is None:
            found = self.shelf.find(query) or self._printed(query)
            if found is not None:
                answers.keep((self.shelf.release, query), found)
        return found

    def _printed(self, query: Query) -> Cube | None:
        """What was printed before the records were destroyed; None where they are there."""
        home, database_id, release = self.home, self.manifest.database, self.manifest.release
        if not home.is_destroyed(database_id, release):
            return None
        return self.shelf.printed(lambda name: printed.read(home.path, database_id, release, name), query)

    def _planned(self, query: Query, max_cells: int | None) -> Cube:
        """The table of a query as it is answered: every name resolved, every item listed."""
        from statlas.engine.plan import plan  # noqa: PLC0415 - answers already given are given without it

        asked = database_of(home=self.home, manifest=self.manifest)
        made = plan(asked, query, max_cells=max_cells, exact=policy_of(asked).open)
        if self.home.is_destroyed(self.manifest.database, self.manifest.release):
            return self._kept(made.query) or self._cut(made) or self._refused()
        lane = large if self._seconds(asked, made) > LARGE_S else small

        def make() -> Cube:
            return self._counted(made.query, lane)

        cube = flights.answer((self.shelf.release, made.query), make, lane, self.patience)
        self.shelf.keep_spelling(query, made.query)
        return cube

    def _cut(self, made: Plan) -> Cube | None:
        """Some cells of a larger table that was printed before the records were destroyed."""
        from statlas.service.tables.cutting import cut  # noqa: PLC0415 - it asks this room for what is printed

        return cut(made, self.manifest, self._printed)

    def _refused(self) -> Cube:
        refuse_destroyed(home=self.home, manifest=self.manifest)
        raise AssertionError("destroyed records come back")

    def _seconds(self, asked: Database, made: Plan) -> float:
        """About how long a table takes; cuboids are looked at only where it would be long without."""
        from statlas.engine.slicing import usually_counted  # noqa: PLC0415 - as the plan

        counted, read = usually_counted(made, policy_of(asked))
        if (found := costing.seconds(counted, self.manifest, read=read)) <= LARGE_S:
            return found
        held = answers_from_cuboids(made, cuboids_of(self.home, self.manifest), opener(asked, self._path_of))
        return costing.seconds(counted, self.manifest, read=0.0 if held else read)

    def _counted(self, query: Query, lane: Lane) -> Cube:
        with lane.place(self.patience), self._in_turn(self.shelf.release, name_of(query)):
            found = self._kept(query)
            if found is not None:
                return found
            with ExitStack() as held:
                if lane is large:
                    held.enter_context(self._in_turn(*ONE_LARGE))
                cube = self._count(query)
        answers.keep((self.shelf.release, query), cube)
        return cube

    def _count(self, query: Query) -> Cube:
        asked = database_of(home=self.home, manifest=self.manifest)
        cube = count(
            home=self.home,
            database=asked,
            manifest=self.manifest,
            query=query,
            max_cells=None,
            noise_key=self.noise_key,
            path_of=self._path_of,
        )
        self.shelf.keep(cube)
        return cube

    def _path_of(self, period: str) -> Path:
        """Where the records of a period lie, if they are wanted still."""
        self.patience.cancel.check()
        return next(self.home.path_of(record) for record in self.manifest.records if record.period == period)

    @contextmanager
    def _in_turn(self, release: str, name: str) -> Iterator[None]:
        """Nobody else in any process holds that name."""
        while True:
            with self.shelf.files.alone(release, name) as mine:
                if mine:
                    yield
                    return
            self.patience.check()
            time.sleep(TICK_S)
