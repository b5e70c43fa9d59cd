"""Answers kept on the disk, shared by every process that works on a home; bytes here, whoever keeps them knows what.

A folder for each release, a file for each answer, sealed with a keyed digest over its name and its bytes: what is
damaged, moved or made elsewhere is removed instead of believed.
Nothing depends on this folder: it may be emptied at any time, and a disk that is full or may not be written to only
loses what would have been kept.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock

from statlas.store import layout, locking
from statlas.store.sweeping import sweep

SEAL_BYTES = 32
NAME_BYTES = 16
"""Names of releases and answers are this many bytes in hexadecimal."""

_AT_LEAST = 4096
"""Bytes that the smallest file takes of a disk."""
_SWEEPS = 16
"""A process looks at the whole folder when it has written this part of the bound: arbitrary, seldom enough."""
_LARGEST = 8
"""An answer that would take more than this part of the bound is not kept: it would push out too many others."""


class AnswerFiles:
    """The answers kept in a home, about ``max_bytes`` of them at most; the ones unused longest go first."""

    def __init__(self, home: Path, max_bytes: int) -> None:
        self.folder = layout.answers_folder(home)
        self.max_bytes = max_bytes
        self._written = max_bytes  # the first answer kept looks at what others left
        self._lock = Lock()

    def read(self, release: str, name: str, key: bytes) -> bytes | None:
        """What was kept under that name, if it is there and as it was written; otherwise it is there no longer."""
        if self.max_bytes <= 0:
            return None
        path = self._path(release, name)
        try:
            found = _bytes_of(path, self.max_bytes)
        except OSError:
            return None
        seal, data = found[:SEAL_BYTES], found[SEAL_BYTES:]
        if not hmac.compare_digest(seal, _seal(release, name, key, data)):
            self.remove(release, name)
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def all(self, release: str, key: bytes) -> dict[str, bytes]:
        """Everything kept of a release, by name."""
        names = [path.stem for path in (self.folder / release).glob(f"*{layout.ANSWER}")]
        return {name: data for name in names if (data := self.read(release, name, key)) is not None}

    def keep(self, release: str, name: str, key: bytes, data: bytes) -> None:
        """Keep an answer for the owner of the home alone, where the disk lets us."""
        if self.max_bytes <= 0 or len(data) > self.max_bytes // _LARGEST:
            return
        path = self._path(release, name)
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}{layout.DRAFT}")
        try:
            _make_folders(path.parent, self.folder)
            _write(draft, _seal(release, name, key, data) + data)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            return
        self._keep_bound(max(len(data), _AT_LEAST))

    def remove(self, release: str, name: str) -> None:
        """Let go of an answer."""
        with suppress(OSError):
            self._path(release, name).unlink(missing_ok=True)

    @contextmanager
    def alone(self, release: str, name: str) -> Iterator[bool]:
        """Whether no other process and thread works on this answer; if so, nobody else does until the end.

        True where there can be no lock, as answers cannot be shared there either.
        """
        with ExitStack() as held:
            try:
                if self.max_bytes > 0:
                    _make_folders(self.folder / release, self.folder)
                    held.enter_context(locking.held(self._path(release, name).with_suffix(layout.LOCK)))
                got = True
            except locking.HeldError:
                got = False
            except OSError:
                got = True
            yield got

    def _path(self, release: str, name: str) -> Path:
        return self.folder / release / f"{name}{layout.ANSWER}"

    def _keep_bound(self, n_bytes: int) -> None:
        with self._lock:
            self._written += n_bytes
            due = self._written * _SWEEPS >= self.max_bytes
            if due:
                self._written = 0
        if due:
            sweep(self.folder, self.max_bytes)


def _seal(release: str, name: str, key: bytes, data: bytes) -> bytes:
    found = hashlib.blake2b(f"{release}/{name}\n".encode(), key=key, digest_size=SEAL_BYTES)
    found.update(data)
    return found.digest()


def _bytes_of(path: Path, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(most)


def _make_folders(folder: Path, answers: Path) -> None:
    if not folder.is_dir():
        for each in (answers.parent, answers, folder):
            each.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    """Not flushed to the disk: what a crash tears its seal finds out."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
