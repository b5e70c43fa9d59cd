"""Sending a release: a form for the files of a definition and of records, and the page that says how far they are."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from statlas.errors import DataError, RequestError, StatlasError, UnknownNameError
from statlas.model.database import Database
from statlas.model.release import ReleaseKind
from statlas.service import tables
from statlas.service.office import uploads
from statlas.service.office.uploads import Sent, State, UploadFacts
from statlas.store.upload_files import UploadFiles
from statlas.web import asking
from statlas.web.receiving import IntoTheHome
from statlas.web.visitor import account_of
from statlas.wording import _, later

LONGEST = 2_000
"""Characters of a note or reason."""

END = "whole"
"""The last field of the form."""

KINDS = (
    ("", later("Work it out"), later("New figures, or a revision where published periods change.")),
    (ReleaseKind.NEW.value, later("New figures"), ""),
    (ReleaseKind.REVISION.value, later("A planned revision"), later("Published figures change as readers were told.")),
    (ReleaseKind.CORRECTION.value, later("A correction"), later("Published figures were wrong.")),
)

STATES = {
    State.QUEUED: (later("Waiting for its turn"), "grey"),
    State.RUNNING: (later("Being checked"), "blue"),
    State.DONE: (later("Sealed"), "green"),
    State.FAILED: (later("Not taken"), "red"),
}

STAGES = {
    "opening": later("Opening the files"),
    "finding faults": later("Looking for faults"),
    "reading": later("Reading the files"),
    "checking": later("Checking the records"),
    "writing": later("Encoding the records"),
    "checking the figures": later("Looking for what is strange"),
    "sealing": later("Sealing"),
}

STEPS = tuple(stage for stage in STAGES if stage != "finding faults")
"""The way of an upload that has no faults."""


@csrf_exempt  # the form is checked below, once it is settled where its files go
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, database_id: str = "") -> HttpResponse:
    """Choose files, say what they are, have them checked and sealed."""
    account = account_of(request)
    uploads.require_may_send(account=account, database_id=database_id)
    if request.method != "POST":
        return _form(request, database_id, Sent(database_id, kind=request.GET.get("kind", "")))
    files = UploadFiles(asking.home().path)
    handler = IntoTheHome(request, files, files.make())
    request.upload_handlers = [handler]
    answer: HttpResponse | None = None
    try:
        answer = _checked(request, database_id, handler)
    finally:
        handler.upload_interrupted()
        if answer is None or answer.status_code != 303:  # noqa: PLR2004 - See Other: it was taken
            files.remove(handler.upload_id)
    return answer


@csrf_protect
def _checked(request: HttpRequest, database_id: str, handler: IntoTheHome) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip()[:LONGEST] for name in Sent.__dataclass_fields__}
    sent = Sent(**{**given, "database": database_id})
    try:
        _check_whole(request, handler)
        made = uploads.submit(home=asking.home(), account=account_of(request), upload_id=handler.upload_id, sent=sent)
    except StatlasError as error:
        return _form(request, database_id, sent, error)
    return HttpResponseRedirect(reverse("work_uploaded", args=[made.id]), status=303)


def _check_whole(request: HttpRequest, handler: IntoTheHome) -> None:
    """See that every file was taken, and that the form came to its end: its last field says so.

    Raises:
        StatlasError: one was not; or the connection broke, which looks like the end of a file.
    """
    if handler.errors:
        raise handler.errors[0]
    if request.POST.get(END) != "yes":
        raise RequestError(_("The form did not come whole."), mend=_("Choose the files again, and send it once more."))


def _form(request: HttpRequest, database_id: str, sent: Sent, error: StatlasError | None = None) -> HttpResponse:
    found = _published(database_id)
    told: dict[str, Any] = {
        "label": found.label if found else database_id,
        "number": asking.home().current(database_id).release if found else "",
        "back": reverse("work_database", args=[database_id]) if database_id else reverse("work"),
        "kinds": [{"value": value, "text": _(text), "hint": _(hint) if hint else ""} for value, text, hint in KINDS],
        "sent": sent,
        "error": error,
        "faults": [str(fault) for fault in error.faults] if isinstance(error, DataError) else [],
    }
    return render(request, "work/upload.html", told, status=error.http_status if error else 200)


def _published(database_id: str) -> Database | None:
    if not database_id or database_id not in asking.home().databases():
        return None
    return tables.database(home=asking.home(), database_id=database_id)


@require_http_methods(["GET", "HEAD"])
@login_required
def one(request: HttpRequest, upload_id: str) -> HttpResponse:
    """How far an upload is, and what became of it."""
    try:
        found = uploads.get(account=account_of(request), upload_id=upload_id)
    except UnknownNameError as error:
        raise Http404 from error
    word, colour = STATES[found.state]
    is_known = found.database in asking.home().databases()
    told = {
        "upload": found,
        "state": _(word),
        "colour": colour,
        "heading": _heading(found),
        "stage": _(STAGES[found.stage]) if found.stage in STAGES else "",
        "step": _step(found),
        "n_steps": len(STEPS),
        "percent": int(100 * (_step(found) - 1 + found.progress) / len(STEPS)) if _step(found) else 0,
        "again_url": reverse("work_upload_to", args=[found.database]) if is_known else reverse("work_upload"),
    }
    return render(request, "work/uploading.html", told)


def _step(found: UploadFacts) -> int:
    """Which step of all it is at, counted from 1; 0 as long as none is begun, and while faults are looked for."""
    return STEPS.index(found.stage) + 1 if found.stage in STEPS else 0


def _heading(found: UploadFacts) -> str:
    if found.is_open:
        return _("Your release is being checked")
    return _("Your draft is sealed") if found.state is State.DONE else _("Your release was not taken")
