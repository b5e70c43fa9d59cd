"""Who was answered about which unpublished release on which day, in the keeper's own folder.

The audit log has each view of a reader before release, and of staff's none; and whoever takes the pages over can ask in
the name of anybody. What stands here they cannot change: a line of JSON for the first answer of a day.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from statlas.service.keeper import privacy
from statlas.store import Home, layout


class Asked:
    """The lines of a home; any thread may add one."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._known: set[str] | None = None

    def note(self, *, account: int, release: str, now: datetime) -> None:
        """Keep that an account is answered about a release (its id in the office), once a day.

        Raises:
            OSError: it cannot be kept; then nothing is to be answered.
        """
        line = json.dumps({"day": f"{now:%Y-%m-%d}", "account": account, "release": release})
        with self._lock, privacy.as_keeper():
            path = layout.asked_file(self._home.path)
            if self._known is None:
                self._known = _lines(path)
            if line not in self._known:
                _add(path, line)
                self._known.add(line)


def _lines(path: Path) -> set[str]:
    with suppress(FileNotFoundError):
        return set(path.read_text("ascii").splitlines())
    return set()


def _add(path: Path, line: str) -> None:
    """Add a line; what a kill left torn before it is closed first."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        file.write((b"\n" if torn else b"") + f"{line}\n".encode())
        os.fsync(descriptor)
