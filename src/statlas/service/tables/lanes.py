"""Two lanes: small tables are counted side by side, large ones one after the other, so that none starves the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from statlas.errors import BusyError
from statlas.service.tables.cancelling import RETRY_AFTER_S, TICK_S, Patience
from statlas.wording import _


class Lane:
    """Places for so many at once and so many who wait; whoever comes then is sent away, as waiting takes a thread."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once, self._most_waiting = at_once, most_waiting
        self._running = self._waiting = 0
        self._free = Condition()

    @contextmanager
    def place(self, patience: Patience) -> Iterator[None]:
        """A place of one's own.

        Raises:
            BusyError, CancelledError: there is none, or none in time.
        """
        with self._free:
            if self._running >= self._at_once:
                self._take_turn(patience)
            self._running += 1
        try:
            yield
        finally:
            with self._free:
                self._running -= 1
                self._free.notify()

    @contextmanager
    def queue(self, patience: Patience) -> Iterator[None]:
        """A place among those who wait, for somebody else's answer.

        Raises:
            BusyError: there is none.
        """
        with self._free:
            self._join(patience)
        try:
            yield
        finally:
            with self._free:
                self._waiting -= 1

    def _take_turn(self, patience: Patience) -> None:
        self._join(patience)
        try:
            while self._running >= self._at_once:
                patience.check()
                self._free.wait(TICK_S)
        finally:
            self._waiting -= 1

    def _join(self, patience: Patience) -> None:
        """Who would wait for ever is never sent away: that is no thread of a server."""
        if self._waiting >= self._most_waiting and patience.until is not None:
            raise BusyError(_("Other tables of this size are waited for already."), retry_after=RETRY_AFTER_S)
        self._waiting += 1
