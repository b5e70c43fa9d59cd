"""Where a release can be on its way; plain words, without a database."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

EARLY = timedelta(hours=24)
"""How long before its minute named people may read a release (Pre-release Access to Official Statistics Order 2008)."""


class State(StrEnum):
    """Where a release is: ``State("approved")``.

    DRAFT, CHECKED, APPROVED and SCHEDULED are not public. PUBLIC, CORRECTED and RESTORED are: CORRECTED says that a
    later release mends it, RESTORED that it was withdrawn and is back. DISCARDED never became public.
    """

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLIC = "public"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    DISCARDED = "discarded"


UNDER_WAY = frozenset({State.DRAFT, State.CHECKED, State.APPROVED, State.SCHEDULED})
"""Not public yet, and may become so; a database has one release there at a time."""

READABLE = frozenset({State.PUBLIC, State.CORRECTED, State.RESTORED})
"""Public now."""


class Act(StrEnum):
    """What can be done to a release; ``release.approve`` in the audit log."""

    BEGIN = "begin"
    ACCEPT = "accept"
    CHECK = "check"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    DISCARD = "discard"
    OPEN = "open"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    DESTROY = "destroy"
    GRANT_ACCESS = "grant-access"
    REVOKE_ACCESS = "revoke-access"
    READ_EARLY = "read-early"
    FIND = "find"
    LOSE = "lose"
