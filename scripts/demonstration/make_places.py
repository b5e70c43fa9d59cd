"""Make the places of the demonstration: ``src/statlas/demonstration/databases/geography/*.csv``.

    python scripts/demonstration/make_places.py ../shared/data

Codes and names of countries, regions, authorities, constituencies and jobcentres are facts of public registers (Open
Government Licence v3.0); the files read are named in the README beside the CSVs. Small areas, output areas and wards
are invented here, and with them which of them lies in which constituency of 2010 or is served by which jobcentre.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import authorities
import constituencies
import offices
import people
import small_areas
from authorities import GREAT_BRITAIN, NORTHERN_IRELAND
from csv_files import Row, read, write
from small_areas import BEFORE, LATER, Area, Piece

OUT = Path(__file__).parents[2] / "src/statlas/demonstration/databases/geography"
BY_HAND = Path(__file__).parent / "by_hand"

UNKNOWN = {"XXZZZZZZZ": "Abroad", "ZZXXXXXXX": "Unknown"}
HEADERS = {2: "code,label", 3: "code,label,parent", 5: "code,label,parent,valid_from,valid_to"}
"""First line of a list of codes, by how many columns it has."""


@dataclass(frozen=True)
class Country:
    """All places, of Great Britain and of Northern Ireland, with names and the region of every authority."""

    pieces: Sequence[Piece]
    britain: Sequence[Area]
    north: Sequence[Area]
    called: Mapping[str, str]
    region: Mapping[str, str]
    county: Mapping[str, tuple[str, str]]

    @property
    def all(self) -> list[Area]:
        """Areas of the United Kingdom."""
        return [*self.britain, *self.north]


def read_country(data: Path) -> Country:
    """Everything there is before areas are told what they belong to."""
    called, persons = authorities.names(data), people.persons(data)
    codes = {name: code for code, name in constituencies.names_2024(data).items()}
    found = small_areas.pieces(data)
    north = small_areas.pieces_of_northern_ireland(BY_HAND / "northern_ireland.csv", codes, persons)
    region = {piece.authority: piece.region for piece in [*found, *north]}
    region |= {new: region[olds[0]] for new, (_, _, olds) in LATER.items()}
    return Country(
        [*found, *north],
        small_areas.small_areas(found, called),
        small_areas.small_areas(north, called, small_areas.FIRST_OF_NORTHERN_IRELAND),
        called,
        region,
        authorities.counties(data, called, [piece.authority for piece in [*found, *north]]),
    )


def lay(data: Path, country: Country, regions: Mapping[str, str]) -> dict[str, list[Row]]:
    """Tell every area what it belongs to; the lists of wards and Scottish constituencies that come of it."""
    names_of = {
        area.authority: (
            country.called[area.authority].split(" / ")[0],
            country.county[area.authority][1],
            regions[country.region[area.authority]],
        )
        for area in country.britain
    }
    contract_areas = offices.authorities_named(read(BY_HAND / "contract_areas.csv"), "code", names_of)
    districts = offices.authorities_named(read(BY_HAND / "jobcentre_districts.csv"), "district", names_of)
    people.settle(country.all, people.persons(data))
    constituencies.lay_2010(data, BY_HAND, country.all)
    scottish = constituencies.lay_scottish(BY_HAND, country.britain, country.called)
    offices.lay_jobcentres(BY_HAND, country.britain, districts)
    for area in country.britain:
        area.of["contract_area"] = contract_areas[area.authority]
    for area in country.all:
        area.of["county"] = country.county[area.authority][0]
        if area.later:
            area.later.of |= area.of
    return {"scottish_constituency": [*scottish], "ward": [*small_areas.wards(country.britain, country.called)]}


def with_validity(areas: Sequence[Area]) -> list[Row]:
    """Code, label, authority and validity of small areas, those that come later at the end."""
    since = {area.later.code: area.since for area in areas if area.later}
    return [
        (area.code, area.label, area.authority, since.get(area.code, ""), BEFORE.get(area.since, ""))
        for area in small_areas.every(areas)
    ]


def halves(rows: Iterable[Row]) -> list[Row]:
    """Output areas: each small area cut in two."""
    return [
        (code + half, label.replace(" (", f"{half} ("), code, *validity)
        for code, label, _, *validity in rows
        for half in "AB"
    ]


def wards_with_validity(wards: Iterable[Row], authorities: Iterable[Row]) -> list[Row]:
    """Wards are as old as their authorities."""
    validity = {row[0]: row[3:] for row in authorities}
    return [(*ward, *validity[ward[2]]) for ward in wards]


def wards_of_2023(wards: Iterable[Row]) -> list[Row]:
    """The same wards under the authorities of April 2023."""
    back = {new: olds[0] for new, (_, since, olds) in LATER.items() if since == "202504"}
    return [(*ward[:2], people.now(back.get(ward[2], ward[2])), *ward[3:]) for ward in wards]


def with_unknown(level: Sequence[Row], *, parent: bool) -> list[Row]:
    """A level with the two codes for addresses that are not in it."""
    width = len(level[0])
    extra = [(code, label, code) if parent else (code, label) for code, label in UNKNOWN.items()]
    return [*level, *(row + ("",) * (width - len(row)) for row in extra)]


def write_level(name: str, level: Sequence[Row]) -> None:
    """One list of codes, with those for addresses not in it."""
    header = HEADERS[len(level[0])]
    write(OUT / f"{name}.csv", header, with_unknown(level, parent="parent" in header))


def write_levels(data: Path, country: Country, lists: Mapping[str, list[Row]]) -> None:
    """Every list of codes."""
    britain = write_nation(data, country, country.britain, "")
    everywhere = write_nation(data, country, country.all, "_uk")
    write_level("authority_2021", authorities.of_2021(britain))
    write_level("county_uk_2021", authorities.counties_of(everywhere, country.county))
    write_level("authority_uk_2021", authorities.under_counties(everywhere, country.county))
    write_level("small_area", with_validity(country.britain))
    write_level("output_area", halves(with_validity(country.britain)))
    write_level("ward", wards_with_validity(lists["ward"], britain))
    write_level("ward_2023", wards_of_2023(wards_with_validity(lists["ward"], britain)))
    write_level("scottish_constituency", lists["scottish_constituency"])
    for name, level in zip(("group", "district", "office"), offices.jobcentre_lists(data), strict=True):
        write_level(f"jobcentre_{name}", level)
    write_contracts()


def write_nation(data: Path, country: Country, areas: Sequence[Area], suffix: str) -> list[Row]:
    """Lists that are there for Great Britain (no suffix) and for the United Kingdom; the authorities for all time."""
    region = {area.authority: country.region[area.authority] for area in areas}
    rows = authorities.authorities(region, country.called, country.region)
    called = {code: name for code, name in authorities.regions(data).items() if code in region.values()}
    write_level(f"country{suffix}", [*GREAT_BRITAIN.items(), *(NORTHERN_IRELAND.items() if suffix else ())])
    write_level(f"region{suffix}", [(code, name, people.country_of(code)) for code, name in called.items()])
    write_level(f"authority{suffix}", rows)
    write_level(f"authority{suffix}_2023", authorities.of_2023(rows))
    write_level(f"constituency{suffix}_2010", [*constituencies.of_2010(data, areas, region)])
    pieces = [piece for piece in country.pieces if piece.authority in region]
    write_level(f"constituency{suffix}_2024", [*constituencies.of_2024(data, pieces)])
    return rows


def write_contracts() -> None:
    """Contract package areas of the Work Programme and the contracts in each."""
    areas = {row["code"]: row["label"] for row in read(BY_HAND / "contract_areas.csv")}
    write_level("contract_area", [*areas.items()])
    write_level(
        "contract",
        [
            (row["code"], f"{row['provider']} ({areas[row['contract_area']]})", row["contract_area"])
            for row in read(BY_HAND / "contracts.csv")
        ],
    )


KINDS = ("ward", "constituency_2010", "scottish_constituency", "jobcentre", "contract_area")


def write_places(name: str, areas: Sequence[Area], *, unknown: bool) -> None:
    """What every small area belongs to, one row for each of its names; the later ones have no people of their own."""
    rows: list[list[object]] = []
    later = {id(area.later) for area in areas}
    for area in small_areas.every(areas):
        after = (area.later.code, area.since) if area.later else ("", "")
        n = "" if id(area) in later else int(area.people)
        of = [area.of.get(kind, "") for kind in KINDS]
        rows.append([area.code, n, *after, area.authority, area.constituency, *of])
    rows += [[code, "", "", "", *[code] * (2 + len(KINDS))] for code in reversed(UNKNOWN) if unknown]
    header = ",".join(("area", "people", "later", "since", "authority", "constituency", *KINDS))
    write(OUT / name, header, rows)


def main(data: Path) -> None:
    """Write every CSV."""
    country = read_country(data)
    lists = lay(data, country, authorities.regions(data))
    write_levels(data, country, lists)
    write_places("places.csv", country.britain, unknown=True)
    write_places("places_northern_ireland.csv", country.north, unknown=False)
    persons = people.persons(data)
    homes = people.households(data, country.pieces, persons)
    write(OUT / "population.csv", "code,persons,households", people.table(country.all, country.region, homes))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
