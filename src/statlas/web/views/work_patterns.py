"""The pattern that a database's releases follow: set, replaced, taken away."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import QueryError, StatlasError, UnknownNameError
from statlas.model.release import ReleaseKind
from statlas.model.release_patterns import DayRule, Every, ReleasePattern
from statlas.model.release_times import USUAL
from statlas.service.office import calendar
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import PatternFacts
from statlas.web import asking, releasing
from statlas.web.views.work_calendar import contact_sent, kind_sent, kinds, sent_of
from statlas.web.visitor import account_of
from statlas.wording import _, later, several

_FIELDS = ("every", "months", "rule", "time", "title", "kind", "contact_name", "contact_email", "exemption")
_EVERY = {
    Every.MONTH: later("Every month"),
    Every.QUARTER: later("Every quarter"),
    Every.YEAR: later("Every year"),
}
_BY_MONTHS = {12: Every.MONTH, 1: Every.YEAR}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, database_id: str) -> HttpResponse:
    """The pattern of a database of one's own: as it is, and a form that sets it."""
    account, found = account_of(request), _found(request, database_id)
    sent, error = sent_of(request, _FIELDS, _first(found)), None
    if request.method == "POST":
        try:
            said = _ACTS.get(request.POST.get("act", ""), _no_act)(request, database_id, sent)
        except StatlasError as refused:
            error = refused
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("work_calendar"), status=303)
    told = {
        "label": releasing.label_of(database_id),
        "has_one": found is not None,
        "may_set": calendar.announces(account=account, database_id=database_id),
        "needs_title": database_id not in asking.home().databases(),
        "rhythms": [{"value": one.value, "text": _(text)} for one, text in _EVERY.items()],
        "kinds": kinds(),
        "sent": sent,
        "error": error,
    }
    return render(request, "work/pattern.html", told, status=error.http_status if error else 200)


def _found(request: HttpRequest, database_id: str) -> PatternFacts | None:
    try:
        return calendar.own_pattern(home=asking.home(), account=account_of(request), database_id=database_id)
    except UnknownNameError as error:
        raise Http404 from error


def _first(found: PatternFacts | None) -> dict[str, str]:
    """The pattern that is, as the form has it; else what is usual."""
    if found is None:
        return {"every": Every.QUARTER.value, "time": f"{USUAL:%H:%M}", "kind": ReleaseKind.NEW.value}
    months = found.pattern.months
    return {
        "every": _BY_MONTHS.get(len(months), Every.QUARTER).value,
        "months": ", ".join(map(str, months)),
        "rule": found.pattern.day.text,
        "time": f"{found.pattern.at:%H:%M}",
        "title": found.title,
        "kind": found.kind.value,
        "contact_name": found.contact.name,
        "contact_email": found.contact.email,
        "exemption": found.exemption,
    }


# --- what is done -----------------------------------------------------------------------------------------------------


def _set(request: HttpRequest, database_id: str, sent: dict[str, str]) -> str:
    made = calendar.set_pattern(
        home=asking.home(),
        database_id=database_id,
        pattern=_pattern(sent),
        actor=Actor.of_account(account_of(request)),
        title=sent["title"],
        kind=kind_sent(sent),
        exemption=sent["exemption"],
        contact=contact_sent(sent),
    )
    said = several("{n} release is announced by it now.", "{n} releases are announced by it now.", len(made))
    return " ".join((_("The pattern is set."), said.format(n=len(made))))


def _remove(request: HttpRequest, database_id: str, _sent: dict[str, str]) -> str:
    actor = Actor.of_account(account_of(request))
    calendar.remove_pattern(home=asking.home(), database_id=database_id, actor=actor)
    return _("The pattern is taken away. What is announced stays.")


def _no_act(_request: HttpRequest, _database_id: str, _sent: dict[str, str]) -> str:
    raise QueryError(_("The page does not know what to do."), mend=_("Use one of its buttons."))


_ACTS: dict[str, Any] = {"set": _set, "remove": _remove}


def _pattern(sent: dict[str, str]) -> ReleasePattern:
    """The pattern that a form says.

    Raises:
        QueryError: it says none.
    """
    if sent["every"] not in [*Every]:
        raise QueryError(_("How often it comes out is not chosen."), mend=_("Choose month, quarter or year."))
    try:
        months = tuple(int(month) for month in sent["months"].replace(",", " ").split())
        at = time.fromisoformat(sent["time"])
    except ValueError:
        raise QueryError(
            _("The months or the time cannot be read."), mend=_("Write months as 2,5,8,11 and the time as 09:30.")
        ) from None
    return ReleasePattern.every(Every(sent["every"]), DayRule.read(sent["rule"]), months, at)
