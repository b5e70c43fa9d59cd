"""What is written for a record: positions, amounts, order, and the same bytes for the same records."""

import gzip
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import AWARD, HOURS, ROW, SECRET, TENURE, TOWN, claims, field, listed, write_csv

from statlas import records
from statlas.model.classification import Classification, Code, Node, Valueset
from statlas.model.database import Field, FieldKind, Measure
from statlas.model.derivation import Column
from statlas.records import keys
from statlas.store.durable import digest


def test_every_source_gives_its_position(ingest: Any) -> None:
    """Columns, bands, look-ups and combinations are encoded as positions among the leaves."""
    rows = [
        {"town": "N1", "tenure": "2", "age": "24.9", "couple": "1", "kids": "1"},
        {"town": "S1", "tenure": "", "age": "25", "couple": "1", "kids": "0"},
        {"town": " N1 ", "tenure": "99", "age": "-3", "couple": "0", "kids": ""},
    ]
    made = ingest(rows)["202501"]
    by_key = dict(zip(made.keys.tolist(), range(3), strict=True))
    order = [by_key[records.keys.record_key_definition(SECRET, f"A{n}")] for n in (1, 2, 3)]
    found = {f: made.positions(f)[order].tolist() for f in ("TENURE", "TOWN", "AGE", "SHIRE", "FAMILY")}
    assert found == {"TENURE": [1, 2, 2], "TOWN": [0, 2, 0], "AGE": [0, 1, 0], "SHIRE": [0, 1, 0], "FAMILY": [1, 0, 2]}


@pytest.mark.parametrize(
    ("written", "pence"),
    [("0.1", 10), ("£1,234.50", 123450), ("-12.345000", None), ("-12.34000", -1234), ("9999999999999.99", 10**15 - 1)],
)
def test_money_is_exact(ingest: Any, faults: Any, written: str, pence: int | None) -> None:
    """Text becomes whole pence through a decimal, never a float; a fraction of a penny is a fault."""
    if pence is None:
        assert [fault.code for fault in faults([{"award": written}])] == ["too-many-decimals"]
    else:
        assert ingest([{"award": written}])["202501"].measure("AWARD").tolist() == [pence]


def test_amounts_have_the_precision_of_their_measure(ingest: Any) -> None:
    """Other measures are scaled by ten to the power of their precision; whole ones are themselves."""
    whole = replace(HOURS, id="WHOLE", column="age", precision=0)
    made = ingest([{"hours": "7.5", "age": "30"}], claims(measures=(HOURS, whole)))["202501"]
    assert (made.measure("HOURS").tolist(), made.measure("WHOLE").tolist()) == ([75], [30])


def test_floats_of_pounds_are_whole_pence(ingest: Any, faults: Any, tmp_path: Path) -> None:
    """Amounts in floating point, single or double, are the pence they stand for; anything between is a fault."""
    path = tmp_path / "claims.parquet"
    pounds = [0.1, 0.29, 1.15, 1234.57, 655.36]
    rows = {name: pa.array([value] * len(pounds)) for name, value in ROW.items()}
    rows["claim"] = pa.array([f"A{n}" for n in range(len(pounds))])
    for kind in (pa.float64(), pa.float32()):
        pa.parquet.write_table(pa.table(rows | {"award": pa.array(pounds, kind)}), path)
        found = sorted(ingest([path])["202501"].measure("AWARD").tolist())
        assert found == sorted(int(Decimal(str(x)) * 100) for x in pounds)
        (tmp_path / "out" / "202501.arrow").unlink()
    pa.parquet.write_table(pa.table(rows | {"award": pa.array([1.005] * 4 + [float("inf")])}), path)
    assert [(f.code, f.count) for f in faults([path])] == [("not-money", 1), ("too-many-decimals", 4)]


