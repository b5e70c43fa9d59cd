"""Fit notes: near the published figures, in England alone, and by other professions since July 2022."""

import csv

import pytest
from drawn import Drawn

from statlas.demonstration.made import DATABASES


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """A fifth of what the demonstration has."""
    return Drawn("fit_notes", tmp_path_factory.mktemp("notes"), 0.2)


@pytest.mark.parametrize(("year", "published"), [("2021", 10_500_000), ("2022", 10_700_000), ("2024", 11_200_000)])
def test_totals_are_near_the_published_ones(notes, year, published):
    """Notes of a year; of 2024 we know that they were more than 11.2 million."""
    assert notes.count(f"month[:4] = '{year}'") == pytest.approx(published, rel=0.02)


@pytest.mark.parametrize(("year", "published"), [("2021", 4_200_000), ("2022", 4_500_000)])
def test_long_notes_are_as_many_as_published(notes, year, published):
    """Notes for five weeks or more."""
    assert notes.count(f"month[:4] = '{year}' and days >= 35") == pytest.approx(published, rel=0.04)


def test_diagnoses_are_as_frequent_as_published(notes):
    """Mental disorders a third of what is known, and more since; one in six of the musculoskeletal system."""
    [(mental, bones)] = notes.rows(
        "select avg((condition = '5')::int), avg((condition = '13')::int) from records where condition != '99'"
    )
    assert 0.33 < mental < 0.42
    assert bones == pytest.approx(0.167, abs=0.01)


def test_most_notes_are_for_women_who_are_not_fit(notes):
    """57.9% of them for women, 93% not fit."""
    assert notes.count("sex = '2'") / notes.count() == pytest.approx(0.579, abs=0.01)
    assert notes.count("fitness = '1'") / notes.count() == pytest.approx(0.931, abs=0.01)


def test_doctors_alone_issued_notes_until_june_2022(notes):
    """From July 2022 on others do too, and more of them every year."""
    assert notes.none("issuer != '1' and month < '202207'")
    assert notes.count("issuer != '1' and month[:4] = '2025'") > notes.count("issuer != '1' and month[:4] = '2023'") > 0


def test_colds_come_in_winter(notes):
    """Respiratory diseases are most in January."""
    january, august = (notes.count(f"condition = '10' and month[5:] = '{month}'") for month in ("01", "08"))
    assert january > 1.4 * august


def test_places_are_those_of_england(notes):
    """The lists of the database are the rows of England, and no note is from elsewhere."""
    assert notes.none("authority[1] not in ('E', 'Z')")
    for name in ("region", "authority"):
        english = [row for row in codes(f"geography/{name}.csv") if row["code"][0] == "E" or row["code"] == "ZZXXXXXXX"]
        ours = codes(f"fit_notes/{name}.csv")
        assert ours == [{key: row[key] for key in ours[0]} for row in english]


def codes(name):
    """Rows of a code list."""
    with (DATABASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
