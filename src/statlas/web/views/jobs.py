"""The pages of jobs: have a table prepared as a file, see how far it is, fetch or cancel it, find those asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from statlas import formats
from statlas.definitions.address import Parameters, parameters_of, query_of, with_date
from statlas.errors import RequestError, StatlasError, UnknownNameError
from statlas.model.database import Database
from statlas.service import tables
from statlas.service.office import jobs
from statlas.service.office.jobs import JobFacts, State
from statlas.service.office.limits import Asker
from statlas.web import asking, links, visitor
from statlas.web.taking import FORMAT_HINTS
from statlas.wording import _, later, several

_FORMAT, _EMAIL = "format", "email"
_FIRST = "csv"
"""Format that is chosen unless another is."""
_STATES = {
    State.QUEUED: (later("Waiting for its turn"), "grey"),
    State.RUNNING: (later("Being made"), "blue"),
    State.DONE: (later("Ready"), "green"),
    State.FAILED: (later("Could not be made"), "red"),
    State.CANCELLED: (later("Cancelled"), "grey"),
}
_MINUTE_S, _HOUR_S = 60, 3_600
_QUICK_S = 2
"""Seconds below which nobody needs to know how many; arbitrary."""


@dataclass(frozen=True)
class Choice:
    """A format that may be chosen."""

    name: str
    label: str
    hint: str


def new(request: HttpRequest) -> HttpResponse:
    """Choose the format of a file, and have it made."""
    parameters = asking.parameters(request)
    database = asking.database(dict(parameters).get("database", ""), dict(parameters).get("release", ""))
    table = tuple(one for one in parameters if one[0] != "database")
    if request.method == "POST":
        try:
            found = _submitted(request, database, table)
        except StatlasError as error:
            return _form(request, database, table, error)
        return HttpResponseRedirect(links.job(found.id), status=303)
    return _form(request, database, table)


def job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far a job is, and its file once it is there; where there is none, what to do instead."""
    found = _found(job_id)
    if found is None:
        return _gone(request)
    word, colour = _STATES[found.state]
    database = asking.database(found.query.database, found.query.release or "")
    parameters = parameters_of(found.query)
    told = {
        "job": found,
        "state": _(word),
        "colour": colour,
        "percent": int(100 * found.progress),
        "left": time_said(found.seconds_left) if found.state is State.RUNNING else "",
        "expected": time_said(found.seconds_left) if found.state is State.QUEUED else "",
        "size": _size(found.size),
        "file_url": _file_url(found),
        "cancel_url": f"{links.job(found.id)}/cancel",
        "again_url": links.new_job(database.id, parameters),
        "table_url": found.link or links.table(database.id, parameters),
        "at": links.at(found.query.release or ""),
        "page_url": request.build_absolute_uri(links.job(found.id)),
        "is_listed": visitor.account_id(request) is not None,
        "days": asking.options().job_days,
        "database": database,
    }
    return _private(render(request, "job.html", told))


def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    """End a job, and show what has become of it."""
    if _found(job_id) is None:
        return _gone(request)
    jobs.cancel(home=asking.home(), job_id=job_id)
    return HttpResponseRedirect(links.job(job_id), status=303)


def mine(request: HttpRequest) -> HttpResponse:
    """Where one's files are: in one's account; who has none is told how to come back to a file."""
    if visitor.account_id(request) is not None:
        return _private(HttpResponseRedirect(reverse("account_files")))
    return _private(render(request, "jobs.html"))


def _file_url(one: JobFacts) -> str:
    return f"{links.NATIVE_INTERFACE}/jobs/{one.id}/file" if one.state is State.DONE else ""


def _submitted(request: HttpRequest, database: Database, table: Parameters) -> JobFacts:
    form = request.POST.get(_FORMAT, "")
    if not form:
        raise RequestError(_("No format is chosen."), mend=_("Choose one of them."))
    account = visitor.account_id(request)
    return jobs.submit(
        home=asking.home(),
        query=with_date(database, query_of(database, table)),
        form=form,
        asker=Asker.of_address(visitor.address(request)) if account is None else Asker.of_account(account),
        door="web",
        link=request.build_absolute_uri(links.table(database.id, table)),
        page=request.build_absolute_uri("/jobs/") + "{id}",
        notify=request.POST.get(_EMAIL) == "yes",
    )


def _form(
    request: HttpRequest, database: Database, table: Parameters, error: StatlasError | None = None
) -> HttpResponse:
    planned: dict[str, Any] = {}
    if error is None:
        try:
            planned = _planned(database, table)
        except StatlasError as found:
            error = found
    choices = [Choice(name, _(formats.FORMATS[name].label), _(FORMAT_HINTS.get(name, ""))) for name in jobs.STREAMED]
    is_member = visitor.account_id(request) is not None
    told = {
        "database": database,
        "at": links.at(dict(table).get("release", "")),
        "back": links.table(database.id, table),
        "choices": choices,
        "chosen": request.POST.get(_FORMAT) or _FIRST,
        "may_notify": asking.options().sends_email and is_member,
        "is_listed": is_member,
        "days": asking.options().job_days,
        "error": error,
        **planned,
    }
    return _private(render(request, "job_new.html", told, status=error.http_status if error else 200))


def _planned(database: Database, table: Parameters) -> dict[str, Any]:
    """How large the table is and how long it takes; nothing where its rules refuse it, which asking for it tells."""
    found = tables.plan(home=asking.home(), query=with_date(database, query_of(database, table)))
    return {"cells": found.cells, "expected": time_said(found.seconds)}


def _found(job_id: str) -> JobFacts | None:
    try:
        return jobs.get(job_id=job_id)
    except UnknownNameError:
        return None


def _gone(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "job_gone.html", {"days": asking.options().job_days}, status=404))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def time_said(seconds: float | None) -> str:
    """*about 2 minutes*; empty where nobody can say."""
    if seconds is None:
        return ""
    if seconds >= _HOUR_S:
        n = round(seconds / _HOUR_S)
        return several("about {n} hour", "about {n} hours", n).format(n=n)
    if seconds >= _MINUTE_S:
        n = round(seconds / _MINUTE_S)
        return several("about {n} minute", "about {n} minutes", n).format(n=n)
    return _("a few seconds") if seconds <= _QUICK_S else _("less than a minute")


def _size(n_bytes: int) -> str:
    """*859 MB*."""
    for size, word in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n_bytes >= size:
            n = n_bytes / size
            return f"{n:.1f} {word}" if n < 10 else f"{n:.0f} {word}"  # noqa: PLR2004 - two digits are enough
    return several("{n} byte", "{n} bytes", n_bytes).format(n=n_bytes)
