"""A process of the site ends with the process that started it, however that ended.

Who starts one says which process it is, and the one that is started compares: whoever looks for its parent only once it
runs may find the one that takes orphans in, and would wait for that for ever.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

LOOK_S = 1.0
"""Seconds between two looks: arbitrary."""

_OPTION = "--started-by="


def told() -> str:
    """What the command of a process is given by the one that starts it."""
    return f"{_OPTION}{os.getpid()}"


def starter(command: Sequence[str] | None = None) -> int:
    """The process that started this one, as its command says it.

    Raises:
        SystemExit: the command does not say: somebody started it by hand.
    """
    said = [one.removeprefix(_OPTION) for one in command or sys.argv[1:] if one.startswith(_OPTION)]
    if len(said) != 1 or not said[0].isdecimal():
        raise SystemExit("`statlas serve` starts this process.")
    return int(said[0])


def follow(parent: int, end: Callable[[], object]) -> None:
    """Call ``end`` once the parent of this process is another than that, at once where it is already."""
    threading.Thread(target=_follow, args=(parent, end), name="follow", daemon=True).start()


def _follow(parent: int, end: Callable[[], object]) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    end()
