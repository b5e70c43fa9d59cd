"""What has changed in a table since somebody saw it: releases, periods, names, and numbers that were printed then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from statlas.errors import StatlasError, UnknownNameError
from statlas.model.database import Database
from statlas.model.difference import Side, differences
from statlas.model.query import Query
from statlas.model.release import Manifest
from statlas.service.tables.databases import database, manifest, policy_of
from statlas.service.tables.fitting import misfits, renamed
from statlas.service.tables.mapping import carried
from statlas.service.tables.table import table
from statlas.service.tables.versions import public_from
from statlas.store import Home

_MOST_READ = 100
"""Releases looked through for the one of a date: arbitrary; older ones are taken for the oldest of them."""


@dataclass(frozen=True)
class Changes:
    """What happened between two releases, as far as one table goes.

    then, now: the release that was seen, and the one that answers.
    releases: those after ``then``, oldest first, each with the ISO time of its publication.
    added: labels of the periods that came. misfits: sentences on what the table can no longer be made of.
    carried: sentences on what is asked for by another name, as a mapping plan says. renamed: old label and new label.
    cells: numbers and symbols that both releases print, ``differing`` of them by more than noise (decisions page, D8);
    None where they cannot be compared, and ``why_not`` says why.
    """

    then: str
    now: str
    releases: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    cells: int | None = None
    differing: int = 0
    why_not: str = ""

    def __bool__(self) -> bool:
        return self.then != self.now


def release_at(*, home: Home, database_id: str, moment: str) -> str:
    """The release that answered at an ISO moment; the oldest there is where none did.

    Raises:
        UnknownNameError: there is no such database.
    """
    manifest(home=home, database_id=database_id)
    found = home.releases(database_id)[-_MOST_READ:]
    earlier = [number for number in found if _created(home, database_id, number) <= moment]
    return earlier[-1] if earlier else found[0]


def changes(*, home: Home, query: Query, then: str, max_cells: int | None = None) -> Changes:
    """What has changed since release ``then`` in the table of a query.

    Raises:
        UnknownNameError: the database is no longer there.
    """
    current = manifest(home=home, database_id=query.database)
    if then == current.release:
        return Changes(then, then)
    now = database(home=home, database_id=query.database)
    known = home.releases(query.database)
    later = known[known.index(then) + 1 :] if then in known else ()
    told = tuple((number, _created(home, query.database, number)) for number in later)
    try:
        before = database(home=home, database_id=query.database, release=then)
    except StatlasError:
        wrong = misfits(now, query)
        return Changes(then, current.release, told, misfits=wrong, why_not="gone")
    over = carried(home=home, query=query, then=then)
    found = Changes(
        then,
        current.release,
        told,
        added=_added(before, now),
        misfits=over.cannot,
        carried=over.changed,
        renamed=renamed(now, query, before),
    )
    return _compared(home, query, found, current, max_cells)


def _added(before: Database, now: Database) -> tuple[str, ...]:
    return tuple(now.calendar.label_of(period) for period in now.periods if period not in before.periods)


def _compared(home: Home, query: Query, found: Changes, current: Manifest, max_cells: int | None) -> Changes:
    """Both releases asked for exactly what was shown then, cell for cell."""
    try:
        before = table(home=home, query=replace(query, release=found.then), door="web", max_cells=max_cells)
        asked = replace(before.query, release=current.release)
        now = table(home=home, query=asked, door="web", max_cells=max_cells)
    except UnknownNameError:
        return replace(found, why_not="misfit")
    except StatlasError:
        return replace(found, why_not="refused")
    if before.shape != now.shape or [m.id for m in before.measures] != [m.id for m in now.measures]:
        return replace(found, why_not="misfit")
    variances = (_variance(home, query.database, one.release) for one in (before, now))
    told = differences(*(Side(cube, variance) for cube, variance in zip((before, now), variances, strict=True)))
    return replace(found, cells=before.n_cells * len(told), differing=sum(one.n_beyond for one in told))


def _variance(home: Home, database_id: str, release: str) -> float:
    return policy_of(database(home=home, database_id=database_id, release=release)).variance


def _created(home: Home, database_id: str, release: str) -> str:
    return public_from(home=home, database_id=database_id, release=release)
