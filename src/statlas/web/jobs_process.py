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
        # Before the server forks its own processes: one forked while another is started keeps the pipe open by which
        # the start of that other is known, and whoever started it waits for ever.
        self._start()
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
        while (process := self._process) and not self._ending.is_set():
            try:
                process.wait(_AGAIN_AT_MOST_S)
            except subprocess.TimeoutExpired:
                wait_s = _AGAIN_S
                process.wait()
            self._ending.wait(wait_s)
            wait_s = min(2 * wait_s, _AGAIN_AT_MOST_S)
            self._start()

    def _start(self) -> None:
        with self._lock:
            if not self._ending.is_set():
                self._process = subprocess.Popen([sys.executable, "-m", "statlas.web.jobs_worker"])
