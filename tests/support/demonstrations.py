"""The demonstration department, small enough for a test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from statlas.demonstration.made import Ask
from statlas.demonstration.source import make_source
from statlas.service import tables
from statlas.store import Home

SMALL = Ask(scale=0.001)
"""One claim in a thousand of Housing Benefit, and of every database a twenty-fifth of what the demonstration has."""


class SmallDepartment:
    """A home to which databases of the demonstration are added as tests ask for them: every period, few records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home = tables.open_home(folder / "home")

    def home(self, *database_ids: str) -> Home:
        """The home with at least those databases."""
        for database_id in database_ids:
            if database_id not in self._home.databases():
                self._publish(database_id)
        return self._home

    def _publish(self, database_id: str) -> None:
        source = make_source(database_id, self._folder, SMALL)
        with pytest.MonkeyPatch.context() as patched:
            # Hundreds of small files would be flushed one by one, and no test asks that they outlive a power cut.
            patched.setattr(os, "fsync", lambda _descriptor: None)
            tables.publish(home=self._home, definition=source.definition, records=source.files)
