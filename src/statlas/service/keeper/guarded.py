"""What both processes of the keeper believe of the clocks: kept by the minute, read by whoever asks for the time."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

from statlas.service.keeper import privacy
from statlas.service.keeper.clocks import Anchor, Clock, Guard
from statlas.store import Home, durable, layout

_FILE = "clock.json"


def now(home: Home, clock: Clock) -> datetime:
    """The time by which what is not public may be shown or opened: never early by a clock that was set forward."""
    with privacy.as_keeper():
        return Guard(clock, anchor(home)).look().safe


def anchor(home: Home) -> Anchor | None:
    """What the minute, or a keeper before it, believed of the clocks; None where none did."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads((layout.keeper_folder(home.path) / _FILE).read_bytes())
        return Anchor(str(found["boot"]), float(found["wall"]), float(found["running"]))
    return None


def keep(home: Home, believed: Anchor) -> None:
    """Keep what is believed."""
    durable.replace(layout.keeper_folder(home.path) / _FILE, json.dumps(asdict(believed)).encode())


def is_trusted(home: Home, believed: Anchor) -> bool:
    """Whether somebody has said, since the clocks were last believed, that the one on the wall is right."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(layout.clock_file(home.path).read_bytes())
        return str(found["boot"]) == believed.boot and float(found["running"]) > believed.running
    return False
