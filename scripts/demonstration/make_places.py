"""Make the places of the demonstration: ``src/statlas/demonstration/databases/geography/*.csv``.

    python scripts/demonstration/make_places.py ../shared/data

Codes and names of countries, regions, local authorities and constituencies are facts of the Office for National
Statistics' code history (Open Government Licence v3.0); the files read are named in the README beside the CSVs.
Small areas are invented here: pieces of an authority and a constituency, of about 10,000 people each.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from csv_files import read, write

OUT = Path(__file__).parents[2] / "src/statlas/demonstration/databases/geography"

PEOPLE_IN_A_SMALL_AREA = 10_000
"""Between a 2021 Middle Layer Super Output Area (8,300 on average) and half a ward; arbitrary."""

COUNTRIES = {"E92000001": "England", "W92000004": "Wales", "S92000003": "Scotland"}
UNKNOWN = {"XXZZZZZZZ": "Abroad", "ZZXXXXXXX": "Unknown"}
COUNTRY_OF_CONSTITUENCY = {"E": "E92000001", "W": "W92000004", "S": "S92000003"}

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
BEFORE = {"202304": "202303", "202504": "202503"}


class Piece(NamedTuple):
    """Where an authority and a constituency overlap, and how many people live there."""

    authority: str
    constituency: str
    region: str
    people: int


def pieces(data: Path) -> list[Piece]:
    """Every overlap of authority (2021) and constituency (2024), by region, authority, constituency."""
    people: Counter[tuple[str, str]] = Counter()
    region = {}
    for row in read(data / "lookups/oa21_crosswalk_gb.csv.gz"):
        people[row["la_code"], row["constituency_code"]] += int(float(row["population"] or 0))
        region[row["la_code"]] = {"W": "W92000004", "S": "S92000003"}.get(row["la_code"][0], row["region_code"])
    found = [Piece(la, pcon, region[la], n) for (la, pcon), n in people.items()]
    return sorted(found, key=lambda p: (p.region[0] != "E", p.region[0] != "W", p.region, p.authority, p.constituency))


def names(data: Path) -> dict[str, str]:
    """Names of authorities, Welsh ones in both languages as Stat-Xplore prints them."""
    found = {row["LADCD"]: row["LADNM"] for row in read(data / "lookups/la_all_codes.csv")}
    path = data / "dwp_statxplore/api_responses/uc_households_by_local_authority_may2025.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as answer:
        fields = json.load(answer)["fields"]
    for item in next(f for f in fields if "WARD_CODE" in f["uri"])["items"]:
        found[item["uris"][0].rsplit(":", 1)[1]] = item["labels"][0]
    return found | {code: name for code, (name, _, _) in LATER.items()}


def regions(data: Path) -> dict[str, str]:
    """Code and name of the regions of England, then Wales and Scotland, which stand for themselves."""
    english = {row["RGNCD"]: row["RGNNM"] for row in read(data / "lookups/rgn_all_codes.csv")}
    return dict(sorted(english.items())) | {code: COUNTRIES[code] for code in ("W92000004", "S92000003")}


def with_unknown(level: Sequence[tuple[str, ...]], *, parent: bool) -> list[tuple[str, ...]]:
    """A level with the two codes for addresses that are not in it."""
    width = max(len(row) for row in level)
    extra = [((code, label, code) if parent else (code, label)) for code, label in UNKNOWN.items()]
    return [*level, *(row + ("",) * (width - len(row)) for row in extra)]


def authorities(found: list[Piece], called: dict[str, str]) -> list[tuple[str, ...]]:
    """Code, name, region and validity of every authority, a later one after those it took over from."""
    region = {piece.authority: piece.region for piece in found}
    ended = {old: (new, BEFORE[start]) for new, (_, start, olds) in LATER.items() for old in olds}
    rows: list[tuple[str, ...]] = [
        (code, called[code], region[code], "", ended.get(code, ("", ""))[1])
        for code in dict.fromkeys(piece.authority for piece in found)
    ]
    for code, (name, start, olds) in LATER.items():
        last = max(position for position, row in enumerate(rows) if row[0] in olds)
        rows.insert(last + 1, (code, name, region[olds[0]], start, ""))
    return rows


def small_areas(found: list[Piece], called: dict[str, str]) -> list[dict[str, object]]:
    """The invented small areas of each piece; those of a later authority follow, with codes and labels of their own."""
    areas: list[dict[str, object]] = []
    for piece in found:
        n_areas = round(piece.people / PEOPLE_IN_A_SMALL_AREA) or int(piece.people >= PEOPLE_IN_A_SMALL_AREA / 4)
        areas += [
            {"authority": piece.authority, "constituency": piece.constituency, "people": piece.people // n_areas}
            for _ in range(n_areas)
        ]
    areas = one_at_least(areas, found)
    number(areas, "", "authority", called)
    new = {old: (code, start) for code, (_, start, olds) in LATER.items() for old in olds}
    changed = [area for area in areas if area["authority"] in new]
    for area in changed:
        area["later_authority"], area["later_from"] = new[str(area["authority"])]
    number(changed, "later_", "later_authority", called, first=len(areas) + 1)
    return areas


def one_at_least(areas: list[dict[str, object]], found: list[Piece]) -> list[dict[str, object]]:
    """Authorities too small for a whole area (Isles of Scilly, City of London) get one."""
    have = {area["authority"] for area in areas}
    alone = [piece for piece in found if piece.authority not in have]
    order = {authority: n for n, authority in enumerate(dict.fromkeys(piece.authority for piece in found))}
    areas += [{"authority": p.authority, "constituency": p.constituency, "people": p.people} for p in alone]
    return sorted(areas, key=lambda area: (order[str(area["authority"])], str(area["constituency"])))


def number(areas: list[dict[str, object]], prefix: str, within: str, called: dict[str, str], first: int = 1) -> None:
    """Give every area a code that no real one has and a label that says it is invented."""
    so_far: Counter[str] = Counter()
    for position, area in enumerate(sorted(areas, key=lambda a: str(a[within])) if prefix else areas):
        authority = str(area[within])
        so_far[authority] += 1
        area[f"{prefix}area"] = f"X02{first + position:06d}"
        name = called[authority].split(" / ")[0]
        area[f"{prefix}label"] = f"{name} {so_far[authority]:03d} (invented)"


def area_codes(areas: list[dict[str, object]]) -> list[tuple[str, ...]]:
    """Code, label, authority and validity of every small area."""
    rows: list[tuple[str, ...]] = []
    for area in areas:
        end = BEFORE[str(area["later_from"])] if "later_from" in area else ""
        rows.append((str(area["area"]), str(area["label"]), str(area["authority"]), "", end))
    later = [area for area in areas if "later_from" in area]
    rows += sorted(
        (str(a["later_area"]), str(a["later_label"]), str(a["later_authority"]), str(a["later_from"]), "")
        for a in later
    )
    return rows


def main(data: Path) -> None:
    """Write every CSV."""
    found, called = pieces(data), names(data)
    areas = small_areas(found, called)
    countries = list(COUNTRIES.items())
    country_of = {code: "E92000001" if code.startswith("E") else code for code in regions(data)}
    validity = "code,label,parent,valid_from,valid_to"
    write(OUT / "country.csv", "code,label", with_unknown(countries, parent=False))
    levels = [(code, label, country_of[code]) for code, label in regions(data).items()]
    write(OUT / "region.csv", "code,label,parent", with_unknown(levels, parent=True))
    write(OUT / "authority.csv", validity, with_unknown(authorities(found, called), parent=True))
    write(OUT / "small_area.csv", validity, with_unknown(area_codes(areas), parent=True))
    write(OUT / "constituency_2024.csv", "code,label,parent", with_unknown(constituencies(data, found), parent=True))
    keys = "area,authority,constituency,people,later_area,later_authority,later_from"
    write(OUT / "where_small_areas_are.csv", keys, ([area.get(key, "") for key in keys.split(",")] for area in areas))


def constituencies(data: Path, found: list[Piece]) -> list[tuple[str, ...]]:
    """Code, name and region of the constituencies of Great Britain since July 2024."""
    called = {row["code"]: row["name"] for row in read(data / "lookups/constituencies_2024_grid.csv")}
    most: Counter[tuple[str, str]] = Counter()
    for piece in found:
        most[piece.constituency, piece.region] += piece.people
    region = {pcon: reg for (pcon, reg), _ in reversed(most.most_common())}
    return [(code, called[code], region[code]) for code in sorted(region, key=lambda c: ("EWS".index(c[0]), c))]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
