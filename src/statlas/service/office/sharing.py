"""Sharing: a link that opens one saved table or group to whoever has it, until it is taken back.

Whoever follows it sees the name, what was saved and what is said of it, and nothing of its owner.
"""

from __future__ import annotations

import re
import secrets

from statlas.errors import UnknownNameError
from statlas.office.saved import queries
from statlas.office.saved.models import SavedTable
from statlas.service.office import groups, saved
from statlas.service.office.groups import GroupFacts
from statlas.service.office.saved import Owner, SavedFacts
from statlas.wording import gettext as _

_TOKEN = re.compile(r"[0-9a-f]{32}")


def share_table(*, owner: Owner, table_id: str) -> str:
    """The token of a table's link: that which it has, or a new one.

    Raises:
        UnknownNameError: there is no such table of theirs.
    """
    found = saved.get(table_id=table_id, owner=owner)
    token = found.share or secrets.token_hex(16)
    saved.set_share(table_id=table_id, owner=owner, token=token)
    return token


def share_group(*, account_id: int, group_id: str) -> str:
    """The token of a group's link: that which it has, or a new one.

    Raises:
        UnknownNameError: there is no such group of theirs.
    """
    found = groups.get(account_id=account_id, group_id=group_id)
    token = found.share or secrets.token_hex(16)
    groups.set_share(account_id=account_id, group_id=group_id, token=token)
    return token


def opened(*, token: str) -> SavedFacts | GroupFacts:
    """What a link opens.

    Raises:
        UnknownNameError: nothing, or nothing any more.
    """
    found = queries.shared(token) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise UnknownNameError(
            _("There is nothing behind this link, or it is no longer shared."),
            component=token,
            mend=_("Ask whoever gave it to you for a new one."),
        )
    return saved.facts_of(found) if isinstance(found, SavedTable) else groups.facts_of(found)
