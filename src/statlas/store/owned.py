"""Folders of a home that several users write to: whoever makes one gives it to the owner of the home.

Pages may be answered by the owner of the home while the keeper and commands are root's; a folder that root made and
kept would shut the owner out.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def owner_of(home: Path) -> tuple[int, int]:
    """User and group to whom a home belongs."""
    found = home.stat()
    return found.st_uid, found.st_gid


def give(descriptor: int, owner: tuple[int, int]) -> None:
    """Give what we have just made to the owner of the home, where we are root and they are not.

    Only what is open and made by us: under any name that was there before, the owner could have put another's file.
    """
    if os.geteuid() == 0 and owner[0] != 0:
        os.fchown(descriptor, *owner)


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
        descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            give(descriptor, owner_of(home))
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
