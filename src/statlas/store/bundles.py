"""Many files as one stream of bytes whose length tells little: a list of the files, their bytes, and padding.

The stream is as long as the next power of two, and never shorter than a million bytes, so that the size of a sealed
draft tells no more of the number of its records than its first binary digit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from statlas.errors import HomeError
from statlas.store import durable

_MAGIC = b"statlas draft 1\n"
_LEAST = 1 << 20
"""Bytes of the shortest stream."""

_LONGEST_LIST = 1 << 28
"""Bytes that the list of files may have: arbitrary, some millions of files."""


@dataclass(frozen=True)
class Member:
    """A file of a bundle: ``Member("release/manifest.json", path, size, sha256)``, and where its bytes lie."""

    name: str
    path: Path
    size: int
    sha256: str


def members(folder: Path) -> tuple[Member, ...]:
    """Every file of a folder, by name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(Member(path.relative_to(folder).as_posix(), path, *durable.digest(path)) for path in found)


class Bundling:
    """Reads like a file: the bundle of some files; ``about`` is told with their list."""

    def __init__(self, files: tuple[Member, ...], about: dict[str, str]) -> None:
        listed = [[file.name, file.size, file.sha256] for file in files]
        text = json.dumps({"about": about, "files": listed}).encode()
        head = _MAGIC + len(text).to_bytes(8, "big") + text
        self.size = _padded(len(head) + sum(file.size for file in files))
        self._parts = self._all(head, files)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._left and (part := next(self._parts, None)) is not None:
            self._left = part
        given = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(given) :]
        return given

    def _all(self, head: bytes, files: tuple[Member, ...]) -> Iterator[bytes]:
        yield head
        told = len(head)
        for file in files:
            for part in _whole(file):
                told += len(part)
                yield part
        while told < self.size:
            part = bytes(min(durable.BLOCK, self.size - told))
            told += len(part)
            yield part


def _padded(size: int) -> int:
    return max(_LEAST, 1 << (size - 1).bit_length())


def _whole(file: Member) -> Iterator[bytes]:
    """The bytes of a file.

    Raises:
        HomeError: they are not those that were listed.
    """
    found, size = hashlib.sha256(), 0
    with file.path.open("rb") as opened:
        while part := opened.read(durable.BLOCK):
            found.update(part)
            size += len(part)
            yield part
    if (size, found.hexdigest()) != (file.size, file.sha256):
        raise HomeError("The disk did not keep what was written.", mend="Check the disk, then make the draft again.")


class Unbundling:
    """Writes like a file: what is written is a bundle, and its files come to lie in a folder.

    Nothing that it is given can make it write elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about: dict[str, str] = {}
        self._head = b""
        self._files: list[tuple[Path, int, str]] | None = None
        self._open: IO[bytes] | None = None
        self._left = 0
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Take the next bytes of the bundle.

        Raises:
            HomeError: it is no bundle, or a file is not as it was.
        """
        rest = memoryview(data)
        if self._files is None:
            rest = self._take_head(rest)
        while self._files is not None and len(rest) and (self._open is not None or self._files):
            rest = self._take(rest)
        if bytes(rest).strip(b"\0"):
            raise _damaged()
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def stop(self) -> None:
        """Hold no file open any longer, whatever came."""
        if self._open is not None:
            self._open.close()

    def close(self) -> None:
        """See that every file came whole.

        Raises:
            HomeError: one did not.
        """
        while self._files:  # files without bytes at the end
            self._begin()
        if self._open is not None or self._files is None:
            raise _damaged()

    def _take_head(self, data: memoryview) -> memoryview:
        self._head += data
        start = len(_MAGIC) + 8
        if len(self._head) < start:
            return memoryview(b"")
        length = int.from_bytes(self._head[len(_MAGIC) : start], "big")
        if not self._head.startswith(_MAGIC) or length > _LONGEST_LIST:
            raise _damaged()
        if len(self._head) < start + length:
            return memoryview(b"")
        self._read_list(self._head[start : start + length])
        rest, self._head = self._head[start + length :], b""
        return memoryview(rest)

    def _read_list(self, text: bytes) -> None:
        try:
            told: Any = json.loads(text)
            self.about = {str(key): str(value) for key, value in told["about"].items()}
            self._files = [(self._inside(name), _size(size), str(sha256)) for name, size, sha256 in told["files"]]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged() from None

    def _inside(self, name: str) -> Path:
        """Where a file of that name lies in the folder, and nowhere else."""
        path = PurePosixPath(name)
        if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
            raise _damaged()
        return self.folder / path

    def _take(self, data: memoryview) -> memoryview:
        if self._open is None:
            self._begin()
        if self._open is None:
            return data
        part = data[: self._left]
        self._open.write(part)
        self._digest.update(part)
        self._left -= len(part)
        if not self._left:
            self._end()
        return data[len(part) :]

    def _begin(self) -> None:
        assert self._files
        path, self._left, self._sha256 = self._files.pop(0)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open, self._digest = path.open("xb"), hashlib.sha256()
        if not self._left:
            self._end()

    def _end(self) -> None:
        assert self._open is not None
        self._open.close()
        self._open = None
        if self._digest.hexdigest() != self._sha256:
            raise _damaged()


def _size(told: object) -> int:
    if not isinstance(told, int) or told < 0:
        raise _damaged()
    return told


def _damaged() -> HomeError:
    return HomeError("A sealed draft is not as it was sealed.", mend="Discard it, and make it again from its records.")
