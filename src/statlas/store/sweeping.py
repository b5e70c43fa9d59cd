"""Keeping the answers on the disk within their bound, and their folder free of what nobody needs."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from statlas.store import layout

LEFT = 0.75
"""Part of the bound that a sweep leaves: with each of four processes sweeping at a sixteenth, the bound holds."""

_OLD_S = 3600
"""Drafts and locks older than this belong to nobody; arbitrary, longer than any answer takes."""

_RELEASE = re.compile(r"[0-9a-f]{32}")
_ANSWER = re.compile(rf"[0-9a-f]{{32}}{re.escape(layout.ANSWER)}")
_PASSING = re.compile(
    rf"(\.[0-9a-f]{{32}}\.[0-9a-f]{{16}}{re.escape(layout.DRAFT)}|[0-9a-f]{{32}}{re.escape(layout.LOCK)})"
)


class _Kept(NamedTuple):
    used: float
    path: Path
    size: int


def sweep(folder: Path, max_bytes: int) -> None:
    """Remove what is not ours, what nobody holds any more, and the answers unused longest, down to the bound."""
    kept = sorted(_kept(folder))
    total = sum(one.size for one in kept)
    for one in kept:
        if total <= max_bytes * LEFT:
            break
        _remove(one.path)
        total -= one.size
    for release in _entries(folder):
        with suppress(OSError):  # those with answers stay
            Path(release.path).rmdir()


def _kept(folder: Path) -> Iterator[_Kept]:
    """Every answer; what else lies there is removed on the way."""
    for release in _entries(folder):
        if not (_RELEASE.fullmatch(release.name) and release.is_dir(follow_symlinks=False)):
            _remove(Path(release.path))
            continue
        for entry in _entries(Path(release.path)):
            yield from _answer(entry)


def _answer(entry: os.DirEntry[str]) -> Iterator[_Kept]:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:  # gone meanwhile
        return
    if entry.is_file(follow_symlinks=False) and _ANSWER.fullmatch(entry.name):
        yield _Kept(found.st_mtime, Path(entry.path), max(found.st_size, found.st_blocks * 512))
    elif not _PASSING.fullmatch(entry.name) or found.st_mtime < time.time() - _OLD_S:
        _remove(Path(entry.path))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
