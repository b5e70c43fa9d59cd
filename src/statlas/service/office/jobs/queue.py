"""The queue of jobs: rows of django-tasks in the site's database, taken one at a time by the worker."""

from __future__ import annotations

from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from statlas.office.jobs import queries
from statlas.office.jobs.models import Job

QUICK_CELLS = 5_000_000
"""Jobs of fewer cells go before larger ones, so that a minute's work does not wait for an hour's; arbitrary."""

_BEFORE = 10
_OVER = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


@task()
def run(job_id: str) -> None:
    """Make the file of a job."""
    from statlas.service.office.jobs import running  # noqa: PLC0415 - doors that enqueue need none of it

    running.run(job_id)


def enqueue(job: Job) -> None:
    """Put a job at the end of the queue."""
    run.using(priority=_BEFORE if job.cells < QUICK_CELLS else 0).enqueue(job.pk)


@transaction.atomic
def rebuild() -> None:
    """Queue every job that waits, each once: what the queue held of a process that was killed is forgotten."""
    DBTaskResult.objects.filter(task_path=run.module_path).delete()
    for job in queries.waiting():
        enqueue(job)


def forget_finished() -> None:
    """Forget what the queue keeps of jobs that were run."""
    DBTaskResult.objects.filter(task_path=run.module_path, status__in=_OVER).delete()
