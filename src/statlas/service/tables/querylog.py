"""The query log: which tables are asked for, without who asks and without any number.

One file for each process and month, one JSON line for each query: the digest of the query, its database and release,
the fields in use, the door and the hour.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime

from statlas.model.query import Query
from statlas.store import Home


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
        folder.mkdir(exist_ok=True)
        with (folder / f"queries-{now:%Y-%m}-{os.getpid()}.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
    except OSError:
        return
