"""The endpoints of jobs: have a table made as a file, see how far it is, fetch it whole or in parts, cancel it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Path, Router

from statlas.api.native import asking, dated, doorway, parts, read
from statlas.api.native.asking import DOOR
from statlas.api.native.links import Links
from statlas.api.native.problems import Refusal, refused
from statlas.api.native.shapes.asked import body_of
from statlas.api.native.shapes.job import JobRequest, JobShape
from statlas.definitions import strict_json
from statlas.errors import UnknownNameError
from statlas.model.usage import UseKind
from statlas.service import tables
from statlas.service.office import jobs, using
from statlas.service.office.jobs import JobFacts, State

router = Router(tags=["Jobs"])

PRIVATE = "no-store"
"""Who knows the id may see the job; a cache that many share should not."""

ASK_AGAIN_S, ASK_LATER_S = 2, 60
"""Seconds after which to ask again how far a job is, at least and at most: a tenth of what is left, so that whoever
follows it needs few of the requests of an hour; arbitrary."""

_ID = Path(..., description="Id of the job.")


@router.post(
    "/jobs", response={202: JobShape}, summary="Have a table made as a file", openapi_extra=body_of("JobRequest")
)
def submit(request: HttpRequest) -> HttpResponseBase:
    """A table of any size as a file, made while nobody waits; `Location` is the job's address."""
    asking.refuse_others(request, *dated.NAMES)
    form = read.validated(JobRequest, strict_json.loads(asking.body(request)))
    asked = read.from_data(asking.home(), form.query, place="/query", when=dated.When.of(request))
    spending = doorway.spending_of(request)
    spending.count()
    links = Links(request)
    job = jobs.submit(
        home=asking.home(),
        query=asked.query,
        form=form.format,
        asker=spending.asker,
        door=DOOR,
        link=links.page(asked.query),
        page=links.job_page("{id}"),
        notify=form.email,
    )
    response = _told(job, links, status=202)
    response.headers["Location"] = links.job(job.id)
    return response


@router.get("/jobs/{id}", response=JobShape, summary="How far a job is")
def job(request: HttpRequest, id: str = _ID) -> HttpResponseBase:  # noqa: A002 - as the address has it
    """State, progress, and the address of the file once it is there."""
    asking.refuse_others(request)
    return _told(_found(id), Links(request))


@router.delete("/jobs/{id}", response=JobShape, summary="Cancel a job")
def cancel(request: HttpRequest, id: str = _ID) -> HttpResponseBase:  # noqa: A002 - as the address has it
    """A job that is under way ends, the file of one that is done is removed; what has ended otherwise stays so."""
    asking.refuse_others(request)
    _found(id)
    return _told(jobs.cancel(home=asking.home(), job_id=id), Links(request))


@router.get("/jobs/{id}/file", summary="The file of a job, whole or in part")
def file(request: HttpRequest, id: str = _ID) -> HttpResponseBase:  # noqa: A002 - as the address has it
    """The file; with `Range` one part of it, so that a download that broke off goes on where it was."""
    asking.refuse_others(request)
    found = _found(id)
    if found.state is not State.DONE:
        raise _no_file(found)
    # A file of a release that was withdrawn meanwhile shows its notice.
    tables.manifest(home=asking.home(), database_id=found.query.database, release=found.query.release)
    using.note(request, found.query.database, UseKind.DOWNLOAD, found.form.suffix)
    etag = f'"{found.sha256}"'
    doorway.refuse_unchanged(request, etag)
    path = jobs.path_of(home=asking.home(), job=found)
    response = parts.response(request, path, etag=etag, media_type=found.form.media_type, size=found.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _found(job_id: str) -> JobFacts:
    try:
        return jobs.get(job_id=job_id)
    except UnknownNameError as error:
        error.facts["component"] = strict_json.shown(job_id)
        raise Refusal(error, 404) from None


def _no_file(found: JobFacts) -> Refusal:
    if found.is_open:
        return refused(
            f"The job is {found.state}: its file is not there yet.",
            "Ask for the job until its state is done.",
            status=409,
            headers={"Retry-After": str(ASK_AGAIN_S)},
        )
    said = f"The job has {found.state}" if found.state is State.FAILED else f"The job was {found.state}"
    return refused(f"{said}: there is no file.", "Its address tells why; ask for the file again.", status=410)


def _told(found: JobFacts, links: Links, status: int = 200) -> HttpResponseBase:
    response = asking.as_json(_content(found, links))
    response.status_code = status
    response.headers["Cache-Control"] = PRIVATE
    if found.is_open:
        response.headers["Retry-After"] = str(_ask_again_s(found))
    return response


def _ask_again_s(found: JobFacts) -> int:
    return round(min(max((found.seconds_left or 0) / 10, ASK_AGAIN_S), ASK_LATER_S))


def _content(found: JobFacts, links: Links) -> dict[str, Any]:
    is_done = found.state is State.DONE
    problem = None if found.problem is None else {**found.problem, "type": links.site(found.problem["type"])}
    return {
        "id": found.id,
        "state": str(found.state),
        "progress": found.progress,
        "cells": found.cells,
        "cells_done": found.cells_done,
        "seconds_left": found.seconds_left,
        "database": found.query.database,
        "release": found.query.release,
        "digest": found.digest,
        "format": found.form.name,
        "created": _moment(found.created),
        "started": _moment(found.started),
        "finished": _moment(found.finished),
        "removed": _moment(found.removed),
        "url": links.job(found.id),
        "page": links.job_page(found.id),
        "table": found.link,
        "file": links.job_file(found.id) if is_done else None,
        "file_name": found.file_name or None,
        "size": found.size if is_done else None,
        "sha256": found.sha256 if is_done else None,
        "problem": problem,
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")
