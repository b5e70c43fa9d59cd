"""What the keeper answers at its socket, to whom.

A question is ``SIGNATURE JSON`` and the end of the line, the JSON ``{"act": ..., "at": ..., "once": ..., "facts":
{...}}``. It comes from the owner of the home or of the keeper, bears the proof of ``office.keeper_line``, is not older
than half a minute (``at`` is in seconds since the machine was started) and has not been asked before. The answer is a
line of JSON, ``{"length": n}`` or ``{"problem": {...}}`` as RFC 9457 has it, and n bytes.

Each act is for the account that ``facts`` name as ``account`` (its number), about the release under way that they name
as ``release`` (its id in the office); who may is decided here, from the office's own tables:

========== ================================= ============================== ==================================
act        facts                             who may                        answer
========== ================================= ============================== ==================================
reports    account, release                  members of the organisation    ``DraftReports`` as JSON
note       account, release                  members                        the note for readers, plain text
database   account, release                  members; readers before        the database with its periods, as
                                             release in their 24 hours      ``definitions.dumps`` writes it
preview    account, release, query           as for database                the table, as ``tables.cube_codec``
                                                                            writes it
prepared   account, release                  members                        ``{"prepared": true}``, or false
upload     account, upload                   whoever sent it, while it is   names of its files of records as JSON,
                                             read                           and the files, open, beside
========== ================================= ============================== ==================================

``query`` is the JSON of ``model.query_data.query_data``. A release that is public already, that is not there, or that
this account may know nothing of: all are unknown, in the same words.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from statlas.errors import AccessError, BackendError, BusyError, RequestError, StatlasError
from statlas.service.keeper import drafts, guarded, uploads
from statlas.service.keeper.asked import Asked
from statlas.service.keeper.clocks import Clock
from statlas.service.keeper.warming import Warming
from statlas.service.office import heartbeat, keeper_line, keeper_schedule
from statlas.service.office.keeper_schedule import ReleaseFactsOfOffice
from statlas.store import Home, layout
from statlas.wording import _

ACTS = ("reports", "note", "database", "preview", "prepared", "upload")

MOST_AT_ONCE = 8
"""Questions answered at once; others wait in the socket's queue (arbitrary: staff are few)."""

HEAR_S = 2.0
"""Seconds in which a question has to be there."""

TAKE_S = 20.0
"""Seconds in which an answer has to be taken."""

OLD_S = 30.0
"""A question older than this is not answered: longer than a busy machine takes, too short to be of use to a thief."""

COUNT_S = 10.0
"""Seconds that a table waits for its turn: tables of drafts are counted one after the other."""

_log = logging.getLogger("statlas.keeper")


@dataclass(frozen=True)
class Question:
    """A question that comes from the site: what, by which account, about which release, or which upload."""

    act: str
    account: int
    release: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def answer(*, home: Home, clock: Clock) -> None:
    """Make drafts ready and answer questions about them, until the clock says that it is time to end.

    Raises:
        OSError: the socket cannot be made.
    """
    with _listening(home) as door:
        ending = threading.Event()
        threading.Thread(target=_prepare_again_and_again, args=(home, ending), name="ready", daemon=True).start()
        threading.Thread(target=_accept, args=(home, clock, door), name="door", daemon=True).start()
        while not clock.wait(1.0):
            pass
        ending.set()


