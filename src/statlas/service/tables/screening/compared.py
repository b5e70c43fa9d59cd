"""A draft beside the release that answers: which periods are new, which are revised, and which are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from statlas.model.database import Database
from statlas.service.tables.otherwise import counted_otherwise
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.screening.breaks import PAST

MOST_READ = 6_000_000_000
"""Records that the checks of single codes read at most, and those of combinations: at the five nanoseconds a record
that were measured, half a minute of one core each.
"""

LEAST_PAST = 14
"""Periods that are looked back over however many people they hold: a year of months, and a change before it."""

MOST_PERIODS = 12
"""New periods, and revised ones, that are looked at code by code, the newest: a year of months; of all of them the
totals are."""


@dataclass(frozen=True, eq=False)
class Compared:
    """A draft and the last release; ``last`` is None for a first one, or where its numbers cannot be had any more.

    before: periods of the last release, whether or not its numbers can be had.
    """

    draft: ReleaseTables
    last: ReleaseTables | None
    before: tuple[str, ...] = ()

    @property
    def database(self) -> Database:
        """As the draft defines it."""
        return self.draft.database

    @property
    def periods(self) -> tuple[str, ...]:
        """Of the draft, oldest first."""
        return self.draft.manifest.periods

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Periods that the last release does not have."""
        return tuple(period for period in self.periods if period not in self.before)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Periods that both have, with the very same records."""
        then = self.last.records_of if self.last else {}
        return tuple(p for p in self.periods if p in then and then[p] == self.draft.records_of[p])

    @cached_property
    def revised(self) -> tuple[str, ...]:
        """Periods that both have, with other records."""
        then = self.last.records_of if self.last else {}
        return tuple(period for period in self.periods if period in then and period not in self.kept)

    @cached_property
    def redefined(self) -> bool:
        """Whether numbers of records that stayed may be others, as the definition or the protection is another."""
        if self.last is None:
            return False
        then, fields = self.last, (field.id for field in self.database.categories)
        return counted_otherwise(then.database, self.database, then.manifest, self.draft.manifest, fields)

    @cached_property
    def reviewed(self) -> tuple[str, ...]:
        """Periods of which the numbers of both releases are compared.

        They are those revised, and one that stayed where the definition has changed.
        """
        stayed = self.kept[-1:] if self.redefined else ()
        return tuple(sorted((*self.revised[-MOST_PERIODS:], *stayed)))

    @property
    def looked_at(self) -> tuple[str, ...]:
        """New periods that are looked at code by code."""
        return self.added[-MOST_PERIODS:]

    @property
    def reach(self) -> int:
        """Periods that judge one: those that are learnt from, and the two between which it changes."""
        return PAST[self.database.calendar.frequency] + 2

    def past_of(self, period: str, n: int = 0) -> tuple[str, ...]:
        """The period and those before it, ``n`` together at most, or as many as judge it; oldest first."""
        end = self.periods.index(period) + 1
        return self.periods[max(0, end - (n or self.reach)) : end]

    @cached_property
    def window(self) -> tuple[str, ...]:
        """Every period that is needed to judge those looked at, oldest first."""
        if not self.looked_at:
            return ()
        for n in range(self.reach, LEAST_PAST, -1):
            if self.read(self._since(n)) * len(self.database.categories) <= MOST_READ:
                return self._since(n)
        return self._since(min(LEAST_PAST, self.reach))

    def _since(self, n: int) -> tuple[str, ...]:
        first = self.past_of(self.looked_at[0], n)[0]
        return tuple(period for period in self.periods if period >= first)

    def read(self, periods: tuple[str, ...]) -> float:
        """Records that one table of some periods reads, as printed."""
        return sum(self.draft.people.get(period, 0.0) for period in periods)

    def label_of(self, period: str) -> str:
        """What people read for a period."""
        return self.database.calendar.label_of(period)
