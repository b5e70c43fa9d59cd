"""Drafts made ready for their minute, in the keeper's own folder: unsealed, checked, with their cuboids.

Only the process that holds the keeper's key calls any of this.

Theory of operation: a draft is unsealed into a folder beside, every byte of it is checked, what it will print is
counted and compared with what was promised, and its cuboids are built; then the folder has its name by one rename. At
the minute another rename moves the release out of it, to its number, and all that is left is to be put in order:
``tidy`` brings that to its end whenever a kill came between.

::

    HOME/keeper/prepared/<draft>/release/    as it will lie under its number, without ``release.json``
                                 cuboids/    of its new records
                                 told.json, reports.json
    HOME/keeper/opened/<draft>.json          which release it has become
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from statlas import definitions, store
from statlas.errors import HomeError, StatlasError
from statlas.model.cube import Cube
from statlas.model.database import Database
from statlas.model.query import Query
from statlas.model.release import Manifest, ReleaseFacts
from statlas.service.keeper import checking, privacy
from statlas.service.tables.counting import MAX_CELLS, count
from statlas.service.tables.cuboid_building import update_cuboids
from statlas.service.tables.databases import DATABASE_FILE, database_of, policy_of
from statlas.service.tables.deriving import with_derived
from statlas.service.tables.drafting import RELEASE, REPORTS, TOLD
from statlas.service.tables.marking import Ask, Marking
from statlas.store import Home, checked_json, durable, layout, locking, manifests, opening, owned, publication, vault

Clock = Callable[[], datetime]
"""Tells the moment, aware of its zone."""

PROMPT = timedelta(seconds=10)
"""How much after its minute a release may open and still be told to be public since: arbitrary."""

CUBOIDS = "cuboids"
_NEW, _GONE = ".new-", ".gone-"


def wall_clock() -> datetime:
    """The moment by the machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Draft:
    """A draft that lies open in a folder of the keeper's: what it will be, and where its files are now.

    manifest: as it will be; ``staged`` is the same with its files where they lie. database: with its periods.
    """

    folder: Path
    told: ReleaseFacts
    manifest: Manifest
    staged: Manifest
    database: Database

    @property
    def given(self) -> tuple[str, ...]:
        """Periods whose records are new with it."""
        pairs = zip(self.manifest.records, self.staged.records, strict=True)
        return tuple(final.period for final, now in pairs if final.path != now.path)

    def table(self, home: Home, query: Query, most: int | None = MAX_CELLS) -> Cube:
        """A table as it will be printed, of so many cells at most."""
        return count(
            home=home,
            database=self.database,
            manifest=self.staged,
            query=replace(query, release=self.manifest.release),
            max_cells=most,
            aside=self.folder / CUBOIDS,
        )

    def marked(self, home: Home, query: Query) -> Cube:
        """A table as it will be shown, with the marks that the release will set on its numbers."""
        marking = Marking.of_draft(home, self.staged, self.told, self.database, _counted(home))

        def give(part: Query, most: int | None) -> Cube:
            return marking.marked(self.table(home, part, most))

        if not query.derived:
            return give(query, MAX_CELLS)
        pinned = replace(query, release=self.manifest.release)
        return with_derived(self.database, pinned, give, exact=policy_of(self.database).open, max_cells=MAX_CELLS)


def _counted(home: Home) -> Ask:
    """Counts the same table of the release before."""

    def ask(made: Manifest, query: Query, most: int | None) -> Cube:
        before = database_of(home=home, manifest=made)
        return count(home=home, database=before, manifest=made, query=query, max_cells=most)

    return ask


# --- before the minute ------------------------------------------------------------------------------------------------


def prepare(*, home: Home, draft_id: str) -> None:
    """Unseal a draft, check every byte and every promise, build its cuboids; done once, and safe to ask again.

    Raises:
        HomeError: there is no such draft, it cannot be unsealed, or is not as it was sealed.
        StaleDraftError: another release answers than the one it was made after.
    """
    folder = layout.prepared_folder(home.path, draft_id)
    if folder.is_dir():
        return
    with _explained(), _alone(home):
        if not folder.is_dir():
            _prepare(home, draft_id, folder)


def _prepare(home: Home, draft_id: str, folder: Path) -> None:
    promised = store.draft(home.path, draft_id)
    beside = folder.with_name(f"{_NEW}{draft_id}")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        vault.unseal(home.path, draft_id, beside)
        draft = _read(home, beside)
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
            path.chmod(0o400 if path.suffix == ".arrow" else 0o644)
    for folder in (release, draft.folder / CUBOIDS):
        if folder.is_dir():
            owned.give_all(folder, home.path)
    for path in (*draft.folder.rglob("*"), draft.folder):
        durable.flush(path)


# --- reading ----------------------------------------------------------------------------------------------------------


def reports(*, home: Home, draft_id: str) -> bytes:
    """What was found when the draft was made: the JSON of ``model.finding.DraftReports``.

    Raises:
        HomeError: as ``prepare``, which is done first where it has not been.
    """
    prepare(home=home, draft_id=draft_id)
    with _explained():
        return (layout.prepared_folder(home.path, draft_id) / REPORTS).read_bytes()


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
    with _explained():
        return _read(home, layout.prepared_folder(home.path, draft_id))


def _read(home: Home, folder: Path) -> Draft:
    release = folder / RELEASE
    told = store.facts_loads((folder / TOLD).read_bytes())
    manifest = manifests.loads((release / layout.MANIFEST).read_bytes())
    target = layout.release_folder(layout.database_folder(home.path, manifest.database), manifest.release)
    staged = publication.moved(manifest, home.path, target, release)
    text = (release / DATABASE_FILE).read_text("utf-8")
    return Draft(folder, told, manifest, staged, definitions.loads(text).with_periods(manifest.periods))


# --- at the minute ----------------------------------------------------------------------------------------------------


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
    with _explained():
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
    draft = _read(home, folder)
    if store.draft(home.path, draft_id).digest != draft.told.digest:  # one that was discarded is there no longer
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
    gone = folder.with_name(f"{_GONE}{folder.name}")
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
    with _explained():
        folder = _prepared(home)
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith(_NEW):
                _remove_unless_at_work(home, entry)
            elif entry.name.startswith(_GONE):
                shutil.rmtree(entry, ignore_errors=True)
            elif not (entry / RELEASE).exists():
                _brought_to_end(home, entry.name, entry)
            elif not _is_sealed(home, entry.name):
                _remove(entry)
        with privacy.as_owner():  # nothing is removed as root where the owner may lay links
            store.clean_drafts(home.path)
            store.clean_killed(home.path)


def _remove_unless_at_work(home: Home, entry: Path) -> None:
    with suppress(locking.HeldError), locking.locked(_prepared(home), wait=False):
        shutil.rmtree(entry, ignore_errors=True)


def _is_sealed(home: Home, draft_id: str) -> bool:
    return layout.draft_folder(home.path, draft_id).is_dir()


def _prepared(home: Home) -> Path:
    folder = layout.keeper_folder(home.path) / "prepared"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in (folder.parent, folder):  # the owner of the home may have put another in its place
        if each.is_symlink() or each.stat().st_uid != os.geteuid():
            raise HomeError("The keeper's folder is not the keeper's.", mend="Find out who changed it.")
    return folder


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One draft is prepared at a time: it takes memory and cores."""
    with locking.locked(_prepared(home), wait=True):
        yield


@contextmanager
def _explained() -> Iterator[None]:
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
