"""Make the totals that the Housing Benefit generator aims at: three CSVs of ``databases/hb_new``.

    python scripts/demonstration/make_hb_caseload.py ../shared/data

``published.csv`` holds figures as published, each with its source; the tests compare the records with them.
``caseload.csv`` is claims by month, region and stratum: published totals where there are some, and between and beside
them estimates made here, whose assumptions are the constants below. ``shares.csv`` spreads a region's stratum
over its authorities. Nothing in them is about a person.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from csv_files import read, write
from numpy.typing import NDArray

PACKAGE = Path(__file__).parents[2] / "src/statlas/demonstration"
OUT = PACKAGE / "databases/hb_new"
Floats = NDArray[np.float64]

MONTHS = [f"{year}{month:02d}" for year in range(2018, 2026) for month in range(1, 13)][3:]
NORTH = ("E12000001", "E12000002", "E12000003")
LAST_OF_NORTH = "202302"

# Thousands of claims in Great Britain. The two of November are published (DWP benefits statistics, February 2026:
# 1.5 million, down 510,000 in a year); the rest of the line is the three published northern regions over NORTH_SHARE,
# and between the two a guess of ours that bends when managed migration to Universal Credit gathers speed.
GREAT_BRITAIN = {"202302": 2367, "202403": 2205, "202411": 1990, "202511": 1480, "202512": 1452}
NORTH_SHARE = 0.263
"""Share of the three northern regions in Great Britain: our estimate, which makes the two series meet smoothly."""

STRATA = (
    "working_social", "working_private", "working_specified", "working_temporary", "pension_social", "pension_private",
)  # fmt: skip
# Thousands. November 2025 adds up to the published 1.1 million of pension age, 0.37 million of working age, and with
# 4 in 10 temporary lettings private to the published 270,000 private and 1,210,000 social; the others are estimates.
ANCHORS = {
    "201804": (1545, 993, 150, 90, 1095, 290),
    "202002": (1033, 560, 165, 95, 1030, 260),
    "202302": (640, 257, 180, 100, 965, 225),
    "202411": (420, 130, 190, 110, 930, 210),
    "202511": (42, 18, 198, 112, 904, 206),
    "202512": (34, 15, 198, 112, 902, 205),
}
WINTER = 0.015
"""Temporary lettings stand this much higher in January and lower in July: an estimate, so that a season is visible."""

TEMPORARY = {"E12000007": 6.0, "E12000008": 1.5, "E12000006": 1.2}
"""Temporary lettings for a private tenant on Universal Credit, against elsewhere: more than half are in London."""
OLD = ("Aged 65 - 69 years", "Aged 70 - 74 years", "Aged 75 - 79 years", "Aged 80 - 84 years", "Aged 85 and over")


class Places:
    """Authorities of 2021 with their region, people, and what newer and other areas they are made of."""

    def __init__(self) -> None:
        geography = PACKAGE / "databases/geography"
        regions = {row["code"]: row["parent"] for row in read(geography / "authority.csv")}
        people: dict[str, float] = defaultdict(float)
        self.parts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        rows = {row["area"]: row for row in read(geography / "places.csv")}
        for row in (row for row in rows.values() if row["people"]):
            authority, n = row["authority"], float(row["people"])
            people[authority] += n
            later = rows[row["later"]]["authority"] if row["later"] else authority
            for area in {authority, later, row["constituency"]}:
                self.parts[area][authority] += n
        self.codes = list(people)
        self.region = np.array([regions[code] for code in self.codes])
        self.people = np.array([people[code] for code in self.codes])

    def spread(self, values: Mapping[str, float]) -> Floats:
        """Values of areas of any vintage given to the authorities of 2021 in proportion to people."""
        found: dict[str, float] = defaultdict(float)
        for area, value in values.items():
            parts = self.parts.get(area, {})
            for authority, n in parts.items():
                found[authority] += value * n / sum(parts.values())
        return np.array([found[code] for code in self.codes])


def tenure(data: Path, places: Places) -> tuple[Floats, Floats, Floats]:
    """Households that rent socially, that rent privately, and all: censuses of 2021 and (Scotland) 2022."""
    social, private, everyone = ({}, {}, {})  # type: dict[str, float], dict[str, float], dict[str, float]
    for row in read(data / "population/census2021_ts054_tenure_by_lad.csv.gz"):
        where, what, n = row["GEOGRAPHY_CODE"], row["C2021_TENURE_9_NAME"], float(row["OBS_VALUE"])
        for start, column in (("Social rented", social), ("Private rented", private), ("Total", everyone)):
            if what.startswith(start):
                column[where] = column.get(where, 0) + n
    codes = {row["name"]: row["code"] for row in read(data / "lookups/constituencies_2024_grid.csv")}
    with gzip.open(data / "population/census2022_uv404_tenure_households_ukpc24.csv.gz", "rt") as lines:
        rows = [row for row in csv.reader(lines) if row[1:2] and row[1] in codes]
    for _, name, what, n_text, *_ in rows:
        for start, column in (("Social Rented", social), ("Private rented: Total", private), ("All", everyone)):
            if what.startswith(start):
                column[codes[name]] = float(n_text)
    return places.spread(social), places.spread(private), places.spread(everyone)


def on_universal_credit(data: Path, places: Places) -> Floats:
    """Households on Universal Credit in May 2025."""
    path = data / "dwp_statxplore/api_responses/uc_households_by_local_authority_may2025.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        answer = json.load(lines)
    field = next(f for f in answer["fields"] if "WARD_CODE" in f["uri"])
    numbers = np.ravel(next(iter(answer["cubes"].values()))["values"])
    codes = [item["uris"][0].rsplit(":", 1)[1] for item in field["items"]]
    return places.spread(dict(zip(codes, map(float, numbers), strict=True)))


def share_of_old(data: Path, places: Places) -> Floats:
    """Share of people aged 65 and over, mid-2024."""
    old, everyone = (defaultdict(float), defaultdict(float))  # type: dict[str, float], dict[str, float]
    for row in read(data / "population/lad_population_by_five_year_age_mid2024.csv.gz"):
        n = float(row["OBS_VALUE"])
        old[row["GEOGRAPHY_CODE"]] += n * (row["AGE_NAME"] in OLD)
        everyone[row["GEOGRAPHY_CODE"]] += n * (row["AGE_NAME"] == "All ages")
    found: Floats = places.spread(old) / places.spread(everyone)
    return found


def published_north(data: Path) -> dict[tuple[str, str], float]:
    """Housing Benefit claimants by (month, area): the northern regions and their authorities."""
    rows = read(data / "dwp_statxplore/housing_benefit_claimants_north_2018-2023.csv.gz")
    return {(row["Month"].replace("-", ""), row["geography_code"]): float(row["value"]) for row in rows}


def strata_by_authority(data: Path, places: Places, north: Mapping[tuple[str, str], float]) -> Floats:
    """(authorities, strata) relative sizes; in the north corrected by the published claimants of October 2020."""
    social, private, households = tenure(data, places)
    uc = on_universal_credit(data, places) / households
    old = share_of_old(data, places)
    temporary = private * uc * np.array([TEMPORARY.get(region, 0.4) for region in places.region])
    sizes = np.stack([social * uc, private * uc, places.people, temporary, social * old, private * old], axis=1)
    sizes = sizes / sizes.sum(axis=0) * ANCHORS["202002"]
    claimants = np.array([north.get(("202010", code), 0.0) for code in places.codes])
    for region in NORTH:
        here = places.region == region
        assert (claimants[here] > 0).all()
        correction = claimants[here] / claimants[here].sum() / (sizes[here].sum(axis=1) / sizes[here].sum())
        sizes[here] *= correction[:, None]
    fitted: Floats = sizes
    return fitted


def straight(points: Mapping[str, float]) -> Floats:
    """A value for every month: straight in logarithms between the months given."""
    positions = [MONTHS.index(month) for month in points]
    line: Floats = np.exp(np.interp(range(len(MONTHS)), positions, np.log(list(points.values()))))
    return line


def caseload(sizes: Floats, places: Places, north: Mapping[tuple[str, str], float]) -> dict[str, Floats]:
    """(months, strata) claims of every region, fitted to both margins by iterative proportional fitting."""
    regions = list(dict.fromkeys(places.region))
    by_region = np.stack([sizes[places.region == region].sum(axis=0) for region in regions])
    strata = np.stack([straight({m: a[s] * 1000 for m, a in ANCHORS.items()}) for s in range(len(STRATA))], axis=1)
    season = np.cos(2 * np.pi * (np.array([int(m[4:]) for m in MONTHS]) - 1) / 12)
    strata[:, STRATA.index("working_temporary")] *= 1 + WINTER * season
    last = MONTHS.index(LAST_OF_NORTH)
    britain = straight({"201804": 1.0} | {m: n * 1000 for m, n in GREAT_BRITAIN.items()})
    fitted = np.zeros((len(MONTHS), len(regions), len(STRATA)))
    for m, month in enumerate(MONTHS):
        known = {region: north[month, region] for region in NORTH if m <= last}
        total = sum(known.values()) / NORTH_SHARE if known else britain[m]
        # Where the published series ends, its last month is the shape from which the rest goes on without a step.
        start = by_region if known else fitted[last]
        fitted[m] = fit(start, strata[m] / strata[m].sum() * total, regions, known)
    return {region: fitted[:, r] for r, region in enumerate(regions)}


def fit(start: Floats, strata: Floats, regions: list[str], known: Mapping[str, float]) -> Floats:
    """Scale (regions, strata) sizes until the strata add up, and the regions that are known."""
    table = start.copy()
    for _ in range(50):
        table *= strata / table.sum(axis=0)
        for r, region in enumerate(regions):
            if region in known:
                table[r] *= known[region] / table[r].sum()
    return table


STATXPLORE = "Stat-Xplore, Housing Benefit - Data from April 2018, extracted early 2023 (Open Government Licence v3.0)"
SUMMARY = "DWP benefits statistics: February 2026, section 4 Housing, rounded (Open Government Licence v3.0)"


def published(north: Mapping[tuple[str, str], float]) -> list[list[object]]:
    """The published figures that the records are compared with."""
    places = [*NORTH, "E08000021", "E08000003", "E08000012", "E08000035", "E08000019", "E07000165", "E06000010"]
    months = [m for m in MONTHS if m[4:] in ("04", "10") and m <= LAST_OF_NORTH] + [LAST_OF_NORTH]
    rows: list[list[object]] = [
        [m, "area", place, int(north[m, place]), STATXPLORE] for place in places for m in months if (m, place) in north
    ]
    latest = {"client,1": 370_000, "client,2": 1_100_000, "tenure,2": 270_000, "tenure,1": 1_210_000}
    rows += [["202511", *key.split(","), value, SUMMARY] for key, value in latest.items()]
    return [*rows, ["202511", "all", "", 1_480_000, SUMMARY], ["202411", "all", "", 1_990_000, SUMMARY]]


def main(data: Path) -> None:
    """Write the three files."""
    places, north = Places(), published_north(data)
    sizes = strata_by_authority(data, places, north)
    series = caseload(sizes, places, north)
    write(
        OUT / "caseload.csv",
        ",".join(("month", "region", *STRATA)),
        [[m, r, *(round(x) for x in t[i])] for i, m in enumerate(MONTHS) for r, t in series.items()],
    )
    shares = np.zeros_like(sizes)
    for region in dict.fromkeys(places.region):
        here = places.region == region
        shares[here] = sizes[here] / sizes[here].sum(axis=0)
    rows = [[c, r, *(f"{x:.6f}" for x in s)] for c, r, s in zip(places.codes, places.region, shares, strict=True)]
    write(OUT / "shares.csv", ",".join(("authority", "region", *STRATA)), rows)
    write(OUT / "published.csv", "month,what,code,claims,source", published(north))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