def test_blank_amounts_are_marked(ingest: Any) -> None:
    """A blank amount is kept apart from a nought; a file without blanks has no column for them."""
    made = ingest([{"claim": "x", "award": ""}, {"claim": "y", "award": "0"}, {"claim": "z", "month": "202502"}][:2])
    period = made["202501"]
    assert period.measure("AWARD").tolist() == [0, 0]
    assert sorted(period.missing("AWARD").tolist()) == [False, True]
    assert period.missing("HOURS") is None


def test_records_are_sorted_by_place_first(ingest: Any) -> None:
    """The first geography comes first in the order, wherever it stands in the definition; then the other fields."""
    rng = random.Random(5)
    rows = [{"town": rng.choice(("N1", "S1")), "tenure": rng.choice("12")} for _ in range(200)]
    made = ingest(rows)["202501"]
    found = list(zip(made.positions("TOWN").tolist(), made.positions("TENURE").tolist(), strict=True))
    assert found == sorted(found)
    assert made.positions("TOWN").dtype == np.uint8


@pytest.mark.parametrize("unit_id", ["claim", None])
def test_the_same_records_give_the_same_bytes(tmp_path: Path, unit_id: str | None) -> None:
    """Order of rows, division into files, format and threads leave no trace in what is written."""
    rng = random.Random(7)
    rows = [
        {"claim": f"A{n}", "town": rng.choice(("N1", "S1")), "tenure": rng.choice("12"), "award": f"{rng.randrange(3)}"}
        for n in range(5_000)
    ]
    shuffled = rng.sample(rows, len(rows))
    table = pa.Table.from_pylist([{**ROW, **row} for row in shuffled])
    sources: dict[str, list[Path]] = {"whole": [write_csv(tmp_path / "whole.csv", rows)]}
    (tmp_path / "parts").mkdir()
    write_csv(tmp_path / "parts" / "one.csv", shuffled[:1_234])
    (tmp_path / "parts" / "two.csv.gz").write_bytes(
        gzip.compress(write_csv(tmp_path / "rest.csv", shuffled[1_234:]).read_bytes())
    )
    sources["parts"] = [tmp_path / "parts"]
    pa.parquet.write_table(table, tmp_path / "claims.parquet", row_group_size=700)
    sources["parquet"] = [tmp_path / "claims.parquet"]
    with pa.ipc.new_file(tmp_path / "claims.arrow", table.schema) as writer:
        writer.write_table(table, max_chunksize=333)
    sources["arrow"] = [tmp_path / "claims.arrow"]
    found = set()
    for threads, (name, files) in enumerate(sources.items(), 1):
        out = tmp_path / f"out-{name}"
        out.mkdir()
        [made] = records.ingest(
            claims(unit_id=unit_id), files, secret=SECRET, out_dir=out, threads=threads, memory_limit="200MB"
        )
        found.add(digest(made.path))
    assert len(found) == 1


def test_types_of_columns_leave_no_trace(ingest: Any, tmp_path: Path) -> None:
    """Whole numbers, floats that hold whole numbers, dates and categories mean what the same text means."""
    text = {name: pa.array([value] * 2) for name, value in ROW.items()} | {"claim": pa.array(["1", "2"])}
    typed = text | {
        "claim": pa.array([1, 2], pa.int64()),
        "month": pa.array([20089, 20100], pa.date32()),
        "tenure": pa.array([1.0, 1.0]),
        "town": pa.array(["N1", "N1"]).dictionary_encode(),
        "award": pa.array([Decimal("12.50")] * 2, pa.decimal128(12, 4)),
        "hours": pa.array([7.5, 7.5], pa.float32()),
        "age": pa.array([30, 30], pa.uint8()),
    }
    found = set()
    for columns in (text, typed):
        pa.parquet.write_table(pa.table(columns), tmp_path / "claims.parquet")
        made = ingest([tmp_path / "claims.parquet"])
        assert list(made) == ["202501"]
        found.add(digest(tmp_path / "out" / "202501.arrow"))
        (tmp_path / "out" / "202501.arrow").unlink()
    assert len(found) == 1


