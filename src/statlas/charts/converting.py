"""Specifications as pictures, drawn by a process of its own that can be stopped.

Drawing runs scripts (Vega) over data that somebody chose, so it has bounds: a specification of so many bytes, so many
seconds, one at a time for each process of the site. A converter that does not answer in time is ended, and the next
picture starts another.
It is started with the first picture, or by ``warm``; it stays, as its start takes longer than most pictures.
"""

from __future__ import annotations

import atexit
import json
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from threading import Lock, Thread
from time import monotonic
from typing import IO, Any

from statlas.errors import BackendError, BusyError, QueryError
from statlas.wording import gettext as _

FORMATS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
"""Kinds of pictures with their media types."""

MOST_BYTES = 24_000_000
"""Bytes of a specification; arbitrary: a map of 7,264 areas is a quarter of it."""

TIMEOUT_S = 20.0
"""Seconds for one picture; arbitrary: ten times the slowest we draw ourselves."""

_WAIT_S = 30.0  # for the pictures that others wait for
_HEAD = struct.Struct(">cQ")
_REQUEST = struct.Struct(">3sfQ")


@dataclass
class Converter:
    """A process that draws, and the pipe to it; one picture at a time."""

    process: subprocess.Popen[bytes] | None = None
    lock: Lock = field(default_factory=Lock)

    def picture(
        self, specification: dict[str, Any], form: str, *, scale: float = 2.0, timeout_s: float = TIMEOUT_S
    ) -> bytes:
        """A Vega-Lite specification as ``svg``, ``png`` or ``pdf``.

        Args:
            specification: of Vega-Lite 6, with its data in it.
            form: one of ``FORMATS``.
            scale: pixels of a PNG for each of the specification's.
            timeout_s: after which the drawing is stopped.

        Raises:
            QueryError: the specification is too large.
            BusyError: others draw for too long.
            BackendError: it takes too long, or cannot be drawn.
        """
        sent = json.dumps(specification, separators=(",", ":")).encode()
        if len(sent) > MOST_BYTES:
            raise QueryError(_("The picture would be too large."), mend=_("Choose fewer categories or dates."))
        if not self.lock.acquire(timeout=_WAIT_S):
            raise BusyError(_("Many pictures are being drawn."), retry_after=30)
        try:
            return self._asked(form, scale, sent, timeout_s)
        finally:
            self.lock.release()

    def _asked(self, form: str, scale: float, sent: bytes, timeout_s: float) -> bytes:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        until = monotonic() + timeout_s
        try:
            # The converter reads a whole request before it answers, so writing it cannot wait for reading.
            process.stdin.write(_REQUEST.pack(form.encode(), scale, len(sent)) + sent)
            process.stdin.flush()
            kind, length = _HEAD.unpack(_read(process.stdout, _HEAD.size, until))
            answer = _read(process.stdout, length, until)
        except (OSError, EOFError, TimeoutError) as error:
            self.stop()
            raise BackendError(
                _("The picture takes too long to draw."),
                mend=_("Choose fewer categories, or take the table as a file."),
            ) from error
        if kind != b"+":
            raise BackendError(_("The picture cannot be drawn."), mend=_("Take the table as a file."))
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            command = [sys.executable, "-m", "statlas.charts.converter"]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        return self.process

    def stop(self) -> None:
        """End the process, whatever it does."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            with suppress(OSError):
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        pipe.close()
            process.wait()


def _read(pipe: IO[bytes], length: int, until: float) -> bytes:
    """So many bytes before the time is over.

    Raises:
        TimeoutError: it is over.
        EOFError: the process has ended.
    """
    found = bytearray()
    with DefaultSelector() as selector:
        selector.register(pipe, EVENT_READ)
        while len(found) < length:
            if not selector.select(max(0.0, until - monotonic())):
                raise TimeoutError
            part = pipe.read(min(length - len(found), 1 << 20))
            if not part:
                raise EOFError
            found += part
    return bytes(found)


_converter = Converter()
atexit.register(_converter.stop)


def picture(specification: dict[str, Any], form: str, *, scale: float = 2.0) -> bytes:
    """A picture by this process's own converter; see ``Converter.picture``."""
    return _converter.picture(specification, form, scale=scale)


def warm() -> None:
    """Start the converter in the background, so that the first picture need not wait for it."""
    if _converter.process is None and not _converter.lock.locked():
        Thread(target=_warm, daemon=True).start()


def _warm() -> None:
    from statlas.charts import specifying  # noqa: F401, PLC0415 - Altair is loaded by the way

    with suppress(BackendError):
        _converter.picture(_SMALLEST, "svg")


_SMALLEST = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"x": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "quantitative"}},
}
"""What the converter is warmed with."""
