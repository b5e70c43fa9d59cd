"""Record keys are the textbook HMAC, whatever the unit id and the secret."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import TENURE, claims
from hypothesis import given
from hypothesis import strategies as st

from statlas import records
from statlas.records import keys

BLANKS = " \t\r\n"
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=80)


@pytest.fixture(scope="module")
def connection() -> Any:
    """A DuckDB connection."""
    with duckdb.connect() as made:
        yield made


@given(secret=st.binary(max_size=200), unit_ids=st.lists(TEXTS, min_size=1, max_size=20))
def test_a_key_is_the_first_32_bits_of_the_hmac(connection: Any, secret: bytes, unit_ids: list[str]) -> None:
    """DuckDB's key of any text under any secret equals that of Python's hmac, non-ASCII and long ids included."""
    connection.register("units", pa.table({"id": unit_ids}))
    query = f"select {keys.key_sql(keys.unit_sql('id'))} from units"
    found = [key for (key,) in connection.execute(query, keys.parameters(secret)).fetchall()]
    assert found == [keys.record_key_definition(secret, unit_id) for unit_id in unit_ids]


MEMBERS = st.lists(TEXTS.filter(lambda text: not set(text) & set(BLANKS)), min_size=1, max_size=5, unique=True)


@given(secret=st.binary(max_size=200), households=st.lists(MEMBERS, min_size=1, max_size=9))
def test_the_key_of_a_household_is_the_sum_of_its_members(
    connection: Any, secret: bytes, households: list[list[str]]
) -> None:
    """DuckDB's key of any list of ids equals the textbook's, which is a person's key where there is one person."""
    connection.register("households", pa.table({"members": [" ".join(members) for members in households]}))
    query = f"select {keys.household_sql(keys.members_sql('members'))} from households"
    found = [key for (key,) in connection.execute(query, keys.parameters(secret)).fetchall()]
    assert found == [keys.household_key_definition(secret, tuple(members)) for members in households]
    alone = [members[0] for members in households]
    assert [keys.household_key_definition(secret, (who,)) for who in alone] == [
        keys.record_key_definition(secret, who) for who in alone
    ]


@given(secret=st.binary(max_size=200), claims_of=st.lists(st.tuples(TEXTS, st.integers(1, 99)), min_size=1, max_size=9))
def test_the_key_of_a_claim_is_the_textbooks(connection: Any, secret: bytes, claims_of: list[tuple[str, int]]) -> None:
    """DuckDB's key of any person's claim equals the textbook's, which is the person's for the first."""
    who, numbers = zip(*claims_of, strict=True)
    connection.register("claimed", pa.table({"person": who, "number": pa.array(numbers, pa.int64())}))
    unit = keys.unit_sql(keys.claim_sql("person", "HB", "number"))
    query = f"select {keys.key_sql(unit)} from claimed"
    found = [key for (key,) in connection.execute(query, keys.parameters(secret)).fetchall()]
    assert found == [keys.claim_key_definition(secret, person, "HB", number) for person, number in claims_of]
    first = [keys.claim_key_definition(secret, person, "HB", 1) for person in who]
    assert first == [keys.record_key_definition(secret, person) for person in who]


@given(
    unit_ids=st.lists(
        TEXTS.filter(lambda text: text.strip(BLANKS)), min_size=1, max_size=20, unique_by=lambda t: t.strip(BLANKS)
    )
)
def test_published_keys_are_those_of_the_trimmed_ids(tmp_path_factory: Any, unit_ids: list[str]) -> None:
    """From file to file: the keys that are stored are those of the ids without the blanks around them."""
    folder, secret = tmp_path_factory.mktemp("keys"), b"k" * 32
    n = len(unit_ids)
    table = pa.table({"claim": unit_ids, "month": ["202501"] * n, "tenure": ["1"] * n})
    pa.parquet.write_table(table, folder / "claims.parquet")
    database = claims(fields=(TENURE,), measures=())
    [made] = records.ingest(database, [folder / "claims.parquet"], secret=secret, out_dir=folder)
    expected = sorted(keys.record_key_definition(secret, unit_id.strip(BLANKS)) for unit_id in unit_ids)
    assert np.sort(records.open_period(made.path, database).keys).tolist() == expected


@given(rows=st.lists(st.tuples(st.sampled_from(["1", "2", ""]), st.sampled_from(["", "1", "12.50"])), min_size=1))
def test_without_a_unit_id_equal_rows_get_keys_of_their_own(tmp_path_factory: Any, rows: list[tuple[str, str]]) -> None:
    """The n-th of equal rows has the n-th key of that row, in every period the same."""
    folder, secret = tmp_path_factory.mktemp("keys"), b"k" * 32
    months = ["202501", "202502"]
    table = pa.table(
        {
            "month": [month for month in months for _ in rows],
            "tenure": [tenure for tenure, _ in rows] * 2,
            "award": [award for _, award in rows] * 2,
        }
    )
    pa.parquet.write_table(table, folder / "claims.parquet")
    database = claims(fields=(TENURE,), measures=claims().measures[:1], unit_id=None)
    made = records.ingest(database, [folder / "claims.parquet"], secret=secret, out_dir=folder)
    expected = sorted(_row_keys(secret, rows))
    for one in made:
        assert np.sort(records.open_period(one.path, database).keys).tolist() == expected
    assert len(set(expected)) == len(rows)


def _row_keys(secret: bytes, rows: list[tuple[str, str]]) -> list[int]:
    pence = {"": "", "1": "100", "12.50": "1250"}
    canonical = [(tenure or "99", pence[award]) for tenure, award in rows]
    return [keys.row_key_definition(secret, row, canonical[:n].count(row) + 1) for n, row in enumerate(canonical)]


def test_a_longer_secret_than_a_block_is_hashed_first() -> None:
    """RFC 2104: both parameters are one block each, also for a secret of more than 64 bytes."""
    assert {len(value) for value in keys.parameters(b"k" * 65).values()} == {64}
