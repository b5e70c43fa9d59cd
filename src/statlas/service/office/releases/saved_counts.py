"""Count what becomes of saved tables, saved groups and permanent links of one database under a draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from statlas.errors import StatlasError, UnknownNameError
from statlas.model.carrying import Carried, Obstacle, carry_codes
from statlas.model.classification import Node
from statlas.model.database import Database
from statlas.model.mapping import MappingPlan
from statlas.model.query import Query
from statlas.model.query_data import read_query
from statlas.office.permalinks import queries as permalink_queries
from statlas.office.saved import queries as saved_queries
from statlas.service.office import groups, saved
from statlas.service.office.groups import GroupFacts
from statlas.service.tables.changes import release_at
from statlas.service.tables.mapping import Way, plan_after, way
from statlas.store import Home

MOST_LOOKED = 5_000
"""Saved tables, groups and links that are looked at, the newest of each: two seconds, arbitrary beyond that."""


@dataclass
class Tally:
    """Exact numbers, which are for ``saved_work`` alone: nobody is told of them."""

    stays: int = 0
    carried: int = 0
    part: int = 0
    cannot: int = 0
    is_cut: bool = False
    why: Counter[Obstacle] = field(default_factory=Counter)

    @property
    def is_lost(self) -> bool:
        """Whether some cannot be carried, or not all of it."""
        return bool(self.cannot or self.part)

    def add(self, found: Carried, before: Query) -> None:
        """Count a query."""
        if found.query is None:
            self.cannot += 1
            self.why.update(found.why)
        elif found.query == before:
            self.stays += 1
        else:
            self.carried += 1


class Counting:
    """Counts what becomes of all that is kept of one database."""

    def __init__(self, home: Home, now: Database, after: Database) -> None:
        self._home, self._now, self._after = home, now, after
        self._plan: MappingPlan = plan_after(now, after)
        self._on = Way((self._plan,) if self._plan else (), now, after)
        self._ways: dict[str, Way | None] = {}

    def tables(self) -> Tally:
        """Saved tables; a pinned one stays with its release."""
        rows = saved_queries.of_database(self._now.id, MOST_LOOKED)
        tally = Tally(is_cut=len(rows) == MOST_LOOKED)
        for row in rows:
            kept = saved.facts_of(row)
            if kept.is_pinned:
                tally.stays += 1
            else:
                moment = kept.created.isoformat(timespec="seconds")
                then = kept.seen or release_at(home=self._home, database_id=self._now.id, moment=moment)
                self._count(tally, kept.query, then)
        return tally

    def links(self) -> Tally:
        """Permanent links: what they show stays; counted is whether they still lead to the newest figures."""
        rows = permalink_queries.of_database(self._now.id, MOST_LOOKED)
        tally = Tally(is_cut=len(rows) == MOST_LOOKED)
        for row in rows:
            self._count(tally, read_query(row.query), row.release)
        return tally

    def groups(self) -> Tally:
        """Saved groups that have codes of the release that answers."""
        rows = saved_queries.newest_groups(MOST_LOOKED)
        tally = Tally(is_cut=len(rows) == MOST_LOOKED)
        for row in rows:
            self._count_group(tally, groups.facts_of(row))
        return tally

    def _count(self, tally: Tally, query: Query, then: str) -> None:
        step = self._way(then)
        today = step.carried(query).query if step else None
        if today is not None:
            tally.add(self._on.carried(today), today)

    def _way(self, then: str) -> Way | None:
        """The way to the release that answers; None where there is none."""
        if then not in self._ways:
            try:
                self._ways[then] = way(home=self._home, database_id=self._now.id, then=then)
            except (StatlasError, ValueError):
                self._ways[then] = None
        return self._ways[then]

    def _count_group(self, tally: Tally, group: GroupFacts) -> None:
        fits = ((one, groups.fit(group, one).nodes) for one in self._now.categories)
        of, nodes = max(fits, key=lambda pair: len(pair[1]), default=(None, ()))
        if of is None or not nodes:
            return
        found, lost = carry_codes(self._plan, of.id, nodes)
        kept = [*self._kept(self._plan.of(of.id).now, found)]
        if not kept:
            tally.cannot += 1
            tally.why[Obstacle.GONE] += 1
        elif lost or len(kept) < len(found):
            tally.part += 1
        elif tuple(kept) == nodes:
            tally.stays += 1
        else:
            tally.carried += 1

    def _kept(self, field_id: str, nodes: Iterable[Node]) -> Iterator[Node]:
        """Those that the draft's field has."""
        try:
            classification = self._after.field(field_id).classification
        except UnknownNameError:
            return
        for node in nodes:
            if node.valueset in classification and node.code in classification[node.valueset]:
                yield node
