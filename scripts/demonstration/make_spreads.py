"""Make ``databases/spreads.csv``: numbers by authority in proportion to which the totals of a database are spread.

    python scripts/demonstration/make_spreads.py ../shared/data

Each column adds up to a million, so that columns compare. What each is made from stands in ``COLUMNS`` below; the
proxies are ours, because no published figure by authority was at hand. Nothing in it is about a person.
"""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from csv_files import read, write
from make_hb_caseload import OLD, PACKAGE, Floats, Places, on_universal_credit, tenure

OUT = PACKAGE / "databases"
MILLION = 1_000_000

UNDER_15 = ("Aged under 1 year", "Aged 1 - 4 years", "Aged 5 - 9 years", "Aged 10 - 14 years")
TEENS = "Aged 15 - 19 years"
YOUNG = ("Aged 20 - 24 years",)
TWENTIES = ("Aged 20 - 24 years", "Aged 25 - 29 years", "Aged 30 - 34 years")
MIDDLE = ("Aged 35 - 39 years", "Aged 40 - 44 years", "Aged 45 - 49 years")
LATE = ("Aged 50 - 54 years", "Aged 55 - 59 years", "Aged 60 - 64 years")

COLUMNS = {
    "people": "people of all ages, mid-2024 (ONS, NRS)",
    "working_age": "people of 15 to 64, mid-2024",
    "over_65": "people of 65 and over, mid-2024",
    "uc": "households on Universal Credit, May 2025 (Stat-Xplore)",
    "uc_young": "the same times the share of 15 to 24 among people of 15 to 64: young people out of work",
    "uc_over_50": "the same times the share of 50 to 64: older people out of work, and ill health",
    "uc_children": "the same times people under 15 for each person of 15 to 64: children in poor families",
    "poor_pensioners": "people of 65 and over times the households on Universal Credit among all households",
    "private_poor": "private tenants (censuses of 2021 and 2022) times Universal Credit among all households",
    "newcomers": "private tenants times people of 20 to 34: people who arrive from abroad",
    "owners": "households that do not rent",
}

UK_COLUMNS = {
    "uk_children": ("uc_children", UNDER_15),
    "uk_newcomers": ("newcomers", TWENTIES),
}
"""Columns with Northern Ireland: a column of Great Britain, and people of an age. A district has as much for each of
them as Great Britain has, because no figure by district was at hand. All other columns are 0 there.
"""


def ages(data: Path, places: Places) -> dict[str, Floats]:
    """People by age group of the source."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in read(data / "population/lad_population_by_five_year_age_mid2024.csv.gz"):
        found[row["AGE_NAME"]][row["GEOGRAPHY_CODE"]] += float(row["OBS_VALUE"])
    return {age: places.spread(by_area) for age, by_area in found.items()}


def columns(data: Path, places: Places) -> dict[str, Floats]:
    """The columns of Great Britain, each of any size."""
    age = ages(data, places)

    def people(*groups: str) -> Floats:
        return np.asarray(np.sum([age[group] for group in groups], axis=0))

    working = people(TEENS, *TWENTIES, *MIDDLE, *LATE)
    social, private, households = tenure(data, places)
    uc = on_universal_credit(data, places)
    return {
        "people": age["All ages"],
        "working_age": working,
        "over_65": people(*OLD),
        "uc": uc,
        "uc_young": uc * people(TEENS, *YOUNG) / working,
        "uc_over_50": uc * people(*LATE) / working,
        "uc_children": uc * people(*UNDER_15) / working,
        "poor_pensioners": people(*OLD) * uc / households,
        "private_poor": private * uc / households,
        "newcomers": private * people(*TWENTIES) / working,
        "owners": households - social - private,
    }


def northern_ireland(data: Path) -> dict[str, dict[str, float]]:
    """People by district of Northern Ireland and age group, mid-2024 (NISRA)."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in read(data / "population/lad_population_by_five_year_age_mid2024.csv.gz"):
        if row["GEOGRAPHY_CODE"].startswith("N09"):
            found[row["GEOGRAPHY_CODE"]][row["AGE_NAME"]] += float(row["OBS_VALUE"])
    return dict(sorted(found.items()))


def united_kingdom(data: Path, places: Places, britain: dict[str, Floats]) -> tuple[list[str], dict[str, Floats]]:
    """Authorities of the United Kingdom, and all columns for them."""
    districts, age = northern_ireland(data), ages(data, places)
    found = {name: np.append(column, np.zeros(len(districts))) for name, column in britain.items()}
    for name, (like, groups) in UK_COLUMNS.items():
        for_each = britain[like].sum() / sum(age[group].sum() for group in groups)
        there = [for_each * sum(by_age[group] for group in groups) for by_age in districts.values()]
        found[name] = np.append(britain[like], there)
    return [*places.codes, *districts], found


def main(data: Path) -> None:
    """Write the file."""
    places = Places()
    britain = columns(data, places)
    assert britain.keys() == COLUMNS.keys()
    assert all((column > 0).all() for column in britain.values())
    codes, found = united_kingdom(data, places, britain)
    scaled = {name: column / column.sum() * MILLION for name, column in found.items()}
    rows = [[code, *(f"{scaled[name][n]:.1f}" for name in scaled)] for n, code in enumerate(codes)]
    write(OUT / "spreads.csv", ",".join(("authority", *scaled)), rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
