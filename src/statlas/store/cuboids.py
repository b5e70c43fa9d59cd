"""Cuboids on the disk: bytes here, which the engine alone can read; a file for each file of records.

They are as confidential as the records, and of no use without them: nothing is flushed, listed or backed up, and what a
crash leaves the next build removes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import destroying, layout, locking, reading


class CuboidFiles:
    """The files of cuboids of one database: ``CuboidFiles(home.path, "hb_new")``.

    With ``aside`` they are those of a draft: new ones are kept in that folder, others are read where they are.
    """

    def __init__(self, home: Path, database_id: str, aside: Path | None = None) -> None:
        self._home, self._database_id = home, database_id
        self._database = layout.database_folder(home, database_id)
        self._aside = aside
        self.folder = aside or layout.cuboids_folder(self._database)

    def path_of(self, sha256: str) -> Path:
        """Where the cuboids of a file of records lie, if there are any."""
        path = self._kept(sha256)
        return path if self._aside is None or path.exists() else layout.cuboid_file(self._database, sha256)

    def _kept(self, sha256: str) -> Path:
        return self.folder / f"{sha256}{layout.CUBOIDS}"

    def keep(self, sha256: str, parts: Iterable[bytes | memoryview]) -> None:
        """Put the cuboids of a file of records in the place of those before, at one instant, for the owner alone.

        Raises:
            OSError: the disk does not let us; what was there stays.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.folder.chmod(0o700)
        draft = self.folder / f".{sha256}.{secrets.token_hex(8)}{layout.DRAFT}"
        try:
            _write(draft, parts)
            draft.replace(self._kept(sha256))
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def sweep(self) -> None:
        """Remove the cuboids of files that no release lists, and whatever else lies there; under the database's lock.

        Raises:
            HomeError: a manifest is missing or damaged, so that nobody knows what is listed.
        """
        if self._aside is not None:
            return
        releases = reading.all_releases(self._home, self._database_id)
        manifests = (reading.any_manifest(self._home, self._database_id, release) for release in releases)
        listed = {self.path_of(record.sha256).name for manifest in manifests for record in manifest.records}
        listed -= {self.path_of(path.stem).name for path in destroying.destroyed_files(self._home, self._database_id)}
        for path in self._others(listed):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)

    def _others(self, names: Collection[str]) -> list[Path]:
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return [path for path in found if path.name not in names or path.is_symlink() or not path.is_file()]


@contextmanager
def building(home: Path, database_id: str) -> Iterator[CuboidFiles]:
    """The files of cuboids of a database, while nobody publishes it or builds others.

    Raises:
        HomeError: somebody does, or the disk failed.
    """
    try:
        with locking.locked(layout.database_folder(home, database_id), wait=False):
            yield CuboidFiles(home, database_id)
    except locking.HeldError:
        raise HomeError(
            f"{database_id} is being published, or its cuboids are being built, by somebody else.",
            mend="Wait until that has ended, then build them again.",
        ) from None
    except OSError as error:
        raise HomeError(
            f"The cuboids could not be written: {error.strerror or type(error).__name__}.",
            mend="See that the disk has room and may be written to; tables are counted from the records until then.",
        ) from error


def _write(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Not flushed to the disk: what a crash tears its digests find out."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        for part in parts:
            file.write(part)
