"""The headline figures of a place: of each database its count in the latest period, the change on a year, and its rank.

Asked are whole levels, two periods at a time: the same table answers for every place of the level, and is kept.
Everything told is worked out from the printed numbers of these tables, so that anybody can do it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as part
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.derived import change as change_of
from statlas.geography.kinds import is_place
from statlas.model.cells import Z95, CellStatus, CubeMeasure
from statlas.model.classification import Node
from statlas.model.cube import Cube
from statlas.model.database import Database, Field
from statlas.model.derived import Change, Since
from statlas.model.query import Dimension, Item, Query, Role
from statlas.model.release import Manifest
from statlas.service.tables.databases import database as database_of
from statlas.service.tables.table import table
from statlas.store import Home

PEOPLE, HOUSEHOLDS = "people", "households"
DENOMINATORS = (PEOPLE, HOUSEHOLDS)
"""Units of the sums of an open database that others are divided by."""

MOST_YEARS_APART = 5
"""Years by which a count may be older or younger than the people it is divided by; arbitrary."""

PER = 1_000

YEARS = 6
"""Years of a series: arbitrary, five changes."""

MOST_IN_SERIES = 1_000
"""Places of a level of which series are told; more would take a page too long. Arbitrary."""

MOST_LEVELS = 512
"""Levels whose numbers a process keeps: arbitrary, all of a department with a hundred databases."""


@dataclass(frozen=True)
class Number:
    """A printed number, or why there is none: then ``value`` is None and ``status`` says it."""

    value: float | None
    status: CellStatus


@dataclass(frozen=True)
class Place:
    """A place in an order: ``Place(12, 309, "England", "E92000001")`` is 12th of 309 in England, 1 for the largest.

    ``within`` is empty for all places of the level; ``shared`` says whether others have the same number.
    """

    place: int
    of: int
    within: str
    code: str = ""
    shared: bool = False


@dataclass(frozen=True)
class Rate:
    """A count for each thousand residents or households of a place.

    ``of`` is ``people`` or ``households``, ``source`` the database they are from, ``period`` when they were counted.
    """

    value: float
    of: str
    source: Database
    period: str
    place: Place | None


@dataclass(frozen=True)
class Figure:
    """What one database says of a place.

    ``periods`` are the latest one and that of a year before, if there is one; ``measure`` is what is counted.
    ``change`` and ``percent`` are *not available* where either number is not printed; ``is_noise`` says whether the
    change is no larger than the noise alone makes it in 19 of 20 cases.
    ``series`` are the numbers of the same period of some years, the oldest first: the latest two in large levels.
    ``share`` is the place's part of its parent, in per cent.
    ``asked`` is the release that tables of it name: its own where it is a figure of then; None for the latest.
    """

    database: Database
    field: Field
    node: Node
    periods: tuple[str, ...]
    measure: CubeMeasure
    release: str
    threshold: int
    now: Number
    before: Number | None
    change: Number | None
    percent: Number | None
    is_noise: bool
    places: tuple[Place, ...]
    series: tuple[tuple[str, Number], ...] = ()
    share: float | None = None
    share_of: str = ""
    rate: Rate | None = None
    asked: str | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether the place is there in both periods: one that ended has not lost its people."""
        return CellStatus.STRUCTURAL_ZERO not in (self.now.status, self.before.status if self.before else None)

    @property
    def is_headcount(self) -> bool:
        """Whether it says how many people or households live there, which other figures are divided by."""
        return headcount(self.database) is not None


def headcount(database: Database) -> str | None:
    """The measure of an open database that says how many people or households live in a place; None of any other."""
    if database.protected_by.threshold:
        return None
    return next((m.id for m in database.measures if m.unit in DENOMINATORS and "SUM" in m.statistics), None)


def unit_of(database: Database) -> str:
    """What a headcount counts, or what a count is divided by: ``people`` or ``households``; empty for nothing.

    Children are no share of people of all ages that anybody would look for.
    """
    name = headcount(database)
    if name is not None:
        return database.measure(name).unit
    unit = database.records.unit.casefold()
    if "child" in unit or unit in ("row", "record"):
        return ""
    return HOUSEHOLDS if "household" in unit else PEOPLE


