"""The minute: every second, what is scheduled and due, what the disk says, and what differs between them.

Everything follows from what can be read: a keeper that was killed at any moment and starts again does what is left.
"""

from __future__ import annotations

from statlas.service.keeper.clocks import Clock
from statlas.store import Home

TICK_S = 1.0
"""How often the keeper looks: a release is public within a second of its minute."""


def tend(*, home: Home, clock: Clock) -> None:
    """Open what is due and repair what differs, every second, until the clock says that it is time to end."""
    while not clock.wait(TICK_S):
        if not home.exists:
            return
