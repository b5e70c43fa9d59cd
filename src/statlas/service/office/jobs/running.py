"""Make the file of a job: count it in pieces, write it in pieces, tell how far it is, end when it is wanted no longer.

One job at a time in one process of a home; memory holds a piece, the disk the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

from django.conf import settings
from django.utils import timezone

from statlas import formats
from statlas.errors import BackendError, StatlasError
from statlas.formats import Format
from statlas.model.about import about_of
from statlas.model.columns import ROWS_AT_ONCE
from statlas.model.query_data import read_query
from statlas.office.jobs import queries
from statlas.office.jobs.models import Job
from statlas.service import tables
from statlas.service.office.jobs import letters
from statlas.service.office.jobs.keeping import kept_for
from statlas.service.tables import Cancel, CancelledError
from statlas.service.tables.assembling import Arrays, assemble
from statlas.service.tables.pieces import pieces
from statlas.store import Home
from statlas.store.job_files import JobFiles, disk_error
from statlas.wording import _

stopping = Event()
"""Set when the process shall end: the job under way waits for the next one."""

TELL_S = 0.5
"""How often a job tells how far it is, and finds out whether it is wanted; arbitrary."""

_COUNTED = 0.6
"""Part of the work that is done once all is counted, as measured: about right is enough."""

_log = logging.getLogger("statlas.jobs")


class StoppedError(Exception):
    """The process shall end."""


class Progress(Cancel):
    """How far a job is; whoever counts or writes asks it whether to go on."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._cells = {"counted": 0, "written": 0}
        self._told = time.monotonic()

    def counted(self, cells: int) -> None:
        """So many cells more are counted.

        Raises:
            CancelledError, StoppedError: as ``check``.
        """
        self._cells["counted"] += cells
        self.check()

    def written(self, cells: int) -> None:
        """So many cells more are written."""
        self._cells["written"] += cells
        self.check()

    def check(self) -> None:
        """Go on, and tell how far it is where that is due.

        Raises:
            StoppedError: the process shall end.
            CancelledError: the job is wanted no longer.
        """
        if stopping.is_set():
            raise StoppedError
        if time.monotonic() - self._told >= TELL_S:
            self._told = time.monotonic()
            if not queries.advance(self._job.pk, self.part):
                raise CancelledError

    @property
    def part(self) -> float:
        """From 0 to 1; never 1 before the file is there."""
        cells = max(self._job.cells, 1)
        counted, written = (min(self._cells[name] / cells, 1.0) for name in ("counted", "written"))
        return min(_COUNTED * counted + (1 - _COUNTED) * written, 0.999)


def run(job_id: str) -> None:
    """Make the file of a job that waits; whatever goes wrong is told as the job's problem."""
    job = queries.begin(job_id, timezone.now())
    if job is None:
        return
    files = JobFiles(_home().path)
    try:
        facts = _made(_home(), files, job)
    except StoppedError:
        files.remove(job_id)
        queries.put_back(job_id)
    except CancelledError:
        files.remove(job_id)
    except StatlasError as error:
        _fail(files, job, error)
    except Exception:  # noqa: BLE001 - a mistake of ours ends this job and no other
        _log.exception("A job failed.")
        _fail(files, job, BackendError(_("The job met a mistake of ours."), mend=_("Tell the keeper of the site.")))
    else:
        _finish(files, job, facts)


def give_up(job: Job) -> None:
    """Fail a job whose process has ended too often while it was made."""
    error = BackendError(
        _("The process that made the file ended several times before it was done."),
        mend=_("Ask for fewer cells, or tell the keeper of the site."),
    )
    _fail(JobFiles(_home().path), job, error)


def _made(home: Home, files: JobFiles, job: Job) -> Mapping[str, Any]:
    """The file of a job, and what is to be known of it."""
    form, query, progress = formats.FORMATS[job.format], read_query(job.query), Progress(job)
    asked = tables.database(home=home, database_id=query.database, release=query.release)
    with files.work(job.pk) as folder:
        try:
            cube = assemble(pieces(home=home, query=query, cancel=progress), arrays := Arrays(folder), progress.counted)
        except OSError as error:
            raise disk_error(error) from None
        misfit = form.misfit(cube)
        if misfit is not None:
            raise misfit
        about = about_of(cube, job.link, database=asked)

        def parts() -> Iterator[bytes]:
            for piece in form.write(cube, about):
                yield piece
                progress.written(_rows(form, piece))
                arrays.give_back()

        digest = files.write(job.pk, parts())
    return {"size": digest.size, "sha256": digest.sha256, "file_name": formats.file_name(cube, about, form)}


def _rows(form: Format, piece: bytes) -> int:
    """About how many rows a piece of a file has."""
    if form.suffix.endswith("csv"):
        return piece.count(b"\n")
    return 2 * ROWS_AT_ONCE if form.name == "parquet" else ROWS_AT_ONCE


def _finish(files: JobFiles, job: Job, facts: Mapping[str, Any]) -> None:
    now = timezone.now()
    if not queries.finish(job.pk, **facts, finished=now, removed=now + kept_for()):
        files.remove(job.pk)
        return
    letters.tell(job)


def _fail(files: JobFiles, job: Job, error: StatlasError) -> None:
    files.remove(job.pk)
    now = timezone.now()
    if queries.fail(job.pk, dict(error.as_problem()), now, now + kept_for()):
        letters.tell(job, error)


def _home() -> Home:
    return tables.open_home(settings.STATLAS.home)
