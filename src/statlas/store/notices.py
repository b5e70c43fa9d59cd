"""Which releases are withdrawn, and of which the records were destroyed: a small file each, beside the releases.

A file that is there counts, whatever is in it: one that is damaged keeps the release withdrawn, and `statlas verify`
names it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from statlas.errors import HomeError
from statlas.model.release import Destroyed, Notice
from statlas.store import checked_json, durable, layout

_FOLDERS = ("notices", "restored", "destroyed")

_UNREADABLE = "its notice cannot be read."


def withdrawn(database: Path) -> dict[str, Notice]:
    """The notice of each withdrawn release of a database's folder, by number."""
    found = _read_all(database / "notices")
    return {n: Notice(database.name, n, reason, at) for n, (reason, at) in found.items()}


def destroyed(database: Path) -> dict[str, Destroyed]:
    """Of which releases of a database's folder the records were destroyed, by number."""
    found = _read_all(database / "destroyed")
    return {n: Destroyed(database.name, n, reason, at) for n, (reason, at) in found.items()}


def restored(database: Path) -> dict[str, tuple[str, ...]]:
    """When each release of a database's folder was restored, by number, in no order; empty what cannot be read.

    One that was cut off before its notice was taken away has not been restored.
    """
    folder, found = database / "restored", dict[str, tuple[str, ...]]()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        release, _dash, mark = path.stem.rpartition("-")
        if not is_withdrawn(database, release) or _mark(layout.notice_file(database, release)) != mark:
            found[release] = (*found.get(release, ()), _read(path)[1])
    return found


def _read_all(folder: Path) -> dict[str, tuple[str, str]]:
    found = folder.glob("*.json") if folder.is_dir() else ()
    numbers = sorted((path for path in found if path.stem.isdecimal()), key=lambda path: int(path.stem))
    return {path.stem: _read(path) for path in numbers}


def _read(path: Path) -> tuple[str, str]:
    try:
        body = checked_json.loads(path.read_bytes(), path.name)
        return str(body["reason"]) or _UNREADABLE, str(body["at"])
    except (HomeError, OSError, KeyError):
        return _UNREADABLE, ""


def files(database: Path) -> tuple[Path, ...]:
    """Every file that says how a release stands, those that hold no longer too."""
    return tuple(sorted(path for name in _FOLDERS for path in (database / name).glob("*.json")))


def is_withdrawn(database: Path, release: str) -> bool:
    """Whether a release is withdrawn."""
    return layout.notice_file(database, release).exists()


def is_destroyed(database: Path, release: str) -> bool:
    """Whether the records of a release were destroyed."""
    return layout.destroyed_file(database, release).exists()


def withdraw(database: Path, notice: Notice) -> None:
    """Put the notice beside the releases: from this instant the release is withdrawn."""
    _write(layout.notice_file(database, notice.release), checked_json.dumps(asdict(notice)))


def restore(database: Path, release: str, *, reason: str, at: str) -> None:
    """Take the notice away: from this instant the release is not withdrawn. What it said is kept."""
    path = layout.notice_file(database, release)
    told = {"notice": path.read_text("utf-8", "replace"), "reason": reason, "at": at}
    _write(layout.restored_file(database, release, _mark(path)), checked_json.dumps(told))
    path.unlink()
    durable.flush(path.parent)


def destroy(database: Path, fact: Destroyed) -> None:
    """Say that the records of a release are destroyed, before the first of them is."""
    _write(layout.destroyed_file(database, fact.release), checked_json.dumps(asdict(fact)))


def _mark(notice: Path) -> str:
    """What tells one notice of a release from another."""
    return durable.digest(notice).sha256[:12]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    for left in path.parent.glob(".*.new"):  # by a kill: whoever writes here holds the lock
        left.unlink()
    durable.replace(path, data)
    durable.flush(path.parent.parent)
