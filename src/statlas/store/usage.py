"""Counts of use on the disk: added to by every process at once, none lost when one is killed.

Each process counts into a file of its own, one a day: a record of 256 bytes for each thing counted, in which the number
is overwritten where it stands. A write within a record crosses no page of memory, so that a process killed meanwhile
leaves the number before or the one after; what was written is in the system's hands and survives the process. A crash
of the machine itself may lose the counts of some seconds, and no number depends on them.

When a day is over for a day, its files are added up into the file of its month, which names the files that are in it
until they are gone: killed in between, nothing is counted twice or lost.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from statlas.errors import HomeError
from statlas.store import durable, locking, owned

FOLDER = "usage"
RECORD_BYTES = 256
"""A divisor of the 4,096 bytes of a page of memory, and more than the longest record."""

_DIGITS = 12
_RECORD = re.compile(rb"([0-9]{12}) ([!-~]+(?: [!-~]+)*) *\n")
_OPEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.[0-9a-f]{16}\.counts")
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})\.json")

Key = tuple[str, ...]
"""What is counted, as words without blanks."""


class Counting:
    """What one process counts for a home; made at once, nothing is written before something is counted."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._lock = Lock()
        self._file = -1
        self._opened_by: tuple[int, str] = (0, "")
        self._at: dict[Key, tuple[int, int]] = {}

    def add(self, key: Key) -> bool:
        """Count one more; whether it is the first of this process and day.

        A disk that is full or may not be written to loses the count and nothing else.
        """
        today = datetime.now(UTC).date().isoformat()
        with self._lock, suppress(OSError):
            is_first = self._opened_by != (os.getpid(), today)
            if is_first:
                self._begin(today)
            position, count = self._at.get(key, (len(self._at) * RECORD_BYTES, 0))
            if count:
                os.pwrite(self._file, f"{count + 1:0{_DIGITS}}".encode(), position)
            else:
                os.pwrite(self._file, _record(key), position)
            self._at[key] = position, count + 1
            return is_first
        return False

    def close(self) -> None:
        """Let go of the file; what is counted later goes into another."""
        with self._lock:
            self._leave()

    def _begin(self, today: str) -> None:
        self._leave()
        owned.make_folder(self.folder, self.folder.parent)
        path = self.folder / f"{today}.{secrets.token_hex(8)}.counts"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        self._opened_by = os.getpid(), today

    def _leave(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._opened_by, self._at = -1, (0, ""), {}


def _record(key: Key) -> bytes:
    assert all(part and " " not in part and part.isascii() and part.isprintable() for part in key), "words"
    record = f"{1:0{_DIGITS}} {' '.join(key)}".encode()
    assert len(record) < RECORD_BYTES, "a record has its place"
    return record.ljust(RECORD_BYTES - 1) + b"\n"


def add_up(home: Path) -> None:
    """Add the files of days that are over for a day to the files of their months, unless somebody else is at it.

    Raises:
        HomeError: the file of a month is damaged.
        OSError: the disk does not let us.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        return
    last = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    over = [path for path in _open_files(folder) if path.name[:10] <= last]
    if not over:
        return
    with suppress(locking.HeldError), locking.locked(folder, wait=False):
        for month in sorted({path.name[:7] for path in over}):
            _add_to_month(folder / f"{month}.json", [path for path in over if path.name.startswith(month)])


def _add_to_month(path: Path, files: list[Path]) -> None:
    counts, added = _month(path)
    fresh = [file for file in files if file.name not in added and file.exists()]
    for file in fresh:
        counts += _counts(file)
    still = sorted({file.name for file in fresh} | {name for name in added if (path.parent / name).exists()})
    rows = [[*key, n] for key, n in sorted(counts.items())]
    durable.replace(path, (json.dumps({"added": still, "counts": rows}) + "\n").encode())
    for name in still:
        (path.parent / name).unlink(missing_ok=True)


def counts(home: Path) -> Counter[Key]:
    """How often each thing was counted in each month: ``{("2026-11", "hb_new", "view", ...): 12}``.

    Raises:
        HomeError: the file of a month is damaged.
    """
    folder = home / FOLDER
    # The files of days first: one that is added up meanwhile is then named by its month.
    days = {path.name: (path.name[:7], _counts(path)) for path in _open_files(folder)}
    found: Counter[Key] = Counter()
    for month, path in _months(folder):
        kept, added = _month(path)
        found.update({(month, *key): n for key, n in kept.items()})
        for name in added:
            days.pop(name, None)
    for month, of_day in days.values():
        found.update({(month, *key): n for key, n in of_day.items()})
    return found


def _open_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.counts") if _OPEN.fullmatch(path.name) and _is_day(path.name[:10]))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _months(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("*.json")):
        found = _MONTH.fullmatch(path.name)
        if found is not None:
            yield found[1], path


def _counts(path: Path) -> Counter[Key]:
    """What stands in the file of a day; a record that is none is passed over."""
    found: Counter[Key] = Counter()
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # added up meanwhile
        return found
    for start in range(0, len(data), RECORD_BYTES):
        record = _RECORD.fullmatch(data[start : start + RECORD_BYTES])
        if record is not None:
            found[tuple(record[2].decode().split(" "))] += int(record[1])
    return found


def _month(path: Path) -> tuple[Counter[Key], frozenset[str]]:
    try:
        content: Any = json.loads(path.read_bytes())
        rows = {tuple(map(str, row[:-1])): int(row[-1]) for row in content["counts"]}
        return Counter(rows), frozenset(map(str, content["added"]))
    except FileNotFoundError:
        return Counter(), frozenset()
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise HomeError(f"{path} is damaged.", mend="Restore it from a backup, or remove it.") from None
