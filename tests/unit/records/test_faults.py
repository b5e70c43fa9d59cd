"""Record files that cannot be published: every fault, where it is, and never a value."""

import errno
import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import AGE, COLUMNS, DATE, ROW, TENURE, TOWN, claims, field, write_csv

from statlas import records
from statlas.errors import BackendError, QueryError
from statlas.model.derivation import Column, Combined, Constant, LookedUp
from statlas.model.faults import FaultReport
from statlas.model.period import Frequency


def told(report: FaultReport) -> list[tuple[str, str, tuple[int, ...], int]]:
    """What a report says, without its prose."""
    return [(fault.code, fault.column, fault.rows, fault.count) for fault in report]


@pytest.mark.parametrize(
    ("wrong", "code", "column"),
    [
        ({"month": "202513"}, "not-a-date", "month"),
        ({"month": "Sep-25"}, "not-a-date", "month"),
        ({"month": "202401 "[:4]}, "not-a-date", "month"),
        ({"month": ""}, "blank", "month"),
        ({"claim": ""}, "blank", "claim"),
        ({"claim": " \t"}, "blank", "claim"),
        ({"town": ""}, "blank", "town"),
        ({"town": "zz"}, "unknown-code", "town"),
        ({"town": "n1"}, "unknown-code", "town"),
        ({"town": "N"}, "code-above-finest", "town"),
        ({"town": "N2"}, "code-not-valid", "town"),
        ({"town": "S1", "month": "202502"}, "code-not-valid", "town"),
        ({"tenure": "3"}, "unknown-code", "tenure"),
        ({"tenure": "01"}, "unknown-code", "tenure"),
        ({"age": ""}, "blank", "age"),
        ({"age": "120"}, "unknown-code", "age"),
        ({"age": "forty"}, "not-a-number", "age"),
        ({"age": "nan"}, "not-a-number", "age"),
        ({"award": "twelve"}, "not-money", "award"),
        ({"award": "1e3"}, "not-money", "award"),
        ({"award": "1.005"}, "too-many-decimals", "award"),
        ({"award": "1234567890123456"}, "not-money", "award"),
        ({"hours": "£7"}, "not-a-number", "hours"),
        ({"hours": "7.25"}, "too-many-decimals", "hours"),
    ],
)
def test_a_wrong_value_is_reported_by_row_and_column(
    faults: Any, wrong: dict[str, str], code: str, column: str
) -> None:
    """One wrong value in a file is one kind of fault in its row (the header is row 1), and nothing is written."""
    database = claims(fields=(TENURE, TOWN, AGE))
    assert told(faults([{}, {}, wrong, {}], database)) == [(code, column, (4,), 1)]


def test_all_faults_are_reported_at_once(faults: Any) -> None:
    """Faults of every column and kind come in one report, each with its count and at most its first five rows."""
    rows = [{"town": "zz", "award": "x"} for _ in range(7)] + [{"tenure": "x"}, {"month": "x"}, {"claim": "A1"}]
    database = claims(fields=(TENURE, TOWN, AGE))
    assert sorted(told(faults(rows, database))) == [
        ("duplicate", "claim, month", (11,), 1),
        ("not-a-date", "month", (10,), 1),
        ("not-money", "award", (2, 3, 4, 5, 6), 7),
        ("unknown-code", "tenure", (9,), 1),
        ("unknown-code", "town", (2, 3, 4, 5, 6), 7),
    ]


def test_faults_of_several_files_are_told_apart(faults: Any, tmp_path: Path) -> None:
    """Each file's faults name that file, and a file that cannot be opened does not hide the faults of another."""
    one = write_csv(tmp_path / "one.csv", [{}, {"town": "zz"}])
    two = tmp_path / "two.csv"
    two.write_bytes(b"")
    three = write_csv(tmp_path / "three.csv", [{"claim": "B1", "award": "x"}])
    report = faults([one, two, three])
    found = {(Path(fault.file).name, fault.code) for fault in report}
    assert found == {("one.csv", "unknown-code"), ("two.csv", "empty"), ("three.csv", "not-money")}


def test_no_fault_shows_a_value(faults: Any) -> None:
    """Neither the report nor the error, printed whole, holds what stood in the file."""
    secret = "Quetzalcoatl"
    rows = [dict.fromkeys(COLUMNS, secret), {"claim": secret}, {"claim": secret}]
    report = faults(rows)
    assert len(report) > 5
    assert secret not in str(report) + repr(report)


