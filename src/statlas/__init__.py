"""Statlas turns confidential records into open statistics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from statlas.version import VERSION

if TYPE_CHECKING:
    from statlas.client import OpenHome

__version__ = VERSION


def open(home: Path | str) -> OpenHome:  # noqa: A001  # statlas.open reads as the built-in does
    """The databases published in a home: ``statlas.open("statlas-home")["hb_new"].table(rows="TENURE_PUB")``.

    Raises:
        HomeError: the folder is no home.
    """
    # Imported here, so that `import statlas` stays as light as its version.
    from statlas.client import open_home  # noqa: PLC0415

    return open_home(home)
