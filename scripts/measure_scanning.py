"""Measure what one core takes to count made-up rows, in its own time, beside the time to read the same bytes once.

``ROWS=60000000 python scripts/measure_scanning.py`` counts more than 20 million.
Other programs lengthen what a clock shows, not a core's own time, unless they crowd it out of caches and memory.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.engine import partitioning
from statlas.engine.placing import Places, places
from statlas.engine.scanning import PACKED, Runs, count_runs

N_AREAS = 7_201
SIZES = {"SEX": 2, "AGE": 18, "WORK": 20, "F8": 8, "F10": 10, "F12": 12, "F15": 15}
SORTED = ("SEX", "AGE", "WORK")
"""Fields in whose order the rows of an area stand; the others are drawn."""

TABLES = {
    "two sorted fields": ("SEX", "AGE"),
    "three sorted fields": ("SEX", "AGE", "WORK"),
    "two fields, one passed over": ("SEX", "WORK"),
    "two fields in no order": ("F12", "F15"),
    "three fields in no order": ("F12", "F15", "F8"),
}
NO_AREA = ("F12", "F15", "F10", "WORK", "AGE", "F8")
"""Five million cells without areas."""


@dataclass(frozen=True)
class Rows:
    """Made-up rows in the order of their areas and of ``SORTED``."""

    starts: NDArray[np.int64]
    columns: dict[str, NDArray[np.uint8]]
    keys: NDArray[np.uint32]

    @staticmethod
    def drawn(n: int) -> Rows:
        """That many rows, always the same."""
        rng = np.random.default_rng(1)
        n_cells = prod(SIZES[name] for name in SORTED)
        cells = np.sort(rng.integers(0, N_AREAS * n_cells, n, dtype=np.uint32))
        starts = np.searchsorted(cells, np.arange(N_AREAS + 1, dtype=np.uint32) * np.uint32(n_cells)).astype(np.int64)
        codes = np.unravel_index(cells % n_cells, [SIZES[name] for name in SORTED])
        columns = {name: code.astype(np.uint8) for name, code in zip(SORTED, codes, strict=True)}
        drawn = {name: rng.integers(0, m, n, dtype=np.uint8) for name, m in SIZES.items() if name not in SORTED}
        keys = rng.integers(0, 2**32, n, dtype=np.uint32)
        keys.flags.writeable = False
        return Rows(starts, columns | drawn, keys)

    def places(self, names: tuple[str, ...]) -> Places:
        """Their places in a table of those fields."""
        sizes = [SIZES[name] for name in names]
        worth = [np.arange(m) * prod(sizes[i + 1 :]) for i, m in enumerate(sizes)]
        return places([self.columns[name] for name in names], worth)


def own_ms(action: Callable[[], object]) -> float:
    """The shortest of five runs, in milliseconds of this thread alone."""
    found = []
    for _ in range(5):
        begun = time.thread_time()
        action()
        found.append((time.thread_time() - begun) * 1_000)
    return min(found)


def read(columns: list[NDArray[Any]]) -> None:
    """Read every byte once."""
    for column in columns:
        np.bitwise_xor.reduce(column.view(np.uint8)[: column.nbytes // 8 * 8].view(np.uint64))


def times(rows: Rows) -> Iterator[tuple[str, float, float]]:
    """Every table with the milliseconds to read its bytes and to count it."""
    runs = Runs(rows.starts[:-1], rows.starts[1:], np.arange(N_AREAS))
    for title, names in TABLES.items():
        stretch, where = prod(SIZES[name] for name in names), rows.places(names)
        words = np.zeros(N_AREAS * stretch, dtype=np.uint64)
        floor = own_ms(partial(read, [*(rows.columns[name] for name in names), rows.keys]))
        yield title, floor, own_ms(partial(count_runs, words, runs, stretch, where, rows.keys, *PACKED))
    n, where = len(rows.keys), rows.places(NO_AREA)
    words = np.zeros(prod(SIZES[name] for name in NO_AREA), dtype=np.uint64)
    whole = Runs(np.array([0]), np.array([n]), np.array([0]))
    floor = own_ms(partial(read, [*(rows.columns[name] for name in NO_AREA), rows.keys]))
    at_once = partial(count_runs, words, whole, len(words), where, rows.keys, *PACKED)
    yield "no areas, at once", floor, own_ms(at_once)
    yield "no areas, by parts", floor, own_ms(partial(partitioning.count_parts, words, n, where, rows.keys, PACKED, 1))


def main() -> None:
    """Print a line for every table."""
    rows = Rows.drawn(int(os.environ.get("ROWS", "20000000")))
    for title, floor, counted in times(rows):
        ns = counted * 1e6 / len(rows.keys)
        sys.stdout.write(f"{title:30}{floor:8.1f} ms{counted:8.1f} ms{ns:7.2f} ns a row{counted / floor:7.2f} floors\n")


if __name__ == "__main__":
    main()
