"""Publish at once, without a draft and a second pair of eyes, on a home that wants it: tried things, small sites.

What is released gets the reports that a draft gets, and keeps them. A finding that needs a reason stops it, unless
whoever publishes gives one, for all of them. The log tells each step, by whom, and what was left out of it.
"""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from statlas import definitions
from statlas.errors import MoveRefusedError, StatlasError
from statlas.model.finding import DraftReports, Severity
from statlas.model.release import Manifest, ReleaseKind
from statlas.records import Progress
from statlas.service.tables import auditing, drafting, unkept
from statlas.service.tables.publish import PublishReport, publish
from statlas.service.tables.releasing import Agreed
from statlas.store import Home
from statlas.wording import _, several

STEPS = (
    ("begin", "draft", "no draft was sealed"),
    ("accept", "draft", "one reason for all, by whoever published"),
    ("check", "checked", "the reports were made and told to whoever published; nobody else read them"),
    ("approve", "approved", "nobody else approved it: this home wants releases at once"),
    ("schedule", "scheduled", "for now; nothing was announced"),
    ("open", "public", "by whoever published, not by the keeper"),
)
"""What a release is walked through: the act, what it is after that, and what is true of it as it is done at once."""


@dataclass(frozen=True)
class Walk:
    """Who takes a release through its steps, and what they say: ``Walk("amina (command line)", note="May.")``.

    accepted: why the findings are right; needed where one needs a reason.
    """

    by: str
    note: str = ""
    accepted: str = ""


def publish_now(  # noqa: PLR0913 - what a publisher says, each in its own words
    *,
    home: Home,
    definition: Path,
    records: Sequence[Path] = (),
    period: str | None = None,
    agreed: Agreed | None = None,
    kind: ReleaseKind | None = None,
    note: str = "",
    by: str,
    accepted: str = "",
    found: Callable[[DraftReports], object] | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Release records at once; the audit log says so, a line a step, before they are public.

    Args:
        home: made by its first publish, and then wants this; one that exists wants it if ``home.json`` says so, or if
            nothing was ever drafted or released there.
        by: who publishes, as the audit log names them.
        accepted: why what the checks found is right, where something needs a reason.
        found: told what the checks found, before it is decided whether that stops the release.

    Raises:
        MoveRefusedError: the home wants drafts, a release of the database is under way, or a finding needs a reason
            and has none.
        StatlasError: as ``publish``.
    """
    check_wanted(home)
    _check_none_under_way(home, definition)
    walk = Walk(by, note, accepted.strip())

    def say(manifest: Manifest, reports: DraftReports) -> None:
        if found is not None:
            found(reports)
        _check_accepted(reports, walk)
        _say(_wanting(home, by), manifest, reports, walk)

    try:
        return publish(
            home=home,
            definition=definition,
            records=records,
            period=period,
            agreed=agreed,
            kind=kind,
            note=note,
            before=say,
            progress=progress,
        )
    except BaseException:
        with suppress(StatlasError, OSError):  # whoever publishes next does it otherwise
            unkept.repair(home)
        raise


def _check_accepted(reports: DraftReports, walk: Walk) -> None:
    """As a draft is not checked before every finding that needs a reason has one; here one is enough for all."""
    n = len(reports.to_answer)
    if n and not walk.accepted:
        said = several(
            "{n} finding needs a reason, so nothing was published.",
            "{n} findings need a reason, so nothing was published.",
            n,
        )
        raise MoveRefusedError(
            said.format(n=n),
            mend=_("Correct what is wrong; or, where it is right, publish again with --accept-findings and why."),
            unanswered=n,
        )


# --- what the log is told ---------------------------------------------------------------------------------------------


def _say(home: Home, manifest: Manifest, reports: DraftReports, walk: Walk) -> None:
    """Write a line for each step that the release is walked through, all of one actor, each saying that it was so."""
    unkept.take_back(home, manifest.database)
    walk_id, before = secrets.token_hex(16), ""
    for act, after, said in STEPS:
        if act == "accept" and not (walk.accepted and reports.to_answer):
            continue
        details = {"before": before, "after": after, "at_once": said, **_found(act, reports)}
        details |= {unkept.WALK: walk_id, unkept.CREATED: manifest.created}
        auditing.record(
            home=home,
            actor=walk.by,
            action=f"release.{act}",
            subject=f"{manifest.database} release {manifest.release}",
            reason=walk.accepted if act in ("accept", "check") and walk.accepted else walk.note,
            details={name: text for name, text in details.items() if text},
        )
        before = after


def _found(act: str, reports: DraftReports) -> dict[str, str]:
    """How much was found, for the lines that speak of it."""
    if act not in ("accept", "check"):
        return {}
    grave = sum(finding.severity is Severity.PROBLEM for finding in reports.findings)
    numbers = {"findings": len(reports.findings), "problems": grave, "need_a_reason": len(reports.to_answer)}
    return {name: str(n) for name, n in numbers.items()}


# --- who wants it -----------------------------------------------------------------------------------------------------


def check_wanted(home: Home) -> None:
    """See that a home wants releases at once.

    Raises:
        MoveRefusedError: it wants drafts that somebody else approves.
    """
    if not home.exists or home.immediate or _is_new(home):
        return
    raise MoveRefusedError(
        _("This home publishes what somebody else has approved, and nothing at once."),
        mend=_(
            "Leave --now out to make a draft, and go on with `statlas release`. "
            "Only where nobody else need look: `statlas home immediate on --home {home}`."
        ).format(home=shlex.quote(str(home.path))),
    )


def want(*, home: Home, wanted: bool, by: str, reason: str = "") -> bool:
    """Let a home want releases at once, or no longer; whether that changed anything. The audit log says it first.

    Raises:
        HomeError: the line or ``home.json`` could not be written.
    """
    if home.immediate is wanted:
        return False
    auditing.record(
        home=home,
        actor=by,
        action="home.immediate",
        subject="home",
        reason=reason,
        details={"immediate": "on" if wanted else "off"},
    )
    home.want_immediate(wanted=wanted)
    return True


def _is_new(home: Home) -> bool:
    return not home.all_databases() and not drafting.drafts(home=home)


def _wanting(home: Home, by: str) -> Home:
    """The home, made if it is not there, which wants releases at once from its first on."""
    want(home=home.create(), wanted=True, by=by, reason="Its first release is published at once.")
    return home


def _check_none_under_way(home: Home, definition: Path) -> None:
    sealed = drafting.drafts(home=home) if home.exists else ()
    if not sealed:
        return
    database = definitions.read(definition).id
    for draft in sealed:
        if draft.database == database:
            raise MoveRefusedError(
                _("Release {release} of {database} is under way: {by} prepared it.").format(
                    release=draft.release, database=database, by=draft.by or _("somebody")
                ),
                mend=_("Bring it to its end with `statlas release`, or discard it."),
            )
