"""What the doors ask: submit a job, see it, cancel it.

A job is known by its id alone: 128 random bits, which nobody guesses. Nothing is kept of a guest who asks for one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from statlas import formats
from statlas.engine.query_rules import refused
from statlas.errors import BusyError, QueryError, RequestError, UnknownNameError
from statlas.formats import Format
from statlas.model.query import Query
from statlas.model.query_data import digest_of, query_data, read_query
from statlas.office.accounts import queries as account_queries
from statlas.office.jobs import queries
from statlas.office.jobs.models import Job, State
from statlas.service import tables
from statlas.service.office import limits
from statlas.service.office.jobs import queue
from statlas.service.office.jobs.keeping import kept_for
from statlas.service.office.limits import Asker
from statlas.service.tables import MAX_CELLS, TablePlan, querylog
from statlas.service.tables.pieces import refuse_many_derived
from statlas.store import Home
from statlas.store.job_files import JobFiles
from statlas.wording import _

STREAMED = tuple(name for name, form in formats.FORMATS.items() if form.is_streamed)
"""Formats that are written in bounded memory, whatever their size."""

MOST_WAITING = 100
"""Jobs that wait or run on one site: arbitrary, far above what one machine makes in an hour."""

ID_BYTES = 16

_RETRY_AFTER_S = 600
_TELLS_AFTER = 0.02
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class JobFacts:
    """What is known of a job: ``JobFacts(id="0f3a...", state=State.RUNNING, progress=0.4, ...)``.

    query: its release fixed. digest: of the query, in hexadecimal.
    progress: from 0 to 1. cells: of the answer. cells_done: those for which all is done.
    seconds_left: about how long it still takes from now on, its turn once come; None once it has ended.
    removed: when the job and its file go; None as long as it has not ended.
    size, sha256: bytes and digest of the file, once it is done. problem: why it failed, as RFC 9457 has it.
    """

    id: str
    state: State
    query: Query
    digest: str
    form: Format
    link: str
    progress: float
    cells: int
    seconds_left: float | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    removed: datetime | None
    file_name: str
    size: int
    sha256: str
    problem: Mapping[str, Any] | None
    notify: bool

    @property
    def cells_done(self) -> int:
        """Cells for which all is done."""
        return self.cells if self.state is State.DONE else int(self.cells * self.progress)

    @property
    def is_open(self) -> bool:
        """Whether it may still give a file."""
        return self.state in (State.QUEUED, State.RUNNING)


def submit(
    *,
    home: Home,
    query: Query,
    form: str,
    asker: Asker,
    door: str,
    link: str = "",
    page: str = "",
    notify: bool = False,
) -> JobFacts:
    """Have the table of a query made as a file.

    Args:
        home: the installation.
        query: the release that answers now is the one that answers later.
        form: name of the format.
        asker: whose limits it counts towards, and whose job it is where they have an account.
        door: who asks, for the query log.
        link: permanent address of the table, which the file tells.
        page: address of the site's page of a job, ``{id}`` in place of its id, which the e-mail tells.
        notify: whether to send an e-mail to the account's own address when it ends.

    Raises:
        QueryError, UnknownNameError, TooManyCellsError: as ``tables.plan``; or the format cannot hold so much.
        RequestError: there is no address for an e-mail.
        DisclosureRefused: a rule refuses the table.
        LimitError, BusyError: there are too many jobs, this asker's or all together.
    """
    found = tables.manifest(home=home, database_id=query.database, release=query.release)
    pinned = replace(query, release=found.release)
    planned = tables.plan(home=home, query=pinned)
    _refuse(planned, formats.find(form))
    refuse_many_derived(query, planned.cells)
    account_id = _account(asker, notify=notify)
    with transaction.atomic():
        _refuse_crowd()
        limits.spend_each(asker=asker, numbers={"jobs": 1, "cells": planned.cells * max(1, len(query.measures))})
        job_id = secrets.token_hex(ID_BYTES)
        made = queries.add(
            id=job_id,
            account_id=account_id,
            query=query_data(pinned),
            format=form,
            link=link,
            page=page.replace("{id}", job_id),
            notify=notify,
            cells=planned.cells,
            seconds=planned.seconds,
            created=timezone.now(),
        )
        queue.enqueue(made)
    querylog.note(home=home, query=pinned, release=found.release, door=door)
    return _facts(made)


def get(*, job_id: str) -> JobFacts:
    """A job.

    Raises:
        UnknownNameError: there is none of that id, or its time is over.
    """
    found = queries.find(job_id, timezone.now()) if _ID.fullmatch(job_id) else None
    if found is None:
        raise UnknownNameError(
            _("There is no such job, or its time is over."),
            component=job_id,
            mend=_("Copy its address whole, or ask for the file again."),
        )
    return _facts(found)


def list_of(*, account_id: int) -> tuple[JobFacts, ...]:
    """The jobs that an account asked for, newest first, as long as they are kept."""
    return tuple(_facts(job) for job in queries.of_account(account_id, timezone.now()))


def cancel(*, home: Home, job_id: str) -> JobFacts:
    """End a job: no file is made, or it is removed; one that has ended without a file stays as it is.

    Raises:
        UnknownNameError: there is none of that id.
    """
    get(job_id=job_id)
    now = timezone.now()
    if queries.cancel(job_id, now, now + kept_for()):
        # Whoever makes it finds out with the next piece, and removes what is left.
        JobFiles(home.path).path(job_id).unlink(missing_ok=True)
    return get(job_id=job_id)


def path_of(*, home: Home, job: JobFacts) -> Path:
    """Where the file of a finished job lies.

    Raises:
        WithdrawnError: its release was withdrawn meanwhile.
    """
    tables.manifest(home=home, database_id=job.query.database, release=job.query.release)
    return JobFiles(home.path).path(job.id)


def _refuse(planned: TablePlan, form: Format) -> None:
    if planned.refused:
        raise refused(next(outcome for outcome in planned.outcomes if outcome.blocked))
    if not form.is_streamed and planned.cells > MAX_CELLS:
        raise QueryError(
            _("{form} files are made of up to {max_cells:,} cells; this table has {cells:,}.").format(
                form=form.label, max_cells=MAX_CELLS, cells=planned.cells
            ),
            mend=_("Take one of {listed}.").format(listed=", ".join(STREAMED)),
        )


def _refuse_crowd() -> None:
    if queries.n_open() >= MOST_WAITING:
        raise BusyError(
            _("{most_waiting} jobs are waited for already.").format(most_waiting=MOST_WAITING),
            retry_after=_RETRY_AFTER_S,
        )


def _account(asker: Asker, *, notify: bool) -> int | None:
    """The account that the job belongs to.

    Raises:
        RequestError: an e-mail is wanted, and there is nobody to send it to, or nothing to send it with.
    """
    if notify and not settings.STATLAS.sends_email:
        raise RequestError(_("This site sends no e-mail."), mend=_("Ask for the job without one, and look after it."))
    if notify and (asker.account_id is None or not account_queries.confirmed_email(asker.account_id)):
        raise RequestError(
            _("E-mails go to the confirmed address of an account, and none is asking."),
            mend=_("Sign in, or send the key of an account; or ask for the job without an e-mail."),
        )
    return asker.account_id


def _facts(job: Job) -> JobFacts:
    query = read_query(job.query)
    return JobFacts(
        id=job.pk,
        state=State(job.state),
        query=query,
        digest=digest_of(query),
        form=formats.FORMATS[job.format],
        link=job.link,
        progress=round(job.progress, 4),
        cells=job.cells,
        seconds_left=_seconds_left(job),
        created=job.created,
        started=job.started,
        finished=job.finished,
        removed=job.removed,
        file_name=job.file_name,
        size=job.size,
        sha256=job.sha256,
        problem=job.problem,
        notify=job.notify,
    )


def _seconds_left(job: Job) -> float | None:
    """By the pace so far, once there is one; else as it was foreseen."""
    if job.state == State.RUNNING and job.started is not None and job.progress > _TELLS_AFTER:
        gone = (timezone.now() - job.started).total_seconds()
        return round(gone * (1 - job.progress) / job.progress, 2)
    return round(job.seconds, 2) if job.state in (State.QUEUED, State.RUNNING) else None
