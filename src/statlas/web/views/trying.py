"""Signing in to a demonstration by a link, as anybody of its department."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse

from statlas.service.office import trying
from statlas.web.configuration import LOOPBACK

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")
"""What a proxy adds: whoever comes through one is not at this machine."""


def sign_in(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """Sign in as a role; for everybody but someone at this machine, who tries out a demonstration, nothing is here."""
    home = settings.STATLAS.home
    role = trying.role_of(home=home, token=token) if home is not None and _is_at_this_machine(request) else None
    if role is None:
        raise Http404
    request.session.flush()
    login(request, trying.account_of(role=role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return HttpResponseRedirect(reverse("account"))


def _is_at_this_machine(request: HttpRequest) -> bool:
    if settings.STATLAS.behind_proxy or not settings.STATLAS.is_local:
        return False
    if any(name in request.headers for name in FORWARDED):
        return False
    return _host(request) in LOOPBACK and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
