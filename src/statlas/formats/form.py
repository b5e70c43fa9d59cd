"""What a format is: a name, the ending of its files, and a writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from statlas.errors import StatlasError
from statlas.model.about import About
from statlas.model.cube import Cube

Writer = Callable[[Cube, About], Iterator[bytes]]
"""From a cube and what is said of it to a file in pieces; raises before the first piece, never after it."""


def _fits(_cube: Cube) -> StatlasError | None:
    return None


@dataclass(frozen=True)
class Format:
    """A format of files: ``FORMATS["xlsx"]``.

    name: for options and negotiation. suffix: ending of files and of addresses, no other format's.
    label: for people, in a list of downloads. write: the file in pieces.
    misfit: why a cube cannot be written, with the format to take instead; None where it can.
    is_streamed: whether files of any size are made piece by piece, in the memory of the cube and some more.
    """

    name: str
    suffix: str
    media_type: str
    label: str
    write: Writer
    misfit: Callable[[Cube], StatlasError | None] = _fits
    is_streamed: bool = False

    def __str__(self) -> str:
        return self.name
