"""A cube whose numbers lie on the disk instead of in memory: filled piece by piece, read by any writer as any cube.

Every array is a file mapped into memory. Its room on the disk is taken before the first number is written, so that a
disk without it is found out at once; pages are given back after each piece, so that memory holds a piece and no more.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statlas.model.cube import Cube, CubeMeasure
from statlas.service.tables.pieces import Piece, Pieces, Whole

_ARRAYS = ("values", "status", "flags", "sd", "se")


@dataclass
class Arrays:
    """Arrays in the files of a folder, zero until written; nobody else sees them."""

    folder: Path
    _maps: list[mmap.mmap] = field(default_factory=list)

    def new(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """One more array.

        Raises:
            OSError: the disk has no room for it.
        """
        n_bytes = max(1, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
        path = self.folder / f"{len(self._maps)}.array"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _take_room(descriptor, n_bytes)
            self._maps.append(mmap.mmap(descriptor, n_bytes))
        finally:
            os.close(descriptor)
        n = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self._maps[-1], dtype, n).reshape(shape)

    def give_back(self) -> None:
        """Let the system have the memory of all pages; the numbers stay in the files."""
        for one in self._maps:
            if hasattr(mmap, "MADV_DONTNEED"):
                one.madvise(mmap.MADV_DONTNEED)


def _take_room(descriptor: int, n_bytes: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, n_bytes)
    else:
        os.truncate(descriptor, n_bytes)


def assemble(pieces: Pieces | Whole, arrays: Arrays, each: Callable[[int], None]) -> Cube:
    """The cube of pieces, its numbers in ``arrays``; ``each`` is told how many cells each piece had.

    Raises:
        DisclosureRefused: nothing of it may be shown.
        OSError: the disk has no room.
        CancelledError, BackendError: the count was ended, or failed.
    """
    filled = _Filled(pieces.head, pieces.date_axis, arrays)
    for piece in pieces:
        filled.take(piece)
        each((piece.stop - piece.start) * filled.cells_of_a_date)
        arrays.give_back()
    rules = pieces.outcomes()
    return replace(pieces.head, measures=tuple(filled.measures), rules=rules, blocked=filled.blocked)


class _Filled:
    """The numbers of a cube while its pieces come in."""

    def __init__(self, head: Cube, date_axis: int, arrays: Arrays) -> None:
        self._shape, self._axis, self._arrays = head.shape, date_axis, arrays
        self.cells_of_a_date = head.n_cells // head.shape[date_axis]
        self.measures: list[CubeMeasure] = []
        self.blocked: NDArray[np.uint8] | None = None

    def take(self, piece: Piece) -> None:
        """Put a piece where it stands."""
        if not self.measures:
            self.measures = [self._room_for(measure) for measure in piece.measures]
        where = (*[slice(None)] * self._axis, slice(piece.start, piece.stop))
        for room, measure in zip(self.measures, piece.measures, strict=True):
            for name in _ARRAYS:
                if (numbers := getattr(measure, name)) is not None:
                    getattr(room, name)[where] = numbers
        if piece.blocked is not None:
            if self.blocked is None:
                self.blocked = self._arrays.new(self._shape, np.dtype(np.uint8))
            self.blocked[where] = piece.blocked

    def _room_for(self, measure: CubeMeasure) -> CubeMeasure:
        found = {name: getattr(measure, name) for name in _ARRAYS}
        made: dict[str, Any] = {
            name: None if one is None else self._arrays.new(self._shape, one.dtype) for name, one in found.items()
        }
        return replace(measure, **made)
