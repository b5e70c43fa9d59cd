"""The one decorator of compiled loops.

Compiled code is cached beside the module, so that a second process starts at once, and releases the interpreter lock,
so that a caller may give slices of a table to several threads.
No loop here starts threads of its own: every cell is computed from its own inputs alone, so any slicing gives the
same bits.

Theory of operation: numba compiles the loops that a loop calls, and the constants that it names, into its code, but
renews a cached loop only when the loop's own file changes.
An update of one module would leave the old code of it running inside the loops of another.
So the stamp of a cached loop here tells of everything that went into it.
What a loop may name besides is numpy; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

F = TypeVar("F", bound=Callable[..., object])

Stamp = tuple[object, ...]


def compiled(function: F) -> F:
    """The same function, compiled by numba at its first call and cached on disk where that can be written."""
    made: Any = numba.njit(nogil=True)(function)
    # An error means that neither the package's folder nor the user's can be written: every process compiles anew.
    with suppress(RuntimeError):
        made._cache = StampedCache(made.py_func)  # noqa: SLF001 - what `cache=True` does, with another kind of cache
    return cast("F", made)


class StampedCache(FunctionCache):
    """Numba's cache of a function, renewed when anything changes that was compiled into it."""

    def __init__(self, function: FunctionType) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self.own_stamp = self._cache_file._source_stamp  # noqa: SLF001 - the digest of the function's file

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is cached for a signature, if its stamp is that of today; numba asks before it compiles."""
        self._cache_file._source_stamp = stamp(self._py_func, self.own_stamp)  # noqa: SLF001
        return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]


def stamp(function: FunctionType, own: object) -> Stamp:
    """What a compiled function is made of: its own file, what it calls with theirs, and the constants it names.

    Args:
        own: the stamp of the function's own file.

    Returns:
        Stamps of files, and names with constants as text; equal in every process that would compile the same.
    """
    found: dict[str, Stamp] = {}
    _gather(function, own, found)
    return tuple(sorted(found.items()))


def _gather(function: FunctionType, own: object, found: dict[str, Stamp]) -> None:
    """Add a function to what was found, unless it is there already, and everything that it calls."""
    name = f"{function.__module__}.{function.__qualname__}"
    if name in found:
        return
    named = {key: value for key, value in named_by(function) if not isinstance(value, ModuleType)}
    calls: dict[str, Any] = {key: value for key, value in named.items() if isinstance(value, Dispatcher)}
    found[name] = (own, *sorted((key, repr(value)) for key, value in named.items() if key not in calls))
    for called in calls.values():
        _gather(called.py_func, getattr(called._cache, "own_stamp", None), found)  # noqa: SLF001


def named_by(function: FunctionType) -> Iterator[tuple[str, object]]:
    """The globals that a function names, with their values."""
    known = function.__globals__
    return ((name, known[name]) for name in sorted(_names(function.__code__)) if name in known)


def _names(code: CodeType) -> set[str]:
    inner = (const for const in code.co_consts if isinstance(const, CodeType))
    return set(code.co_names).union(*map(_names, inner))
