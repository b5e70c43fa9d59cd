"""One publisher at a time, by an advisory lock on a folder.

The lock is on the folder itself (``flock``), so that no lock file is left behind, and the system releases it when its
process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class HeldError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock on ``folder``, which must be there.

    Raises:
        HeldError: somebody else holds it and ``wait`` is false.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _take(descriptor, wait=wait)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HeldError from None


def who() -> str:
    """Who this is, for whoever finds the lock held: ``process 4711 of amina on stats1``."""
    return f"process {os.getpid()} of {getpass.getuser()} on {socket.gethostname()}"
