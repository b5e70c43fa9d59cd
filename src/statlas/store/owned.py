"""Folders of a home that several users write to: whoever makes one gives it to the owner of the home.

Pages may be answered by the owner of the home while the keeper and commands are root's; a folder that root made and
kept would shut the owner out.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def owner_of(home: Path) -> tuple[int, int]:
    """User and group to whom a home belongs."""
    found = home.stat()
    return found.st_uid, found.st_gid


def give(descriptor: int, owner: tuple[int, int]) -> None:
    """Give what we have just made to the owner of the home, where we are root and they are not.

    Only what is open and made by us: under any name that was there before, the owner could have put another's file.
    """
    if _is_apart(owner):
        os.fchown(descriptor, *owner)


def _is_apart(owner: tuple[int, int]) -> bool:
    return os.geteuid() == 0 and owner[0] != 0


def give_all(folder: Path, home: Path) -> None:
    """Give a folder of ours, in a folder of ours, to the owner of the home, with everything in it; through no link.

    Raises:
        OSError: it is not ours, or no folder.
    """
    owner = owner_of(home)
    if not _is_apart(owner):
        return
    descriptor = os.open(folder, _FOLDER | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(f"{folder.name} is not ours to give")
        for _place, folders, files, place in os.fwalk(dir_fd=descriptor, topdown=False):
            for name in (*folders, *files):
                os.chown(name, *owner, dir_fd=place, follow_symlinks=False)
        os.fchown(descriptor, *owner)
    finally:
        os.close(descriptor)


def give_file(path: Path, home: Path) -> None:
    """Give a file that we have just written to the owner of the home: it is ours, and has no other name.

    Raises:
        OSError: it is not.
    """
    owner = owner_of(home)
    if not _is_apart(owner):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_uid != os.geteuid():
            raise PermissionError(f"{path.name} is not ours to give")
        give(descriptor, owner)
    finally:
        os.close(descriptor)


@contextmanager
def folder_of(home: Path, path: Path) -> Iterator[int]:
    """A folder of a home, open; what is missing on the way is made, for the owner of the home alone.

    Where we are root and the owner is not, no link on the way is followed: whoever may rename folders lays them.

    Raises:
        OSError: the disk does not let us, or there is a link.
    """
    owner = owner_of(home)
    flags = _FOLDER | (os.O_NOFOLLOW if _is_apart(owner) else 0)
    place = os.open(home, _FOLDER)
    try:
        for name in path.relative_to(home).parts:
            inner = _inner(place, name, flags, owner)
            os.close(place)
            place = inner
        yield place
    finally:
        os.close(place)


def _inner(place: int, name: str, flags: int, owner: tuple[int, int]) -> int:
    """The folder of that name in an open one; made and given before it has its name."""
    with suppress(FileNotFoundError):
        return os.open(name, flags, dir_fd=place)
    draft = f".{name}.{secrets.token_hex(8)}.new"
    os.mkdir(draft, 0o700, dir_fd=place)
    try:
        descriptor = os.open(draft, flags | os.O_NOFOLLOW, dir_fd=place)
        try:
            _give_new(descriptor, owner)
        finally:
            os.close(descriptor)
        with suppress(OSError):  # somebody else was first: theirs is opened
            os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)
        os.fsync(place)
        return os.open(name, flags, dir_fd=place)
    finally:
        with suppress(FileNotFoundError):
            os.rmdir(draft, dir_fd=place)


def _give_new(descriptor: int, owner: tuple[int, int]) -> None:
    """Give a folder that we have just made; where another was put in its place, that one stays whose it is.

    Raises:
        PermissionError: it is not empty, or not ours.
    """
    if _is_apart(owner) and (os.fstat(descriptor).st_uid != os.geteuid() or os.listdir(descriptor)):
        raise PermissionError("another folder was put in place of a new one")
    give(descriptor, owner)


def make_folder(path: Path, home: Path) -> None:
    """Make a folder of a home unless it is there; its owner's before it has its name, whenever a process is killed.

    Raises:
        OSError: the disk does not let us.
    """
    if path.is_dir():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    draft.mkdir(mode=0o755)
    try:
        descriptor = os.open(draft, _FOLDER | os.O_NOFOLLOW)
        try:
            _give_new(descriptor, owner_of(home))
        finally:
            os.close(descriptor)
        _name(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.rmdir()


def _name(draft: Path, path: Path) -> None:
    try:
        draft.rename(path)
    except OSError:
        if not path.is_dir():  # otherwise somebody else was first
            raise
