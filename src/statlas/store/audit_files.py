"""The files of the audit log, opened so that nobody who may write beside them can lead us astray.

``logs/audit.jsonl`` is only ever added to, by one process at a time, which holds the lock on it; ``logs/audit.head``
has the number of lines and the digest of the last, and is replaced at one instant.

Pages may be answered by the owner of the home while the keeper is root: whoever makes a file gives it to the owner of
the home, mode 0600. Root follows no link here, and never gives away a file that was there before it came: the owner of
the folder could have put another's file under that name.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import owned
from statlas.store.audit_line import Head

FOLDER, LOG, HEAD = "logs", "audit.jsonl", "audit.head"

PATIENCE_S = 20.0
"""How long the lock is waited for: arbitrary; a line takes some milliseconds."""

_TICK_S = 0.002
_FILE = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class AuditFiles:
    """The log, locked, and its head; ``folder`` and ``log`` are descriptors, ``owner`` those whose files they are."""

    def __init__(self, folder: int, log: int, owner: tuple[int, int]) -> None:
        self._folder, self._log, self._owner = folder, log, owner

    def all(self) -> bytes:
        """Every byte of the log."""
        return self.tail(self.size())

    def size(self) -> int:
        """How many bytes the log has."""
        return os.fstat(self._log).st_size

    def tail(self, most: int) -> bytes:
        """The last bytes of the log."""
        size = self.size()
        start, found = max(size - most, 0), bytearray()
        while piece := os.pread(self._log, size - start - len(found), start + len(found)):
            found += piece
        return bytes(found)

    def append(self, data: bytes) -> None:
        """Add bytes, and wait until the disk has them.

        Raises:
            OSError: the disk did not take them, or only some.
        """
        while data:
            data = data[os.write(self._log, data) :]
        os.fsync(self._log)

    def head(self) -> Head | None:
        """The head that was noted; None where there is none that can be read."""
        try:
            descriptor = os.open(HEAD, os.O_RDONLY | _FILE, dir_fd=self._folder)
            with os.fdopen(descriptor, "rb") as file:
                found = json.loads(file.read(1000))
            return Head.read(f"{int(found['lines'])}:{found['sha256']}")
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def note(self, head: Head) -> None:
        """Replace the head, at one instant."""
        draft = f".{HEAD}.new"  # one name, as the lock is ours: what a killed process left is not kept for ever
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=self._folder)
        written = json.dumps({"lines": head.lines, "sha256": head.sha256}).encode() + b"\n"
        _make(draft, self._folder, self._owner, written)
        os.replace(draft, HEAD, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        os.fsync(self._folder)


@contextmanager
def to_append(home: Path) -> Iterator[AuditFiles]:
    """The log to add to, made where there is none; nobody else adds to it until the end.

    Raises:
        HomeError: it cannot be had: no space, no leave, or somebody else holds it for too long.
    """
    with _explained(home), ExitStack() as stack:
        owner = owned.owner_of(home)
        folder = _open_folder(home, stack, make=True)
        yield AuditFiles(folder, _held(folder, stack, owner, make=True), owner)


@contextmanager
def to_read(home: Path) -> Iterator[AuditFiles | None]:
    """The log to read, while nobody adds to it; None where there is neither a log nor a head.

    Raises:
        HomeError: it cannot be read.
    """
    with _explained(home), ExitStack() as stack:
        yield _to_read(home, stack)


def noted(home: Path) -> Head | None:
    """The head beside the log as it is this moment, without waiting for anybody; None where there is none."""
    with suppress(OSError), ExitStack() as stack:
        return AuditFiles(_open_folder(home, stack, make=False), -1, (0, 0)).head()
    return None


def _to_read(home: Path, stack: ExitStack) -> AuditFiles | None:
    try:
        owner = owned.owner_of(home)
        folder = _open_folder(home, stack, make=False)
    except FileNotFoundError:
        return None
    try:
        return AuditFiles(folder, _held(folder, stack, owner, make=False), owner)
    except FileNotFoundError:
        found = AuditFiles(folder, _nothing(stack), owner)
        return found if found.head() else None


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HomeError(
            f"The audit log of {home} cannot be used: {error.strerror or 'its files are not what they should be'}.",
            mend=f"See who owns {home / FOLDER} and whether its disk is full; then `statlas audit verify`.",
        ) from None


def _open_folder(home: Path, stack: ExitStack, *, make: bool) -> int:
    """The folder of logs, never through a link; made for its owner where there is none."""
    path = home / FOLDER
    if make:
        owned.make_folder(path, home)
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    stack.callback(os.close, folder)
    return folder


def _held(folder: int, stack: ExitStack, owner: tuple[int, int], *, make: bool) -> int:
    """The log, locked: for us alone to add to it, or with other readers.

    Raises:
        FileNotFoundError: there is none, and none is to be made.
        OSError: it cannot be had, or is held by others for too long.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        log = _open_log(folder, owner, make=make)
        if _take(log, fcntl.LOCK_EX if make else fcntl.LOCK_SH, until) and _is_still_there(log, folder):
            stack.callback(os.close, log)
            return log
        os.close(log)
        if time.monotonic() > until:
            raise OSError(errno.EWOULDBLOCK, "another process holds it")


def _open_log(folder: int, owner: tuple[int, int], *, make: bool) -> int:
    how = (os.O_RDWR | os.O_APPEND if make else os.O_RDONLY) | _FILE
    try:
        log = os.open(LOG, how, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
        _make_log(folder, owner)
        log = os.open(LOG, how, dir_fd=folder)
    found = os.fstat(log)
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in _whose(owner):
        os.close(log)
        raise OSError(errno.EPERM, f"{LOG} belongs to somebody else")
    return log


def _whose(owner: tuple[int, int]) -> set[int]:
    """Whose a log may be. Root takes the owner's alone: under this name the owner could have put a file of root's."""
    return {owner[0], os.geteuid() or owner[0]}


def _take(log: int, how: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(log, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_TICK_S)
        else:
            return True


def _is_still_there(log: int, folder: int) -> bool:
    """Whether what is locked is the log: somebody may have moved it away meanwhile."""
    try:
        return os.path.samestat(os.fstat(log), os.stat(LOG, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _nothing(stack: ExitStack) -> int:
    found = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    stack.callback(os.close, found)
    return found


def _make_log(folder: int, owner: tuple[int, int]) -> None:
    """An empty log under its name, its owner's before it has it, unless somebody else was first."""
    draft = f".{LOG}.{secrets.token_hex(8)}.new"
    _make(draft, folder, owner, b"")
    try:
        with suppress(FileExistsError):
            os.link(draft, LOG, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.unlink(draft, dir_fd=folder)
    os.fsync(folder)


def _make(name: str, folder: int, owner: tuple[int, int], data: bytes) -> None:
    """A new file with these bytes on the disk, for its owner alone."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE, 0o600, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        owned.give(file.fileno(), owner)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
