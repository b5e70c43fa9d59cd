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
from contextlib import contextmanager, suppress
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


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file, which is made for it and removed afterwards.

    Raises:
        HeldError: somebody else holds it.
        OSError: it cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        _take(descriptor, wait=False)
        _check_still_there(descriptor, path)
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HeldError from None


def _check_still_there(descriptor: int, path: Path) -> None:
    """A publish that fails removes the folders that it made: a lock on what is there no longer holds nothing."""
    try:
        same = os.path.samestat(os.fstat(descriptor), path.stat())
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
