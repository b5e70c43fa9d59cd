"""A wall in the processes that answer the public: they open nothing below ``HOME/keeper``, whatever they are told.

Where the keeper is another user the system refuses it anyway. Where all processes are one user, drafts lie encrypted
and this keeps the key from pages: an audit hook, which Python calls before it opens, lists, links or moves anything,
and which can never be taken off again. Libraries that open files by themselves, without Python, are not held by it.

The processes that answer pages also read no records that are not sealed yet: not what a publish or a draft in the
making has in ``databases/*/staging-*``, and not the records of an upload, which they write. Jobs make drafts of them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from statlas.store import layout
from statlas.store.upload_files import RECORDS

_PATHS_OF = {
    "open": 1,
    "os.listdir": 1,
    "os.scandir": 1,
    "os.chdir": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.rename": 2,
    "os.symlink": 2,
    "os.remove": 1,
    "os.rmdir": 1,
    "os.mkdir": 1,
    "os.truncate": 1,
    "os.getxattr": 1,
    "os.listxattr": 1,
    "shutil.copyfile": 2,
    "shutil.copytree": 2,
    "shutil.move": 2,
    "sqlite3.connect": 1,
    "ctypes.dlopen": 1,
    "glob.glob": 1,
}
"""How many of the first arguments of an event are paths."""


_TAKING = ("os.link", "os.rename", "os.symlink", "shutil.copytree", "shutil.move")
"""Events by which a folder could be had under another name."""


class ClosedError(PermissionError):
    """A page reached for what only the keeper may read."""


def close_home(*, unsealed: bool = False) -> None:
    """Refuse this process what belongs to the keeper of the home that ``STATLAS_HOME`` names; call it once.

    With ``unsealed`` also records that no draft has sealed yet.
    """
    home = os.environ.get("STATLAS_HOME")
    assert home, "whoever starts a process of the site names its home"
    close(layout.keeper_folder(Path(home)))
    if unsealed:
        close_unsealed(Path(home))


def close_unsealed(home: Path) -> None:
    """Refuse this process the records that no draft of a home has sealed yet, for good; it may write uploads."""
    databases = os.path.realpath(layout.databases_folder(home)) + os.sep
    uploads = os.path.realpath(layout.uploads_folder(home)) + os.sep

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        for path in arguments[: _PATHS_OF.get(event, 0)]:
            found = _resolved(path)
            if found.startswith(databases):
                _database, _sep, rest = found.removeprefix(databases).partition(os.sep)
                closed = rest.startswith(layout.STAGING)
            elif (found + os.sep).startswith(uploads):
                closed = event in _TAKING or _reads_records(event, arguments, found.removeprefix(uploads))
            else:
                closed = False
            if closed:
                raise ClosedError(f"{event}: records that are not sealed yet are for jobs alone")

    sys.addaudithook(refuse)


def _reads_records(event: str, arguments: tuple[Any, ...], inside: str) -> bool:
    """Whether a file of records of an upload, ``<id>/records/<name>``, would be read."""
    parts = Path(inside).parts
    if len(parts) <= 2 or parts[1] != RECORDS:  # noqa: PLR2004 - the folder itself is listed where it is removed
        return False
    if event == "open":
        return arguments[2] & os.O_ACCMODE != os.O_WRONLY
    return event in ("shutil.copyfile", "sqlite3.connect")


def _resolved(path: Any) -> str:
    """Where a path leads; empty for what is none, and for what is open already."""
    if isinstance(path, int) or path is None:
        return ""
    try:
        return os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return ""


def close(folder: Path) -> None:
    """Refuse this process everything below ``folder``, for good."""
    real = os.path.realpath(folder)
    inside, last = real + os.sep, folder.name

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        n_paths = _PATHS_OF.get(event)
        if n_paths is None:
            return
        for path in arguments[:n_paths]:
            if _leads_inside(path, real, inside, last):
                raise ClosedError(f"{event}: what lies below {last}/ is for the keeper alone")

    sys.addaudithook(refuse)


def _leads_inside(path: Any, real: str, inside: str, last: str) -> bool:
    if isinstance(path, int) or path is None:
        return False
    try:
        text = os.fsdecode(path)
    except TypeError:
        return False
    if not text.startswith(os.sep) and last in Path(text).parts:
        return True  # it may start at any folder that is open: nobody here has a relative business of that name
    try:
        found = os.path.realpath(text)
    except ValueError:  # no path at all: whoever opens it is told so
        return False
    return found == real or found.startswith(inside)
