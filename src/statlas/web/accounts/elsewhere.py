"""Signing in at the server of one's organisation: who comes from there, and what is kept of it."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class Elsewhere(DefaultSocialAccountAdapter):
    """People of the organisation may always come; of what its server says of them the e-mail address alone is kept."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Forget names, pictures and telephone numbers before anything is saved."""
        super().pre_social_login(request, sociallogin)
        sociallogin.account.extra_data = {}

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - django-allauth's own
        """Whoever the organisation lets in, whether or not strangers may register."""
        return True
