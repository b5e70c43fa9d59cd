"""Reading sealed drafts: the keeper's key, and what it opens. Imported by the keeper alone.

The folder of the key belongs to the user that the keeper runs as. Where that is the system's first user, it takes over
a folder that the owner of the home made before the keeper ever ran.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyrage

from statlas.errors import HomeError
from statlas.store import draft_files, layout
from statlas.store.bundles import Unbundling
from statlas.store.sealing import recipient


def found(home: Path) -> None:
    """Make the keeper's keys where there are none, and its folder its own.

    Raises:
        HomeError: the folder is another user's, or a key is damaged.
    """
    recipient(home)
    identity(home)


def unseal(home: Path, draft_id: str, into: Path) -> None:
    """Put every file of a draft into a new folder ``into``, checked to the byte.

    Raises:
        HomeError: there is no such draft, it was sealed for another key, or is not as it was sealed.
    """
    sealed = layout.draft_folder(home, draft_id) / draft_files.SEALED
    into.mkdir(mode=0o700)
    writer = Unbundling(into)
    try:
        with sealed.open("rb") as file:
            pyrage.decrypt_io(file, writer, [identity(home)])
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
    _own(layout.keeper_folder(home))
    path = layout.keeper_key(home)
    try:
        if path.is_symlink() or path.stat().st_mode & 0o077:
            raise HomeError("Others may read the keeper's key.", mend=f"chmod 600 {path}")
        key = pyrage.x25519.Identity.from_str(path.read_text("ascii").strip())
    except (FileNotFoundError, pyrage.IdentityError, ValueError):
        # The cause is left out on purpose: it would quote the file.
        raise HomeError("The keeper's key is missing or damaged.", mend="Restore it from a backup.") from None
    if str(key.to_public()) != layout.recipient_file(home).read_text("ascii").strip():
        raise HomeError(
            "keeper.pub is not the public key of the keeper's key: drafts would be sealed for somebody else.",
            mend="Find out who changed it; restore it from a backup, and make the drafts again.",
        )
    return key


def _own(folder: Path) -> None:
    """See that the keeper's folder is the keeper's alone."""
    if folder.is_symlink() or not folder.is_dir():
        raise HomeError("The keeper's folder is missing.", mend="Start `statlas serve`, or restore it from a backup.")
    user = os.geteuid()
    if user == 0 and folder.stat().st_uid != 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 0, 0, follow_symlinks=False)
    if folder.stat().st_uid != user:
        raise HomeError("The keeper's folder belongs to another user.", mend="Run the keeper as that user.")
    folder.chmod(0o700)
