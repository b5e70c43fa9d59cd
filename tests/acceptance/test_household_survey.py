"""The made-up household survey: a sample with weights and replicate weights, published as a survey team would."""

import importlib.util
import math

import pytest

from statlas import definitions, formats, records
from statlas.model.query import Dimension, Query
from statlas.service import tables

HOUSEHOLDS = 12_000
"""In the town; the sample stands for all of them."""


@pytest.fixture(scope="module")
def folder(root):
    """Where the example is."""
    return root / "examples" / "household_survey"


@pytest.fixture(scope="module")
def script(folder):
    """The script that makes the records."""
    spec = importlib.util.spec_from_file_location("make_households", folder / "make_records.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def home(folder, tmp_path_factory):
    """A home with the published survey."""
    home = tables.open_home(tmp_path_factory.mktemp("survey") / "home")
    tables.publish(home=home, definition=folder / "definition.yaml", records=[folder / "households.csv"])
    return home


@pytest.fixture(scope="module")
def survey(home):
    """The survey as it answers, and its records."""
    database = tables.database(home=home, database_id="household_survey")
    [file] = home.current("household_survey").records
    return database, records.open_period(home.path_of(file), database)


def test_the_records_are_the_ones_the_script_makes(folder, script, tmp_path):
    """Everybody has the same made-up households, whatever the machine."""
    script.write(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (folder / "households.csv").read_bytes()


def test_every_page_will_say_that_the_records_are_made_up(folder):
    """Nobody may take the numbers for real ones."""
    assert definitions.read(folder / "definition.yaml").synthetic


def test_the_sample_stands_for_the_town(survey):
    """The weights add up to the town's households, and so does every replicate, give or take the groups left out."""
    database, opened = survey
    weight, *replicates = ([int(n) for n in column] for column in opened.weights())
    unit = 10**database.weight.precision
    assert opened.n_rows == 480
    assert sum(weight) / unit == pytest.approx(HOUSEHOLDS, abs=0.1)
    assert len(replicates) == len(database.weight.replicates) == 20
    for replicate in replicates:
        assert sum(replicate) / unit == pytest.approx(HOUSEHOLDS, rel=0.05)
        assert 12 <= replicate.count(0) <= 36, "one to three clusters of twelve are left out"


def test_standard_errors_can_be_told_from_what_is_published(survey, script):
    """The jackknife variance from the stored weights is that of the survey's own numbers."""
    database, opened = survey
    private = opened.positions("TENURE") == 3
    whole, *replicates = (int(column[private].sum()) / 10**4 for column in opened.weights())
    stored = math.sqrt(database.weight.scale * sum((one - whole) ** 2 for one in replicates))
    rows = [row for row in script.records() if row["tenure"] == "P"]
    whole, *replicates = (
        sum(float(str(row[name])) for row in rows) for name in ("weight", *(f"rep{n}" for n in range(1, 21)))
    )
    assert stored == pytest.approx(math.sqrt(19 / 20 * sum((one - whole) ** 2 for one in replicates)), rel=1e-4)
    assert 100 < stored < 600, "of some 2,400 households"


WEIGHTS = ("weight", *(f"rep{n}" for n in range(1, 21)))


def jackknife(numbers: list[float]) -> float:
    """The standard error from a number under the weight and under each of the twenty replicates."""
    return math.sqrt(19 / 20 * sum((one - numbers[0]) ** 2 for one in numbers[1:]))


def under_each_weight(rows: list[dict], column: str) -> list[tuple[float, float]]:
    """Sum of an amount and weight of its records, under the weight and under each replicate."""
    weighed = [[float(str(row[name])) for row in rows] for name in WEIGHTS]
    amounts = [float(str(row[column])) for row in rows]
    return [(sum(w * x for w, x in zip(one, amounts, strict=True)), sum(one)) for one in weighed]


@pytest.fixture(scope="module")
def incomes(home):
    """Mean incomes and rents by tenure, as published."""
    measures = ("INCOME:MEAN", "RENT:MEAN", "INCOME:MEDIAN")
    query = Query("household_survey", measures, (Dimension("TENURE", total=True),))
    return tables.table(home=home, query=query, door="test")


@pytest.mark.parametrize(("at", "codes"), [(2, "S"), (3, "P"), (4, "OMSP")])
@pytest.mark.parametrize(("measure", "column"), [(0, "income"), (1, "rent")])
def test_a_mean_has_the_relative_error_of_the_records(incomes, script, at, codes, measure, column):
    """Error and mean share the noise, so that their ratio is the jackknife's on the survey's own numbers."""
    rows = [row for row in script.records() if row["tenure"] in codes and row[column] != ""]
    means = [total / weight for total, weight in under_each_weight(rows, column)]
    published, error = (
        array.reshape(-1)[at] for array in (incomes.measures[measure].values, incomes.measures[measure].se)
    )
    assert error / published == pytest.approx(jackknife(means) / means[0], rel=0.06)


def test_intervals_stand_in_the_files(incomes):
    """Each mean has its own three columns; medians have none, for their error is not known."""
    lines = b"".join(formats.write(incomes, "csv")).decode().splitlines()
    header = lines[0].split(",")
    for name in ("Weekly income", "Weekly rent"):
        at = [header.index(f"Mean of {name} {part}") for part in ("value", "standard_error", "lower", "upper")]
        value, error, lower, upper = (float(lines[4].split(",")[place]) for place in at)
        assert upper - value == pytest.approx(value - lower, abs=0.02)
        assert upper - value > 1.96 * error > 0
    assert not any(name.startswith("Median") and name.endswith("standard_error") for name in header)
    assert "Mean of Weekly rent lower" in incomes.to_arrow().column_names
    assert incomes.measures[2].se is None


def test_what_nobody_has_is_declared(survey, script):
    """The combination that the definition declares impossible is in no record, and the others are."""
    database, _ = survey
    [never] = database.impossible
    codes = dict(never.where)
    assert {node.code for node in codes["TENURE"]} == {"O", "S", "P"}
    found = {(row["tenure"], row["mortgage"]) for row in script.records()}
    assert found == {("O", "N"), ("M", "Y"), ("S", "N"), ("P", "N")}
