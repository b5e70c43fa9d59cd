"""Reading sealed drafts: the keeper's folder, its key, and what the key opens. Imported by the keeper alone.

The keeper holds its folder open from its start on and reaches it by nothing else, so that nobody leads it astray who
may rename what lies in the home. Where the keeper is the system's first user and the home another's, its key is one
that it made itself, in a folder that was closed to everybody else already: of a key that the owner of the home made, or
laid there, it makes use to open what was sealed for it before, and seals nothing for it.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyrage

from statlas.errors import HomeError
from statlas.store import draft_files, layout, locking, sealing
from statlas.store.bundles import Unbundling

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OLDER = "key.older"
"""Keys that the owner of the home had before the keeper was another user, one a line."""

_LONGEST_KEY = 4_096


def hold(home: Path, place: int | None = None) -> int:
    """Take the keeper's folder and hold it open until this process ends; what it is open as.

    Args:
        place: what it is open as already, where the process was given it by another of the keeper's.

    Raises:
        HomeError: something else lies there, or it is another user's.
    """
    layout.let_go_of_keeper_folder(home)
    if place is None:
        with suppress(FileExistsError):
            layout.keeper_folder(home).mkdir(mode=0o700)
        place = _opened(home)
    _own(place)
    layout.hold_keeper_folder(home, place)
    return place


def check_held(home: Path) -> None:
    """See that the folder that is held open is the one under its name still.

    Raises:
        HomeError: somebody moved it away, or laid another there.
    """
    with _folder(home) as place:
        try:
            there = (home / layout.KEEPER).lstat()
        except FileNotFoundError:
            there = None
        if there is None or not os.path.samestat(os.fstat(place), there):
            raise HomeError(
                "The keeper's folder was moved away.",
                mend="Find out who did it; stop the site, put the folder back under its name, and start the site.",
            )


def found(home: Path) -> None:
    """Make the keeper's keys where there are none, and its folder its own.

    Raises:
        HomeError: the folder is another user's, a key is damaged, or the public one is not the keeper's.
    """
    if not layout.is_held(home) and not (home / layout.KEEPER).exists():
        sealing.recipient(home)
    with _folder(home) as place:
        if not _is_ours(layout.recipient_file(home)):
            with locking.locked(home, wait=True):
                _make(home, place)
    identity(home)


def _is_ours(public: Path) -> bool:
    try:
        return public.lstat().st_uid == os.geteuid()
    except FileNotFoundError:
        return False


def _make(home: Path, place: int) -> None:
    """Write the public key where there is none; both where there is no key of ours either, and what is there is not."""
    is_new = not _has(place, layout.KEY)
    if is_new:
        sealing.make_key(place)
    if is_new or not layout.recipient_file(home).exists():
        sealing.tell(home, _identity(place))


def unseal(home: Path, draft_id: str, into: Path) -> None:
    """Put every file of a draft into a new folder ``into``, checked to the byte.

    Raises:
        HomeError: there is no such draft, it was sealed for another key, or is not as it was sealed.
    """
    into.mkdir(mode=0o700)
    writer = Unbundling(into)
    try:
        with _folder(home) as place, draft_files.opened(home, draft_id) as file:
            pyrage.decrypt_io(file, writer, [identity(home), *_older(place)])
        writer.close()
    except FileNotFoundError:
        raise HomeError("There is no such draft.", mend="It was opened or discarded.") from None
    except (pyrage.DecryptError, OSError) as error:
        raise HomeError(
            f"A sealed draft cannot be read: {type(error).__name__}.",
            mend="See that the disk works and that the keeper's key is the one it was sealed for; or make it again.",
        ) from error
    finally:
        writer.stop()
    if writer.about.get("draft_id") != draft_id:
        raise HomeError("A sealed draft lies under another's name.", mend="Discard it, and make it again.")


def identity(home: Path) -> pyrage.x25519.Identity:
    """The keeper's key.

    Raises:
        HomeError: there is none, others may read it, or it is not the one that drafts are sealed for.
    """
    with _folder(home) as place:
        key = _identity(place)
    if str(key.to_public()) != str(sealing.recipient(home)):
        raise HomeError(
            "keeper.pub is not the public key of the keeper's key: drafts would be sealed for somebody else.",
            mend="Find out who changed it; remove it, so that the keeper writes its own, and make the drafts again.",
        )
    return key


# --- the folder -------------------------------------------------------------------------------------------------------


@contextmanager
def _folder(home: Path) -> Iterator[int]:
    """The keeper's folder, open, and the keeper's alone.

    Raises:
        HomeError: it is missing, or another user's.
    """
    place = _opened(home)
    try:
        _own(place)
        yield place
    finally:
        os.close(place)


def _opened(home: Path) -> int:
    try:
        return os.open(layout.keeper_folder(home), _FOLDER | (0 if layout.is_held(home) else os.O_NOFOLLOW))
    except OSError:
        raise HomeError(
            "The keeper's folder is missing.",
            mend="Start `statlas serve`, or restore it from a backup; move away what lies in its place.",
        ) from None


def _own(place: int) -> None:
    """See that an open folder is the keeper's alone; what the owner of the home had in it before is theirs no more."""
    user, there = os.geteuid(), os.fstat(place)
    if there.st_uid != user:
        if user != 0:
            raise HomeError("The keeper's folder belongs to another user.", mend="Run the keeper as that user.")
        os.fchown(place, user, os.getegid())
    if stat.S_IMODE(there.st_mode) != 0o700:  # noqa: PLR2004 - for its owner alone
        os.fchmod(place, 0o700)
    if user == 0:
        _clear(place)


