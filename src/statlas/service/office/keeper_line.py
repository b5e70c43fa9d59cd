"""Ask the keeper: it alone can read what is not public yet, and it decides itself who may know what.

The line is a Unix socket in ``HOME/line``, which the owner of the home and the keeper alone can reach.
A question says which account asks, when, and once: it is signed with a secret of the home, which the processes of the
site and the commands of its keeper can read and nobody else. Whoever answers must be the owner of ``HOME/keeper``.

One question a connection: a line of JSON there, a line of JSON and as many bytes as it says back.
A keeper that is gone, hangs or stops in the middle is an error within ``timeout_s``, never a page that hangs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from statlas.errors import BackendError, KeeperGoneError, StatlasError
from statlas.service.office import heartbeat
from statlas.store import Home, layout
from statlas.wording import _

Fact = str | int | bool
"""What a question may tell besides who asks: plain values, each small."""

MOST_ASKED = 65_536
"""Bytes of a question: a query of the longest address fits (arbitrary above that)."""

MOST_ANSWERED = 200_000_000
"""Bytes of an answer: a table of a million cells as a file is a tenth of it (arbitrary above that)."""

PATIENCE_S = 20.0
"""How long an answer is waited for: as long as a page's table may take."""

LONG_PATIENCE_S = 900.0
"""How long records are waited for to be unsealed: arbitrary; a gigabyte takes some seconds."""

MOST_FILES = 200
"""Files that come with an answer: the system hands over 253 at a time, and a form takes a hundred."""

_SECRET, _SECRET_BYTES = "keeper-line.v1", 32
_HEAD = 65_536
_CREDENTIALS, _NUMBER = struct.Struct("3i"), struct.Struct("i")


def ask(*, home: Home, act: str, timeout_s: float = PATIENCE_S, **facts: Fact) -> bytes:
    """What the keeper answers; ``ask(home=home, act="preview", account=7, release="...", query="...")``.

    The acts and their facts are described in ``statlas.service.keeper.asking``. The answer is for that account alone:
    whoever hands it on says ``no-store``.

    Raises:
        KeeperGoneError: it does not answer in time, or what answers is not the keeper.
        AccessError: the keeper says that this account may not.
        StatlasError: whatever else the keeper says is wrong, as it would be raised here.
    """
    return _asked(home, _question(home, act, facts), timeout_s)


def _asked(home: Home, question: bytes, timeout_s: float, files: list[int] | None = None) -> bytes:
    """What is answered; open files that come with it are added to ``files``."""
    try:
        with _connected(home.path, time.monotonic() + timeout_s) as line:
            line.files = files
            line.send(question)
            head = json.loads(line.receive_line())
            body = line.receive(_length(head))
    except (OSError, ValueError) as error:
        raise _gone() from error
    if "problem" in head:
        _raise(head["problem"])
    return body


def take(*, home: Home, account: int, upload: str, timeout_s: float = LONG_PATIENCE_S) -> dict[str, int]:
    """The records of an upload that is being read, by name: numbers of open files, which whoever takes them closes.

    Raises:
        KeeperGoneError: it does not answer in time, or what answers is not the keeper.
        StatlasError: there is no such upload, or it is not as it was sealed.
    """
    found: list[int] = []
    question = _question(home, "upload", {"account": account, "upload": upload})
    try:
        names = json.loads(_asked(home, question, timeout_s, found))
        return dict(zip(names, found, strict=True))
    except BaseException as error:
        for number in found:
            os.close(number)
        if isinstance(error, ValueError):
            raise _gone() from error
        raise


def signature(home: Home, text: bytes) -> str:
    """The proof that a question comes from the site or its keeper's commands: HMAC-SHA256 under a secret of the home.

    Raises:
        HomeError: the secret cannot be read.
    """
    return hmac.new(home.secret(_SECRET, _SECRET_BYTES), text, hashlib.sha256).hexdigest()


