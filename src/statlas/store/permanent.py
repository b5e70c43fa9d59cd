"""What is kept for good: bytes under their own SHA-256, on the disk before anybody is told of them.

Nothing here is ever let go of to make room, unlike the answers of ``store.answers``.
The name is the seal: whoever asks knows the digest from elsewhere, so that what is damaged is not believed.
No key is part of it, so that it outlasts every key of the home.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import layout
from statlas.store.durable import digest_of, flush, write_new

_DIGEST = re.compile(r"[0-9a-f]{64}")


class PermanentFiles:
    """The files kept in a home; the same bytes are kept once."""

    def __init__(self, home: Path) -> None:
        self.folder = layout.permanent_folder(home)

    def keep(self, data: bytes) -> str:
        """Keep bytes; their digest, once they are on the disk.

        Raises:
            HomeError: the disk is full, or may not be written to.
        """
        digest = digest_of(data)
        if self.read(digest) is None:
            try:
                self._write(self._path(digest), data)
            except OSError as error:
                raise HomeError(
                    f"The disk of the site did not take what was to be kept: {error.strerror}.",
                    mend="Tell the keeper of the site.",
                ) from None
        return digest

    def read(self, digest: str) -> bytes | None:
        """The bytes with that digest; None where they are gone or are no longer what they were."""
        try:
            descriptor = os.open(self._path(digest), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                found = file.read()
        except OSError:
            return None
        return found if digest_of(found) == digest else None

    def _path(self, digest: str) -> Path:
        assert _DIGEST.fullmatch(digest), "digests are made by us"
        return self.folder / digest[:2] / digest

    def _write(self, path: Path, data: bytes) -> None:
        made = [folder for folder in (path.parent, self.folder) if not folder.is_dir()]
        for folder in reversed(made):
            folder.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}{layout.DRAFT}")
        try:
            write_new(draft, data, mode=0o600)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        for folder in (path.parent, *(folder.parent for folder in made)):
            flush(folder)
