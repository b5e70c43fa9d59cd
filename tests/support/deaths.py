"""Kill -9 at the n-th moment: a process that kills itself when it has touched a file, or asked the site's database.

Of what it writes to the audit log then, half is written. Imported once Django is set up.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.db import connection

TOUCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.link", "shutil.rmtree"}


class Death:
    """Counts the files of a home touched and the statements asked of this process, and kills it at the n-th."""

    def __init__(self, n: int, home: Path) -> None:
        self.left, self.seen, self.steps, self.commits = n, 0, [], []
        self._home = str(home)
        self._write, self._sync, self._commit = os.write, os.fsync, connection._commit
        sys.addaudithook(self._hook)
        os.write, os.fsync, connection._commit = self._half, self._flushed, self._committed
        connection.execute_wrappers.append(self._asked)

    def tell(self, step: str) -> None:
        """Which step begins."""
        self.steps.append((step, self.seen))

    def count(self) -> bool:
        """Whether this is the moment."""
        self.seen += 1
        self.left -= 1
        return self.left == 0

    def _die(self) -> None:
        if self.count():
            os.kill(os.getpid(), signal.SIGKILL)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in TOUCHED and any(self._is_of_home(one) for one in arguments[:2]):
            self._die()

    def _half(self, file: int, data: bytes) -> int:
        if self._is_of_home(Path(f"/proc/self/fd/{file}").readlink()) and self.count():
            self._write(file, bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return self._write(file, data)

    def _flushed(self, file: int) -> None:
        self._sync(file)
        self._die()

    def _asked(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        self._die()
        return execute(sql, params, many, context)

    def _committed(self) -> None:
        self._die()
        self.commits.append(self.seen)
        self._commit()
        self._die()

    def _is_of_home(self, path: object) -> bool:
        """Whether a file is of the home; names in a folder that was opened before are, nothing else here has such."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        name = os.fsdecode(path)
        return name.startswith(self._home) or (not name.startswith("/") and "audit" in name)
