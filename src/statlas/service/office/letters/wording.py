"""What letters say, in plain text: what happened, where to look, why it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from statlas.errors import StatlasError
from statlas.model import calendar_words
from statlas.office.letters.models import Kind, Letter
from statlas.office.releases.models import ReleaseRow
from statlas.office.releases.states import EARLY
from statlas.service import tables
from statlas.service.office.letters import addressing
from statlas.store import Home
from statlas.wording import _, later

WORK, READING, CHOICE = "/work/releases/", "/work/reading/", "/account/letters"
"""Pages that letters lead to."""


@dataclass(frozen=True)
class Text:
    """A kind of letter; words in braces are filled in when it is sent."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A letter as it is sent."""

    subject: str
    body: str


def written(letter: Letter, *, home: Home) -> Written:
    """The text of a letter in the language of the site."""
    if letter.release is None:
        return alarm(letter.said)
    text = EARLY_WITHOUT_MOMENT if letter.kind == Kind.EARLY and not letter.moment else TEXTS[Kind(letter.kind)]
    return _written(text, (_NAMED if letter.reader is not None else _MEMBER,), _facts(letter, home))


def alarm(said: str) -> Written:
    """The letter of an alarm: ``said`` is its sentence, whose beginning is the subject."""
    return _written(ALARM, (), {"said": said, "first": said.partition(".")[0]})


def _written(text: Text, why: tuple[str, ...], facts: Mapping[str, str]) -> Written:
    said = [_(paragraph).format_map(facts) for paragraph in (*text.paragraphs, *why)]
    return Written(
        subject=" ".join(f"{_(text.subject).format_map(facts)} - {site_name()}".split()),
        body="\n\n".join((*said, f"{site_name()}\n{address('/')}")) + "\n",
    )


def site_name() -> str:
    """What the site calls itself, on one line whatever it is called."""
    return " ".join(str(settings.STATLAS.site_name).split())


def address(path: str) -> str:
    """A page of the site, as somebody elsewhere reaches it."""
    return f"{settings.STATLAS.address}{path}"


def name_of(home: Home, database_id: str) -> str:
    """What readers call a database; nothing of one that nobody can read yet, or no longer."""
    if not home.has(database_id):
        return _("a new database")
    try:
        return tables.database(home=home, database_id=database_id).label
    except StatlasError:
        return _("a database that is withdrawn")


def _facts(letter: Letter, home: Home) -> Mapping[str, str]:
    row: ReleaseRow = letter.release
    organisation = addressing.organisation_of(row)
    return {
        "database": name_of(home, row.database),
        "organisation": organisation.name,
        "contact": organisation.contact or organisation.name,
        "page": address((READING if letter.reader is not None else WORK) + row.pk),
        "moment": calendar_words.full(letter.moment) if letter.moment else "",
        "since": calendar_words.full(letter.moment - EARLY) if letter.moment else "",
        "choice": address(CHOICE),
    }


_NAMED = later(
    "You get this because your name is on the list of those who may read it early; it was put there by {organisation}."
)
_MEMBER = later(
    "You get this as a member of {organisation}. It holds nothing of the release: sign in to see more.\n"
    "If you want no such letters, say so here:\n{choice}"
)
_DUTIES = later(
    "Until everybody can read it, it is for you alone:\n"
    "- tell nobody anything of it, and give no hint of what it shows;\n"
    "- keep and pass on no copy;\n"
    "- do nothing because of it that others could notice, and gain nothing by it;\n"
    "- ask for no change of it, or of its time."
)
_RECORDED = later(
    "Each time that you read it is recorded, and your name and post are published with it. "
    "If anything of it has become known, tell those who named you at once: {contact}."
)

TEXTS: Mapping[Kind, Text] = {
    Kind.WAITS: Text(
        later("Waiting for an approver: {database}"),
        (
            later("A release of {database} is checked and waits for an approver who did not prepare it, such as you."),
            later("Read its reports, look at its tables, and approve it or send it back:\n{page}"),
        ),
    ),
    Kind.SENT_BACK: Text(
        later("Sent back: {database}"),
        (
            later("The release of {database} that you prepared was sent back: it is a draft again."),
            later("Who did it, and why, stands on its page:\n{page}"),
        ),
    ),
    Kind.DISCARDED: Text(
        later("Discarded: {database}"),
        (
            later("The release of {database} that you prepared was discarded, and its draft is gone."),
            later("Who did it, and why, stands on its page:\n{page}"),
        ),
    ),
    Kind.APPROVED: Text(
        later("Approved: {database}"),
        (
            later("The release of {database} that you prepared is approved."),
            later("It has no minute yet; a producer or an approver schedules it:\n{page}"),
        ),
    ),
    Kind.SCHEDULED: Text(
        later("Scheduled: {database}"),
        (
            later("A release of {database} becomes public by itself on {moment} in London."),
            later("Its page:\n{page}"),
        ),
    ),
    Kind.UNSCHEDULED: Text(
        later("Off the schedule: {database}"),
        (
            later("A release of {database} was taken off the schedule. It will not become public on {moment}."),
            later("Who did it, and why, stands on its page:\n{page}"),
        ),
    ),
    Kind.OPENED: Text(
        later("Public: {database}"),
        (
            later("The release of {database} that you prepared or approved is public."),
            later("Its page:\n{page}"),
        ),
    ),
    Kind.WITHDRAWN: Text(
        later("Withdrawn: {database}"),
        (
            later("A release of {database} that you prepared or approved was withdrawn. Readers see a notice instead."),
            later("Who did it, and why, stands on its page:\n{page}"),
        ),
    ),
    Kind.RESTORED: Text(
        later("Restored: {database}"),
        (
            later("A release of {database} that you prepared or approved had been withdrawn, and is public again."),
            later("Who did it, and why, stands on its page:\n{page}"),
        ),
    ),
    Kind.EARLY: Text(
        later("Reading before release: {database}"),
        (
            later("You are named as one of those who may read a release of {database} before everybody can."),
            later(
                "It is public on {moment} in London. From {since} until then you find it here; "
                "sign in with the account of this address:\n{page}"
            ),
            _DUTIES,
            _RECORDED,
        ),
    ),
    Kind.EARLY_BEGINS: Text(
        later("You may read now: {database}"),
        (
            later(
                "From now on you may read the release of {database} that is public on {moment} in London. "
                "Sign in with the account of this address:\n{page}"
            ),
            _DUTIES,
            _RECORDED,
        ),
    ),
    Kind.EARLY_OFF: Text(
        later("No reading before release for now: {database}"),
        (
            later("The release of {database} that you were to read early has no minute any more."),
            later("There is nothing to read for now. If you are to read it at another time, you are told."),
        ),
    ),
    Kind.EARLY_REVOKED: Text(
        later("No reading before release: {database}"),
        (
            later("You are no longer one of those who may read the release of {database} before everybody can."),
            later("What you read of it, if anything, is still for you alone until it is public."),
        ),
    ),
}
"""What each kind of letter about a release says."""

ALARM = Text(later("Alarm: {first}"), ("{said}", later("`statlas keeper check` says what to do.")))

EARLY_WITHOUT_MOMENT = Text(
    TEXTS[Kind.EARLY].subject,
    (
        TEXTS[Kind.EARLY].paragraphs[0],
        later(
            "When that is, is not said yet. Once it is, you are told: you may read in the 24 hours before, at this "
            "address, signed in with the account of this one:\n{page}"
        ),
        _DUTIES,
        _RECORDED,
    ),
)
