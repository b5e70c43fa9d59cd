"""Drafts made ready for their minute, in the keeper's own folder: unsealed, checked, with their cuboids.

Only the process that holds the keeper's key calls any of this.

Theory of operation: a draft is unsealed into a folder beside, every byte of it is checked, what it will print is
counted and compared with what was promised, and its cuboids are built; then the folder has its name by one rename. At
the minute another rename (``flipping``) moves the release out of it, to its number.

::

    HOME/keeper/prepared/<draft>/release/    as it will lie under its number, without ``release.json``
                                 cuboids/    of its new records
                                 told.json
    HOME/keeper/opened/<draft>.json          which release it has become
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from statlas import store
from statlas.errors import HomeError, StatlasError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.service.keeper import checking, privacy
from statlas.service.keeper.draft import CUBOIDS, Draft, read
from statlas.service.tables.cuboid_building import update_cuboids
from statlas.service.tables.drafting import RELEASE
from statlas.store import Home, durable, layout, locking, opening, owned, vault

NEW, GONE = ".new-", ".gone-"
"""How the names start of drafts that are being made ready, and of those that are being removed."""

_MODES = {layout.REPORTS: 0o600}
"""Modes of files of a release that are not for everybody, by name."""


def prepare(*, home: Home, draft_id: str) -> None:
    """Unseal a draft, check every byte and every promise, build its cuboids; done once, and safe to ask again.

    Raises:
        HomeError: there is no such draft, it cannot be unsealed, or is not as it was sealed.
        StaleDraftError: another release answers than the one it was made after.
    """
    folder = layout.prepared_folder(home.path, draft_id)
    if folder.is_dir():
        return
    with explained(), _alone(home):
        if not folder.is_dir():
            _prepare(home, draft_id, folder)


def _prepare(home: Home, draft_id: str, folder: Path) -> None:
    with privacy.as_owner():  # what lies beside the sealed file is the owner's, and may be a link
        promised = store.draft(home.path, draft_id)
    beside = folder.with_name(f"{NEW}{draft_id}")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        vault.unseal(home.path, draft_id, beside)
        draft = read(home, beside)
        opening.check_is_next(home.path, draft.manifest)
        checking.check(home, promised, draft.told, draft.manifest, draft.staged)
        _build_cuboids(home, draft)
        checking.check_tables(draft.told, draft.database, draft.manifest.release, lambda q: draft.table(home, q))
        _seal_off(home, draft)
        beside.rename(folder)
        durable.flush(folder.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _build_cuboids(home: Home, draft: Draft) -> None:
    """Tables are answered without cuboids too: what keeps them from being built keeps nothing from opening."""
    with suppress(MemoryError, StatlasError):
        update_cuboids(
            home=home,
            database=draft.database,
            manifest=draft.staged,
            given=draft.given,
            aside=draft.folder / CUBOIDS,
        )


def _seal_off(home: Home, draft: Draft) -> None:
    """Give the files the modes and the owner that they will have, and flush all of it to the disk."""
    release = draft.folder / RELEASE
    for path in release.rglob("*"):
        if path.is_file():
            path.chmod(_MODES.get(path.name, 0o400 if path.suffix == ".arrow" else 0o644))
    for folder in (release, draft.folder / CUBOIDS):
        if folder.is_dir():
            owned.give_all(folder, home.path)
    for path in (*draft.folder.rglob("*"), draft.folder):
        durable.flush(path)


def reports(*, home: Home, draft_id: str) -> bytes:
    """What was found when the draft was made: the JSON of ``model.finding.DraftReports``.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
    """
    prepare(home=home, draft_id=draft_id)
    with explained():
        return (layout.prepared_folder(home.path, draft_id) / RELEASE / layout.REPORTS).read_bytes()


def note(*, home: Home, draft_id: str) -> str:
    """What readers will be told of it in plain words; may be empty.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
    """
    return _draft(home, draft_id).told.note


def database(*, home: Home, draft_id: str) -> Database:
    """The database as the draft has it, with its periods.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
    """
    return _draft(home, draft_id).database


def preview(*, home: Home, draft_id: str, query: Query) -> Cube:
    """A table of the draft as it would be printed, with its marks; nothing of it is kept.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
        QueryError, DisclosureRefused: as any table.
    """
    return _draft(home, draft_id).marked(home, query)


def _draft(home: Home, draft_id: str) -> Draft:
    prepare(home=home, draft_id=draft_id)
    with explained():
        return read(home, layout.prepared_folder(home.path, draft_id))


# --- the folder -------------------------------------------------------------------------------------------------------


def all_of(home: Home) -> Path:
    """The folder of what is made ready; made where there is none."""
    folder = layout.keeper_folder(home.path) / "prepared"
    folder.mkdir(mode=0o700, parents=not layout.is_held(home.path), exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise HomeError("The keeper's folder is not the keeper's.", mend="Find out who changed it.")
    return folder


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One draft is prepared at a time: it takes memory and cores."""
    with locking.locked(all_of(home), wait=True):
        yield


@contextmanager
def explained() -> Iterator[None]:
    """An error of the disk as one of the home; it names no file."""
    try:
        yield
    except FileNotFoundError as error:
        raise HomeError("A file of a draft is missing.", mend="Discard the draft, and make it again.") from error
    except (OSError, locking.HeldError) as error:
        raise HomeError(
            f"The keeper's folder could not be used: {getattr(error, 'strerror', None) or type(error).__name__}.",
            mend="See that the disk has room and works.",
        ) from error
