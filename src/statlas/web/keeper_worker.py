"""The keeper: ``python -m statlas.web.keeper_worker``, started and ended by the server.

It ends when it is told to, and when the process that started it is there no longer, however that ended.
With ``--reader`` it is the keeper's other half, which the first starts while there are drafts.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import django

from statlas.web import following

GENTLE = 5
"""How far pages go before the reader when both want a processor: arbitrary. The minute waits for nobody."""

_READER, _FOLDER = "--reader", "--folder="
_COMMAND = (sys.executable, "-P", "-s", "-m", "statlas.web.keeper_worker", _READER)
"""As the server starts the first half: modules come from nowhere but the installation."""

ending = threading.Event()


def main() -> None:
    """Keep releases until told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the server tells us in its own time
    signal.signal(signal.SIGTERM, _end)
    following.follow(following.starter(), ending.set)
    from statlas.service.keeper import privacy  # noqa: PLC0415 - first of all

    privacy.keep_to_oneself()
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - they are there once Django is set up

    from statlas.service import tables  # noqa: PLC0415 - as the settings
    from statlas.service.keeper import asking, clocks, tending  # noqa: PLC0415 - models are there once Django is set up

    home = tables.open_home(settings.STATLAS.home)
    privacy.act_for_the_owner(home, _given())
    clock = clocks.MachineClock(ending)
    if _READER in sys.argv[1:]:
        os.nice(GENTLE)
        tables.keep_answers(settings.STATLAS.answers_mb * 1_000_000)
        asking.answer(home=home, clock=clock)
    else:
        given = [f"{_FOLDER}{place}" for place in privacy.held()]
        tending.tend(home=home, clock=clock, reader=(*_COMMAND, *given, following.told()))


def _end(_signal: int, _frame: FrameType | None) -> None:
    ending.set()


def _given() -> int | None:
    """What the keeper's folder is open as already, where the first half gave it to the other."""
    return next((int(one.removeprefix(_FOLDER)) for one in sys.argv[1:] if one.startswith(_FOLDER)), None)


if __name__ == "__main__":
    main()
