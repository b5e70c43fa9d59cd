"""Sounding an alarm: a line to whoever started the site, a line of ``logs/alarms.jsonl``, a letter to administrators.

Nothing here may fail the watch: a full disk or a mail server that is gone keeps no other way from being tried.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import Error as DatabaseError
from django.db import connection

from statlas.office.accounts import queries
from statlas.service.office.heartbeat import Trouble
from statlas.store import Home, layout, owned
from statlas.wording import _

LETTERS_APART_S = 600.0
"""Seconds between two letters about one kind of trouble: arbitrary; the lines tell each time."""

_log = logging.getLogger("statlas.keeper")
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Alarms:
    """The alarms of a home: sounded once when trouble begins, and said to be over when it ends."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._sounding: dict[str, Trouble] = {}
        self._written: dict[str, float] = {}

    def hear(self, trouble: tuple[Trouble, ...]) -> None:
        """Sound what is new among the trouble there is now, and tell what is over."""
        now = {one.kind: one for one in trouble}
        for kind, one in now.items():
            if kind not in self._sounding:
                self._sound(one)
        for kind, one in self._sounding.items():
            if kind not in now:
                self._tell("over", one)
        self._sounding = now

    def _sound(self, trouble: Trouble) -> None:
        self._tell("alarm", trouble)
        since = time.monotonic() - self._written.get(trouble.kind, float("-inf"))
        if settings.STATLAS.sends_email and since > LETTERS_APART_S:
            self._written[trouble.kind] = time.monotonic()
            threading.Thread(target=_write_letters, args=(trouble,), name="alarm", daemon=True).start()

    def _tell(self, what: str, trouble: Trouble) -> None:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), what: trouble.kind, "said": trouble.said}
        with suppress(OSError, ValueError):
            said = "ALARM" if what == "alarm" else "Over"
            print(f"{said}: {trouble.said}", file=sys.stderr, flush=True)  # noqa: T201 - it speaks to whoever started it
        with suppress(OSError):
            owned.make_folder(layout.logs_folder(self._home.path), self._home.path)
            descriptor = os.open(layout.alarms_file(self._home.path), _APPEND, 0o600)
            try:
                os.write(descriptor, json.dumps(line).encode() + b"\n")
            finally:
                os.close(descriptor)


def _write_letters(trouble: Trouble) -> None:
    """One letter an administrator, so that nobody learns the address of another."""
    site = " ".join(str(settings.STATLAS.site_name).split())
    text = "\n\n".join((trouble.said, _("`statlas keeper check` says what to do."), site)) + "\n"
    try:
        for address in queries.addresses_of_administrators():
            send_mail(f"{_('Alarm')}: {trouble.said.partition('.')[0]} - {site}", text, None, [address])
    except (OSError, SMTPException, DatabaseError):
        _log.warning("The letter of an alarm could not be sent.")
    finally:
        connection.close()
