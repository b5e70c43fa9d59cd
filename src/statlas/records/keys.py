"""Record keys: 32 bits of HMAC-SHA256 of the unit id under the secret of the family (decisions page, D1).

Computed by DuckDB, a vector at a time, as ``sha256(outer || sha256(inner || message))`` of RFC 2104, where ``outer``
and ``inner`` are the secret padded to a block and masked.
Both masks are bound as parameters, so no statement, log or error ever holds the secret's text.

A table without a unit id takes the *canonical row* as its unit: the codes of all fields and the amounts of all
measures, as text, joined by a character that no code may hold; the n-th of equal rows gets the n-th key of that row.
Such keys do not survive edits.

A household has the sum of its members' keys, so that one of one person has the key of that person.
A claim has the key of its person if it is the first, and one of person, benefit and number if it is a further one:
where everybody has one claim, counts of claims and of persons share their noise (linkage, section 7).
"""

from __future__ import annotations

import hashlib
import hmac

BLOCK = 64
"""Bytes in a block of SHA-256 (FIPS 180-4)."""

SEPARATOR = "\x1f"
"""Joins the parts of a canonical row: ASCII's unit separator."""

KEY_SPACE = 1 << 32
"""Record keys are below it, and add up modulo it."""

PARAMETERS = ("outer", "inner")
"""Names of the SQL parameters that ``hmac_sql`` needs."""


def parameters(secret: bytes) -> dict[str, bytes]:
    """What to bind to the parameters of ``hmac_sql``: the masked blocks of RFC 2104."""
    padded = (secret if len(secret) <= BLOCK else hashlib.sha256(secret).digest()).ljust(BLOCK, b"\0")
    return {"outer": bytes(b ^ 0x5C for b in padded), "inner": bytes(b ^ 0x36 for b in padded)}


def hmac_sql(message: str) -> str:
    """SQL of the HMAC-SHA256 in hexadecimal of a VARCHAR expression, as UTF-8."""
    return f"sha256(cast($outer as blob) || unhex(sha256(cast($inner as blob) || encode({message}))))"


def unit_sql(message: str) -> str:
    """SQL of a unit's pseudonym: the first 64 bits of the HMAC as UBIGINT; its first 32 bits are the record key."""
    return f"cast('0x' || left({hmac_sql(message)}, 16) as ubigint)"


def key_sql(unit: str) -> str:
    """SQL of the record key of a unit's pseudonym, UINTEGER."""
    return f"cast({unit} >> 32 as uinteger)"


def row_key_sql(unit: str, ordinal: str) -> str:
    """SQL of the record key of the n-th row with this canonical row, given the pseudonym of that row."""
    message = f"cast({unit} as varchar) || {_text(SEPARATOR)} || cast({ordinal} as varchar)"
    return key_sql(unit_sql(message))


def members_sql(written: str) -> str:
    """SQL of the unit ids in a list separated by blanks, as a list; NULL for a NULL."""
    return f"string_split_regex({written}, '[ \\t\\r\\n]+')"


def household_sql(members: str) -> str:
    """SQL of the record key of a household, UINTEGER, from the list of its members' unit ids."""
    keys = f"list_transform({members}, lambda member: cast({key_sql(unit_sql('member'))} as ubigint))"
    return f"cast(list_sum({keys}) % {KEY_SPACE} as uinteger)"


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
