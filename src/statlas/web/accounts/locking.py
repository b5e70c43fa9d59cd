"""Whoever guesses passwords is stopped for a while.

Counted are failures of one address at one account, so that nobody can lock somebody else out from elsewhere; how often
an account is tried from anywhere is limited by django-allauth. Both know digests alone and forget them within an hour.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The e-mail address that someone tries to sign in with, whichever form it came by."""
    given = credentials or {}
    found = given.get("email") or given.get("username") or request.POST.get("login") or ""
    return str(found).strip().lower()


def locked_out(request: HttpRequest, _response: HttpResponse | None = None, *_rest: Any) -> HttpResponse:
    """The page that says how long to wait."""
    wait_s = int(settings.AXES_COOLOFF_TIME.total_seconds())
    response = render(request, "account/locked.html", {"minutes": wait_s // 60}, status=429)
    response.headers["Retry-After"] = str(wait_s)
    return response
