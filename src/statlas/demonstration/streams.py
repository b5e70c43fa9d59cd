"""Chance, by name: every purpose draws from a stream of its own, so that adding one changes no other.

The demonstration's only source of randomness.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Chance(Protocol):
    """What steps draw from: ``random(n)`` gives n numbers in [0, 1)."""

    def random(self, size: int, /) -> NDArray[np.float64]:
        """(size,) numbers in [0, 1), even."""


def stream(seed: int, *names: str) -> np.random.Generator:
    """The stream of that seed and those names, ``stream(1, "hb_new", "sex")``.

    Philox keyed with a digest: streams of different names do not overlap, whatever their order of use.
    """
    digest = sha256("\0".join((str(seed), *names)).encode()).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest[:16], dtype="<u8")))


class Kept:
    """Chance that claims keep: the same numbers for the same claim and epoch, whoever else is asked about.

    A number is a hash of the names, the claim, its epoch and how often it has been asked (SplitMix64: Steele, Lea and
    Flood 2014), so that a month can be drawn without the months before it.
    """

    def __init__(
        self, seed: int, names: tuple[str, ...], claims: NDArray[np.integer], epochs: NDArray[np.integer]
    ) -> None:
        digest = sha256("\0".join((str(seed), *names)).encode()).digest()
        start = np.frombuffer(digest[:8], dtype="<u8")
        self._state = _mixed(_mixed(start + claims.astype(np.uint64) * _GOLDEN) + epochs.astype(np.uint64) * _GOLDEN)

    def random(self, size: int, /) -> NDArray[np.float64]:
        """(size,) numbers in [0, 1), one for each claim."""
        assert size == len(self._state), "one number for each claim"
        self._state = self._state + _GOLDEN
        return (_mixed(self._state) >> np.uint64(11)).astype(np.float64) * 2.0**-53


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def normal(chance: Chance, n: int) -> NDArray[np.float64]:
    """(n,) standard normal numbers from uniform ones (Box and Muller 1958).

    NumPy keeps the uniform numbers of a stream from version to version, but not how normal ones are made of them.
    """
    radius = np.sqrt(-2.0 * np.log(1.0 - chance.random(n)))
    return radius * np.cos(2.0 * np.pi * chance.random(n))
