"""What a killed publish left behind is removed by the next one, under its lock.

A staging folder is the sign: it is made first and removed last, so that what no release lists is looked for only when
one is found, and a clean-up that is itself killed is taken up again.
Records that are to be destroyed, and are still there, go too.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import destroying, layout, locking, reading


def clean(home: Path, database_id: str) -> None:
    """Remove every trace of publishes of a database that did not end; the caller holds its lock."""
    folder = layout.database_folder(home, database_id)
    destroying.finish(home, database_id)
    left = sorted(folder.glob(f"{layout.STAGING}*"))
    if not left:
        return
    _remove_unseen_releases(home, database_id)
    _remove_unlisted_files(home, database_id)
    for staging in left:
        shutil.rmtree(staging)


def clean_killed(home: Path) -> None:
    """Remove what publishes and drafts left that were killed, of every database that nobody works on now.

    What a killed draft leaves is not encrypted, and the name of a new database is in its path: it goes without waiting
    for the next publish. What another user left is that user's to remove.

    Raises:
        OSError: the disk failed.
    """
    folder = layout.databases_folder(home)
    for database in sorted(folder.iterdir()) if folder.is_dir() else ():
        if any(database.glob(f"{layout.STAGING}*")):
            with suppress(locking.HeldError, HomeError, PermissionError), locking.locked(database, wait=False):
                clean(home, database.name)
                with suppress(OSError):  # where there are releases, it stays
                    database.rmdir()


def _remove_unseen_releases(home: Path, database_id: str) -> None:
    seen = set(reading.all_releases(home, database_id))
    releases = layout.releases_folder(layout.database_folder(home, database_id))
    for folder in sorted(releases.glob("*")):
        if folder.name not in seen:
            shutil.rmtree(folder)


def _remove_unlisted_files(home: Path, database_id: str) -> None:
    releases = reading.all_releases(home, database_id)
    manifests = [reading.any_manifest(home, database_id, release) for release in releases]
    listed = {home / record.path for manifest in manifests for record in manifest.records}
    for path in sorted(layout.old_files_folder(layout.database_folder(home, database_id)).glob("*/*")):
        if path not in listed:
            path.unlink()
