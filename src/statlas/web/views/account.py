"""The pages of one's own account: what it is, what is kept of it, and how it is deleted."""

from __future__ import annotations

import json

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from statlas.service.office import accounts, organisations
from statlas.web import next_steps
from statlas.web.visitor import account_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Everything that can be done with an account."""
    account = account_of(request)
    told = {
        "account": account,
        "has_office": bool(organisations.of_account(account=account)),
        "n_waiting": next_steps.n_waiting(account),
    }
    return render(request, "account/home.html", told)


@login_required
def data(request: HttpRequest) -> HttpResponse:
    """What is kept about an account, to read and to take away."""
    kept = accounts.kept_about(account_id=account_of(request).pk)
    return render(request, "account/data.html", {"kept": kept})


@login_required
def data_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    kept = accounts.kept_about(account_id=account_of(request).pk)
    text = json.dumps({"site": settings.STATLAS.site_name, **kept}, indent=2, ensure_ascii=False)
    answer = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    """Delete one's account: asked once more, and then gone."""
    if request.method != "POST":
        return render(request, "account/delete.html", {})
    account_id = account_of(request).pk
    logout(request)
    accounts.delete(account_id=account_id)
    return render(request, "account/deleted.html", {})
