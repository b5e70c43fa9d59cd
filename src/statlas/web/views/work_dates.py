"""A date that stands: confirmed, moved or cancelled, with the reason that readers see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import StatlasError, UnknownNameError
from statlas.model import calendar_words
from statlas.model.announcement import Announcement
from statlas.model.release_times import in_london, is_usual
from statlas.service.office import calendar
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import Deed, OwnDate
from statlas.web import asking, links
from statlas.web.views.work_acts import moment_sent
from statlas.web.views.work_calendar import sent_of
from statlas.web.visitor import account_of
from statlas.wording import _, later

_FIELDS = ("day", "time", "exemption", "reason", "seen")


@dataclass(frozen=True)
class Words:
    """What a page says of a deed."""

    title: str
    says: str
    button: str
    hint: str
    done: str


WORDS = {
    Deed.CONFIRM: Words(
        later("Confirm the date"),
        later("Readers are told that it is certain. Moving it afterwards takes a reason and an approver."),
        later("Confirm"),
        later("Needed less than four weeks ahead. Readers see it beside the date."),
        later("The date is confirmed."),
    ),
    Deed.MOVE: Words(
        later("Move the date"),
        later("Readers see both dates and why, and calendars that follow this one move it too."),
        later("Move"),
        later("Readers see it beside the date."),
        later("The date is moved."),
    ),
    Deed.CANCEL: Words(
        later("Cancel the release"),
        later("Readers are told that there will be no such release. The announcement stays to be read, with why."),
        later("Cancel the release"),
        later("Readers see it beside the date."),
        later("The release is cancelled."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, announcement_id: str, deed: str) -> HttpResponse:
    """What is to be done to a date of one's own: asked, done, or refused with the reason why."""
    if deed not in [*Deed]:
        raise Http404
    own, wanted = _found(request, announcement_id), Deed(deed)
    sent = sent_of(request, _FIELDS, _first(own.one))
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            _do(request, announcement_id, wanted, sent)
        except StatlasError as refused:
            error = refused
        else:
            messages.success(request, _(WORDS[wanted].done))
            return HttpResponseRedirect(reverse("work_calendar"), status=303)
        own = _found(request, announcement_id)
    told = {**_shown(request, own, wanted), "sent": sent, "error": error}
    return render(request, "work/date.html", told, status=error.http_status if error else 200)


def _found(request: HttpRequest, announcement_id: str) -> OwnDate:
    try:
        return calendar.own_date(home=asking.home(), account=account_of(request), announcement_id=announcement_id)
    except UnknownNameError as error:
        raise Http404 from error


def _first(one: Announcement) -> dict[str, str]:
    local = in_london(one.moment)
    return {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}


def _shown(request: HttpRequest, own: OwnDate, deed: Deed) -> dict[str, Any]:
    one, words, refusal = own.one, WORDS[deed], None
    if deed not in own.deeds:
        refusal = calendar.why_not(home=asking.home(), account=account_of(request), announcement_id=one.id, deed=deed)
    return {
        "one": one,
        "words": calendar_words,
        "public_url": links.announcement(one.id),
        "heading": _(words.title),
        "says": _(words.says),
        "button": _(words.button),
        "hint": _(words.hint),
        "closed": " ".join(filter(None, (refusal.message, refusal.mend))) if refusal else "",
        "asks_day": deed is Deed.MOVE,
        "is_warning": deed is Deed.CANCEL,
        "needs_exemption": not is_usual(one.moment),
    }


def _do(request: HttpRequest, announcement_id: str, deed: Deed, sent: dict[str, str]) -> None:
    asked: dict[str, Any] = {
        "home": asking.home(),
        "announcement_id": announcement_id,
        "actor": Actor.of_account(account_of(request)),
        "reason": sent["reason"],
        "seen": _seen(sent),
    }
    if deed is Deed.CONFIRM:
        calendar.confirm(**asked)
    elif deed is Deed.MOVE:
        calendar.move(**asked, moment=moment_sent(sent), exemption=sent["exemption"])
    else:
        calendar.cancel(**asked)


def _seen(sent: dict[str, str]) -> int:
    """How often the announcement had been changed when its page was made; a form without it saw none of it."""
    given = sent["seen"]
    return int(given) if given.isdecimal() and len(given) < 10 else -1  # noqa: PLR2004 - nothing changes so often
