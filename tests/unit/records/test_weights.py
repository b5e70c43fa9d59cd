"""Weights of a survey and its replicates."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import COLUMNS, ROW, SECRET, TENURE, TOWN, claims, write_csv

from statlas import records
from statlas.model.database import Weight
from statlas.model.faults import FaultReport
from statlas.records import keys
from statlas.store.durable import digest

NAMES = (*COLUMNS, "w", "r1", "r2")
WEIGHT = Weight("w", "Weighted claimants", 2, ("r1", "r2"), 0.5)


def weighted(weight: Weight | None = WEIGHT, **changes: Any) -> Any:
    """The database with a weight."""
    return replace(claims(fields=(TENURE, TOWN), **changes), weight=weight)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """A file of rows with weights of 1."""

    def run(rows: list[dict[str, str]]) -> list[Path]:
        return [write_csv(tmp_path / "claims.csv", [{"w": "1", "r1": "1", "r2": "1"} | row for row in rows], NAMES)]

    return run


def told(report: FaultReport) -> list[tuple[str, str, tuple[int, ...], int]]:
    """What a report says, without its prose."""
    return [(fault.code, fault.column, fault.rows, fault.count) for fault in report]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0", 0),
        ("1", 100),
        ("12.345678901234567", 1235),
        ("0.125", 12),
        ("0.375", 38),
        ("1,234.5", 123450),
        ("1e3", 100_000),
        (" 2.5E-1 ", 25),
        ("+7.", 700),
        ("1000000", 100_000_000),
    ],
)
def test_a_weight_is_rounded_to_its_precision(ingest: Any, write: Any, written: str, kept: int) -> None:
    """Weights come with many decimals and are kept with few; halves go to the even neighbour."""
    made = ingest(write([{"w": written, "r2": "2", "award": ""}]), weighted())["202501"]
    assert [column.tolist() for column in made.weights()] == [[kept], [100], [200]]
    assert (made.measure("AWARD").tolist(), made.measure("HOURS").tolist()) == ([0], [75])
    assert all(column.dtype == np.int64 for column in made.weights())


@pytest.mark.parametrize(
    ("wrong", "code", "column"),
    [
        ({"w": ""}, "blank", "w"),
        ({"w": "-0.01"}, "bad-weight", "w"),
        ({"w": "1000000.1"}, "bad-weight", "w"),
        ({"w": "heavy"}, "not-a-number", "w"),
        ({"w": "1e999"}, "not-a-number", "w"),
        ({"w": "nan"}, "not-a-number", "w"),
        ({"r1": ""}, "blank", "r1"),
        ({"r2": "-1"}, "bad-weight", "r2"),
    ],
)
def test_a_weight_that_is_none_is_a_fault(
    faults: Any, write: Any, wrong: dict[str, str], code: str, column: str
) -> None:
    """Every record has a weight from 0, and every replicate too."""
    assert told(faults(write([{}, wrong, {}]), weighted())) == [(code, column, (3,), 1)]


def test_floats_are_weights_too(ingest: Any, faults: Any, tmp_path: Path) -> None:
    """Columns of any type of number are read; what is not finite is a fault."""
    path = tmp_path / "claims.parquet"
    rows = {name: pa.array([value] * 3) for name, value in ROW.items()} | {"claim": pa.array(["a", "b", "c"])}
    rows |= {"r1": pa.array([1, 2, 3], pa.uint8()), "r2": pa.array([0.5, 0.25, 0.125], pa.float32())}
    pa.parquet.write_table(pa.table(rows | {"w": pa.array([0.1, 1 / 3, 1e5])}), path)
    made = ingest([path], weighted())["202501"]
    assert sorted(zip(*(column.tolist() for column in made.weights()), strict=True)) == [
        (10, 100, 50),
        (33, 200, 25),
        (10_000_000, 300, 12),
    ]
    (tmp_path / "out" / "202501.arrow").unlink()
    pa.parquet.write_table(pa.table(rows | {"w": pa.array([float("inf"), float("nan"), -1.0])}), path)
    found = sorted((fault.code, fault.count) for fault in faults([path], weighted()))
    assert found == [("bad-weight", 1), ("blank", 1), ("not-a-number", 1)]


def test_records_without_weights_have_none(ingest: Any, write: Any) -> None:
    """Nothing is weighted unless the definition says so."""
    assert ingest(write([{}]), weighted(None))["202501"].weights() == ()


def test_a_column_of_weights_must_be_there(faults: Any, write: Any) -> None:
    """Replicates included."""
    database = weighted(replace(WEIGHT, replicates=("r1", "r3")))
    assert told(faults(write([{}]), database)) == [("missing-column", "r3", (), 1)]


@pytest.mark.parametrize("unit_id", ["claim", None])
def test_the_same_weighted_records_give_the_same_bytes(tmp_path: Path, write: Any, unit_id: str | None) -> None:
    """Whatever the order of the rows, also where rows differ in a replicate alone and have no unit id."""
    rows = [{"claim": f"A{n}", "w": str(n % 3), "r1": str(n % 5), "r2": str(n % 7)} for n in range(300)]
    found = set()
    for order in (rows, rows[::-1]):
        [made] = records.ingest(weighted(unit_id=unit_id), write(order), secret=SECRET, out_dir=tmp_path, threads=2)
        found.add(digest(made.path))
    assert len(found) == 1


def test_a_weight_is_part_of_a_row_without_unit_id(ingest: Any, write: Any) -> None:
    """Rows with other weights are other units; those that differ in replicates alone are numbered."""
    database = weighted(unit_id=None)
    made = ingest(write([{"w": "1"}, {"w": "2"}, {"w": "2", "r1": "5"}]), database)["202501"]
    row, same = keys.row_key_definition, ("1", "N1", "1250", "75")
    expected = [row(SECRET, (*same, "100"), 1), *(row(SECRET, (*same, "200"), n) for n in (1, 2))]
    assert sorted(made.keys.tolist()) == sorted(expected)


@pytest.mark.parametrize(
    ("other", "again"),
    [
        (WEIGHT, []),
        (None, []),
        (replace(WEIGHT, label="Grossed", scale=0.1, column="weight"), []),
        (replace(WEIGHT, precision=3), ["weight"]),
        (replace(WEIGHT, replicates=("r1",)), ["weight"]),
    ],
)
def test_kept_records_have_the_weights_that_are_read(
    ingest: Any, write: Any, tmp_path: Path, other: Weight | None, again: list[str]
) -> None:
    """Another precision or number of replicates needs the records again; a name or a scale does not."""
    ingest(write([{}]), weighted())
    report = records.check_kept(tmp_path / "out" / "202501.arrow", weighted(other))
    assert [fault.path for fault in report] == again


def test_records_published_without_weights_must_be_published_again(ingest: Any, write: Any, tmp_path: Path) -> None:
    """A definition that begins to weigh cannot weigh records that have no weights."""
    ingest(write([{}]), weighted(None))
    report = records.check_kept(tmp_path / "out" / "202501.arrow", weighted())
    assert [fault.path for fault in report] == ["weight"]
