"""Once a day, beside everything else: is the audit log what was written?

A thread does it, as a long log takes a second, and the minute waits for nothing. What is found stays trouble until a
look finds it acknowledged: a line that was altered does not mend itself. Meanwhile each new end of the log is noted
where nobody else can write, so that no other log can take its place.
"""

from __future__ import annotations

import logging
from threading import Thread

from statlas.errors import StatlasError
from statlas.model.faults import Fault
from statlas.service.keeper.noted_heads import NotedHeads
from statlas.service.office.heartbeat import Trouble
from statlas.service.tables import auditing
from statlas.service.tables.auditing import AuditReport, Head
from statlas.store import Home
from statlas.wording import _

EVERY_S = 86_400.0
"""How often the log is verified, and at every start of the keeper; arbitrary."""

AGAIN_S = 600.0
"""How soon again where it could not be read, or something was found; arbitrary."""

_MOST_SAID = 20
"""Faults that the keeper's own log names: arbitrary."""

_log = logging.getLogger("statlas.keeper")


class LogWatch:
    """Verifies the audit log of a home now and then."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._next = float("-inf")
        self._began = 0.0
        self._thread: Thread | None = None
        self._noted = NotedHeads(home)
        self._proven: Head | None = None
        self._found: tuple[Trouble, ...] = ()

    def look(self, running: float) -> tuple[Trouble, ...]:
        """What was found last; begins to look again where it is time.

        Args:
            running: seconds of a clock that nobody sets.

        Raises:
            OSError: the end of the log cannot be noted.
        """
        if self._proven is not None and not self._is_at_it():
            self._noted.forget_before(self._proven)
            self._proven = None
        self._noted.note()
        if running >= self._next and not self._is_at_it():
            self._began, self._next = running, running + EVERY_S
            self._thread = Thread(target=self._verify, name="audit log", daemon=True)
            self._thread.start()
        return self._found

    def wait(self) -> None:
        """Wait until a look that was begun has ended."""
        if self._thread is not None:
            self._thread.join()

    def _is_at_it(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _verify(self) -> None:
        try:
            report = auditing.verify(home=self._home, noted=self._noted.all)
        except (StatlasError, OSError) as error:
            _log.warning("The audit log could not be verified: %s", type(error).__name__)
            self._found = (Trouble("audit-unread", _("The audit log cannot be read, and may not be written to.")),)
            self._next = self._began + AGAIN_S
            return
        faults = report.faults or (() if self._found else self._unheard(report))
        self._found = (Trouble("audit-log", _("The audit log is not what was written.")),) if faults else ()
        self._proven = None if faults else report.head
        self._next = self._began + (AGAIN_S if faults else EVERY_S)
        for fault in faults[:_MOST_SAID]:
            _log.error("The audit log is not what was written: %s", fault.expected)

    def _unheard(self, report: AuditReport) -> tuple[Fault, ...]:
        """What is acknowledged of heads that are noted here: no line silences an alarm that was not heard first."""
        noted = [*map(str, self._noted.all)]
        known = (fault for one in report.acknowledged for fault in one.faults if fault.code == "noted-head")
        return tuple(fault for fault in known if any(head in fault.expected for head in noted))
