"""Small areas and wards, invented: the overlaps of authorities and constituencies, cut into pieces."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from csv_files import read

PEOPLE_IN_A_SMALL_AREA = 10_000
"""Between a 2021 Middle Layer Super Output Area (8,300 on average) and half a ward; arbitrary."""

SMALL_AREAS_IN_A_WARD = 2
"""Wards are larger than real ones (8,000 people), so that a table of them is readable; arbitrary."""

FIRST_OF_NORTHERN_IRELAND = 7001
"""Number of the first area of Northern Ireland: it lies in a file of its own, and its codes do not depend on others."""

# Authorities of the last reorganisations; the older ones ended before the first month of the demonstration or
# before the vintage (2021) whose codes saved queries name.
LATER = {
    "E06000063": ("Cumberland", "202304", ("E07000026", "E07000028", "E07000029")),
    "E06000064": ("Westmorland and Furness", "202304", ("E07000027", "E07000030", "E07000031")),
    "E06000065": ("North Yorkshire", "202304", tuple(f"E07000{n}" for n in range(163, 170))),
    "E06000066": ("Somerset", "202304", ("E07000187", "E07000188", "E07000189", "E07000246")),
    "E08000038": ("Barnsley", "202504", ("E08000016",)),
    "E08000039": ("Sheffield", "202504", ("E08000019",)),
}
TAKEN_OVER = {old: (new, start) for new, (_, start, olds) in LATER.items() for old in olds}
BEFORE = {"202304": "202303", "202504": "202503"}


class Piece(NamedTuple):
    """Where an authority and a constituency overlap, and how many people live there."""

    authority: str
    constituency: str
    region: str
    people: int


@dataclass
class Area:
    """A small area: ``of`` says by kind which other place it belongs to; ``later`` is what it is called in the end."""

    authority: str
    constituency: str
    people: float
    code: str = ""
    label: str = ""
    of: dict[str, str] = field(default_factory=dict)
    later: "Area | None" = None
    since: str = ""


def pieces(data: Path) -> list[Piece]:
    """Every overlap of authority (2021) and constituency (2024), by region, authority, constituency."""
    people: Counter[tuple[str, str]] = Counter()
    region = {}
    for row in read(data / "lookups/oa21_crosswalk_gb.csv.gz"):
        people[row["la_code"], row["constituency_code"]] += int(float(row["population"] or 0))
        region[row["la_code"]] = {"W": "W92000004", "S": "S92000003"}.get(row["la_code"][0], row["region_code"])
    found = [Piece(la, pcon, region[la], n) for (la, pcon), n in people.items()]
    return sorted(found, key=lambda p: (p.region[0] != "E", p.region[0] != "W", p.region, p.authority, p.constituency))


def pieces_of_northern_ireland(shares: Path, codes: dict[str, str], people: dict[str, int]) -> list[Piece]:
    """The same for Northern Ireland, from shares of each district estimated by hand."""
    found = []
    for row in read(shares):
        n_people = round(people[row["authority"]] * float(row["share"]))
        found.append(Piece(row["authority"], codes[row["constituency"]], "N92000002", n_people))
    return sorted(found, key=lambda p: (p.authority, p.constituency))


def small_areas(found: Sequence[Piece], called: Mapping[str, str], first: int = 1) -> list[Area]:
    """The small areas of each piece, those of an authority together, with codes and labels of their own."""
    areas = []
    for piece in found:
        n_areas = round(piece.people / PEOPLE_IN_A_SMALL_AREA) or int(piece.people >= PEOPLE_IN_A_SMALL_AREA / 4)
        areas += [Area(piece.authority, piece.constituency, piece.people / n_areas) for _ in range(n_areas)]
    areas = _one_at_least(areas, found)
    _name(areas, called, first)
    _rename([area for area in areas if area.authority in TAKEN_OVER], called, first + len(areas))
    return areas


def _one_at_least(areas: list[Area], found: Sequence[Piece]) -> list[Area]:
    """Authorities too small for a whole area (Isles of Scilly, City of London) get one."""
    have = {area.authority for area in areas}
    alone = [Area(p.authority, p.constituency, p.people) for p in found if p.authority not in have]
    order = {authority: n for n, authority in enumerate(dict.fromkeys(piece.authority for piece in found))}
    return sorted([*areas, *alone], key=lambda area: (order[area.authority], area.constituency))


def _name(areas: Sequence[Area], called: Mapping[str, str], first: int) -> None:
    """Give every area a code that no real one has and a label that says it is invented."""
    so_far: Counter[str] = Counter()
    for number, area in enumerate(areas, first):
        so_far[area.authority] += 1
        area.code = f"X02{number:06d}"
        area.label = f"{called[area.authority].split(' / ')[0]} {so_far[area.authority]:03d} (invented)"


def _rename(areas: Sequence[Area], called: Mapping[str, str], first: int) -> None:
    """Give the areas of authorities that were replaced another code and label under the new authority."""
    for area in areas:
        new, area.since = TAKEN_OVER[area.authority]
        area.later = Area(new, area.constituency, area.people)
    _name(sorted((area.later for area in areas if area.later), key=lambda area: area.authority), called, first)


def every(areas: Sequence[Area]) -> list[Area]:
    """All areas, and after them what some are called later, by code."""
    return [*areas, *sorted((area.later for area in areas if area.later), key=lambda area: area.code)]


def cut(areas: Sequence[Area], shares: Iterable[tuple[str, float]], kind: str) -> None:
    """Cut a run of areas into as many shorter runs as there are shares, each of about its share of the areas.

    Each gets one area at least, if there are as many.
    """
    names, sizes = zip(*shares, strict=True)
    ends = [round(sum(sizes[: n + 1]) / sum(sizes) * len(areas)) for n in range(len(sizes))]
    for n in range(len(ends)):
        ends[n] = max(ends[n], min(n + 1, len(areas)))
    for n in reversed(range(len(ends) - 1)):
        ends[n] = min(ends[n], max(ends[n + 1] - 1, 0))
    for name, (start, end) in zip(names, pairwise([0, *ends]), strict=True):
        for area in areas[start:end]:
            area.of[kind] = name


def by(areas: Iterable[Area], key: Callable[[Area], str]) -> dict[str, list[Area]]:
    """Areas by something, in their order."""
    found: dict[str, list[Area]] = {}
    for area in areas:
        found.setdefault(key(area), []).append(area)
    return found


def wards(areas: Sequence[Area], called: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Code, label and authority of every ward; areas that lie together in an authority, but for the last alone."""
    found: list[tuple[str, str, str]] = []
    for authority, run in groupby(every(areas), key=lambda area: area.authority):
        here = list(run)
        name = called[authority].split(" / ")[0]
        for n, start in enumerate(range(0, len(here), SMALL_AREAS_IN_A_WARD), 1):
            found.append((f"X05{len(found) + 1:06d}", f"{name} ward {n:02d} (invented)", authority))
            for area in here[start : start + SMALL_AREAS_IN_A_WARD]:
                area.of["ward"] = found[-1][0]
    return found
