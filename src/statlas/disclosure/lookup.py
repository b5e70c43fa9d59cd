"""From a cell's key and true count to its noise: the count look-up.

Step 1: a number ``u`` in [0, 1) for each cell, the SipHash of who is in it, how many, for what, since when and by which
table, under a secret key.
Step 2: the first row of the ptable's block ``min(n, n_max)`` whose upper bound lies above ``u`` gives the noise.

The published methods look up the cell key itself.
Their intervals are ordered by the noise, so that a small record key moves a cell to a neighbouring noise and the noise
of n and n + 1 people is correlated; the hash removes that, and ties a number to its purpose and period as well.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statlas.disclosure.compiled import compiled
from statlas.disclosure.ptable import Ptable
from statlas.disclosure.siphash import key_words, sip_absorb, sip_finish, sip_start, siphash24_definition

# Every other purpose (each contribution of each measure) takes a number of its own.
COUNT_PURPOSE: Final = 0
# A double holds 53 bits exactly, so u has 2^53 equally likely values.
_UNIT: Final = 1.0 / 2**53


def look_up_numbers(
    cell_keys: NDArray[np.integer],
    counts: NDArray[np.integer],
    *,
    noise_key: bytes,
    purpose: int,
    epoch: int | ArrayLike,
    ptable_id: int,
) -> NDArray[np.float64]:
    """The look-up number of every cell.

    ``u = (SipHash-2-4(noise_key, cell key, n, purpose, epoch, ptable id) >> 11) / 2^53``, five 64-bit words.

    Args:
        cell_keys: unsigned integers of any shape, the wrapped sums of record keys.
        counts: integers >= 0 of the same shape, true counts n.
        noise_key: 16 secret bytes of the family.
        purpose: what the noise is for; ``COUNT_PURPOSE`` for counts.
        epoch: how often the cell's period has been revised; one number, or an array that broadcasts to the cells.
        ptable_id: ``Ptable.id`` of the table that will be looked up.

    Returns:
        float64 in [0, 1), in the shape of ``counts``; each depends on its own cell's inputs alone.

    Raises:
        ValueError: the key has not 16 bytes, or the shapes differ.

    Source: decisions on disclosure control, D1; the published forms look up the cell key unhashed.
    """
    if cell_keys.shape != counts.shape:
        raise ValueError(f"cell keys {cell_keys.shape} and counts {counts.shape} differ in shape")
    k0, k1 = key_words(noise_key)
    numbers = np.empty(counts.shape, np.float64)
    _hash_cells(
        (np.uint64(k0), np.uint64(k1)),
        _words(cell_keys),
        _words(counts),
        (np.uint64(purpose), np.uint64(ptable_id)),
        _epoch_words(epoch, counts.shape),
        numbers.reshape(-1),
    )
    return numbers


def look_up_number_definition(
    cell_key: int, count: int, *, noise_key: bytes, purpose: int, epoch: int, ptable_id: int
) -> float:
    """The look-up number of one cell, by the formula; slow."""
    message = struct.pack("<5Q", cell_key, count, purpose, epoch, ptable_id)
    return (siphash24_definition(noise_key, message) >> 11) / 2**53


def perturb_counts(counts: NDArray[np.integer], u: NDArray[np.float64], ptable: Ptable) -> NDArray[np.int64]:
    """Counts with their noise: ``n + v`` of the first row of block ``min(n, n_max)`` with ``u < ub``.

    Args:
        counts: integers >= 0 of any shape, true counts n.
        u: float64 in [0, 1) of the same shape, from ``look_up_numbers``.
        ptable: the perturbation table.

    Returns:
        int64 in the shape of ``counts``: >= 0, never in 1..js, within D of the count; 0 stays 0.

    Raises:
        ValueError: the shapes differ, a count is negative or a number lies outside [0, 1).

    Source: the count look-up of Destatis' cellKey (Enderle, Giessing and Tent 2020).
    """
    if counts.shape != u.shape:
        raise ValueError(f"counts {counts.shape} and look-up numbers {u.shape} differ in shape")
    perturbed = np.empty(counts.shape, np.int64)
    bounds, noise, starts = ptable.ub, ptable.v, ptable.starts
    n = np.ascontiguousarray(counts, np.int64).reshape(-1)
    if not _perturb(n, np.ascontiguousarray(u, np.float64).reshape(-1), bounds, noise, starts, perturbed.reshape(-1)):
        raise ValueError("counts are never negative and look-up numbers lie in [0, 1)")
    return perturbed


def perturb_count_definition(count: int, u: float, ptable: Ptable) -> int:
    """The perturbed count of one cell, by the definition; slow."""
    block = min(count, ptable.n_max)
    rows = [(ub, v) for i, v, ub in zip(ptable.i, ptable.v, ptable.ub, strict=True) if i == block]
    return count + int(next(v for ub, v in rows if u < ub))


def _words(values: ArrayLike) -> NDArray[np.uint64]:
    """Values as one flat row of 64-bit words."""
    return np.ascontiguousarray(values).astype(np.uint64, copy=False).reshape(-1)


def _epoch_words(epoch: int | ArrayLike, shape: tuple[int, ...]) -> NDArray[np.uint64]:
    """One word for all cells, or one for each."""
    epochs = np.asarray(epoch)
    return _words(epochs if epochs.ndim == 0 else np.broadcast_to(epochs, shape))


@compiled
def _hash_cells(
    key: tuple[np.uint64, np.uint64],
    cell_keys: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    purpose_and_table: tuple[np.uint64, np.uint64],
    epochs: NDArray[np.uint64],
    numbers: NDArray[np.float64],
) -> None:
    start = sip_start(key[0], key[1])
    step = 0 if epochs.size == 1 else 1
    for cell in range(counts.size):
        v0, v1, v2, v3 = sip_absorb(start[0], start[1], start[2], start[3], cell_keys[cell])
        v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, counts[cell])
        v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, purpose_and_table[0])
        v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, epochs[cell * step])
        v0, v1, v2, v3 = sip_absorb(v0, v1, v2, v3, purpose_and_table[1])
        numbers[cell] = np.float64(sip_finish(v0, v1, v2, v3, np.uint64(5)) >> np.uint64(11)) * _UNIT


@compiled
def _perturb(
    counts: NDArray[np.int64],
    u: NDArray[np.float64],
    bounds: NDArray[np.float64],
    noise: NDArray[np.int64],
    starts: NDArray[np.int64],
    perturbed: NDArray[np.int64],
) -> bool:
    """Fill ``perturbed``; False if an input lies outside its range. ``starts[n]`` is the first row of block n."""
    n_max = starts.size - 2
    for cell in range(counts.size):
        n = counts[cell]
        if n < 0 or not 0.0 <= u[cell] < 1.0:
            return False
        row = starts[min(n, n_max)]
        while u[cell] >= bounds[row]:
            row += 1
        perturbed[cell] = n + noise[row]
    return True
