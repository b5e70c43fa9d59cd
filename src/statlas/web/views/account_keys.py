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
from statlas.wording import _, later

LASTS = {"": later("until it is revoked"), "30": later("30 days"), "90": later("90 days"), "365": later("a year")}
"""How long a new key may last: days, and how the form says it."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of an account; a new one is shown in the answer to its form, this once."""
    if request.method != "POST":
        return _page(request)
    name, lasts = request.POST.get("name", ""), request.POST.get("lasts", "")
    days = int(lasts) if lasts and lasts in LASTS else None
    try:
        made = office.create(name=name, account_id=account_of(request).pk, days=days)
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
        "lasts": [{"value": days, "text": _(text)} for days, text in LASTS.items()],
        "in_force": [key for key in every if not key.ended],
        "ended": [key for key in every if key.ended],
    }
    return render(request, "account/keys.html", shown, status=mistake.http_status if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take a key back: asked once more, and then it is out of force."""
    account_id = account_of(request).pk
    if request.method == "POST":
        office.revoke_of(account_id=account_id, key_id=key_id)
        messages.success(request, _("The key is revoked."))
        return HttpResponseRedirect(reverse("account_keys"))
    found = [key for key in office.list_of(account_id=account_id) if key.id == key_id and not key.ended]
    if not found:
        raise UnknownNameError(_("You have no such key in force."), component=str(key_id))
    return render(request, "account/revoke.html", {"key": found[0]})
