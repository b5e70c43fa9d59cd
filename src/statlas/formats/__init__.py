"""Cube to bytes, a module for each standard: ``write(cube)`` gives the file in pieces.

Nothing here sees anything but a public ``Cube``.
"""

from collections.abc import Callable, Iterator

from statlas.errors import QueryError
from statlas.formats import csv_tidy, json_native
from statlas.model.cube import Cube

WRITERS: dict[str, Callable[[Cube], Iterator[bytes]]] = {
    csv_tidy.SUFFIX: csv_tidy.write,
    json_native.SUFFIX: json_native.write,
}
"""The writer of each format by its name, which is also the ending of its files."""

MEDIA_TYPES = {csv_tidy.SUFFIX: csv_tidy.MEDIA_TYPE, json_native.SUFFIX: json_native.MEDIA_TYPE}


def write(cube: Cube, name: str) -> Iterator[bytes]:
    """A cube as a file of the named format, in pieces.

    Raises:
        QueryError: there is no such format.
    """
    if name not in WRITERS:
        raise QueryError(f"{name!r} is not a format.", mend=f"Choose one of {', '.join(WRITERS)}.")
    return WRITERS[name](cube)
