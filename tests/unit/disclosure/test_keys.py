"""Record keys, cell keys and the packed accumulator."""

import hashlib

import numpy as np
import pytest

from statlas.disclosure.keys import KEY_SPACE, cell_keys, household_key, pack, record_key_definition, unpack

SECRET = bytes(range(32))


def test_a_record_key_is_the_start_of_an_hmac():
    """RFC 4231, test case 2 (key "Jefe"), padded by nothing but zeros as HMAC pads a short key."""
    # HMAC fills a short key up with zeros, so a padded key of 16 bytes gives the published digest too.
    secret = b"Jefe".ljust(16, b"\0")
    assert record_key_definition(secret, "what do ya want for nothing?") == 0x5BDCC146


def test_a_record_key_is_hmac_written_out():
    """The key equals RFC 2104's formula, two nested hashes, for an id outside ASCII too."""
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in SECRET.ljust(64, b"\0")) + "Zoë".encode()).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in SECRET.ljust(64, b"\0")) + inner).digest()
    assert record_key_definition(SECRET, "Zoë") == int.from_bytes(outer[:4], "big")


def test_a_short_secret_is_refused():
    """A secret that could be guessed is refused, and not shown."""
    with pytest.raises(ValueError, match="at least 16 bytes"):
        record_key_definition(b"password", "1")


def test_cell_keys_are_sums_modulo_the_key_space():
    """Keys of a cell are added modulo 2^32; records in no cell and cells without records add nothing."""
    keys = np.array([KEY_SPACE - 1, 5, 7, 11], np.uint32)
    assert cell_keys(keys, np.array([0, 0, 2, -1]), 4).tolist() == [4, 0, 7, 0]


def test_cell_keys_of_a_smaller_key_space():
    """The integer mode of others adds modulo 256."""
    keys = np.array([200, 100, 255], np.uint32)
    assert cell_keys(keys, np.array([0, 0, 1]), 2, modulus=256).tolist() == [44, 255]


def test_a_key_outside_the_key_space_is_refused_without_being_shown():
    """A key that the modulus does not allow is refused, and the message does not hold it."""
    with pytest.raises(ValueError, match="outside the key space of 256") as caught:
        cell_keys(np.array([4711], np.uint32), np.array([0]), 1, modulus=256)
    assert "4711" not in str(caught.value)


def test_cell_keys_of_no_records():
    """A table of no records has keys of 0."""
    assert cell_keys(np.empty(0, np.uint32), np.empty(0, np.int64), 3).tolist() == [0, 0, 0]


def test_the_key_of_a_household():
    """A household's key is its members' sum modulo 2^32, and that of one person is the person's."""
    assert household_key([KEY_SPACE - 1, 3]) == 2
    assert household_key(np.array([17], np.uint32)) == 17


def test_packed_accumulators_hold_count_low_and_key_high():
    """One record adds its key above bit 32 and 1 below it."""
    assert pack(1, 0x89ABCDEF) == 0x89ABCDEF_00000001


def test_packed_accumulators_add_and_wrap_off_the_top():
    """The sum of packed records holds the number of records and the cell key, at the limits too."""
    keys = np.array([KEY_SPACE - 1, KEY_SPACE - 1, 4], np.uint32)
    total = pack(np.ones(3, np.int64), keys).sum(dtype=np.uint64)
    counts, sums = unpack(np.array([total, pack(KEY_SPACE - 1, 9)], np.uint64))
    assert counts.tolist() == [3, KEY_SPACE - 1]
    assert sums.tolist() == [2, 9]
    assert (counts.dtype, sums.dtype) == (np.int64, np.uint32)
