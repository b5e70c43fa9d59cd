"""The process that makes the files of jobs: ``python -m statlas.web.jobs_worker``, started and ended by the server.

It ends when it is told to, and when the process that started it is there no longer, however that ended.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import django

from statlas.web import closed, following, owner

GENTLE = 5
"""How far pages go before jobs when both want a processor: arbitrary."""


def main() -> None:
    """Make jobs until told to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the server tells us in its own time
    signal.signal(signal.SIGTERM, _end)
    following.follow(following.starter(), _end_itself)
    os.nice(GENTLE)
    owner.give_up_root()
    closed.close_home()
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - they are there once Django is set up

    from statlas.service import tables  # noqa: PLC0415 - as the settings
    from statlas.service.office.jobs import working  # noqa: PLC0415 - models are there once Django is set up

    working.work(home=tables.open_home(settings.STATLAS.home))


def _end(_signal: int, _frame: FrameType | None) -> None:
    running = sys.modules.get("statlas.service.office.jobs.running")
    if running is None:  # nothing has begun
        raise SystemExit(0)
    running.stopping.set()


def _end_itself() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
