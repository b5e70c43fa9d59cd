"""What the keeper and its watch say of themselves every second, each in a small file that is replaced at one instant.

Nothing here is secret: pages and ``healthz`` read it. Which releases there are is not in it.
Times are told by the seconds since the machine was started, which nobody can set.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from statlas.store import Home, layout

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong now: ``Trouble("clock-jumped", "The clock of the machine jumped.")``.

    kind: a word for programs. said: a sentence for people, which tells nothing of what is not public.
    """

    kind: str
    said: str


@dataclass(frozen=True)
class Heartbeat:
    """A sign of life: which process, when, and what it finds wrong."""

    process: int
    boot: str
    running: float
    trouble: tuple[Trouble, ...] = ()

    @property
    def age_s(self) -> float:
        """Seconds since it was written; endless where the machine has been started since."""
        return running() - self.running if self.boot == boot() else float("inf")


def beat(path: Path, trouble: tuple[Trouble, ...] = ()) -> None:
    """Write a sign of life.

    Raises:
        OSError: the disk did not take it.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    text = json.dumps(asdict(Heartbeat(os.getpid(), boot(), running(), trouble)))
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if os.geteuid() == 0:  # a command of root's in another's home: the owner and the keeper read it
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(text)
    beside.replace(path)


def keeper(home: Home) -> Heartbeat | None:
    """The keeper's last sign of life; None where there is none that can be read."""
    return _read(layout.heartbeat_file(home.path))


def watch(home: Home) -> Heartbeat | None:
    """The last sign of life of whoever watches over the keeper."""
    return _read(layout.watch_file(home.path))


def running() -> float:
    """Seconds since the machine was started, those asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot() -> str:
    """What is the same as long as the machine runs, and never again."""
    return _BOOT.read_text("ascii").strip()


def _read(path: Path) -> Heartbeat | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(path.read_bytes())
        trouble = tuple(Trouble(str(one["kind"]), str(one["said"])) for one in found["trouble"])
        return Heartbeat(int(found["process"]), str(found["boot"]), float(found["running"]), trouble)
    return None
