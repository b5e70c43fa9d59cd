"""Countries, regions, counties and authorities: their names, and lists of them as they were in different years."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from csv_files import Row, read
from small_areas import BEFORE, LATER, TAKEN_OVER

GREAT_BRITAIN = {"E92000001": "England", "W92000004": "Wales", "S92000003": "Scotland"}
NORTHERN_IRELAND = {"N92000002": "Northern Ireland"}

SOMERSET = ("E10000027", "Somerset")
"""County of Somerset West and Taunton, which is younger than the look-up of counties."""


def names(data: Path) -> dict[str, str]:
    """Names of authorities, Welsh ones in both languages as Stat-Xplore prints them."""
    found = {row["LADCD"]: row["LADNM"] for row in read(data / "lookups/la_all_codes.csv")}
    path = data / "dwp_statxplore/api_responses/uc_households_by_local_authority_may2025.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as answer:
        fields = json.load(answer)["fields"]
    for item in next(f for f in fields if "WARD_CODE" in f["uri"])["items"]:
        found[item["uris"][0].rsplit(":", 1)[1]] = item["labels"][0]
    return found | {code: name for code, (name, _, _) in LATER.items()}


def counties(data: Path, called: Mapping[str, str], authorities: Iterable[str]) -> dict[str, tuple[str, str]]:
    """By authority of 2021 the county it lay in, code and name; most stand for themselves."""
    rows = read(data / "lookups/la_all_codes.csv")
    found = {row["LADCD"]: (row["UTLACD"], row["UTLANM"]) for row in rows if row["UTLACD"].startswith("E10")}
    old = {row["ltlacd"]: (row["ctycd"], row["ctynm"]) for row in read(data / "lookups/lad14_to_county_region.csv")}
    for authority, (_, since) in TAKEN_OVER.items():
        if since == "202304":
            found[authority] = old.get(authority, SOMERSET)
    return {code: found.get(code, (code, called[code])) for code in authorities}


def regions(data: Path) -> dict[str, str]:
    """Code and name of the regions of England, then the other countries, which stand for themselves."""
    english = {row["RGNCD"]: row["RGNNM"] for row in read(data / "lookups/rgn_all_codes.csv")}
    return dict(sorted(english.items())) | dict([*GREAT_BRITAIN.items()][1:]) | NORTHERN_IRELAND


def authorities(codes: Iterable[str], called: Mapping[str, str], region: Mapping[str, str]) -> list[Row]:
    """Code, name, region and validity of authorities of 2021, and of later ones after those they took over from."""
    rows: list[Row] = []
    for code in dict.fromkeys(codes):
        since = TAKEN_OVER.get(code, ("", ""))[1]
        rows.append((code, called[code], region[code], "", BEFORE.get(since, "")))
    for code, (name, start, olds) in LATER.items():
        last = max(position for position, row in enumerate(rows) if row[0] in olds)
        rows.insert(last + 1, (code, name, region[code], start, ""))
    return rows


def of_2021(rows: Iterable[Row]) -> list[Row]:
    """The authorities of 2021, for all time."""
    return [row[:3] for row in rows if not row[3]]


def of_2023(rows: Iterable[Row]) -> list[Row]:
    """The authorities of April 2023, for all time."""
    return [row[:3] for row in rows if row[4] != BEFORE["202304"] and row[3] != "202504"]


def under_counties(rows: Iterable[Row], county: Mapping[str, tuple[str, str]]) -> list[Row]:
    """Authorities of 2021 under their counties instead of their regions."""
    return [(code, label, county[code][0]) for code, label, _ in of_2021(rows)]


def counties_of(rows: Iterable[Row], county: Mapping[str, tuple[str, str]]) -> list[Row]:
    """The counties themselves, under their regions."""
    return list(dict.fromkeys((*county[code], region) for code, _, region in of_2021(rows)))
