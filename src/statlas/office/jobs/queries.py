"""What is asked of the table of jobs, and every change to it.

A job changes its state in one statement that names the state it is in: of two processes that change it, one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from statlas.office.accounts.queries import confirmed_email
from statlas.office.jobs.models import OPEN, Job, State


def add(**fields: Any) -> Job:
    """One more job."""
    return Job.objects.create(**fields)


def find(job_id: str, now: datetime) -> Job | None:
    """The job of that id, unless its time is over."""
    return Job.objects.filter(_kept(now), pk=job_id).first()


def of_account(account_id: int, now: datetime) -> Sequence[Job]:
    """The jobs that an account asked for and that are kept, newest first."""
    return tuple(Job.objects.filter(_kept(now), account_id=account_id).order_by("-created", "-pk"))


def email_of(job_id: str) -> str:
    """Where the owner of a job gets e-mail; empty where that is nowhere."""
    account_id = Job.objects.filter(pk=job_id).values_list("account_id", flat=True).first()
    return "" if account_id is None else confirmed_email(account_id)


def n_open() -> int:
    """How many jobs wait or are being made."""
    return Job.objects.filter(state__in=OPEN).count()


def begin(job_id: str, now: datetime) -> Job | None:
    """Take a job that waits; None if it waits no longer."""
    waiting = Job.objects.filter(pk=job_id, state=State.QUEUED)
    if not waiting.update(state=State.RUNNING, started=now, progress=0, attempts=F("attempts") + 1):
        return None
    return Job.objects.filter(pk=job_id).first()


def advance(job_id: str, progress: float) -> bool:
    """Tell how far a job is; False if it is wanted no longer."""
    return Job.objects.filter(pk=job_id, state=State.RUNNING).update(progress=progress) > 0


def finish(job_id: str, **facts: Any) -> bool:
    """The file is there; False if it is wanted no longer."""
    return Job.objects.filter(pk=job_id, state=State.RUNNING).update(state=State.DONE, progress=1, **facts) > 0


def fail(job_id: str, problem: Any, finished: datetime, removed: datetime) -> bool:
    """There will be no file, and why; False if it is wanted no longer."""
    running = Job.objects.filter(pk=job_id, state=State.RUNNING)
    return running.update(state=State.FAILED, problem=problem, finished=finished, removed=removed) > 0


def cancel(job_id: str, finished: datetime, removed: datetime) -> bool:
    """The file is wanted no longer; False if the job has ended without one."""
    found = Job.objects.filter(pk=job_id, state__in=(*OPEN, State.DONE))
    return found.update(state=State.CANCELLED, finished=finished, removed=removed, size=0, sha256="") > 0


def put_back(job_id: str) -> None:
    """A job that was begun waits again, as if it had not been."""
    Job.objects.filter(pk=job_id, state=State.RUNNING).update(
        state=State.QUEUED, started=None, progress=0, attempts=F("attempts") - 1
    )


def running() -> Sequence[Job]:
    """Jobs that are being made, or were when the process that made them ended."""
    return tuple(Job.objects.filter(state=State.RUNNING))


def queue_again(job_id: str) -> None:
    """A job whose process ended waits for the next one; its attempt counts."""
    Job.objects.filter(pk=job_id, state=State.RUNNING).update(state=State.QUEUED, started=None, progress=0)


def waiting() -> Sequence[Job]:
    """Jobs that wait, oldest first."""
    return tuple(Job.objects.filter(state=State.QUEUED))


def forget(now: datetime) -> None:
    """Forget the jobs whose time is over."""
    Job.objects.exclude(_kept(now)).delete()


def with_files() -> frozenset[str]:
    """Ids of the jobs that have a file, or are making one."""
    return frozenset(Job.objects.filter(state__in=(*OPEN, State.DONE)).values_list("pk", flat=True))


def _kept(now: datetime) -> Q:
    return Q(removed=None) | Q(removed__gt=now)
