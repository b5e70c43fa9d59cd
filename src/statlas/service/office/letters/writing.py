"""Put letters into the queue: of an act within its transaction, of an alarm that no mail server took."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from statlas.office.accounts.models import Account
from statlas.office.letters import queries
from statlas.office.letters.models import Kind, Letter
from statlas.office.releases.models import ReleaseRow, random_id
from statlas.office.releases.states import EARLY, Act
from statlas.service.office.letters import addressing
from statlas.service.office.letters.addressing import Told

_log = logging.getLogger("statlas.keeper")


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
    """Put the letters of an act on a release into the queue; harmless to repeat for the same act, and never in its way.

    Args:
        row: the release as it was before. move_id: the act. actor: who does it.
        moment: the minute that it gives the release. about: the address of an early reader.
    """
    try:
        with transaction.atomic():
            queries.add(_letters(row, act, move_id=move_id, actor=actor, now=now, moment=moment, about=about))
    except Exception:  # noqa: BLE001 - whatever is wrong with a letter, nothing stays closed at its minute for it
        _log.exception("The letters of an act could not be written.")


def _letters(
    row: ReleaseRow, act: Act, *, move_id: str, actor: str, now: datetime, moment: datetime | None, about: str
) -> Iterator[Letter]:
    moment = moment or row.scheduled_for
    for one in addressing.told_of(row, act, actor=actor, about=about):
        if one.kind != Kind.EARLY_BEGINS or (moment is not None and now < moment - EARLY):
            yield Letter(
                kind=one.kind,
                event=move_id,
                release=row,
                account=one.account,
                reader=one.reader,
                moment=moment,
                created=now,
                due=_due(one, now, moment),
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
