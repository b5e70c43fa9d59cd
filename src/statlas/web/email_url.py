"""``STATLAS_EMAIL_URL``: the mail server that takes the site's e-mails, read into what Django asks for."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

PRINTS = "console:"
"""Instead of a server: e-mails are printed where the site was started, for trying things out."""

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PATIENCE_S = 10
"""Seconds a mail server may take to answer: arbitrary; a visitor waits for it."""

_SENDER = re.compile(r"[^\s<>,;:\\\"]+@[^\s<>,;:@]+")


def read(url: str) -> dict[str, Any]:
    """Django's e-mail settings for ``smtp+starttls://NAME:PASSWORD@HOST:587``; for "" those that send nothing.

    Raises:
        ValueError: it is no such address; the message says what was expected and holds nothing of what came.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if url == PRINTS:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("a port is a whole number up to 65535") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(
            "an address such as smtp+starttls://NAME:PASSWORD@HOST:587, smtps://... or smtp://HOST:25 was expected"
        )
    if parts.password and parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
        raise ValueError("a password is not sent over an open line; use smtp+starttls:// or smtps://")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": PATIENCE_S,
    }


def sender(text: str) -> str:
    """An address that e-mails may come from, alone or after a name: ``Statistics <no-reply@example.gov.uk>``.

    Raises:
        ValueError: it is none.
    """
    address = text.partition("<")[2].removesuffix(">") if text.endswith(">") else text
    if not text.isprintable() or not _SENDER.fullmatch(address):
        raise ValueError("an e-mail address was expected")
    return text
