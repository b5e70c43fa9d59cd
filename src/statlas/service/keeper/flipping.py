"""At the minute: one rename makes a prepared draft the release that answers; what follows, and what a kill left of it.

Only the process that holds the keeper's key calls any of this. The rename moves the release out of the keeper's folder,
to its number, and all that is left is to be put in order: ``tidy`` brings that to its end whenever a kill came between.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from statlas import store
from statlas.errors import HomeError, StatlasError
from statlas.model.release import Manifest, ReleaseFacts
from statlas.service.keeper import prepared, privacy
from statlas.service.keeper.draft import CUBOIDS, Draft, read
from statlas.service.keeper.prepared import GONE, NEW, explained
from statlas.service.tables.drafting import RELEASE, TOLD
from statlas.store import Home, checked_json, durable, layout, locking, opening, owned

Clock = Callable[[], datetime]
"""Tells the moment, aware of its zone."""

PROMPT = timedelta(seconds=10)
"""How much after its minute a release may open and still be told to be public since: arbitrary."""


def wall_clock() -> datetime:
    """The moment by the machine's clock, in UTC."""
    return datetime.now(UTC)


def open_now(
    *, home: Home, draft_id: str, public_from: datetime, digest: str | None = None, clock: Clock = wall_clock
) -> Manifest:
    """Make a prepared draft the release that answers, by one rename; asked again, it says what it said.

    Args:
        public_from: the minute it was scheduled for, aware of its zone; told to readers as when it became public,
            unless that is later by more than ``PROMPT``: readers are told the truth.
        digest: what was approved and announced; another draft under the same id does not open. None asks nothing.
        clock: never is a draft opened before ``public_from`` by it.

    Raises:
        HomeError: it is not prepared, was discarded, is not the one approved, its minute has not come, or the disk
            failed: nothing is public.
        StaleDraftError: another release answers than the one it was made after: nothing is public.
    """
    if clock() < public_from:
        raise HomeError("The minute of this release has not come.", mend="Wait for it; the keeper opens it then.")
    with explained():
        opened = _opened(home, draft_id)
        if opened is not None:
            _check_approved(home.facts(opened.database, opened.release), digest)
            return opened
        draft = _ready(home, draft_id)
        _check_approved(draft.told, digest)
        moment = _moment(public_from, clock())
        opening.open_release(home.path, draft.folder / RELEASE, draft.manifest, replace(draft.told, public_from=moment))
    with suppress(OSError, StatlasError):  # it is public; what is left is put in order by ``tidy``
        _finish(home, draft_id, draft.told)
    return draft.manifest


def _check_approved(told: ReleaseFacts, digest: str | None) -> None:
    if digest is not None and told.digest != digest:
        raise HomeError("The draft that was made ready is not the one that was approved.", mend="Discard it.")


def _moment(planned: datetime, now: datetime) -> str:
    moment = planned if now - planned <= PROMPT else now
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _ready(home: Home, draft_id: str) -> Draft:
    """The draft, if it may be opened."""
    folder = layout.prepared_folder(home.path, draft_id)
    if not folder.is_dir():
        raise HomeError("This release has not been made ready.", mend="The keeper does it; its log says why it cannot.")
    draft = read(home, folder)
    with privacy.as_owner():
        promised = store.draft(home.path, draft_id)  # one that was discarded is there no longer
    if promised.digest != draft.told.digest:
        raise HomeError("The draft that was made ready is not the one that lies sealed.", mend="Discard it.")
    return draft


def _opened(home: Home, draft_id: str) -> Manifest | None:
    """The release that a draft has become, if it has; a kill after the rename is brought to its end."""
    folder = layout.prepared_folder(home.path, draft_id)
    if folder.is_dir() and not (folder / RELEASE).exists():
        return _brought_to_end(home, draft_id, folder)
    known = layout.opened_file(home.path, draft_id)
    if not known.exists():
        return None
    body = checked_json.loads(known.read_bytes(), known.name)
    return home.any_manifest(str(body["database"]), str(body["release"]))


def _brought_to_end(home: Home, draft_id: str, folder: Path) -> Manifest:
    """The release that left the keeper's folder, with all done that follows."""
    told = store.facts_loads((folder / TOLD).read_bytes())
    if told.release not in home.all_releases(told.database) or _digest(home, told) != told.digest:
        raise HomeError("A release left the keeper's folder and did not arrive.", mend="Restore it from a backup.")
    _finish(home, draft_id, told)
    return home.any_manifest(told.database, told.release)


def _digest(home: Home, told: ReleaseFacts) -> str:
    return home.facts(told.database, told.release).digest


def _finish(home: Home, draft_id: str, told: ReleaseFacts) -> None:
    """Note what the draft has become, place its cuboids, and remove the draft: in this order, each safe to do again."""
    known = layout.opened_file(home.path, draft_id)
    known.parent.mkdir(mode=0o700, exist_ok=True)
    durable.replace(known, checked_json.dumps({"database": told.database, "release": told.release}))
    folder = layout.prepared_folder(home.path, draft_id)
    _place_cuboids(home, folder / CUBOIDS, layout.cuboids_folder(layout.database_folder(home.path, told.database)))
    with privacy.as_owner():
        store.discard(home.path, draft_id)
    _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder, which from the first instant has its name no longer."""
    gone = folder.with_name(f"{GONE}{folder.name}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _place_cuboids(home: Home, folder: Path, target: Path) -> None:
    if not folder.is_dir():
        return
    with owned.folder_of(home.path, target) as place:
        for path in sorted(folder.glob(f"*{layout.CUBOIDS}")):
            os.replace(path, path.name, dst_dir_fd=place)


# --- after a kill -----------------------------------------------------------------------------------------------------


def tidy(*, home: Home) -> None:
    """Bring to an end what a kill interrupted: half-prepared drafts, cuboids to be placed, what was opened or staged.

    Drafts that were discarded go too; those that are out of date stay until somebody discards them.

    Raises:
        HomeError: the disk failed.
    """
    with explained():
        folder = prepared.all_of(home)
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith(NEW):
                _remove_unless_at_work(home, entry)
            elif entry.name.startswith(GONE):
                shutil.rmtree(entry, ignore_errors=True)
            elif not (entry / RELEASE).exists():
                _brought_to_end(home, entry.name, entry)
            elif not _is_sealed(home, entry.name):
                _remove(entry)
        with privacy.as_owner():  # nothing is removed as root where the owner may lay links
            store.clean_drafts(home.path)
            store.clean_killed(home.path)


def _remove_unless_at_work(home: Home, entry: Path) -> None:
    with suppress(locking.HeldError), locking.locked(prepared.all_of(home), wait=False):
        shutil.rmtree(entry, ignore_errors=True)


def _is_sealed(home: Home, draft_id: str) -> bool:
    return layout.draft_folder(home.path, draft_id).is_dir()
