"""What is being made for a home at this moment: told by whoever makes it, read by whoever shows it.

A process that makes several databases one after another keeps a note in a folder of the home and holds the lock on that
folder. A note whose folder nobody holds was left by a process that was killed.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from statlas.store.locking import HeldError, locked

NOTE = "progress.json"
PATIENCE_S = 2.0
"""How long the lock is tried for: a reader holds it for an instant."""


@dataclass(frozen=True)
class Making:
    """How far somebody is: ``Making("People on Universal Credit", 1, 24, "publishing", 0.3)``.

    ``done`` of ``total`` databases are there; ``label`` is the one in work, and of its ``stage`` the ``fraction`` is
    done. ``at_work`` is false where the process has gone without finishing.
    """

    label: str
    done: int
    total: int
    stage: str = ""
    fraction: float = 0.0
    at_work: bool = True


def making(home: Path) -> Making | None:
    """What is being made for a home; None if nothing is, or the note cannot be read."""
    try:
        content = json.loads((_folder(home) / NOTE).read_text(encoding="utf-8"))
        return Making(**{**content, "at_work": _is_held(home)})
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def telling(home: Path) -> Iterator[Callable[[Making], None]]:
    """A function that tells how far the making is; what was told goes when all went well, and stays if not.

    Raises:
        HeldError: another process is making something for this home.
    """
    folder = _folder(home)
    with ExitStack() as stack:
        _hold(folder, stack)
        yield lambda made: _write(folder / NOTE, made)
        shutil.rmtree(folder)


def _folder(home: Path) -> Path:
    return home / "making"


def _hold(folder: Path, stack: ExitStack) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            stack.enter_context(locked(folder, wait=False))
        except HeldError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _is_held(home: Path) -> bool:
    try:
        with locked(_folder(home), wait=False):
            return False
    except HeldError:
        return True


def _write(path: Path, made: Making) -> None:
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(asdict(made)) + "\n", encoding="utf-8")
    beside.replace(path)