def _listening(home: Home) -> socket.socket:
    """The socket, for the owner of the home and the keeper alone."""
    layout.line_folder(home.path).mkdir(mode=0o700, exist_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with keeper_line.short_path(layout.socket_file(home.path)) as path:
        with suppress(FileNotFoundError):
            os.unlink(path)  # noqa: PTH108 - a name by way of a descriptor
        door.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101 - as above
    door.listen(64)
    return door


def _prepare_again_and_again(home: Home, ending: threading.Event) -> None:
    ready, warming = drafts.Ready(home), Warming(home)
    while not ending.wait(1.0):
        try:
            warming.look()
            ready.look()
        except Exception as error:  # noqa: BLE001 - the next look may do better, and nobody else makes drafts ready
            _log.warning("The keeper's reader could not look: %s", type(error).__name__)
        finally:
            keeper_schedule.let_go()


def _accept(home: Home, clock: Clock, door: socket.socket) -> None:
    line = Line(home, clock)
    room = threading.BoundedSemaphore(MOST_AT_ONCE)
    while True:
        room.acquire()
        try:
            connection, _address = door.accept()
        except OSError:
            room.release()
            continue
        threading.Thread(target=_serve, args=(line, connection, room), name="answer", daemon=True).start()


def _serve(line: Line, connection: socket.socket, room: threading.BoundedSemaphore) -> None:
    try:
        with connection, suppress(OSError):
            line.serve(connection)
    finally:
        keeper_schedule.let_go()
        room.release()


class Line:
    """Answers one connection after the other, and lets no question be asked twice."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._noted = Asked(home)
        self._lock = threading.Lock()
        self._counting = threading.Lock()

    def serve(self, connection: socket.socket) -> None:
        """Hear one question and answer it; whoever is not the site hears nothing.

        Raises:
            OSError: the other end is gone, or too slow.
        """
        head: dict[str, Any]
        files: list[int] = []
        connection.settimeout(HEAR_S)
        if keeper_line.peer(connection) not in {self._home.path.stat().st_uid, os.geteuid()}:
            return
        text = _heard(connection)
        try:
            question = self._proven(text)
            body = self._answer(question, files)
        except StatlasError as error:
            head, body = {"problem": dict(error.as_problem())}, b""
        except Exception:  # noqa: BLE001 - a mistake of ours is one answer's, and nobody else's
            _log.exception("The keeper met a mistake of ours.")
            head, body = {"problem": dict(BackendError(_("The keeper met a mistake of ours.")).as_problem())}, b""
        else:
            head = {"length": len(body)}
        connection.settimeout(TAKE_S)
        try:
            _send(connection, json.dumps(head).encode() + b"\n" + body, files if body else [])
        finally:
            for number in files:
                os.close(number)

    def _proven(self, text: bytes) -> Question:
        """The question, if it comes from the site and is asked the first time.

        Raises:
            AccessError: it does not, or is not.
            RequestError: it says no account, or no release.
        """
        proof, _blank, asked = text.partition(b" ")
        if not hmac.compare_digest(proof, keeper_line.signature(self._home, asked).encode()):
            raise _not_the_site()
        found = json.loads(asked)
        now = heartbeat.running()
        if abs(now - float(found["at"])) > OLD_S or not self._is_first(str(found["once"]), now):
            raise _not_the_site()
        facts = found["facts"]
        account, release = facts.get("account"), facts.get("upload" if found["act"] == "upload" else "release")
        if found["act"] not in ACTS or type(account) is not int or not isinstance(release, str):
            raise RequestError(_("The keeper does not know such a question."), mend=_("See who asks what of it."))
        return Question(found["act"], account, release, facts)

    def _is_first(self, once: str, now: float) -> bool:
        with self._lock:
            self._asked = {name: at for name, at in self._asked.items() if now - at <= 2 * OLD_S}
            return self._asked.setdefault(once, now) == now

    def _answer(self, question: Question, files: list[int]) -> bytes:
        if question.act == "upload":
            with keeper_schedule.explained():
                keeper_schedule.require_being_read(account_id=question.account, upload_id=question.release)
            return uploads.opened(self._home, question.release, files)
        now = guarded.now(self._home, self._clock)
        with keeper_schedule.explained():
            release = keeper_schedule.allowed(
                account_id=question.account,
                release_id=question.release,
                may_be_early=question.act in ("database", "preview"),
                home=self._home,
                now=now,
            )
        self._noted.note(account=question.account, release=release.id, now=now)
        return _ANSWERS[question.act](self, release, question)

    def _reports(self, release: ReleaseFactsOfOffice, _question: Question) -> bytes:
        return drafts.reports(self._home, release.draft_id)

    def _note(self, release: ReleaseFactsOfOffice, _question: Question) -> bytes:
        return drafts.note(self._home, release.draft_id)

    def _database(self, release: ReleaseFactsOfOffice, _question: Question) -> bytes:
        return drafts.database(self._home, release.draft_id)

    def _prepared(self, release: ReleaseFactsOfOffice, _question: Question) -> bytes:
        return json.dumps({"prepared": drafts.is_ready(self._home, release.draft_id)}).encode()

    def _preview(self, release: ReleaseFactsOfOffice, question: Question) -> bytes:
        query = question.facts.get("query")
        if not isinstance(query, str):
            raise RequestError(_("A preview needs a query."), mend=_("Send it as JSON."))
        if not self._counting.acquire(timeout=COUNT_S):
            raise BusyError(_("The keeper is counting a table for somebody else."), retry_after=5)
        try:
            return drafts.preview(self._home, release.draft_id, query)
        finally:
            self._counting.release()


_ANSWERS: Mapping[str, Callable[[Line, ReleaseFactsOfOffice, Question], bytes]] = {
    "reports": Line._reports,  # noqa: SLF001 - a table of this module
    "note": Line._note,  # noqa: SLF001 - as above
    "database": Line._database,  # noqa: SLF001 - as above
    "preview": Line._preview,  # noqa: SLF001 - as above
    "prepared": Line._prepared,  # noqa: SLF001 - as above
}


def _send(connection: socket.socket, answer: bytes, files: list[int]) -> None:
    """Send an answer, and open files with its first bytes."""
    sent = socket.send_fds(connection, [answer], files) if files else 0
    if answer[sent:]:
        connection.sendall(answer[sent:])


def _heard(connection: socket.socket) -> bytes:
    """A line of at most ``MOST_ASKED`` bytes that comes in time.

    Raises:
        OSError: it does not.
    """
    until = heartbeat.running() + HEAR_S
    found = bytearray()
    while not found.endswith(b"\n"):
        if len(found) > keeper_line.MOST_ASKED + 100 or heartbeat.running() > until:
            raise TimeoutError
        part = connection.recv(65_536)
        if not part:
            raise ConnectionError
        found += part
    return bytes(found[:-1])


def _not_the_site() -> AccessError:
    return AccessError(
        _("The keeper answers the site, and each of its questions once."), mend=_("Ask through a page of the site.")
    )
