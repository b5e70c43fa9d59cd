"""SipHash-2-4, the keyed hash that stands between a cell key and its noise.

A short keyed hash is all that is needed: whoever does not hold the 128-bit key cannot tell its values from chance, and
two cell keys that differ by one person give unrelated values.
``siphash24_definition`` is the paper's text; the compiled steps below it compute the same for messages of whole words.

Theory of operation: four 64-bit words of state are filled from the key, each message word is mixed in by two rounds,
the last word carries the length of the message in its top byte, and four rounds close the hash.

Source: Aumasson and Bernstein (2012), "SipHash: a fast short-input PRF", section 2; test vectors of its appendix A and
of the authors' reference list.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from statlas.disclosure.compiled import compiled

MASK = 2**64 - 1
KEY_BYTES = 16
# Section 2.1 of the paper: the ASCII text "somepseudorandomlygeneratedbytes".
START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)

State = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


def key_words(key: bytes) -> tuple[int, int]:
    """The two little-endian 64-bit words k0, k1 of a 16-byte key.

    Raises:
        ValueError: the key has another length (the message does not hold the key).
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a SipHash key has {KEY_BYTES} bytes, not {len(key)}")
    first, second = struct.unpack("<2Q", key)
    return first, second


def siphash24_definition(key: bytes, message: bytes) -> int:
    """SipHash-2-4 of any bytes, as the paper writes it; slow.

    Args:
        key: 16 bytes.
        message: any length.

    Returns:
        The 64-bit hash; the published vectors print its eight bytes little-endian.

    Source: Aumasson and Bernstein (2012), section 2.
    """
    k0, k1 = key_words(key)
    v = [k0 ^ START[0], k1 ^ START[1], k0 ^ START[2], k1 ^ START[3]]  # 2.1 initialization
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for (word,) in struct.iter_unpack("<Q", padded):  # 2.2 compression
        v[3] ^= word
        _rounds_definition(v, 2)
        v[0] ^= word
    v[2] ^= 0xFF  # 2.3 finalization
    _rounds_definition(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _rounds_definition(v: list[int], n_rounds: int) -> None:
    """SipRound, in place: figure 2.1 of the paper, its two halves one after the other."""
    for _ in range(n_rounds):
        for a, b, c, d, left, right in ((0, 1, 2, 3, 13, 16), (2, 1, 0, 3, 17, 21)):
            v[a], v[c] = (v[a] + v[b]) & MASK, (v[c] + v[d]) & MASK
            v[b], v[d] = _rotated(v[b], left) ^ v[a], _rotated(v[d], right) ^ v[c]
            v[a] = _rotated(v[a], 32)


def _rotated(x: int, bits: int) -> int:
    return ((x << bits) | (x >> (64 - bits))) & MASK


def siphash24_words(key: bytes, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SipHash-2-4 of many messages of the same number of 64-bit words.

    Args:
        key: 16 bytes.
        words: (n_messages, n_words) uint64; a word stands for its eight little-endian bytes.

    Returns:
        (n_messages,) uint64, equal to ``siphash24_definition`` of each row's bytes.
    """
    k0, k1 = key_words(key)
    hashes = np.empty(len(words), np.uint64)
    _hash_rows(np.uint64(k0), np.uint64(k1), np.ascontiguousarray(words, np.uint64), hashes)
    return hashes


@compiled
def sip_round(v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64) -> State:
    """One SipRound (figure 2.1)."""
    v0 += v1
    v2 += v3
    v1 = ((v1 << np.uint64(13)) | (v1 >> np.uint64(51))) ^ v0
    v3 = ((v3 << np.uint64(16)) | (v3 >> np.uint64(48))) ^ v2
    v0 = (v0 << np.uint64(32)) | (v0 >> np.uint64(32))
    v2 += v1
    v0 += v3
    v1 = ((v1 << np.uint64(17)) | (v1 >> np.uint64(47))) ^ v2
    v3 = ((v3 << np.uint64(21)) | (v3 >> np.uint64(43))) ^ v0
    v2 = (v2 << np.uint64(32)) | (v2 >> np.uint64(32))
    return v0, v1, v2, v3


@compiled
def sip_start(k0: np.uint64, k1: np.uint64) -> State:
    """The state before the first word (2.1)."""
    return k0 ^ np.uint64(START[0]), k1 ^ np.uint64(START[1]), k0 ^ np.uint64(START[2]), k1 ^ np.uint64(START[3])


@compiled
def sip_absorb(v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64, word: np.uint64) -> State:
    """The state after one more word of the message (2.2)."""
    v3 ^= word
    v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    return v0 ^ word, v1, v2, v3


@compiled
def sip_finish(v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64, n_words: np.uint64) -> np.uint64:
    """The hash of a message of ``n_words`` whole words: its length, then four rounds (2.3)."""
    length = ((n_words * np.uint64(8)) & np.uint64(255)) << np.uint64(56)
    v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, length)
    v2 ^= np.uint64(255)
    for _ in range(4):
        v0, v1, v2, v3 = sip_round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@compiled
def _hash_rows(k0: np.uint64, k1: np.uint64, words: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> None:
    n_words = words.shape[1]
    for row in range(words.shape[0]):
        v0, v1, v2, v3 = sip_start(k0, k1)
        for word in range(n_words):
            v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, words[row, word])
        hashes[row] = sip_finish(v0, v1, v2, v3, np.uint64(n_words))
