"""What each kind of error means to whoever meets it, and what to do: the words of the pages ``/errors/CODE``."""

from __future__ import annotations

from typing import NamedTuple

from statlas.errors import StatlasError
from statlas.wording import later


class ErrorWords(NamedTuple):
    """What happened, and what to do about it; in English, marked for translation."""

    meaning: str
    steps: tuple[str, ...]


_WAIT = later("Wait a minute, then ask again.")
_TELL = later("If it stays, tell whoever runs this site what you asked for and when.")
_CHANGE = later("Go back and change the part that the message names.")
_RUNS = later("Whoever runs the site mends it; the message says where.")

WORDS: dict[str, ErrorWords] = {
    "error": ErrorWords(later("Something went wrong that the site can explain."), (_CHANGE, _TELL)),
    "query": ErrorWords(
        later("The table cannot be made as it was asked for: a part of its address does not fit the others."),
        (_CHANGE, later("Or begin a new table from the page of the database.")),
    ),
    "unknown-name": ErrorWords(
        later("A database, field, level, category or measure of that name is not there. Links grow old: names change."),
        (later("Look at the page of the database for the names it has now."), later("Or search for it.")),
    ),
    "unusable-name": ErrorWords(
        later("A name for something new cannot be used: it is empty, too long, or something else has it."),
        (later("Choose another name."),),
    ),
    "request": ErrorWords(
        later("A program sent something that cannot be read: a body, a parameter, or a kind of answer there is not."),
        (later("See the page for programs for what can be sent."),),
    ),
    "withdrawn": ErrorWords(
        later("The release that the link names was published and then taken back; the notice says why."),
        (
            later("Do not use its figures any longer."),
            later("Go to the page of the database for the release in force."),
        ),
    ),
    "destroyed": ErrorWords(
        later("The records behind this old release were destroyed, and this table of it had not been printed before."),
        (later("Ask for the table of a later release."), later("Links to tables printed before still open.")),
    ),
    "stale-draft": ErrorWords(
        later("Another release came out, or was taken back, since the draft was made; it may not become public."),
        (later("Discard the draft."), later("Make it again from the same definition and records.")),
    ),
    "gone": ErrorWords(
        later("The release was public and no longer answers; the message says why."),
        (later("Go to the page of the database for the release in force."),),
    ),
    "calendar": ErrorWords(
        later("A date of release breaks a rule of the calendar, or somebody changed it before; nothing has changed."),
        (later("Do what the message says."), later("Or look at the calendar again.")),
    ),
    "audit": ErrorWords(
        later("What was to be written into the audit log is too long, or lacks its reason; nothing has changed."),
        (later("Do what the message says, and do it again."),),
    ),
    "release-move": ErrorWords(
        later("Something was to be done to a release that cannot be done where it is on its way; nothing has changed."),
        (later("Do first what the message says."), later("Or look at the release again: somebody may have acted.")),
    ),
    "too-many-cells": ErrorWords(
        later("The table has more cells than are given at once. It is a matter of size, not of confidentiality."),
        (
            later("Choose fewer categories, areas or dates."),
            later("Or have it prepared as a file: the page of the table offers that."),
        ),
    ),
    "refused": ErrorWords(
        later(
            "A rule that protects people refuses the table: too few stand behind it, or another table would find one."
        ),
        (
            later(
                "Take a field out, or choose a coarser level: regions in place of local areas, bands in place of ages."
            ),
            later("The page of the database says how people are protected."),
        ),
    ),
    "data": ErrorWords(later("Something that a publisher gave has faults; nothing was published."), (_RUNS,)),
    "definition": ErrorWords(later("The definition of a database has faults; nothing was published."), (_RUNS,)),
    "records": ErrorWords(later("Files of records have faults; nothing was changed."), (_RUNS,)),
    "boundaries": ErrorWords(later("A file of the shapes of areas has faults; nothing was changed."), (_RUNS,)),
    "infeasible-ptable": ErrorWords(
        later("No table of random changes exists for the settings that were chosen."), (_RUNS,)
    ),
    "access": ErrorWords(
        later("This is not for you, or not yet: it may be for people who are signed in, or not released."),
        (later("Sign in, if you have an account."), later("If it is to be released, come back at its time.")),
    ),
    "key": ErrorWords(
        later("The key that was sent was never given, has expired or was taken back."),
        (later("Make a new key on the page of your account."), later("Or ask without a key, where none is needed.")),
    ),
    "limit": ErrorWords(
        later("More was asked for in an hour than one asker is given, so that others are served too."),
        (later("Wait for the time that the message gives."), later("Sign in: an account may ask for more.")),
    ),
    "backend": ErrorWords(
        later("A machine, disk or program of the site failed. It is not your doing."), (_WAIT, _TELL)
    ),
    "damaged-link": ErrorWords(
        later("The table that was kept for ever behind a link is damaged, so it is not shown."),
        (later("Make the table anew from the moving link, if you have it."), _TELL),
    ),
    "busy": ErrorWords(later("The site is counting large tables for others at this moment."), (_WAIT,)),
    "keeper": ErrorWords(
        later("The part of the site that keeps what is not public yet does not answer. Nothing opens meanwhile."),
        (_WAIT, _TELL),
    ),
    "home": ErrorWords(later("The folder in which the site keeps its data cannot be read."), (_WAIT, _TELL)),
    "settings": ErrorWords(later("A setting of the site cannot be used."), (_RUNS,)),
}


def words_of(code: str) -> ErrorWords:
    """What a kind of error means; of a kind without words of its own, what its family means."""
    return WORDS.get(code, WORDS["error"])


def at(error: StatlasError | None, field: str) -> str:
    """What a field of a form says of an error that is its own; empty for another's."""
    return str(error) if error is not None and error.facts.get("field") == field else ""
