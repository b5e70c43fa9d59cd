"""Sealing a draft: everything of it goes, encrypted, to the keeper alone (age, X25519).

Whoever seals needs the public key only and cannot read what was sealed, not even by themselves.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import pyrage

from statlas.errors import HomeError
from statlas.model.release import DraftFacts
from statlas.store import durable, layout, locking
from statlas.store.bundles import Bundling, members
from statlas.store.draft_files import writing


def seal(home: Path, facts: DraftFacts, folder: Path) -> None:
    """Seal every file of a folder as a draft.

    Raises:
        HomeError: the database has a draft already, the disk did not keep what was written, or the public key is
            damaged.
    """
    to = recipient(home)
    with writing(home, facts) as path:
        durable.write_new(path, b"", mode=0o600)
        with path.open("wb") as file:
            pyrage.encrypt_io(Bundling(members(folder), {"draft_id": facts.draft_id}), file, [to])
        durable.flush(path)


def recipient(home: Path) -> pyrage.x25519.Recipient:
    """Whom drafts are sealed for; the keeper's keys are made where there are none.

    The public key counts only where it is root's or ours: where root keeps another's home, nobody but root says whom
    root seals for.

    Raises:
        HomeError: the public key is damaged, another user's, or missing although there is a private one.
    """
    path = layout.recipient_file(home)
    if not path.exists():
        with locking.locked(home, wait=True):
            if not path.exists():
                _make_keys(home)
    try:
        return pyrage.x25519.Recipient.from_str(_public(path))
    except OSError as error:
        raise HomeError(f"{path.name} cannot be read: {error.strerror}.", mend="See what lies there.") from None
    except (pyrage.RecipientError, ValueError):
        raise HomeError(f"{path.name} is damaged.", mend="Restore it from a backup.") from None


def _public(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in {0, os.geteuid()}:
            raise HomeError(
                f"{path.name} is another user's: drafts would be sealed for somebody else.",
                mend="Find out who changed it. Where `statlas serve` runs as root, remove the file and start it anew; "
                "otherwise make drafts as the user to whom the home belongs.",
            )
        return file.read(_LONGEST).decode("ascii").strip()


_LONGEST = 1_000
"""Bytes of a public key that are read: arbitrary, it has 62."""


def _make_keys(home: Path) -> None:
    """The private key first: nobody can have sealed for one whose public key was never there."""
    folder = home / layout.KEEPER
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise HomeError(
            f"The keeper's folder cannot be used: {error.strerror}.", mend="Start `statlas serve`; it makes the keys."
        ) from None
    try:
        if os.fstat(place).st_uid != os.geteuid() or (folder / layout.KEY).exists():
            raise HomeError("The keeper's public key is missing.", mend="Start `statlas serve`: it is written again.")
        os.fchmod(place, 0o700)
        tell(home, make_key(place))
    finally:
        os.close(place)


def make_key(place: int) -> pyrage.x25519.Identity:
    """A new private key in the keeper's folder, which is open."""
    made = pyrage.x25519.Identity.generate()
    write(place, layout.KEY, f"{made}\n".encode(), mode=0o600)
    return made


def tell(home: Path, key: pyrage.x25519.Identity) -> None:
    """Say whom drafts are sealed for."""
    place = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        write(place, layout.recipient_file(home).name, f"{key.to_public()}\n".encode(), mode=0o644)
    finally:
        os.close(place)


def write(place: int, name: str, data: bytes, *, mode: int) -> None:
    """Give a file in an open folder its bytes at one instant."""
    draft = f".{name}.{secrets.token_hex(8)}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=place)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    os.rename(draft, name, src_dir_fd=place, dst_dir_fd=place)
    os.fsync(place)
