"""The three reports on a draft, with its findings to be accepted one by one, each with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from statlas.errors import StatlasError
from statlas.model.finding import DraftReports, Finding, Report, Severity, from_json
from statlas.office.releases.states import Act, State
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting, reading, steps
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.web import asking, next_steps, previewing, releasing
from statlas.web.views.work_release import head_of, kept_reports
from statlas.web.visitor import account_of
from statlas.wording import _, later, several

LONGEST = 2_000

SEVERITIES = {
    Severity.PROBLEM: (later("Problem"), "red"),
    Severity.WARNING: (later("Unusual"), "yellow"),
    Severity.NOTE: (later("Note"), "grey"),
}

REPORTS = (
    ("screening", later("Screening"), later("Are the figures right? Strange ones, compared with the last release.")),
    ("risk", later("Risk"), later("What could be learnt about somebody, and how much is hidden so that nobody can.")),
    ("changes", later("Changes"), later("What is new in this release, and what follows for those who use it.")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@previewing.waits_for_the_keeper
def page(request: HttpRequest, release_id: str) -> HttpResponse:
    """The reports; a finding is accepted with a reason."""
    account = account_of(request)
    release = releasing.found(account, release_id)
    if release.state is State.DRAFT:
        steps.learn_findings(home=asking.home(), release_id=release_id, actor=Actor.of_account(account))
        release = releasing.found(account, release_id)
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            _accept(request, release)
        except StatlasError as refused:
            error = refused
        else:
            messages.success(request, _("The finding is accepted."))
            return HttpResponseRedirect(request.path, status=303)
    found = _found(account.pk, release)
    accepted = _accepted(request, release)
    told: dict[str, Any] = {
        "view": head_of(release),
        "reports": [*_reports(release, found, accepted)],
        "summary": _summary(release, found),
        "next": next_steps.next_of(release),
        "error": error,
        "wrong": request.POST.get("finding", "")[:64] if error else "",
        "wrong_text": str(error) if error else "",
        "sent": request.POST.get("reason", "")[:LONGEST],
    }
    return render(request, "work/findings.html", told, status=error.http_status if error else 200)


def _found(account_id: int, release: ReleaseFactsOfOffice) -> DraftReports:
    """What was found: as the keeper has it, and of what was public once, as it is kept with the release."""
    if release.is_under_way:
        return previewing.reports(account_id=account_id, release_id=release.id)
    text = kept_reports(release)
    if not text:
        raise Http404
    return from_json(text)


def _accept(request: HttpRequest, release: ReleaseFactsOfOffice) -> None:
    acting.accept(
        home=asking.home(),
        release_id=release.id,
        finding=request.POST.get("finding", "")[:64],
        reason=request.POST.get("reason", "").strip()[:LONGEST],
        actor=Actor.of_account(account_of(request)),
    )


def _accepted(request: HttpRequest, release: ReleaseFactsOfOffice) -> dict[str, dict[str, str]]:
    """What was accepted, by the id of the finding: why, who and when."""
    history = reading.history(account=account_of(request), release_id=release.id)
    return {
        move.about: {"reason": move.reason, "who_when": f"{move.actor}, {releasing.moment(move.at)}"}
        for move in history
        if move.act is Act.ACCEPT
    }


def _summary(release: ReleaseFactsOfOffice, found: DraftReports) -> str:
    if not found.to_answer:
        return _("Nothing that was found needs a reason.")
    if not release.unanswered:
        return _("Everything that needs a reason has one.")
    return several(
        "{n} finding has to be accepted with a reason before the release is checked.",
        "{n} findings have to be accepted with a reason before the release is checked.",
        release.unanswered,
    ).format(n=release.unanswered)


def _reports(
    release: ReleaseFactsOfOffice, found: DraftReports, accepted: dict[str, dict[str, str]]
) -> Iterator[dict[str, Any]]:
    for name, title, what in REPORTS:
        report: Report = getattr(found, name)
        n = len(report)
        yield {
            "id": name,
            "title": _(title),
            "what": _(what),
            "said": several("{n} finding", "{n} findings", n).format(n=n),
            "findings": [_finding(release, one, accepted) for one in report],
            "facts": report.facts,
            "checks": report.checks,
        }


def _finding(release: ReleaseFactsOfOffice, one: Finding, accepted: dict[str, dict[str, str]]) -> dict[str, Any]:
    word, colour = SEVERITIES[one.severity]
    return {
        **{name: getattr(one, name) for name in ("id", "message", "was", "now", "mend", "needs_reason")},
        "where": one.where or _("The whole release"),
        "severity": _(word),
        "colour": colour,
        "accepted": accepted.get(one.id) if one.id in release.answers else None,
        "is_open": one.needs_reason and Act.ACCEPT in release.acts,
    }
