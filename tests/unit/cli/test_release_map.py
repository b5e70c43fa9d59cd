"""``statlas release map``: what it proposes, writes and refuses, on boundaries of England that changed in 2023."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import statlas.demonstration
from statlas import definitions
from statlas.cli import app

DEMONSTRATION = Path(statlas.demonstration.__file__).parent / "databases"
SUCCESSORS = """\
oldcd,oldnm,newcd
E07000026,Allerdale,E06000063
E07000028,Carlisle,E06000063
E07000029,Copeland,E06000063
E07000190,Taunton Deane,E07000246
E07000246,Somerset West and Taunton,E06000066
E10000006,Cumbria,
"""
"""A part of the list of the Office for National Statistics: former authorities, and those that they became."""

TEXT = """\
statlas: 1
id: homes
label: Homes
unit: home
records: {table: HOMES, label: Homes, unit_id: home}
date: {column: month}
fields:
  - id: PLACE
    label: Place
    kind: geography
    column: authority
    levels:
      - {id: AUTHORITY, label: Authority, codes: authority.csv}
"""


def run(*arguments, code=0):
    """What the command prints, on both outputs."""
    done = CliRunner().invoke(app, ["release", "map", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def folder(tmp_path):
    """A definition of the authorities of 2021, and one of those of 2023."""
    for name, year in (("then", 2021), ("now", 2023)):
        made = tmp_path / name
        made.mkdir()
        lines = (DEMONSTRATION / "geography" / f"authority_{year}.csv").read_text().splitlines(keepends=True)
        (made / "authority.csv").write_text("".join(re.sub(",[^,]*$", "\n", line) for line in lines))
        (made / "homes.yaml").write_text(TEXT)
    (tmp_path / "changes.csv").write_text(SUCCESSORS)
    return tmp_path


def given(folder):
    """The definition, the one before, and the list of successors."""
    before, successors = folder / "then" / "homes.yaml", folder / "changes.csv"
    return folder / "now" / "homes.yaml", "--before", before, "--successors", successors, "--columns", "oldcd,newcd"


def test_nothing_is_written_that_is_not_asked_for(folder):
    """What is sure is told apart from what cannot be told."""
    before = (folder / "now" / "homes.yaml").read_bytes()
    told = run(*given(folder))
    sure, _head, cannot = told.partition("Cannot be told: decide by hand:")
    assert "PLACE AUTHORITY:E07000028 Carlisle -> E06000063 Cumberland: the list of successors names it" in sure
    assert "PLACE AUTHORITY:E07000030 Eden -> ?: nothing like it was found" in cannot
    assert "PLACE AUTHORITY:E06000065 North Yorkshire" in cannot.partition("New, and of nothing")[2]
    assert (folder / "now" / "homes.yaml").read_bytes() == before


def test_a_plan_that_is_there_is_not_written_over(folder):
    """Neither the one in the definition, nor a file."""
    run(*given(folder), "--write")
    written = (folder / "now" / "homes.yaml").read_bytes()
    assert "has a mapping already" in run(*given(folder), "--write", code=2)
    (folder / "plan.yaml").write_text("mine")
    assert "is there already" in run(*given(folder), "--out", folder / "plan.yaml", code=2)
    assert (folder / "now" / "homes.yaml").read_bytes() == written
    assert (folder / "plan.yaml").read_text() == "mine"


def test_a_plan_is_written_and_then_held_against_both(folder):
    """What it names is not proposed again; what it leaves is lost, what became one is carried in part."""
    assert "Wrote the plan into" in run(*given(folder), "--write")
    plan = definitions.read(folder / "now" / "homes.yaml").mapping
    assert len(plan.of("PLACE").codes) == 4
    told = run(*given(folder)[:3])
    assert "E07000026, E07000028 and E07000029 became one" in told
    assert "Place: Eden (E07000030): It is gone, and the plan does not say what became of it." in told
    assert "Carlisle ->" not in told


def test_a_wrong_plan_ends_with_a_code_of_its_own(folder):
    """So that a script stops."""
    path = folder / "now" / "homes.yaml"
    path.write_text(TEXT + 'mapping: {fields: [{field: PLACE, codes: {"AUTHORITY:NOT": "AUTHORITY:E06000063"}}]}\n')
    assert "The release before has no such code" in run(*given(folder), code=2)


def test_the_plan_goes_to_a_file_or_out(folder):
    """Standard output then holds the plan alone."""
    run(*given(folder), "--out", folder / "plan.yaml")
    assert (folder / "plan.yaml").read_text().count("sure: the list of successors names it") == 4
    done = CliRunner().invoke(app, ["release", "map", *map(str, given(folder)), "--out", "-"])
    assert done.stdout == (folder / "plan.yaml").read_text()


def test_what_is_asked_wrongly_says_how_to_ask(folder):
    """Columns that are none, a definition that is not there, a home that is not there."""
    assert "names two columns" in run(*given(folder)[:-1], "oldcd", code=2)
    assert "has no column 'old'" in run(*given(folder)[:-2], code=2)
    assert "can be opened" in run(folder / "none.yaml", code=2)
    assert "home" in run(folder / "now" / "homes.yaml", "--home", folder / "none", code=5).lower()


def test_whole_lists_of_the_demonstration_are_matched(shared, tmp_path):
    """Every authority of 2021 that was abolished by 2023 is found in the list of changes 2014 to 2025."""
    shutil.copytree(DEMONSTRATION, tmp_path / "now")
    path = tmp_path / "now" / "CILIF_ABS.yaml"
    path.write_text(path.read_text().replace("geography/authority_2021.csv", "geography/authority_2023.csv"))
    changes = shared / "data" / "lookups" / "lad_changes_2014-2025.csv"
    before = DEMONSTRATION / "CILIF_ABS.yaml"
    told = run(path, "--before", before, "--successors", changes, "--columns", "oldcd,newcd", "--write")
    assert told.count(": the list of successors names it") == 17
    assert "Cannot" not in told
