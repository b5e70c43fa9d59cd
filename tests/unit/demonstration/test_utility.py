"""The script that measures how far tables move, on a small department."""

import os
import sys

import numpy as np
import pytest

from statlas.demonstration.made import Ask
from statlas.model.cells import CellStatus


@pytest.fixture(scope="module")
def script(root):
    """The script, as a module."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(root / "scripts")
        import measure_utility  # noqa: PLC0415 - scripts are no package

        yield measure_utility
    sys.modules.pop("measure_utility")


@pytest.fixture(scope="module")
def pair(script, tmp_path_factory):
    """Pension Credit, which has few periods, under the standard policy and open; a fifth of the demonstration."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _descriptor: None)  # no test here asks what outlives a power cut
        return script.published(tmp_path_factory.mktemp("utility"), "PC_New", Ask(scale=0.005), 1, "standard")


@pytest.fixture(scope="module")
def typical(script):
    """What is asked of it."""
    return script.Typical("COA_CODE", "PTNR", "PCTYPE", ("CCSEX", "CNAGE"), "CCSEX", "CAWKLYAMT")


def test_what_is_called_true_is_the_count_of_the_records(script, pair):
    """The open home prints every cell, and a total of its cells is the sum of them."""
    cells = script.compare(*(cube.measures[0] for cube in pair.answer(next(iter(pair.database.tables)).query)))
    whole = pair.ask(rows="CCSEX")[1].measures[0]
    assert (whole.status == CellStatus.SHOWN).all()
    assert cells.true.sum() == whole.values.sum()


def test_a_table_beside_itself_has_no_error(script, pair):
    """Nothing is found hidden or moved where nothing is."""
    _, true = pair.ask(rows="CCSEX")
    found = script.compare(true.measures[0], true.measures[0])
    assert script.hidden(found)[1:4] == ("100.0%", "0.0%", "0.0%")
    assert script.moved(found)[1:4] == ("+0.00", "0.00", "100.0%")


def test_shown_counts_move_by_the_noise_and_hidden_ones_are_told(script, pair, typical):
    """Large counts have the noise of the policy; every cell is shown, hidden, blocked or impossible."""
    found = script.together([cells for _, cells in script.compared(pair, typical)])
    large = found.where(found.shown & (found.printed >= 50))
    assert np.abs(large.errors).max() <= 5 + 2 * 11, "noise, and inheriting from a field and from another"
    assert large.errors.std() == pytest.approx(3**0.5, abs=0.3)
    assert {CellStatus.SHOWN, CellStatus.LOW, CellStatus.CONFIDENTIAL} <= set(found.status.tolist())


def test_the_report_has_a_row_for_everything_asked(script, pair, typical, capsys):
    """Each section is a table of Markdown whose rows are as wide as its head; no figure is missing."""
    script.measure(pair, typical)
    printed = capsys.readouterr().out
    tables = [block for block in printed.split("\n\n") if block.startswith("|")]
    assert len(tables) == 6
    for block in tables:
        assert len({line.count("|") for line in block.splitlines()}) == 1
    assert "nan" not in printed


def test_a_home_is_measured_as_it_is(script, pair, tmp_path):
    """A home that is no demonstration is refused, and nothing is written into it."""
    with pytest.raises(SystemExit, match="has no PC_New"):
        script.beside(tmp_path / "work", "PC_New", pair.printed)
    assert not (tmp_path / "work").exists()
