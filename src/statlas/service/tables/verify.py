"""Verify: is every file of every release there, and as it was published?"""

from __future__ import annotations

from statlas import store
from statlas.model.faults import FaultReport
from statlas.records import Progress
from statlas.store import Home


def verify(*, home: Home, progress: Progress | None = None) -> FaultReport:
    """Hash every file of every release again; what is missing, changed or extra.

    Raises:
        HomeError: there is no home, or one of another format.
    """
    return store.verify(home.path, progress)
