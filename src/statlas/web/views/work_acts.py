"""The pages of acts: what an act will do, why, one button. What may be done, the service says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from statlas.errors import QueryError, StatlasError
from statlas.model.release_times import USUAL, in_london, release_moment
from statlas.model.words import day
from statlas.office.releases.states import Act
from statlas.service.office import calendar, watching
from statlas.service.office.actors import Actor
from statlas.service.office.releases import acting, reading
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.web import asking, releasing
from statlas.web.release_words import ACTS
from statlas.web.views.work_release import head_of
from statlas.web.visitor import account_of
from statlas.wording import _

LONGEST = 2_000
"""Characters of a reason."""


@dataclass(frozen=True)
class Shown:
    """An act as its page says it; ``closed`` says why it cannot be done, where it cannot."""

    title: str
    says: tuple[str, ...]
    button: str
    asks_reason: bool
    reason_label: str
    reason_hint: str
    is_warning: bool
    is_open: bool
    closed: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, release_id: str, act: str) -> HttpResponse:
    """An act on a release: asked, done, or refused with the reason why."""
    if act not in [*ACTS]:
        raise Http404
    release, wanted = releasing.found(account_of(request), release_id), Act(act)
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            _DO.get(wanted, _plainly)(request, release, wanted)
        except StatlasError as refused:
            error = refused
        else:
            messages.success(request, _(ACTS[wanted].done))
            return HttpResponseRedirect(_after(release, wanted), status=303)
    return _page(request, release, wanted, error)


def _after(release: ReleaseFactsOfOffice, act: Act) -> str:
    return reverse("work_database", args=[release.database]) if act is Act.DISCARD else releasing.address(release)


def _page(request: HttpRequest, release: ReleaseFactsOfOffice, act: Act, error: StatlasError | None) -> HttpResponse:
    shown = _shown(request, release, act)
    told: dict[str, Any] = {"view": head_of(release), "act": shown, "error": error, "sent": _sent(request, release)}
    template = "work/act.html"
    if act is Act.SCHEDULE and shown.is_open:
        template = "work/schedule.html"
        told |= _calendar(release)
    return render(request, template, told, status=error.http_status if error else 200)


def _shown(request: HttpRequest, release: ReleaseFactsOfOffice, act: Act) -> Shown:
    words, closed = ACTS[act], _why_closed(request, release, act)
    return Shown(
        title=_(words.title),
        says=(*(_(sentence) for sentence in words.says), *_kept_waiting(release, act)),
        button=_(words.button),
        asks_reason=bool(words.reason),
        reason_label=_(words.reason) if words.reason else "",
        reason_hint=_(words.hint) if words.hint else "",
        is_warning=words.is_warning,
        is_open=not closed,
        closed=closed,
    )


def _kept_waiting(release: ReleaseFactsOfOffice, act: Act) -> tuple[str, ...]:
    """How long a keeper that is another user than the pages waits, whatever they say."""
    if act not in (Act.SCHEDULE, Act.UNSCHEDULE) or not watching.is_apart(asking.home()):
        return ()
    said = _(
        "The keeper of this site opens no release within half an hour of its being scheduled, or scheduled again, "
        "and none earlier than it was told before, unless root runs: statlas keeper allow {id}"
    )
    return (said.format(id=release.id),)


def _why_closed(request: HttpRequest, release: ReleaseFactsOfOffice, act: Act) -> str:
    """Why whoever looks cannot do it now; empty where they can."""
    if act in release.acts:
        return ""
    refusal = reading.why_not(account=account_of(request), release_id=release.id, act=act)
    return str(refusal) if refusal else ""


def _sent(request: HttpRequest, release: ReleaseFactsOfOffice) -> dict[str, str]:
    """What was written into the form; at first what is usual."""
    names = ("reason", "day", "time", "exemption", "title", "announcement")
    sent = {name: request.POST.get(name, "")[:LONGEST] for name in names}
    if request.method != "POST":
        sent |= {"time": f"{USUAL:%H:%M}", "day": _announced_day(release)}
    return sent


# --- what is done -----------------------------------------------------------------------------------------------------


def _plainly(request: HttpRequest, release: ReleaseFactsOfOffice, act: Act) -> None:
    _ACTING[act](
        home=asking.home(),
        release_id=release.id,
        actor=Actor.of_account(account_of(request)),
        reason=_reason(request),
        seen=_seen(request),
    )


def _scheduled(request: HttpRequest, release: ReleaseFactsOfOffice, _act: Act) -> None:
    sent = _sent(request, release)
    acting.schedule(
        home=asking.home(),
        release_id=release.id,
        actor=Actor.of_account(account_of(request)),
        moment=moment_sent(sent),
        reason=_reason(request),
        exemption=sent["exemption"].strip(),
        title=sent["title"].strip(),
        seen=_seen(request),
    )


_ACTING: dict[Act, Callable[..., object]] = {
    Act.CHECK: acting.check,
    Act.SEND_BACK: acting.send_back,
    Act.APPROVE: acting.approve,
    Act.UNSCHEDULE: acting.unschedule,
    Act.DISCARD: acting.discard,
    Act.WITHDRAW: acting.withdraw,
    Act.RESTORE: acting.restore,
    Act.DESTROY: acting.destroy,
}
_DO: dict[Act, Callable[[HttpRequest, ReleaseFactsOfOffice, Act], None]] = {Act.SCHEDULE: _scheduled}


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:LONGEST]


def _seen(request: HttpRequest) -> int:
    """How many acts the release had when its page was made; a form without it saw none of them."""
    given = request.POST.get("seen", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1  # noqa: PLR2004 - no release has so many


def moment_sent(sent: dict[str, str]) -> datetime:
    """The moment that a form says in its fields ``day`` and ``time``, by London's clocks.

    Raises:
        QueryError: they name none.
    """
    try:
        on, at = date.fromisoformat(sent["day"].strip()), time.fromisoformat(sent["time"].strip())
    except ValueError:
        raise QueryError(
            _("A day and a time are expected."),
            mend=_("Write the day as 2026-02-28 and the time as 09:30."),
            field="day",
        ) from None
    return release_moment(on, at)


# --- the calendar -----------------------------------------------------------------------------------------------------


def _announced_day(release: ReleaseFactsOfOffice) -> str:
    """The next day for which a release of the database is announced; empty where none is."""
    found = calendar.of_database(home=asking.home(), database_id=release.database)
    coming = [one.moment for one in found if one.moment > timezone.now()]
    return in_london(min(coming)).date().isoformat() if coming else ""


def _calendar(release: ReleaseFactsOfOffice) -> dict[str, Any]:
    """What the calendar says: of this database, and which other releases are to come."""
    own = calendar.of_database(home=asking.home(), database_id=release.database)
    others = calendar.upcoming(home=asking.home())
    coming = [one for one in own if one.moment > timezone.now()]
    usual = (
        _("The next release is announced for {day}.").format(day=day(in_london(coming[0].moment).isoformat()))
        if coming
        else _("No day is announced for it yet.")
    )
    return {
        "usual": usual,
        "needs_title": not own and release.database not in asking.home().databases(),
        "days": [f"{releasing.moment(one.moment)}: {one.title}" for one in others if not one.is_cancelled],
    }
