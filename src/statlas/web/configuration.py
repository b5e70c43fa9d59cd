"""What an installation may set: one frozen ``Settings``, read once from the environment.

``statlas serve`` writes its options into the environment of the processes it starts, so that there is one way in.
Every option is described in ``docs/reference/settings.md``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from statlas import wording
from statlas.errors import SettingsError
from statlas.web import database_url, email_url

PREFIX = "STATLAS_"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
TWO_FACTOR = ("off", "optional", "staff")
_ONE_YEAR_S = 31_536_000
_OWN_NAMES = {"database_url": "DATABASE_URL"}
"""Settings whose variable has a name of its own, because other programs know it by that name."""

_SECRETS = ("database_url", "email_url", "oidc_secret")
"""Settings that hold a password: no message repeats them."""


@dataclass(frozen=True)
class Settings:
    """The options of a site; ``Settings(home=Path("/srv/statlas"), hosts=("data.example.gov.uk",))``.

    home: folder of the installation; None for tools and tests that have none.
    hosts: names under which the site is reached; a request for any other name is refused.
    address: where people reach the site, for letters; worked out at the start where it is not given.
    behind_proxy: whether a proxy in front sets ``X-Forwarded-Proto`` and ``X-Forwarded-Host``; else they are ignored.
    hsts_seconds: how long browsers are told to use HTTPS only, sent over HTTPS and never for loopback names alone.
    site_name: what the site calls itself.
    language: the language of pages, letters and files: ``en``, or one that has a catalogue.
    page_cells: most cells a page tabulates at once (the design's limit for pages).
    page_rows, page_columns: most rows and columns shown at once; the rest is a page away.
    answers_mb: megabytes of tables already given that are kept on the disk of the home; 0 keeps none.
    permalinks_mb: megabytes that permanent links keep together; further ones are refused.
    job_days: days that the file of a job is kept once it is made.
    database_url: PostgreSQL database of accounts and keys; without one they are in the home, in SQLite.
    email_url: mail server that takes the site's e-mails; without one the site sends none.
    email_from: address that e-mails come from.
    sign_up: whether anybody may register; it takes a mail server.
    two_factor: ``off``, ``optional``, or ``staff``: the administration takes it.
    oidc_url, oidc_client, oidc_secret: OpenID Connect server at which people may sign in, and who the site is there.
    oidc_name: what people call that server.
    access_log: file to which each request is added as a line of JSON, ``-`` for standard output; none where blank.
    """

    home: Path | None = None
    hosts: tuple[str, ...] = LOOPBACK
    address: str = ""
    behind_proxy: bool = False
    hsts_seconds: int = _ONE_YEAR_S
    site_name: str = "Statlas"
    language: str = wording.ENGLISH
    page_cells: int = 100_000
    page_rows: int = 200
    page_columns: int = 50
    answers_mb: int = 1_000
    permalinks_mb: int = 5_000
    job_days: int = 7
    database_url: str = field(default="", repr=False)
    email_url: str = field(default="", repr=False)
    email_from: str = "statlas@localhost"
    sign_up: bool = True
    two_factor: str = "optional"
    oidc_url: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    oidc_name: str = "your organisation"
    access_log: str = ""

    @property
    def is_local(self) -> bool:
        """Whether the site is reached under loopback names alone."""
        return set(self.hosts) <= set(LOOPBACK)

    @property
    def address_host(self) -> str:
        """The name in the address of the site."""
        return urlsplit(self.address).hostname or "localhost"

    def at(self, port: int) -> Settings:
        """The same with an address: the one given, or the first name that is not this machine's own, or localhost."""
        if self.address:
            return self
        names = [name for name in self.hosts if name not in LOOPBACK]
        if names and self.behind_proxy:
            return replace(self, address=f"https://{names[0]}")
        return replace(self, address=f"http://{names[0] if names else 'localhost'}:{port}")

    @property
    def sends_email(self) -> bool:
        """Whether e-mails go anywhere."""
        return bool(self.email_url)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings that ``STATLAS_HOME``, ``STATLAS_HOSTS`` and the others say; what is not set has its default.

        Raises:
            SettingsError: a value is not of its kind.
        """
        given = {field.name: environ.get(variable(field.name), "") for field in fields(cls)}
        return cls(**{name: _read(name, text) for name, text in given.items() if text})

    def as_environment(self) -> dict[str, str]:
        """The variables from which ``from_environment`` makes these settings again."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {variable(name): _write(value) for name, value in values.items() if value is not None}


def variable(name: str) -> str:
    """The environment variable of a setting: ``home`` is ``STATLAS_HOME``."""
    return _OWN_NAMES.get(name, PREFIX + name.upper())


def _read(name: str, text: str) -> Any:
    try:
        return _READERS[name](text)
    except ValueError as error:
        found = "cannot be read" if name in _SECRETS else f"is {text!r}"
        raise SettingsError(
            f"{variable(name)} {found}; {error}.",
            mend="Correct the variable, or unset it to take the default.",
            setting=name,
        ) from None


def _whole(smallest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < smallest:
            raise ValueError(f"a whole number of at least {smallest} was expected")
        return int(text)

    return read


def _yes_or_no(text: str) -> bool:
    answers = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    if text.lower() not in answers:
        raise ValueError("yes or no was expected")
    return answers[text.lower()]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)} was expected")
        return text

    return read


def _as_it_is(parse: Callable[[str], object]) -> Callable[[str], str]:
    """The text itself, once ``parse`` can read it."""

    def read(text: str) -> str:
        parse(text)
        return text

    return read


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address such as https://id.example.gov.uk was expected")
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "home": Path,
    "hosts": _names,
    "address": lambda text: _web_address(text).rstrip("/"),
    "behind_proxy": _yes_or_no,
    "hsts_seconds": _whole(0),
    "site_name": str,
    "language": _one_of(*wording.languages()),
    "page_cells": _whole(1),
    "page_rows": _whole(1),
    "page_columns": _whole(1),
    "answers_mb": _whole(0),
    "permalinks_mb": _whole(0),
    "job_days": _whole(1),
    "database_url": _as_it_is(database_url.read),
    "email_url": _as_it_is(email_url.read),
    "email_from": _as_it_is(email_url.sender),
    "sign_up": _yes_or_no,
    "two_factor": _one_of(*TWO_FACTOR),
    "oidc_url": _web_address,
    "oidc_client": str,
    "oidc_secret": str,
    "oidc_name": str,
    "access_log": str,
}


def _write(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
