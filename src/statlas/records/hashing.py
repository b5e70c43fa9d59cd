"""HMAC-SHA256 of many short texts at once (RFC 2104, FIPS 180-4), compiled.

Theory of operation: sixteen texts are hashed side by side, one to a *lane* of the processor's vectors, because the
rounds of one hash wait for one another and those of sixteen do not.
A text of up to 55 bytes takes two blocks: one of the text, one of the hash of it.
Both begin from the state after the masked secret, which is the same for all texts and worked out once.
Where texts of one group have different lengths, a lane that has ended keeps its state while the others go on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.compiled import compiled

LANES = 16
"""Texts hashed at once: words of 32 bits in the widest vectors of the machines of 2026."""

BLOCK = 64
"""Bytes in a block of SHA-256."""

_WORDS, _STATE, _ROUNDS = 16, 8, 64
_END, _LENGTH = 1, 8
"""Bytes that follow a text: a one bit, and the number of its bits."""

_DIGEST_BITS = 32 * 8
_BLOCK_BITS = BLOCK * 8


def _roots(n: int, root: int) -> list[int]:
    """The first 32 bits of the fractional parts of the square or cube roots of the first primes (FIPS 180-4, 4.2.2)."""
    primes = [p for p in range(2, 312) if all(p % q for q in range(2, p))][:n]
    return [_whole_root(p << (32 * root), root) & 0xFFFFFFFF for p in primes]


def _whole_root(number: int, root: int) -> int:
    """The largest whole number whose power is not above ``number``."""
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**root <= number else (low, middle - 1)
    return low


INITIAL = np.array(_roots(8, 2), np.uint32)
CONSTANTS = np.array(_roots(64, 3), np.uint32)


@dataclass(frozen=True)
class Secret:
    """A secret as HMAC uses it: the states of SHA-256 after its two masked blocks, (8,) uint32 each."""

    inner: NDArray[np.uint32]
    outer: NDArray[np.uint32]

    def __repr__(self) -> str:
        return "Secret(...)"


def secret_of(secret: bytes) -> Secret:
    """A secret of any length, made ready (RFC 2104: a longer one than a block is hashed first)."""
    padded = (secret if len(secret) <= BLOCK else hashlib.sha256(secret).digest()).ljust(BLOCK, b"\0")
    return Secret(*(_state_after(bytes(b ^ mask for b in padded)) for mask in (0x36, 0x5C)))


def _state_after(block: bytes) -> NDArray[np.uint32]:
    state = np.repeat(INITIAL[:, np.newaxis], LANES, axis=1)
    schedule = np.zeros((_ROUNDS, LANES), np.uint32)
    schedule[:_WORDS] = np.frombuffer(block, ">u4").astype(np.uint32)[:, np.newaxis]
    _compress(state, schedule, np.empty_like(state), CONSTANTS)
    return state[:, 0].copy()


def hmac64(secret: Secret, text: NDArray[np.uint8], ends: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """The first 64 bits of the HMAC-SHA256 of each text.

    Args:
        text: the bytes of all texts, one after the other.
        ends: (n + 1,), where each text begins and the last one ends.

    Returns:
        (n,) uint64.
    """
    found = np.empty(len(ends) - 1, np.uint64)
    _hmacs(found, text, ends, secret.inner, secret.outer, CONSTANTS)
    return found


@compiled
def _turned(word: np.uint32, n: int) -> np.uint32:
    """A word turned to the right by ``n`` bits."""
    return np.uint32(np.uint32(word >> np.uint32(n)) | np.uint32(word << np.uint32(32 - n)))


@compiled
def _first_sum(e: np.uint32, f: np.uint32, g: np.uint32, h: np.uint32, added: np.uint32) -> np.uint32:
    """T1 of a round (FIPS 180-4, 6.2.2), given the word and constant of the round added up."""
    mixed = np.uint32(_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25))
    chosen = np.uint32((e & f) ^ (np.uint32(~e) & g))
    return np.uint32(np.uint32(h + mixed) + np.uint32(chosen + added))


@compiled
def _second_sum(a: np.uint32, b: np.uint32, c: np.uint32) -> np.uint32:
    """T2 of a round."""
    mixed = np.uint32(_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22))
    return np.uint32(mixed + np.uint32((a & b) ^ (a & c) ^ (b & c)))


@compiled
def _expand(schedule: NDArray[np.uint32], constants: NDArray[np.uint32]) -> None:
    """Make all 64 words of each lane from the first 16, then add the constants of the rounds.

    They are added here because the rounds read one array less: with it, LLVM no longer uses vectors for them.
    """
    for t in range(np.uint64(16), np.uint64(64)):
        for lane in range(np.uint64(LANES)):
            early, late = schedule[t - np.uint64(15), lane], schedule[t - np.uint64(2), lane]
            low = np.uint32(_turned(early, 7) ^ _turned(early, 18) ^ np.uint32(early >> np.uint32(3)))
            high = np.uint32(_turned(late, 17) ^ _turned(late, 19) ^ np.uint32(late >> np.uint32(10)))
            before = np.uint32(schedule[t - np.uint64(16), lane] + low)
            schedule[t, lane] = np.uint32(before + np.uint32(schedule[t - np.uint64(7), lane] + high))
    for t in range(np.uint64(0), np.uint64(64)):
        for lane in range(np.uint64(LANES)):
            schedule[t, lane] = np.uint32(schedule[t, lane] + constants[t])


@compiled
def _copy(lanes: NDArray[np.uint32], others: NDArray[np.uint32]) -> None:
    """Give every lane the eight words of another's; a slice would take numba seconds to compile."""
    for n in range(_STATE):
        for lane in range(LANES):
            lanes[n, lane] = others[n, lane]


