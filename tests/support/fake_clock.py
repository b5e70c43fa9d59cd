"""Clocks that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Both clocks of a machine: time goes by on both, and the one on the wall can be set wrong.

    ``waits`` is how often somebody may wait before it is time to end.
    """

    def __init__(self, wall: datetime, waits: int = 0) -> None:
        self.wall = wall.astimezone(UTC)
        self.seconds = 1_000.0
        self.start = "one"
        self.waits = waits

    def now(self) -> datetime:
        """The time on the wall."""
        return self.wall

    def running(self) -> float:
        """Seconds since the machine was started."""
        return self.seconds

    def boot(self) -> str:
        """Which start of the machine this is."""
        return self.start

    def wait(self, seconds: float) -> bool:
        """Time goes by at once."""
        self.go(seconds)
        self.waits -= 1
        return self.waits < 0

    def go(self, seconds: float) -> None:
        """Time goes by."""
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)

    def go_to(self, moment: datetime) -> None:
        """Time goes by until then."""
        self.go((moment - self.wall).total_seconds())

    def set_wrong(self, seconds: float) -> None:
        """Somebody sets the clock on the wall."""
        self.wall += timedelta(seconds=seconds)

    def start_anew(self) -> None:
        """The machine is started again."""
        self.start, self.seconds = self.start + "+", 5.0
