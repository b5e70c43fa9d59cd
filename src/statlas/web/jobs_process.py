"""The server keeps one process that makes jobs, as whoever answers pages."""

from __future__ import annotations

from statlas.web.kept_process import KeptProcess
from statlas.web.owner import Owner

LAST_S = 5.0
"""Seconds that the process gets to put back what it is at: arbitrary, more than it takes between two pieces."""


class JobsProcess(KeptProcess):
    """A context in which there is a process that makes jobs."""

    def __init__(self, owner: Owner | None = None) -> None:
        super().__init__("statlas.web.jobs_worker", last_s=LAST_S, again_at_most_s=60.0, user=owner)
