"""Organisations: who belongs to them in which role, and which databases are theirs."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import QueryError, StatlasError, UnknownNameError
from statlas.model.words import listed
from statlas.service import tables
from statlas.service.office import organisations
from statlas.service.office.actors import Actor
from statlas.service.office.organisations import OrganisationFacts, Role
from statlas.web import asking
from statlas.web.visitor import account_of
from statlas.wording import _, several

_LONGEST_SLUG = 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def every(request: HttpRequest) -> HttpResponse:
    """One's organisations; administrators of the site see all of them, and add one."""
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            made = _registered(request)
        except StatlasError as found:
            error = found
        else:
            messages.success(request, _("{name} is added.").format(name=made.name))
            return HttpResponseRedirect(reverse("work_organisation", args=[made.slug]), status=303)
    account = account_of(request)
    told = {
        "organisations": [_listed(one) for one in organisations.of_account(account=account)],
        "may_add": account.is_staff,
        "sent": {"name": request.POST.get("name", "")},
        "error": error,
    }
    return render(request, "work/organisations.html", told, status=error.http_status if error else 200)


def _registered(request: HttpRequest) -> OrganisationFacts:
    name = request.POST.get("name", "").strip()
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
    actor = Actor.of_account(account_of(request))
    return organisations.register(home=asking.home(), slug=slug, name=name, actor=actor)


def _listed(found: OrganisationFacts) -> dict[str, str]:
    n = len({member.email for member in organisations.members(slug=found.slug)})
    said = several("{n} person", "{n} people", n).format(n=n)
    return {"name": found.name, "url": reverse("work_organisation", args=[found.slug]), "said": said}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation; its administrators give and take roles."""
    account = account_of(request)
    found = next((one for one in organisations.of_account(account=account) if one.slug == slug), None)
    if found is None:
        raise Http404
    error: StatlasError | None = None
    if request.method == "POST":
        try:
            said = _ACTS.get(request.POST.get("act", ""), _no_act)(request, slug)
        except StatlasError as refused:
            error = refused
        else:
            messages.success(request, said)
            return HttpResponseRedirect(request.path, status=303)
    told = {
        **_shown(found),
        "may_change": organisations.administers(account=account, organisation=slug),
        "roles": [{"value": role.value, "text": role.label.capitalize(), "hint": role.meaning} for role in Role],
        "sent": {name: request.POST.get(name, "") for name in ("email", "role", "database")},
        "error": error,
        "wrong": "database" if request.POST.get("act") == "own" else "email",
    }
    return render(request, "work/organisation.html", told, status=error.http_status if error else 200)


def _shown(found: OrganisationFacts) -> dict[str, Any]:
    people = [
        {"email": member.email, "role": role.label.capitalize(), "role_id": role.value}
        for member in organisations.members(slug=found.slug)
        for role in member.roles
    ]
    return {"name": found.name, "members": people, "databases": _databases(found), "is_default": found.is_default}


def _databases(found: OrganisationFacts) -> list[dict[str, str]]:
    home = asking.home()
    labels = {one.id: one.label for one in tables.databases(home=home)}
    own = found.databases
    if found.is_default:
        own = tuple(one for one in labels if organisations.organisation_of(database_id=one).slug == found.slug)
    return [
        {
            "url": reverse("work_database", args=[one]),
            "label": labels.get(one, one),
            "hint": "" if one in labels else _("Nothing of it is published."),
        }
        for one in own
    ]


# --- acts -------------------------------------------------------------------------------------------------------------


def _add(request: HttpRequest, slug: str) -> str:
    role, email = _role(request), _email(request)
    actor = Actor.of_account(account_of(request))
    organisations.add_member(home=asking.home(), slug=slug, email=email, role=role, actor=actor)
    return _("{email} is {role} now.").format(email=email, role=role.label)


def _remove(request: HttpRequest, slug: str) -> str:
    role, email = _role(request), _email(request)
    actor = Actor.of_account(account_of(request))
    organisations.remove_member(home=asking.home(), slug=slug, email=email, role=role, actor=actor)
    return _("{email} is {role} no longer.").format(email=email, role=role.label)


def _own(request: HttpRequest, slug: str) -> str:
    database_id = request.POST.get("database", "").strip()
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}", database_id):
        raise QueryError(
            _("A database has an id of letters, digits and underscores."), mend=_("Take it from its definition.")
        )
    actor = Actor.of_account(account_of(request))
    organisations.claim(home=asking.home(), slug=slug, actor=actor, database_id=database_id)
    return _("The database {id} belongs to this organisation now.").format(id=database_id)


def _no_act(_request: HttpRequest, _slug: str) -> str:
    raise QueryError(_("The page does not know what to do."), mend=_("Use one of its buttons."))


_ACTS = {"add": _add, "remove": _remove, "own": _own}


def _role(request: HttpRequest) -> Role:
    given = request.POST.get("role", "")
    if given not in [*Role]:
        raise QueryError(
            _("No role is chosen."), mend=_("Choose one of {listed}.").format(listed=listed(r.label for r in Role))
        )
    return Role(given)


def _email(request: HttpRequest) -> str:
    given = request.POST.get("email", "").strip()
    if not given:
        raise UnknownNameError(
            _("No account is named."), mend=_("Write the e-mail address that it signs in with."), component=""
        )
    return given
