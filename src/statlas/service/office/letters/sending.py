"""Send the letters that wait: by the process that makes files, in a thread of its own, until told to end.

Of a letter it is noted that it is being sent before the mail server is given it, and it is forgotten once the server
has taken it. A process that is killed between the two leaves a letter of which nobody knows whether it was sent: it is
sent again, once. No letter is lost, and one may come twice; both have the same ``Message-ID``, by which mail programs
know them for one.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from threading import Event

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from statlas.office.accounts import queries as account_queries
from statlas.office.letters import queries
from statlas.office.letters.models import Kind, Letter
from statlas.office.organisations import queries as organisation_queries
from statlas.office.releases.states import UNDER_WAY, State
from statlas.service.office.letters import addressing, wording
from statlas.service.office.letters.wording import Written
from statlas.store import Home

LOOK_S = 2.0
"""How often is looked for letters; arbitrary."""

AT_ONCE = 50
"""Letters that are sent at one look, so that the end of the process is not waited for; arbitrary."""

MOST_TRIES = 75
"""How often a letter is tried: with the waits below for three days; arbitrary, what it tells is old news then."""

LONGEST_WAIT = timedelta(hours=1)
"""The longest wait before a letter is tried again: the first is a minute, each is twice the one before."""

_PERMANENT = 500
"""From here on a mail server says that it will never take a letter (RFC 5321)."""

_UNCLEAR = 2
"""How often a letter may have been sent without it being known: then it is left at that."""

_log = logging.getLogger("statlas.jobs")


def keep_sending(*, home: Home, stopping: Event) -> None:
    """Send what is due until ``stopping`` is set; whatever goes wrong is told, and tried again at the next look."""
    while not stopping.wait(LOOK_S):
        close_old_connections()
        try:
            send_due(home=home, stopping=stopping)
        except DatabaseError as error:
            _log.error("Letters could not be sent: %s", type(error).__name__)
        connection.close()


def send_due(*, home: Home, now: datetime | None = None, stopping: Event | None = None) -> int:
    """Send the letters that are due; how many the mail server took. Without a server they are forgotten."""
    now, n_sent = now or timezone.now(), 0
    if not settings.STATLAS.sends_email:
        queries.forget_due(now)
        return 0
    for letter in queries.due(now, AT_ONCE):
        if stopping is not None and stopping.is_set():
            break
        try:
            n_sent += _send(letter, home, now)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours keeps no other letter back
            _log.exception("A letter met a mistake of ours.")
            _refused(letter, error, now)
    return n_sent


def message(to: str, text: Written, *, message_id: str = "") -> EmailMessage:
    """A letter as it goes to the mail server; no program answers it by itself (RFC 3834)."""
    headers = {"Auto-Submitted": "auto-generated"}
    if message_id:
        headers["Message-ID"] = f"<{message_id}@{settings.STATLAS.address_host}>"
    return EmailMessage(text.subject, text.body, to=[to], headers=headers)


def _send(letter: Letter, home: Home, now: datetime) -> bool:
    """Send one letter; whether the mail server took it."""
    to = _to(letter, now)
    if not to or letter.begun >= _UNCLEAR:
        queries.forget(letter)
        return False
    text = wording.written(letter, home=home)
    if not queries.begin(letter):
        return False
    try:
        message(to, text, message_id=letter.pk).send()
    except (OSError, SMTPException) as error:
        _refused(letter, error, now)
        return False
    with suppress(DatabaseError):  # it is sent all the same; it would be sent once more
        queries.forget(letter)
    return True


def _refused(letter: Letter, error: Exception, now: datetime) -> None:
    """Try again later; or never, where the server says that nobody has this address, or after days."""
    if letter.tries + 1 >= MOST_TRIES or _is_permanent(error):
        _log.warning("A letter about a release could not be sent, and is given up.")
        queries.forget(letter)
    else:
        _log.warning("A letter about a release could not be sent; it is tried again.")
        queries.put_off(letter, now + min(timedelta(minutes=2 ** min(letter.tries, 10)), LONGEST_WAIT))


def _is_permanent(error: Exception) -> bool:
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= _PERMANENT for code, _said in error.recipients.values())


# --- to whom, if it is still true -------------------------------------------------------------------------------------


def _to(letter: Letter, now: datetime) -> str:
    """The address that a letter goes to; empty where it is not to be sent any more."""
    if letter.reader is not None:
        return str(letter.reader.email) if _is_for_reader(letter, now) else ""
    if letter.release is not None and not _is_for_member(letter):
        return ""
    if letter.release is None:
        return str(letter.account.email) if letter.account.is_active else ""
    return account_queries.confirmed_email(letter.account.pk)


def _is_for_reader(letter: Letter, now: datetime) -> bool:
    """Whether what is told of early reading still holds."""
    if letter.kind == Kind.EARLY_REVOKED:
        return True
    if letter.kind == Kind.EARLY_OFF:
        return bool(letter.release.state != State.SCHEDULED)
    if letter.reader.revoked is not None:
        return False
    if letter.moment is None:
        return letter.release.state in UNDER_WAY
    return _is_planned(letter) and now < letter.moment


def _is_for_member(letter: Letter) -> bool:
    """Whether somebody still belongs to the organisation and wants letters, and their turn is not over."""
    roles = organisation_queries.roles(letter.account, addressing.organisation_of(letter.release))
    return bool(roles) and not _is_over(letter) and queries.wants(letter.account)


def _is_over(letter: Letter) -> bool:
    """Whether what a member is told of what is to come is not so any more."""
    if letter.kind == Kind.WAITS:
        return bool(letter.release.state != State.CHECKED)
    if letter.kind == Kind.SCHEDULED:
        return not _is_planned(letter)
    return letter.kind == Kind.UNSCHEDULED and _is_planned(letter)


def _is_planned(letter: Letter) -> bool:
    """Whether the release has the minute that the letter tells of."""
    return bool(letter.release.state == State.SCHEDULED and letter.release.scheduled_for == letter.moment)
