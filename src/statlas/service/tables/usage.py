"""How the site is used: count what is given, and tell how often, by month.

Nothing that tells of anybody goes in: no address, no account, no cookie, no ``User-Agent``, no time but the day, which
is forgotten when the month is added up.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock

from statlas.errors import HomeError
from statlas.model.usage import Client, Usage, Use, UseKind, client_of
from statlas.store import Home
from statlas.store import usage as stored

__all__ = ["Client", "Usage", "Use", "UseKind", "client_of", "count", "usage"]

_counting: list[stored.Counting] = []
_lock = Lock()


def count(*, home: Home, use: Use, client: Client) -> None:
    """Count one use; a disk that does not take it never stops the answer."""
    if _of(home).add((use.database, use.kind, use.form, client)):
        _add_up(home)


def usage(*, home: Home, month: str = "", database_id: str = "") -> tuple[Usage, ...]:
    """How often what was given, of all or of a month (``2026-11``) or a database, in that order; up to this moment.

    Raises:
        HomeError: what was kept of a month is damaged.
    """
    _add_up(home)
    rows = (_usage(key, n) for key, n in stored.counts(home.path).items())
    return tuple(sorted(r for r in rows if month in ("", r.month) and database_id in ("", r.database)))


def _usage(key: tuple[str, ...], n: int) -> Usage:
    month, database, kind, form, client = key
    return Usage(month, database, UseKind(kind), form, Client(client), n)


def _of(home: Home) -> stored.Counting:
    """What this process counts for a home; a process serves one."""
    with _lock:
        if not _counting or _counting[0].folder.parent != home.path:
            for one in _counting:
                one.close()
            _counting[:] = [stored.Counting(home.path)]
        return _counting[0]


def _add_up(home: Home) -> None:
    with suppress(OSError, HomeError):  # nothing is lost: it is added up another time, and damage is told when read
        stored.add_up(home.path)
