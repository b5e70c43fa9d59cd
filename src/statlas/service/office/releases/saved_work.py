"""What of users' work a release would carry over: saved tables, saved groups, permanent links.

Whoever publishes is to know what a plan costs before it is public, and nothing of anybody's work: what is told is how
many, in bands, and for what kind of reason. No name, code, owner or exact number leaves this module; what can be found
out all the same stands in decision 0234.

What could not be asked of the release that answers already is not counted: this release does not take it away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from statlas.errors import StatlasError
from statlas.model.carrying import Obstacle
from statlas.model.database import Database
from statlas.model.finding import Check, DraftReports, Fact, Finding, Severity, finding_id
from statlas.service.office.releases.saved_counts import MOST_LOOKED, Counting, Tally
from statlas.service.tables import database as database_of
from statlas.store import Home
from statlas.wording import _, later

SAVED_WORK = "saved-work"

_EDGES = (0, 1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""The first number of each band: arbitrary; whoever has fewer than five could be guessed at."""

_LABELS = (later("Saved tables"), later("Saved groups"), later("Permanent links to newer figures"))


@dataclass(frozen=True)
class Carriage:
    """What becomes of one kind of work, each number in words of a band: *none*, *fewer than 5*, *5 to 9*.

    stays: asked as before. carried: asked by other names. part: groups of which some codes are lost.
    cannot: left as it is, its owner told. why: kinds of reasons, each with the band of those it keeps.
    is_lost: whether any cannot be carried, or not whole. is_cut: whether there are more than were looked at.
    """

    label: str
    stays: str
    carried: str
    part: str
    cannot: str
    why: tuple[tuple[str, str], ...]
    is_lost: bool
    is_cut: bool = False

    @property
    def said(self) -> str:
        """In a line."""
        parts = [
            _("as they are: {n}").format(n=self.stays),
            _("carried over: {n}").format(n=self.carried),
            _("cannot be: {n}").format(n=self.cannot),
        ]
        if self.is_cut:
            parts.append(_("of the newest {n:,}").format(n=MOST_LOOKED))
        if self.part != band(0):
            parts.insert(2, _("in part: {n}").format(n=self.part))
        return "; ".join(parts)

    @property
    def because(self) -> str:
        """Why some cannot be carried; empty where all can."""
        return "; ".join(_("{why} ({n})").format(why=why, n=n) for why, n in self.why)


def saved_work(*, home: Home, after: Database) -> tuple[Carriage, ...]:
    """What becomes of users' work under a draft, a line for each kind; nothing for a first release.

    Args:
        after: the database as the draft has it, with its periods.
    """
    if not home.has(after.id):
        return ()
    try:
        counting = Counting(home, database_of(home=home, database_id=after.id), after)
    except (StatlasError, OSError):  # nothing answers, so that nothing is asked of it
        return ()
    tallies = (counting.tables(), counting.groups(), counting.links())
    return tuple(_told(_(label), tally) for label, tally in zip(_LABELS, tallies, strict=True))


def finding(*, home: Home, after: Database) -> Finding | None:
    """What has to be answered where some of it cannot be carried; None where all can."""
    return _finding(after.id, saved_work(home=home, after=after))


def cause(database_id: str) -> str:
    """The id of the finding: the same however much is saved, so that a reason once given is not asked for again."""
    return finding_id(SAVED_WORK, database_id, "cannot")


def with_saved_work(reports: DraftReports, *, home: Home, after: Database) -> DraftReports:
    """The reports on a draft with what becomes of users' work, among what changes."""
    found = saved_work(home=home, after=after)
    lost = _finding(after.id, found)
    facts = tuple(Fact(one.label, one.said, one.because) for one in found)
    check = Check(SAVED_WORK, _("What users saved"), _("saved tables, groups and permanent links"), 1 if lost else 0)
    changes = replace(
        reports.changes,
        findings=((lost, *reports.changes.findings) if lost else reports.changes.findings),
        checks=(*reports.changes.checks, *([check] if found else [])),
        facts=(*reports.changes.facts, *facts),
    )
    return replace(reports, changes=changes)


def band(n: int) -> str:
    """A number as it may be told: *none*, *fewer than 5*, *5 to 9*, *10,000 or more*."""
    if n == 0:
        return _("none")
    for low, high in pairwise(_EDGES[1:]):
        if n < high:
            if low == 1:
                return _("fewer than {high}").format(high=high)
            return _("{low:,} to {high:,}").format(low=low, high=high - 1)
    return _("{low:,} or more").format(low=_EDGES[-1])


def _told(label: str, tally: Tally) -> Carriage:
    why = tuple((kind.said, band(n)) for kind in Obstacle if (n := tally.why[kind]))
    return Carriage(
        label,
        band(tally.stays),
        band(tally.carried),
        band(tally.part),
        band(tally.cannot),
        why,
        tally.is_lost,
        tally.is_cut,
    )


def _finding(database_id: str, found: Iterable[Carriage]) -> Finding | None:
    lost = [one for one in found if one.is_lost]
    if not lost:
        return None
    said = "; ".join(_("{label}: {said}").format(label=one.label, said=one.said) for one in lost)
    return Finding(
        cause(database_id),
        SAVED_WORK,
        Severity.WARNING,
        _("What users saved"),
        _("Some of what users saved cannot be carried over. {said}.").format(said=said),
        mend=_("Complete the mapping plan, or say why it cannot be; owners are told when they open it."),
    )
