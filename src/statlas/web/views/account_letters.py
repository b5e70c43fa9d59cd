"""Whether somebody gets letters about the releases that they work on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from statlas.service.office.letters import choosing
from statlas.web.visitor import account_of
from statlas.wording import _


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """What is chosen, and a form to choose otherwise."""
    account = account_of(request)
    if request.method == "POST":
        wants = request.POST.get("wants") == "yes"
        choosing.choose(account=account, wants=wants)
        messages.success(
            request, _("You get letters about releases.") if wants else _("You get no letters about releases.")
        )
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "account/letters.html", {"wants": choosing.wants(account=account)})
