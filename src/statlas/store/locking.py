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
    """Hold the lock on ``folder``.

    Raises:
        HeldError: somebody else holds it and ``wait`` is false, or has just removed the folder.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise HeldError from None
    try:
        _take(descriptor, wait=wait)
        _check_still_there(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HeldError from None


def _check_still_there(descriptor: int, folder: Path) -> None:
    """A publish that fails removes the folders that it made: a lock on such a folder holds nothing."""
    try:
        same = os.path.samestat(os.fstat(descriptor), folder.stat())
    except FileNotFoundError:
        same = False
    if not same:
        raise HeldError


def who() -> str:
    """Who this is, for whoever finds the lock held: ``process 4711 of amina on stats1``."""
    return f"process {os.getpid()} of {_user()} on {socket.gethostname()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have a number and no name
        return f"user {os.getuid()}"
