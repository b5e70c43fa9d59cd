"""``DATABASE_URL``: where accounts and keys are kept, read into what Django asks for.

Read by ourselves: a dozen lines that know one database are easier to vouch for than a package that knows twelve, and
their complaints say how to mend the address without repeating its password.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

SCHEMES = ("postgresql", "postgres")
OPTIONS = ("host", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs")
"""Parameters of a connection that may follow the question mark; the words are those of PostgreSQL."""

KEPT_S = 60
"""Seconds a connection is kept open between requests: arbitrary; opening one takes milliseconds."""


def read(url: str) -> dict[str, Any]:
    """The entry of ``DATABASES`` for ``postgresql://NAME:PASSWORD@HOST:PORT/DATABASE?sslmode=require``.

    Raises:
        ValueError: it is no such address; the message says what was expected and holds nothing of what came.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("a port is a whole number up to 65535") from None
    if parts.scheme not in SCHEMES:
        raise ValueError("an address such as postgresql://NAME:PASSWORD@HOST:5432/DATABASE was expected")
    options = _options(parts)
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name or parts.fragment:
        raise ValueError("the name of one database was expected after the host: .../DATABASE")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": {"connect_timeout": "10", **options},
        "CONN_MAX_AGE": KEPT_S,
        "CONN_HEALTH_CHECKS": True,
    }


def _options(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := [name for name in options if name not in OPTIONS]:
        raise ValueError(f"{unknown[0]!r} is not one of the parameters {', '.join(OPTIONS)}")
    return options
