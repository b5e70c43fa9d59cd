"""Work split in runs of rows or cells, one a core.

The threads are Python's: the compiled loops let go of the interpreter, and several requests may count at once.
Every run has its own part of the answer to write, so that nothing depends on who is first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")

SMALL_RUN = 100_000
"""Fewest rows worth a run of their own: about a tenth of a millisecond of work."""


_N_CORES = os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_N_CORES, thread_name_prefix="statlas-count")


def n_runs_for(n_rows: int) -> int:
    """In how many runs that many rows are worked through: one a core, fewer for few rows."""
    return max(1, min(_N_CORES, n_rows // SMALL_RUN))


def in_runs(work: Callable[[slice], T], n_rows: int, n_runs: int | None = None) -> list[T]:
    """What ``work`` gives for each run of rows, in order; never called from within ``work``."""
    n = n_runs or n_runs_for(n_rows)
    if n == 1:  # handing over to another thread and waiting for it takes longer than most slices
        return [work(slice(0, n_rows))]
    return list(_pool().map(work, [slice(n_rows * i // n, n_rows * (i + 1) // n) for i in range(n)]))
