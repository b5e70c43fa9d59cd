"""The files of uploads: a folder for each, for as long as its draft is not made; then nothing of them is left.

Records are sealed for the keeper as they come; a definition lies as it was sent. Whoever makes the draft is given the
records open, as files without a name that end with its process, and has their names lead there.

::

    uploads/<id>/definition/NAME    as it was sent
                 note               for readers of the release
                 records/NAME       sealed
                 opened/NAME        leads to a file that is open in the process that makes the draft, and in no other
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from statlas.errors import HomeError, RequestError
from statlas.store import layout, upload_sealing
from statlas.store.upload_sealing import SealedFile
from statlas.wording import _

ID_BYTES = 16
DEFINITION, RECORDS = "definition", "records"
"""The two heaps of files of an upload, each a folder."""

_NOTE = "note"

OPENED = "opened"
"""The folder of names that lead to open records."""

SUFFIXES = {
    DEFINITION: (".yaml", ".yml", ".csv"),
    RECORDS: (".csv", ".csv.gz", ".parquet", ".arrow"),
}
"""How the names of files may end, by their heap."""

ABANDONED_S = 6 * 3_600
"""Seconds after which files that belong to no upload are no upload on its way either: arbitrary, a slow line's day."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ID = re.compile(r"[0-9a-f]{32}")
_POLICY = re.compile(rb"^[\"']?statlas_policy\b", re.MULTILINE)
"""What a policy file says of itself, and a definition does not."""
_NAME = re.compile(r"[\w][\w .()+-]{0,149}")


class UploadFiles:
    """What uploads keep in a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.folder = layout.uploads_folder(home)

    def make(self) -> str:
        """The id of a new upload, which has empty folders now."""
        upload_id = secrets.token_hex(ID_BYTES)
        for each in (self.folder, self._of(upload_id), *(self._of(upload_id) / heap for heap in SUFFIXES)):
            each.mkdir(mode=0o700, exist_ok=True)
        return upload_id

    def create(self, upload_id: str, heap: str, name: str) -> BinaryIO | SealedFile:
        """A new file of an upload, to be written; records are sealed while they are.

        Raises:
            RequestError: the name is none that a file of this heap can have, or there is one of that name.
            KeeperGoneError, HomeError: nothing can be sealed.
        """
        if not _NAME.fullmatch(name) or not name.lower().endswith(SUFFIXES[heap]):
            raise RequestError(
                _("The file {name} cannot be taken.").format(name=name[:150]),
                mend=_("Its name has to end in one of {listed}.").format(listed=", ".join(SUFFIXES[heap])),
            )
        to = upload_sealing.recipient(self._home) if heap == RECORDS else None
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            file = os.fdopen(os.open(self._of(upload_id) / heap / name, flags, 0o600), "wb")
        except FileExistsError:
            raise RequestError(
                _("Two files have the name {name}.").format(name=name), mend=_("Give one of them another name.")
            ) from None
        return file if to is None else SealedFile(file, to, upload_id)

    def tell(self, upload_id: str, note: str) -> None:
        """Keep what an upload says to readers: a file, as nothing is left of one that is removed.

        Raises:
            HomeError: the disk failed, such as one that is full.
        """
        try:
            with (self._of(upload_id) / _NOTE).open("x", encoding="utf-8", newline="") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(note)
        except OSError as error:
            raise not_taken(error) from error

    def told(self, upload_id: str) -> str:
        """What an upload says to readers; may be empty."""
        with suppress(FileNotFoundError):
            return (self._of(upload_id) / _NOTE).read_bytes().decode()
        return ""

    def link(self, upload_id: str, opened: Mapping[str, int]) -> list[Path]:
        """Give files that are open in this process, by their numbers, the names they were sent under."""
        folder = self._of(upload_id) / OPENED
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name, number in opened.items():
            (folder / name).symlink_to(f"/proc/self/fd/{number}")
        return [folder / name for name in sorted(opened)]

    def definition(self, upload_id: str) -> Path | None:
        """The one definition of an upload; None where there is none, or more than one. A policy beside it is none."""
        found = [
            path for path in self.heap(upload_id, DEFINITION).iterdir() if path.suffix.lower() in (".yaml", ".yml")
        ]
        if len(found) > 1:
            found = [path for path in found if not _POLICY.search(path.read_bytes())]
        return found[0] if len(found) == 1 else None

    def heap(self, upload_id: str, heap: str) -> Path:
        """The folder of the files of one heap."""
        return self._of(upload_id) / heap

    def remove(self, upload_id: str) -> None:
        """Remove everything of an upload."""
        shutil.rmtree(self._of(upload_id), ignore_errors=True)

    def sweep(self, kept: Iterable[str]) -> None:
        """Remove everything of all uploads but those, and of those that may still be on their way."""
        known, before = frozenset(kept), time.time() - ABANDONED_S
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            if entry.name not in known and _ID.fullmatch(entry.name) and entry.stat().st_mtime < before:
                shutil.rmtree(entry, ignore_errors=True)

    def _of(self, upload_id: str) -> Path:
        assert _ID.fullmatch(upload_id), "ids of uploads are made by us"
        return self.folder / upload_id


def not_taken(error: OSError) -> HomeError:
    """What an error of the disk means for an upload."""
    if error.errno in _FULL:
        return HomeError(
            _("The disk of the site is full: what was sent was not taken."),
            mend=_("Tell the keeper of the site, and send it again once there is room."),
        )
    return HomeError(
        _("The disk of the site failed: {why}.").format(why=error.strerror), mend=_("Tell the keeper of the site.")
    )
