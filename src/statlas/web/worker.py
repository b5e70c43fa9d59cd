"""The application as a process of the server loads it: with Ctrl-C left to the process that started it.

A terminal sends Ctrl-C to all processes at once, and the one that started the others then tells them to end.
Granian's workers wait on a lock that a second signal can find taken by the first, and hang for ever (2.8, November
2026); so they hear the second alone.
"""

import signal

from statlas.web.wsgi import application

__all__ = ["application"]

# Blocked, not ignored: Granian sets a handler of its own after this module is loaded. Threads inherit it.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
