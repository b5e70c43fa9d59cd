"""The folder in which a release is made: one publisher of a database at a time, and nothing left of it afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from statlas.errors import HomeError
from statlas.store import cleaning, durable, layout, locking, reading

_PUBLISHER = "publisher"


@contextmanager
def begun(home: Path, database_id: str) -> Iterator[Path]:
    """A new folder of a database, for its owner alone, while nobody else publishes it.

    It is removed at the end, and so are folders that had to be made for it and stayed empty.

    Raises:
        HomeError: somebody else publishes the database.
    """
    folder = layout.database_folder(home, database_id)
    with ExitStack() as stack:
        _lock(home, folder, stack)
        cleaning.clean(home, database_id)
        staging = Path(tempfile.mkdtemp(prefix=layout.STAGING, dir=folder))
        stack.callback(shutil.rmtree, staging)
        durable.write_new(staging / _PUBLISHER, locking.who().encode())
        yield staging


def _lock(home: Path, folder: Path, stack: ExitStack) -> None:
    """Make the database's folder and lock it; what was made is removed on the way out if it stays empty."""
    made = _make_folders(home, folder)
    for each in made[:-1]:
        stack.callback(_remove_unless_used, home, each)
    try:
        stack.enter_context(locking.locked(folder, wait=False))
    except locking.HeldError:
        raise HomeError(
            f"{folder.name} is being published now by {_holder(folder)}.",
            mend="Wait until it has ended, then publish again.",
        ) from None
    for each in made[-1:]:  # while it is still locked: nobody else can have begun to use it
        stack.callback(_remove_if_empty, each)


def _make_folders(home: Path, folder: Path) -> list[Path]:
    """The folders that were not there, outermost first; those inside the home are their owner's alone."""
    made = []
    for each in reversed((folder, *folder.parents)):
        if not each.exists():
            each.mkdir(mode=0o755 if each in (home, *home.parents) else 0o700, exist_ok=True)
            made.append(each)
    return made


def _remove_unless_used(home: Path, folder: Path) -> None:
    if not (folder == layout.databases_folder(home) and reading.exists(home)):
        _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _holder(folder: Path) -> str:
    for staging in sorted(folder.glob(f"{layout.STAGING}*/{_PUBLISHER}")):
        try:
            return staging.read_text("utf-8")
        except OSError:
            continue
    return "somebody else"