def _clear(place: int) -> None:
    """Remove what was not made by the keeper; keys among it are kept apart, for what was sealed for them."""
    for name in os.listdir(place):
        there = os.stat(name, dir_fd=place, follow_symlinks=False)
        if there.st_uid == os.geteuid():
            continue
        if name == layout.KEY:
            _keep_older(place)
        if stat.S_ISDIR(there.st_mode):
            shutil.rmtree(name, dir_fd=place)
        else:
            os.unlink(name, dir_fd=place)


# --- keys -------------------------------------------------------------------------------------------------------------


def _has(place: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _identity(place: int) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(_read(place, layout.KEY))
    except (OSError, pyrage.IdentityError, ValueError):
        # The cause is left out on purpose: it would quote the file.
        raise HomeError("The keeper's key is missing or damaged.", mend="Restore it from a backup.") from None


def _read(place: int, name: str) -> str:
    """A file of keys in the keeper's folder.

    Raises:
        HomeError: others may read it, or it is another user's.
        OSError, ValueError: it cannot be read.
    """
    descriptor = os.open(name, _FILE, dir_fd=place)
    with os.fdopen(descriptor, "rb") as file:
        there = os.fstat(descriptor)
        if not stat.S_ISREG(there.st_mode) or there.st_uid != os.geteuid():
            raise HomeError("The keeper's key is not the keeper's.", mend="Find out who changed it.")
        if there.st_mode & 0o077:
            raise HomeError("Others may read the keeper's key.", mend=f"chmod 600 {layout.KEEPER}/{name} in the home")
        return file.read().decode("ascii").strip()


def _keep_older(place: int) -> None:
    """Keep a key of the owner's to open what was sealed for it; nothing where it is none."""
    with suppress(OSError, ValueError, pyrage.IdentityError):
        descriptor = os.open(layout.KEY, _FILE, dir_fd=place)
        with os.fdopen(descriptor, "rb") as file:
            there = os.fstat(descriptor)
            text = file.read(_LONGEST_KEY).decode("ascii").strip() if stat.S_ISREG(there.st_mode) else ""
        pyrage.x25519.Identity.from_str(text)
        known = [str(one) for one in _older(place)]
        if text not in known:
            sealing.write(place, _OLDER, "".join(f"{one}\n" for one in (*known, text)).encode(), mode=0o600)


def _older(place: int) -> list[Any]:
    if not _has(place, _OLDER):
        return []
    try:
        return [pyrage.x25519.Identity.from_str(one) for one in _read(place, _OLDER).split()]
    except (OSError, pyrage.IdentityError, ValueError):
        raise HomeError("The keeper's older keys are damaged.", mend="Restore them from a backup.") from None
