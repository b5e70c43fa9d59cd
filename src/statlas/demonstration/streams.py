"""Chance, by name: every purpose draws from a stream of its own, so that adding one changes no other.

The demonstration's only source of randomness.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, *names: str) -> np.random.Generator:
    """The stream of that seed and those names, ``stream(1, "hb_new", "sex")``.

    Philox keyed with a digest: streams of different names do not overlap, whatever their order of use.
    """
    digest = sha256("\0".join((str(seed), *names)).encode()).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest[:16], dtype="<u8")))


def normal(chance: np.random.Generator, n: int) -> NDArray[np.float64]:
    """(n,) standard normal numbers from uniform ones (Box and Muller 1958).

    NumPy keeps the uniform numbers of a stream from version to version, but not how normal ones are made of them.
    """
    radius = np.sqrt(-2.0 * np.log(1.0 - chance.random(n)))
    return radius * np.cos(2.0 * np.pi * chance.random(n))
