"""Record keys and what becomes of them: a number for life, their sum in a cell, and the packed accumulator.

A record key is made where records are read, in compiled code; here stand its definition and the arithmetic on it.
The same unit has the same key in every period and every database of a family, so the same set of people has the same
cell key wherever it turns up, and with it the same noise.
All sums are modulo 2^32; they are exact and do not depend on the order of the records.
"""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
from numpy.typing import ArrayLike, NDArray

KEY_SPACE = 2**32
COUNT_BITS = 32
# A secret of fewer bytes could be found by trying.
SECRET_BYTES = 16
_COUNT_MASK = np.uint64(KEY_SPACE - 1)


def record_key_definition(secret: bytes, unit_id: str) -> int:
    """The record key of a unit: the first 32 bits of HMAC-SHA256 of its id under the secret of the family.

    Args:
        secret: the family's secret, any length from 16 bytes.
        unit_id: the unit's id as the records spell it; hashed as UTF-8.

    Returns:
        An integer in [0, 2^32): the first four bytes of the digest, big-endian.

    Raises:
        ValueError: the secret is shorter than 16 bytes, so that it could be guessed.

    Source: RFC 2104 (HMAC), FIPS 180-4 (SHA-256).
    Statistical offices draw keys once and store them; a keyed function gives the same without a register of ids.
    """
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"the secret of a family has at least {SECRET_BYTES} bytes")
    return int.from_bytes(hmac.new(secret, unit_id.encode(), hashlib.sha256).digest()[:4], "big")


def cell_keys(
    record_keys: NDArray[np.unsignedinteger], cells: NDArray[np.integer], n_cells: int, *, modulus: int = KEY_SPACE
) -> NDArray[np.uint32]:
    """Sum of the record keys in each cell, modulo ``modulus``: the textbook the kernels are judged by.

    Args:
        record_keys: (n_records,) unsigned integers in [0, modulus), fixed for the life of the family.
        cells: (n_records,) integers, flat index of each record's cell; -1 if in none.
        n_cells: cells in the table, margins included.
        modulus: size of the key space; 2^32 but in compatibility tests.

    Returns:
        (n_cells,) uint32; 0 for an empty cell.

    Raises:
        ValueError: a record key lies outside the key space.

    Source: Thompson, Broadfoot and Elazar (2013), integer record keys.
    """
    if record_keys.size and int(record_keys.max()) >= modulus:
        raise ValueError(f"a record key lies outside the key space of {modulus}")
    inside = cells >= 0
    sums = np.zeros(n_cells, np.uint64)
    # A sum of uint64 wraps at 2^64, which 2^32 divides: the remainder is right however many records there are.
    np.add.at(sums, cells[inside], record_keys[inside].astype(np.uint64))
    return (sums % np.uint64(modulus)).astype(np.uint32)


def household_key(member_keys: ArrayLike) -> int:
    """The key of a household (or any higher unit): the sum of its members' record keys modulo 2^32.

    A household of one shares the noise of its one person, so that "no person in one household" becomes rare.

    Args:
        member_keys: (n_members,) unsigned integers in [0, 2^32).

    Source: STACE geospatial guidelines (2024), chapter 11.
    """
    return int(np.sum(np.asarray(member_keys, np.uint64), dtype=np.uint64)) % KEY_SPACE


def pack(counts: ArrayLike, key_sums: ArrayLike) -> NDArray[np.uint64]:
    """Counts and key sums in one 64-bit word each: count in the low 32 bits, key sum in the high 32.

    Adding such words adds both parts; the key sum wraps off the top, which is its modulus.
    The parts stay apart as long as no cell holds more than 2^32 - 1 records: the plan widens above that.
    ``pack(1, record_key)`` is what one record adds to its cell.

    Args:
        counts: integers in [0, 2^32).
        key_sums: integers in [0, 2^32), of the same shape or one that broadcasts.

    Returns:
        uint64 in the shape of the two.
    """
    return (np.asarray(key_sums, np.uint64) << np.uint64(COUNT_BITS)) | (np.asarray(counts, np.uint64) & _COUNT_MASK)


def unpack(packed: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The two parts of packed accumulators: counts (int64) and cell keys (uint32), in the same shape."""
    words = np.asarray(packed, np.uint64)
    return (words & _COUNT_MASK).astype(np.int64), (words >> np.uint64(COUNT_BITS)).astype(np.uint32)