def test_the_engines_own_errors_do_not_travel(tmp_path: Path) -> None:
    """Where DuckDB fails, our error says neither a value, nor the secret, nor what DuckDB was doing."""
    rows = [{"claim": f"Quetzalcoatl-{n}"} for n in range(60_000)]
    path = write_csv(tmp_path / "claims.csv", rows)
    with pytest.raises(BackendError) as raised:
        records.ingest(claims(), [path], secret=b"xyzzy" * 6, out_dir=tmp_path, memory_limit="1MB")
    shown = str(raised.value) + repr(raised.value.facts)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert not any(word in shown for word in ("Quetzalcoatl", "xyzzy", "insert", "sha256"))


def test_a_unit_may_not_appear_twice_in_a_period(faults: Any, tmp_path: Path) -> None:
    """Duplicates are found across files, whatever blanks surround the id, and are fine in different periods."""
    one = write_csv(tmp_path / "one.csv", [{"claim": "x"}, {"claim": "y"}, {"claim": "x", "month": "202502"}])
    two = write_csv(tmp_path / "two.csv", [{"claim": "z"}, {"claim": " x "}, {"claim": "X"}])
    database = claims(fields=(TENURE,))
    [fault] = faults([one, two], database)
    assert (Path(fault.file).name, fault.code, fault.rows, fault.count) == ("two.csv", "duplicate", (3,), 1)


def test_missing_columns_are_named(faults: Any, tmp_path: Path) -> None:
    """Every column the definition reads must be in every file; capitals matter and near names are told."""
    path = write_csv(tmp_path / "claims.csv", [{}], tuple(c for c in COLUMNS if c not in ("town", "award")))
    report = faults([path])
    assert told(report) == [("missing-column", "town", (), 1), ("missing-column", "award", (), 1)]


def test_records_of_another_period_are_a_fault(faults: Any, ingest: Any) -> None:
    """With a period named, every record must be of it."""
    rows = [{"month": "202502"}, {"month": "202501"}, {"month": "2025-02"}]
    database = claims(fields=(TENURE,))
    assert told(faults(rows, database, period="202502")) == [("other-period", "month", (3,), 1)]
    assert list(ingest([rows[0], rows[2]], database, period="202502")) == ["202502"]


def test_a_period_that_is_none_is_refused(ingest: Any) -> None:
    """A period that the calendar does not know is refused before any file is read."""
    with pytest.raises(QueryError, match="not a period"):
        ingest([{}], period="202513")


@pytest.mark.parametrize("content", [b"", b"claim,month\n", b"\xff\xfe\x00\x01", b"PAR1 cut short", b"\x1f\x8b cut"])
def test_broken_files_are_faults(faults: Any, tmp_path: Path, content: bytes) -> None:
    """An empty, truncated or otherwise broken file is a fault of that file, not an accident."""
    path = tmp_path / "claims.csv"
    path.write_bytes(content)
    assert {Path(fault.file).name for fault in faults([path])} == {"claims.csv"}


def test_a_file_with_a_header_alone_is_a_fault(faults: Any, tmp_path: Path) -> None:
    """A file without a record is a fault even beside files that have some."""
    empty = write_csv(tmp_path / "empty.csv", [])
    full = write_csv(tmp_path / "full.csv", [{}])
    assert [(Path(f.file).name, f.code) for f in faults([full, empty])] == [("empty.csv", "no-records")]


def test_no_file_at_all_is_a_fault(faults: Any, tmp_path: Path) -> None:
    """A path that leads nowhere, and a folder without record files, are faults."""
    (tmp_path / "folder").mkdir()
    report = faults([tmp_path / "nowhere.csv", tmp_path / "folder"])
    assert [fault.code for fault in report] == ["no-files", "no-files"]


def test_truncated_files_are_faults(faults: Any, ingest: Any, tmp_path: Path) -> None:
    """A compressed, Parquet or Arrow file cut anywhere is refused; whole, it is taken."""
    source = write_csv(tmp_path / "claims.csv", [{"award": f"{n}.25"} for n in range(2_000)])
    table = pa.Table.from_pylist([{**ROW, "claim": f"A{n}"} for n in range(2_000)])
    packed, parquet, arrow = tmp_path / "c.csv.gz", tmp_path / "c.parquet", tmp_path / "c.arrow"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    pa.parquet.write_table(table, parquet)
    with pa.ipc.new_file(arrow, table.schema) as writer:
        writer.write_table(table)
    for path in (packed, parquet, arrow):
        assert ingest([path])["202501"].n_rows == 2_000
        (tmp_path / "out" / "202501.arrow").unlink()
        whole = path.read_bytes()
        for share in (0.1, 0.5, 0.9, 0.999):
            path.write_bytes(whole[: int(len(whole) * share)])
            assert len(faults([path])) == 1


