"""What is asked of the table of uploads, and every change to it.

An upload changes its state in one statement that names the state it is in: of two processes that change it, one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from statlas.office.uploads.models import OPEN, State, Upload


def add(**fields: Any) -> Upload:
    """One more upload."""
    return Upload.objects.create(**fields)


def find(upload_id: str, account_id: int) -> Upload | None:
    """The upload of that id, if that account sent it."""
    return Upload.objects.filter(pk=upload_id, account_id=account_id).first()


def of_account(account_id: int) -> Sequence[Upload]:
    """The uploads of an account that are kept, newest first."""
    return tuple(Upload.objects.filter(account_id=account_id).order_by("-created", "-pk"))


def n_open(account_id: int) -> int:
    """How many uploads of an account wait or are being read."""
    return Upload.objects.filter(account_id=account_id, state__in=OPEN).count()


def begin(upload_id: str) -> Upload | None:
    """Take an upload that waits; None if it waits no longer."""
    waiting = Upload.objects.filter(pk=upload_id, state=State.QUEUED)
    if not waiting.update(state=State.RUNNING, progress=0, stage="", attempts=F("attempts") + 1):
        return None
    return Upload.objects.select_related("account").filter(pk=upload_id).first()


def advance(upload_id: str, stage: str, progress: float) -> None:
    """Tell how far an upload is."""
    Upload.objects.filter(pk=upload_id, state=State.RUNNING).update(stage=stage, progress=progress)


def finish(upload_id: str, release: str, finished: datetime) -> None:
    """The draft is there."""
    running = Upload.objects.filter(pk=upload_id, state=State.RUNNING)
    running.update(state=State.DONE, progress=1, stage="", release=release, finished=finished)


def fail(upload_id: str, problem: Any, finished: datetime) -> None:
    """There will be no draft, and why."""
    running = Upload.objects.filter(pk=upload_id, state=State.RUNNING)
    running.update(state=State.FAILED, problem=problem, finished=finished)


def running() -> Sequence[Upload]:
    """Uploads that are being read, or were when the process that read them ended."""
    return tuple(Upload.objects.filter(state=State.RUNNING))


def queue_again(upload_id: str) -> None:
    """An upload whose process ended waits for the next one; its attempt counts."""
    Upload.objects.filter(pk=upload_id, state=State.RUNNING).update(state=State.QUEUED, progress=0, stage="")


def waiting() -> Sequence[Upload]:
    """Uploads that wait, oldest first."""
    return tuple(Upload.objects.filter(state=State.QUEUED))


def forget(before: datetime) -> None:
    """Forget the uploads that ended before then."""
    Upload.objects.filter(~Q(state__in=OPEN), finished__lt=before).delete()


def open_ids() -> frozenset[str]:
    """Ids of the uploads whose files are still needed."""
    return frozenset(Upload.objects.filter(state__in=OPEN).values_list("pk", flat=True))
