"""The application as a process of the server loads it: it leaves nobody without an answer when it is told to end.

A terminal sends Ctrl-C to all processes at once, and the one that started the others then tells them to end.
Granian's workers wait on a lock that a second signal can find taken by the first, and hang for ever (2.8, November
2026); so they hear the second alone.

Before it loads a page it gives up root, where the keeper is root, and closes ``HOME/keeper`` and records that are not
sealed yet to itself.

Told to end, a worker of Granian's leaves at once, and whoever waits for an answer gets none (the same). So the request
to end is kept from it until nothing is being answered; meanwhile the process that started it has closed the door.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from statlas.web import closed, following, owner

# Before a page is loaded: from here on this process is nobody but the owner of the home.
owner.give_up_root()
closed.close_home(unsealed=True)

from statlas.web.wsgi import application as site  # noqa: E402 - not earlier

__all__ = ["application"]

QUIET_S = 0.5
"""How long a process stays after its last answer, which has still to be sent: arbitrary."""

PATIENCE_S = 9.0
"""How long it waits for the last answer: a second less than the server gives it."""


class Answers:
    """What is being answered, until the process is told to end: what comes later is not waited for."""

    def __init__(self) -> None:
        self._under_way: set[int] = set()
        self._is_closing = False
        self._lock = threading.Lock()
        self._nothing = threading.Event()
        self._nothing.set()

    def begin(self, answer: Answer) -> None:
        """One more."""
        with self._lock:
            if not self._is_closing:
                self._under_way.add(id(answer))
                self._nothing.clear()

    def end(self, answer: Answer) -> None:
        """One less."""
        with self._lock:
            self._under_way.discard(id(answer))
            if not self._under_way:
                self._nothing.set()

    def wait_for_the_last(self) -> None:
        """Return when all that is under way now has been answered, or has taken too long."""
        with self._lock:
            self._is_closing = True
        self._nothing.wait(PATIENCE_S)


class Answer:
    """An answer of the site, which is over when the server closes it."""

    def __init__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> None:
        answers.begin(self)
        try:
            self._response: Any = site(environ, start_response)
        except BaseException:
            answers.end(self)
            raise

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._response)

    def close(self) -> None:
        """What a server has to call once it has the last byte, or wants no more."""
        self._response.close()
        answers.end(self)


answers = Answers()
application = Answer


def _end_after_the_last_answer() -> None:
    """Hear in the worker's place that it shall end, and tell it when nobody waits for an answer any more."""
    signal.sigwait({signal.SIGTERM})
    answers.wait_for_the_last()
    time.sleep(QUIET_S)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """On the main thread, which alone may do it: let the worker hear what was kept from it."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.kill(os.getpid(), signal.SIGTERM)


# Blocked, not ignored: Granian sets handlers of its own after this module is loaded. Threads inherit it.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
signal.signal(signal.SIGUSR1, _end)
threading.Thread(target=_end_after_the_last_answer, name="end", daemon=True).start()
if (_server := multiprocessing.parent_process()) is not None and _server.pid is not None:
    # A server that was killed leaves nobody behind who answers without a keeper, or holds the port.
    following.follow(_server.pid, lambda: os.kill(os.getpid(), signal.SIGTERM))