def peer(connection: socket.socket) -> int:
    """The user of the process at the other end, as the system tells it."""
    got = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(got)[1])


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of a file that is short enough for a socket's address (108 bytes), however long that of its folder is.

    Raises:
        OSError: there is no such folder.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _question(home: Home, act: str, facts: Mapping[str, Fact]) -> bytes:
    asked = {"act": act, "at": heartbeat.running(), "once": secrets.token_hex(16), "facts": dict(facts)}
    text = json.dumps(asked, separators=(",", ":")).encode()
    assert len(text) < MOST_ASKED, "whoever asks keeps a question within bounds"
    return signature(home, text).encode() + b" " + text + b"\n"


class _Line:
    """A connection on which everything together takes no longer than until a moment (``time.monotonic``)."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until
        self._kept = b""
        self.files: list[int] | None = None

    def send(self, data: bytes) -> None:
        """Send all."""
        self._wait()
        self._connection.sendall(data)

    def receive_line(self) -> bytes:
        """Bytes up to the end of a line.

        Raises:
            ValueError: there is none.
        """
        while b"\n" not in self._kept:
            if len(self._kept) > _HEAD or not (part := self._receive()):
                raise ValueError("no line")
            self._kept += part
        line, _, self._kept = self._kept.partition(b"\n")
        return line

    def receive(self, n_bytes: int) -> bytes:
        """That many bytes.

        Raises:
            ValueError: there are fewer.
        """
        found = bytearray(self._kept)
        while len(found) < n_bytes and (part := self._receive()):
            found += part
        if len(found) != n_bytes:
            raise ValueError("cut off")
        return bytes(found)

    def _receive(self) -> bytes:
        self._wait()
        if self.files is None:
            return self._connection.recv(1 << 20)
        # Not recv_fds, which leaves out that no process shall inherit them.
        part, beside, _flags, _from = self._connection.recvmsg(
            1 << 20, socket.CMSG_LEN(MOST_FILES * _NUMBER.size), socket.MSG_CMSG_CLOEXEC
        )
        for level, kind, data in beside:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                whole = data[: len(data) - len(data) % _NUMBER.size]
                self.files += [number for (number,) in _NUMBER.iter_unpack(whole)]
        return part

    def _wait(self) -> None:
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(left_s)


@contextmanager
def _connected(home: Path, until: float) -> Iterator[_Line]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        line = _Line(connection, until)
        connection.settimeout(max(until - time.monotonic(), 0.001))
        with short_path(layout.socket_file(home)) as path:
            connection.connect(path)
        if peer(connection) != layout.keeper_folder(home).stat().st_uid:
            raise ValueError("not the keeper")
        yield line


def _length(head: Any) -> int:
    length = head.get("length", 0) if isinstance(head, dict) else -1
    if not (isinstance(length, int) and 0 <= length <= MOST_ANSWERED):
        raise ValueError("no length")
    return length


def _gone() -> KeeperGoneError:
    return KeeperGoneError(
        _("The keeper of releases does not answer; what is not public yet stays closed meanwhile."),
        mend=_("Ask again in a minute; `statlas keeper check` says what is wrong."),
    )


def _raise(problem: Mapping[str, Any]) -> NoReturn:
    """Raise what the keeper raised, as the kind of error that it was."""
    said = {str(name): value for name, value in problem.items()}
    kind = _kinds(StatlasError).get(said.get("code", ""), BackendError)
    error = kind.__new__(kind)
    facts = {name: value for name, value in said.items() if name not in _MEMBERS}
    StatlasError.__init__(error, str(said.get("detail", "")), mend=str(said.get("mend", "")), **facts)
    vars(error).update(facts)
    raise error


_MEMBERS = ("type", "title", "status", "detail", "code", "mend", "message")


def _kinds(family: type[StatlasError]) -> dict[str, type[StatlasError]]:
    found = {family.code: family}
    for kind in family.__subclasses__():
        found |= _kinds(kind)
    return found
