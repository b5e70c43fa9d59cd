"""The facts that ship with the demonstration are what their scripts make of public sources, and hang together."""

import csv
import importlib
import sys

import pytest

from statlas.demonstration.made import DATABASES

GEOGRAPHY = DATABASES / "geography"


@pytest.mark.parametrize(
    ("script", "shipped"),
    [
        ("make_places", GEOGRAPHY),
        ("make_hb_caseload", DATABASES / "hb_new"),
        ("make_spreads", DATABASES),
        ("make_uc_published", DATABASES / "UC_Households"),
        ("make_population", DATABASES),
    ],
)
def test_files_are_what_their_script_makes(root, shared, tmp_path, monkeypatch, script, shipped):
    """Run again on the sources, a script writes the files that ship, to the byte."""
    monkeypatch.syspath_prepend(root / "scripts" / "demonstration")
    made = importlib.import_module(script)
    monkeypatch.setattr(made, "OUT", tmp_path)
    made.main(shared / "data")
    monkeypatch.delitem(sys.modules, script)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert written
    for name in written:
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes(), name


def rows(name):
    """Rows of one of the geography's files."""
    with (GEOGRAPHY / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_authorities_are_those_of_great_britain():
    """363 authorities stood in 2021; where some were replaced there are 350 today, as the country has."""
    found = [row for row in rows("authority.csv") if row["code"][:1] in "EWS"]
    assert sum(not row["valid_from"] for row in found) == 363
    assert sum(not row["valid_to"] for row in found) == 350
    assert {row["code"] for row in found if row["valid_from"] == "202504"} == {"E08000038", "E08000039"}


def test_constituencies_are_those_of_2024():
    """Great Britain has 632: 543 in England, 32 in Wales, 57 in Scotland."""
    codes = [row["code"] for row in rows("constituency_2024.csv")]
    assert {n: sum(code.startswith(n) for code in codes) for n in "EWS"} == {"E": 543, "W": 32, "S": 57}


def test_a_place_that_ends_is_followed_without_a_gap():
    """Every area that ends in a month has one that begins in the next, under an authority that does the same."""
    authorities = {row["code"]: row for row in rows("authority.csv")}
    areas = {row["code"]: row for row in rows("small_area.csv")}
    changed = [row for row in rows("places.csv") if row["later"]]
    assert len(changed) > 200
    for row in changed:
        old, new = areas[row["area"]], areas[row["later"]]
        assert new["valid_from"] == authorities[new["parent"]]["valid_from"] == row["since"]
        assert old["valid_to"] == authorities[old["parent"]]["valid_to"] < new["valid_from"]
        assert int(new["valid_from"]) - int(old["valid_to"]) == 1


def test_every_authority_has_a_small_area():
    """No authority is without an area below it, however small it is."""
    parents = {row["parent"] for row in rows("small_area.csv")}
    assert parents == {row["code"] for row in rows("authority.csv")}
