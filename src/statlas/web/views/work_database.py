"""A database as staff see it: what is under way, and every release that there was."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.model.words import day
from statlas.service.office import organisations
from statlas.service.office.organisations import Role
from statlas.service.office.releases import reading
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.web import asking, links, next_steps, releasing
from statlas.web.visitor import account_of
from statlas.wording import _


@require_http_methods(["GET", "HEAD"])
@login_required
def one(request: HttpRequest, database_id: str) -> HttpResponse:
    """The releases of a database of one's own organisation; another's is no page."""
    account = account_of(request)
    if not organisations.is_member(account=account, database_id=database_id):
        raise Http404
    found = [one for one in reading.for_account(account=account) if one.database == database_id]
    is_published = database_id in asking.home().databases()
    if not found and not is_published and database_id not in organisations.databases_of(account=account):
        raise Http404
    may_send = organisations.may(account=account, database_id=database_id, role=Role.PRODUCER)
    told = {
        "label": releasing.label_of(database_id),
        "public_url": links.database(database_id) if is_published else "",
        "under_way": [next_steps.listed(one) for one in found if one.is_under_way],
        "past": [_line(one) for one in found if not one.is_under_way],
        "upload_url": reverse("work_upload_to", args=[database_id]) if may_send else "",
    }
    return render(request, "work/database.html", told)


def _line(one: ReleaseFactsOfOffice) -> dict[str, Any]:
    since = _("since {day}").format(day=day(one.public_from.isoformat())) if one.public_from else ""
    version = _("version {version}").format(version=one.version) if one.version else ""
    answers = _("the one that answers") if releasing.answers(one) else ""
    gone = _("its records were destroyed") if one.is_destroyed else ""
    parts = (version, since, answers, one.notice, gone)
    return {
        "title": _("Release {n}").format(n=one.release),
        "url": releasing.address(one),
        "said": releasing.said_of(one.state),
        "hint": "; ".join(filter(None, parts)),
    }
