"""Once a release is public: count what most will ask for first, so that the minute finds it ready on the disk.

Nothing is warmed before the rename. Whatever goes wrong here is no reader's loss: they count it themselves.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from statlas.errors import StatlasError
from statlas.service import tables
from statlas.service.tables.differences import difference, level_difference
from statlas.service.tables.search_index import search_index
from statlas.store import Home

DOOR = "keeper"
"""Who asks, for the query log."""

MOST_S = 30.0
"""Seconds that comparing a release with the one before may take: drafts wait meanwhile to be made ready. Arbitrary."""

_log = logging.getLogger("statlas.keeper")


class Warming:
    """Notices releases that have become public since the last look, and warms what is ready-made of them."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known = _answering(home)

    def look(self) -> None:
        """Warm what is new."""
        now = _answering(self._home)
        for database_id, release in now.items():
            if self._known.get(database_id) != release:
                self._warm(database_id)
        self._known = now

    def _warm(self, database_id: str) -> None:
        try:
            search_index(self._home)
            for table in tables.database(home=self._home, database_id=database_id).tables:
                with suppress(StatlasError):
                    tables.table(home=self._home, query=table.query, door=DOOR, wait_s=None)
            self._compare(database_id)
        except (StatlasError, OSError, MemoryError) as error:
            _log.warning("A new release could not be warmed: %s", type(error).__name__)

    def _compare(self, database_id: str) -> None:
        """Count what the page of changes compares by itself: the tables of the last two releases, which are kept."""
        until = time.monotonic() + MOST_S
        for release in self._home.releases(database_id)[-2:-1]:
            found = difference(home=self._home, database_id=database_id, then=release)
            for level in found.compared_unasked:
                if time.monotonic() > until:
                    return
                level_difference(home=self._home, found=found, level=level)


def _answering(home: Home) -> dict[str, str]:
    """The release that answers, of each database."""
    found = {}
    for database_id in home.databases():
        with suppress(StatlasError):
            found[database_id] = home.current(database_id).release
    return found
