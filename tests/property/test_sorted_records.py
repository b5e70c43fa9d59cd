"""Records packed into words, sorted and taken apart again are what a plain definition says."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from claims import AWARD, HOURS, TOWN, claims, field
from hypothesis import given
from hypothesis import strategies as st

from statlas import records
from statlas.model.database import Database, Weight
from statlas.model.derivation import Column
from statlas.records import layout, sorting
from statlas.records.hashing import secret_of
from statlas.records.packing import Packing, sql_of
from statlas.records.rows import PeriodRows
from statlas.records.writing import Ingested, write_period


def database(*n_codes: int, n_measures: int = 0, n_replicates: int = -1, **changes: Any) -> Database:
    """A database with fields of so many codes and after them a geography of three, which is sorted by first."""
    fields = [field(f"F{n}", map(str, range(size)), Column(f"f{n}")) for n, size in enumerate(n_codes)]
    weight = Weight("w", "Weighted", 2, tuple(f"r{n}" for n in range(n_replicates))) if n_replicates >= 0 else None
    return replace(claims(fields=(*fields, TOWN), measures=(AWARD, HOURS)[:n_measures], **changes), weight=weight)


DATABASES = {
    "one field": database(),
    "two amounts": database(2, 1, n_measures=2),
    "three words of codes": database(4_100, 2, *[4_100] * 9, n_measures=1),
    "codes that fill a word, and blanks below them": database(65_536, 65_536, 65_536, 16_384, n_measures=2),
    "weights": database(5, n_measures=1, n_replicates=2),
    "a key beside the unit's": replace(
        database(3), records=replace(claims().records, members="members", unit="household")
    ),
}

Record = dict[str, int]


def drawn(of: Database, n_rows: int, seed: int) -> list[Record]:
    """Records by the places of a row, of which many are alike in codes, some in keys, and some in amounts."""
    rng = random.Random(seed)
    keys = [rng.getrandbits(64) for _ in range(max(n_rows // 3, 2))]
    found = []
    for number in range(n_rows):
        record = {"unit": rng.getrandbits(64) if of.records.members else rng.choice(keys) ^ rng.randrange(4)}
        record["own"] = rng.choice(keys)
        for one in of.categories:
            size = len(one.classification.leaves)
            record[one.id] = rng.choice((0, size - 1, rng.randrange(size)))
        for measure in of.measures:
            blank = seed % 2 and rng.random() < 0.2
            record[f"{measure.id} blank"] = int(blank)
            record[measure.id] = 0 if blank else rng.choice((-(2**63), -1, 0, 2**63 - 1, number))
        for n, _ in enumerate(Packing(of).weights):
            record[f"weight {n}"] = rng.randrange(3)
        found.append(record)
    return found


def packed(of: Database, record: Record) -> list[int]:
    """A record as a row of words: the definition."""
    packing = Packing(of)
    words = [0] * packing.n_words
    words[packing.own] = record["own"]
    words[packing.unit] = record["unit"]
    for name, place in packing.codes.items():
        words[place.word] |= record[name] << place.shift
    for name, place in packing.blanks.items():
        words[place.word] |= record[f"{name} blank"] << place.shift
    for name, word in packing.amounts.items():
        words[word] = record[name] % 2**64
    for n, word in enumerate(packing.weights):
        words[word] = record[f"weight {n}"]
    return words


def columns_definition(of: Database, found: list[Record]) -> list[list[int]]:
    """The columns of the file, sorted as ``layout`` says: slow, obvious, and right."""
    key_of = "own" if of.records.members else "unit"
    weights = [f"weight {n}" for n in range(len(Packing(of).weights))]

    def order(record: Record) -> list[int]:
        amounts = [n for m in of.measures for n in (record[f"{m.id} blank"], record[m.id])]
        codes = [record[name] for name in layout.sort_order(of)]
        return [*codes, record[key_of] >> 32, *amounts, *(record[name] for name in weights)]

    rows = sorted(found, key=order)
    columns = [[record[key_of] >> 32 for record in rows]]
    columns += [[record[one.id] for record in rows] for one in of.categories]
    for measure in of.measures:
        columns.append([record[measure.id] for record in rows])
        blanks = [record[f"{measure.id} blank"] for record in rows]
        columns += [blanks] if any(blanks) else []
    return columns + [[record[name] for record in rows] for name in weights]


def written(of: Database, found: list[Record], folder: Path, n_threads: int = 2) -> pa.Table:
    """What ``write_period`` makes of records."""
    rows = PeriodRows(folder / "202501.rows", Packing(of))
    words = np.array([packed(of, record) for record in found], np.uint64)
    for part in np.array_split(words, min(3, len(words))):
        rows.add(part)
    made = Ingested("202501", folder / "202501.arrow", rows.n_rows)
    with ThreadPoolExecutor(n_threads) as pool:
        write_period(of, rows, made, secret_of(b"k"), pool, lambda _: None)
    assert [path.name for path in folder.iterdir()] == ["202501.arrow"]
    return records.open_period(made.path, of).table


@pytest.mark.parametrize("of", DATABASES.values(), ids=DATABASES)
@pytest.mark.parametrize("n_rows", [1, 2, 30, 700, 9_000])
def test_records_are_sorted_as_the_definition_sorts_them(of: Database, n_rows: int, tmp_path: Path) -> None:
    """By the first geography, the other fields, the key, amounts with blanks last, weights; every column with it."""
    found = drawn(of, n_rows, seed=n_rows + 1)
    columns = [column.to_pylist() for column in written(of, found, tmp_path).columns]
    assert columns == columns_definition(of, found)


@given(seed=st.integers(0, 2**32), n_rows=st.integers(1, 60), name=st.sampled_from(list(DATABASES)))
def test_any_few_records_are_sorted(tmp_path_factory: Any, seed: int, n_rows: int, name: str) -> None:
    """Whatever is drawn."""
    found = drawn(DATABASES[name], n_rows, seed)
    table = written(DATABASES[name], found, tmp_path_factory.mktemp("sorted"))
    assert [column.to_pylist() for column in table.columns] == columns_definition(DATABASES[name], found)


def test_many_records_alike_in_all_but_their_amounts_are_sorted(tmp_path: Path) -> None:
    """A column of units that is the same in every row takes no longer than any other."""
    of, rng = database(n_measures=1), random.Random(1)
    found = [
        {"unit": 5, "own": 5, "TOWN": 1, "AWARD blank": n % 2, "AWARD": (n + 1) % 2 * rng.getrandbits(40)}
        for n in range(40_000)
    ]
    assert [column.to_pylist() for column in written(of, found, tmp_path).columns] == columns_definition(of, found)


def test_the_number_of_threads_leaves_no_trace(tmp_path: Path) -> None:
    """One thread and five write the same bytes, over many buckets and parts."""
    of, rng = database(4_100, n_measures=1), np.random.default_rng(1)
    files = set()
    for n_threads in (1, 5):
        rows = PeriodRows(tmp_path / "202501.rows", Packing(of))
        words = rng.integers(0, 2**63, (150_000, 3)).astype(np.uint64)
        words[:, 0] = (words[:, 0] % np.uint64(3) << np.uint64(62)) | (words[:, 1] % np.uint64(4_100) << np.uint64(49))
        rows.add(np.ascontiguousarray(words))
        made = Ingested("202501", tmp_path / f"{n_threads}.arrow", rows.n_rows)
        with ThreadPoolExecutor(n_threads) as pool:
            write_period(of, rows, made, secret_of(b"k"), pool, lambda _: None)
        files.add(made.path.read_bytes())
        rng = np.random.default_rng(1)
    assert len(files) == 1


@pytest.mark.parametrize("of", DATABASES.values(), ids=DATABASES)
def test_the_words_that_duckdb_packs_are_those_of_the_definition(of: Database) -> None:
    """Codes and marks of blanks stand where ``Packing`` says, to the top bit of a word."""
    packing, found = Packing(of), drawn(of, 50, seed=3)
    places = {**packing.codes, **{f"{name} blank": place for name, place in packing.blanks.items()}}
    table = pa.table({name: [record[name] for record in found] for name in places})
    query = sql_of(((f'"{name}"', place) for name, place in places.items()), packing.n_codes)
    with duckdb.connect() as connection:
        connection.register("records", table)
        words = connection.execute(f"select {', '.join(query)} from records").fetchall()
    assert [list(row) for row in words] == [packed(of, record)[: packing.n_codes] for record in found]


@given(
    units=st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**63, 2**64 - 1]), max_size=60),
    copies=st.integers(1, 300),
)
def test_a_pseudonym_that_stands_twice_is_found(units: list[int], copies: int) -> None:
    """Wherever it stands, nought and numbers with the same low bits included; and no other is taken for one."""
    spread = [(unit + (copy << 13)) % 2**64 for unit in units for copy in range(copies)]
    assert sorting.stand_twice(np.array(spread, np.uint64)) == (len(set(spread)) < len(spread))


def test_one_pair_among_many_is_found() -> None:
    """The first and the last of a hundred thousand are equal."""
    units = np.random.default_rng(1).permutation(100_000).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    assert not sorting.stand_twice(units)
    assert sorting.stand_twice(np.append(units, units[:1]))
