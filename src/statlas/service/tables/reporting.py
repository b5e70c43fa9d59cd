"""The reports on a draft: whether its figures are right, what could be learnt from them, and what is new.

Rules of the room: a report is made of printed figures alone.
Every number in it, and whether there is a finding at all, follows from tables as they would be published and from the
definition; nothing here opens records.
"""

from __future__ import annotations

from collections.abc import Callable

from statlas.model.database import Database
from statlas.model.finding import Check, DraftReports, Report
from statlas.model.release import Manifest
from statlas.service.tables import screening_periods
from statlas.store import Home
from statlas.wording import _

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and 0."""

STAGE = "checking the figures"


def reports(
    *,
    home: Home,
    previous: Manifest | None,
    database: Database,
    manifest: Manifest,
    noise_key: bytes,
    progress: Progress | None = None,
) -> DraftReports:
    """What is to be known of a draft before it is approved.

    Args:
        home: in which the draft's and the last release's files lie.
        previous: the release that answers; None for a first one.
        database: as the draft defines it; its periods are taken from the manifest.
        manifest: of the draft; its files may lie in a staging folder.
        noise_key: the key with which the draft would be printed.
        progress: told how far it has come.
    """
    del home, noise_key, progress  # the figures are not looked at yet, and the report says so
    before = previous.periods if previous else ()
    found = tuple(screening_periods.missing_periods(database, before, manifest.periods))
    looked_at = _("{n:,} periods").format(n=len(manifest.periods))
    periods = Check(screening_periods.CHECK, _("Periods that are missing"), looked_at, len(found))
    figures = Check("figures", _("Figures"), _("nothing"), left_out=_("This version does not look at figures."))
    return DraftReports(screening=Report(found, (periods, figures)))
