"""``statlas plan``: what is told of a table before it is made."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from statlas.cli import app

EXAMPLE = Path(__file__).parents[3] / "examples" / "first_table"
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home with the example of the first tutorial, whose rules have been tightened."""
    folder = tmp_path_factory.mktemp("plan") / "example"
    copytree(EXAMPLE, folder)
    with (folder / "definition.yaml").open("a", encoding="utf-8") as definition:
        definition.write("\nrules:\n  mean_cell_size: {limit: 20, reason: To have something blocked.}\n")
        definition.write("  max_variables: {limit: 2, reason: To have something refused.}\n")
    made = RUNNER.invoke(
        app,
        [
            "publish",
            "--now",
            f"{folder / 'definition.yaml'}",
            f"{folder / 'applicants.csv'}",
            "--home",
            f"{folder / 'home'}",
        ],
    )
    assert made.exit_code == 0, made.output
    return folder / "home"


def told(home: Path, *fields: str, code: int = 0) -> str:
    """What is told of a table by those fields."""
    body = {"database": "str:database:allotments", "measures": [], "recodes": {}}
    body["dimensions"] = [[f"str:field:allotments:APPLICANTS:{field}"] for field in fields]
    ran = RUNNER.invoke(app, ["plan", "-", "--home", f"{home}"], input=json.dumps(body))
    assert ran.exit_code == code, ran.output
    return ran.output


def test_a_plan_tells_cells_rules_and_what_is_blocked(home: Path) -> None:
    """Some areas pass and some do not; every rule that is on says so, and what to change is tried."""
    said = told(home, "WARD", "PLOT")
    assert said.startswith("28 cells, in about a second.")
    assert "max_variables: passed" in said
    assert "areas would be blocked." in said
    assert "Leave out Plot wanted. Then 7 of 7 areas are printed." in said


def test_a_refused_table_ends_with_code_three(home: Path) -> None:
    """What would be refused is told with what to leave out, and the exit code of a refusal."""
    said = told(home, "WARD", "PLOT", "SEX", code=3)
    assert "max_variables: The table has too many variables. It has 3; at most 2 do." in said
    assert "The table would be refused." in said
    assert "Leave out" in said


def test_a_plan_makes_no_table(home: Path) -> None:
    """Nothing is written to the query log, and no answer is kept."""
    logs = sorted((home / "logs").rglob("*")) if (home / "logs").exists() else []
    told(home, "WARD", "PLOT")
    assert (sorted((home / "logs").rglob("*")) if (home / "logs").exists() else []) == logs