def test_columns_are_mapped_and_aligned(ingest: Any) -> None:
    """Every column is a read-only view of the file, aligned to 64 bytes, in the narrowest type that fits."""
    wide = replace(field("WIDE", [], Column("age")), classification=listed("WIDE", [str(n) for n in range(70_000)]))
    many = replace(wide, id="MANY", classification=listed("MANY", [str(n) for n in range(257)]))
    full = replace(wide, id="FULL", classification=listed("FULL", [str(n) for n in range(256)]))
    rows = [{"award": "" if n % 2 else "1", "age": str(n % 120)} for n in range(1_001)]
    made = ingest(rows, claims(fields=(TENURE, TOWN, wide, many, full), measures=(AWARD,)))["202501"]
    arrays = [made.keys, made.measure("AWARD"), made.missing("AWARD")]
    arrays += [made.positions(f) for f in ("TENURE", "TOWN", "WIDE", "MANY", "FULL")]
    assert [array.dtype.name for array in arrays[3:]] == ["uint8", "uint8", "uint32", "uint16", "uint8"]
    assert all(array.ctypes.data % 64 == 0 and not array.flags.writeable for array in arrays)
    assert all(len(array) == len(made) == 1_001 for array in arrays)
    assert made.table.column("AWARD").num_chunks == 1


def test_the_unit_id_is_nowhere_in_the_file(ingest: Any, tmp_path: Path) -> None:
    """Neither the unit id nor an amount as text can be found in the bytes of the file, and nothing else is left."""
    ingest([{"claim": "Quetzalcoatl", "award": "1234.56"}] + [{} for _ in range(50)])
    [path] = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert not any(word in path.read_bytes() for word in (b"Quetzal", b"1234.56", b"A17"))


def test_other_columns_of_the_file_do_no_harm(ingest: Any, tmp_path: Path) -> None:
    """Columns that the definition does not read may have any name, our own working names included."""
    names = ("key", "position", "period", "unit", "faulty", "decoded", "named", "statlas_staged", "ordinal", 'a "b" c')
    columns = (*ROW, *names)
    path = write_csv(tmp_path / "claims.csv", [dict.fromkeys(names, "x") | {"town": "N1"}], columns)
    assert ingest([path])["202501"].n_rows == 1


def test_progress_is_told(ingest: Any) -> None:
    """Each stage is told by name from nothing to done, fractions never falling."""
    told: list[tuple[str, float, float]] = []
    ingest([{} for _ in range(1_000)], progress=lambda *what: told.append(what))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["opening", "reading", "checking", "writing"]
    for stage in ("reading", "writing"):
        fractions = [fraction for name, fraction, _ in told if name == stage]
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert told[-1][2] > 0


CODES = ("-1", "0", "7", "07", "4000", "one")
FAR = ("1", "5000", "07", "9000000000000000000")


@pytest.mark.parametrize("codes", [CODES, FAR], ids=["looked up in a list", "joined"])
@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int64(), pa.uint64(), pa.decimal128(38, 0)], ids=str)
def test_whole_numbers_are_the_codes_that_they_are_written_as(
    ingest: Any, tmp_path: Path, codes: tuple[str, ...], kind: pa.DataType
) -> None:
    """In a column of any type of number 7 is the code "7", never "07", and each record has its own."""
    database = claims(fields=(field("CODE", codes, Column("tenure"), missing=codes[0]),), measures=())
    numbers = [int(code) for code in codes if code not in ("07", "one")]
    written = [number for number in numbers if _holds(kind, number)]
    columns = {"claim": [str(n) for n in range(len(written) + 1)], "month": ["202501"] * (len(written) + 1)}
    table = pa.table({**columns, "tenure": pa.array([*written, None], kind)})
    pa.parquet.write_table(table, tmp_path / "claims.parquet")
    made = ingest([tmp_path / "claims.parquet"], database)["202501"]
    by_key = dict(zip(made.keys.tolist(), made.positions("CODE").tolist(), strict=True))
    expected = [codes.index(str(number)) for number in written] + [0]
    assert [by_key[keys.record_key_definition(SECRET, str(n))] for n in range(len(expected))] == expected


