"""Postcode districts: what a text names, and where a district lies."""

import csv
from collections import Counter

import pytest

from statlas.geography import postcodes
from statlas.geography.kinds import entity, is_place


@pytest.mark.parametrize(
    ("text", "district"),
    [
        *(("LS6", "LS6"), (" ls6 ", "LS6"), ("ls6 2aa", "LS6"), ("LS62AA", "LS6"), ("ec1a 1bb", "EC1A")),
        *(("EC1A1BB", "EC1A"), ("LS11AA", "LS1"), ("LS6 2", "LS6"), ("LS6 2A", "LS6"), ("M1", "M1"), ("NPT", "NPT")),
        *(
            ("", ""),
            ("Leeds", ""),
            ("6LS", ""),
            ("LS6\x002AA", ""),
            ("LS6 2AA 2", ""),
            ("E08000035", ""),
            ("LS6 2AÀ", ""),
        ),
    ],
)
def test_a_district_is_read_of_a_postcode_however_it_is_typed(text, district):
    """With or without the rest, capitals or blank; of nothing else."""
    assert postcodes.district_of(text) == district


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        *(("12 Mill Lane, LS6 2AA", "LS6"), ("ls6-2aa", "LS6"), ("ls6+2aa", "LS6"), ("sw1a2aa Leeds", "SW1A")),
        *(("Leeds", "Leeds"), ("LS6", "LS6"), ("E08000035", "E08000035"), ("", "")),
    ],
)
def test_of_a_full_postcode_the_district_alone_is_kept(text, kept):
    """Whatever stands around it goes too: it may be the rest of an address."""
    assert postcodes.without_postcode(text) == kept


def test_a_long_text_takes_no_time():
    """Ten thousand letters are no postcode and no burden."""
    assert postcodes.district_of("LS6 " * 100_000) == ""
    assert len(postcodes.without_postcode("A1" * 100_000)) == 200_000


def test_a_district_lies_where_its_postcodes_lie():
    """One authority, or several with that of most postcodes first; shares make a whole."""
    assert [one.authority for one in postcodes.authorities_of("LS6")] == ["E08000035"]
    several = postcodes.authorities_of("EC1A")
    assert [one.authority for one in several] == ["E09000001", "E09000019"]
    assert sum(one.share for one in several) == pytest.approx(1)
    assert several[0].share > several[1].share
    assert postcodes.authorities_of("ZZ99") == ()


def test_the_file_holds_great_britain_and_no_postcode():
    """No district of Northern Ireland or the islands, none twice in an authority, none as long as a postcode."""
    districts = postcodes.districts()
    assert len(districts) == 2_997
    assert not [name for name in districts if name.startswith(("BT", "JE", "GY", "IM")) or len(name) > 4]
    assert all(postcodes.district_of(name) == name for name in districts)
    codes = {one.authority for name in districts for one in postcodes.authorities_of(name)}
    assert {code[:3] for code in codes} == {"E06", "E07", "E08", "E09", "W06", "S12"}


def test_districts_lie_in_authorities_that_others_know(shared):
    """Those of England are in another list of 2024, but for two that have had new codes since."""
    with (shared / "data" / "lookups" / "lad24_region_eng.csv").open(encoding="utf-8-sig") as file:
        known = {value for row in csv.DictReader(file) for value in row.values() if value.startswith("E0")}
    ours = {one.authority for name in postcodes.districts() for one in postcodes.authorities_of(name)}
    english = {code for code in ours if code.startswith("E")}
    assert english - known == {"E08000038", "E08000039"}
    assert known - english == {"E08000016", "E08000019"}


def test_what_a_code_says_by_itself():
    """Codes of X and Z stand for no place; the first three characters of others name a sort of authority."""
    kinds = Counter(map(is_place, ("E08000035", "ZZXXXXXXX", "XXZZZZZZZ", "XXXXXXXXX", "X02000001", "9820")))
    assert kinds == {True: 3, False: 3}
    assert entity("E08000035") == "Metropolitan district"
    assert entity("X02000001") == ""
