"""How far ingest has come, told between the batches that DuckDB hands over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who only names ``Progress`` does not need it
    import duckdb

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done (0 to 1), and records a second (0 while nobody can know)."""

INTERVAL_S = 0.25
"""Arbitrary: often enough for a bar that moves, seldom enough to cost nothing."""


class Meter:
    """Turns records done into calls of a ``Progress``; one stage at a time."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.start("", 1)

    def start(self, stage: str, total: float) -> None:
        """Begin a stage of ``total`` steps of any size."""
        self._stage, self._total, self._began = stage, max(total, 1e-9), time.monotonic()
        self._done, self._records = 0.0, 0
        if stage:
            self._tell(0.0, 0)

    def advance(self, steps: float, records: int = 0) -> None:
        """Some steps are done, and with them so many records."""
        self._done += steps
        self._records += records
        self._tell(0.0, 0)

    def part(self, connection: duckdb.DuckDBPyConnection, steps: float, records: int) -> Callable[[int], None]:
        """What to tell of records done while a result of about so many, which are so many steps, is fetched.

        Where nobody knows how many there are, DuckDB says how far it has come.
        """
        done, told = 0, time.monotonic()

        def tell(n: int) -> None:
            nonlocal done, told
            done += n
            if time.monotonic() - told >= INTERVAL_S:
                told = time.monotonic()
                share = done / records if records else max(connection.query_progress(), 0.0) / 100
                self._tell(steps * min(share, 1.0), done)

        return tell

    def _tell(self, steps: float, records: int) -> None:
        if self._progress is not None:
            seconds = max(time.monotonic() - self._began, 1e-9)
            done = min((self._done + steps) / self._total, 1.0)
            self._progress(self._stage, done, (self._records + records) / seconds)