@compiled
def _begin(state: NDArray[np.uint32], words: NDArray[np.uint32]) -> None:
    """Give every lane the same eight words."""
    for n in range(_STATE):
        for lane in range(LANES):
            state[n, lane] = words[n]


@compiled
def _compress(
    state: NDArray[np.uint32], schedule: NDArray[np.uint32], work: NDArray[np.uint32], constants: NDArray[np.uint32]
) -> None:
    """Take a block into the state of each lane.

    Eight rounds at a time: after as many, each of the eight variables has its own name again, and nothing has moved.

    Args:
        state: (8, LANES).
        schedule: (64, LANES), of which the first 16 rows are the block.
        work: (8, LANES), for nothing but work.
    """
    _expand(schedule, constants)
    _copy(work, state)
    for t in range(np.uint64(0), np.uint64(64), np.uint64(8)):
        for lane in range(np.uint64(LANES)):
            a, b, c, d = work[0, lane], work[1, lane], work[2, lane], work[3, lane]
            e, f, g, h = work[4, lane], work[5, lane], work[6, lane], work[7, lane]
            first = _first_sum(e, f, g, h, schedule[t, lane])
            d, h = np.uint32(d + first), np.uint32(first + _second_sum(a, b, c))
            at = t + np.uint64(1)
            first = _first_sum(d, e, f, g, schedule[at, lane])
            c, g = np.uint32(c + first), np.uint32(first + _second_sum(h, a, b))
            at = t + np.uint64(2)
            first = _first_sum(c, d, e, f, schedule[at, lane])
            b, f = np.uint32(b + first), np.uint32(first + _second_sum(g, h, a))
            at = t + np.uint64(3)
            first = _first_sum(b, c, d, e, schedule[at, lane])
            a, e = np.uint32(a + first), np.uint32(first + _second_sum(f, g, h))
            at = t + np.uint64(4)
            first = _first_sum(a, b, c, d, schedule[at, lane])
            h, d = np.uint32(h + first), np.uint32(first + _second_sum(e, f, g))
            at = t + np.uint64(5)
            first = _first_sum(h, a, b, c, schedule[at, lane])
            g, c = np.uint32(g + first), np.uint32(first + _second_sum(d, e, f))
            at = t + np.uint64(6)
            first = _first_sum(g, h, a, b, schedule[at, lane])
            f, b = np.uint32(f + first), np.uint32(first + _second_sum(c, d, e))
            at = t + np.uint64(7)
            first = _first_sum(f, g, h, a, schedule[at, lane])
            e, a = np.uint32(e + first), np.uint32(first + _second_sum(b, c, d))
            work[0, lane], work[1, lane], work[2, lane], work[3, lane] = a, b, c, d
            work[4, lane], work[5, lane], work[6, lane], work[7, lane] = e, f, g, h
    for n in range(_STATE):
        for lane in range(np.uint64(LANES)):
            state[n, lane] = np.uint32(state[n, lane] + work[n, lane])


