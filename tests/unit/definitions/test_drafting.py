"""Drafts of definitions from data files."""

import csv
import io
import random
import stat
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from statlas import definitions
from statlas.cli import app
from statlas.definitions.drafting.names import database_id_of, identifier_of
from statlas.errors import DefinitionError, RecordsError
from statlas.model.classification import Node
from statlas.model.database import FieldKind, Weight
from statlas.model.derivation import Banded, Column, Constant, LookedUp
from statlas.model.period import Frequency
from statlas.service import tables


@pytest.fixture
def draft(tmp_path):
    """The draft of columns given by name, as (database, text, every file's text)."""

    def make(name="claims.csv", /, **columns):
        rows = list(zip(*columns.values(), strict=True))
        out = io.StringIO()
        csv.writer(out).writerows([tuple(columns), *rows])
        path = tmp_path / name
        path.write_text(out.getvalue(), "utf-8")
        drafted = definitions.draft([path])
        drafted.write(tmp_path / "drafted")
        database = definitions.read(tmp_path / "drafted" / "definition.yaml")
        return database, drafted.definition, "".join([drafted.definition, *drafted.files.values()])

    return make


def survey(n=300, replicates=20):
    """Columns of a plausible survey."""
    chance = random.Random(2)
    weights = [f"{chance.uniform(10, 90):.5f}" for _ in range(n)]
    return {
        "household": [f"H{k:05}" for k in range(n)],
        "tenure": [chance.choice(["1", "2"]) for _ in range(n)],
        "grossing": weights,
        **{f"rep_wt_{r}": [chance.choice(["0", w]) for w in weights] for r in range(1, replicates + 1)},
    }


def claims(n=2_000):
    """Columns of a plausible caseload."""
    chance = random.Random(1)
    las = {f"E0800003{k}": f"Town {k}" for k in range(6)}
    where = [chance.choice(list(las)) for _ in range(n)]
    return {
        "claim_ref": [f"REF{k:06}" for k in range(n)],
        "claimant_name": [f"Zaphod {k % 700}" for k in range(n)],
        "postcode": [f"LS{k % 9 + 1} {k % 7}AB" for k in range(n)],
        "date_of_birth": [f"19{k % 50 + 40}-01-{k % 28 + 1:02}" for k in range(n)],
        "snapshot_month": [chance.choice(["202501", "202502", "202503"]) for _ in range(n)],
        "la_code": where,
        "la_name": [las[code] for code in where],
        "region": [("E12000003" if code < "E08000033" else "E12000001") for code in where],
        "tenure": [chance.choice(["1", "2", ""]) for _ in range(n)],
        "age": [chance.randrange(16, 99) for _ in range(n)],
        "weeks": [chance.randrange(1, 500) for _ in range(n)],
        "weekly_award": [f"{chance.randrange(100, 30_000) / 100:.2f}" for _ in range(n)],
        "distance": [f"{chance.random() * 10:.3f}" for _ in range(n)],
        "notes": [f"note {k} for Zaphod" if k % 3 else "" for k in range(n)],
        "system": ["HB"] * n,
        "spare": [""] * n,
    }


def test_each_column_of_a_caseload_is_recognised(draft):
    """Unit, period, geography with its names and levels, classification, bands and money are guessed as such."""
    database, text, _ = draft(**claims())
    assert (database.id, database.records.unit_id, database.policy) == ("claims", "claim_ref", "standard")
    assert (database.date.source, database.calendar.frequency) == (Column("snapshot_month"), Frequency.MONTH)
    place = database.field("LA_CODE")
    assert (place.kind, place.label, [v.id for v in place.classification]) == (
        FieldKind.GEOGRAPHY,
        "Local authority",
        ["REGION", "LA"],
    )
    code = place.classification["LA"]["E08000035"]
    assert (code.label, code.parents) == ("Town 5", (Node("REGION", "E12000001"),))
    assert place.classification["REGION"]["E12000003"].label == "Yorkshire and The Humber"
    tenure = database.field("TENURE")
    assert ([c.id for c in tenure.valueset], tenure.missing) == (["1", "2", "MISSING"], "MISSING")
    ages = database.field("AGE").source
    assert isinstance(ages, Banded)
    assert [(band.low, band.high) for band in ages.bands[:2]] == [(None, 16), (16, 25)]
    assert isinstance(database.field("WEEKS").source, Banded)
    assert [(m.id, m.unit, m.precision) for m in database.measures] == [
        ("WEEKLY_AWARD", "GBP", 2),
        ("DISTANCE", "number", 3),
    ]
    assert len(database.fields) == 1 + 4
    assert text.count("# guess: ") >= 8


