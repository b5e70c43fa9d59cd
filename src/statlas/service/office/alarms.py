"""Sounding an alarm: a line to whoever started the site, a line of ``logs/alarms.jsonl``, a letter to those who mind.

These are the administrators of the site and, where a release of theirs opens within a day or is late, approvers.
The letter does not wait for the process that sends other letters; one that the mail server does not take does.
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
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from statlas.office.accounts import queries as account_queries
from statlas.office.accounts.models import Account
from statlas.office.letters import queries as letter_queries
from statlas.office.organisations.roles import Role
from statlas.office.releases import queries as release_queries
from statlas.service.office.heartbeat import Trouble
from statlas.service.office.letters import addressing, sending, wording, writing
from statlas.store import Home, layout, owned

LETTERS_APART_S = 600.0
"""Seconds between two letters about one kind of trouble: arbitrary; the lines tell each time."""

SOON = timedelta(days=1)
"""How long before its minute an alarm is told to approvers of a release: arbitrary, time enough to do something."""

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
    """One letter each, so that nobody learns the address of another."""
    try:
        left = [account for account in _who_minds(timezone.now()) if not _write(account, trouble)]
        writing.of_alarm(left, trouble.said, now=timezone.now())
    except DatabaseError:
        _log.warning("The letters of an alarm could not be written.")
    finally:
        connection.close()


def _write(account: Account, trouble: Trouble) -> bool:
    try:
        sending.message(account.email, wording.alarm(trouble.said)).send()
    except (OSError, SMTPException):
        _log.warning("The letter of an alarm could not be sent; it is tried again.")
        return False
    return True


def _who_minds(now: datetime) -> list[Account]:
    coming = release_queries.due(now + SOON)
    approvers = (one for row in coming for one in addressing.having(row, {Role.APPROVER}))
    wanting = (one for one in approvers if letter_queries.wants(one) and account_queries.confirmed_email(one.pk))
    return list(dict.fromkeys((*account_queries.administrators(), *wanting)))
