"""Sealed drafts on the disk: a folder each with ``facts.json``, for staff, and one encrypted file, for the keeper.

A draft is written beside and has its name by one rename; one that a kill cut short is removed by the next.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from statlas.errors import HomeError
from statlas.model.faults import Fault
from statlas.model.release import DraftFacts
from statlas.store import checked_json, durable, layout, locking

FACTS, SEALED = "facts.json", "draft.age"
_NEW, _GONE = ".new-", ".gone-"


def drafts(home: Path) -> tuple[DraftFacts, ...]:
    """What staff may see of each draft, oldest first; of one whose facts are damaged nothing."""
    found = []
    for folder in _folders(home):
        with suppress(HomeError, OSError):
            found.append(draft(home, folder.name))
    return tuple(sorted(found, key=lambda facts: (facts.at, facts.draft_id)))


def draft(home: Path, draft_id: str) -> DraftFacts:
    """What staff may see of a draft.

    Raises:
        HomeError: there is none of that id, or its facts are damaged.
    """
    body = _body(layout.draft_folder(home, draft_id))
    return DraftFacts(**{name: str(body.get(name, "")) for name in DraftFacts.__dataclass_fields__})


def opened(home: Path, draft_id: str) -> BinaryIO:
    """The encrypted file of a draft, open: a file, and no link or pipe that somebody laid in its place.

    Raises:
        OSError: it is not there, or is something else.
    """
    path = layout.draft_folder(home, draft_id) / SEALED
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is not a file")
    return file


def _body(folder: Path) -> dict[str, object]:
    try:
        return checked_json.loads((folder / FACTS).read_bytes(), f"{FACTS} of a draft")
    except FileNotFoundError:
        raise HomeError("There is no such draft.", mend="It was opened or discarded.") from None


def _folders(home: Path) -> Iterator[Path]:
    folder = layout.sealed_folder(home)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if layout.is_safe(entry.name) and entry.is_dir() and not entry.is_symlink():
            yield entry


@contextmanager
def writing(home: Path, facts: DraftFacts) -> Iterator[Path]:
    """Where the encrypted file of a draft is to be written; the draft has its name when the context ends well.

    Raises:
        HomeError: the database has a draft already.
    """
    clean(home)
    sealed = layout.sealed_folder(home)
    sealed.mkdir(mode=0o700, exist_ok=True)
    folder = sealed / f"{_NEW}{layout.safe_name(facts.draft_id, 'draft')}"
    folder.mkdir(mode=0o700)
    try:
        with locking.locked(folder, wait=False):
            yield folder / SEALED
            _finish(home, folder, facts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone by its new name if all went well


def _finish(home: Path, folder: Path, facts: DraftFacts) -> None:
    size, sha256 = durable.digest(folder / SEALED)
    body = {**asdict(facts), "size": size, "sha256": sha256}
    durable.write_new(folder / FACTS, checked_json.dumps(body), mode=0o600)
    durable.flush(folder)
    with locking.locked(layout.sealed_folder(home), wait=True):
        check_first(home, facts.database)
        folder.rename(layout.draft_folder(home, facts.draft_id))
        durable.flush(folder.parent)


def check_first(home: Path, database_id: str) -> None:
    """See that a database has no draft.

    Raises:
        HomeError: it has one.
    """
    if any(facts.database == database_id for facts in drafts(home)):
        raise HomeError(
            f"A release of {database_id} is under way already.", mend="Bring it to its end, or discard it, first."
        )


def discard(home: Path, draft_id: str) -> None:
    """Remove a draft; from the first instant it is no draft any longer."""
    folder = layout.draft_folder(home, draft_id)
    gone = folder.with_name(f"{_GONE}{draft_id}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
        durable.flush(folder.parent)
    shutil.rmtree(gone, ignore_errors=True)


def clean(home: Path) -> None:
    """Remove what kills left of drafts that were being written or removed; those at work now stay."""
    folder = layout.sealed_folder(home)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.name.startswith(_GONE):
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name.startswith(_NEW):
            with suppress(locking.HeldError), locking.locked(entry, wait=False):
                shutil.rmtree(entry, ignore_errors=True)


def faults(home: Path) -> Iterator[Fault]:
    """Drafts that are not as they were sealed, and what lies beside them."""
    folder = layout.sealed_folder(home)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = str(entry.relative_to(home))
        if entry.name.startswith((_NEW, _GONE)):
            yield Fault("extra-file", name, "drafts.", "The next draft removes it, if nobody writes it now.")
        else:
            yield from _draft_faults(entry, name)


def _draft_faults(folder: Path, name: str) -> Iterator[Fault]:
    mend = "Discard the draft, and make it again from its records."
    try:
        body = _body(folder)
        whole = durable.digest(folder / SEALED) == (body.get("size"), body.get("sha256"))
    except (HomeError, OSError):
        whole = False
    if not whole:
        yield Fault("changed-file", name, "a draft as it was sealed.", mend)
