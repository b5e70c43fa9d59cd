"""Sealing a draft: everything of it goes, encrypted, to the keeper alone (age, X25519).

Whoever seals needs the public key only and cannot read what was sealed, not even by themselves.
"""

from __future__ import annotations

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

    Raises:
        HomeError: the public key is damaged.
    """
    path = layout.recipient_file(home)
    if not path.exists():
        with locking.locked(home, wait=True):
            if not path.exists():
                _make_keys(home)
    try:
        return pyrage.x25519.Recipient.from_str(path.read_text("ascii").strip())
    except (pyrage.RecipientError, ValueError):
        raise HomeError(f"{path.name} is damaged.", mend="Restore it from a backup.") from None


def _make_keys(home: Path) -> None:
    """The private key first: nobody can have sealed for one whose public key was never there."""
    made = pyrage.x25519.Identity.generate()
    folder = layout.keeper_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    beside = folder / ".key.new"
    beside.unlink(missing_ok=True)
    durable.write_new(beside, f"{made}\n".encode(), mode=0o600)
    beside.replace(layout.keeper_key(home))
    durable.flush(folder)
    durable.replace(layout.recipient_file(home), f"{made.to_public()}\n".encode())