@pytest.mark.parametrize(
    "name", ["claim_ref", "claimant_name", "postcode", "date_of_birth", "notes", "system", "spare"]
)
def test_what_is_used_for_nothing_is_listed_with_its_reason(draft, name):
    """A person sees at the foot of the draft what was left out, and why."""
    _, text, _ = draft(**claims())
    listed = text.partition("# Left out:")[2]
    assert (f"#   {name}: " in listed) is (name != "claim_ref")


@pytest.mark.parametrize("word", ["Zaphod", "REF000", "LS1 1AB", "1940-01", "note 1"])
def test_no_value_that_may_identify_somebody_is_in_a_draft(draft, word):
    """Names, references, postcodes, dates of birth and free text stay in the records."""
    assert word not in draft(**claims())[2]


def test_a_draft_says_that_it_is_confidential(draft):
    """It is the first thing that its reader sees."""
    assert draft(**claims())[1].startswith("# Confidential working material")


@pytest.mark.parametrize(
    "values",
    [
        ["AB123456C", "CD 12 34 56 D"],
        ["LS1 4DY", "SW1A1AA"],
        ["jo@example.org", "al@example.com"],
        ["07700 900123", "+44 7700900123"],
    ],
)
def test_values_that_look_personal_are_not_listed_whatever_the_column_is_called(draft, values):
    """A few shared telephone numbers are no classification."""
    _, text, everything = draft(month=["202501"] * 100, contact=values * 50, sex=["F", "M"] * 50)
    assert all(value not in everything for value in values)
    assert "contact: it looks like" in text


