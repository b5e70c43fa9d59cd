"""Bytes that survive a crash: write beside, flush to the disk, then rename.

A rename within one file system is atomic, and it is on the disk once the folder that holds the name has been flushed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

BLOCK = 1 << 20
"""Bytes read at a time while hashing: arbitrary, large enough that the disk and not Python sets the pace."""


class Digest(NamedTuple):
    """What a file holds, in short: its size in bytes and the SHA-256 of its bytes in hexadecimal."""

    size: int
    sha256: str


def digest(path: Path, progress: Callable[[int], None] | None = None) -> Digest:
    """Size and SHA-256 of a file, read in blocks; ``progress`` is told the bytes of each block."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
            size += len(block)
            if progress is not None:
                progress(len(block))
    return Digest(size, found.hexdigest())


def write_new(path: Path, data: bytes | Iterable[bytes], mode: int = 0o644) -> None:
    """Write a file that is not there yet, with exactly ``mode`` whatever the umask, and flush it to the disk.

    ``data`` may come in pieces, which are written as they come.

    Raises:
        FileExistsError: something of that name is there.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, data: bytes | Iterable[bytes], *, draft_folder: Path | None = None) -> None:
    """Give ``path`` new bytes at one instant: a reader sees the old ones or the new ones, also after a crash.

    Args:
        path: the file.
        data: its bytes, or pieces of them; where a piece fails to come, nothing is replaced.
        draft_folder: where the bytes are written first, on the same file system; None is beside ``path``.
            A crash may leave the draft there.
    """
    beside = (draft_folder or path.parent) / f".{path.name}.{os.getpid()}.new"
    beside.unlink(missing_ok=True)
    try:
        write_new(beside, data)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    beside.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(data: bytes) -> str:
    """SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
