"""The pages of jobs: have a table prepared as a file, see how far it is, fetch or cancel it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from statlas import formats
from statlas.definitions.address import Parameters, query_of, with_date
from statlas.errors import RequestError, StatlasError, UnknownNameError
from statlas.model.database import Database
from statlas.service.office import jobs
from statlas.service.office.jobs import JobFacts, State
from statlas.service.office.limits import Asker
from statlas.web import asking, links, visitor

_FORMAT, _EMAIL = "format", "email"
_HINTS = {
    "csv": "For programs and databases; every line a number, with codes and labels.",
    "csv-bom": "The same for spreadsheets that take no other; they hold a million lines at most.",
    "parquet": "Small; for Python, R, DuckDB, Power BI.",
    "arrow": "For Python and R, read without being unpacked.",
    "csv-shown": "Rows and columns as on a page, with title and notes, to be read rather than computed with.",
}
_FIRST = "csv"
"""Format that is chosen unless another is."""
_STATES = {
    State.QUEUED: ("Waiting for its turn", "grey"),
    State.RUNNING: ("Being made", "blue"),
    State.DONE: ("Ready", "green"),
    State.FAILED: ("Could not be made", "red"),
    State.CANCELLED: ("Cancelled", "grey"),
}
_MINUTE_S, _HOUR_S = 60, 3_600


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
    """How far a job is, and its file once it is there.

    Raises:
        Http404: there is none of that id, or its time is over.
    """
    found = _found(job_id)
    word, colour = _STATES[found.state]
    return _private(
        render(
            request,
            "job.html",
            {
                "job": found,
                "state": word,
                "colour": colour,
                "percent": int(100 * found.progress),
                "left": _left(found),
                "size": _size(found.size),
                "file_url": f"/api/v1/jobs/{found.id}/file",
                "cancel_url": f"{links.job(found.id)}/cancel",
                "database": asking.database(found.query.database, found.query.release or ""),
            },
        )
    )


def cancel(request: HttpRequest, job_id: str) -> HttpResponse:  # noqa: ARG001 - the form says nothing more
    """End a job, and show what has become of it."""
    _found(job_id)
    jobs.cancel(home=asking.home(), job_id=job_id)
    return HttpResponseRedirect(links.job(job_id), status=303)


def _submitted(request: HttpRequest, database: Database, table: Parameters) -> JobFacts:
    form = request.POST.get(_FORMAT, "")
    if not form:
        raise RequestError("No format is chosen.", mend="Choose one of them.")
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
    choices = [Choice(name, formats.FORMATS[name].label, _HINTS.get(name, "")) for name in jobs.STREAMED]
    told = {
        "database": database,
        "back": links.table(database.id, table),
        "choices": choices,
        "chosen": request.POST.get(_FORMAT) or _FIRST,
        "may_notify": asking.options().sends_email and visitor.account_id(request) is not None,
        "days": asking.options().job_days,
        "error": error,
    }
    return _private(render(request, "job_new.html", told, status=error.http_status if error else 200))


def _found(job_id: str) -> JobFacts:
    try:
        return jobs.get(job_id=job_id)
    except UnknownNameError as error:
        raise Http404(str(error)) from None


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _left(found: JobFacts) -> str:
    """*about 2 minutes*; empty where nobody can say."""
    if found.state is not State.RUNNING or found.seconds_left is None:
        return ""
    seconds = found.seconds_left
    for size, word in ((_HOUR_S, "hour"), (_MINUTE_S, "minute")):
        if seconds >= size:
            n = round(seconds / size)
            return f"about {n} {word}{'' if n == 1 else 's'}"
    return "less than a minute"


def _size(n_bytes: int) -> str:
    """*859 MB*."""
    for size, word in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n_bytes >= size:
            n = n_bytes / size
            return f"{n:.1f} {word}" if n < 10 else f"{n:.0f} {word}"  # noqa: PLR2004 - two digits are enough
    return f"{n_bytes} bytes"
