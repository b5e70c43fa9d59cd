"""The work list: what waits for somebody, what is under way, which databases and people are their organisation's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from statlas.office.accounts.models import Account
from statlas.office.releases.states import UNDER_WAY
from statlas.service.office import organisations, uploads
from statlas.service.office.letters import choosing
from statlas.service.office.organisations import OrganisationFacts
from statlas.service.office.releases import reading
from statlas.service.office.releases.reading import ReleaseFactsOfOffice
from statlas.service.office.uploads import State
from statlas.web import asking, next_steps, releasing
from statlas.web.views.work_upload import STATES
from statlas.web.visitor import account_of
from statlas.wording import _


@require_http_methods(["GET", "HEAD"])
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The work list of whoever is signed in."""
    account = account_of(request)
    under_way = [next_steps.listed(one) for one in reading.for_account(account=account, states=UNDER_WAY)]
    own = organisations.databases_of(account=account, home=asking.home())
    found = organisations.of_account(account=account)
    told = {
        "mine": [one for one in under_way if one.is_mine],
        "others": [one for one in under_way if not one.is_mine],
        "reading": [_to_read(one) for one in reading.early_for(account=account)],
        "uploads": _uploads(account),
        "organisations": [_organisation(one, own) for one in found if _belongs(account, one)],
        "is_administrator": account.is_staff,
        "wants_letters": choosing.wants(account=account),
        "may_produce": uploads.produces(account=account),
    }
    return render(request, "work/home.html", told)


def _belongs(account: Account, one: OrganisationFacts) -> bool:
    return bool(organisations.roles_in(account=account, slug=one.slug))


def _organisation(found: OrganisationFacts, own: tuple[str, ...]) -> dict[str, Any]:
    databases = [
        {"url": reverse("work_database", args=[one]), "label": releasing.label_of(one)}
        for one in own
        if organisations.organisation_of(database_id=one).slug == found.slug
    ]
    return {
        "name": found.name,
        "url": reverse("work_organisation", args=[found.slug]),
        "databases": sorted(databases, key=lambda one: one["label"].casefold()),
    }


def _to_read(one: ReleaseFactsOfOffice) -> dict[str, str]:
    assert one.scheduled_for is not None, "only scheduled releases are read early"
    assert one.early_from is not None, "so it has such hours"
    until = releasing.moment(one.scheduled_for)
    is_open = one.early_from <= timezone.now() < one.scheduled_for
    says = (
        _("You may read it now. It is public on {until}.").format(until=until)
        if is_open
        else _("You may read it from {since} until it is public on {until}.").format(
            since=releasing.moment(one.early_from), until=until
        )
    )
    return {"title": releasing.label_of(one.database), "url": reverse("work_reading", args=[one.id]), "says": says}


def _uploads(account: Account) -> list[dict[str, str]]:
    return [
        {
            "label": one.label,
            "url": reverse("work_uploaded", args=[one.id]),
            "state": _(STATES[one.state][0]),
            "colour": STATES[one.state][1],
            "when": _("Sent on {moment}").format(moment=releasing.moment(one.created)),
        }
        for one in uploads.list_of(account=account)
        if one.state is not State.DONE  # its release stands in the list itself
    ]
