"""Households and claims: what their keys come from, and that each stands once in a period."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import COLUMNS, ROW, SECRET, TENURE, claims, write_csv

from statlas import records
from statlas.model.database import Claim, RecordTable
from statlas.model.derivation import Constant
from statlas.model.faults import FaultReport
from statlas.records import keys

HOUSEHOLD = RecordTable("HOUSEHOLDS", "Households", "household", "claim", members="members")
CLAIM = RecordTable("CLAIMS", "Claims", "claim", "claim", claim=Claim("person", "number", "HB"))


def of(table: RecordTable) -> Any:
    """The database with another record table."""
    return replace(claims(fields=(TENURE,), measures=()), records=table)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """A file of rows with the columns that name units."""

    def run(rows: list[dict[str, str]]) -> list[Path]:
        plain = {"members": "P1", "person": "P1", "number": "1"}
        columns = (*COLUMNS, "members", "person", "number")
        return [write_csv(tmp_path / "claims.csv", [plain | row for row in rows], columns)]

    return run


def told(report: FaultReport) -> list[tuple[str, str, tuple[int, ...], int]]:
    """What a report says, without its prose."""
    return [(fault.code, fault.column, fault.rows, fault.count) for fault in report]


# --- households -------------------------------------------------------------------------------------------------------


def test_the_key_of_a_household_is_the_sum_of_its_members_keys(ingest: Any, write: Any) -> None:
    """Modulo 2^32, in whatever order and with whatever blanks between them."""
    households = [("P1",), ("P2", "P3"), ("P4", "P5", "P6", "P7", "P8", "P9")]
    rows = [{"members": "P1"}, {"members": " P3 \t P2"}, {"members": "  ".join(households[2])}]
    made = ingest(write(rows), of(HOUSEHOLD))["202501"]
    assert sorted(made.keys.tolist()) == sorted(keys.household_key_definition(SECRET, who) for who in households)


def test_a_household_of_one_has_the_key_of_its_person() -> None:
    """Single people and single households share their noise."""
    assert keys.household_key_definition(SECRET, ("P1",)) == keys.record_key_definition(SECRET, "P1")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"members": ""}], [("blank", "members", (2,), 1)]),
        ([{"members": "P1 P2 P1"}], [("repeated-member", "members", (2,), 1)]),
        ([{"claim": "H1"}, {"claim": "H1", "members": "P2"}], [("duplicate", "claim, month", (3,), 1)]),
        ([{"claim": "", "members": "P2 P2"}], [("blank", "claim", (2,), 1), ("repeated-member", "members", (2,), 1)]),
    ],
)
def test_a_household_stands_once_with_each_member_once(
    faults: Any, write: Any, rows: list[dict[str, str]], expected: list[Any]
) -> None:
    """Nobody is added to a key twice, and a household without members has no key."""
    assert told(faults(write(rows), of(HOUSEHOLD))) == expected


def test_members_that_are_numbers_are_their_text(ingest: Any, faults: Any, tmp_path: Path) -> None:
    """A column of whole numbers holds households of one; a float too large to be exact is a fault."""
    path = tmp_path / "claims.parquet"
    for members, wrong in ((pa.array([1.0, 2.0]), False), (pa.array([1.0, 2.0**53]), True)):
        rows = {name: pa.array([value, value]) for name, value in ROW.items()}
        pa.parquet.write_table(pa.table(rows | {"claim": pa.array(["A", "B"]), "members": members}), path)
        if wrong:
            assert told(faults([path], of(HOUSEHOLD))) == [("inexact-unit-id", "members", (3,), 1)]
        else:
            expected = sorted(keys.record_key_definition(SECRET, who) for who in ("1", "2"))
            assert sorted(ingest([path], of(HOUSEHOLD))["202501"].keys.tolist()) == expected
            (tmp_path / "out" / "202501.arrow").unlink()


# --- claims -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit_id", ["claim", None])
def test_the_first_claim_has_the_key_of_its_person(ingest: Any, write: Any, unit_id: str | None) -> None:
    """Further claims have keys of their own, whether or not a claim has an id beside person and number."""
    who = [("P1", 1), ("P1", 2), ("P1", 3), ("P2", 1), ("P3", 2)]
    rows = [{"person": person, "number": str(number)} for person, number in who]
    made = ingest(write(rows), of(replace(CLAIM, unit_id=unit_id)))["202501"]
    expected = [keys.claim_key_definition(SECRET, person, "HB", number) for person, number in who]
    assert sorted(made.keys.tolist()) == sorted(expected)
    assert expected[0] == keys.record_key_definition(SECRET, "P1")
    assert len(set(expected)) == len(who)


def test_claims_of_two_benefits_have_keys_of_their_own() -> None:
    """A second claim of one benefit is another unit than a second claim of another."""
    assert keys.claim_key_definition(SECRET, "P1", "HB", 2) != keys.claim_key_definition(SECRET, "P1", "IS", 2)


@pytest.mark.parametrize("unit_id", ["claim", None])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"person": ""}], ("blank", "person", (2,), 1)),
        ([{"number": ""}], ("blank", "number", (2,), 1)),
        ([{"number": "0"}], ("bad-claim-number", "number", (2,), 1)),
        ([{"number": "-1"}], ("bad-claim-number", "number", (2,), 1)),
        ([{"number": "1.5"}], ("not-an-integer", "number", (2,), 1)),
        ([{"number": "first"}], ("not-an-integer", "number", (2,), 1)),
        ([{}, {"person": "P2"}, {"person": " P1", "number": "01"}], ("duplicate", "person, number, month", (4,), 1)),
    ],
)
def test_a_claim_stands_once(
    faults: Any, write: Any, rows: list[dict[str, str]], expected: Any, unit_id: str | None
) -> None:
    """Person and number are there, and together once in a period."""
    assert told(faults(write(rows), of(replace(CLAIM, unit_id=unit_id)))) == [expected]


def test_the_id_of_a_claim_stands_once_too(faults: Any, ingest: Any, write: Any) -> None:
    """In another period the same claim may stand again."""
    rows = [{"claim": "C1"}, {"claim": "C1", "person": "P2"}]
    assert told(faults(write(rows), of(CLAIM))) == [("duplicate", "claim, month", (3,), 1)]
    assert len(ingest(write([{"claim": "C1"}, {"claim": "C1", "month": "202502"}]), of(CLAIM))) == 2


def test_a_claim_stands_once_among_records_without_a_date(faults: Any, write: Any) -> None:
    """All records of such files are of one period."""
    database = of(replace(CLAIM, unit_id=None))
    undated = replace(database, fields=(replace(database.date, source=Constant("202504")), *database.categories))
    assert told(faults(write([{}, {"month": "202502"}]), undated)) == [("duplicate", "person, number", (3,), 1)]


def test_no_id_of_a_unit_is_in_the_file(ingest: Any, write: Any, tmp_path: Path) -> None:
    """Neither members nor persons are kept."""
    rows = [{"claim": "Quetzal-1", "members": "Quetzal-2 Quetzal-3", "person": "Quetzal-4"}]
    for table in (HOUSEHOLD, CLAIM):
        ingest(write(rows), of(table))
        assert b"Quetzal" not in (tmp_path / "out" / "202501.arrow").read_bytes()
        (tmp_path / "out" / "202501.arrow").unlink()


def test_what_keys_come_from_cannot_change_for_kept_records(ingest: Any, write: Any, tmp_path: Path) -> None:
    """Records with keys of claims are not those of households; the fault says what they were made from."""
    ingest(write([{}]), of(CLAIM))
    path = tmp_path / "out" / "202501.arrow"
    assert not records.check_kept(path, of(CLAIM))
    other = replace(CLAIM, claim=Claim("person", "number", "IS"))
    for table, words in ((HOUSEHOLD, "members"), (other, "claim of IS")):
        [fault] = records.check_kept(path, of(table))
        assert (fault.code, fault.path) == ("republish", "records.unit_id")
        assert f"the {words}; those kept are made from the claim of HB" in fault.expected
