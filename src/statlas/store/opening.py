"""The one instant at which a release becomes public: its folder, complete, is renamed to its number.

Theory of operation: whoever makes a release, a publish at once or the keeper at its minute, has written the whole
folder beside, on the same disk, flushed and hashed again. Under the lock on the folder of all databases, which is held
for this moment alone,

1. the release must be the next one, made after the release that answers,
2. its family must still have the same table of noise,
3. what readers are told of it is written into the folder,
4. the folder is renamed.

Killed before 4, nothing has happened; killed after it, the release is public and whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from statlas.errors import StaleDraftError
from statlas.model.release import Manifest, ReleaseFacts
from statlas.store import durable, facts, families, layout, locking, owned, reading


def nothing() -> None:
    """Nothing more is to be kept with the release."""


def open_release(
    home: Path, folder: Path, manifest: Manifest, told: ReleaseFacts, keep: Callable[[], None] = nothing
) -> None:
    """Make the release in ``folder`` public.

    Args:
        keep: what has to be on the disk before, such as secrets used for the first time.

    Raises:
        StaleDraftError: another release answers than the one it was made after.
        DefinitionError: the family has a database with another table of noise.
        OSError: the disk failed; the release is public or it is not, and never half of it.
    """
    with locking.locked(layout.databases_folder(home), wait=True):
        check_is_next(home, manifest)
        families.check(home, manifest.database, manifest.family, manifest.policy, manifest.ptable)
        keep()
        durable.replace(folder / layout.FACTS, facts.dumps(told), draft_folder=folder.parent)
        owned.give_file(folder / layout.FACTS, home)
        releases = layout.releases_folder(layout.database_folder(home, manifest.database))
        with owned.folder_of(home, releases) as place:
            _clear(place, manifest.release)
            os.rename(folder, manifest.release, dst_dir_fd=place)
            os.fsync(place)


def check_is_next(home: Path, manifest: Manifest) -> None:
    """See that a release follows the one that answers.

    Raises:
        StaleDraftError: it does not.
    """
    answers = reading.current_release(home, manifest.database)
    if (answers, reading.next_release(home, manifest.database)) != (manifest.previous, manifest.release):
        raise StaleDraftError(database=manifest.database, release=manifest.release, previous=manifest.previous)


def _clear(place: int, release: str) -> None:
    """Nothing lies under the number: what a killed publish of old left there was never seen."""
    layout.safe_name(release, "release")
    with suppress(FileNotFoundError):
        os.stat(release, dir_fd=place, follow_symlinks=False)
        shutil.rmtree(release, dir_fd=place)
