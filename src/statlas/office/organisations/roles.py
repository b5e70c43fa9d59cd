"""What somebody may be in an organisation, and what of the house's roles counts where there is only one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from statlas.office.accounts.roles import Role as HouseRole
from statlas.wording import _, later


class Role(StrEnum):
    """A role in an organisation: ``Role("producer")``; somebody may have several."""

    PRODUCER = "producer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"

    @property
    def meaning(self) -> str:
        """What someone in this role does, in a sentence."""
        return _(_MEANINGS[self])

    @property
    def label(self) -> str:
        """The role in the language of the site."""
        return _(_LABELS[self])


_LABELS = {
    Role.PRODUCER: later("producer"),
    Role.REVIEWER: later("reviewer"),
    Role.APPROVER: later("approver"),
    Role.ADMINISTRATOR: later("administrator"),
}
_MEANINGS = {
    Role.PRODUCER: later("Prepares releases, answers what the checks found, and proposes when they become public."),
    Role.REVIEWER: later("Reads the reports on a release, answers what they found, and sends it back."),
    Role.APPROVER: later("Approves what somebody else prepared, schedules it, withdraws and restores it."),
    Role.ADMINISTRATOR: later("Says who belongs to the organisation, and which databases are its own."),
}

BY_HOUSE_ROLE: Mapping[str, frozenset[Role]] = {
    HouseRole.PRODUCER: frozenset({Role.PRODUCER, Role.REVIEWER}),
    HouseRole.APPROVER: frozenset({Role.APPROVER, Role.REVIEWER}),
    HouseRole.DISCLOSURE_OFFICER: frozenset({Role.REVIEWER}),
    HouseRole.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}
"""What an account that belongs to no organisation may do in the default one: a small site needs no ceremony."""
