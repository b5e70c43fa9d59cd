"""``statlas ptable`` as it is typed."""

import hashlib

import pytest
from typer.testing import CliRunner

from statlas.cli import app
from statlas.disclosure.generation import make_ptable
from statlas.disclosure.presets import PRESETS
from statlas.disclosure.ptable import ptable_to_csv


def run(*words):
    """Run the command and give its result."""
    return CliRunner().invoke(app, ["ptable", *(str(word) for word in words)])


def test_the_file_holds_the_table(tmp_path):
    """The file has the columns i, j, v, p, lb, ub, and its SHA-256 is the digest of the preset of these settings."""
    out = tmp_path / "table.csv"
    result = run("--D", 5, "--V", 3, "--js", 2, "--out", out)
    assert result.exit_code == 0
    assert out.read_text().startswith("i,j,v,p,lb,ub\n0,0,0,1.00000000,0.00000000,1.00000000\n1,0,-1,0.7344695")
    assert hashlib.sha256(out.read_bytes()).hexdigest() == PRESETS["standard"].digest
    assert result.stdout == f"D 5, V 3, js 2: 66 rows, noise sd 1.7\nsha256 {PRESETS['standard'].digest}\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_dash_writes_the_table_alone_to_standard_output():
    """With --out - the table is all that standard output holds; the rest goes to standard error."""
    result = run("--D", 2, "--V", 0.9, "--out", "-")
    assert result.stdout == ptable_to_csv(make_ptable(2, 0.9))
    assert result.stderr.startswith("D 2, V 0.9, js 0: 10 rows, noise sd 0.9\nsha256 ")


def test_rows_that_miss_the_variance_are_named():
    """Every row whose noise has less variance than V is said, with its variance."""
    result = run("--D", 5, "--V", 4, "--js", 1, "--out", "-")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[2:] == [
        "V is not met for the true count 1: its noise has variance 2.30208",
        "V is not met for the true count 2: its noise has variance 3.30461",
    ]


@pytest.mark.parametrize(
    ("words", "mono"),
    [
        ([], None),
        (["--mono"], True),
        (["--mono", "T"], True),
        (["--mono=F"], False),
        (["--mono", "T,T,F,T"], [True, True, False, True]),
        (["--mono", "true,TRUE,false,t"], [True, True, False, True]),
    ],
)
def test_mono_alone_or_with_answers(words, mono):
    """--mono may stand alone, before other options or last, or be followed by one answer or one for each row."""
    expected = ptable_to_csv(make_ptable(2, 1.05, 1, mono=mono))
    assert run(*words, "--D", 2, "--V", 1.05, "--js", 1, "--out", "-").stdout == expected
    assert run("--D", 2, "--V", 1.05, "--js", 1, "--out", "-", *words).stdout == expected


@pytest.mark.parametrize(("text", "pstay"), [("0.5", 0.5), ("0.5,0.5,0.7,0.8", [0.5, 0.5, 0.7, 0.8])])
def test_pstay_for_all_rows_or_row_by_row(text, pstay):
    """--pstay takes one probability, or one for each row."""
    assert run("--D", 4, "--V", 1, "--pstay", text, "--out", "-").stdout == ptable_to_csv(
        make_ptable(4, 1, pstay=pstay)
    )


def test_an_infeasible_table_is_refused_and_nothing_is_written(tmp_path):
    """The reason is on standard error, the exit code is 2, and the file that was there is as it was."""
    out = tmp_path / "table.csv"
    out.write_text("before")
    result = run("--D", 5, "--V", 2, "--js", 2, "--out", out)
    assert result.exit_code == 2
    assert "its noise has a variance above 2, and V is 2" in result.stderr
    assert "To mend it: Raise V above 2, or lower js." in result.stderr
    assert (result.stdout, out.read_text()) == ("", "before")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--pstay", "half"], "'half' is not a number"),
        (["--pstay", "0.5,,0.5"], "'0.5,,0.5' is not a number"),
        (["--mono", "G"], "'G' is not T or F"),
        (["--mono", "T,,T"], "'T,,T' is not T or F"),
        (["--pstay", "0.5,0.5"], "pstay has 2 values; this table has 4 rows"),
        (["--js", "-1"], "js is -1"),
        (["--js", "two"], "--js"),
    ],
)
def test_what_cannot_be_read_is_refused(words, reason):
    """Wrong spellings and wrong numbers end with exit code 2 and the reason."""
    result = run("--D", 4, "--V", 1, "--out", "-", *words)
    assert result.exit_code == 2
    assert reason in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""


def test_a_folder_that_is_not_there_is_said(tmp_path):
    """A file in a missing folder, or a folder as the file, is refused by the name of the option."""
    for out in (tmp_path / "missing" / "table.csv", tmp_path):
        result = run("--D", 4, "--V", 1, "--out", out)
        assert result.exit_code == 2
        assert "--out" in result.stderr


def test_a_disk_that_refuses_is_said(tmp_path, monkeypatch):
    """When the file cannot be written, the reason of the system is said and no traceback is shown."""

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("statlas.store.durable.replace", full)
    result = run("--D", 4, "--V", 1, "--out", tmp_path / "table.csv")
    assert result.exit_code == 2
    assert "No space left on device" in " ".join(result.stderr.replace("│", " ").split())
