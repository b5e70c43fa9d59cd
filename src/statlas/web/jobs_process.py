"""The server keeps one process that makes jobs: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

LAST_S = 5.0
"""Seconds that the process gets to put back what it is at: arbitrary, more than it takes between two pieces."""

_AGAIN_S = 1.0
_AGAIN_AT_MOST_S = 60.0


class JobsProcess:
    """A context in which there is a process that makes jobs."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="jobs", daemon=True)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._ending.set()
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(LAST_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._keeper.join()

    def _keep(self) -> None:
        """Start the process, and again whenever it has died, after longer and longer waits where it dies at once."""
        wait_s = _AGAIN_S
        while process := self._started():
            try:
                process.wait(_AGAIN_AT_MOST_S)
            except subprocess.TimeoutExpired:
                wait_s = _AGAIN_S
                process.wait()
            self._ending.wait(wait_s)
            wait_s = min(2 * wait_s, _AGAIN_AT_MOST_S)

    def _started(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._ending.is_set():
                return None
            self._process = subprocess.Popen([sys.executable, "-m", "statlas.web.jobs_worker"])
            return self._process
