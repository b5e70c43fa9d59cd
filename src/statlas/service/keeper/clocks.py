"""The time by which releases open: never early, neither by the clock on the wall nor by the time that has gone by.

A machine's clock can be set wrong by a hand, a battery or a server of times. So two clocks are looked at: the wall's,
and the seconds since the machine was started, which nobody can set. They go at one pace, also while the wall's is being
slewed and while the machine sleeps; when they part by more than ``JUMP_S``, the wall's clock has jumped.

After a jump forwards nothing opens before the time that had to go by has gone by, unless somebody says that the new
time is right. After a jump backwards the wall's clock decides. Either way an alarm sounds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Protocol

JUMP_S = 2.0
"""Seconds by which both clocks may part: a leap second and the time between looking at one and the other."""


class Clock(Protocol):
    """What tells the time to the keeper."""

    def now(self) -> datetime:
        """The time on the wall, with its zone."""

    def running(self) -> float:
        """Seconds since the machine was started, those asleep included."""

    def boot(self) -> str:
        """What is the same as long as the machine runs, and never again."""

    def wait(self, seconds: float) -> bool:
        """Wait; true when it is time to end."""


class MachineClock:
    """The clocks of this machine; ``ending`` ends a wait."""

    def __init__(self, ending: Event) -> None:
        self._ending = ending

    def now(self) -> datetime:
        """The time on the wall."""
        return datetime.now(UTC)

    def running(self) -> float:
        """Seconds since the machine was started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def boot(self) -> str:
        """The system's own id of this start."""
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()

    def wait(self, seconds: float) -> bool:
        """Wait; true when it is time to end."""
        return self._ending.wait(seconds)


@dataclass(frozen=True)
class Anchor:
    """A moment at which both clocks were read and believed; times on the wall in seconds since 1970."""

    boot: str
    wall: float
    running: float


@dataclass(frozen=True)
class Time:
    """What time it is: ``wall`` says the clock, ``safe`` is the time by which a release may open.

    jumped_s: by how much the wall's clock is ahead of where it should be (negative: behind); 0 while it is believed.
    """

    wall: datetime
    safe: datetime
    jumped_s: float


class Guard:
    """Looks at both clocks, and knows where the wall's should be.

    ``anchor`` is what an earlier guard believed: it counts while the machine has not been started anew.
    """

    def __init__(self, clock: Clock, anchor: Anchor | None = None) -> None:
        self._clock = clock
        self.anchor = anchor if anchor is not None and anchor.boot == clock.boot() else self._read()

    def _read(self) -> Anchor:
        return Anchor(self._clock.boot(), self._clock.now().timestamp(), self._clock.running())

    def look(self) -> Time:
        """What time it is."""
        wall, running = self._clock.now(), self._clock.running()
        parted_s = (wall.timestamp() - self.anchor.wall) - (running - self.anchor.running)
        if abs(parted_s) <= JUMP_S:
            return Time(wall, wall, 0.0)
        return Time(wall, wall - timedelta(seconds=max(parted_s, 0.0)), parted_s)

    def trust(self) -> None:
        """Believe the clock on the wall as it stands now."""
        self.anchor = self._read()