def measures_of(database: Database) -> tuple[str, ...]:
    """What is asked of a database: its headcount, or its count where it has none."""
    name = headcount(database)
    return (f"{name}:SUM",) if name else ()


def query_of(database: Database, field: str, level: str) -> Query:
    """The table of a level: every place of it, in the latest period and the same one of years before."""
    return Query(
        database.id,
        measures=measures_of(database),
        dimensions=(Dimension(field, valueset=level), _dates(database, _years(database, field, level))),
    )


def _dates(database: Database, years: int) -> Dimension:
    dates = database.date.valueset
    items = tuple(Item((Node(dates.id, period),)) for period in periods_of(database, years))
    return Dimension(database.date.id, items=items, role=Role.COLUMNS)


def periods_of(database: Database, years: int) -> tuple[str, ...]:
    """The latest period and the same one of the years before it, as far as they are there, ``years`` in all."""
    found = [database.periods[-1]]
    while len(found) < years and (before := database.calendar.year_before(found[-1])) in database.periods:
        found.append(before)
    return tuple(found)


def _years(database: Database, field: str, level: str) -> int:
    """Years that are asked for: of large levels the two that a change takes."""
    return YEARS if len(database.field(field).classification[level]) <= MOST_IN_SERIES else 2


class LevelFigures:
    """The numbers of every place of one level of one database."""

    def __init__(self, cube: Cube, database: Database) -> None:
        self.database, self.cube = database, cube
        self.measure = cube.measures[0]
        self._items = next(d for d in cube.dimensions if d.is_geography).items
        self.field = database.field(next(d for d in cube.dimensions if d.is_geography).field)
        dates = next(d for d in cube.dimensions if d.is_date).items
        self._years = tuple(item.nodes[0].code for item in dates)
        self.periods = self._years[:2]
        self.position = {item.nodes[0].code: n for n, item in enumerate(self._items)}
        earlier = {self.periods[0]: self.periods[-1]} if len(self.periods) > 1 else {}
        self._change = change_of(cube, self.measure, Change(Since.YEAR), earlier)
        self._percent = change_of(cube, self.measure, Change(Since.YEAR, percent=True), earlier)

    def figure(self, code: str) -> Figure:
        """What the table says of one of its places."""
        row, compares = self.position[code], len(self.periods) > 1
        change = _number(self._change, row) if compares else None
        return Figure(
            database=self.database,
            field=self.field,
            node=self._items[row].nodes[0],
            periods=self.periods,
            measure=self.measure,
            release=self.cube.release,
            threshold=self.cube.threshold,
            now=_number(self.measure, row),
            before=_number(self.measure, row, 1) if compares else None,
            change=change,
            percent=_number(self._percent, row) if compares else None,
            is_noise=bool(change and _within(change.value, float(self._change.sd[row, 0]))),
            places=self.places(code, self.values),
            series=tuple((year, _number(self.measure, row, n)) for n, year in enumerate(self._years))[::-1],
        )

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Printed numbers of the latest period by position; NaN where there is none."""
        is_real = np.array([is_place(code) for code in self.position])
        shown = (self.measure.status[:, 0] == CellStatus.SHOWN) & is_real
        return np.where(shown, self.measure.values[:, 0].astype(np.float64), np.nan)

    def places(self, code: str, values: NDArray[np.float64]) -> tuple[Place, ...]:
        """The place among those of the level in the largest place that holds it, and in the smallest."""
        row = self.position[code]
        above = self.above(code)
        ends = dict.fromkeys((above[-1], above[0])) if above else {}
        found = [self._place(values, row, node) for node in ends]
        return tuple(one for one in found if one) or tuple(one for one in (self._place(values, row, None),) if one)

    def _place(self, values: NDArray[np.float64], row: int, within: Node | None) -> Place | None:
        """None where it has no number, or none beside it."""
        others = values if within is None else values[self._members[within]]
        n, mine = int(np.count_nonzero(~np.isnan(others))), values[row]
        if np.isnan(mine) or n < 2:  # noqa: PLR2004 - an order of one is none
            return None
        label = "" if within is None else self.field.classification.code(within).label
        same = int(np.count_nonzero(others == mine))
        place = 1 + int(np.count_nonzero(others > mine))
        return Place(place, n, label, "" if within is None else within.code, shared=same > 1)

    def above(self, code: str) -> list[Node]:
        """What holds a place, the nearest first; none that is the place itself under another level."""
        return self._above[self.position[code]]

    @cached_property
    def _above(self) -> list[list[Node]]:
        """The same for every place."""
        classification, found = self.field.classification, []
        for item in self._items:
            chain, code = [], classification.code(item.nodes[0])
            while code.parents:
                if code.parents[0].code != item.nodes[0].code:
                    chain.append(code.parents[0])
                code = classification.code(code.parents[0])
            found.append(chain)
        return found

    @cached_property
    def _members(self) -> dict[Node, NDArray[np.intp]]:
        """Positions of the places in each of those that hold them."""
        found: dict[Node, list[int]] = {}
        for n, chain in enumerate(self._above):
            for node in chain:
                found.setdefault(node, []).append(n)
        return {node: np.array(positions) for node, positions in found.items()}


def rate(counts: LevelFigures, code: str, rates: NDArray[np.float64], heads: Database) -> Rate | None:
    """A place's count for each thousand of those who live there, and its place by that; None without either number."""
    value = rates[counts.position[code]]
    if np.isnan(value):
        return None
    place = next(iter(counts.places(code, rates)), None)
    return Rate(float(value), unit_of(heads), heads, heads.periods[-1], place)


