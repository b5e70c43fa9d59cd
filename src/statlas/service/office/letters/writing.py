"""Put letters into the queue: of an act within its transaction, of an alarm that no mail server took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from statlas.office.accounts.models import Account
from statlas.office.letters import queries
from statlas.office.letters.models import Kind, Letter
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import EARLY, Act
from statlas.service.office.letters import addressing
from statlas.service.office.letters.addressing import Told


def of_act(
    row: ReleaseRow,
    act: Act,
    *,
    move_id: str,
    actor: str,
    now: datetime,
    moment: datetime | None = None,
    about: str = "",
) -> None:
    """Put the letters of an act on a release into the queue; harmless to repeat for the same act.

    Args:
        row: the release as it was before. move_id: the act. actor: who does it.
        moment: the minute that it gives the release. about: the address of an early reader.
    """
    moment = moment or row.scheduled_for
    told = addressing.told_of(row, act, actor=actor, about=about)
    queries.add(
        Letter(
            kind=one.kind,
            event=move_id,
            release=row,
            account=one.account,
            reader=one.reader,
            moment=moment,
            created=now,
            due=_due(one, now, moment),
        )
        for one in told
        if one.kind != Kind.EARLY_BEGINS or (moment is not None and now < moment - EARLY)
    )


def of_alarm(accounts: Iterable[Account], said: str, *, now: datetime) -> None:
    """Put the letters of an alarm into the queue: ``said`` is its sentence."""
    event = random_id()
    queries.add(
        Letter(kind=Kind.ALARM, event=event, account=account, said=said, created=now, due=now) for account in accounts
    )


def _due(one: Told, now: datetime, moment: datetime | None) -> datetime:
    """When a letter is sent: at once, but that early reading begins when it does."""
    return moment - EARLY if one.kind == Kind.EARLY_BEGINS and moment is not None else now
