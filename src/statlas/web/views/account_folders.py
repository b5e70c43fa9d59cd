"""The folders of an account: made, renamed, deleted; what lies in them stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from statlas.errors import UnknownNameError, UnusableNameError
from statlas.service.office import folders
from statlas.service.office.folders import FolderFacts
from statlas.web import listing
from statlas.web.visitor import account_of
from statlas.wording import _


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def every(request: HttpRequest) -> HttpResponse:
    """The folders, and the form that makes another."""
    account_id = account_of(request).pk
    mistake, name = None, request.POST.get("name", "")
    if request.method == "POST":
        try:
            made = folders.make(account_id=account_id, name=name)
        except UnusableNameError as error:
            mistake = error
        else:
            messages.success(request, _("The folder “{name}” is made.").format(name=made.name))
            return HttpResponseRedirect(reverse("account_folders"))
    told: dict[str, Any] = {"folders": folders.list_all(account_id=account_id), "mistake": mistake, "name": name}
    return render(request, "account/folders.html", told, status=mistake.http_status if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rename(request: HttpRequest, folder_id: int) -> HttpResponse:
    """Another name for a folder."""
    found = _mine(request, folder_id)
    mistake, name = None, request.POST.get("name", found.name)
    if request.method == "POST":
        try:
            folders.rename(account_id=account_of(request).pk, folder_id=folder_id, name=name)
        except UnusableNameError as error:
            mistake = error
        else:
            messages.success(request, _("The folder is renamed."))
            return HttpResponseRedirect(reverse("account_folders"))
    told = {"folder": found, "mistake": mistake, "name": name}
    return render(request, "account/folder.html", told, status=mistake.http_status if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, folder_id: int) -> HttpResponse:
    """Asked once more, and then gone, without what lies in it."""
    found = _mine(request, folder_id)
    if request.method == "POST":
        folders.remove(account_id=account_of(request).pk, folder_id=folder_id)
        messages.success(request, _("The folder “{name}” is deleted.").format(name=found.name))
        return HttpResponseRedirect(reverse("account_folders"))
    here = {"text": _("Folders"), "href": reverse("account_folders")}
    told = {
        "title": _("Delete a folder"),
        "text": _("The folder “{name}” goes. What lies in it stays, without a folder.").format(name=found.name),
        "button": _("Delete the folder"),
        "back": reverse("account_folders"),
        "trail": [*listing.trail(), here, {"text": found.name}],
    }
    return render(request, "account/confirm_deleting.html", told)


def _mine(request: HttpRequest, folder_id: int) -> FolderFacts:
    try:
        return folders.get(account_id=account_of(request).pk, folder_id=folder_id)
    except UnknownNameError as error:
        raise Http404(str(error)) from None
