"""A process that the server keeps beside itself: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

from statlas.service.office import heartbeat
from statlas.web import following
from statlas.web.owner import ROOT, Owner, roots_environment

_AGAIN_S = 1.0
_STEADY_S = 60.0
"""A process that lives this long is not one that dies at once: the next wait is the shortest again."""


class KeptProcess:
    """A context in which there is a process that runs a module, ``python -m MODULE``.

    Args:
        module: the module.
        last_s: seconds that the process gets to come to an end when it is told to.
        again_at_most_s: the longest wait before it is started again; waits grow where it dies at once.
        user: whom it runs as; None is whoever started it.
    """

    def __init__(self, module: str, *, last_s: float, again_at_most_s: float, user: Owner | None = None) -> None:
        # Neither the folder that the site was started in nor a user's own packages are looked into for modules.
        self._command = [sys.executable, "-P", "-s", "-m", module, following.told()]
        self._last_s = last_s
        self._again_at_most_s = again_at_most_s
        self._user = user
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._lock = threading.Lock()
        self._watcher = threading.Thread(target=self._keep, name=module, daemon=True)

    @property
    def since(self) -> float | None:
        """When the process that is there now was started (``heartbeat.running``); None where there is none."""
        with self._lock:
            is_there = self._process is not None and self._process.poll() is None
            return self._since if is_there else None

    def __enter__(self) -> Self:
        # Before the server forks its own processes: one forked while another is started keeps the pipe open by which
        # the start of that other is known, and whoever started it waits for ever.
        self._start()
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tell_to_end()
        if self._process is not None:
            try:
                self._process.wait(self._last_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._watcher.join()

    def tell_to_end(self) -> None:
        """Let the process come to its end while others come to theirs; the end of the context waits for it."""
        with self._lock:
            self._ending.set()
            if self._process is not None:
                self._process.terminate()

    def _keep(self) -> None:
        """Start the process again whenever it has died, after longer and longer waits where it dies at once."""
        wait_s = _AGAIN_S
        while (process := self._process) and not self._ending.is_set():
            try:
                process.wait(_STEADY_S)
            except subprocess.TimeoutExpired:
                wait_s = _AGAIN_S
                process.wait()
            self._ending.wait(wait_s)
            wait_s = min(2 * wait_s, self._again_at_most_s)
            self._start()

    def _start(self) -> None:
        with self._lock:
            if not self._ending.is_set():
                self._since = heartbeat.running()
                self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._user is None:
            return subprocess.Popen(self._command)
        environment = roots_environment() if self._user == ROOT else None
        return subprocess.Popen(self._command, user=self._user.user, group=self._user.group, env=environment)
