"""What an installation may set: one frozen ``Settings``, read once from the environment.

``statlas serve`` writes its options into the environment of the processes it starts, so that there is one way in.
Every option is described in ``docs/reference/settings.md``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from statlas.errors import SettingsError

PREFIX = "STATLAS_"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_ONE_YEAR_S = 31_536_000


@dataclass(frozen=True)
class Settings:
    """The options of a site; ``Settings(home=Path("/srv/statlas"), hosts=("data.example.gov.uk",))``.

    home: folder of the installation; None for tools and tests that have none.
    hosts: names under which the site is reached; a request for any other name is refused.
    behind_proxy: whether a proxy in front sets ``X-Forwarded-Proto`` and ``X-Forwarded-Host``; else they are ignored.
    hsts_seconds: how long browsers are told to use HTTPS only, sent over HTTPS and never for loopback names alone.
    site_name: what the site calls itself.
    page_cells: most cells a page tabulates at once (the design's limit for pages).
    page_rows, page_columns: most rows and columns shown at once; the rest is a page away.
    answers_mb: megabytes of tables already given that are kept on the disk of the home; 0 keeps none.
    """

    home: Path | None = None
    hosts: tuple[str, ...] = LOOPBACK
    behind_proxy: bool = False
    hsts_seconds: int = _ONE_YEAR_S
    site_name: str = "Statlas"
    page_cells: int = 100_000
    page_rows: int = 200
    page_columns: int = 50
    answers_mb: int = 1_000

    @property
    def is_local(self) -> bool:
        """Whether the site is reached under loopback names alone."""
        return set(self.hosts) <= set(LOOPBACK)

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
    return PREFIX + name.upper()


def _read(name: str, text: str) -> Any:
    try:
        return _READERS[name](text)
    except ValueError as error:
        raise SettingsError(
            f"{variable(name)} is {text!r}; {error}.",
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


_READERS: dict[str, Callable[[str], Any]] = {
    "home": Path,
    "hosts": _names,
    "behind_proxy": _yes_or_no,
    "hsts_seconds": _whole(0),
    "site_name": str,
    "page_cells": _whole(1),
    "page_rows": _whole(1),
    "page_columns": _whole(1),
    "answers_mb": _whole(0),
}


def _write(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
