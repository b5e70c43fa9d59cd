"""The worker: makes jobs one after the other until told to end, takes up what a killed one left, and sends letters."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from statlas.errors import StatlasError
from statlas.office.jobs import queries
from statlas.service.office import calendar
from statlas.service.office.jobs import queue, running
from statlas.service.office.letters import sending
from statlas.service.office.uploads import opening
from statlas.service.office.uploads import queue as uploads
from statlas.store import Home
from statlas.store.job_files import JobFiles
from statlas.store.locking import HeldError, locked

MOST_ATTEMPTS = 3
"""How often a job is begun: one that ends its process each time would do so for ever."""

LOOK_S = 0.5
"""How often the worker looks for a job while it has none; arbitrary."""

LAST_LETTER_S = 2.0
"""Seconds that the letter under way gets when the process ends: arbitrary; one that is cut off is sent again."""

SWEEP_S = 600
"""How often jobs whose time is over are removed; arbitrary, they are not seen before that either."""

_log = logging.getLogger("statlas.jobs")


def work(*, home: Home) -> None:
    """Make jobs until ``running.stopping`` is set; only one process of a home does, others wait for their turn."""
    with _alone(home) as mine:
        if not mine:
            return
        take_up(home=home)
        threading.Thread(target=_sweep_by_times, args=(home,), name="sweep", daemon=True).start()
        worker = Worker(
            queue_names=["default"],
            interval=LOOK_S,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="statlas",
            excluded_queue_names=[],
        )
        threading.Thread(target=_end_when_told, args=(worker,), name="end", daemon=True).start()
        letters = _letters(home)
        worker.run()
        letters.join(LAST_LETTER_S)


def _letters(home: Home) -> threading.Thread:
    """Send letters beside the jobs: neither waits for the other."""
    sends = threading.Thread(
        target=sending.keep_sending,
        kwargs={"home": home, "stopping": running.stopping},
        name="letters",
        daemon=True,
    )
    sends.start()
    return sends


def take_up(*, home: Home) -> None:
    """Queue what a process that was killed left: begun jobs wait again, those that killed it too often have failed."""
    for job in queries.running():
        if job.attempts >= MOST_ATTEMPTS:
            running.give_up(job)
        else:
            queries.queue_again(job.pk)
    queue.rebuild()
    uploads.take_up()
    sweep(home=home)


def sweep(*, home: Home) -> None:
    """Remove the jobs whose time is over, and files that belong to none."""
    queries.forget(timezone.now())
    queue.forget_finished()
    uploads.sweep(home=home)
    JobFiles(home.path).sweep(queries.with_files())
    _extend_calendar(home)


def _extend_calendar(home: Home) -> None:
    """Keep the release calendar a year ahead; what stands in the way is told, and stops nothing else."""
    try:
        calendar.extend(home=home)
    except StatlasError:
        _log.exception("The release calendar could not be kept a year ahead.")


def _sweep_by_times(home: Home) -> None:
    while not running.stopping.wait(SWEEP_S):
        close_old_connections()
        sweep(home=home)
        connection.close()


def _end_when_told(worker: Worker) -> None:
    running.stopping.wait()
    opening.stopping.set()
    worker.running = False


@contextmanager
def _alone(home: Home) -> Iterator[bool]:
    """Whether no other process makes jobs of this home; waits for that, or until told to end."""
    folder = JobFiles(home.path).folder
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    told = False
    while not running.stopping.is_set():
        try:
            with locked(folder, wait=False):
                yield True
                return
        except HeldError:
            if not told:
                _log.info("Another process makes the jobs of this home; this one waits until it ends.")
                told = True
            time.sleep(LOOK_S)
    yield False
