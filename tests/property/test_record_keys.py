"""Record keys are the textbook HMAC, whatever the unit id and the secret."""

import hashlib
import hmac
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from claims import TENURE, claims
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from statlas import records
from statlas.records import keys
from statlas.records.hashing import secret_of

BLANKS = " \t\r\n"
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=80)


def keys_of(pseudonyms: NDArray[np.uint64]) -> list[int]:
    """The record keys: their first 32 bits."""
    return (pseudonyms >> np.uint64(32)).tolist()


@given(secret=st.binary(max_size=200), unit_ids=st.lists(TEXTS, max_size=40))
def test_a_key_is_the_first_32_bits_of_the_hmac(secret: bytes, unit_ids: list[str]) -> None:
    """The key of any text under any secret equals that of Python's hmac, non-ASCII and long ids included."""
    found = keys.pseudonyms(secret_of(secret), pa.array(unit_ids, pa.string()))
    assert keys_of(found) == [keys.record_key_definition(secret, unit_id) for unit_id in unit_ids]


@pytest.mark.parametrize("n_texts", [1, 15, 16, 17, 33])
def test_texts_of_every_length_hash_side_by_side(n_texts: int) -> None:
    """Texts that end a byte before, at and after each end of a block have the whole 64 bits of Python's hmac."""
    sizes = [n for block in range(4) for n in range(64 * block + 50, 64 * block + 66)] + [0, 1, 1_000]
    texts = ["x" * size for size in sizes]
    for first in range(len(texts)):
        some = (texts[first:] + texts[:first])[:n_texts]
        found = keys.pseudonyms(secret_of(b"k"), pa.array(some))
        digests = (hmac.digest(b"k", text.encode(), "sha256") for text in some)
        assert found.tolist() == [int.from_bytes(digest[:8], "big") for digest in digests]


def test_a_part_of_an_array_has_its_own_keys() -> None:
    """What lies before and after a slice does not matter."""
    texts = pa.array(["before", "one", "two", "after"])
    expected = [keys.record_key_definition(b"k", text) for text in ("one", "two")]
    assert keys_of(keys.pseudonyms(secret_of(b"k"), texts.slice(1, 2))) == expected
    households = pa.array([["before"], ["one", "two"], [], ["after"]])
    found = keys.household_keys(secret_of(b"k"), households.slice(1, 2))
    assert keys_of(found) == [sum(expected) % keys.KEY_SPACE, 0]


@pytest.fixture(scope="module")
def connection() -> Any:
    """A DuckDB connection."""
    with duckdb.connect() as made:
        yield made


MEMBERS = st.lists(TEXTS.filter(lambda text: not set(text) & set(BLANKS)), min_size=1, max_size=5, unique=True)


@given(secret=st.binary(max_size=200), households=st.lists(MEMBERS, min_size=1, max_size=9))
def test_the_key_of_a_household_is_the_sum_of_its_members(
    connection: Any, secret: bytes, households: list[list[str]]
) -> None:
    """The key of any list of ids equals the textbook's, which is a person's key where there is one person."""
    connection.register("households", pa.table({"members": [" ".join(members) for members in households]}))
    query = f"select {keys.members_sql('members')} as members from households"
    listed = connection.execute(query).to_arrow_table()["members"].combine_chunks()
    found = keys_of(keys.household_keys(secret_of(secret), listed))
    assert found == [keys.household_key_definition(secret, tuple(members)) for members in households]
    alone = [members[0] for members in households]
    assert [keys.household_key_definition(secret, (who,)) for who in alone] == [
        keys.record_key_definition(secret, who) for who in alone
    ]


@given(secret=st.binary(max_size=200), claims_of=st.lists(st.tuples(TEXTS, st.integers(1, 99)), min_size=1, max_size=9))
def test_the_key_of_a_claim_is_the_textbooks(connection: Any, secret: bytes, claims_of: list[tuple[str, int]]) -> None:
    """The key of any person's claim equals the textbook's, which is the person's for the first."""
    who, numbers = zip(*claims_of, strict=True)
    connection.register("claimed", pa.table({"person": who, "number": pa.array(numbers, pa.int64())}))
    query = f"select {keys.claim_sql('person', 'HB', 'number')} as claim from claimed"
    texts = connection.execute(query).to_arrow_table()["claim"].combine_chunks()
    found = keys_of(keys.pseudonyms(secret_of(secret), texts))
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


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2)), min_size=1),
    secret=st.binary(max_size=80),
)
def test_equal_rows_are_numbered_in_the_order_of_their_weights(rows: list[tuple[int, int]], secret: bytes) -> None:
    """The n-th smallest weight of equal rows has the n-th key, whatever the order of the rows."""
    units, weights = (np.array(column, np.int64).view(np.uint64) for column in zip(*rows, strict=True))
    found = dict.fromkeys(rows, ())
    for row, key in zip(rows, keys_of(keys.row_keys(secret_of(secret), units, (weights,))), strict=True):
        found[row] += (key,)
    for unit in {unit for unit, _ in rows}:
        ours = sorted(row for row in rows if row[0] == unit)
        texts = [f"{unit}{keys.SEPARATOR}{ordinal}" for ordinal in range(1, len(ours) + 1)]
        expected = [keys.record_key_definition(secret, text) for text in texts]
        ends = np.cumsum([0, *(ours.count(row) for row in dict.fromkeys(ours))])
        parts = [expected[first:last] for first, last in pairwise(ends)]
        assert [sorted(found[row]) for row in dict.fromkeys(ours)] == [sorted(part) for part in parts]


def test_a_longer_secret_than_a_block_is_hashed_first() -> None:
    """RFC 2104: a secret of more than 64 bytes stands for its hash."""
    text = pa.array(["A1"])
    hashed = hashlib.sha256(b"k" * 65).digest()
    assert keys.pseudonyms(secret_of(b"k" * 65), text) == keys.pseudonyms(secret_of(hashed), text)


def test_a_secret_does_not_show_itself() -> None:
    """What is printed of it by mistake says nothing."""
    assert repr(secret_of(b"k" * 32)) == "Secret(...)"
