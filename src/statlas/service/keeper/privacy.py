"""What keeps the keeper's own to itself: another user's folder, and a memory that nobody may look into.

Where the keeper is root and the home another user's, it touches files as that user, so that what it writes is the
owner's and no link that the owner lays leads root astray; only ``as_keeper`` touches them as root. Linux knows a user
for touching files apart from the user of the process, for every thread (``setfsuid``); threads begin as the one that
starts them.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from statlas.store import Home, vault

_PR_SET_DUMPABLE = 4

_libc = ctypes.CDLL(None, use_errno=True)
_owner: list[tuple[int, int]] = []
"""User and group of the home, where the keeper is root and they are not."""

_held: list[int] = []
"""What the keeper's folder is open as."""

_here = threading.local()


def keep_to_oneself() -> None:
    """Let no other process of this user read the memory of this one, nor write it to a file when it dies."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.umask(0o077)


def act_for_the_owner(home: Home, folder: int | None = None) -> None:
    """Hold the keeper's folder open for the keeper, and touch files as the owner of the home from now on.

    Args:
        folder: what it is open as already, where another process of the keeper's gave it to this one.

    Raises:
        HomeError: what should be the keeper's folder is something else.
    """
    _owner.clear()
    found = home.path.stat()
    if os.geteuid() == 0 and found.st_uid != 0:
        _owner.append((found.st_uid, found.st_gid))
    _held[:] = [vault.hold(home.path, folder)]
    _touch_as_owner()


def held() -> tuple[int, ...]:
    """What the keeper's folder is open as in this process; nothing where it holds none."""
    return tuple(_held)


@contextmanager
def as_keeper() -> Iterator[None]:
    """Touch files as the keeper, in this thread: what lies in its folder, and what leaves it."""
    depth = getattr(_here, "depth", 0)
    if _owner and depth == 0:
        _touch_as(0, 0)
    _here.depth = depth + 1
    try:
        yield
    finally:
        _here.depth = depth
        if depth == 0:
            _touch_as_owner()


@contextmanager
def as_owner() -> Iterator[None]:
    """Within ``as_keeper``: touch files as the owner of the home again, where links of theirs may lie."""
    _touch_as_owner()
    try:
        yield
    finally:
        if _owner and getattr(_here, "depth", 0) > 0:
            _touch_as(0, 0)


def is_apart() -> bool:
    """Whether the keeper is another user than whoever answers pages."""
    return bool(_owner)


def _touch_as_owner() -> None:
    if _owner:
        _touch_as(*_owner[0])


def _touch_as(user: int, group: int) -> None:
    _libc.setfsgid(group)
    _libc.setfsuid(user)
    # The calls tell no error: what they return is what was before, so that asking for nobody tells what is.
    assert _libc.setfsuid(-1) == user, "files are touched as the one who was named"
    assert _libc.setfsgid(-1) == group, "files are touched as the one who was named"