def _holds(kind: pa.DataType, number: int) -> bool:
    try:
        pa.array([number], kind)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (pa.int64(), -1),
        (pa.int64(), 3),
        (pa.int64(), -(2**63)),
        (pa.int64(), 2**63 - 1),
        (pa.uint64(), 2**64 - 1),
        (pa.uint8(), 255),
    ],
    ids=str,
)
def test_a_number_that_is_no_code_is_a_fault(faults: Any, tmp_path: Path, kind: pa.DataType, number: int) -> None:
    """Just outside the codes, between them, or at either end of what a type holds."""
    database = claims(fields=(field("CODE", ("0", "1", "2", "4"), Column("tenure")),), measures=())
    table = pa.table(
        {"claim": ["A", "B", "C"], "month": ["202501"] * 3, "tenure": pa.array([0, number, None], kind)},
    )
    pa.parquet.write_table(table, tmp_path / "claims.parquet")
    found = [(one.code, one.rows) for one in faults([tmp_path / "claims.parquet"], database)]
    assert found == [("blank", (4,)), ("unknown-code", (3,))]


def test_a_number_above_the_finest_codes_is_told_from_an_unknown_one(faults: Any, tmp_path: Path) -> None:
    """Both in a column of whole numbers."""
    levels = (
        Valueset("UPPER", "Upper", (Code("1", "One"),)),
        Valueset("LOWER", "Lower", (Code("11", "Eleven", (Node("UPPER", "1"),)),)),
    )
    place = Field("PLACE", "Place", "CLAIMS", Classification(levels), Column("tenure"), FieldKind.GEOGRAPHY)
    table = pa.table({"claim": ["A", "B", "C"], "month": ["202501"] * 3, "tenure": [1, 11, 2]})
    pa.parquet.write_table(table, tmp_path / "claims.parquet")
    found = [
        (one.code, one.rows) for one in faults([tmp_path / "claims.parquet"], claims(fields=(place,), measures=()))
    ]
    assert found == [("code-above-finest", (2,)), ("unknown-code", (4,))]


def test_the_largest_amounts_are_no_blanks(ingest: Any, tmp_path: Path) -> None:
    """Amounts at both ends of 64 bits stay what they are beside a blank."""
    amounts = [2**63 - 1, -(2**63), None, 0]
    hours = Measure("HOURS", "Hours", "CLAIMS", "hours", "hours", 0)
    table = pa.table(
        {"claim": list("ABCD"), "month": ["202501"] * 4, "tenure": ["1"] * 4, "hours": pa.array(amounts, pa.int64())}
    )
    pa.parquet.write_table(table, tmp_path / "claims.parquet")
    made = ingest([tmp_path / "claims.parquet"], claims(fields=(TENURE,), measures=(hours,)))["202501"]
    missing = made.missing("HOURS")
    assert missing is not None
    assert sorted(made.measure("HOURS")[~missing].tolist()) == [-(2**63), 0, 2**63 - 1]
    assert made.measure("HOURS")[missing].tolist() == [0]


def test_many_periods_come_apart(ingest: Any, tmp_path: Path) -> None:
    """Records of two hundred months, in any order, each in the file of its month."""
    months = [f"{year}{month:02d}" for year in range(2000, 2017) for month in range(1, 13)][:200]
    chosen = random.Random(3).choices(months, k=5_000) + months
    table = pa.table({"claim": [f"A{n}" for n in range(len(chosen))], "month": chosen, "tenure": ["1"] * len(chosen)})
    pa.parquet.write_table(table, tmp_path / "claims.parquet", row_group_size=1_000)
    made = ingest([tmp_path / "claims.parquet"], claims(fields=(TENURE,), measures=()))
    assert list(made) == months
    assert {period: rows.n_rows for period, rows in made.items()} == {month: chosen.count(month) for month in months}
    expected = sorted(keys.record_key_definition(SECRET, f"A{n}") for n, m in enumerate(chosen) if m == months[7])
    assert sorted(made[months[7]].keys.tolist()) == expected
