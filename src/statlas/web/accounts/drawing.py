"""What the templates of accounts may ask beside what their views give them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse

from statlas.model.words import day
from statlas.web.accounts.words import of_field
from statlas.web.configuration import Settings
from statlas.web.openid_connect import PROVIDER


def url(name: str, *args: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args)


def elsewhere_url(request: HttpRequest, process: str = "login") -> str:
    """Where signing in at one's organisation begins."""
    asked = {"process": process, "next": request.GET.get("next", "")}
    return f"{reverse('openid_connect_login', args=[PROVIDER])}?{urlencode({k: v for k, v in asked.items() if v})}"


def site_options() -> Settings:
    """The settings of the site."""
    return settings.STATLAS


def moment_day(moment: datetime) -> str:
    """The day of a moment, in words."""
    return day(moment.isoformat())


GLOBALS = {
    "url": url,
    "elsewhere_url": elsewhere_url,
    "site_options": site_options,
    "messages_for": get_messages,
    "field_words": of_field,
    "has_two_steps": is_mfa_enabled,
}
