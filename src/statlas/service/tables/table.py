"""Ask a table: the one use case behind every door."""

from __future__ import annotations

from dataclasses import replace

from statlas.model.cube import Cube
from statlas.model.query import Query
from statlas.service.tables import querylog
from statlas.service.tables.cancelling import Cancel, Patience
from statlas.service.tables.counting import MAX_CELLS, NOISE_BYTES, NOISE_SECRET, count
from statlas.service.tables.databases import database, manifest, policy_of
from statlas.service.tables.giving import Giving
from statlas.service.tables.giving import answers as _answers
from statlas.service.tables.marking import Marking
from statlas.store import Home

__all__ = ["MAX_CELLS", "NOISE_BYTES", "NOISE_SECRET", "WAIT_S", "_answers", "count", "table"]

WAIT_S = 30.0
"""Seconds that somebody waits for a turn: arbitrary, about as long as people and proxies do."""


def table(
    *,
    home: Home,
    query: Query,
    door: str,
    max_cells: int | None = MAX_CELLS,
    wait_s: float | None = WAIT_S,
    cancel: Cancel | None = None,
) -> Cube:
    """The protected table a query asks for, from answers already given or from the records.

    Args:
        home: the installation.
        query: its ``release`` may be None for the latest public one.
        door: who asks, for the query log: ``opendata``, ``native``, ``web``, ``cli``, ``python``.
        max_cells: most cells answered.
        wait_s: seconds to wait while others are served; None waits for ever.
        cancel: ends the question from another thread.

    Raises:
        UnknownNameError: a database, release, field, code or measure is not there.
        QueryError: the query makes no sense for the database.
        TooManyCellsError: the answer has more cells than ``max_cells``.
        DisclosureRefused: a rule of disclosure control refuses it.
        BusyError: no turn came within ``wait_s``.
        CancelledError: ``cancel`` was.
    """
    found = manifest(home=home, database_id=query.database, release=query.release)
    pinned = replace(query, release=found.release)
    querylog.note(home=home, query=pinned, release=found.release, door=door)
    patience = Patience.of(wait_s, cancel)
    giving = Giving.of(home, found, patience)
    marking = Marking.of(home, found, lambda made, asked, most: Giving.of(home, made, patience).give(asked, most))

    def give(query: Query, most: int | None) -> Cube:
        return marking.marked(giving.give(query, most))

    if not pinned.derived:
        return give(pinned, max_cells)
    from statlas.service.tables.deriving import with_derived  # noqa: PLC0415 - it loads the engine

    asked = database(home=home, database_id=found.database, release=found.release)
    return with_derived(asked, pinned, give, exact=policy_of(asked).open, max_cells=max_cells)
