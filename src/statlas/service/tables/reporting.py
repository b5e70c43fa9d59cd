"""The reports on a draft: whether its figures are right, what could be learnt from them, and what is new.

Rules of the room: a report is made of printed figures alone.
Every number in it, and whether there is a finding at all, follows from tables as they would be published and from the
definition; nothing here opens records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from statlas.errors import StatlasError
from statlas.model.database import Database
from statlas.model.finding import Check, DraftReports, Finding, Report, Severity, finding_id
from statlas.model.release import Manifest
from statlas.service.tables.release_changes import change_report
from statlas.service.tables.release_tables import ReleaseTables
from statlas.service.tables.risk import risk_report
from statlas.service.tables.screening import Compared, screen
from statlas.store import Home
from statlas.wording import _

Progress = Callable[[str, float, float], None]
"""Told of a stage's name, the fraction of it done, and 0."""

STAGE = "checking the figures"
NOT_COMPARED = "not-compared"


def reports(
    *,
    home: Home,
    previous: Manifest | None,
    database: Database,
    manifest: Manifest,
    noise_key: bytes,
    kind: str = "",
    progress: Progress | None = None,
) -> DraftReports:
    """What is to be known of a draft before it is approved.

    Args:
        home: in which the draft's and the last release's files lie.
        previous: the release that answers; None for a first one.
        database: as the draft defines it; its periods are taken from the manifest.
        manifest: of the draft; its files may lie in a staging folder.
        noise_key: the key with which the draft would be printed.
        kind: of the release, by which its version rises: a correction is not told as more than it is.
        progress: told how far it has come.
    """
    draft = ReleaseTables.of_draft(home, database, manifest, noise_key)
    last = None if previous is None else _last(home, previous, noise_key)
    can_be_asked = last is not None and _has_records(last)
    compared = Compared(draft, last if can_be_asked else None, previous.periods if previous else ())
    told = progress or (lambda *_: None)
    screening = screen(compared, lambda done: told(STAGE, 0.7 * done, 0.0))
    if previous is not None and not can_be_asked:
        screening = _with_first(screening, _not_compared(database, previous))
    risk = risk_report(compared)
    told(STAGE, 0.9, 0.0)
    changes = change_report(compared, last.database if last else None, kind)
    told(STAGE, 1.0, 0.0)
    return DraftReports(screening, risk, changes)


def _last(home: Home, previous: Manifest, noise_key: bytes) -> ReleaseTables | None:
    """The last release; None where even its definition cannot be read."""
    try:
        return ReleaseTables.of_release(home, previous, noise_key)
    except (OSError, StatlasError):
        return None


def _has_records(last: ReleaseTables) -> bool:
    """Whether its numbers can be asked for: they cannot where its records were destroyed."""
    return all(last.home.path_of(record).is_file() for record in last.manifest.records)


def _with_first(report: Report, finding: Finding) -> Report:
    check = Check(finding.check, _("Comparing with the last release"), _("nothing"), 1)
    return replace(report, findings=(finding, *report.findings), checks=(check, *report.checks))


def _not_compared(database: Database, previous: Manifest) -> Finding:
    """A check that could not be made is told of, so that nobody takes it for passed."""
    release = _("release {release}").format(release=previous.release)
    return Finding(
        finding_id(NOT_COMPARED, database.id, previous.release),
        NOT_COMPARED,
        Severity.PROBLEM,
        release,
        _("The numbers of {release} cannot be had, so nothing was compared with them.").format(release=release),
        mend=_("Compare by hand with what was printed then, and say what you compared."),
    )
