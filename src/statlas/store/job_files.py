"""The files of jobs: a folder for each, with the file once it is whole, and room for numbers while it is made.

A file is seen under its name or not at all; what a process left behind that was killed is removed by the next one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import layout
from statlas.store.durable import Digest, flush

_ID = re.compile(r"[0-9a-f]{32}")
_FILE, _DRAFT, _NUMBERS = "file", "file.new", "numbers"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class JobFiles:
    """What jobs keep in a home."""

    def __init__(self, home: Path) -> None:
        self.folder = layout.jobs_folder(home)

    def path(self, job_id: str) -> Path:
        """Where the finished file of a job lies."""
        return self._of(job_id) / _FILE

    @contextmanager
    def work(self, job_id: str) -> Iterator[Path]:
        """An empty folder for the numbers of a job, gone at the end; nothing of an earlier attempt is left.

        Raises:
            HomeError: the disk is full, or may not be written to.
        """
        self.remove(job_id)
        try:
            with _explained():
                for each in (self.folder.parent, self.folder, self._of(job_id), self._of(job_id) / _NUMBERS):
                    each.mkdir(mode=0o700, exist_ok=True)
            yield self._of(job_id) / _NUMBERS
        finally:
            shutil.rmtree(self._of(job_id) / _NUMBERS, ignore_errors=True)

    def write(self, job_id: str, pieces: Iterable[bytes]) -> Digest:
        """Write the file of a job, seen once it is whole and on the disk.

        Raises:
            HomeError: the disk is full, or may not be written to; no half file stays.
        """
        draft = self._of(job_id) / _DRAFT
        try:
            with _explained():
                found = _write(draft, pieces)
                draft.replace(self.path(job_id))
                flush(draft.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return found

    def remove(self, job_id: str) -> None:
        """Remove everything of a job."""
        shutil.rmtree(self._of(job_id), ignore_errors=True)

    def sweep(self, kept: Iterable[str]) -> None:
        """Remove everything of all jobs but those."""
        known = frozenset(kept)
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            if entry.name not in known and _ID.fullmatch(entry.name):
                shutil.rmtree(entry, ignore_errors=True)

    def _of(self, job_id: str) -> Path:
        assert _ID.fullmatch(job_id), "ids of jobs are made by us"
        return self.folder / job_id


def _write(path: Path, pieces: Iterable[bytes]) -> Digest:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    found, size = hashlib.sha256(), 0
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        for piece in pieces:
            _write_all(file.fileno(), piece)
            found.update(piece)
            size += len(piece)
        os.fsync(file.fileno())
    return Digest(size, found.hexdigest())


def _write_all(descriptor: int, piece: bytes) -> None:
    """The whole piece: a disk that has room for a part of it only takes that part, and says so with the next."""
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]


@contextmanager
def _explained() -> Iterator[None]:
    """Errors of the disk as what they mean."""
    try:
        yield
    except OSError as error:
        raise disk_error(error) from None


def disk_error(error: OSError) -> HomeError:
    """What an error of the disk means for a job."""
    if error.errno in _FULL:
        return HomeError(
            "The disk of the site is full: the file was not made.",
            mend="Try again later, ask for fewer cells, or take Parquet, which is smaller. The site's keeper can help.",
        )
    return HomeError(f"The disk of the site failed: {error.strerror}.", mend="Tell the keeper of the site.")
