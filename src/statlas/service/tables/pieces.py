"""A table of any size piece by piece: each piece is counted and protected alone, so that memory holds one of them.

The release, the numbers and what the rules say are those of the whole table, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from statlas.errors import QueryError
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.protection import RuleOutcome
from statlas.model.query import Item, Query
from statlas.model.release import Manifest
from statlas.service.tables.cancelling import Cancel
from statlas.service.tables.counting import NOISE_BYTES, NOISE_SECRET, count, opener
from statlas.service.tables.cuboid_opening import cuboids_of
from statlas.service.tables.databases import database, database_of, manifest, policy_of, refuse_destroyed
from statlas.service.tables.marking import Marking
from statlas.store import Home
from statlas.wording import _

if TYPE_CHECKING:
    from statlas import engine

MOST_DERIVED_CELLS = 2_000_000
"""Cells of a table with derived numbers, which is worked out whole: as many as fit in some hundred megabytes."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Some date items of a table: those from ``start`` to before ``stop``, in the layout of the table."""

    start: int
    stop: int
    measures: tuple[CubeMeasure, ...]
    blocked: NDArray[np.uint8] | None


class Pieces:
    """A table to go through once; ``finished`` is then its cube with the numbers that it is given.

    head: the cube without its numbers. date_axis: which of its dimensions is the date.
    """

    def __init__(self, counted: engine.Pieces, cancel: Cancel, marking: Marking) -> None:
        self._counted, self._cancel, self._marking = counted, cancel, marking
        self.head = marking.told(counted.head)
        self.date_axis = counted.date_axis
        self.n_measures = len(counted.counting.plan.asked)

    def __iter__(self) -> Iterator[Piece]:
        for one in self._counted:
            yield Piece(one.start, one.stop, self._marked(one), one.blocked)
            self._cancel.check()

    def _marked(self, piece: engine.Piece) -> tuple[CubeMeasure, ...]:
        """The numbers of a piece with the marks of the release: those of the table of its dates alone."""
        head, axis = self.head, self.date_axis
        dates = head.dimensions[axis].items[piece.start : piece.stop]
        items = tuple(Item(item.nodes) for item in dates)
        asked = tuple(
            replace(d, items=items, total=False) if n == axis else d for n, d in enumerate(head.query.dimensions)
        )
        dimensions = tuple(replace(d, items=dates) if n == axis else d for n, d in enumerate(head.dimensions))
        cut = replace(head, query=replace(head.query, dimensions=asked), dimensions=dimensions, measures=piece.measures)
        return self._marking.marked(cut).measures

    def outcomes(self) -> tuple[RuleOutcome, ...]:
        """What the rules said, once all of it is counted.

        Raises:
            DisclosureRefused: nothing of it may be shown.
        """
        return self._counted.outcomes()


class Whole:
    """A table that cannot be taken apart, as its one piece."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self.head = replace(cube, measures=(), rules=(), blocked=None)
        self.date_axis = next(n for n, d in enumerate(cube.dimensions) if d.is_date)
        self.n_measures = len(cube.measures)

    def __iter__(self) -> Iterator[Piece]:
        yield Piece(0, self._cube.shape[self.date_axis], self._cube.measures, self._cube.blocked)

    def outcomes(self) -> tuple[RuleOutcome, ...]:
        """What the rules said."""
        return self._cube.rules


def pieces(*, home: Home, query: Query, cancel: Cancel | None = None) -> Pieces | Whole:
    """The table that a query asks of a release, to be counted while somebody goes through it.

    Args:
        home: the installation.
        query: its ``release`` may be None for the one that answers; it is the same for all pieces.
        cancel: ends the count between two periods.

    Raises:
        UnknownNameError, QueryError, TooManyCellsError, DisclosureRefused: as ``tables.table``.
        CancelledError: ``cancel`` was, told by the next piece.
    """
    from statlas import engine  # noqa: PLC0415 - nothing else here takes its time to load

    found = manifest(home=home, database_id=query.database, release=query.release)
    refuse_destroyed(home=home, manifest=found)
    asked = database(home=home, database_id=found.database, release=found.release)
    pinned, cancel = replace(query, release=found.release), cancel or Cancel()
    if pinned.derived:
        return _whole(home, found, pinned, cancel)
    counted = engine.in_pieces(
        asked,
        found,
        pinned,
        open_period=opener(asked, lambda period: _path_of(home, found, period, cancel)),
        policy=policy_of(asked),
        noise_key=home.secret(NOISE_SECRET, NOISE_BYTES),
        cuboids=cuboids_of(home, found),
    )
    return Pieces(counted, cancel, _marking(home, found, cancel))


def _marking(home: Home, found: Manifest, cancel: Cancel) -> Marking:
    """What sets the marks of a release; the release before is counted, and nothing of it is kept."""

    def ask(made: Manifest, query: Query, most: int | None) -> Cube:
        return count(
            home=home,
            database=database_of(home=home, manifest=made),
            manifest=made,
            query=query,
            max_cells=most,
            path_of=lambda period: _path_of(home, made, period, cancel),
        )

    return Marking.of(home, found, ask)


def _whole(home: Home, found: Manifest, pinned: Query, cancel: Cancel) -> Whole:
    """A table with derived numbers: they may look at other periods, so that it is worked out at once.

    Raises:
        QueryError: it is too large for that.
    """
    asked = database(home=home, database_id=found.database, release=found.release)
    from statlas.engine.plan import plan  # noqa: PLC0415 - as the engine

    made = plan(asked, replace(pinned, derived=()), exact=policy_of(asked).open)
    cells = prod(len(d.items or ()) + d.total for d in made.query.dimensions)
    refuse_many_derived(pinned, cells)
    from statlas.service.tables.deriving import with_derived  # noqa: PLC0415 - as the engine

    marking = _marking(home, found, cancel)
    exact = policy_of(asked).open

    def ask(part: Query, most: int | None) -> Cube:
        return marking.marked(marking.ask(found, part, most))

    return Whole(with_derived(asked, pinned, ask, exact=exact, max_cells=None))


def refuse_many_derived(query: Query, cells: int) -> None:
    """Refuse derived numbers of a table that is too large to be worked out at once.

    Raises:
        QueryError: it is.
    """
    if query.derived and cells > MOST_DERIVED_CELLS:
        raise QueryError(
            _(
                "Derived numbers are worked out for tables of up to {most_derived_cells:,} cells; this one has "
                "{cells:,}."
            ).format(most_derived_cells=MOST_DERIVED_CELLS, cells=cells),
            mend=_("Leave the derived numbers out, or ask for fewer dates at once."),
        )


def _path_of(home: Home, found: Manifest, period: str, cancel: Cancel) -> Path:
    """Where the records of a period lie, if they are wanted still."""
    cancel.check()
    return next(home.path_of(record) for record in found.records if record.period == period)
