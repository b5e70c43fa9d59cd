"""Whether somebody gets letters about releases: all who work on them do, until they say otherwise."""

from __future__ import annotations

from statlas.office.accounts.models import Account
from statlas.office.letters import queries

__all__ = ["choose", "wants"]


def wants(*, account: Account) -> bool:
    """Whether an account gets letters about the releases of its organisations."""
    return queries.wants(account)


def choose(*, account: Account, wants: bool) -> None:
    """Keep whether an account gets them.

    Letters to somebody who may read a release early are sent whatever is chosen: their duties stand in them. So are
    alarms to administrators of the site.
    """
    queries.choose(account, wants=wants)
