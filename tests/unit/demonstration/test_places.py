"""The map of the demonstration: hierarchies nest, every small area lies in one place of every kind, people add up."""

import csv
import gzip
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from statlas.demonstration.made import DATABASES
from statlas.demonstration.months import month_number
from statlas.demonstration.places import UNKNOWN, read_map

GEOGRAPHY = DATABASES / "geography"
ABROAD = "XXZZZZZZZ"

HIERARCHIES = {
    "output areas": ("country", "region", "authority", "small_area", "output_area"),
    "wards": ("country", "region", "authority", "ward"),
    "wards of 2023": ("country", "region", "authority_2023", "ward_2023"),
    "authorities of 2021": ("country", "region", "authority_2021"),
    "constituencies of 2010": ("country", "region", "constituency_2010"),
    "constituencies of 2024": ("country", "region", "constituency_2024"),
    "counties": ("country_uk", "region_uk", "county_uk_2021", "authority_uk_2021"),
    "authorities of the United Kingdom": ("country_uk", "region_uk", "authority_uk"),
    "authorities of the United Kingdom, 2023": ("country_uk", "region_uk", "authority_uk_2023"),
    "constituencies of the United Kingdom, 2010": ("country_uk", "region_uk", "constituency_uk_2010"),
    "constituencies of the United Kingdom, 2024": ("country_uk", "region_uk", "constituency_uk_2024"),
    "jobcentres": ("jobcentre_group", "jobcentre_district", "jobcentre_office"),
    "contracts": ("contract_area", "contract"),
    "Scotland": ("scottish_constituency",),
}
LIST_OF_KIND = {
    "authority": "authority",
    "ward": "ward",
    "constituency": "constituency_2024",
    "constituency_2010": "constituency_2010",
    "scottish_constituency": "scottish_constituency",
    "jobcentre": "jobcentre_office",
    "contract_area": "contract_area",
}


