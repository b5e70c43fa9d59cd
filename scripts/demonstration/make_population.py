"""Make the records of the population databases, and the lists of places they are by.

    python scripts/demonstration/make_population.py ../shared/data

Estimates of mid-2024 and households of the censuses are facts of the statistical offices (Open Government Licence
v3.0). The division of an age by sex is ours: the source at hand gives persons only.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import authorities
import constituencies
import people
from authorities import GREAT_BRITAIN, NORTHERN_IRELAND
from csv_files import Row, read, write
from make_places import BY_HAND, HEADERS, read_country

OUT = Path(__file__).parents[2] / "src/statlas/demonstration/databases"
ALL_AGES = ("Total", "All Ages")


def by_constituency(data: Path) -> Iterable[tuple[str, int, int]]:
    """Constituency of 2024 (England and Wales), band and people."""
    for row in read(data / "population/pcon24_population_by_quinary_age_mid2024.csv.gz"):
        if row["C_AGE_NAME"] not in ALL_AGES:
            start = row["C_AGE_NAME"].replace("Aged", "Age").split()[1].rstrip("+").split("-")[0]
            yield row["GEOGRAPHY_CODE"], int(start) // 5 + 1, int(row["OBS_VALUE"])


def write_list(path: Path, level: list[Row]) -> None:
    """A list of codes; here every place is known."""
    write(path, HEADERS[len(level[0])], level)


def main(data: Path) -> None:
    """Write every CSV."""
    country, by_age, persons = read_country(data), people.persons_by_age(data), people.persons(data)
    in_2021 = [piece.authority for piece in country.pieces]
    everywhere = authorities.of_2023(authorities.authorities(in_2021, country.called, country.region))
    regions = [(code, name, people.country_of(code)) for code, name in authorities.regions(data).items()]
    for folder in ("codes", "population", "population_pcon24", "households"):
        (OUT / folder).mkdir(exist_ok=True)
    write_list(OUT / "codes/population_country.csv", [*GREAT_BRITAIN.items(), *NORTHERN_IRELAND.items()])
    write_list(OUT / "codes/population_region.csv", [*regions])
    write_list(OUT / "codes/population_authority.csv", everywhere)
    write(OUT / "population/records.csv", "authority,sex,age,people", people.sexes(BY_HAND, by_age))
    homes = people.households(data, country.pieces, persons)
    write(OUT / "households/records.csv", "authority,households", [(row[0], homes[row[0]]) for row in everywhere])
    counted = [*by_constituency(data)]
    inside = {code for code, _, _ in counted}
    listed = [row for row in constituencies.of_2024(data, country.pieces) if row[0] in inside]
    write_list(OUT / "codes/population_constituency.csv", [*listed])
    write(OUT / "population_pcon24/records.csv", "constituency,age,people", counted)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
