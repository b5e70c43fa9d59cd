"""The query log: which tables are asked for, without who asks and without any number.

One file for each process and month, one JSON line for each query: the digest of the query, its database and release,
the fields in use, the door and the hour.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from statlas.model.query import Query
from statlas.store import Home, owned


def digest(query: Query) -> str:
    """SHA-256 of a query's canonical text; equal queries have equal digests."""
    return hashlib.sha256(repr(query).encode()).hexdigest()


def note(*, home: Home, query: Query, release: str, door: str) -> None:
    """Add one line for a query; a full or read-only disk does not stop the answer."""
    now = datetime.now(UTC)
    line = {
        "hour": now.strftime("%Y-%m-%dT%H"),
        "door": door,
        "database": query.database,
        "release": release,
        "query": digest(query),
        "fields": [d.field for d in query.dimensions] + [f.field for f in query.filters],
    }
    folder = home.path / "logs"
    try:
        owned.make_folder(folder, home.path)
        with (folder / f"queries-{now:%Y-%m}-{os.getpid()}.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
    except OSError:
        return


MOST_BYTES = 32_000_000
"""Bytes of the log that are read at once, the newest files first: some hundred thousand queries."""


def fields_asked(*, home: Home, database_id: str) -> Counter[tuple[str, ...]]:
    """How often each combination of fields of a database was asked for, as the newest part of the log tells.

    Names are as they were asked, of fields that there may never have been; what is no line of the log is passed over.
    """
    return Counter(fields for line in _lines(home) if (fields := _fields(line, database_id)) is not None)


def _lines(home: Home) -> Iterator[bytes]:
    """Lines of the newest files; the first of a file read in part is cut off."""
    left = MOST_BYTES
    for path in sorted((home.path / "logs").glob("queries-*.jsonl"), reverse=True):
        data = _last_bytes(path, left)
        left -= len(data)
        yield from data.splitlines()
        if left <= 0:
            return


def _last_bytes(path: Path, most: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as log:
            log.seek(max(os.fstat(descriptor).st_size - most, 0))
            return log.read(most)
    except (OSError, ValueError):
        return b""


def _fields(line: bytes, database_id: str) -> tuple[str, ...] | None:
    """The fields of a line; None if it is of another database or not as it was written."""
    if database_id.encode() not in line:
        return None
    try:
        found = json.loads(line)
        fields, database = found["fields"], found["database"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if database != database_id or not isinstance(fields, list) or not all(isinstance(f, str) for f in fields):
        return None
    return tuple(sorted(set(fields)))
