"""Reading what is not public: staff look at a draft's tables, named people at a release's in the 24 hours before."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from statlas.errors import AccessError, UnknownNameError
from statlas.office.accounts.models import Account
from statlas.service.office.releases import acting, reading
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.web import asking, links, previewing, releasing
from statlas.web.visitor import account_of
from statlas.wording import _


@require_http_methods(["GET", "HEAD"])
@login_required
@previewing.waits_for_the_keeper
def of_staff(request: HttpRequest, release_id: str, number: int = 0) -> HttpResponse:
    """A draft's tables made ready, as they would be printed, for its own organisation."""
    account = account_of(request)
    release = releasing.found(account, release_id)
    if not release.is_under_way:
        raise Http404
    database = previewing.database(account_id=account.pk, release_id=release.id)
    base = reverse("work_tables", args=[release.id])
    title = _("{database}: release {n}").format(database=database.label, n=release.release)
    told = {
        **previewing.page(
            request, account_id=account.pk, release_id=release.id, found=database, number=number, base=base
        ),
        "heading": title,
        "warning": _("You see this as a member of the organisation. Pass nothing of it on before it is public."),
        "back": releasing.address(release),
        "back_text": _("Back to the release"),
        "trail": _trail(title, _("Tables"), releasing.address(release)),
    }
    return _never_kept(render(request, "work/preview.html", told))


@require_http_methods(["GET", "HEAD"])
@login_required
@previewing.waits_for_the_keeper
def before_release(request: HttpRequest, release_id: str, number: int = 0) -> HttpResponse:
    """The tables of a scheduled release for somebody who is named, in the 24 hours before; else when that is."""
    account = account_of(request)
    try:
        # The keeper decides, by a clock that nobody sets forward; only what it tells is written down as read.
        if not reading.may_read_early(account=account, release_id=release_id):
            return _never_kept(_closed(request, account, release_id))
        database = previewing.database(account_id=account.pk, release_id=release_id)
        acting.read_early(home=asking.home(), release_id=release_id, account=account)
    except (AccessError, UnknownNameError):
        return _never_kept(_closed(request, account, release_id))
    release = reading.was_let_in(account=account, release_id=release_id)
    assert release is not None, "it may be read early"
    assert release.scheduled_for is not None, "so it has a minute"
    base = reverse("work_reading", args=[release_id])
    told = {
        **previewing.page(
            request, account_id=account.pk, release_id=release_id, found=database, number=number, base=base
        ),
        "heading": database.label,
        "warning": _(
            "It is public on {moment}. Until then it is for you alone: do not pass on, quote or hint at anything of "
            "it. Each view is recorded under your name."
        ).format(moment=releasing.moment(release.scheduled_for)),
        "back": base if number else reverse("work"),
        "back_text": _("All its tables") if number else _("Work list"),
        "trail": _trail(database.label, _("Reading before release")),
    }
    return _never_kept(render(request, "work/preview.html", told))


def _closed(request: HttpRequest, account: Account, release_id: str) -> HttpResponse:
    """Outside the 24 hours: when they are, or that they are over; who is not named finds no page."""
    release = reading.was_let_in(account=account, release_id=release_id)
    if release is None or not (release.is_under_way or release.is_public):
        raise Http404
    told = {
        "heading": releasing.label_of(release.database),
        "says": _when(release),
        "public_url": links.database(release.database) if release.is_public else "",
    }
    return render(request, "work/reading.html", told, status=200 if release.is_public else 403)


def _when(release: ReleaseFactsOfOffice) -> tuple[str, ...]:
    """When somebody who is named may read a release that they may not read now."""
    if release.is_public:
        return (_("This release is public now. Everybody can read it."),)
    if release.early_from is None or release.scheduled_for is None:
        return (_("This release has no minute at present, so nobody can read it early. Come back later."),)
    if timezone.now() >= release.scheduled_for:
        return (_("Its minute has come: it is public in a moment."),)
    since, until = releasing.moment(release.early_from), releasing.moment(release.scheduled_for)
    says = _("You may read this release from {since} until it is public on {until}.").format(since=since, until=until)
    return (says, _("Come back to this page then. Nothing of it can be seen before."))


def _trail(label: str, here: str, address: str = "") -> list[dict[str, Any]]:
    return [
        {"text": _("Home"), "href": "/"},
        {"text": _("Work list"), "href": reverse("work")},
        {"text": label, **({"href": address} if address else {})},
        {"text": here},
    ]


def _never_kept(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no search engine finds it, and no other page learns its address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