@pytest.mark.parametrize(
    ("name", "values", "frequency"),
    [
        ("month", ["202501", "202502"], Frequency.MONTH),
        ("month", ["2025-01", "2025-07"], Frequency.MONTH),
        ("snapshot", ["2025-01-31", "2025-02-28"], Frequency.MONTH),
        ("date", ["31/01/2025", "28/02/2025"], Frequency.MONTH),
        ("quarter", ["202502", "202505", "202508"], Frequency.QUARTER),
        ("year", ["2019", "2020"], Frequency.YEAR),
        ("period", ["202425", "202526"], Frequency.FINANCIAL_YEAR),
        ("financial_year", ["2011/12"], Frequency.FINANCIAL_YEAR),
        ("fy", ["201112"], Frequency.FINANCIAL_YEAR),
        ("month", ["201112"], Frequency.MONTH),
    ],
)
def test_the_period_is_recognised_with_its_frequency(draft, name, values, frequency):
    """Months, quarters, years and financial years are told apart."""
    n = 60
    database, _, _ = draft(**{name: [values[k % len(values)] for k in range(n)], "sex": ["F", "M"] * (n // 2)})
    assert (database.date.source, database.calendar.frequency) == (Column(name), frequency)


@pytest.mark.parametrize("name", ["birth_month", "claim_start_date", "dob"])
def test_a_date_in_somebodys_life_is_not_the_period(draft, name):
    """Only the time a record is of is a period."""
    database, _, _ = draft(**{name: ["202501", "202502"] * 50, "sex": ["F", "M"] * 50})
    assert database.date.source == Constant(None)


@pytest.mark.parametrize(
    ("name", "period"), [("census_2011_1pct.csv", "2011"), ("census20115.csv", None), ("a.csv", None)]
)
def test_without_a_date_the_name_of_the_file_may_tell_the_year(draft, name, period):
    """A year in the name is a guess; anything else is left to the publisher."""
    assert draft(name, sex=["F", "M"] * 50)[0].date.source == Constant(period)


def test_a_reference_that_repeats_within_a_period_is_no_unit(draft):
    """Publishing would refuse it, so the draft does without and still lists none of its values."""
    database, _, everything = draft(month=["202501"] * 100, ref=[f"R{k // 2}" for k in range(100)], sex=["F", "M"] * 50)
    assert database.records.unit_id is None
    assert "R49" not in everything


def test_a_reference_may_repeat_in_another_period(draft):
    """The same unit is in every snapshot."""
    database, _, _ = draft(month=["202501", "202502"] * 50, ref=[f"R{k // 2}" for k in range(100)])
    assert database.records.unit_id == "ref"


def test_values_that_cannot_be_codes_are_given_codes(draft):
    """A colon would cut a public id; the values stay in a look-up file."""
    reasons = ["Other: see notes", "x" * 150, "None"]
    database, _, _ = draft(month=["202501"] * 99, reason=reasons * 33)
    field = database.field("REASON")
    assert isinstance(field.source, LookedUp)
    assert dict(field.source.table).keys() == set(reasons)
    assert [c.label for c in field.valueset] == ["None", "Other: see notes", "x" * 150]


def test_values_in_very_few_records_are_pointed_out_without_saying_which(draft):
    """A rare code may be a mistake, or a person."""
    _, text, _ = draft(month=["202501"] * 100, tenure=["1"] * 99 + ["7"])
    assert "# check: some of these codes are in very few records" in text


@pytest.mark.parametrize(
    ("name", "values", "is_money"),
    [
        ("yearly_rent", ["12.00", "24.50"], True),
        ("fee", ["£12", "£1,300"], True),
        ("x", [f"{n}.50" for n in range(20)], True),
        ("x", ["1.50", "2.25"], False),
        ("rent_band", ["1", "2"], False),
        ("rent", ["cheap", "dear"], False),
    ],
)
def test_money_is_known_by_pounds_or_by_name_and_pence(draft, name, values, is_money):
    """An amount is a measure, however few different ones there are; a code is none."""
    database, _, _ = draft(month=["202501"] * 100, **{name: [values[k % len(values)] for k in range(100)]})
    assert [m.is_money for m in database.measures] == [True] * is_money


def test_numbers_with_many_values_are_banded_without_showing_one(draft):
    """Suggested ends are rounded, and every number falls into a band."""
    chance = random.Random(2)
    weeks = [chance.randrange(13_337, 87_654) for _ in range(1_000)]
    database, _, everything = draft(month=["202501"] * 1_000, duration=weeks)
    bands = database.field("DURATION").source.bands
    assert (bands[0].low, bands[-1].high) == (None, None)
    assert all(a.high == b.low for a, b in pairwise(bands))
    assert not {str(w) for w in weeks} & set(everything.split())


def test_columns_whose_names_clash_get_ids_and_labels_of_their_own(draft):
    """Whatever columns are called, the draft is a whole definition."""
    columns = {"Date": ["202501"] * 60, "Month": ["a", "b"] * 30, "a_b": ["x", "y"] * 30, "a b": ["p", "q"] * 30}
    columns |= {"récord": ["1", "2"] * 30, "9": ["1", "2"] * 30, "record": ["x", "y"] * 30}
    database, _, _ = draft(**columns)
    assert len(database.fields) == len(columns)


def test_several_files_and_folders_are_one_database(tmp_path):
    """A code that occurs in the second file only is in the list."""
    folder = tmp_path / "snapshots"
    folder.mkdir()
    for month, codes in (("202501", "FM"), ("202502", "FX")):
        rows = "".join(f"{month},{codes[k % 2]}\n" for k in range(60))
        (folder / f"{month}.csv").write_text(f"month,sex\n{rows}")
    drafted = definitions.draft([folder])
    assert drafted.database == "snapshots"
    assert "{F: F, M: M, X: X}" in drafted.definition


def test_a_parquet_file_is_drafted_like_a_csv(tmp_path):
    """Typed columns are seen as the text that publishing will see."""
    table = pa.table(
        {
            "month": pa.array([202501, 202502] * 50),
            "sex": pa.array([1.0, 2.0] * 50),
            "rent": pa.array([k + 0.25 for k in range(100)]),
            "bytes": pa.array([b"x"] * 100),
        }
    )
    pa.parquet.write_table(table, tmp_path / "r.parquet")
    drafted = definitions.draft([tmp_path / "r.parquet"])
    drafted.write(tmp_path / "d")
    database = definitions.read(tmp_path / "d" / "definition.yaml")
    assert [c.id for c in database.field("SEX").valueset] == ["1", "2"]
    assert [m.unit for m in database.measures] == ["GBP"]


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"a,b\n1\n", "é\n1\n".encode("latin-1")])
def test_files_that_cannot_be_read_are_told_as_in_publishing(tmp_path, content):
    """The same faults, and nothing drafted."""
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(RecordsError) as caught:
        definitions.draft([tmp_path / "r.csv"])
    assert len(caught.value.faults) == 1


def test_the_command_writes_a_draft_once(tmp_path, monkeypatch):
    """``statlas new`` names the folder for the data, and overwrites nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library members.csv").write_text("month,sex\n" + "202501,F\n202501,M\n" * 30)
    done = CliRunner().invoke(app, ["new", "library members.csv"])
    assert done.exit_code == 0, done.output
    assert definitions.read(tmp_path / "library_members" / "definition.yaml").label == "Library members"
    assert stat.S_IMODE((tmp_path / "library_members").stat().st_mode) == 0o700
    assert CliRunner().invoke(app, ["new", "library members.csv"]).exit_code == DefinitionError.exit_code


def test_nothing_is_written_where_a_file_is_in_the_way(tmp_path):
    """A draft is written whole or not at all."""
    drafted = definitions.drafting.Draft("d", "statlas: 1\n", {"codes/A.csv": "code,label\n"})
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "A.csv").write_text("mine")
    with pytest.raises(DefinitionError):
        drafted.write(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["codes"]


@pytest.mark.parametrize(
    ("file", "unit_id", "fields"),
    [
        ("census_teaching/scotland_2011_1pct.csv.gz", "Record_Number", 15),
        ("police_street_crime/west_yorkshire_2016-2018_july.csv.gz", None, 3),
    ],
)
def test_real_files_are_drafted_and_published(shared, tmp_path, file, unit_id, fields):
    """A draft of real data can be published as it stands."""
    path = shared / "data" / file
    definitions.draft([path]).write(tmp_path / "d")
    database = definitions.read(tmp_path / "d" / "definition.yaml")
    assert (database.records.unit_id, len(database.categories)) == (unit_id, fields)
    home = tables.open_home(tmp_path / "home")
    report = tables.publish(home=home, definition=tmp_path / "d" / "definition.yaml", records=[path], dry_run=True)
    assert report is not None


@pytest.mark.parametrize("name", ["NULL", "null", "Yes", "off", "n"])
def test_a_name_that_yaml_reads_as_nothing_or_a_truth_is_no_id(name):
    """A column called NULL becomes the field FIELD_NULL, and a file of that name another database."""
    assert identifier_of(name, ()) == f"FIELD_{name.upper()}"
    assert database_id_of(name) == f"data_{name.lower()}"


def test_a_survey_is_weighted(draft):
    """The weight is guessed; replicates are told, for somebody has to say their scale."""
    database, text, _ = draft("survey.csv", **survey())
    assert database.weight == Weight("grossing", "Weighted records")
    assert [field.id for field in database.categories] == ["TENURE"]
    assert not database.measures
    assert "rep_wt_20: it looks like a replicate weight" in text


def test_a_weight_in_kilograms_is_none_of_a_survey(draft):
    """Few decimals and no replicates: it is a number of the person."""
    chance = random.Random(3)
    columns = survey(replicates=0) | {
        "grossing": ["1"] * 300,
        "weight": [f"{chance.uniform(50, 99):.1f}" for _ in range(300)],
    }
    database, _, _ = draft("people.csv", **columns)
    assert database.weight is None
    assert [measure.id for measure in database.measures] == ["WEIGHT"]
