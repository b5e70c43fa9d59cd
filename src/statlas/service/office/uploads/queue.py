"""The queue of uploads: rows of django-tasks in the site's database, taken by the worker that makes files, too."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from statlas.office.uploads import queries
from statlas.office.uploads.models import Upload
from statlas.store import Home
from statlas.store.upload_files import UploadFiles

PRIORITY = 20
"""Before every file: a release waits for it."""

_OVER = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


@task()
def run(upload_id: str) -> None:
    """Make the draft of an upload."""
    from statlas.service.office.uploads import running  # noqa: PLC0415 - doors that enqueue need none of it

    running.run(upload_id)


def enqueue(upload: Upload) -> None:
    """Put an upload into the queue."""
    run.using(priority=PRIORITY).enqueue(upload.pk)


def take_up() -> None:
    """Queue what waits, each once, and what a process that was killed left; those that killed it too often failed."""
    from statlas.service.office.uploads import running  # noqa: PLC0415 - as above

    for upload in queries.running():
        running.take_up(upload)
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=run.module_path).delete()
        for upload in queries.waiting():
            enqueue(upload)


def sweep(*, home: Home) -> None:
    """Forget uploads whose time is over, and remove files that belong to none."""
    queries.forget(timezone.now() - timedelta(days=settings.STATLAS.job_days))
    DBTaskResult.objects.filter(task_path=run.module_path, status__in=_OVER).delete()
    UploadFiles(home.path).sweep(queries.open_ids())