def rows(name):
    """Rows of one of the geography's files."""
    with (GEOGRAPHY / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def by_code(name):
    """Rows of a list of codes by code."""
    return {row["code"]: row for row in rows(name)}


@pytest.fixture(scope="module")
def places():
    """The map."""
    return read_map(GEOGRAPHY)


def codes(places, kind, areas, month="202512"):
    """Codes of a kind of place for finest areas."""
    found = places.coded(kind, np.asarray(areas, dtype=np.int32), month_number(month))
    return [found.codes[position] for position in found.positions]


@pytest.mark.parametrize("levels", HIERARCHIES.values(), ids=HIERARCHIES)
def test_levels_nest(levels):
    """Every code has one parent in the level above, and every code above has a child."""
    for upper, lower in pairwise(levels):
        parents = [row["parent"] for row in rows(lower)]
        assert set(parents) == set(by_code(upper)), (upper, lower)


@pytest.mark.parametrize("levels", HIERARCHIES.values(), ids=HIERARCHIES)
def test_every_list_has_each_code_once_and_places_for_addresses_outside(levels):
    """No code stands twice in a list, every label says something, and Unknown and Abroad are there."""
    for name in levels:
        found = rows(name)
        assert len(by_code(name)) == len(found)
        assert all(row["label"].strip() == row["label"] != "" for row in found)
        assert {UNKNOWN, ABROAD} <= set(by_code(name)), name


@pytest.mark.parametrize("levels", HIERARCHIES.values(), ids=HIERARCHIES)
def test_a_child_exists_while_its_parent_does(levels):
    """Where the level above has validity, a code is valid when its parent is."""
    for upper, lower in pairwise(levels):
        above = by_code(upper)
        if lower.endswith(("_2021", "_2023", "_2010", "_2024")) or "valid_from" not in rows(upper)[0]:
            continue
        for row in rows(lower):
            parent = above[row["parent"]]
            assert (row["valid_from"], row["valid_to"]) == (parent["valid_from"], parent["valid_to"]), row["code"]


@pytest.mark.parametrize(("kind", "name"), LIST_OF_KIND.items())
def test_every_small_area_lies_in_one_place_of_every_kind(kind, name):
    """The table of places has each small area once, and names a place of the list; all but Unknown's are used."""
    table = rows("places")
    assert {row["area"] for row in table} == set(by_code("small_area"))
    assert len(table) == len(by_code("small_area"))
    listed = by_code(name)
    assert {row[kind] for row in table} == set(listed)
    for row in table:
        if row["area"] in (UNKNOWN, ABROAD):
            assert row[kind] == row["area"]


def test_kinds_of_place_agree():
    """An area's authority is that of its list and of its ward, in the region of its constituencies."""
    authority, ward = by_code("authority"), by_code("ward")
    of_2010, of_2024, small = by_code("constituency_2010"), by_code("constituency_2024"), by_code("small_area")
    for row in rows("places"):
        region = authority[row["authority"]]["parent"]
        assert small[row["area"]]["parent"] == row["authority"] == ward[row["ward"]]["parent"]
        assert of_2010[row["constituency_2010"]]["parent"] == of_2024[row["constituency"]]["parent"] == region
        in_scotland = row["scottish_constituency"].startswith("S")
        assert in_scotland == row["authority"].startswith("S"), row["area"]


def test_a_place_of_northern_ireland_lies_in_the_united_kingdom():
    """The second table names authorities and constituencies of Northern Ireland, each of them."""
    found = rows("places_northern_ireland")
    for kind, name in {
        "authority": "authority_uk",
        "constituency": "constituency_uk_2024",
        "constituency_2010": "constituency_uk_2010",
    }.items():
        assert {row[kind] for row in found} == {code for code in by_code(name) if code.startswith("N")}


def test_an_authority_is_served_by_one_district():
    """All offices that serve an authority belong to the same district of Jobcentre Plus."""
    office, district = by_code("jobcentre_office"), {}
    for row in rows("places"):
        district.setdefault(row["authority"], set()).add(office[row["jobcentre"]]["parent"])
    assert all(len(found) == 1 for found in district.values())


def test_people_add_up_to_the_published_estimates(shared):
    """Authorities of 2023 have the published people of mid-2024 to the last; constituencies within 7%."""

    def published(name, age, everyone):
        with gzip.open(shared / "data/population" / name, "rt", encoding="utf-8") as lines:
            return {r["GEOGRAPHY_CODE"]: int(r["OBS_VALUE"]) for r in csv.DictReader(lines) if r[age] == everyone}

    ours = {row["code"]: int(row["persons"]) for row in rows("population")}
    authorities = published("lad_population_by_five_year_age_mid2024.csv.gz", "AGE_NAME", "All ages")
    assert len(authorities) == 361
    assert {code: ours[code] for code in authorities} == authorities
    constituencies = published("pcon24_population_by_quinary_age_mid2024.csv.gz", "C_AGE_NAME", "All Ages")
    assert len(constituencies) == 575
    assert max(abs(ours[code] / n - 1) for code, n in constituencies.items()) < 0.07


def test_the_population_of_a_place_is_that_of_its_small_areas():
    """Persons and households of every list add up to those of the country, and no place has none of either."""
    found = {row["code"]: (int(row["persons"]), int(row["households"])) for row in rows("population")}
    assert min(min(counts) for counts in found.values()) > 100
    country = [found[code] for code in ("E92000001", "W92000004", "S92000003")]
    for name in ("region", "authority_2021", "authority_2023", "constituency_2010", "constituency_2024"):
        listed = [found[code] for code in by_code(name) if code not in (UNKNOWN, ABROAD)]
        assert [*map(sum, zip(*listed, strict=True))] == [*map(sum, zip(*country, strict=True))], name
    for name in ("small_area", "ward"):
        now = [row["code"] for row in rows(name) if not row["valid_to"] and row["code"] not in (UNKNOWN, ABROAD)]
        assert sum(found[code][0] for code in now) == sum(persons for persons, _ in country)
    people = Counter()
    for row in rows("places"):
        people[row["constituency_2010"]] += int(row["people"] or 0)
    assert all(found[code][0] == n for code, n in people.items() if n)


def test_one_finest_area_tells_every_place(places):
    """An output area's small area is its parent, and the row of the small area says the rest, in every month."""
    table = {row["area"]: row for row in [*rows("places"), *rows("places_northern_ireland")]}
    areas = np.arange(0, len(places.people), 7)
    for month in ("201804", "202303", "202304", "202503", "202504"):
        small = codes(places, "area", areas, month)
        assert [code[:-1] for code in codes(places, "output_area", areas, month)] == small
        for kind in LIST_OF_KIND:
            assert codes(places, kind, areas, month) == [table[area][kind] or UNKNOWN for area in small], (kind, month)


def test_places_are_called_what_they_are_called_in_the_month(places):
    """Codes of authorities, wards and areas are valid in every month for which they are given."""
    areas = np.arange(len(places.people))
    for kind, name in {"authority": "authority_uk", "area": "small_area", "ward": "ward"}.items():
        listed = by_code(name)
        for month in ("201804", "202303", "202304", "202503", "202504", "202512"):
            for code in set(codes(places, kind, areas, month)) - {code for code in listed if code == UNKNOWN}:
                if code.startswith("X02007"):
                    continue
                row = listed[code]
                assert (row["valid_from"] or "0") <= month <= (row["valid_to"] or "9"), (code, month)


def test_authorities_of_a_year_do_not_change(places):
    """Kinds that end with a year name the authorities of that year whatever the month."""
    areas = np.arange(0, len(places.people), 3)
    for year in ("2021", "2023"):
        found = codes(places, f"authority_{year}", areas, "201101")
        assert found == codes(places, f"authority_{year}", areas, "202512")
        assert set(found) <= set(by_code(f"authority_uk_{year}"))


def test_northern_ireland_is_not_known_in_britain(places):
    """A field of Great Britain has no code for an area of Northern Ireland, nor for an address that is not known."""
    last = len(places.people) - 1
    assert codes(places, "region", [0, last]) == ["E12000001", "N92000002"]
    assert codes(places, "region_in_britain", [0, last]) == ["E12000001", UNKNOWN]
    for kind in (*LIST_OF_KIND, "output_area", "region"):
        assert codes(places, kind, [places.unknown_area]) == [UNKNOWN]


def test_people_live_in_every_area(places):
    """Weights are positive, lie together by authority, and add up to the people of the United Kingdom."""
    assert (places.people > 0).all()
    assert places.people.sum() == sum(
        int(row["people"] or 0) for row in [*rows("places"), *rows("places_northern_ireland")]
    )
    starts = places.first_area[:-1]
    assert (places.authority_of[starts] == np.arange(places.n_authorities)).all()
    assert len(places.region_of) == places.n_authorities == 374


def test_invented_places_say_so():
    """Small areas, output areas and wards have codes like no real one, and labels that say they are invented."""
    for name, start in {"small_area": "X02", "output_area": "X02", "ward": "X05", "ward_2023": "X05"}.items():
        for row in rows(name):
            if row["code"] not in (UNKNOWN, ABROAD):
                assert row["code"].startswith(start)
                assert row["label"].endswith("(invented)")


def test_an_unknown_kind_of_place_is_our_mistake(places):
    """A recipe that asks for a kind the map lacks fails at once."""
    with pytest.raises(AssertionError, match="no kind of place"):
        places.coded("planet", np.zeros(1, dtype=np.int32), month_number("202512"))
