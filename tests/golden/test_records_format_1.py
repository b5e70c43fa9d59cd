"""Files of records written by the first version of the format, in November 2026, by `records.ingest` of that time."""

from pathlib import Path

from claims import SECRET, claims

from statlas import records

FOLDER = Path(__file__).with_name("records_format_1")


def test_a_file_of_the_first_format_opens() -> None:
    """A release published long ago answers as it did: its positions, amounts and blanks are where they were."""
    made = records.open_period(FOLDER / "202501.arrow", claims())
    assert (made.period, made.n_rows, made.weights()) == ("202501", 12, ())
    assert sorted(made.measure("AWARD").tolist()) == [0, *(100 * n + 25 for n in range(12) if n != 4)]
    missing = made.missing("AWARD")
    assert missing is not None
    assert missing.sum() == 1
    assert made.positions("TOWN").tolist() == [0] * 8 + [2] * 4


def test_the_same_records_give_the_same_bytes_as_then(tmp_path: Path) -> None:
    """Publishing them again is no revision, so that nobody's noise is drawn anew by a later version of Statlas."""
    [made] = records.ingest(claims(), [FOLDER / "claims.csv"], secret=SECRET, out_dir=tmp_path)
    assert made.path.read_bytes() == (FOLDER / "202501.arrow").read_bytes()
