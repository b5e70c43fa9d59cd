"""What an account may be: the roles of the house, each a group of that name."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role, by the name of its group; ``Role("producer")``.

    An account may have several. Who has none is a reader with an account, and may keep keys and saved tables.
    """

    ANALYST = "analyst"
    PRODUCER = "producer"
    APPROVER = "approver"
    DISCLOSURE_OFFICER = "disclosure officer"
    ASSET_OWNER = "asset owner"
    ADMINISTRATOR = "administrator"

    @property
    def meaning(self) -> str:
        """What someone in this role does, in a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Role.ANALYST: "Works with tables inside the department.",
    Role.PRODUCER: "Prepares and publishes releases.",
    Role.APPROVER: "Approves what producers prepare.",
    Role.DISCLOSURE_OFFICER: "Sets and defends policies of protection.",
    Role.ASSET_OWNER: "Answers for the inventory, commitments and returns.",
    Role.ADMINISTRATOR: "Opens accounts, gives roles, sets limits, revokes keys.",
}