@compiled
def _n_blocks(size: np.int64) -> np.int64:
    """Blocks of a text of so many bytes."""
    return (size + _END + _LENGTH + BLOCK - 1) // BLOCK


@compiled
def _put_block(
    schedule: NDArray[np.uint32], lane: int, text: NDArray[np.uint8], begin: np.int64, size: np.int64, block: int
) -> None:
    """Write one block of a text, with what follows it, into a lane of noughts."""
    first = block * BLOCK
    left = size - first
    n = 0
    while n < left and n < BLOCK:
        schedule[n >> 2, lane] |= np.uint32(np.uint32(text[begin + first + n]) << np.uint32(24 - 8 * (n & 3)))
        n += 1
    if 0 <= left < BLOCK:
        schedule[left >> 2, lane] |= np.uint32(np.uint32(0x80) << np.uint32(24 - 8 * (left & 3)))
    if block == _n_blocks(size) - 1:
        bits = np.uint64(_BLOCK_BITS + size * 8)
        schedule[14, lane], schedule[15, lane] = np.uint32(bits >> np.uint64(32)), np.uint32(bits)


@compiled
def _hmacs(
    found: NDArray[np.uint64],
    text: NDArray[np.uint8],
    ends: NDArray[np.integer[Any]],
    inner: NDArray[np.uint32],
    outer: NDArray[np.uint32],
    constants: NDArray[np.uint32],
) -> None:
    """The first 64 bits of each text's HMAC."""
    state, kept = np.empty((_STATE, LANES), np.uint32), np.empty((_STATE, LANES), np.uint32)
    work, schedule = np.empty((_STATE, LANES), np.uint32), np.zeros((_ROUNDS, LANES), np.uint32)
    spans = np.zeros((LANES, 2), np.int64)
    for first in range(0, len(found), LANES):
        used = min(LANES, len(found) - first)
        for lane in range(used):
            spans[lane, 0] = ends[first + lane]
            spans[lane, 1] = np.int64(ends[first + lane + 1]) - spans[lane, 0]
        _begin(state, inner)
        _take_texts(state, schedule, work, kept, text, spans[:used], constants)
        _finish(state, schedule, work, outer, constants)
        for lane in range(used):
            found[first + lane] = np.uint64(state[0, lane]) << np.uint64(32) | np.uint64(state[1, lane])


@compiled
def _take_texts(
    state: NDArray[np.uint32],
    schedule: NDArray[np.uint32],
    work: NDArray[np.uint32],
    kept: NDArray[np.uint32],
    text: NDArray[np.uint8],
    spans: NDArray[np.int64],
    constants: NDArray[np.uint32],
) -> None:
    """Take a text into the state of each lane, block by block, until the longest has ended.

    Args:
        spans: (lanes used, 2), where each text begins, and its bytes.
    """
    block, most = 0, np.int64(1)
    while block < most:
        _copy(kept, state)
        for n in range(_WORDS):
            for lane in range(LANES):
                schedule[n, lane] = 0
        for lane in range(len(spans)):
            _put_block(schedule, lane, text, spans[lane, 0], spans[lane, 1], block)
        _compress(state, schedule, work, constants)
        for lane in range(len(spans)):
            blocks = _n_blocks(spans[lane, 1])
            most = max(most, blocks)
            if block >= blocks:
                for n in range(_STATE):
                    state[n, lane] = kept[n, lane]
        block += 1


@compiled
def _finish(
    state: NDArray[np.uint32],
    schedule: NDArray[np.uint32],
    work: NDArray[np.uint32],
    outer: NDArray[np.uint32],
    constants: NDArray[np.uint32],
) -> None:
    """Hash the inner hashes in ``state`` under the outer mask, into ``state``."""
    _copy(schedule, state)
    for lane in range(LANES):
        schedule[_STATE, lane] = 0x80000000
        for n in range(_STATE + 1, _WORDS - 1):
            schedule[n, lane] = 0
        schedule[_WORDS - 1, lane] = _BLOCK_BITS + _DIGEST_BITS
    _begin(state, outer)
    _compress(state, schedule, work, constants)
