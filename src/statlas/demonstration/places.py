"""Where claims are: authorities, constituencies and invented small areas, and what they are called in which month."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statlas.demonstration.columns import Coded
from statlas.demonstration.months import month_number

Positions = NDArray[np.int32]

UNKNOWN = "ZZXXXXXXX"
"""Code of a place that is not known, at every level; Stat-Xplore's own."""


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
    """The places of Great Britain.

    ``authority_of`` and ``constituency_of`` give each small area's place; areas of an authority lie together,
    authority ``a`` having those from ``first_area[a]`` to ``first_area[a + 1]``; ``people`` are as in the sources.
    ``region_of`` names the region of each authority of the first period.
    One area more than there are, and its authority and constituency, stand for an address that is not known.
    """

    areas: Renaming
    authorities: Renaming
    constituencies: tuple[str, ...]
    authority_of: Positions
    constituency_of: Positions
    people: NDArray[np.float64]
    first_area: Positions
    region_of: tuple[str, ...]

    @property
    def n_authorities(self) -> int:
        """Authorities in which claims begin: the first codes of ``authorities``."""
        return len(self.first_area) - 1

    @property
    def unknown_area(self) -> int:
        """Position of the area of an address that is not known."""
        return len(self.people)

    def coded(self, kind: str, areas: Positions, month: int) -> Coded:
        """The place of a kind (``area``, ``authority``, ``constituency``) that each area lies in, in a month."""
        match kind:
            case "area":
                return self.areas.in_month(areas, month)
            case "authority":
                return self.authorities.in_month(self.authority_of[areas], month)
            case _:
                assert kind == "constituency", f"{kind} is no kind of place"
                return Coded(self.constituencies, self.constituency_of[areas])


def read_map(geography: Path) -> Map:
    """The map in ``where_small_areas_are.csv``, with the regions of ``authority.csv``."""
    rows = _rows(geography / "where_small_areas_are.csv")
    regions = {row["code"]: row["parent"] for row in _rows(geography / "authority.csv")}
    authorities = list(dict.fromkeys(row["authority"] for row in rows))
    constituencies = sorted({row["constituency"] for row in rows})
    authority_of = _positions([row["authority"] for row in rows], authorities)
    assert (np.diff(authority_of) >= 0).all(), "areas of an authority must lie together"
    return Map(
        areas=_renaming(rows, "area", "later_area", UNKNOWN),
        authorities=_renaming(rows, "authority", "later_authority", UNKNOWN),
        constituencies=(*constituencies, UNKNOWN),
        authority_of=np.append(authority_of, len(authorities)).astype(np.int32),
        constituency_of=_positions([*(row["constituency"] for row in rows), UNKNOWN], [*constituencies, UNKNOWN]),
        people=np.array([float(row["people"]) for row in rows]),
        first_area=np.searchsorted(authority_of, np.arange(len(authorities) + 1)).astype(np.int32),
        region_of=tuple(regions[code] for code in authorities),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _positions(values: list[str], codes: list[str]) -> Positions:
    at = {code: position for position, code in enumerate(codes)}
    return np.array([at[value] for value in values], dtype=np.int32)


def _renaming(rows: list[dict[str, str]], now: str, later: str, unknown: str) -> Renaming:
    """Codes in use at first, then the unknown one, then those that take over later."""
    today = list(dict.fromkeys(row[now] for row in rows))
    change = {row[now]: (row[later], month_number(row["later_from"])) for row in rows if row[later]}
    codes = [*today, unknown, *dict.fromkeys(new for new, _ in change.values())]
    since = [change[code][1] if code in change else np.iinfo(np.int32).max for code in codes]
    names = [change[code][0] if code in change else code for code in codes]
    return Renaming(tuple(codes), _positions(names, codes), np.array(since, dtype=np.int32))
