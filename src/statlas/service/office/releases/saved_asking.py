"""Ask the keeper for the database of a draft, where it may take away what users saved."""

from __future__ import annotations

from statlas import definitions
from statlas.errors import StatlasError
from statlas.model.database import Database
from statlas.model.versioning import numbers
from statlas.office.accounts.models import Account
from statlas.office.releases import queries
from statlas.office.releases.models import ReleaseRow
from statlas.service.office import keeper_line
from statlas.service.office.releases import saved_work
from statlas.service.office.releases.facts import ReleaseFactsOfOffice
from statlas.service.office.releases.saved_work import Carriage
from statlas.store import Home


def may_take_away(home: Home, one: ReleaseFactsOfOffice | ReleaseRow) -> bool:
    """Whether a draft takes something away, as its version says; where that is not known, it may."""
    if not home.has(one.database):
        return False
    try:
        last = home.facts(one.database, home.current(one.database).release).version
        return not one.version or numbers(one.version)[0] != numbers(last)[0]
    except (StatlasError, ValueError):
        return True


def told(
    *, home: Home, account: Account, one: ReleaseFactsOfOffice, timeout_s: float = keeper_line.PATIENCE_S
) -> tuple[Carriage, ...]:
    """What becomes of users' work under a draft; nothing where it takes nothing away.

    Raises:
        KeeperGoneError: the keeper does not answer.
    """
    if not (one.is_under_way and one.draft_id and may_take_away(home, one)):
        return ()
    return saved_work.saved_work(home=home, after=_draft(home, account, one.id, timeout_s))


def learn(*, home: Home, account: Account, row: ReleaseRow) -> None:
    """Ask for a reason where something cannot be carried, and no longer where all can: tables are saved every day.

    Raises:
        KeeperGoneError: the keeper does not answer.
    """
    if row.to_answer is None or not may_take_away(home, row):
        return
    asked = saved_work.cause(row.database)
    is_needed = saved_work.finding(home=home, after=_draft(home, account, row.pk)) is not None
    if is_needed != (asked in row.to_answer):
        queries.change_to_answer(row, asked, is_needed=is_needed)


def _draft(home: Home, account: Account, release_id: str, timeout_s: float = keeper_line.PATIENCE_S) -> Database:
    text = keeper_line.ask(home=home, act="database", timeout_s=timeout_s, account=account.pk, release=release_id)
    return definitions.loads(text.decode())
