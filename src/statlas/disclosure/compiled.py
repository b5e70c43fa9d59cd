"""The one decorator of this room's compiled loops.

Compiled code is cached beside the module, so that a second process starts at once, and releases the interpreter lock,
so that a caller may give slices of a table to several threads.
No loop here starts threads of its own: every cell is computed from its own inputs alone, so any slicing gives the
same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function, compiled by numba at its first call and cached on disk where that can be written."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's can be written: every process compiles anew
        made = numba.njit(nogil=True)(function)
    return cast("F", made)
