"""The server of an organisation at which its people may sign in, as django-allauth wants it told."""

from __future__ import annotations

from typing import Any

from statlas.web.configuration import Settings

PROVIDER = "sso"
"""Its name in addresses: ``/account/elsewhere/sso/sign-in``."""


def apps(settings: Settings) -> list[dict[str, Any]]:
    """The one server that the settings name; none where they name none."""
    if not settings.oidc_url:
        return []
    return [
        {
            "provider_id": PROVIDER,
            "name": settings.oidc_name,
            "client_id": settings.oidc_client,
            "secret": settings.oidc_secret,
            "settings": {"server_url": settings.oidc_url, "oauth_pkce_enabled": True},
        }
    ]
