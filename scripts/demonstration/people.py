"""How many people and households live where: the published estimates, and what they come to in invented areas."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from constituencies import NOT_IN_SCOTLAND, names_2024
from csv_files import read
from small_areas import TAKEN_OVER, Area, Piece, by

AGES = (
    "0 to 4", "5 to 9", "10 to 14", "15 to 19", "20 to 24", "25 to 29", "30 to 34", "35 to 39", "40 to 44", "45 to 49",
    "50 to 54", "55 to 59", "60 to 64", "65 to 69", "70 to 74", "75 to 79", "80 to 84", "85 and over",
)  # fmt: skip
PEOPLE_IN_A_HOUSEHOLD_NI = 2.44
"""Average household size in Northern Ireland, Census 2021 (NISRA); households of its districts are people over this."""


def persons_by_age(data: Path) -> dict[str, list[int]]:
    """By authority of April 2023 the people of each five-year band, mid-2024."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(AGES))
    for row in read(data / "population/lad_population_by_five_year_age_mid2024.csv.gz"):
        if row["AGE_NAME"] != "All ages":
            found[row["GEOGRAPHY_CODE"]][_band(row["AGE_NAME"])] += int(row["OBS_VALUE"])
    return dict(found)


def _band(name: str) -> int:
    """Position of *Aged 5 - 9 years* among the bands; the first two of the source are one here."""
    if "under 1" in name:
        return 0
    return min(int(name.removeprefix("Aged ").split()[0]) // 5, len(AGES) - 1)


def persons(data: Path) -> dict[str, int]:
    """By authority of April 2023 its people, mid-2024."""
    return {code: sum(bands) for code, bands in persons_by_age(data).items()}


def households(data: Path, found: Sequence[Piece], people: Mapping[str, int]) -> dict[str, int]:
    """By authority of April 2023 its households: Census 2021, in Scotland Census 2022 by constituency."""
    counted: dict[str, int] = {}
    for row in read(data / "population/census2021_ts041_households_by_lad.csv.gz"):
        counted[row["GEOGRAPHY_CODE"]] = int(row["OBS_VALUE"])
    counted |= _scottish_households(data, found)
    return counted | {code: round(n / PEOPLE_IN_A_HOUSEHOLD_NI) for code, n in people.items() if code[0] == "N"}


def _scottish_households(data: Path, found: Sequence[Piece]) -> dict[str, int]:
    """Households of constituencies given to authorities in proportion to people."""
    codes = {name: code for code, name in names_2024(data).items()}
    of_constituency = {}
    for row in read(data / "population/census2022_uv404_tenure_households_ukpc24.csv.gz", after='"Counting","United'):
        if (row["Household Tenure"] or "").startswith("All"):
            of_constituency[codes[row["United Kingdom Parliamentary Constituency 2024"]]] = int(row["Count"])
    everyone: dict[str, int] = defaultdict(int)
    for piece in found:
        everyone[piece.constituency] += piece.people
    given: dict[str, float] = defaultdict(float)
    for piece in found:
        if piece.region.startswith("S"):
            given[piece.authority] += of_constituency[piece.constituency] * piece.people / everyone[piece.constituency]
    return {code: round(n) for code, n in given.items()}


def settle(areas: Sequence[Area], people: Mapping[str, int]) -> None:
    """Make the people of small areas whole numbers that add up to those of the authorities of April 2023."""
    for authority, here in by(areas, lambda area: now(area.authority)).items():
        for area, n in zip(here, shared_out(people[authority], [area.people for area in here]), strict=True):
            area.people = n
            if area.later:
                area.later.people = n


def now(authority: str) -> str:
    """The authority of April 2023 that an authority of 2021 is, or belongs to."""
    later, since = TAKEN_OVER.get(authority, (authority, ""))
    return later if since == "202304" else authority


def shared_out(total: int, sizes: Sequence[float]) -> list[int]:
    """A whole number cut into whole numbers in proportion to sizes, by largest remainders."""
    exact = [total * size / sum(sizes) for size in sizes]
    whole = [int(x) for x in exact]
    largest = sorted(range(len(sizes)), key=lambda n: whole[n] - exact[n])
    for n in largest[: total - sum(whole)]:
        whole[n] += 1
    return whole


def table(areas: Sequence[Area], region: Mapping[str, str], homes: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Code, persons and households of every place of every list: a place's are those of its small areas."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for authority, here in by(areas, lambda area: now(area.authority)).items():
        counts = shared_out(homes[authority], [area.people for area in here])
        for area, n_homes in zip(here, counts, strict=True):
            for code in _places_of(area, region):
                found[code][0] += int(area.people)
                found[code][1] += n_homes
    return [(code, *counts) for code, counts in sorted(found.items())]  # type: ignore[misc]


def country_of(region: str) -> str:
    """The country of a region; Wales, Scotland and Northern Ireland are one region each."""
    return "E92000001" if region.startswith("E") else region


def _places_of(area: Area, region: Mapping[str, str]) -> set[str]:
    """Codes of all places an area belongs to, under its first name and its later one."""
    found = {country_of(region[area.authority]), region[area.authority], now(area.authority)}
    for name in filter(None, (area, area.later)):
        found |= {name.code, name.authority, name.constituency, *name.of.values()}
    return {code for code in found if code[0] in "ENSWX" and code != NOT_IN_SCOTLAND[0]}


def sexes(by_hand: Path, by_age: Mapping[str, Sequence[int]]) -> Iterable[tuple[str, int, int, int]]:
    """Authority, sex (1 male, 2 female), band and people: an age's people cut by the share of women at that age."""
    women = [float(row["women"]) for row in read(by_hand / "women_by_age.csv")]
    for authority, bands in by_age.items():
        for band, (n, share) in enumerate(zip(bands, women, strict=True)):
            n_women = round(n * share)
            yield authority, 1, band + 1, n - n_women
            yield authority, 2, band + 1, n_women
