"""Sums with noise: the noise of their count and that of their largest contributions, in whole units.

``Ŝ = round_half_even(X n̂ / n) + h``: a sum takes part in the noise of its count n̂, so that neither gives away the
true count where everybody has the same amount, and h hides the largest contributions (``magnitude``).
Both are whole numbers of the measure's smallest unit (pence), and the first part is exact however large the sum.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from statlas.disclosure.compiled import compiled
from statlas.disclosure.dominance import is_dominated
from statlas.disclosure.lookup import look_up_numbers
from statlas.disclosure.magnitude import P_LARGE, P_SMALL, FlexParameters, flex_noise
from statlas.disclosure.presets import amounts_ptable

# Decisions on disclosure control, D6: the least noise of the largest contribution, as a share of it.
FIRST_STEP: Final = 0.03
# Steps that make the first noise of a dominated cell larger by .075 of its largest contribution, so that with the
# first step it always exceeds the p = 10% of the dominance rule: .075 / .03 and .075 / .3.
MU_FLEX: Final = 2.5
MU_PLAIN: Final = 0.25
# A count below this keeps the exact product of a remainder and a count in 64 bits.
MAX_COUNT: Final = 2**32
# Sums stay below it before and after, so that adding the noise cannot overflow.
MAX_SUM: Final = 2.0**62

Ints = NDArray[np.int64]


class Contributions(Protocol):
    """What a measure adds up to in every cell: true numbers, arrays of one shape."""

    @property
    def counts(self) -> Ints:
        """int64, records with an amount, n."""

    @property
    def sums(self) -> Ints:
        """int64, X, in units of the measure; weighted in a survey."""

    @property
    def nonzero_counts(self) -> Ints:
        """int64, records that contribute something other than 0."""

    @property
    def nonzero_keys(self) -> NDArray[np.uint32]:
        """uint32, the sum of their record keys."""

    @property
    def top(self) -> Ints:
        """(K, ...) int64, the largest contributions by size, the largest first, with their sign; 0 for none."""


@cache
def sum_noise(flex_point: int = 0) -> FlexParameters:
    """The parameters of the noise of a measure's sums, under every protected policy.

    With a flex point a step is .3 of a contribution below it and falls to .03 of a large one; without, it is .3 of
    every contribution.
    Where many have the same amount a step of .03 would let the fraction of a sum tell the noise of the count, so a flex
    point is never below the amounts that many have (decision record 13).

    Args:
        flex_point: in units of the measure (pence), 0 for none.
    """
    if flex_point:
        return FlexParameters(amounts_ptable(), fp=flex_point, p_small=P_SMALL, p_large=P_LARGE, mu_c=MU_FLEX)
    return FlexParameters(amounts_ptable(), fp=0, p_small=P_SMALL, p_large=P_SMALL, mu_c=MU_PLAIN)


@cache
def measure_purpose(measure_id: str, k: int) -> int:
    """The purpose under which the noise of the k-th largest contribution to a measure is looked up.

    The first 32 bits, big-endian, of the SHA-256 of ``measure id:k`` in UTF-8; 1 in the place of 0, the purpose of
    counts.
    It depends on nothing else, so a further measure leaves the noise of the others as it is.

    Args:
        measure_id: the measure's id within its database, ``LAHBAMT``.
        k: 1 for the largest.
    """
    return int.from_bytes(hashlib.sha256(f"{measure_id}:{k}".encode()).digest()[:4], "big") or 1


def perturb_sums(
    raw: Contributions,
    perturbed_counts: Ints,
    *,
    measure_id: str,
    noise_key: bytes,
    epoch: int | ArrayLike,
    flex: FlexParameters,
) -> Ints:
    """The sums of a measure with their noise.

    Args:
        raw: the true numbers, of any one shape.
        perturbed_counts: int64 >= 0 in that shape, n̂ of the same cells, with noise and before any threshold.
        measure_id: the measure's id, for its look-up numbers.
        noise_key: 16 secret bytes of the family.
        epoch: how often the cell's period has been revised; one number, or an array that broadcasts to the cells.
        flex: from ``sum_noise``.

    Returns:
        int64 in units of the measure, not yet rounded to units of publication.
        0 where n or n̂ is 0 or nobody contributes; otherwise h is at least one unit.
        Where X is at least as large as its largest contribution, as it always is without negative amounts, the sum
        keeps its sign or is 0.

    Raises:
        ValueError: shapes differ, a count is negative or 2^32 and more, a sum does not fit, or ``flex`` protects less
            than the decisions ask for.
    """
    _refuse_weak(flex)
    purposes = [measure_purpose(measure_id, k) for k in range(1, flex.n_top + 1)]
    u = np.stack(
        [
            look_up_numbers(
                raw.nonzero_keys,
                raw.nonzero_counts,
                noise_key=noise_key,
                purpose=purpose,
                epoch=epoch,
                ptable_id=flex.table.id,
            )
            for purpose in purposes
        ]
    )
    noise = flex_noise(raw.sums, raw.top, u, flex, is_dominated(raw.top, raw.sums))
    moved = scaled(raw.sums, raw.counts, perturbed_counts)
    n_hat = np.where(raw.counts > 0, perturbed_counts, 0)
    if not _add(_flat(raw.sums), _flat(raw.top[0]), _flat(n_hat), noise.reshape(-1), moved.reshape(-1)):
        raise ValueError("the noise of a sum does not fit into 64 bits")
    return moved


def perturb_sum_definition(total: int, count: int, perturbed_count: int, top: tuple[int, ...], noise: float) -> int:
    """The sum of one cell with the noise of its contributions, by the formula; slow."""
    if count == 0 or perturbed_count == 0 or not (total or top[0]):
        return 0
    whole = round(noise) or (-1 if noise < 0 else 1)
    found = scaled_definition(total, count, perturbed_count) + whole
    if abs(total) < abs(top[0]):
        return found
    return max(found, 0) if total > 0 else min(found, 0)


def scaled(values: Ints, counts: Ints, perturbed_counts: Ints) -> Ints:
    """``round_half_even(X n̂ / n)`` of every cell, exact; 0 where n is 0.

    Args:
        values: int64, X: sums of amounts, or of weights.
        counts: int64 in [0, 2^32) of the same shape, n.
        perturbed_counts: int64 in [0, 2^32) of the same shape, n̂.

    Raises:
        ValueError: the shapes differ, a count lies outside its range, or a result is 2^62 or more.
    """
    if not values.shape == counts.shape == perturbed_counts.shape:
        raise ValueError(f"sums {values.shape} and counts {counts.shape}, {perturbed_counts.shape} differ in shape")
    found = np.empty(values.shape, np.int64)
    if not _scale(_flat(values), _flat(counts), _flat(perturbed_counts), found.reshape(-1)):
        raise ValueError("counts lie in [0, 2^32), and sums stay below 2^62")
    return found


def scaled_definition(value: int, count: int, perturbed_count: int) -> int:
    """The same for one cell, by the formula; slow."""
    return round(Fraction(value * perturbed_count, count)) if count else 0


def _flat(values: Ints) -> Ints:
    return np.ascontiguousarray(values, np.int64).reshape(-1)


def _refuse_weak(flex: FlexParameters) -> None:
    if flex.published or flex.table.interpolated or flex.table.least * flex.p_large * flex.epsilon[0] < FIRST_STEP:
        raise ValueError("the noise of a published sum is never none; take the parameters of sum_noise")


@compiled
def _scale(values: Ints, counts: Ints, perturbed: Ints, found: Ints) -> bool:
    """Fill ``found``; False if an input lies outside its range.

    With |X| = q n + r it is q n̂ + r n̂ / n, of which only the second part is no whole number; r n̂ fits into 64 bits.
    """
    for cell in range(values.size):
        if not (0 <= counts[cell] < MAX_COUNT and 0 <= perturbed[cell] < MAX_COUNT):
            return False
        if counts[cell] == 0:
            found[cell] = 0
            continue
        n, n_hat = np.uint64(counts[cell]), np.uint64(perturbed[cell])
        # |X| by negation within 64 bits, which -2^63 survives.
        size = np.uint64(0) - np.uint64(values[cell]) if values[cell] < 0 else np.uint64(values[cell])
        if float(size) >= MAX_SUM or float(size) / float(n) * float(n_hat) >= MAX_SUM:
            return False
        rest = size % n * n_hat
        whole = size // n * n_hat + rest // n
        over = rest % n
        if over > n - over or (over == n - over and whole & np.uint64(1)):
            whole += np.uint64(1)
        found[cell] = -np.int64(whole) if values[cell] < 0 else np.int64(whole)
    return True


@compiled
def _add(totals: Ints, largest: Ints, perturbed: Ints, noise: NDArray[np.float64], moved: Ints) -> bool:
    """Add whole noise, never none, to the scaled sums ``moved``; False if it does not fit."""
    for cell in range(totals.size):
        total = totals[cell]
        if perturbed[cell] == 0 or (total == 0 and largest[cell] == 0):
            continue
        if not abs(noise[cell]) < MAX_SUM:
            return False
        h = np.int64(np.rint(noise[cell]))
        if h == 0:
            h = np.int64(-1 if noise[cell] < 0.0 else 1)
        found = moved[cell] + h
        if abs(total) >= abs(largest[cell]):
            found = max(found, 0) if total > 0 else min(found, 0)
        moved[cell] = found
    return True
