"""What was printed of a release whose records are destroyed: tables under the names of their queries, for good.

The folder is complete before the first record goes, and never changes. Bytes here: whoever keeps them knows what.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from statlas.model.faults import Fault
from statlas.store import durable, layout

_NAME = re.compile(r"[0-9a-f]{32}")
_SUFFIX = ".printed"
_SEAL = 65
"""Bytes before the data: its SHA-256 in hexadecimal, and a line's end."""


def keep(home: Path, database_id: str, release: str, tables: Mapping[str, bytes]) -> None:
    """Keep all of it at one instant, unless there is something already; names have 32 hexadecimal digits.

    Raises:
        OSError: the disk failed; nothing is kept.
    """
    folder = layout.printed_folder(layout.database_folder(home, database_id), release)
    if folder.is_dir():
        return
    beside = folder.with_name(f".new-{folder.name}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    for name, data in tables.items():
        assert _NAME.fullmatch(name)
        durable.write_new(beside / f"{name}{_SUFFIX}", [durable.digest_of(data).encode(), b"\n", data], mode=0o600)
    durable.flush(beside)
    beside.rename(folder)
    durable.flush(folder.parent)
    durable.flush(folder.parents[1])


def is_kept(home: Path, database_id: str, release: str) -> bool:
    """Whether something was kept of a release."""
    return layout.printed_folder(layout.database_folder(home, database_id), release).is_dir()


def read(home: Path, database_id: str, release: str, name: str) -> bytes | None:
    """What was kept under that name; None where nothing was, or it is damaged."""
    path = layout.printed_folder(layout.database_folder(home, database_id), release) / f"{name}{_SUFFIX}"
    return _read(path) if _NAME.fullmatch(name) and path.is_file() else None


def _read(path: Path) -> bytes | None:
    found = path.read_bytes()
    data = found[_SEAL:]
    return data if found[:_SEAL] == f"{durable.digest_of(data)}\n".encode() else None


def files(database: Path) -> tuple[Path, ...]:
    """Every file that was kept of a database's releases."""
    return tuple(sorted(database.glob(f"printed/[1-9]*/*{_SUFFIX}")))


def faults(home: Path, database: Path) -> Iterator[Fault]:
    """Files that are not as they were kept."""
    for path in files(database):
        if _read(path) is None:
            mend = "Restore it from a backup: the records it was counted from are destroyed."
            yield Fault("changed-file", str(path.relative_to(home)), "a table as it was printed.", mend)