def test_rows_of_the_wrong_width_are_faults(faults: Any, tmp_path: Path) -> None:
    """Rows with more or fewer values than the header are reported together with the other faults."""
    path = write_csv(tmp_path / "claims.csv", [{}, {}, {"town": "zz"}])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1] + ",more", lines[2].rpartition(",")[0], lines[3]]) + "\n")
    report = faults([path], claims(fields=(TENURE, TOWN)))
    assert sorted((fault.code, fault.rows) for fault in report) == [
        ("too-few-columns", (3,)),
        ("too-many-columns", (2,)),
        ("unknown-code", (4,)),
    ]


def test_a_lookup_lists_what_it_knows(faults: Any) -> None:
    """A value that the look-up file does not list is a fault, and so is a blank."""
    database = claims(fields=(field("SHIRE", ("nn",), LookedUp("town", (("N1", "nn"),))),))
    assert told(faults([{"town": "N2"}, {"town": ""}], database)) == [
        ("blank", "town", (3,), 1),
        ("unknown-code", "town", (2,), 1),
    ]


def test_a_combination_that_is_not_listed_is_a_fault(faults: Any) -> None:
    """Without `otherwise` every combination must be listed."""
    source = Combined(("couple", "kids"), ((("1", "0"), "pair"),))
    database = claims(fields=(field("FAMILY", ("pair",), source),))
    assert told(faults([{}, {"kids": "1"}], database)) == [("unknown-code", "couple, kids", (3,), 1)]


def test_ids_that_a_float_cannot_hold_are_a_fault(faults: Any, tmp_path: Path) -> None:
    """Two units could share such an id; below 2^53 whole floats are the same id as whole numbers."""
    path = tmp_path / "claims.parquet"
    for ids, wrong in ((pa.array([1.0, 2.0**53]), True), (pa.array([1, 2**53 + 1]), False)):
        rows = {name: pa.array([value, value]) for name, value in ROW.items()} | {"claim": ids}
        pa.parquet.write_table(pa.table(rows), path)
        if wrong:
            assert told(faults([path])) == [("inexact-unit-id", "claim", (3,), 1)]


@pytest.mark.parametrize(
    ("frequency", "good", "bad"),
    [
        (Frequency.YEAR, "2025", "202501"),
        (Frequency.FINANCIAL_YEAR, "2025/26", "202527"),
        (Frequency.QUARTER, "2025-06", "2025"),
    ],
)
def test_dates_are_read_by_the_frequency(faults: Any, ingest: Any, frequency: Frequency, good: str, bad: str) -> None:
    """What a date may look like follows from the frequency."""
    database = claims(fields=(TENURE,), frequency=frequency)
    assert told(faults([{"month": good}, {"month": bad}], database)) == [("not-a-date", "month", (3,), 1)]
    assert len(ingest([{"month": good}], database)) == 1


def test_a_column_may_serve_several_fields(faults: Any) -> None:
    """A missing or wrong column that two fields and a measure read is reported once a reading."""
    years = field("YEARS", [str(n) for n in range(120)], Column("age"))
    database = claims(fields=(AGE, years), measures=())
    assert told(faults([{"age": "200"}], database)) == [("unknown-code", "age", (2,), 1)] * 2


def test_records_without_a_date_need_a_period(ingest: Any, faults: Any) -> None:
    """The definition or the publisher names it, and if both do they must agree."""
    undated = replace(claims(fields=(TENURE,)), fields=(replace(DATE, source=Constant()), TENURE))
    with pytest.raises(QueryError, match="do not say their period"):
        ingest([{}], undated)
    assert list(ingest([{"month": "?"}], undated, period="202503")) == ["202503"]
    dated = replace(undated, fields=(replace(DATE, source=Constant("202504")), TENURE))
    assert list(ingest([{}], dated)) == ["202504"]
    with pytest.raises(QueryError, match="are of 202504"):
        ingest([{}], dated, period="202503")


def test_a_unit_stands_once_among_records_without_a_date(faults: Any) -> None:
    """All records of such files are of one period."""
    undated = replace(claims(fields=(TENURE,)), fields=(replace(DATE, source=Constant("202504")), TENURE))
    rows = [{"claim": "x", "month": "202501"}, {"claim": "x", "month": "202502"}]
    assert told(faults(rows, undated)) == [("duplicate", "claim", (3,), 1)]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is taken before it is written to, so that a full disk is an error and not the end of the process."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    path = write_csv(tmp_path / "claims.csv", [{}])
    with pytest.raises(BackendError, match="No space left"):
        records.ingest(claims(), [path], secret=b"s" * 32, out_dir=tmp_path)
    assert not list(tmp_path.glob("*.scratch"))
