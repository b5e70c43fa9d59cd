"""``statlas table`` writes every format, and a name's ending says which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from homes import write_definition, write_records
from typer.testing import CliRunner

import statlas
from statlas import formats
from statlas.cli import app
from statlas.errors import QueryError
from statlas.service import tables

QUERY = {"database": "str:database:clubs", "dimensions": [["str:field:clubs:MEMBERS:AREA"]]}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home with the clubs, and the query of a table in it."""
    folder = tmp_path_factory.mktemp("table")
    made = tables.open_home(folder / "home")
    tables.publish(home=made, definition=write_definition(folder), records=[write_records(folder / "r.csv")])
    (folder / "query.json").write_text(json.dumps(QUERY))
    return folder


def asked(home: Path, *arguments: object):
    """What the command does."""
    command = ["table", home / "query.json", "--home", home / "home", *arguments]
    return CliRunner().invoke(app, [str(one) for one in command])


@pytest.mark.parametrize("form", formats.FORMATS.values(), ids=str)
def test_the_ending_of_the_file_says_its_format(home, tmp_path, form):
    """A file named for a format is the file that naming the format gives."""
    by_name, by_ending = tmp_path / "by-name", tmp_path / f"table.{form.suffix}"
    assert asked(home, "--format", form.name, "--out", by_name).exit_code == 0
    assert asked(home, "--out", by_ending).exit_code == 0
    assert by_name.read_bytes() == by_ending.read_bytes() != b""


def test_standard_output_is_csv_unless_told(home):
    """The bytes of the CSV, and of another format by its name."""
    assert asked(home).stdout.startswith("MONTH_code,Month,AREA_code")
    assert json.loads(asked(home, "--format", "json-stat").stdout)["class"] == "dataset"


def test_an_unknown_format_is_refused_with_those_there_are(home, tmp_path):
    """Nothing is written."""
    found = asked(home, "--format", "xls", "--out", tmp_path / "table.xls")
    assert found.exit_code == 2
    assert "xlsx" in found.output
    assert not (tmp_path / "table.xls").exists()


def test_a_table_in_python_saves_itself(home, tmp_path):
    """By the name's ending, by a format's name, and into a folder under the name that the site gives."""
    table = statlas.open(home / "home")["clubs"].table(rows="AREA@TOWN", columns="SEX", periods="latest(2)")
    by_ending = table.save(tmp_path / "table.xlsx")
    by_name = table.save(tmp_path / "table", "xlsx")
    in_folder = table.save(tmp_path, "xlsx")
    assert in_folder.name == "clubs-month-by-area-by-sex-2025-02.xlsx"
    assert by_ending.read_bytes() == by_name.read_bytes() == in_folder.read_bytes()


def test_a_name_without_a_known_ending_saves_nothing(home, tmp_path):
    """The error lists the endings; a format that cannot hold the table leaves no file."""
    clubs = statlas.open(home / "home")["clubs"]
    with pytest.raises(QueryError, match=r"table\.doc"):
        clubs.table(rows="AREA").save(tmp_path / "table.doc")
    with pytest.raises(QueryError, match="filtered"):
        clubs.table(rows="AREA", filters={"SEX": "1"}).save(tmp_path / "table.query.json")
    assert [*tmp_path.iterdir()] == []
