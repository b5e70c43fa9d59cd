"""The made-up waiting list of the first tutorial."""

import importlib.util
from collections import Counter

import pytest

import statlas
from statlas import definitions
from statlas.service import tables

FURTHEST = 5
"""D of the standard policy: most by which a printed count differs from the true one."""


@pytest.fixture(scope="module")
def folder(root):
    """Where the example is."""
    return root / "examples" / "first_table"


@pytest.fixture(scope="module")
def script(folder):
    """The script that makes the records."""
    spec = importlib.util.spec_from_file_location("make_records", folder / "make_records.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def allotments(folder, tmp_path_factory):
    """The published waiting list."""
    path = tmp_path_factory.mktemp("first") / "home"
    home = tables.open_home(path)
    tables.publish(home=home, definition=folder / "definition.yaml", records=[folder / "applicants.csv"])
    return statlas.open(path)["allotments"]


def test_the_records_are_the_ones_the_script_makes(folder, script, tmp_path):
    """Everybody has the same made-up applicants, whatever the machine."""
    script.write(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (folder / "applicants.csv").read_bytes()


def test_every_page_will_say_that_the_records_are_made_up(folder):
    """Nobody may take the numbers for real ones."""
    assert definitions.read(folder / "definition.yaml").synthetic


def test_printed_counts_are_the_true_ones_give_or_take_the_noise(script, allotments):
    """Each cell is within the noise of what the file holds, or hidden because it is small."""
    rows = [row for row in script.records() if row["month"] == "202509"]
    true = Counter((row["ward"], row["plot"]) for row in rows)
    table = allotments.table(rows="WARD", columns="PLOT").to_arrow().to_pylist()
    assert len(table) == len(script.WARDS) * len(script.PLOTS)
    for cell in table:
        n = true[cell["WARD_code"], cell["PLOT_code"]]
        assert n <= FURTHEST * 2 if cell["value"] is None else abs(cell["value"] - n) <= FURTHEST


def test_the_ready_made_tables_show_most_of_their_cells(allotments):
    """The example is large enough to be worth looking at, and small enough to show what is hidden."""
    shown = [row["value"] is not None for row in allotments.table(rows="WARD", columns="PLOT").to_arrow().to_pylist()]
    assert 0.8 <= sum(shown) / len(shown) < 1
