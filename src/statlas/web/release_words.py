"""What the staff's pages say of releases: their states and steps, and what each act will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statlas.office.releases.states import Act, State
from statlas.wording import later

STATES: Mapping[State, tuple[str, str]] = {
    State.DRAFT: (later("Draft"), "grey"),
    State.CHECKED: (later("Checked"), "blue"),
    State.APPROVED: (later("Approved"), "turquoise"),
    State.SCHEDULED: (later("Scheduled"), "purple"),
    State.PUBLIC: (later("Public"), "green"),
    State.CORRECTED: (later("Corrected"), "green"),
    State.WITHDRAWN: (later("Withdrawn"), "red"),
    State.RESTORED: (later("Restored"), "green"),
    State.DISCARDED: (later("Discarded"), "grey"),
}
"""Each state as a word and the colour of its tag."""

STEPS = (
    (State.DRAFT, later("Draft")),
    (State.CHECKED, later("Checked")),
    (State.APPROVED, later("Approved")),
    (State.SCHEDULED, later("Scheduled")),
    (State.PUBLIC, later("Public")),
)
"""The way of a release, in its order."""

HAPPENED: Mapping[Act, str] = {
    Act.BEGIN: later("Draft sealed"),
    Act.ACCEPT: later("Finding accepted"),
    Act.CHECK: later("Checked"),
    Act.SEND_BACK: later("Sent back"),
    Act.APPROVE: later("Approved"),
    Act.SCHEDULE: later("Scheduled"),
    Act.UNSCHEDULE: later("Taken off the schedule"),
    Act.DISCARD: later("Discarded"),
    Act.OPEN: later("Made public"),
    Act.CORRECT: later("Corrected by a later release"),
    Act.WITHDRAW: later("Withdrawn"),
    Act.RESTORE: later("Restored"),
    Act.DESTROY: later("Records destroyed"),
    Act.GRANT_ACCESS: later("Reader before release added"),
    Act.REVOKE_ACCESS: later("Reader before release removed"),
    Act.READ_EARLY: later("Read before release"),
    Act.FIND: later("Found on the disk"),
    Act.LOSE: later("Draft gone from the disk"),
}
"""Each act as the history of a release names it."""


@dataclass(frozen=True)
class ActWords:
    """An act on its page: what it is called, what it will do, its button, what is asked why, and what is said after.

    is_warning: it takes something from readers, or cannot be undone.
    """

    title: str
    says: tuple[str, ...]
    button: str
    done: str
    reason: str = ""
    hint: str = ""
    is_warning: bool = False


ACTS: Mapping[Act, ActWords] = {
    Act.CHECK: ActWords(
        later("Mark as checked"),
        (
            later("You say that you have read the three reports, and that what they found is answered."),
            later("Then somebody else approves it. It can be sent back to be a draft again."),
        ),
        later("Mark as checked"),
        later("The release is checked. Somebody else has to approve it."),
        later("Remark (may be left empty)"),
    ),
    Act.SEND_BACK: ActWords(
        later("Send back"),
        (
            later("The release becomes a draft again; an approval no longer counts."),
            later("The sealed figures stay as they are: others take a new draft."),
        ),
        later("Send it back"),
        later("The release is a draft again."),
        later("What is to be done"),
        later("Whoever prepared it reads this."),
    ),
    Act.APPROVE: ActWords(
        later("Approve"),
        (
            later("You say that this release may become public. You did not prepare it; your name stays with it."),
            later(
                "Nothing becomes public yet: the next step is to give it its minute. It can be sent back until then."
            ),
        ),
        later("Approve it"),
        later("The release is approved."),
        later("Why it may become public"),
        later("What you looked at, and what convinced you. It is kept in the audit log."),
    ),
    Act.SCHEDULE: ActWords(
        later("Schedule"),
        (
            later("At this minute the release becomes public by itself, and not before."),
            later("The calendar announces it at once, with the digest by which anybody can verify it afterwards."),
        ),
        later("Schedule it"),
        later("The release is scheduled."),
        later("Why, if it is announced less than four weeks ahead or moves an announced day"),
        later("It is published with the announcement."),
    ),
    Act.UNSCHEDULE: ActWords(
        later("Take it off the schedule"),
        (
            later("It will not become public by itself. It stays approved, and can be scheduled again."),
            later("The calendar says that the digest was taken back, and why."),
        ),
        later("Take it off"),
        later("The release is off the schedule."),
        later("Why"),
        later("It is published with the announcement."),
        is_warning=True,
    ),
    Act.DISCARD: ActWords(
        later("Discard"),
        (
            later("The sealed draft is removed for good. This cannot be undone."),
            later("What happened to it stays in the audit log, and a new draft can be made."),
        ),
        later("Discard it"),
        later("The draft is discarded."),
        later("Why"),
        later("It is kept in the audit log; where the release is scheduled, it is published with the announcement."),
        is_warning=True,
    ),
    Act.WITHDRAW: ActWords(
        later("Withdraw"),
        (
            later(
                "At once, every table, link and file of this release shows the notice that you write, and no figures."
            ),
            later("The release before it answers in its place, if there is one. An approver can restore it later."),
        ),
        later("Withdraw it"),
        later("The release is withdrawn."),
        later("Notice to readers: why it is withdrawn"),
        later("In plain words. It is public at once."),
        is_warning=True,
    ),
    Act.RESTORE: ActWords(
        later("Restore"),
        (
            later("At once, its tables, links and files show figures again. If it is the newest, it answers again."),
            later("It can be withdrawn again."),
        ),
        later("Restore it"),
        later("The release is public again."),
        later("Why it may be shown again"),
    ),
    Act.DESTROY: ActWords(
        later("Destroy its records"),
        (
            later("The records that this release alone has are removed for good. This cannot be undone."),
            later("What was printed stays: permanent links and comparisons still answer. Other tables no longer do."),
        ),
        later("Destroy the records"),
        later("The records are destroyed."),
        later("Why"),
        later("In plain words: readers are told."),
        is_warning=True,
    ),
}
"""The acts that have a page of their own. Accepting a finding and readers before release have theirs elsewhere."""