def rates(counts: LevelFigures, heads: LevelFigures, same: Mapping[str, str]) -> NDArray[np.float64]:
    """Counts for each thousand who live in a place, by position; NaN where a number is missing.

    Args:
        counts: what is counted.
        heads: how many live in each place.
        same: for places that have another code there, that code.
    """
    lived = np.full(len(counts.position), np.nan)
    if abs(int(counts.periods[0][:4]) - int(heads.periods[0][:4])) > MOST_YEARS_APART:
        return lived
    for code, n in counts.position.items():
        there = heads.position.get(code, heads.position.get(same.get(code, "")))
        if there is not None and heads.values[there] > 0:
            lived[n] = heads.values[there]
    found: NDArray[np.float64] = PER * counts.values / lived
    return found


@dataclass(frozen=True)
class LevelKey:
    """A level of a release; ``door`` is who asks first."""

    home: Path
    manifest: Manifest
    field: str
    valueset: str
    door: str = part(compare=False)


def level(key: LevelKey) -> LevelFigures:
    """The numbers of a level; kept, as a release never changes.

    Raises:
        StatlasError: as ``table``.
    """
    found = kept(key)
    if found is None:
        home = Home(key.home)
        asked = database_of(home=home, database_id=key.manifest.database, release=key.manifest.release)
        # By its number: another may answer by now, whose numbers would be kept as those of this one.
        query = replace(query_of(asked, key.field, key.valueset), release=key.manifest.release)
        found = LevelFigures(table(home=home, query=query, door=key.door), asked)
        _keep(key, found)
    return found


def kept(key: LevelKey) -> LevelFigures | None:
    """The numbers of a level if they are there already."""
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
        return found


def _keep(key: LevelKey, found: LevelFigures) -> None:
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST_LEVELS:
            _kept.popitem(last=False)


_kept: OrderedDict[LevelKey, LevelFigures] = OrderedDict()
_lock = Lock()


def _number(measure: CubeMeasure, row: int, period: int = 0) -> Number:
    status = CellStatus(int(measure.status[row, period]))
    return Number(float(measure.values[row, period]) if status is CellStatus.SHOWN else None, status)


def _within(change: float | None, sd: float) -> bool:
    """Whether a change is no larger than noise makes it in 19 of 20 cases."""
    return change is not None and sd > 0 and abs(change) <= Z95 * sd
