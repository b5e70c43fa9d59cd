"""What the staff's pages show of a release: where it is, what comes next and whose turn it is, what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.urls import reverse

from statlas.errors import UnknownNameError
from statlas.model import calendar_words
from statlas.model.release import ReleaseKind
from statlas.model.words import day
from statlas.office.accounts.models import Account
from statlas.office.releases.states import Act, State
from statlas.service import tables
from statlas.service.office import calendar
from statlas.service.office.releases import reading
from statlas.service.office.releases.reading import EarlyReaderFacts, MoveFacts, ReleaseFactsOfOffice
from statlas.web import asking
from statlas.web.release_words import HAPPENED, STATES, STEPS
from statlas.wording import _, later

KINDS = {
    ReleaseKind.NEW: later("New figures"),
    ReleaseKind.REVISION: later("A planned revision"),
    ReleaseKind.CORRECTION: later("A correction"),
}


@dataclass(frozen=True)
class Said:
    """A state as a word and the colour of its tag."""

    word: str
    colour: str


@dataclass(frozen=True)
class Step:
    """A step of the way: done, where the release is now, or to come; ``when`` it was done or will be."""

    text: str
    is_done: bool
    is_now: bool
    when: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened to a release."""

    what: str
    who_when: str
    reason: str = ""


# --- the same for all pages -------------------------------------------------------------------------------------------


def found(account: Account, release_id: str) -> ReleaseFactsOfOffice:
    """A release of one's own organisation; another's is no page, as one that is not there.

    Raises:
        Http404: there is none.
    """
    try:
        return reading.release(account=account, release_id=release_id)
    except UnknownNameError as error:
        raise Http404 from error


def label_of(database_id: str) -> str:
    """What readers call a database; as long as nothing of it is public, as what is announced of it, or else its id."""
    home = asking.home()
    if database_id in home.databases():
        return tables.database(home=home, database_id=database_id).label
    announced = calendar.of_database(home=home, database_id=database_id)
    return announced[0].title if announced else database_id


def answers(one: ReleaseFactsOfOffice) -> bool:
    """Whether it is the release of its database that answers who names none."""
    home = asking.home()
    return one.is_public and one.database in home.databases() and home.current(one.database).release == one.release


def title_of(one: ReleaseFactsOfOffice) -> str:
    """*Housing Benefit: release 3*."""
    return _("{database}: release {n}").format(database=label_of(one.database), n=one.release)


def said_of(state: State) -> Said:
    """The tag of a state."""
    word, colour = STATES[state]
    return Said(_(word), colour)


def kind_word(kind: ReleaseKind) -> str:
    """Why there is a release, in words."""
    return _(KINDS[kind])


def moment(at: datetime) -> str:
    """*28 February 2026, 9:30am* in London."""
    return _("{day}, {time}").format(day=calendar_words.day(at), time=calendar_words.clock(at))


def address(one: ReleaseFactsOfOffice) -> str:
    """The page of a release."""
    return reverse("work_release", args=[one.id])


def act_url(one: ReleaseFactsOfOffice, act: Act) -> str:
    """The page of an act on a release."""
    return reverse("work_act", args=[one.id, act.value])


def steps_of(one: ReleaseFactsOfOffice, history: Sequence[MoveFacts]) -> tuple[Step, ...]:
    """The way of a release with what is done of it; none of one that was discarded."""
    if one.state is State.DISCARDED:
        return ()
    order = [state for state, _text in STEPS]
    at = order.index(one.state) if one.state in order else len(order) - 1
    when = {move.after: day(move.at.isoformat()) for move in history if move.before is not move.after}
    if one.scheduled_for is not None:
        when[State.PUBLIC] = moment(one.public_from or one.scheduled_for)
    return tuple(
        Step(_(text), n <= at, n == at, when.get(state, "") if n <= at or state is State.PUBLIC else "")
        for n, (state, text) in enumerate(STEPS)
    )


def events_of(history: Sequence[MoveFacts]) -> tuple[Event, ...]:
    """What has happened, the newest first."""
    return tuple(_event(move) for move in reversed(history))


def _event(move: MoveFacts) -> Event:
    what = _(HAPPENED[move.act])
    if move.minute is not None:
        what = _("Scheduled for {moment}").format(moment=moment(move.minute))
    about = f"{what}: {move.about}" if move.about and move.act is not Act.ACCEPT else what
    return Event(about, ", ".join(filter(None, (move.actor, move.os_user, moment(move.at)))), move.reason)


def reader_line(one: EarlyReaderFacts) -> str:
    """Somebody who may read before release, in a line."""
    return _("{name}, {post}").format(name=one.name, post=one.post)


def readers_of(account: Account, one: ReleaseFactsOfOffice) -> tuple[EarlyReaderFacts, ...]:
    """Who may read a release before it, those alone who still may."""
    return tuple(
        reader for reader in reading.early_readers(account=account, release_id=one.id) if reader.revoked is None
    )
