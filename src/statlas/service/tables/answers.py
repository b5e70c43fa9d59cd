"""Answers already given, kept in memory: public cubes only, and immutable for a release."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

from statlas.model.cube import Cube
from statlas.model.query import Query

Key = tuple[str, Query]
"""A release as its numbers are made (``shelf.Shelf.release``), and the query as it was asked."""

MAX_CELLS = 5_000_000
"""Cells kept by one process, about 90 MB; arbitrary."""


class Answers:
    """The cubes last asked for, up to a number of cells; the one unused longest goes first."""

    def __init__(self, max_cells: int = MAX_CELLS) -> None:
        self._kept: OrderedDict[Key, Cube] = OrderedDict()
        self._cells = 0
        self._max_cells = max_cells
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Cube]:
        return iter(tuple(self._kept.values()))

    def get(self, key: Key) -> Cube | None:
        """The cube given before, if it is still kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Key, cube: Cube) -> None:
        """Keep a cube, letting go of others; one larger than the whole room is not kept.

        Its numbers cannot be written to from now on: everybody who asks is given the same.
        """
        _lock_numbers(cube)
        if _size(cube) > self._max_cells:
            return
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._cells += _size(cube) - (_size(replaced) if replaced else 0)
            self._kept[key] = cube
            while self._cells > self._max_cells:
                _, gone = self._kept.popitem(last=False)
                self._cells -= _size(gone)

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self._kept.clear()
            self._cells = 0


def _size(cube: Cube) -> int:
    """Cells of every measure together."""
    return cube.n_cells * len(cube.measures)


def _lock_numbers(cube: Cube) -> None:
    arrays = [array for m in cube.measures for array in (m.values, m.status, m.flags, m.sd, m.se)]
    for array in (*arrays, cube.blocked):
        if array is not None:
            array.flags.writeable = False
