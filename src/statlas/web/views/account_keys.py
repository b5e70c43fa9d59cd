"""Your API keys: make one, see which there are, take one back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.service.office import keys as office
from statlas.web.visitor import account_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of an account; a new one is shown in the answer to its form, this once."""
    if request.method != "POST":
        return _page(request)
    name = request.POST.get("name", "")
    try:
        made = office.create(name=name, account_id=account_of(request).pk)
    except UnusableNameError as error:
        return _page(request, mistake=error, name=name)
    return _page(request, made=made, name=name)


def _page(
    request: HttpRequest, *, made: str = "", name: str = "", mistake: UnusableNameError | None = None
) -> HttpResponse:
    every = office.list_of(account_id=account_of(request).pk)
    shown = {
        "made": made,
        "name": name,
        "mistake": mistake,
        "in_force": [key for key in every if not key.revoked],
        "revoked": [key for key in every if key.revoked],
    }
    return render(request, "account/keys.html", shown, status=mistake.http_status if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take a key back: asked once more, and then it is out of force."""
    account_id = account_of(request).pk
    if request.method == "POST":
        office.revoke_of(account_id=account_id, key_id=key_id)
        messages.success(request, "The key is revoked.")
        return HttpResponseRedirect(reverse("account_keys"))
    found = [key for key in office.list_of(account_id=account_id) if key.id == key_id and not key.revoked]
    if not found:
        raise UnknownNameError("You have no such key in force.", component=str(key_id))
    return render(request, "account/revoke.html", {"key": found[0]})
