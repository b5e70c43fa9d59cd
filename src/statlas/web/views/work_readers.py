"""Who may read a release before its minute: the list of its organisation, one more, one less."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import QueryError, StatlasError
from statlas.office.releases.states import Act
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting
from statlas.service.office.releases.reading import EarlyReaderFacts, ReleaseFactsOfOffice
from statlas.web import asking, releasing
from statlas.web.views.work_release import head_of
from statlas.web.visitor import account_of
from statlas.wording import _

_FIELDS = ("email", "name", "post", "reason")
LONGEST = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, release_id: str) -> HttpResponse:
    """The list, with what was asked of it done or refused."""
    account = account_of(request)
    release = releasing.found(account, release_id)
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, release))
            return HttpResponseRedirect(request.path, status=303)
        except StatlasError as refused:
            error = refused
    told: dict[str, Any] = {
        "view": head_of(release),
        "readers": [_line(one) for one in releasing.readers_of(account, release)],
        "may_add": Act.GRANT_ACCESS in release.acts,
        "may_remove": Act.REVOKE_ACCESS in release.acts,
        "says": _says(release),
        "reading_url": request.build_absolute_uri(reverse("work_reading", args=[release.id])),
        "sent": {name: request.POST.get(name, "") if error else "" for name in _FIELDS},
        "error": error,
    }
    return render(request, "work/readers.html", told, status=error.http_status if error else 200)


def _done(request: HttpRequest, release: ReleaseFactsOfOffice) -> str:
    sent = {name: request.POST.get(name, "").strip()[:LONGEST] for name in _FIELDS}
    asked: dict[str, Any] = {
        "home": asking.home(),
        "release_id": release.id,
        "actor": Actor.of_account(account_of(request)),
        "email": sent["email"],
        "reason": sent["reason"],
    }
    if request.POST.get("act") == "grant":
        acting.grant_access(**asked, name=sent["name"], post=sent["post"])
        return _("{name} may read it in the 24 hours before release.").format(name=sent["name"])
    if request.POST.get("act") == "revoke":
        acting.revoke_access(**asked)
        return _("{email} may not read it before release any more.").format(email=sent["email"])
    raise QueryError(_("The page does not know what to do."), mend=_("Use one of its buttons."))


def _line(one: EarlyReaderFacts) -> dict[str, str]:
    hint = one.email
    if one.opened is not None:
        hint = _("{email}; first read it on {moment}").format(email=one.email, moment=releasing.moment(one.opened))
    return {"name": releasing.reader_line(one), "email": one.email, "hint": hint}


def _says(release: ReleaseFactsOfOffice) -> str:
    if release.early_from is None or release.scheduled_for is None:
        return _("They may read its tables made ready in the 24 hours before its minute, which is not set yet.")
    return _("They may read its tables made ready from {since} until it is public on {until}.").format(
        since=releasing.moment(release.early_from), until=releasing.moment(release.scheduled_for)
    )
