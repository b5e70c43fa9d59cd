"""Publish at once, without a draft and a second pair of eyes, on a home that wants it: tried things, small sites."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from statlas import definitions
from statlas.errors import MoveRefusedError
from statlas.model.release import Manifest, ReleaseKind
from statlas.records import Progress
from statlas.service.tables import auditing, drafting
from statlas.service.tables.publish import PublishReport, publish
from statlas.service.tables.releasing import Agreed
from statlas.store import Home
from statlas.wording import _

STEPS = (
    ("begin", "draft", "no draft was sealed"),
    ("check", "checked", "the records and the definition were checked; nobody read a report"),
    ("approve", "approved", "nobody else approved it: this home wants releases at once"),
    ("schedule", "scheduled", "for now; nothing was announced"),
    ("open", "public", "by whoever published, not by the keeper"),
)
"""What a release is walked through: the act, what it is after that, and what is true of it as it is done at once."""


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
    progress: Progress | None = None,
) -> PublishReport:
    """Release records at once; the audit log says so, a line a step, before they are public.

    Args:
        home: made by its first publish, and then wants this; one that exists wants it if ``home.json`` says so, or if
            nothing was ever drafted or released there.
        by: who publishes, as the audit log names them.

    Raises:
        MoveRefusedError: the home wants drafts, or a release of the database is under way.
        StatlasError: as ``publish``.
    """
    check_wanted(home)
    _check_none_under_way(home, definition)

    def say(manifest: Manifest) -> None:
        _say(_wanting(home), manifest, by, note)

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


def _say(home: Home, manifest: Manifest, by: str, note: str) -> None:
    """Write a line for each step that the release is walked through, all of one actor, each saying that it was so."""
    before = ""
    for act, after, said in STEPS:
        details = {"before": before, "after": after, "at_once": said}
        auditing.record(
            home=home,
            actor=by,
            action=f"release.{act}",
            subject=f"{manifest.database} release {manifest.release}",
            reason=note,
            details={name: text for name, text in details.items() if text},
        )
        before = after


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
            'Only where nobody else need look: write "immediate": true into its home.json.'
        ),
    )


def _is_new(home: Home) -> bool:
    return not home.all_databases() and not drafting.drafts(home=home)


def _wanting(home: Home) -> Home:
    """The home, made if it is not there, which wants releases at once from its first on."""
    if not home.create().immediate:
        home.want_immediate()
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
