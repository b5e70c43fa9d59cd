"""Your files: the jobs that an account asked for, with how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from statlas.service import tables
from statlas.service.office import jobs
from statlas.service.office.jobs import JobFacts, State
from statlas.web import asking, links, listing
from statlas.web.visitor import account_of
from statlas.wording import _, later

_STATES = {
    State.QUEUED: (later("Waiting for its turn"), "grey"),
    State.RUNNING: (later("Being made"), "blue"),
    State.DONE: (later("Ready"), "green"),
    State.FAILED: (later("Could not be made"), "red"),
    State.CANCELLED: (later("Cancelled"), "grey"),
}
SORTS = {"new": later("Newest first"), "name": later("Database")}


@dataclass(frozen=True)
class Shown:
    """A job in the list."""

    job: JobFacts
    label: str
    url: str
    state: str
    colour: str


@require_http_methods(["GET", "HEAD"])
@login_required
def every(request: HttpRequest) -> HttpResponse:
    """The files, newest first, until their time is over."""
    known = {database.id: database.label for database in tables.databases(home=asking.home())}
    found = [_shown(one, known) for one in jobs.list_of(account_id=account_of(request).pk)]
    part = listing.part(request, found, texts=_texts, sorts={"new": _new_first, "name": _by_name})
    told = {
        "part": part,
        "n_all": len(found),
        "is_open": any(one.job.is_open for one in found),
        "days": asking.options().job_days,
    }
    return render(request, "account/files.html", {**told, "sorts": listing.said(SORTS), "now": listing.now(request)})


def _shown(job: JobFacts, known: dict[str, str]) -> Shown:
    word, colour = _STATES[job.state]
    return Shown(job, known.get(job.query.database, job.query.database), links.job(job.id), _(word), colour)


def _texts(shown: Shown) -> tuple[str, ...]:
    return shown.label, shown.job.file_name, shown.state


def _new_first(shown: Shown) -> float:
    return -shown.job.created.timestamp()


def _by_name(shown: Shown) -> tuple[str, float]:
    return shown.label.casefold(), _new_first(shown)
