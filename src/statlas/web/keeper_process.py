"""The server keeps one process that keeps releases, as root where pages are another user's, and watches over it.

The watch is a thread of the server's own process: whatever becomes of the keeper, an alarm sounds within five seconds.
"""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Self

from django.db import connection

from statlas.store import Home
from statlas.web.kept_process import KeptProcess
from statlas.web.owner import ROOT, Owner

LAST_S = 1.0
"""Seconds that the keeper gets to come to an end: arbitrary. It may be killed at any moment, and then does what is left
when it starts again."""

HOLD_S = 10.0
"""Seconds that a fork waits for a look: arbitrary, far beyond what one takes."""


class KeeperProcess(KeptProcess):
    """A context in which there is a keeper, and somebody watches over it."""

    def __init__(self, home: Home, owner: Owner | None = None) -> None:
        super().__init__(
            "statlas.web.keeper_worker", last_s=LAST_S, again_at_most_s=4.0, user=ROOT if owner is not None else None
        )
        from statlas.service.office import watching  # noqa: PLC0415 - models are there once Django is set up

        self._look_s = watching.LOOK_S
        self._watch = watching.Watch(home, since=lambda: self.since)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again, name="watch", daemon=True)
        self._looking = threading.Lock()
        self._held = False

    def __enter__(self) -> Self:
        super().__enter__()
        self._watch.begin()
        # Nothing is forked in the middle of a look: it would keep half a connection to the database, or a lock.
        os.register_at_fork(before=self._hold, after_in_parent=self._release, after_in_child=self._forget)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tell_to_end()
        self._thread.join()
        super().__exit__(kind, error, trace)
        self._watch.end()

    def tell_to_end(self) -> None:
        """As ``KeptProcess`` has it; nobody sounds an alarm about a keeper that ends because it shall."""
        self._over.set()
        super().tell_to_end()

    def _look_again_and_again(self) -> None:
        while not self._over.wait(self._look_s):
            with self._looking:
                self._watch.look()
                connection.close()

    def _hold(self) -> None:
        """Wait for the end of a look; where it never comes, as the database hangs, what is forked matters more."""
        self._held = self._looking.acquire(timeout=HOLD_S)

    def _release(self) -> None:
        if self._held:
            self._looking.release()

    def _forget(self) -> None:
        self._looking = threading.Lock()
