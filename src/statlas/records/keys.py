"""Record keys: 32 bits of HMAC-SHA256 of the unit id under the secret of the family (decisions page, D1).

DuckDB hands over what identifies a unit as text, a batch of records at a time, and ``hashing`` computes the HMAC.
The secret stays in this process: no statement, log or error ever holds it.

A table without a unit id takes the *canonical row* as its unit: the codes of all fields and the amounts of all
measures, as text, joined by a character that no code may hold; the n-th of equal rows gets the n-th key of that row.
Such keys do not survive edits.

A household has the sum of its members' keys, so that one of one person has the key of that person.
A claim has the key of its person if it is the first, and one of person, benefit and number if it is a further one:
where everybody has one claim, counts of claims and of persons share their noise (linkage, section 7).
"""

from __future__ import annotations

import hmac

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from statlas.records.hashing import Secret, hmac64

SEPARATOR = "\x1f"
"""Joins the parts of a canonical row: ASCII's unit separator."""

KEY_SPACE = 1 << 32
"""Record keys are below it, and add up modulo it."""

_KEY_SHIFT = np.uint64(32)
_ROWS = 1 << 20
"""Rows numbered at a time: arbitrary."""


def pseudonyms(secret: Secret, texts: pa.Array) -> NDArray[np.uint64]:
    """(n,) uint64, the first 64 bits of the HMAC of each text as UTF-8; the first 32 of these are the record key."""
    _, ends, data = texts.buffers()
    bounds = np.frombuffer(ends, np.int32, len(texts) + 1, 4 * texts.offset)
    return hmac64(secret, np.frombuffer(data or b"", np.uint8), bounds)


def household_keys(secret: Secret, members: pa.ListArray) -> NDArray[np.uint64]:
    """(n,) uint64, the record key of each household, given the unit ids of its members, in the high 32 bits."""
    _, ends = members.buffers()[:2]
    bounds = np.frombuffer(ends, np.int32, len(members) + 1, 4 * members.offset)
    added = np.cumsum(pseudonyms(secret, members.values) >> _KEY_SHIFT, dtype=np.uint64)
    until = np.append(np.uint64(0), added)[bounds]
    return (until[1:] - until[:-1]) << _KEY_SHIFT


def row_keys(
    secret: Secret, units: NDArray[np.uint64], weights: tuple[NDArray[np.uint64], ...] = ()
) -> NDArray[np.uint64]:
    """(n,) uint64, in the high 32 bits the record key of each row, given the pseudonym of its canonical row.

    Args:
        weights: (n,) each; equal rows are numbered in their order, so that which is which is not left to that of the
            file.
    """
    order = np.lexsort((*(weight.view(np.int64) for weight in weights[::-1]), units))
    found = np.empty_like(units)
    found[order] = _numbered_keys(secret, units[order])
    return found


def _numbered_keys(secret: Secret, units: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys of rows in the order of their pseudonyms, each with its number among the equal ones, from 1."""
    begins = np.flatnonzero(np.append(True, units[1:] != units[:-1])) if len(units) else np.empty(0, np.int64)
    lengths = np.diff(np.append(begins, len(units)))
    ordinals = np.arange(1, len(units) + 1) - np.repeat(begins, lengths)
    found = np.empty_like(units)
    for first in range(0, len(units), _ROWS):
        part = slice(first, first + _ROWS)
        found[part] = pseudonyms(secret, _texts(units[part], ordinals[part]))
    return found >> _KEY_SHIFT << _KEY_SHIFT


def _texts(units: NDArray[np.uint64], ordinals: NDArray[np.int64]) -> pa.Array:
    """What identifies a numbered row: the pseudonym and the number, joined."""
    import pyarrow.compute as pc  # noqa: PLC0415 - takes long to import, and few tables need it

    numbers = (pc.cast(pa.array(column), pa.string()) for column in (units, ordinals))
    return pc.binary_join_element_wise(*numbers, SEPARATOR)


def members_sql(written: str) -> str:
    """SQL of the unit ids in a list separated by blanks, as a list; NULL for a NULL."""
    return f"string_split_regex({written}, '[ \\t\\r\\n]+')"


def claim_sql(person: str, benefit: str, number: str) -> str:
    """SQL of what identifies a claim, as VARCHAR: the person's id for the first, and all three for a further one.

    ``benefit`` is an id, which holds no quote.
    """
    parts = f"{person} || {_text(SEPARATOR)} || '{benefit}' || {_text(SEPARATOR)} || cast({number} as varchar)"
    return f"(case when {number} = 1 then {person} when {number} > 1 then {parts} end)"


def _text(character: str) -> str:
    return f"chr({ord(character)})"


def record_key_definition(secret: bytes, unit_id: str) -> int:
    """The record key of a unit as the decisions page writes it; slow, obvious, and right."""
    return int.from_bytes(hmac.digest(secret, unit_id.encode("utf-8"), "sha256")[:4], "big")


def row_key_definition(secret: bytes, canonical: tuple[str, ...], ordinal: int) -> int:
    """The record key of the ``ordinal``-th (from 1) of equal rows; slow, obvious, and right."""
    digest = hmac.digest(secret, SEPARATOR.join(canonical).encode("utf-8"), "sha256")
    return record_key_definition(secret, f"{int.from_bytes(digest[:8], 'big')}{SEPARATOR}{ordinal}")


def household_key_definition(secret: bytes, members: tuple[str, ...]) -> int:
    """The record key of a household; slow, obvious, and right."""
    return sum(record_key_definition(secret, member) for member in members) % KEY_SPACE


def claim_key_definition(secret: bytes, person: str, benefit: str, number: int) -> int:
    """The record key of a person's claim of a benefit, numbered from 1; slow, obvious, and right."""
    return record_key_definition(secret, person if number == 1 else SEPARATOR.join((person, benefit, str(number))))
