"""Whoever asks may go away, and nobody waits for ever."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event

from statlas.errors import BusyError
from statlas.wording import _

TICK_S = 0.02
"""How often those who wait look whether they still have to; arbitrary."""

RETRY_AFTER_S = 10
"""When to ask again: arbitrary, longer than most tables take."""


class CancelledError(Exception):
    """The one who asked is not there any more."""


class Cancel:
    """A token that ends a question from another thread: between two periods, or while it waits for its turn."""

    def __init__(self) -> None:
        self._gone = Event()

    def cancel(self) -> None:
        """The answer is wanted no longer."""
        self._gone.set()

    def check(self) -> None:
        """Go on unless cancelled.

        Raises:
            CancelledError: it is.
        """
        if self._gone.is_set():
            raise CancelledError


@dataclass(frozen=True)
class Patience:
    """How long an asker waits for a turn: until a moment of the monotonic clock, or for ever; and whether it is there.

    A turn once taken is not ended by ``until``.
    """

    until: float | None
    cancel: Cancel

    @classmethod
    def of(cls, wait_s: float | None, cancel: Cancel | None) -> Patience:
        """The patience of an asker who comes now."""
        return cls(None if wait_s is None else time.monotonic() + wait_s, cancel or Cancel())

    def check(self) -> None:
        """Go on waiting.

        Raises:
            BusyError: it has been long enough.
            CancelledError: nobody waits any more.
        """
        self.cancel.check()
        if self.until is not None and time.monotonic() > self.until:
            raise BusyError(_("Other tables are being counted."), retry_after=RETRY_AFTER_S)
