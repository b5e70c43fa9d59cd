"""A large table piece by piece along the date, in the memory of one piece: the same numbers as ``tabulate`` gives.

Each date item is made of the printed cells of its own periods alone, so that items can be counted one after another.
What the rules say is gathered by period, as several items may hold the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.policy import Policy
from statlas.engine import kernel
from statlas.engine.annotate import cube_of
from statlas.engine.answering import answer
from statlas.engine.area_rules import Masks, area_outcomes
from statlas.engine.cuboids.using import OpenCuboids, no_cuboids
from statlas.engine.grouping import Grouping
from statlas.engine.plan import MAX_WORKING_CELLS, Plan, plan
from statlas.engine.query_rules import refuse_by_query
from statlas.engine.raw import OpenPeriod
from statlas.engine.ruling import masks_of, refuse_if_all_blocked, ruling_of
from statlas.engine.slicing import slice_of
from statlas.engine.tabulate import Counting
from statlas.errors import TooManyCellsError
from statlas.model.cube import Cube, CubeMeasure
from statlas.model.database import Database
from statlas.model.protection import RuleOutcome
from statlas.model.query import Query
from statlas.model.release import Manifest

PIECE_CELLS = 250_000
"""Cells of a piece, each measure counted, unless one date item has more: arbitrary, some tens of megabytes."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Some date items of a table: those from ``start`` to before ``stop``, in the layout of the query.

    blocked: as in ``Cube``; None where nothing of the piece is.
    """

    start: int
    stop: int
    measures: tuple[CubeMeasure, ...]
    blocked: NDArray[np.uint8] | None


@dataclass(frozen=True, eq=False)
class Pieces:
    """A table that is counted while somebody goes through it: once, then ``outcomes`` tells what the rules said.

    head: the cube without its numbers. date_axis: which of its dimensions is the date.
    """

    head: Cube
    counting: Counting
    _masks: dict[str, Masks] = field(default_factory=dict)

    @property
    def date_axis(self) -> int:
        """Which dimension of the query is the date."""
        return self.counting.plan.layout.index(-1)

    def __iter__(self) -> Iterator[Piece]:
        for start, stop in self._bounds():
            yield self._piece(start, stop)

    def outcomes(self) -> tuple[RuleOutcome, ...]:
        """What the rules said of the whole, once all of it is counted.

        Raises:
            DisclosureRefused: no area that is asked for is left.
        """
        made, policy = self.counting.table, self.counting.policy
        if policy.rules is None:
            return ()
        masks = {period: self._masks[period] for period in made.all_periods}
        refuse_if_all_blocked(made, masks)
        return area_outcomes(made, masks)

    def _bounds(self) -> Iterator[tuple[int, int]]:
        made = self.counting.plan
        of_one = self.head.n_cells // len(made.periods) * len(made.asked)
        start = 0
        while start < len(made.periods):
            stop = start + max(1, PIECE_CELLS // max(of_one, 1))
            yield start, min(stop, len(made.periods))
            start = stop

    def _piece(self, start: int, stop: int) -> Piece:
        whole, policy = self.counting, self.counting.policy
        counting = replace(whole, plan=replace(whole.plan, periods=whole.plan.periods[start:stop]))
        tables, made = counting.printed(), counting.table
        if policy.rules is None:
            return Piece(start, stop, answer(made, tables, policy), None)
        found = masks_of(made, tables.cells, policy.rules, counting.sparsity())
        self._masks.update(found)
        ruling = ruling_of(made, found)
        measures = answer(made, ruling.applied(tables), policy)
        return Piece(start, stop, measures, ruling.marks(Grouping(made, policy), measures))


def in_pieces(
    database: Database,
    manifest: Manifest,
    query: Query,
    *,
    open_period: OpenPeriod,
    policy: Policy,
    noise_key: bytes,
    cuboids: OpenCuboids = no_cuboids,
) -> Pieces:
    """The table that a query asks of a release, to be counted piece by piece; the arguments are those of ``tabulate``.

    Raises:
        UnknownNameError, QueryError, TooManyCellsError: as ``engine.plan.plan``; or a group or total of periods is
            made of more cells than are held at once.
        DisclosureRefused: a rule refuses the table before a number exists.
    """
    made = plan(database, query, exact=policy.open)
    refuse_by_query(made, policy.rules)
    _refuse_wide_dates(made)
    epochs: Mapping[str, int] = {record.period: record.epoch for record in manifest.records}
    counting = Counting(
        made, open_period, policy, noise_key, dict(epochs), kernel.count, cuboids, slice_of(made, policy)
    )
    return Pieces(cube_of(made, manifest, policy, ()), counting)


def _refuse_wide_dates(made: Plan) -> None:
    """Refuse a group of periods whose printed cells, all held for it, are too many."""
    widest = max((len(item) for item in made.periods), default=1)
    cells = widest * prod(made.shape) * (1 + len(made.measures))
    if widest > 1 and cells > MAX_WORKING_CELLS:
        raise TooManyCellsError(value=cells, limit=MAX_WORKING_CELLS, behind=True)
