"""Where claims are: invented output areas, every other place that follows from them, and what it is called in a month.

A claim has one *finest area*, an output area given as a position: ``2 * p`` and ``2 * p + 1`` are the halves of the
small area in row ``p`` of the tables of places. All other places follow from the small area.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.columns import Coded
from statlas.demonstration.months import month_number

Positions = NDArray[np.int32]

UNKNOWN = "ZZXXXXXXX"
"""Code of a place that is not known, at every level; Stat-Xplore's own."""

HALVES = ("A", "B")
"""Output areas in a small area, and what their codes end with."""

PLACES = ("places.csv", "places_northern_ireland.csv")
"""The tables of places; a database of Great Britain has no claims in the second."""

OF_A_YEAR = {"authority_2021": ("authority", "202104"), "authority_2023": ("authority", "202304")}
"""Kinds of place that stay what they were in a month, whatever the month of the record."""

IN_BRITAIN = "_in_britain"
"""End of a kind of place that is not known in Northern Ireland."""

_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Renaming:
    """Codes of one kind of place with what takes over from each: ``later[p]`` from month ``since[p]`` on."""

    codes: tuple[str, ...]
    later: Positions
    since: Positions

    def in_month(self, places: Positions, month: int) -> Coded:
        """The codes that places have in a month."""
        now = np.where(self.since <= month, self.later, np.arange(len(self.codes), dtype=np.int32))
        return Coded(self.codes, now[places])


@dataclass(frozen=True, eq=False)
class Map:
    """The places of the United Kingdom.

    Finest areas of an authority lie together, authority ``a`` having those from ``first_area[a]`` to
    ``first_area[a + 1]``; ``people`` (n_areas,) live in them, and ``authority_of`` (n_areas + 1,) says where they lie.
    ``region_of`` names the region of each authority of the first period; Northern Ireland comes last.
    One area more than there are stands for an address that is not known.
    ``small_areas`` are rows of the tables of places; ``kinds`` gives what each row belongs to, by kind of place.
    """

    people: NDArray[np.float64]
    first_area: Positions
    authority_of: Positions
    region_of: tuple[str, ...]
    authorities: Renaming
    small_areas: Renaming
    kinds: dict[str, Coded]

    @property
    def n_authorities(self) -> int:
        """Authorities in which claims begin: the first codes of ``authorities``."""
        return len(self.first_area) - 1

    @property
    def unknown_area(self) -> int:
        """Position of the area of an address that is not known."""
        return len(self.people)

    def coded(self, kind: str, areas: Positions, month: int) -> Coded:
        """The place of a kind that each finest area lies in, in a month (a number).

        Kinds are ``output_area``, the columns of ``places.csv`` (``area``, ``authority``, ``ward``, ...), ``region``,
        ``authority_2021`` and ``authority_2023``; with ``_in_britain`` at the end, Northern Ireland is not known.
        """
        if kind.endswith(IN_BRITAIN):
            return self._in_britain(kind.removesuffix(IN_BRITAIN), areas, month)
        if kind in OF_A_YEAR:
            kind, period = OF_A_YEAR[kind]
            month = month_number(period)
        rows = self.small_areas.in_month(areas // len(HALVES), month).positions
        if kind == "output_area":
            codes = self._output_areas
            return Coded(codes, (rows * len(HALVES) + areas % len(HALVES)).astype(np.int32))
        assert kind in self.kinds, f"{kind} is no kind of place"
        return self.kinds[kind].take(rows)

    def _in_britain(self, kind: str, areas: Positions, month: int) -> Coded:
        abroad = self.first_area[self.region_of.index("N92000002")]
        return self.coded(kind, np.where(areas < abroad, areas, self.unknown_area).astype(np.int32), month)

    @cached_property
    def _output_areas(self) -> tuple[str, ...]:
        """Codes of the halves of every row."""
        codes = [code + half for code in self.small_areas.codes for half in HALVES]
        codes[self.unknown_area] = UNKNOWN
        return tuple(codes)


def read_map(geography: Path) -> Map:
    """The map in the tables of places, with the regions of ``authority_uk.csv``."""
    listed = {row["area"]: row for name in PLACES for row in _rows(geography / name)}
    today = [row for row in listed.values() if row["people"]]
    rows = [*today, listed[UNKNOWN], *(listed[row["later"]] for row in today if row["later"])]
    regions = {row["code"]: row["parent"] for row in _rows(geography / "authority_uk.csv")}
    authority_of = _authority_of(today)
    small_areas = _small_areas(rows)
    kinds = {kind: _coded([row[kind] or UNKNOWN for row in rows]) for kind in rows[0] if kind not in _NO_KINDS}
    return Map(
        people=np.repeat([float(row["people"]) / len(HALVES) for row in today], len(HALVES)),
        first_area=np.searchsorted(authority_of, np.arange(authority_of[-1] + 1)).astype(np.int32),
        authority_of=authority_of,
        region_of=tuple(regions[code] for code in dict.fromkeys(row["authority"] for row in today)),
        authorities=_renamed_authorities(rows, small_areas),
        small_areas=small_areas,
        kinds=kinds | {"region": _coded([regions.get(row["authority"], UNKNOWN) for row in rows])},
    )


_NO_KINDS = ("people", "later", "since")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _authority_of(today: Sequence[dict[str, str]]) -> Positions:
    """(n_areas + 1,) position of each finest area's authority, with the unknown one at the end."""
    codes = [row["authority"] for row in today]
    order = list(dict.fromkeys(codes))
    assert len(order) == 1 + sum(a != b for a, b in pairwise(codes)), "areas of an authority must lie together"
    return np.append(np.repeat(_at(codes, order), len(HALVES)), len(order)).astype(np.int32)


def _at(values: Sequence[str], codes: Sequence[str]) -> Positions:
    at = {code: position for position, code in enumerate(codes)}
    return np.array([at[value] for value in values], dtype=np.int32)


def _coded(values: Sequence[str]) -> Coded:
    codes = tuple(dict.fromkeys(values))
    return Coded(codes, _at(values, codes))


def _small_areas(rows: Sequence[dict[str, str]]) -> Renaming:
    codes = [row["area"] for row in rows]
    later = _at([row["later"] or row["area"] for row in rows], codes)
    since = [month_number(row["since"]) if row["later"] else _NEVER for row in rows]
    return Renaming(tuple(codes), later, np.array(since, dtype=np.int32))


def _renamed_authorities(rows: Sequence[dict[str, str]], small_areas: Renaming) -> Renaming:
    """Authorities become what their small areas become: those of the first period, the unknown one, later ones."""
    names = [row["authority"] for row in rows]
    codes = tuple(dict.fromkeys(names))
    position, later = _at(names, codes), np.arange(len(codes), dtype=np.int32)
    since = np.full(len(codes), _NEVER, dtype=np.int32)
    later[position] = position[small_areas.later]
    since[position] = small_areas.since
    return Renaming(codes, later, since)
