"""The population databases: published counts, shown as they are, as denominators for rates."""

import csv
import gzip

import pytest

from statlas.demonstration.department import make
from statlas.demonstration.made import COUNTED, Ask, missing
from statlas.demonstration.source import make_source, n_records
from statlas.service import tables


def ignore(_stage, _fraction, _rate):
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with the three databases."""
    folder = tmp_path_factory.mktemp("population") / "home"
    for database_id in COUNTED:
        make(folder, database_id, Ask(), ignore)
    return tables.open_home(folder)


@pytest.fixture(scope="module")
def numbers(home):
    """From a ready-made table to its printed numbers by the codes of the cells, without the year."""

    def printed(database_id, table_id):
        database = tables.database(home=home, database_id=database_id)
        query = next(table.query for table in database.tables if table.id == table_id)
        rows = tables.table(home=home, query=query, door="test").to_arrow().to_pylist()
        codes = [name for name in rows[0] if name.endswith("_code") and name != "YEAR_code"]
        return {tuple(row[name] for name in codes): row["value"] for row in rows}

    return printed


def published(shared, name, age, everyone):
    """Published people by place."""
    with gzip.open(shared / "data/population" / name, "rt", encoding="utf-8") as lines:
        return {r["GEOGRAPHY_CODE"]: int(r["OBS_VALUE"]) for r in csv.DictReader(lines) if r[age] == everyone}


def test_people_of_authorities_are_the_published_ones(shared, numbers):
    """Each authority of the United Kingdom has its published people, to the last."""
    found = numbers("population", "population-by-authority")
    name = "lad_population_by_five_year_age_mid2024.csv.gz"
    assert found == {(code,): n for code, n in published(shared, name, "AGE_NAME", "All ages").items()}


def test_people_of_constituencies_are_the_published_ones(shared, numbers):
    """Each constituency of England and Wales has its published people, to the last."""
    found = numbers("population_pcon24", "population-by-constituency")
    name = "pcon24_population_by_quinary_age_mid2024.csv.gz"
    assert found == {(code,): n for code, n in published(shared, name, "C_AGE_NAME", "All Ages").items()}


def test_tables_of_one_database_agree(numbers):
    """Nothing is perturbed: people by region and age group add up to people by age, and to the country."""
    by_age = numbers("population", "population-by-age")
    by_group = numbers("population", "population-by-age-and-region")
    assert sum(by_age.values()) == sum(by_group.values()) == 69_256_274
    assert sum(n for (_, group), n in by_group.items() if group == "C") == sum(
        n for (band,), n in by_age.items() if int(band) >= 14
    )
    assert len(by_age) == 18


def test_households_are_those_of_the_censuses(shared, numbers):
    """England and Wales have the households that Census 2021 counted in each authority; all are of sensible size."""
    found = numbers("households", "households-by-authority")
    with gzip.open(shared / "data/population/census2021_ts041_households_by_lad.csv.gz", "rt") as lines:
        counted = {(row["GEOGRAPHY_CODE"],): int(row["OBS_VALUE"]) for row in csv.DictReader(lines)}
    assert len(counted) == 318
    assert {code: found[code] for code in counted} == counted
    people = numbers("population", "population-by-authority")
    assert found.keys() == people.keys()
    assert all(1.6 < people[code] / n < 3.6 for code, n in found.items())


def test_no_place_is_unknown(home):
    """In published counts everybody lives somewhere: no list has a code for addresses outside it."""
    for database_id in COUNTED:
        database = tables.database(home=home, database_id=database_id)
        codes = {node.code for field in database.fields for node in field.classification.nodes}
        assert not codes & {"ZZXXXXXXX", "XXZZZZZZZ"}


def test_the_policy_is_open_and_a_note_says_so(home):
    """The policy is open, the records are not called synthetic, and the first note says why nothing is hidden."""
    for database_id in COUNTED:
        database = tables.database(home=home, database_id=database_id)
        assert database.policy == "open"
        assert not database.synthetic
        assert "not confidential" in database.annotations[0].text
        assert len(database.tables) >= 3
        assert all(table.query.measures for table in database.tables)


def test_they_are_the_same_at_every_scale(tmp_path):
    """What is published has its real size, however large the rest of the demonstration is."""
    for database_id in COUNTED:
        small, large = (make_source(database_id, tmp_path / str(s), Ask(scale=s)) for s in (0.001, 0.5))
        assert [path.name for path in small.files] == ["records.csv"]
        assert small.files[0].read_bytes() == large.files[0].read_bytes()
        n_lines = len(small.files[0].read_text("utf-8").splitlines())
        assert n_records(database_id, Ask()) == n_lines - 1


def test_they_are_made_once(home):
    """Once published, they are not missing."""
    assert not set(missing(home.path, Ask())) & set(COUNTED)
