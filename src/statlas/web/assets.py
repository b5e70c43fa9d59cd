"""Style sheets and scripts under names that hold their digest, so that browsers may keep them for ever.

The names are computed when the process starts: nothing is collected, nothing is written, and a wheel serves as a
working copy does.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import django.contrib.admin
from whitenoise.middleware import WhiteNoiseMiddleware

_STATIC = Path(__file__).parent / "static"
_ADMINISTRATION = Path(django.contrib.admin.__file__).parent / "static"
_DIGITS = 12


@cache
def hashed_name(name: str) -> str:
    """``vendor/statlas.css`` as ``vendor/statlas.0a1b2c3d4e5f.css``; a file that is missing keeps its name."""
    file = _STATIC / name
    if not file.is_file():
        return name
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:_DIGITS]
    return str(Path(name).with_name(f"{file.stem}.{digest}{file.suffix}"))


def static_url(name: str) -> str:
    """The address of an asset: ``/static/vendor/statlas.0a1b2c3d4e5f.css``."""
    return f"/static/{hashed_name(name)}"


def are_built() -> bool:
    """Whether the style sheet has been made; pages without it work, but look bare."""
    return (_STATIC / "vendor" / "statlas.css").is_file()


class HashedWhiteNoise(WhiteNoiseMiddleware):
    """WhiteNoise, answering for the hashed names as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = [file for file in _STATIC.rglob("*") if file.is_file() and not file.name.startswith(".")]
        for name in (file.relative_to(_STATIC).as_posix() for file in files):
            # Under its own name too: a script imports another by a name it cannot compute.
            for url in (static_url(name), f"/static/{name}"):
                self.add_file_to_dictionary(url, str(_STATIC / name))
        # Django's own, for the administration: by their own names, and so asked for anew at each visit.
        for file in (file for file in _ADMINISTRATION.rglob("*") if file.is_file()):
            self.add_file_to_dictionary(f"/static/{file.relative_to(_ADMINISTRATION).as_posix()}", str(file))

    def immutable_file_test(self, path: str, url: str) -> bool:
        """A file asked for by its digest can never change."""
        return Path(path).is_relative_to(_STATIC) and url == static_url(Path(path).relative_to(_STATIC).as_posix())
