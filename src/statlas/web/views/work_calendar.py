"""The calendar of one's own databases, where its dates are made; and announcing one more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from statlas.errors import QueryError, StatlasError
from statlas.model import calendar_words
from statlas.model.announcement import Announcement
from statlas.model.database import Contact
from statlas.model.release import ReleaseKind
from statlas.model.release_times import USUAL
from statlas.service.office import calendar
from statlas.service.office.actors import Actor
from statlas.service.office.calendar import Deed, OwnDate
from statlas.web import asking, links, releasing
from statlas.web.views.work_acts import LONGEST, moment_sent
from statlas.web.visitor import account_of
from statlas.wording import _, later

_FIELDS = (
    *("database", "day", "time", "title", "kind", "confirmed", "note", "contact_name", "contact_email"),
    *("exemption", "reason"),
)
_DEEDS = {Deed.CONFIRM: later("Confirm"), Deed.MOVE: later("Move"), Deed.CANCEL: later("Cancel")}


@require_http_methods(["GET", "HEAD"])
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What is announced of one's own databases, each with what one may do to it; and their patterns."""
    account, own = account_of(request), asking.home()
    told = {
        "dates": [_line(one) for one in calendar.own_dates(home=own, account=account)],
        "patterns": [
            {"label": releasing.label_of(one), "url": reverse("work_pattern", args=[one])}
            for one in calendar.to_announce(home=own, account=account)
        ],
        "words": calendar_words,
    }
    return render(request, "work/calendar.html", told)


def _line(own: OwnDate) -> dict[str, Any]:
    one = own.one
    said = one.changes[-1] if one.is_cancelled else one.last_moved
    return {
        "one": one,
        "url": links.announcement(one.id),
        "database": releasing.label_of(one.database),
        "is_late": one.is_late(timezone.now()),
        "said": " ".join(filter(None, (calendar_words.change(said), said.reason))) if said else "",
        "deeds": [
            {"text": _(text), "url": reverse("work_date", args=[one.id, deed.value])}
            for deed, text in _DEEDS.items()
            if deed in own.deeds
        ],
    }


# --- announcing -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def announce(request: HttpRequest) -> HttpResponse:
    """Announce a release of a database of one's own; everybody sees it at once."""
    account, error = account_of(request), None
    sent = sent_of(request, _FIELDS, {"time": f"{USUAL:%H:%M}", "kind": ReleaseKind.NEW.value})
    if request.method == "POST":
        try:
            made = _announced(request, sent)
        except StatlasError as refused:
            error = refused
        else:
            when = calendar_words.full(made.moment)
            messages.success(request, _("“{title}” is announced for {moment}.").format(title=made.title, moment=when))
            return HttpResponseRedirect(reverse("work_calendar"), status=303)
    told = {
        "databases": [
            {"value": one, "text": releasing.label_of(one)}
            for one in calendar.to_announce(home=asking.home(), account=account)
        ],
        "may_confirm": calendar.confirms(home=asking.home(), account=account),
        "kinds": kinds(),
        "sent": sent,
        "error": error,
    }
    return render(request, "work/announce.html", told, status=error.http_status if error else 200)


def _announced(request: HttpRequest, sent: dict[str, str]) -> Announcement:
    return calendar.announce(
        home=asking.home(),
        database_id=sent["database"],
        moment=moment_sent(sent),
        actor=Actor.of_account(account_of(request)),
        title=sent["title"],
        kind=kind_sent(sent),
        confirmed=bool(sent["confirmed"]),
        note=sent["note"],
        contact=contact_sent(sent),
        exemption=sent["exemption"],
        reason=sent["reason"],
    )


# --- what the forms of the calendar share -----------------------------------------------------------------------------


def sent_of(request: HttpRequest, names: tuple[str, ...], first: dict[str, str]) -> dict[str, str]:
    """What was written into a form; at first what is usual."""
    if request.method == "POST":
        return {name: request.POST.get(name, "").strip()[:LONGEST] for name in names}
    return {name: first.get(name, "") for name in names}


def kinds() -> list[dict[str, str]]:
    """Kinds of a release to choose from."""
    return [{"value": one.value, "text": releasing.kind_word(one)} for one in ReleaseKind]


def kind_sent(sent: dict[str, str]) -> ReleaseKind:
    """The kind that was chosen.

    Raises:
        QueryError: none was.
    """
    if sent["kind"] not in [*ReleaseKind]:
        raise QueryError(_("No kind of release is chosen."), mend=_("Choose what comes out."))
    return ReleaseKind(sent["kind"])


def contact_sent(sent: dict[str, str]) -> Contact | None:
    """Whom to ask; None where nobody is named, and the database's own stands."""
    given = Contact(sent["contact_name"], sent["contact_email"])
    return given if given != Contact() else None
