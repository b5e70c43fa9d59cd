"""A file that is sealed for the keeper while it is written: what was sent lies readable at no moment.

Whoever writes needs the public key only. The bytes go through a pipe to a thread that encrypts (age, X25519), which
reads at its own pace; nothing is held but what is in the pipe.

What is sealed begins with a line that names the upload, so that the keeper opens nothing else on its behalf: a draft
that somebody laid among the files of an upload stays closed.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import pyrage

from statlas.errors import HomeError, KeeperGoneError
from statlas.store import sealing
from statlas.wording import _


def head(upload_id: str) -> bytes:
    """What everything that is sealed of an upload begins with."""
    return f"statlas upload 1\n{upload_id}\n".encode()


def recipient(home: Path) -> pyrage.x25519.Recipient:
    """Whom uploads are sealed for.

    Raises:
        KeeperGoneError: the keeper never ran here, and this process may not make its keys.
        HomeError: the public key is damaged.
    """
    try:
        return sealing.recipient(home)
    except PermissionError:
        raise KeeperGoneError(
            _("The keeper of releases has not made its key yet, so that nothing can be sealed."),
            mend=_("Send it again in a minute; `statlas keeper check` says what is wrong."),
        ) from None


class SealedFile:
    """A new file: what is written to it goes into the file sealed. It is whole once it was closed without an error."""

    def __init__(self, file: BinaryIO, to: pyrage.x25519.Recipient, upload_id: str) -> None:
        taken, given = os.pipe()
        self._file = file
        self._to = to
        self._taken = open(taken, "rb", buffering=0)  # noqa: SIM115, PTH123 - a descriptor, closed by the thread
        self._given = open(given, "wb")  # noqa: SIM115, PTH123 - a descriptor, closed below
        self._wrong: BaseException | None = None
        self._thread = threading.Thread(target=self._seal, name="seal", daemon=True)
        self._thread.start()
        self._given.write(head(upload_id))

    def write(self, data: bytes) -> int:
        """Seal some bytes.

        Raises:
            OSError: the disk failed, such as one that is full.
        """
        try:
            return self._given.write(data)
        except BrokenPipeError:
            self._thread.join()
            raise self._cause() from None

    def close(self) -> None:
        """Seal what is left, and see that all of it lies there; nothing happens where it is closed.

        Raises:
            OSError: it does not.
        """
        if not self._given.closed:
            with suppress(BrokenPipeError):  # the thread says why
                self._given.close()
            self._thread.join()
            if self._wrong is not None:
                raise self._cause()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _seal(self) -> None:
        out = _Noticing(self._file)
        try:
            with self._file, self._taken:
                pyrage.encrypt_io(self._taken, out, [self._to])
                self._file.flush()
        except BaseException as error:  # noqa: BLE001 - it is raised again by whoever writes
            self._wrong = out.wrong or error

    def _cause(self) -> OSError:
        return self._wrong if isinstance(self._wrong, OSError) else OSError(str(self._wrong))


class _Noticing:
    """The file, and what went wrong with it: the library that seals tells no cause."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.wrong: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.wrong = error
            raise

    def flush(self) -> None:
        self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


# --- for the keeper ---------------------------------------------------------------------------------------------------


def unseal(key: pyrage.x25519.Identity, upload_id: str, sealed: BinaryIO, into: BinaryIO) -> None:
    """Write what was sealed of an upload into a file; whoever has the key.

    Raises:
        HomeError: it was sealed for another key, is not as it was sealed, or is of no such upload.
        OSError: the disk failed.
    """
    writer = _WithoutHead(into, head(upload_id))
    try:
        pyrage.decrypt_io(sealed, writer, [key])
    except (pyrage.DecryptError, OSError) as error:
        if writer.wrong is not None:
            raise writer.wrong from None
        raise not_as_sent() from error
    if writer.head:
        raise not_as_sent()


class _WithoutHead:
    """Writes on what follows a head; where that is another nothing is written, and it is wrong."""

    def __init__(self, file: BinaryIO, expected: bytes) -> None:
        self._file = file
        self.head = expected
        self.wrong: OSError | HomeError | None = None

    def write(self, data: bytes) -> int:
        n = min(len(self.head), len(data))
        if bytes(data[:n]) != self.head[:n]:
            self.wrong = not_as_sent()
            raise OSError
        self.head = self.head[n:]
        try:
            self._file.write(data[n:])
        except OSError as error:
            self.wrong = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def not_as_sent() -> HomeError:
    """What is said of a file that is none of an upload, or not as it was sealed."""
    return HomeError(_("What was sent does not lie as it was sealed."), mend=_("Send it again."))
